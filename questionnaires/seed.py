"""Loads version 0.1 of the questionnaire from `data/`; loading it again changes nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.db import transaction

from questionnaires.models import Instrument, InstrumentVersion, Question, Section

PATH = Path(__file__).with_name("data") / "questionnaire.json"
SLUG = "authority-questionnaire"
COPIED = (
    "text",
    "type",
    "options",
    "options_from",
    "guidance",
    "required",
    "show_if",
    "repeat",
    "visibility",
) + (
    "evidence_upload",
    "unit",
    "rows",
    "scale",
)


@transaction.atomic
def load() -> str:
    """Makes the version if it is not there. One that is there is never changed: it may have been asked."""
    data = json.loads(PATH.read_text(encoding="utf-8"))
    instrument, _ = Instrument.objects.get_or_create(
        slug=SLUG, defaults={"title": "Questionnaire to local authorities"}
    )
    version, made = InstrumentVersion.objects.get_or_create(
        instrument=instrument, number=data["version"], defaults={"provenance": data["_provenance"]}
    )
    if made:
        _fill(version, data["sections"])
    return f"{version}: {version.questions.count()} questions in {version.sections.count()} sections"


def _fill(version: InstrumentVersion, sections: list[dict[str, Any]]) -> None:
    position = 0
    for place, given in enumerate(sections, start=1):
        section = Section.objects.create(
            version=version, code=given["id"], title=given["title"], theme=given["theme"], position=place
        )
        for question in given["questions"]:
            position += 1
            values = {name: question[name] for name in COPIED if name in question}
            Question.objects.create(
                version=version, section=section, code=question["id"], position=position, **values
            )
