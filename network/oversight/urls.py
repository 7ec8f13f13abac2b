from django.urls import path

from network.oversight import entry_views, retention_views, views

urlpatterns = [
    path("audit/", views.audit_list, name="audit_list"),
    path("audit/check/", views.audit_check, name="audit_check"),
    path("audit/entries/<slug:digest>/", entry_views.audit_entry, name="audit_entry"),
    path("audit/entries/<slug:digest>/remove-text/", entry_views.audit_erase, name="audit_erase"),
    path("retention/", retention_views.retention_list, name="retention_list"),
    path("retention/remove/", retention_views.retention_remove, name="retention_remove"),
    path("retention/<str:key>/", retention_views.retention_kind, name="retention_kind"),
    path("audit/<str:label>/<int:pk>/", views.audit_thing, name="audit_thing"),
]
