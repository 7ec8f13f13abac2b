from __future__ import annotations

from datetime import date

from django.urls import URLPattern, URLResolver, include, path, register_converter

from network.meetings.views import agenda, agreeing, notes, schedule


class DayConverter:
    """2027-01-14. A day that does not exist leads nowhere."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(value)

    def to_url(self, value: date | str) -> str:
        return value if isinstance(value, str) else value.isoformat()


register_converter(DayConverter, "day")

of_agenda = [
    path("", agenda.agenda_detail, name="agenda_detail"),
    path("add/", agenda.agenda_item_add, name="agenda_item_add"),
    path("<int:item>/change/", agenda.agenda_item_edit, name="agenda_item_edit"),
    path("<int:item>/remove/", agenda.agenda_item_remove, name="agenda_item_remove"),
    path("<int:item>/move/", agenda.agenda_item_move, name="agenda_item_move"),
    path("<int:item>/names/", agenda.agenda_item_names, name="agenda_item_names"),
    path("offer/", agreeing.agenda_offer, name="agenda_offer"),
    path("take-back/", agreeing.agenda_take_back, name="agenda_take_back"),
    path("answer/", agreeing.agenda_answer, name="agenda_answer"),
]

of_notes = [
    path("", notes.notes_detail, name="notes_detail"),
    path("write/", notes.notes_write, name="notes_write"),
    path("<int:item>/decision/", notes.decision_add, name="decision_add"),
    path("<int:item>/action/", notes.note_action_add, name="note_action_add"),
    path("decisions/<int:pk>/change/", notes.decision_edit, name="decision_edit"),
    path("decisions/<int:pk>/remove/", notes.decision_remove, name="decision_remove"),
    path("actions/<int:pk>/change/", notes.note_action_edit, name="note_action_edit"),
    path("actions/<int:pk>/remove/", notes.note_action_remove, name="note_action_remove"),
    path("offer/", agreeing.notes_offer, name="notes_offer"),
    path("take-back/", agreeing.notes_take_back, name="notes_take_back"),
    path("answer/", agreeing.notes_answer, name="notes_answer"),
]

of_meeting: list[URLPattern | URLResolver] = [
    path("", schedule.meeting_detail, name="meeting_detail"),
    path("change/", schedule.meeting_edit, name="meeting_edit"),
    path("attendance/", schedule.attendance_edit, name="attendance_edit"),
    path("agenda.pdf", agenda.agenda_pdf, name="agenda_pdf"),
    path("notes.pdf", notes.notes_pdf, name="notes_pdf"),
    path("agenda/", include(of_agenda)),
    path("notes/", include(of_notes)),
]

urlpatterns = [
    path("", schedule.meeting_list, name="meeting_list"),
    path("cycle/", schedule.cycle_edit, name="cycle_edit"),
    path("<day:on>/", include(of_meeting)),
]
