"""Rounds, returns, results.

An authority reads its own return always, and what one that it came after had submitted; the coordinator once
it is submitted; members once a director has approved it for sharing, and health partners then the answers
that are for them. Kent's contributor fills in, Kent's lead and deputy submit, Kent's director reads.
"""

from __future__ import annotations

import json
from typing import Any

from network.mail import OutboxMail
from questionnaires import filling
from questionnaires.answers import digest
from questionnaires.models import Answer, Instrument, Return, Round
from tests.access.doors import SELF, Door, Get, Post
from tests.access.who import ADMIN, FILLERS, INSIDE, KENT, NOBODY, STRANGER, SUBMITTERS
from tests.access.world import Thing, World

LISTS = ("", "?export=csv", "?export=xlsx")
CLOSES = {"closes_on-day": "20", "closes_on-month": "2", "closes_on-year": "2027"}
SECTION = {"section": "A"}


def round_form(world: World, thing: Thing | None) -> dict[str, Any]:
    version = Instrument.objects.get(slug="made").versions.get(number="1")
    opens = {"opens_on-day": "10", "opens_on-month": "1", "opens_on-year": "2027"}
    slug = {"title": "Another round", "slug": "another", "version": str(version.pk)}
    return {**slug, "reporting_year": "2025/26", **opens, **CLOSES}


def answers(world: World, thing: Thing | None) -> dict[str, Any]:
    """Other words, with the marks of the answers as they stand: whoever loaded the page saw these."""
    assert thing is not None
    held = Answer.objects.filter(for_return=thing.row.pk).select_related("question", "icb")
    keys = {one: (one.question.code, one.icb.ods_code if one.icb else "") for one in held}
    marks = {filling.field_name(key): digest(one.value, one.evidence_id) for one, key in keys.items()}
    return {
        "loaded": json.dumps(marks),
        "T1": "Other words",
        "T2": "Other words",
        "completed": "no",
        "next": "later",
    }


def mark(world: World, thing: Thing | None) -> dict[str, Any]:
    """What the page to check carries for whoever fills this return in."""
    assert thing is not None
    row = Return.objects.select_related("round__version", "authority").get(pk=thing.row.pk)
    filler = world.people["stranger" if thing.key == "return strangerdraft" else "lead"]
    return {"mark": filling.load(row, filler).mark()}


def of(kind: str, *states: str) -> tuple[str, ...]:
    return tuple(f"{kind} {state}" for state in states)


DRAFTS = ("owndraft", "strangerdraft", "foreigndraft")
SUBMITTED = ("ownsubmitted", "foreignsubmitted", "inherited", "ownshared", "foreignshared")
FOREIGN_OPEN = ("return foreigndraft", "return foreignshared")
OWN, FOREIGN = ("ownsubmitted", "ownshared"), ("foreignsubmitted", "foreignshared")

DOORS = [
    Door(
        name="round_list",
        room=INSIDE,
        get=Get(shows=("round *",), queries=LISTS),
        grows="rounds",
        paged=True,
    ),
    Door(name="round_create", room=ADMIN, get=Get(), post=Post(sends=round_form, changes=(Round,))),
    Door(
        name="round_edit",
        of=("round *",),
        get=Get(who=ADMIN),
        post=Post(who=ADMIN, sends=round_form, changes=(Round,)),
    ),
    Door(name="round_remind", of=("round open",), post=Post(who=ADMIN, changes=(OutboxMail,))),
    Door(name="round_remind", of=("round closed", "round planned"), post=Post(who=ADMIN, gives=409)),
    Door(
        name="round_detail",
        of=("round open",),
        get=Get(shows=(SELF, "return owndraft", "return strangerdraft", *FOREIGN_OPEN)),
        grows="authorities",
        paged=True,
        sums=("authorities",),  # how many have submitted, and who is missing
    ),
    Door(name="round_detail", of=("round closed", "round members", "round planned"), get=Get()),
    Door(
        name="question_results",
        of=("results open *",),
        get=Get(shows=("answer foreignshared {2}",), queries=LISTS),
        grows="authorities",
        paged=True,
        sums=("authorities",),
    ),
    Door(
        name="question_results",
        of=("results closed *",),
        get=Get(shows=("answer ownshared {2}",), queries=LISTS),
    ),
    # A draft is a task list to those who fill it in; the page to check shows its answers.
    Door(name="return_detail", of=of("return", *DRAFTS), get=Get(shows=())),
    Door(
        name="return_detail",
        of=of("return", *SUBMITTED),
        get=Get(shows=("answer {1} *",)),
        grows="questions",
        at="return ownshared",
    ),
    Door(
        name="return_check",
        of=of("return", *DRAFTS),
        get=Get(shows=("answer {1} *",)),
        post=Post(who=SUBMITTERS | STRANGER, sends=mark, changes=(Return,)),
        grows="questions",
    ),
    Door(
        name="return_check",
        of=of("return", *OWN),
        get=Get(who=KENT, gives=302, to="/questionnaires/"),
        post=Post(who=SUBMITTERS, to="/questionnaires/", idle=True),
    ),
    Door(
        name="return_check",
        of=of("return", *FOREIGN, "inherited"),
        get=Get(who=NOBODY),
        post=Post(who=NOBODY),
    ),
    Door(name="return_receipt", of=of("return", *DRAFTS), get=Get(gives=302, to="/questionnaires/")),
    Door(name="return_receipt", of=of("return", *OWN, "inherited"), get=Get(who=KENT | ADMIN, shows=())),
    Door(name="return_receipt", of=of("return", *FOREIGN), get=Get(who=ADMIN, shows=())),
    Door(name="return_reopen", of=("return ownsubmitted",), post=Post(who=SUBMITTERS, changes=(Return,))),
    Door(name="return_reopen", of=("return ownshared",), post=Post(who=SUBMITTERS, gives=409)),
    Door(name="return_reopen", of=of("return", *FOREIGN, "inherited"), post=Post(who=NOBODY)),
    Door(name="evidence_download", of=("evidence *",), get=Get()),
    Door(
        name="section_edit",
        of=of("return", *DRAFTS),
        more=SECTION,
        get=Get(who=FILLERS | STRANGER, shows=("answer {1} *",)),
        post=Post(who=FILLERS | STRANGER, sends=answers, changes=(Answer,)),
        grows="questions",
    ),
    Door(
        name="section_edit",
        of=of("return", *OWN),
        more=SECTION,
        get=Get(who=FILLERS, gives=302, to="/questionnaires/"),
        post=Post(who=FILLERS, sends=answers, gives=409),
    ),
    Door(
        name="section_edit",
        of=of("return", *FOREIGN, "inherited"),
        more=SECTION,
        get=Get(who=NOBODY),
        post=Post(who=NOBODY, sends=answers),
    ),
]
