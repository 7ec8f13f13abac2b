"""The rooms of the questionnaire. Rounds and authorities are named by their slugs."""

from django.urls import path

from questionnaires.views import filling, manage, reading, rounds

urlpatterns = [
    path("", rounds.round_list, name="round_list"),
    path("manage/new/", manage.round_create, name="round_create"),
    path("manage/<slug:slug>/", manage.round_edit, name="round_edit"),
    path("manage/<slug:slug>/remind/", manage.round_remind, name="round_remind"),
    path("<slug:slug>/", rounds.round_detail, name="round_detail"),
    path("<slug:slug>/results/<slug:code>/", rounds.question_results, name="question_results"),
    path("<slug:slug>/<slug:authority>/", reading.return_detail, name="return_detail"),
    path("<slug:slug>/<slug:authority>/check/", filling.return_check, name="return_check"),
    path("<slug:slug>/<slug:authority>/receipt/", reading.return_receipt, name="return_receipt"),
    path("<slug:slug>/<slug:authority>/reopen/", filling.return_reopen, name="return_reopen"),
    path(
        "<slug:slug>/<slug:authority>/evidence/<int:answer>/",
        reading.evidence_download,
        name="evidence_download",
    ),
    path("<slug:slug>/<slug:authority>/<slug:section>/", filling.section_edit, name="section_edit"),
]
