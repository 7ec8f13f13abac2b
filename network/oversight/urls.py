from django.urls import path

from network.oversight import views

urlpatterns = [
    path("audit/", views.audit_list, name="audit_list"),
    path("audit/check/", views.audit_check, name="audit_check"),
    path("audit/<str:label>/<int:pk>/", views.audit_thing, name="audit_thing"),
]
