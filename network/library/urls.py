from django.urls import path

from network.library import views

urlpatterns = [
    path("", views.library_list, name="library_list"),
    path("add/", views.library_add, name="library_add"),
    path("<int:pk>/", views.library_detail, name="library_detail"),
    path("<int:pk>/change/", views.library_edit, name="library_edit"),
    path("<int:pk>/names/", views.library_names, name="library_names"),
    path("<int:pk>/file/", views.library_file, name="library_file"),
]
