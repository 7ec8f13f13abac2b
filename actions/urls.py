from django.urls import path

from actions import views

urlpatterns = [
    path("", views.action_list, name="action_list"),
    path("new/", views.action_add, name="action_add"),
    path("themes/<slug:slug>/", views.theme_detail, name="theme_detail"),
    path("<int:pk>/", views.action_detail, name="action_detail"),
    path("<int:pk>/edit/", views.action_edit, name="action_edit"),
    path("<int:pk>/names/", views.action_names, name="action_names"),
    path("<int:pk>/update/", views.update_add, name="update_add"),
    path("<int:pk>/move/", views.action_move, name="action_move"),
]
