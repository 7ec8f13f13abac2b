from django.urls import path

from network.account.openid import views

urlpatterns = [
    path("", views.organisation_sign_in, name="organisation_sign_in"),
    path("again/", views.organisation_again, name="organisation_again"),
    path("back/", views.organisation_back, name="organisation_back"),
    path("connect/", views.organisation_connect, name="organisation_connect"),
    path("disconnect/", views.organisation_disconnect, name="organisation_disconnect"),
]
