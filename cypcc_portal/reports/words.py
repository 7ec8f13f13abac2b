"""The first draft of a report's words: plain sentences that people then put right."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cypcc_portal.reports.build import Draft
from cypcc_portal.reports.models import Kind
from network.dates import Period

SUMMARY = "summary"
ASKS = "asks"
NEXT = "next"


def first_words(kind: Kind, period: Period, draft: Draft) -> Iterator[tuple[str, str, str]]:
    """Key, title and Markdown of each section, in order; a chapter's section has the chapter's key."""
    chapters = [text for _, _, text in draft.words]
    yield SUMMARY, "In short", _summary(kind, period, chapters)
    yield from draft.words
    if kind is Kind.AD_SAFEGUARDING:
        yield ASKS, "What is asked of the Assistant Directors", _asks()
    yield NEXT, "What comes next", _next(kind, period)


def _summary(kind: Kind, period: Period, chapters: list[str]) -> str:
    if kind is Kind.AD_SAFEGUARDING:
        return (
            "This is the six-monthly feedback of the network's co-chairs to the South East AD Safeguarding "
            f"Network (terms of reference, 2.3). It covers {period.label}."
            f"{_listed(chapters)}"
        )
    return f"This report covers the meeting cycle {period.label}.{_listed(chapters)}"


def _listed(chapters: list[str]) -> str:
    """The first sentence of each chapter, as a list: what a reader wants to know before all else."""
    firsts = [re.split(r"(?<=[.!?])\s", text.strip(), maxsplit=1)[0] for text in chapters if text.strip()]
    if not firsts:
        return " It holds no figures: none were recorded."
    return "\n\n" + "\n".join(f"- {first}" for first in firsts)


def _asks() -> str:
    return (
        "Assistant Directors are asked to:\n\n"
        "1. note the progress of the action plan;\n"
        "2. make sure that their authority is represented at each meeting and answers the questionnaire;\n"
        "3. tell the co-chairs which issues they want the network to take up next."
    )


def _next(kind: Kind, period: Period) -> str:
    following = period.next().label
    if kind is Kind.AD_SAFEGUARDING:
        return f"The next feedback will cover {following}."
    return f"The next report will cover {following}."
