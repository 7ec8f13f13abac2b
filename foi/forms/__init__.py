"""Forms of the coordinator's work: a round and its requests, dated moves, and what a reply says."""

from foi.forms.answers import AnswerForm, RestForm
from foi.forms.requests import (
    AnsweredForm,
    FilterForm,
    HolidayForm,
    MoveForm,
    RequestForm,
    RoundForm,
    SendForm,
)

__all__ = [
    "AnswerForm",
    "AnsweredForm",
    "FilterForm",
    "HolidayForm",
    "MoveForm",
    "RequestForm",
    "RestForm",
    "RoundForm",
    "SendForm",
]
