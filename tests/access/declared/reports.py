"""Reports: written by co-chairs and the coordinator, agreed by both co-chairs, read once agreed by those for
whom the kind is made: every signed-in role, or members only."""

from __future__ import annotations

from typing import Any

from cypcc_portal.reports.models import Report, ReportSection
from network.agreements import Agreement
from network.audit import AuditEntry
from network.jobs import Job
from tests.access.doors import SELF, Door, Get, Post
from tests.access.who import ADMIN, CHAIRS, COCHAIRS, MEMBERS, NOBODY
from tests.access.world import Thing, World

AGREED = ("report agreed", "report cycleagreed")
DRAFT = ("report draft", "report cycledraft")
OPEN = (*DRAFT, "report offered")
SUMMARY = {"key": "summary"}


def words(world: World, thing: Thing | None) -> dict[str, Any]:
    return {"text": "It says something else.", "version": "1"}


def version(world: World, thing: Thing | None) -> dict[str, Any]:
    return {"version": "1"}


def wish(world: World, thing: Thing | None) -> dict[str, Any]:
    return {"version": "1", "why": "The second table is missing."}


DOORS = [
    Door(name="report_list", get=Get(shows=("report *",)), grows="reports", paged=True),
    Door(name="report_list", get=Get(shows=(), queries=("?export=csv", "?export=xlsx")), grows="reports"),
    Door(name="report_compare", room=MEMBERS, get=Get(), sums=("requests",)),
    Door(name="report_detail", of=("report *",), get=Get(shows=(SELF, "held {1}")), grows="sections"),
    Door(name="report_pdf", of=("report *",), get=Get(shows=(SELF, "held {1}")), grows="sections"),
    Door(name="report_xlsx", of=("report *",), get=Get(shows=("held {1}",)), sums=("sections",)),
    Door(
        name="report_section_edit",
        of=OPEN,
        more=SUMMARY,
        get=Get(who=CHAIRS),
        post=Post(who=CHAIRS, sends=words, changes=(ReportSection,)),
    ),
    Door(
        name="report_section_edit",
        of=AGREED,
        more=SUMMARY,
        get=Get(who=CHAIRS, gives=409),
        post=Post(who=CHAIRS, sends=words, gives=409),
    ),
    Door(name="report_offer", of=DRAFT, post=Post(who=CHAIRS, sends=version, changes=(Report,))),
    Door(
        name="report_offer",
        of=(*AGREED, "report offered"),
        post=Post(who=CHAIRS, sends=version, gives=409),
    ),
    Door(name="report_take_back", of=("report offered",), post=Post(who=CHAIRS, changes=(Report,))),
    Door(name="report_take_back", of=(*AGREED, *DRAFT), post=Post(who=CHAIRS, gives=409)),
    Door(
        name="report_agree",
        of=("report offered",),
        post=Post(who=COCHAIRS, sends=version, changes=(Agreement,)),
    ),
    Door(name="report_agree", of=(*AGREED, *DRAFT), post=Post(who=COCHAIRS, sends=version, gives=409)),
    Door(
        name="report_change",
        of=("report offered",),
        get=Get(who=COCHAIRS, shows=()),
        post=Post(who=COCHAIRS, sends=wish, changes=(Agreement, Report)),
    ),
    # Seen, but it awaits nobody's answer.
    Door(
        name="report_change",
        of=(*AGREED, *DRAFT),
        get=Get(who=NOBODY),
        post=Post(who=COCHAIRS, sends=wish, gives=409),
    ),
    Door(name="report_renew", of=OPEN, post=Post(who=CHAIRS, changes=(Job,))),
    Door(name="report_renew", of=AGREED, post=Post(who=CHAIRS, gives=409)),
    Door(name="report_reopen", of=AGREED, post=Post(who=CHAIRS, sends=version, changes=(Report,))),
    Door(name="report_reopen", of=OPEN, post=Post(who=CHAIRS, sends=version, gives=409)),
    Door(
        name="report_export",
        of=("report agreed",),
        post=Post(who=ADMIN, changes=(AuditEntry,), gives=200),
    ),
    Door(
        name="report_export",
        of=("report cycleagreed", *OPEN),
        post=Post(who=ADMIN, gives=409),
    ),
]
