from django.urls import path

from network.library import views

urlpatterns = [
    path("", views.library_list, name="library_list"),
    path("add/", views.library_add, name="library_add"),
    path("<int:pk>/", views.library_detail, name="library_detail"),
    path("<int:pk>/file/", views.library_file, name="library_file"),
]
