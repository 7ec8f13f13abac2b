"""Meetings: when they are, what they are to talk about, who came and what came of it."""

from network.meetings.models.agenda import Agenda, AgendaItem
from network.meetings.models.notes import Decision, NoteAction, NoteEntry, Notes
from network.meetings.models.schedule import Attendance, CycleRule, Meeting, StandingItem

__all__ = [
    "Agenda",
    "AgendaItem",
    "Attendance",
    "CycleRule",
    "Decision",
    "Meeting",
    "NoteAction",
    "NoteEntry",
    "Notes",
    "StandingItem",
]
