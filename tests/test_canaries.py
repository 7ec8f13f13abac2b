"""Canaries behind the wall: in every text of everything that is legal, for the chairs or for the coordinator,
in files and in what files say of themselves.

Everything that a partner, an observer and a lead who is not named can reach is crawled, and downloads are
unpacked: none is found. With the guard taken out they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core import mail as sent_mail
from django.db.models import Q

from network import dates, mail, naming, registry
from network.audience import Audience, Naming, ScopedQuerySet
from network.library.models import LibraryItem
from network.meetings import acts
from network.meetings.models import AgendaItem, Decision, Meeting, Notes
from tests.access.answers import TOKEN
from tests.access.canaries import FOUND, KEYS, MAKERS, Canaries, kept, plant, text_fields
from tests.access.crawl import Reached, as_text, crawl, of_mail
from tests.access.declared import DOORS
from tests.access.walk import address, cells, undone
from tests.access.world import World, among, made_world

pytestmark = [pytest.mark.once, pytest.mark.django_db]

OUTSIDE = ("partner", "observer")
UNNAMED = ("admin", "cochair_two")
"""They read what is for the chairs; what is legal exists for them no more than for a stranger."""
CRAWLERS = (*OUTSIDE, "stranger")


@pytest.fixture(scope="module")
def planted(django_db_setup: None, django_db_blocker: Any, media: Path) -> Iterator[tuple[World, Canaries]]:
    with django_db_blocker.unblock(), made_world(media) as world:
        yield world, plant(world)


@pytest.fixture(autouse=True)
def _among(planted: object, media: Path) -> Iterator[None]:
    with among(media):
        yield


def told(text: str, world: World, canaries: Canaries, role: str) -> list[str]:
    """What the text gives away that the person may not read."""
    words = set(TOKEN.findall(text.lower())) & world.unreadable(role)
    few = (", legal",) if role in UNNAMED else (", legal", ", chairs", ", coordinator")
    secret = {what for what in canaries.found(text) if what.endswith(few)}
    return sorted(words | secret)


# -- What is planted ------------------------------------------------------------------------------------


def test_every_text_of_everything_kept_to_few_people_has_its_canary(planted: tuple[World, Canaries]) -> None:
    """A text field that is added to one of these models is planted by itself."""
    _, canaries = planted
    fields = {f"{str(one).lower()}" for model, rows in kept() if rows for one in text_fields(model)}
    missing = fields - {what.split(", ")[0] for what in canaries.kinds} - NEVER_THERE
    assert not missing
    assert {"network.agendaitem.title", "network.noteentry.text", "network.decision.text"} <= fields
    assert {
        "network.storedfile.name",
        "actions.update.text",
        "foi.outcome.note",
        "network.job.title",
    } <= fields
    for level in ("legal", "chairs", "coordinator"):
        assert {f"network.agendaitem.title, {level}", f"actions.action.text, {level}"} <= canaries.kinds
        assert {f"{kind} metadata, {level}" for kind in MAKERS} <= canaries.kinds
    known = {str(one).lower() for model, _ in kept() for one in model._meta.concrete_fields}
    assert not set(KEYS) - known, "no such fields any more"


NEVER_THERE: set[str] = set()


def test_files_are_opened_down_to_what_they_say_of_themselves() -> None:
    for kind, make in MAKERS.items():
        text = as_text(make("cnry0000000001", "cnry0000000002"))
        assert {"cnry0000000001", "cnry0000000002"} <= set(FOUND.findall(text)), kind


def guessed(world: World) -> list[str]:
    """The addresses of what is kept to few people: somebody may try them."""
    pages = {
        address(cell)
        for door in DOORS
        for cell in (cells(door, world) if door.get and door.of else ())
        if cell.role == "admin" and cell.thing and cell.thing.key.split()[-1] in FEW and not cell.query
    }
    return sorted(pages)


FEW = ("legal", "chairs", "coordinator", "draft", "kept", "admin")


# -- The crawl ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [*CRAWLERS, *UNNAMED])
def test_nothing_of_it_is_in_anything_that_the_person_can_reach(
    role: str, planted: tuple[World, Canaries]
) -> None:
    """Bodies, headers, file names, cookies; pages, lists in every choice, downloads down to their parts."""
    world, canaries = planted
    reached = crawl(world, role, ("/", *guessed(world)))
    wrong = [
        f"{path}: {', '.join(given)}"
        for path, text in reached.texts.items()
        if (given := told(f"{path} {text}", world, canaries, role))
    ]
    assert not wrong, "\n".join(wrong[:40])
    assert not reached.failed
    # It went somewhere: what the person may read was found, in pages and in each kind of file.
    mine = {thing.token for thing in world.things.values() if role in thing.readers}
    assert len(mine & set(TOKEN.findall(reached.all))) >= REACHES[role]
    opened = {what for what in canaries.found(reached.all) if what.endswith(", open")}
    assert opened == {f"{kind} {part}, open" for kind in MAKERS for part in ("content", "metadata", "name")}


REACHES = {"partner": 15, "observer": 4, "stranger": 50, "admin": 100, "cochair_two": 80}


def test_nothing_of_it_is_in_a_mail_to_them(planted: tuple[World, Canaries], settings: Any) -> None:
    """Whatever is done to those things, and whatever the calendar does in the months after."""
    world, canaries = planted
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    sent_mail.outbox = []
    with undone():
        do_everything(world)
        for day in ("2026-12-14", "2027-01-05", "2027-01-13"):
            with dates.at(dates.parse_now(day)):
                for due in registry.due_work():
                    due()
        while mail.deliver_due():
            pass
        mails = [
            (address, of_mail(one.message().as_bytes())) for one in sent_mail.outbox for address in one.to
        ]
    roles = {world.people[role].email: role for role in (*CRAWLERS, "director")}
    to_them = [(to, set(told(text, world, canaries, roles[to]))) for to, text in mails if to in roles]
    opened = {world.things["round planned"].token}  # on 5 January, for all members
    assert not [(to, given) for to, given in to_them if given - opened]
    assert to_them
    assert any(canaries.found(text) for _, text in mails), "the coordinator's own mail has them"
    # Whoever is named reads the thing in the portal: the mail that says so is a door all the same.
    named = [text for _, text in mails if "shared with you by name" in text]
    assert named
    assert not [text for text in named if canaries.found(text) or set(TOKEN.findall(text)) & world.legal]


def do_everything(world: World) -> None:
    """Something is done to each thing that is kept to few people, and what follows from it."""
    admin, one, two = (world.people[role] for role in ("admin", "cochair_one", "cochair_two"))
    for item in AgendaItem.objects.filter(audience__in=("legal", "chairs", "coordinator")):
        if item.audience == "legal":  # nobody changes what they don't read
            Naming.objects.get_or_create(
                label=item._meta.label_lower, object_id=item.pk, person=admin, defaults={"named_by": one}
            )
        acts.change_item(item, by=admin, presenter="Lead, Kent")
    written = Meeting.objects.get(on=date_of(world, "meeting written"))
    acts.keep(Decision(item=written.items.get(audience="legal"), text="Appeal"), by=admin)
    acts.name_people(written.items.get(audience="chairs"), [world.people["lead"]], by=one)
    naming.name_people(world.things["library chairs"].row, [world.people["lead"]], by=two)  # type: ignore[arg-type]
    notes = Notes.objects.get(meeting=written)
    acts.agree(notes, version=notes.version, by=one)


def date_of(world: World, key: str) -> str:
    return str(world.things[key].kwargs["on"])


# -- The control ----------------------------------------------------------------------------------------


@contextmanager
def unguarded() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ScopedQuerySet, "visible_to", lambda rows, user: rows.all())
        yield


def test_with_the_guard_taken_out_the_crawl_finds_every_kind_of_thing(
    planted: tuple[World, Canaries],
) -> None:
    world, canaries = planted
    with unguarded():
        found = canaries.found(crawl(world, "stranger", ("/", *guessed(world))).all)
    for level in (Audience.LEGAL, Audience.CHAIRS, Audience.COORDINATOR):
        for kind in SHOWN:
            assert f"{kind}, {level}" in found, f"{kind}, {level} was not found"
    for what in ("foi.request.applicant, chairs", "foi.outcome.written, chairs", "foi.outcome.note, chairs"):
        assert what in found
    for what in ("network.storedfile.name, legal", "network.job.title, coordinator"):
        assert what in found


SHOWN = (
    *("network.agendaitem.title", "network.agendaitem.body", "network.agendaitem.presenter"),
    *("network.noteentry.text", "network.decision.text", "network.noteaction.text"),
    *("network.libraryitem.title", "network.libraryitem.description", "network.libraryitem.link"),
    *("actions.action.text", "actions.update.text"),
    *(f"{kind} {part}" for kind in MAKERS for part in ("content", "metadata", "name")),
)


@pytest.mark.parametrize("role", OUTSIDE)
def test_even_a_rule_that_forgets_legal_alone_is_found(
    role: str, planted: tuple[World, Canaries], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of library items, which everybody has a list of."""
    world, canaries = planted
    rule = LibraryItem.readable_by
    monkeypatch.setattr(
        LibraryItem, "readable_by", classmethod(lambda cls, user: rule(user) | Q(audience="legal"))
    )
    found = {what for what in canaries.found(start_at(world, role, "/library/").all) if "legal" in what}
    assert {"network.libraryitem.title, legal", "pdf metadata, legal", "docx name, legal"} <= found


def start_at(world: World, role: str, path: str) -> Reached:
    return crawl(world, role, (path,), within=path)
