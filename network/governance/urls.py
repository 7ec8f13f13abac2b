from django.urls import path

from network.governance import views

urlpatterns = [
    path("", views.governance_home, name="governance_home"),
    path("terms/<int:version>/", views.terms_detail, name="terms_detail"),
    path("decisions/", views.decision_list, name="decision_list"),
]
