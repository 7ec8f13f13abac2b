from django.urls import path

from network.account import profile

urlpatterns = [
    path("", profile.profile, name="profile"),
    path("details/", profile.profile_edit, name="profile_edit"),
    path("mail/", profile.profile_mail, name="profile_mail"),
]
