"""What is asked (instrument), when (round), and what each authority answered (return)."""

from questionnaires.models.instrument import Frozen, Instrument, InstrumentVersion, Question, Section
from questionnaires.models.returns import Answer, Return, SectionState
from questionnaires.models.rounds import Round

__all__ = [
    "Answer",
    "Frozen",
    "Instrument",
    "InstrumentVersion",
    "Question",
    "Return",
    "Round",
    "Section",
    "SectionState",
]
