"""The network as it is: authorities, integrated care boards, who covers whom, bank holidays, the co-chairs.

Facts come from the files in `network/data/`; loading them again changes nothing that people have added.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from django.db.models import Q
from django.utils.text import slugify

from network import dates
from network.people.models import BankHoliday, Footprint, Membership, Organisation, Succession, User
from network.people.reference import Facts, ReferenceFact
from network.roles import Role

DATA = Path(__file__).resolve().parent.parent / "data"


def rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of one CSV file of reference data, by heading."""
    with (DATA / name).open(newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)


def day(text: str) -> date | None:
    """An ISO date; none where the file has none or marks it as uncertain ("2028-03-31?")."""
    return None if not text or text.endswith("?") else date.fromisoformat(text)


def _tiles() -> dict[str, dict[str, Any]]:
    """Where each authority stands on the map of tiles, and its letters, by name."""
    tiles: dict[str, dict[str, Any]] = json.loads((DATA / "tiles.json").read_text(encoding="utf-8"))
    return tiles


def load_authorities() -> str:
    tiles, facts = _tiles(), Facts("authority", Organisation)
    for row in rows("local_authorities.csv"):
        tile = tiles[row["la_name"]]
        decided = row["lgr_state"] == "CONFIRMED"
        slug = slugify(row["la_name"])
        facts.load(
            slug,
            {"slug": slug},
            {
                "kind": Organisation.Kind.AUTHORITY,
                "name": row["la_name"],
                "full_name": row["council_name"],
                "gss_code": row["gss_code"],
                "dfe_code": row["dfe_la_code"],
                "authority_type": row["type"],
                "member": row["seslip_member"] == "1",
                "region": "South East",
                # Only a reorganisation that is law ends a body; a planned one is a note.
                "ends_on": day(row["expected_last_day"]) if decided else None,
                "reorganisation_state": row["lgr_state"],
                "note": _reorganisation_note(row),
                "short": tile["short"],
                "tile_row": tile["row"],
                "tile_column": tile["column"],
            },
        )
    return f"{Organisation.objects.authorities().count()} authorities"


REORGANISATION = {
    "NO_CHANGE_KNOWN": "",
    "DECIDED_UNCHANGED": "It was decided that this authority stays as it is.",
    "DECISION_NOT_FOUND": "Proposals for local government reorganisation here await a decision.",
    "DECIDED_NOT_ENACTED": "It was decided to reorganise local government here{day}; this is not yet law.",
    "CONFIRMED": "The order that reorganises local government here is made.",
}
"""What a reader is told of each state in the reference data, whose own remarks are for whoever keeps them."""


def _reorganisation_note(row: dict[str, str]) -> str:
    planned = day(row["expected_last_day"])
    by = f", from the day after {dates.long_date(planned)}" if planned else ""
    return REORGANISATION[row["lgr_state"]].format(day=by)


def load_icbs() -> str:
    facts = Facts("board", Organisation)
    for row in rows("icbs.csv"):
        name = row["name"].removeprefix("NHS ").removesuffix(" ICB")
        facts.load(
            row["ods_code"],
            {"ods_code": row["ods_code"]},
            {
                "slug": slugify(name),
                "kind": Organisation.Kind.ICB,
                "name": name,
                "full_name": row["name"],
                "gss_code": row["ons_code"],
                "region": row["nhs_region"],
                "starts_on": day(row["start_date"]),
                "ends_on": day(row["end_date"]),
            },
        )
    return f"{Organisation.objects.icbs().count()} integrated care boards"


def _bodies() -> dict[str, Organisation]:
    """The bodies of the files by the code that the files know them by, whatever their code is by now."""
    facts = ReferenceFact.objects.filter(Q(key__startswith="board:") | Q(key__startswith="authority:"))
    said = {fact.object_id: fact for fact in facts}
    found = {}
    for body in Organisation.objects.filter(pk__in=said):
        fact = said[body.pk]
        found[fact.said["gss_code"]] = body
        if fact.key.startswith("board:"):
            found[fact.key.removeprefix("board:")] = body
    return found


