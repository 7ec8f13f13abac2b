from django.urls import path

from network.governance import views

urlpatterns = [
    path("", views.governance_home, name="governance_home"),
    path("terms/<int:version>/", views.terms_detail, name="terms_detail"),
    path("namings/", views.naming_list, name="naming_list"),
    path("namings/<uuid:reference>/", views.naming_anew, name="naming_anew"),
    path("named/", views.named_list, name="named_list"),
    path("named/<uuid:reference>/", views.named_open, name="named_open"),
    path("decisions/", views.decision_list, name="decision_list"),
]
