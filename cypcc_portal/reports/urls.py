from django.urls import path

from cypcc_portal.reports import views

urlpatterns = [
    path("", views.report_list, name="report_list"),
    path("compare/", views.report_compare, name="report_compare"),
    path("<slug:kind>/<slug:period>/", views.report_detail, name="report_detail"),
    path("<slug:kind>/<slug:period>.pdf", views.report_pdf, name="report_pdf"),
    path("<slug:kind>/<slug:period>.xlsx", views.report_xlsx, name="report_xlsx"),
    path("<slug:kind>/<slug:period>/words/<slug:key>/", views.section_edit, name="report_section_edit"),
    path("<slug:kind>/<slug:period>/offer/", views.report_offer, name="report_offer"),
    path("<slug:kind>/<slug:period>/take-back/", views.report_take_back, name="report_take_back"),
    path("<slug:kind>/<slug:period>/agree/", views.report_agree, name="report_agree"),
    path("<slug:kind>/<slug:period>/change/", views.report_change, name="report_change"),
    path("<slug:kind>/<slug:period>/figures/", views.report_renew, name="report_renew"),
    path("<slug:kind>/<slug:period>/reopen/", views.report_reopen, name="report_reopen"),
    path("<slug:kind>/<slug:period>/export/", views.report_export, name="report_export"),
]
