from django.urls import path

from network.account import own_data_views, profile

urlpatterns = [
    path("", profile.profile, name="profile"),
    path("details/", profile.profile_edit, name="profile_edit"),
    path("mail/", profile.profile_mail, name="profile_mail"),
    path("data/", own_data_views.profile_data, name="profile_data"),
    path("data/copy/", own_data_views.profile_copy, name="profile_copy"),
]
