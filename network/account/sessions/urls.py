from django.urls import path

from network.account.sessions import views

urlpatterns = [
    path("", views.session_list, name="session_list"),
    path("<int:pk>/end/", views.session_end, name="session_end"),
    path("end-others/", views.session_end_others, name="session_end_others"),
]