def load_successions() -> str:
    bodies, facts, made = _bodies(), Facts("succession", Succession), Facts("made by law", Organisation)
    for row in rows("organisation_successions.csv"):
        on = date.fromisoformat(row["date"])
        predecessor = bodies[row["predecessor_code"]]
        code = row["successor_code"]
        successor = bodies[code] if code else _made_by_law(made, row["successor_name"], predecessor, on)
        if successor is None:  # people have removed it
            continue
        facts.load(
            f"{row['predecessor_code']} {row['successor_code'] or row['successor_name']}",
            {"predecessor": predecessor, "successor": successor},
            {"on": on, "kind": row["kind"], "state": row["state"], "note": _part(row["note"])},
        )
    return f"{Succession.objects.count()} successions"


def _made_by_law(facts: Facts, full_name: str, predecessor: Organisation, on: date) -> Organisation | None:
    """A council made by law whose code is not yet published."""
    name = full_name.removesuffix(" Council")
    tile = _tiles().get(name, {})
    body: Organisation | None = facts.load(
        slugify(name),
        {"slug": slugify(name)},
        {
            "kind": Organisation.Kind.AUTHORITY,
            "name": name,
            "full_name": full_name,
            "member": True,
            "authority_type": "unitary",
            "region": predecessor.region,
            "starts_on": on,
            "short": tile.get("short", ""),
            "tile_row": tile.get("row"),
            "tile_column": tile.get("column"),
        },
    )
    return body


def _part(note: str) -> str:
    """Which part of a split body it is about; the file's other remarks are for whoever keeps it."""
    return note if note.endswith("part") or note.endswith(")") else ""


def _last_day_of_cover(row: dict[str, str], ends: dict[str, date | None]) -> date | None:
    """Nobody is covered after the last day that the law has set for them, where the file leaves it open."""
    known = [last for last in (day(row["valid_to"]), ends.get(row["la_gss_code"])) if last]
    return min(known, default=None)


def load_footprint() -> str:
    bodies, facts = _bodies(), Facts("footprint", Footprint)
    ends = {
        row["gss_code"]: day(row["expected_last_day"])
        for row in rows("local_authorities.csv")
        if row["lgr_state"] == "CONFIRMED"
    }
    for row in rows("la_icb_footprint.csv"):
        facts.load(
            f"{row['la_gss_code']} {row['icb_ods_code']} {row['valid_from']}",
            {
                "authority": bodies[row["la_gss_code"]],
                "icb": bodies[row["icb_ods_code"]],
                "starts_on": date.fromisoformat(row["valid_from"]),
            },
            {
                "coverage": row["coverage"],
                "ends_on": _last_day_of_cover(row, ends),
                "note": _place(row["note"]),
            },
        )
    return f"{Footprint.objects.count()} rows of who covers whom"


def _place(note: str) -> str:
    """Which places a part takes in, without the remark on how it is known."""
    return note.removesuffix(" (district detail own knowledge)")


def load_bank_holidays() -> str:
    for row in rows("bank_holidays.csv"):
        BankHoliday.objects.get_or_create(
            on=date.fromisoformat(row["date"]), defaults={"title": row["title"]}
        )
    return f"{BankHoliday.objects.count()} bank holidays"


def load_cochairs() -> str:
    """The two co-chairs named in the terms of reference: people without accounts, start not recorded."""
    named: list[dict[str, str]] = json.loads((DATA / "co_chairs.json").read_text(encoding="utf-8"))
    for one in named:
        if len(Membership.objects.filter(role=Role.CO_CHAIR, source=one["source"])) >= len(named):
            continue  # all are known, perhaps by another name since
        person = User.objects.filter(name=one["name"]).first() or User.objects.create_user(
            None, one["name"], job_title=one["job_title"]
        )
        if not Membership.objects.filter(user=person, role=Role.CO_CHAIR).exists():  # also a term that ended
            Membership.objects.create(user=person, role=Role.CO_CHAIR, source=one["source"])
    return f"{len(named)} co-chairs"


def reference_data() -> Iterable[Any]:
    return (
        load_authorities,
        load_icbs,
        load_successions,
        load_footprint,
        load_bank_holidays,
        load_cochairs,
    )
