"""Why a body can't end, or can't come after another, in plain words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from django.db.models import Q
from django.utils.text import slugify

from network import dates
from network.people.history import listed
from network.people.models import Organisation, Succession
from network.reorganisation.models import Ending, Reorganisation, Successor

RESERVED = frozenset({"people", "invitations", "reorganisations", "audit", "retention", "add"})
"""Words that are pages beside the bodies' own: no body has one of them as its address."""

EARLIEST, LATEST = date(2000, 1, 1), date(2100, 12, 31)

CODES = {
    "gss_code": (r"[A-Z]\d{8}", "The ONS code must be a letter and eight digits, like E10000016"),
    "dfe_code": (r"\d{3}", "The DfE code must be three digits, like 886"),
    "ods_code": (r"[A-Z0-9]{3,8}", "The ODS code must be three to eight letters and digits, like QKS"),
}


STEPS = {
    "what": "What happens",
    "successors": "What comes after",
    "footprint": "Who covers whom",
    "people": "Who moves where",
    "things": "What becomes of each open thing",
}
"""The steps of writing one down, in their order, by the last word of their addresses."""


class Problem(str):
    """A sentence that stands against preparing, and the page on which it is put right."""

    url = ""
    link = ""

    @classmethod
    def at(cls, step: str, row: Reorganisation, words: str) -> Problem:
        made = cls(words)
        made.url, made.link = f"{row.get_absolute_url()}{step}/", f"Open “{STEPS[step]}”"
        return made

    @classmethod
    def about(cls, other: Reorganisation, words: str) -> Problem:
        made = cls(words)
        made.url, made.link = other.get_absolute_url(), "Open that reorganisation"
        return made


def code_problem(field: str, code: str) -> str:
    pattern, says = CODES[field]
    return "" if not code or re.fullmatch(pattern, code) else says


def taken_code(field: str, code: str, *, kind: str, besides: int | None) -> str:
    """Which body has the code already; an ONS code is one authority's, an ODS code one body's."""
    if not code or field == "dfe_code":
        return ""
    others = Organisation.objects.exclude(pk=besides or 0).filter(**{field: code})
    if field == "gss_code":
        others = others.filter(kind=kind)
    other = others.first()
    return f"{other.full_name} has this code already" if other else ""


def slug_problem(name: str, besides: int | None = None) -> str:
    """Whether the name makes an address of its own."""
    slug = slugify(name)[:80]
    if not slug:
        return "Enter a name with letters in it"
    if slug in RESERVED:
        return f"“{name}” is the address of a page. Enter a longer name"
    other = Organisation.objects.exclude(pk=besides or 0).filter(slug=slug).first()
    if other is None:
        return ""
    return f"{other.full_name} is in the directory under this name already. Choose it, or enter another name"


def described_problems(successors: Iterable[Successor], kind: str) -> list[str]:
    """Names and codes of bodies to be made that others have by now; one query for all of them."""
    made = [one for one in successors if one.new]
    slugs = {slugify(one.name)[:80]: one for one in made}
    gss = {one.gss_code: one for one in made if one.gss_code}
    ods = {one.ods_code: one for one in made if one.ods_code}
    same = Q(slug__in=slugs) | Q(gss_code__in=gss, kind=kind) | Q(ods_code__in=ods)
    own = Q(pk__in=[one.body_id for one in made if one.body_id], never_in_force=True)
    found = []
    for body in Organisation.objects.filter(same).exclude(own):
        if one := slugs.get(body.slug):
            found.append(f"{one}: {body.full_name} is in the directory under this name already.")
        elif one := gss.get(body.gss_code) or ods.get(body.ods_code):
            found.append(f"{one}: {body.full_name} has this code already.")
    return found


def ending_problems(bodies: Sequence[Organisation], on: date, row: Reorganisation | None) -> list[str]:
    """Why these bodies can't all end on the day before."""
    found = []
    if len({body.kind for body in bodies}) > 1:
        found.append(
            "The bodies that end must be of one kind: authorities or boards. Write down two reorganisations"
        )
    elsewhere = Ending.objects.filter(live=True, body__in=bodies).exclude(reorganisation=row)
    taken = {one.body_id: one.reorganisation for one in elsewhere.select_related("reorganisation")}
    for body in bodies:
        if body.pk in taken:
            other = taken[body.pk]
            found.append(
                f"{body} ends by another reorganisation already: {other}, on {dates.long_date(other.on)}"
            )
        elif problem := _end_problem(body, on):
            found.append(problem)
    return found


def _end_problem(body: Organisation, on: date) -> str:
    last = on - timedelta(days=1)
    if body.never_in_force:
        return f"{body} was never in force"
    if body.starts_on and body.starts_on > last:
        began = dates.long_date(body.starts_on)
        return f"{body} begins on {began}: it can’t end on {dates.long_date(last)}, before it began"
    if body.ends_on and body.ends_on < last:
        after = dates.long_date(body.ends_on + timedelta(days=1))
        return f"{body} has ended already, on {dates.long_date(body.ends_on)}. Choose the day after, {after}"
    if body.ends_on and body.ends_on > last:
        ends = dates.long_date(body.ends_on)
        return f"{body} has {ends} as its last day. Choose the day after that, or change the body’s last day"
    return ""


def successor_problems(
    body: Organisation,
    after: Iterable[Organisation],
    endings: Sequence[Organisation],
    on: date,
    ancestry: Ancestry | None = None,
) -> list[str]:
    """Why a body that exists can't come after these."""
    if body in endings:
        return [f"{body} can’t be a successor of itself: it is one of the bodies that end"]
    if any(body.kind != one.kind for one in endings):
        return [f"{body} is of another kind than {listed(map(str, endings))}: it can’t come after"]
    if body.never_in_force:
        return [f"{body} was never in force"]
    if body.starts_on and body.starts_on > on:
        return [f"{body} begins only on {dates.long_date(body.starts_on)}"]
    if body.ends_on and body.ends_on < on:
        return [f"{body} ends on {dates.long_date(body.ends_on)}, before this"]
    ancestry = ancestry or Ancestry()
    return [
        f"{one} came after {body} itself: the two can’t follow each other in a circle"
        for one in after
        if body.pk in ancestry.of(one)
    ]


class Ancestry:
    """Which body came from which, asked once."""

    def __init__(self) -> None:
        self.before: dict[int, list[int]] = {}
        for predecessor, successor in Succession.objects.values_list("predecessor_id", "successor_id"):
            self.before.setdefault(successor, []).append(predecessor)

    def of(self, body: Organisation) -> set[int]:
        """All that the body came from, directly or through others."""
        found: set[int] = set()
        waiting = [body.pk]
        while waiting:
            new = set(self.before.get(waiting.pop(), [])) - found
            found |= new
            waiting += new
        return found
