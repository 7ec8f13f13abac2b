"""FOI: the coordinator's work, the members' reading, and what is shared with partners.

A partner reads shared figures: those of their own body (and of what it came from) in full, others as far as
protection of small numbers leaves them; never the correspondence or the network's notes.
"""

from __future__ import annotations

from typing import Any

from foi import casework
from foi.forms import RequestForm
from foi.models import FoiRound, Outcome, Request, RequestEvent
from network import widening
from network.people.models import BankHoliday
from tests.access.doors import SELF, Door, Get, Post
from tests.access.who import ADMIN, INSIDE, MEMBERS
from tests.access.world import Thing, World

LISTS = ("", "?export=csv", "?export=xlsx")
SENT = ("sent", "shared", "predecessor", "lapsed", "kept", "inner")
RECORDABLE = ("sent", "shared", "predecessor", "kept", "inner")
DRAFTS = ("draft", "only")
PROTECTED = {"withheld *": "small numbers are hidden outside the network, whoever reads the row"}
INNER = {
    f"{kind} *": "partners get a page of figures only, on which this has no place"
    for kind in ("applicant", "event", "note")
}


def of(*states: str) -> tuple[str, ...]:
    return tuple(f"request {state}" for state in states)


def day(name: str) -> dict[str, str]:
    return {f"{name}-day": "20", f"{name}-month": "11", f"{name}-year": "2026"}


def new_round(world: World, thing: Thing | None) -> dict[str, Any]:
    about = {"title": "FOI round of the autumn", "reporting_year": "2025/26", "number": "1"}
    return {**about, "applicant": "A Lead", "reply_to": "reply@example.org"}


def holiday(world: World, thing: Thing | None) -> dict[str, Any]:
    return {"on-day": "4", "on-month": "2", "on-year": "2027", "title": "Another day"}


def particulars(world: World, thing: Thing | None) -> dict[str, Any]:
    assert thing is not None
    assert isinstance(thing.row, Request)
    return {
        "loaded": RequestForm(instance=thing.row).fields["loaded"].initial,
        "made_for": str(world.bodies["medway"].pk),
        "applicant": "Somebody else",
        "reply_to": "other@example.org",
        "sent_to": str(thing.row.sent_to_id),
        "address": "foi@example.org",
    }


def sending(world: World, thing: Thing | None) -> dict[str, Any]:
    return {**day("sent_on"), **day("received_on")}


def course(world: World, thing: Thing | None) -> dict[str, Any]:
    replied = thing is not None and thing.key in of("shared", "predecessor")
    return {"move": "close" if replied else "acknowledge", **day("on")}


def rest(world: World, thing: Thing | None) -> dict[str, Any]:
    return {"outcome": "not_held"}


def reply(world: World, thing: Thing | None) -> dict[str, Any]:
    """Other words, with the mark of the answers as they stand: whoever loaded the page saw these."""
    assert thing is not None
    assert isinstance(thing.row, Request)
    mark = casework.mark_of_answers(Outcome.objects.filter(request=thing.row, item__question=1))
    one = {f"1.{item}-2025-26-outcome": "answered" for item in (1, 2, 3)}
    return {"loaded": mark, **one, **{f"1.{item}-2025-26-value": "Other words" for item in (1, 2, 3)}}


def yes_to_share(world: World, thing: Thing | None) -> dict[str, Any]:
    assert thing is not None
    assert isinstance(thing.row, Request)
    change = {"before": thing.row.audience, "after": "partners"}
    shown = casework.marks_shown(Outcome.objects.filter(request=thing.row))
    return {"widen": widening.yes(world.people["admin"], thing.row, shown=shown, **change)}


