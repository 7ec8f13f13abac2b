from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "cypcc_portal.reports"
    label = "reports"
