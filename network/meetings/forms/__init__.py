"""What people type and choose about meetings, agendas, notes and attendance."""

from network.meetings.forms.agenda import AgendaItemForm, AnswerForm
from network.meetings.forms.lists import MeetingFilter, between, period_choices
from network.meetings.forms.notes import DecisionForm, NoteActionForm, NotesForm
from network.meetings.forms.schedule import AttendanceForm, CycleForm, MeetingForm

__all__ = [
    "AgendaItemForm",
    "AnswerForm",
    "AttendanceForm",
    "CycleForm",
    "DecisionForm",
    "MeetingFilter",
    "MeetingForm",
    "NoteActionForm",
    "NotesForm",
    "between",
    "period_choices",
]