DOORS = [
    Door(
        name="foi_round_list",
        room=INSIDE,
        get=Get(shows=("foi round *",), queries=LISTS),
        grows="foi rounds",
        paged=True,
    ),
    Door(
        name="foi_round_new",
        room=INSIDE,
        get=Get(who=ADMIN),
        post=Post(who=ADMIN, sends=new_round, changes=(FoiRound, Request)),
    ),
    Door(
        name="foi_holiday_list",
        room=INSIDE,
        get=Get(who=ADMIN, shows=("holiday",), queries=LISTS),
        post=Post(who=ADMIN, sends=holiday, changes=(BankHoliday,)),
        grows="holidays",
        paged=True,
    ),
    Door(
        name="foi_holiday_remove",
        of=("holiday",),
        room=INSIDE,
        see=INSIDE,
        post=Post(who=ADMIN, changes=(BankHoliday,)),
    ),
    Door(
        name="foi_round_detail",
        of=("foi round shared",),
        get=Get(shows=(SELF, *(name for name in of(*SENT, "draft") if name != "request inner"))),
        grows="requests",
        paged=True,
        sums=("requests",),  # how many are overdue
    ),
    Door(name="foi_round_detail", of=("foi round shared",), get=Get(shows=(), queries=LISTS[1:])),
    Door(name="foi_round_detail", of=("foi round inner", "foi round unsent"), get=Get()),
    Door(
        name="foi_item_compare",
        of=("foi round shared",),
        get=Get(shows=tuple(f"figure {name}" for name in SENT if name != "inner"), queries=LISTS),
        grows="requests",
    ),
    Door(
        name="foi_item_compare",
        of=("foi round shared",),
        get=Get(
            shows=tuple(f"withheld {name}" for name in SENT if name != "inner"),
            queries=tuple(f"?item=1.2{more.replace('?', '&')}" for more in LISTS),
            guarded=PROTECTED,
        ),
    ),
    Door(name="foi_item_compare", of=("foi round inner",), get=Get(shows=("figure inner",), queries=LISTS)),
    Door(name="foi_item_compare", of=("foi round unsent",), get=Get(shows=())),
    Door(
        name="foi_request_detail",
        of=of(*SENT),
        get=Get(
            shows=("figure {1}", "withheld {1}", "applicant {1}", "event {1}", "note figure {1}"),
            guarded=PROTECTED | INNER,
        ),
        grows="outcomes",
    ),
    Door(name="foi_request_detail", of=of(*DRAFTS), get=Get(shows=("applicant {1}",))),
    Door(
        name="foi_request_edit",
        of=of("draft", "only", "lapsed"),
        get=Get(who=ADMIN, shows=("applicant {1}",)),
        post=Post(who=ADMIN, sends=particulars, changes=(Request,)),
    ),
    Door(
        name="foi_request_edit",
        of=of(*RECORDABLE),
        get=Get(who=ADMIN, gives=409),
        post=Post(who=ADMIN, sends=particulars, gives=409),
    ),
    Door(
        name="foi_request_letter",
        of=of(*SENT, *DRAFTS),
        get=Get(who=MEMBERS, shows=("applicant {1}",)),
        grows="outcomes",
    ),
    Door(
        name="foi_request_letter_pdf",
        of=of(*SENT, *DRAFTS),
        get=Get(who=MEMBERS, shows=("applicant {1}",)),
        grows="outcomes",
    ),
    Door(
        name="foi_request_send",
        of=of("draft", "only", "lapsed"),
        get=Get(who=ADMIN, shows=()),
        post=Post(who=ADMIN, sends=sending, changes=(Request, RequestEvent)),
    ),
    Door(
        name="foi_request_send",
        of=of(*RECORDABLE),
        get=Get(who=ADMIN, gives=409),
        post=Post(who=ADMIN, sends=sending, gives=409),
    ),
    Door(
        name="foi_request_move",
        of=of(*RECORDABLE),
        get=Get(who=ADMIN, shows=()),
        post=Post(who=ADMIN, sends=course, changes=(Request, RequestEvent)),
    ),
    Door(name="foi_request_move", of=of(*DRAFTS, "lapsed"), get=Get(who=ADMIN, shows=())),
    Door(
        name="foi_request_share",
        of=of("sent", "lapsed", "inner"),
        get=Get(who=ADMIN, shows=()),
        post=Post(who=ADMIN, sends=yes_to_share, changes=(Request, Outcome)),
        grows="partners",
    ),
    Door(
        name="foi_request_take_back",
        of=of("shared", "predecessor"),
        get=Get(who=ADMIN, shows=()),
        post=Post(who=ADMIN, changes=(Request, Outcome)),
        grows="partners",
    ),
    Door(
        name="foi_request_take_back",
        of=of("sent", "lapsed", "inner", *DRAFTS),
        get=Get(who=ADMIN, shows=(), gives=302, to="/foi/"),
        post=Post(who=ADMIN, idle=True),
    ),
    Door(
        name="foi_request_share",
        of=of(*DRAFTS),
        get=Get(who=ADMIN, gives=409),
        post=Post(who=ADMIN, gives=409),
    ),
    Door(
        name="foi_reply_detail",
        of=of(*RECORDABLE),
        get=Get(who=ADMIN, shows=()),
        sums=("outcomes",),  # how far each question is recorded
    ),
    Door(name="foi_reply_detail", of=of(*DRAFTS, "lapsed"), get=Get(who=ADMIN, gives=409)),
    Door(
        name="foi_reply_rest",
        of=of(*RECORDABLE),
        get=Get(who=ADMIN, shows=(), gives=302, to="/foi/"),
        post=Post(who=ADMIN, sends=rest, changes=(Outcome,)),
    ),
    Door(
        name="foi_reply_rest",
        of=of(*DRAFTS, "lapsed"),
        get=Get(who=ADMIN, shows=(), gives=409),
        post=Post(who=ADMIN, sends=rest, gives=409),
    ),
    Door(
        name="foi_reply_question",
        of=of(*RECORDABLE),
        more={"question": 1},
        get=Get(who=ADMIN, shows=("figure {1}", "withheld {1}", "note figure {1}")),
        post=Post(who=ADMIN, sends=reply, changes=(Outcome,)),
        grows="outcomes",
    ),
    Door(
        name="foi_reply_question",
        of=of(*DRAFTS, "lapsed"),
        more={"question": 1},
        get=Get(who=ADMIN, gives=409),
        post=Post(who=ADMIN, sends=reply, gives=409),
    ),
]
