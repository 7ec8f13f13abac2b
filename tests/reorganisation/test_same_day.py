"""Reorganisations prepared for the same day: no row of who covers whom outlives one of its bodies."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from network import dates
from network.marks import Loaded
from network.people.models import Footprint, Organisation
from network.reorganisation import acts, bodies, drafts, footprint
from network.reorganisation.models import Reorganisation, Status
from network.reorganisation.plan import plan_of
from network.tick import tick
from network.workflow import Changed, Refused
from tests.conftest import People
from tests.reorganisation_factories import APRIL, reorganisation

Bodies = dict[str, Organisation]
LAST = date(2027, 3, 31)


def surrey(people: People, orgs: Bodies) -> Reorganisation:
    return reorganisation(people.admin, [orgs["surrey"]])


def boards(people: People, orgs: Bodies) -> Reorganisation:
    return reorganisation(
        people.admin, [orgs["kent-and-medway"], orgs["surrey-and-sussex"]], ["South Coast"], on=APRIL
    )


def covered_in_april() -> set[tuple[str, str]]:
    rows = Footprint.objects.in_force(APRIL).select_related("icb", "authority")
    return {(row.icb.name, row.authority.name) for row in rows}


def decided(row: Reorganisation, people: People) -> None:
    """Who covers whom is saved as it is proposed."""
    plan = plan_of(row)
    covers = {(line.successor.pk, line.other.pk): line.coverage for line in plan.lines}
    loaded = Loaded(drafts.mark_of_footprint(plan))
    drafts.set_footprint(row, covers, by=people.admin, loaded=loaded)


def standing() -> list[object]:
    return sorted(Footprint.objects.values_list(), key=str)


def holds() -> None:
    assert not list(footprint.outliving())


def test_no_row_of_the_reference_data_outlives_a_body(orgs: Bodies) -> None:
    holds()


AFTER_BOTH = {("South Coast", "East Surrey"), ("South Coast", "West Surrey"), ("South Coast", "Kent")}


@pytest.mark.parametrize("boards_first", [True, False])
def test_the_authoritys_successors_are_covered_by_the_boards_successor_whichever_was_prepared_first(
    people: People, orgs: Bodies, at: Callable[[str], None], boards_first: bool
) -> None:
    made = [boards, surrey] if boards_first else [surrey, boards]
    for make in made:
        acts.prepare(make(people, orgs), by=people.admin)
        holds()
    assert covered_in_april() >= AFTER_BOTH
    named = {name for pair in covered_in_april() for name in pair}
    assert not named & {"Surrey", "Surrey and Sussex"}
    at("2027-04-01")
    assert not tick().failed
    assert set(Reorganisation.objects.values_list("status", flat=True)) == {Status.IN_FORCE}
    holds()


def test_only_boards_in_force_on_the_first_day_are_proposed(people: People, orgs: Bodies) -> None:
    acts.prepare(boards(people, orgs), by=people.admin)
    lines = plan_of(surrey(people, orgs)).lines
    assert {(line.other.name, line.coverage) for line in lines} == {("South Coast", "whole")}


def test_a_draft_that_says_a_board_covers_it_which_ends_is_asked_again_with_a_link(
    people: People, orgs: Bodies, sign_in: Callable[..., object]
) -> None:
    row = surrey(people, orgs)
    decided(row, people)
    other = acts.prepare(boards(people, orgs), by=people.admin)
    with pytest.raises(Refused, match="Surrey and Sussex ends on 31 March 2027, by “Kent and Medway, and"):
        acts.prepare(row, by=people.admin)
    page = sign_in(people.admin).get(row.get_absolute_url()).content.decode()  # type: ignore[attr-defined]
    assert "Say once more who covers whom from 1 April 2027" in page
    assert f'href="{other.get_absolute_url()}"' in page
    decided(row, people)
    acts.prepare(row, by=people.admin)
    assert covered_in_april() >= AFTER_BOTH


def test_on_the_day_a_cover_that_outlives_a_body_is_refused_and_nothing_is_changed(
    people: People, orgs: Bodies, at: Callable[[str], None]
) -> None:
    row = acts.prepare(surrey(people, orgs), by=people.admin)
    Organisation.objects.filter(pk=orgs["surrey-and-sussex"].pk).update(ends_on=LAST)  # behind our back
    at("2027-04-01")
    tick()
    row.refresh_from_db()
    assert row.status == Status.PREPARED
    assert "would cover East Surrey after the last day of Surrey and Sussex, 31 March 2027" in row.failed


def test_what_another_one_builds_on_is_not_taken_back(people: People, orgs: Bodies) -> None:
    first = acts.prepare(boards(people, orgs), by=people.admin)
    acts.prepare(surrey(people, orgs), by=people.admin)
    with pytest.raises(Refused, match="“Surrey becomes East Surrey and West Surrey” builds on it"):
        acts.withdraw(first, by=people.admin)


def test_taking_one_back_leaves_what_the_other_one_ended(people: People, orgs: Bodies) -> None:
    before = standing()
    first = acts.prepare(boards(people, orgs), by=people.admin)
    second = surrey(people, orgs)
    thames = orgs["thames-valley"]
    for one in second.successors.all():
        one.covers.create(other=thames, coverage="whole")
    acts.prepare(second, by=people.admin)
    acts.withdraw(first, by=people.admin)
    kept = Footprint.objects.get(authority=orgs["surrey"], icb=orgs["surrey-and-sussex"])
    assert kept.ends_on == LAST
    holds()
    acts.withdraw(second, by=people.admin)
    assert standing() == before


def test_a_body_does_not_end_on_the_day_on_which_it_takes_over(people: People, orgs: Bodies) -> None:
    row = drafts.begin(by=people.admin, bodies=[orgs["kent-and-medway"]], on=APRIL)
    drafts.join(row, orgs["surrey-and-sussex"], [orgs["kent-and-medway"]], by=people.admin)
    acts.prepare(row, by=people.admin)
    other = reorganisation(people.admin, [orgs["surrey-and-sussex"]], ["Downs"])
    with pytest.raises(Refused, match="Surrey and Sussex takes over by “Kent and Medway becomes"):
        acts.prepare(other, by=people.admin)


def test_a_board_that_one_counts_on_does_not_end_by_hand(people: People, orgs: Bodies) -> None:
    acts.prepare(surrey(people, orgs), by=people.admin)
    reason = bodies.dates_stand(orgs["surrey-and-sussex"], {"ends_on": LAST})
    assert "follow from “Surrey becomes East Surrey and West Surrey”" in reason


STEPS = st.lists(
    st.tuples(st.sampled_from(["boards", "surrey"]), st.sampled_from(["prepare", "reopen", "decide"])),
    max_size=7,
)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, elsewhere=st.booleans(), day_comes=st.booleans())
def test_in_whatever_order_two_are_prepared_and_taken_back_no_row_outlives_a_body(
    people: People, orgs: Bodies, steps: list[tuple[str, str]], elsewhere: bool, day_comes: bool
) -> None:
    with transaction.atomic():
        _live_through(people, orgs, steps, elsewhere, day_comes)
        transaction.set_rollback(True)


def _live_through(
    people: People, orgs: Bodies, steps: list[tuple[str, str]], elsewhere: bool, day_comes: bool
) -> None:
    before = standing()
    rows = {"boards": boards(people, orgs), "surrey": surrey(people, orgs)}
    if elsewhere:
        for one in rows["surrey"].successors.all():
            one.covers.create(other=orgs["thames-valley"], coverage="whole")
    for which, what in steps:
        row = Reorganisation.objects.get(pk=rows[which].pk)
        try:
            if what == "decide":
                decided(row, people)
            else:
                getattr(acts, what)(row, by=people.admin)
        except (Refused, Changed):
            pass
        holds()
    if day_comes:
        with dates.at(dates.parse_now("2027-04-01")):
            acts.bring_into_force()
            assert not Reorganisation.objects.filter(status=Status.PREPARED).exists()
            holds()
        return
    live = Reorganisation.objects.filter(status=Status.PREPARED)
    for row in [*live.all(), *live.all()]:
        try:
            acts.withdraw(row, by=people.admin)
        except (Refused, Changed):
            continue
        holds()
    assert not live.exists()
    assert standing() == before


def test_a_successor_that_nobody_would_lead_is_a_warning_and_no_refusal(
    people: People, orgs: Bodies, sign_in: Callable[..., object]
) -> None:
    row = surrey(people, orgs)
    page = sign_in(people.admin).get(row.get_absolute_url()).content.decode()  # type: ignore[attr-defined]
    assert "Nobody would lead East Surrey, West Surrey on 1 April 2027" in page
    assert acts.prepare(row, by=people.admin).status == Status.PREPARED


def test_the_page_of_a_withdrawn_one_does_not_speak_as_if_it_stood(
    people: People, orgs: Bodies, sign_in: Callable[..., object]
) -> None:
    row = acts.prepare(boards(people, orgs), by=people.admin)
    acts.withdraw(row, by=people.admin)
    page = sign_in(people.admin).get(row.get_absolute_url()).content.decode()  # type: ignore[attr-defined]
    assert "It was withdrawn: nothing of what follows came about" in page
    assert "was to end on 31 March 2027" in page
    assert "goes to" not in page
