"""One guided act for a reorganisation: prepared before its day, in force by itself, undone before its day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from network import audit
from network.mail import OutboxMail
from network.marks import Loaded
from network.people.history import breaks_between
from network.people.models import Footprint, Membership, Organisation, Succession, User
from network.reorganisation import acts, drafts
from network.reorganisation.models import Ending, Move, Reorganisation, Settlement, Status, Successor
from network.reorganisation.plan import plan_of
from network.roles import Permission, Role
from network.tick import tick
from network.workflow import Changed, NotAllowed, Refused
from tests import factories
from tests.conftest import People
from tests.reorganisation_factories import APRIL, CLOSE, RESEND, HoldingApp, reorganisation

Bodies = dict[str, Organisation]
At = Callable[[str], None]
LAST = date(2027, 3, 31)


def surrey(people: People, orgs: Bodies) -> Reorganisation:
    """Surrey becomes East Surrey and West Surrey, as the law has made them."""
    return reorganisation(people.admin, [orgs["surrey"]])


def after(row: Reorganisation, name: str) -> Successor:
    return row.successors.get(name=name)


def moved(row: Reorganisation, *names: str, by: User) -> None:
    """Every role of the bodies that end goes to these successors."""
    plan = plan_of(row)
    to = [after(row, name) for name in names]
    moves = {seat.membership.pk: to for seat in plan.seats}
    drafts.set_moves(row, moves, by=by, loaded=Loaded(drafts.mark_of_seats(plan.seats)))


def merger(people: People, orgs: Bodies, *, name: str = "Thames and Downs") -> Reorganisation:
    """Two boards merge."""
    return reorganisation(people.admin, [orgs["thames-valley"], orgs["surrey-and-sussex"]], [name])


def seats(user: User, on: date) -> set[str]:
    rows = Membership.objects.in_force(on).filter(user=user).select_related("organisation")
    return {f"{row.role} {row.organisation.slug}" for row in rows}


# -- Surrey, whose successors the law has made already --------------------------------------------------


def test_the_successors_that_the_law_has_made_come_with_the_body(people: People, orgs: Bodies) -> None:
    row = surrey(people, orgs)
    assert str(row) == "Surrey becomes East Surrey and West Surrey"
    assert {one.body for one in row.successors.all()} == {orgs["east-surrey"], orgs["west-surrey"]}
    assert not row.successors.filter(new=True).exists()


def test_who_covers_the_successors_is_proposed_from_who_covered_what_ends(
    people: People, orgs: Bodies
) -> None:
    plan = plan_of(surrey(people, orgs))
    said = {(line.successor.name, line.other.name, line.coverage) for line in plan.lines}
    assert said == {
        ("East Surrey", "Surrey and Sussex", "whole"),
        ("West Surrey", "Surrey and Sussex", "whole"),
    }


def test_where_people_go_is_asked_when_there_are_several_successors(
    people: People, orgs: Bodies, surrey_lead: User
) -> None:
    row = surrey(people, orgs)
    assert plan_of(row).seats[0].to is None
    with pytest.raises(Refused, match="Say where 1 person goes"):
        acts.prepare(row, by=people.admin)
    moved(row, "East Surrey", by=people.admin)
    assert acts.prepare(row, by=people.admin).status == Status.PREPARED


def test_it_comes_into_force_by_itself_and_nothing_old_is_rewritten(
    people: People, orgs: Bodies, surrey_lead: User, at: At
) -> None:
    row = surrey(people, orgs)
    moved(row, "East Surrey", by=people.admin)
    acts.prepare(row, by=people.admin)
    at("2027-03-31")
    tick()
    assert seats(surrey_lead, LAST) == {"lead surrey"}
    at("2027-04-01")
    assert "Surrey becomes East Surrey and West Surrey: in force" in tick().said
    row.refresh_from_db()
    assert (row.status, row.failed) == (Status.IN_FORCE, "")
    assert seats(surrey_lead, LAST) == {"lead surrey"}
    assert seats(surrey_lead, APRIL) == {"lead east-surrey"}
    assert User.objects.get(pk=surrey_lead.pk).may(Permission.RETURN_SUBMIT, at=orgs["east-surrey"])
    assert not User.objects.get(pk=surrey_lead.pk).may(Permission.RETURN_SUBMIT, at=orgs["surrey"])
    old = Membership.objects.get(user=surrey_lead, organisation=orgs["surrey"])
    assert (old.starts_on, old.ends_on) == (date(2025, 1, 1), LAST)
    assert set(Succession.objects.filter(predecessor=orgs["surrey"]).values_list("state", flat=True)) == {
        "in force"
    }
    covered = Footprint.objects.in_force(APRIL).filter(icb=orgs["surrey-and-sussex"])
    assert "Surrey" not in {one.authority.name for one in covered}
    assert {"East Surrey", "West Surrey"} <= {one.authority.name for one in covered}
    assert [one.says for one in breaks_between([orgs["surrey"]], date(2026, 4, 1), APRIL)] == [
        "On 1 April 2027 Surrey became East Surrey and West Surrey"
    ]


def test_a_second_tick_and_days_without_one_do_no_harm(
    people: People, orgs: Bodies, surrey_lead: User, at: At
) -> None:
    row = surrey(people, orgs)
    moved(row, "West Surrey", by=people.admin)
    acts.prepare(row, by=people.admin)
    at("2027-04-09")  # nobody ticked for nine days
    tick()
    tick()
    (fresh,) = Membership.objects.filter(user=surrey_lead, organisation=orgs["west-surrey"])
    assert fresh.starts_on == APRIL  # the day that was prepared, not the day of the tick
    assert OutboxMail.objects.filter(to=surrey_lead.email, key__contains=":moved:").count() == 1


def test_people_who_move_are_told_on_the_day(people: People, orgs: Bodies, surrey_lead: User, at: At) -> None:
    row = surrey(people, orgs)
    moved(row, "East Surrey", "West Surrey", by=people.admin)
    acts.prepare(row, by=people.admin)
    assert not OutboxMail.objects.filter(to=surrey_lead.email, key__contains=":moved:").exists()
    at("2027-04-01")
    tick()
    mail = OutboxMail.objects.get(to=surrey_lead.email, key__contains=":moved:")
    assert "1 April 2027" in mail.subject
    assert "Lead, East Surrey and West Surrey: from 1 April 2027" in mail.text
    assert seats(surrey_lead, APRIL) == {"lead east-surrey", "lead west-surrey"}


def test_a_role_may_end_with_the_body(people: People, orgs: Bodies, surrey_lead: User, at: At) -> None:
    row = surrey(people, orgs)
    moved(row, by=people.admin)
    acts.prepare(row, by=people.admin)
    at("2027-04-01")
    tick()
    assert seats(surrey_lead, APRIL) == set()
    assert "ended on 31 March 2027" in OutboxMail.objects.get(to=surrey_lead.email).text


def test_a_role_that_was_to_begin_after_the_day_begins_at_the_successor(
    people: People, orgs: Bodies, at: At
) -> None:
    later = factories.person("New lead", Role.LEAD, orgs["surrey"], starts_on=date(2027, 5, 1))
    row = surrey(people, orgs)
    moved(row, "East Surrey", by=people.admin)
    acts.prepare(row, by=people.admin)
    at("2027-04-01")
    tick()
    assert seats(later, APRIL) == set()
    assert "lead east-surrey" in seats(later, date(2027, 5, 1))


def test_loading_the_reference_data_again_undoes_nothing(
    people: People, orgs: Bodies, surrey_lead: User, at: At
) -> None:
    row = surrey(people, orgs)
    moved(row, "East Surrey", by=people.admin)
    acts.prepare(row, by=people.admin)
    two = merger(people, orgs)
    acts.prepare(two, by=people.admin)
    at("2027-04-02")
    tick()

    def everything() -> list[object]:
        return [
            sorted(table._default_manager.values_list())
            for table in (Organisation, Succession, Footprint, Membership)
        ]

    before = everything()
    call_command("seed_network", stdout=StringIO())
    assert everything() == before


# -- A merger, whose successor the act makes ------------------------------------------------------------


def test_preparing_makes_the_successor_which_is_in_force_from_its_first_day(
    people: People, orgs: Bodies
) -> None:
    acts.prepare(merger(people, orgs), by=people.admin)
    made = Organisation.objects.get(slug="thames-and-downs")
    assert (made.kind, made.starts_on, made.ends_on) == ("icb", APRIL, None)
    assert made not in Organisation.objects.in_force()
    boards = {body.name for body in Organisation.objects.icbs().in_force(APRIL)}
    assert "Thames and Downs" in boards
    assert not {"Thames Valley", "Surrey and Sussex"} & boards
    assert {body.name for body in Organisation.objects.icbs().in_force(LAST)} >= {
        "Thames Valley",
        "Surrey and Sussex",
    }


def test_the_successor_of_a_merger_covers_what_both_covered(people: People, orgs: Bodies) -> None:
    acts.prepare(merger(people, orgs), by=people.admin)
    covered = Footprint.objects.in_force(APRIL).filter(icb__slug="thames-and-downs")
    assert covered.count() == 13  # Surrey ends on the day before: what comes after it is covered
    assert set(covered.values_list("coverage", flat=True)) == {"whole"}
    assert not Footprint.objects.in_force(APRIL).filter(icb=orgs["thames-valley"]).exists()


def test_a_partner_moves_with_the_board(people: People, orgs: Bodies, at: At) -> None:
    acts.prepare(merger(people, orgs), by=people.admin)
    at("2027-04-01")
    tick()
    made = Organisation.objects.get(slug="thames-and-downs")
    partner = User.objects.get(pk=people.other_partner.pk)
    assert partner.may(Permission.FOI_READ_OWN, at=made)
    assert not partner.may(Permission.FOI_READ_OWN, at=orgs["thames-valley"])


def test_three_kinds_of_succession_are_told_apart(people: People, orgs: Bodies) -> None:
    acts.prepare(merger(people, orgs), by=people.admin)
    acts.prepare(reorganisation(people.admin, [orgs["central-east"]], ["Middle"]), by=people.admin)
    assert Succession.objects.get(predecessor=orgs["thames-valley"]).kind == "merger"
    assert (
        Succession.objects.get(predecessor=orgs["central-east"], successor__name="Middle").kind == "replaced"
    )
    assert Succession.objects.get(successor=orgs["east-surrey"]).kind == "split"


def test_a_board_that_goes_on_takes_over_what_another_covered(people: People, orgs: Bodies) -> None:
    """As Hampshire and Isle of Wight gained a part of Frimley in 2026."""
    row = drafts.begin(by=people.admin, bodies=[orgs["kent-and-medway"]], on=APRIL)
    drafts.join(row, orgs["surrey-and-sussex"], [orgs["kent-and-medway"]], by=people.admin)
    acts.prepare(row, by=people.admin)
    goes_on = Organisation.objects.get(slug="surrey-and-sussex")
    assert goes_on.ends_on is None
    covered = Footprint.objects.in_force(APRIL).filter(icb=goes_on)
    assert {"Kent", "Medway", "West Sussex"} <= {one.authority.name for one in covered}


def test_a_board_that_is_divided_asks_who_covers_whom(people: People, orgs: Bodies) -> None:
    row = reorganisation(people.admin, [orgs["kent-and-medway"]], ["North", "South"])
    with pytest.raises(Refused, match="No board would cover Kent, Medway"):
        acts.prepare(row, by=people.admin)
    north, south, kent, medway = after(row, "North"), after(row, "South"), orgs["kent"], orgs["medway"]
    chosen = {(north.pk, kent.pk): "part", (south.pk, kent.pk): "part", (north.pk, medway.pk): "whole"}
    loaded = Loaded(drafts.mark_of_footprint(plan_of(row)))
    drafts.set_footprint(row, chosen, by=people.admin, loaded=loaded)
    moved(row, "North", by=people.admin)
    acts.prepare(row, by=people.admin)
    rows = Footprint.objects.in_force(APRIL).filter(authority__in=[kent, medway])
    assert {(one.authority.name, one.icb.name, one.coverage) for one in rows} == {
        ("Kent", "North", "part"),
        ("Kent", "South", "part"),
        ("Medway", "North", "whole"),
    }


# -- Open things ----------------------------------------------------------------------------------------


def test_each_open_thing_is_settled_on_the_day_as_prepared(
    people: People, orgs: Bodies, app: HoldingApp, at: At
) -> None:
    app.held["kent-and-medway"] = [("One", (RESEND, CLOSE)), ("Two", (RESEND, CLOSE))]
    row = reorganisation(people.admin, [orgs["kent-and-medway"]], ["Garden"])
    loaded = Loaded(drafts.mark_of_things(plan_of(row).things))
    garden = after(row, "Garden")
    chosen = {"test:One": ("close", None), "test:Two": ("resend", garden.pk)}
    drafts.set_fates(row, chosen, by=people.admin, loaded=loaded)
    acts.prepare(row, by=people.admin)
    assert app.settled == []
    at("2027-04-01")
    tick()
    assert sorted(app.settled, key=str) == [
        ("One", "close", "", LAST, None),
        ("Two", "resend", "garden", LAST, None),
    ]
    assert set(Settlement.objects.values_list("said", flat=True)) == {"Settled: close", "Settled: resend"}


def test_what_turned_up_since_it_was_prepared_takes_the_usual_course_and_is_listed(
    people: People, orgs: Bodies, app: HoldingApp, at: At
) -> None:
    row = reorganisation(people.admin, [orgs["kent-and-medway"]], ["Garden"])
    acts.prepare(row, by=people.admin)
    app.held["kent-and-medway"] = [("Late", (RESEND, CLOSE))]
    newcomer = factories.person("Newcomer", Role.PARTNER, orgs["kent-and-medway"])
    at("2027-04-01")
    tick()
    late = Settlement.objects.get()
    assert (late.title, late.fate, late.unforeseen) == ("Late", "resend", True)
    assert app.settled[0][2] == "garden"
    assert seats(newcomer, APRIL) == {"partner garden"}
    told = OutboxMail.objects.get(to=people.admin.email, subject__contains="in force")
    assert "1 open thing turned up" in told.text


def test_with_several_successors_what_turned_up_takes_what_leaves_nothing_to_choose(
    people: People, orgs: Bodies, app: HoldingApp, at: At
) -> None:
    row = surrey(people, orgs)
    acts.prepare(row, by=people.admin)
    app.held["surrey"] = [("Late", (RESEND, CLOSE)), ("Only", (RESEND,))]
    newcomer = factories.person("Newcomer", Role.LEAD, orgs["surrey"])
    at("2027-04-01")
    tick()
    assert [(title, fate, to) for title, fate, to, _, _ in sorted(app.settled, key=str)] == [
        ("Late", "close", ""),
        ("Only", "resend", "east-surrey"),
    ]
    assert seats(newcomer, APRIL) == set()  # nobody gets a seat that nobody chose


def test_what_becomes_of_a_thing_is_asked_where_its_successor_is_open(
    people: People, orgs: Bodies, app: HoldingApp
) -> None:
    app.held["surrey"] = [("One", (RESEND, CLOSE))]
    with pytest.raises(Refused, match="Say what becomes of 1 open thing"):
        acts.prepare(surrey(people, orgs), by=people.admin)


def test_a_thing_that_is_no_longer_open_is_left_as_it_is(
    people: People, orgs: Bodies, app: HoldingApp, at: At
) -> None:
    app.held["kent-and-medway"] = [("One", (RESEND, CLOSE))]
    acts.prepare(reorganisation(people.admin, [orgs["kent-and-medway"]], ["Garden"]), by=people.admin)
    app.held.clear()
    at("2027-04-01")
    tick()
    assert Settlement.objects.get().said == "No longer open"


def test_if_something_fails_nothing_is_half_done_and_the_admin_sees_why(
    people: People, orgs: Bodies, app: HoldingApp, at: At
) -> None:
    app.held["kent-and-medway"] = [("Good", (CLOSE,)), ("Lost", (CLOSE,))]
    app.breaks = "Lost"
    row = reorganisation(people.admin, [orgs["kent-and-medway"]], ["Garden"])
    acts.prepare(row, by=people.admin)
    at("2027-04-01")
    tick()
    tick()
    row.refresh_from_db()
    assert row.status == Status.PREPARED
    assert row.failed == "Request “Lost” could not be settled: the letter is lost"
    assert seats(people.partner, APRIL) == {"partner kent-and-medway"}
    assert not Settlement.objects.exclude(said="").exists()
    assert not OutboxMail.objects.filter(to=people.partner.email).exists()
    told = OutboxMail.objects.get(to=people.admin.email)
    assert "could not come into force" in told.subject
    app.breaks = ""
    app.held["kent-and-medway"] = [("Good", (CLOSE,)), ("Lost", (CLOSE,))]
    tick()
    row.refresh_from_db()
    assert (row.status, row.failed) == (Status.IN_FORCE, "")


# -- Undone before its day ------------------------------------------------------------------------------


def test_undone_before_its_day_everything_is_as_it_was(people: People, orgs: Bodies) -> None:
    def everything() -> list[object]:
        return [
            sorted(table._default_manager.values_list(), key=str)
            for table in (Organisation, Succession, Footprint, Membership)
        ]

    before = everything()
    for row in (merger(people, orgs), surrey(people, orgs)):
        acts.prepare(row, by=people.admin)
        assert acts.withdraw(row, by=people.admin).status == Status.WITHDRAWN
    assert everything() == before
    assert not Ending.objects.filter(live=True).exists()


def test_a_withdrawn_one_does_not_come_into_force(people: People, orgs: Bodies, at: At) -> None:
    row = merger(people, orgs)
    acts.prepare(row, by=people.admin)
    acts.withdraw(row, by=people.admin)
    at("2027-04-01")
    tick()
    assert seats(people.other_partner, APRIL) == {"partner thames-valley"}


def test_a_successor_that_somebody_refers_to_stays_on_record_as_never_in_force(
    people: People, orgs: Bodies
) -> None:
    row = merger(people, orgs)
    acts.prepare(row, by=people.admin)
    made = Organisation.objects.get(slug="thames-and-downs")
    coming = factories.person("Coming", Role.PARTNER, made, starts_on=APRIL)
    factories.person("Shadow", Role.PARTNER, made, starts_on=date(2026, 11, 1))
    acts.withdraw(row, by=people.admin)
    made.refresh_from_db()
    assert made.never_in_force
    assert made not in Organisation.objects.in_force(APRIL)
    assert not Membership.objects.filter(user=coming).exists()
    assert Membership.objects.get(user__name="Shadow").ends_on == date(2026, 11, 22)


def test_it_can_be_taken_back_changed_and_prepared_again(people: People, orgs: Bodies, at: At) -> None:
    row = merger(people, orgs)
    acts.prepare(row, by=people.admin)
    acts.reopen(row, by=people.admin)
    row.refresh_from_db()
    loaded = Loaded(drafts.mark_of_what(row))
    bodies = [orgs["thames-valley"], orgs["surrey-and-sussex"]]
    drafts.change_what(row, by=people.admin, loaded=loaded, bodies=bodies, on=date(2027, 5, 1), note="Later")
    row.refresh_from_db()
    acts.prepare(row, by=people.admin)
    assert Organisation.objects.get(slug="thames-valley").ends_on == date(2027, 4, 30)
    at("2027-05-01")
    tick()
    assert seats(people.other_partner, date(2027, 5, 1)) == {"partner thames-and-downs"}


def test_codes_that_were_published_meanwhile_are_kept_when_it_is_taken_back(
    people: People, orgs: Bodies
) -> None:
    row = merger(people, orgs)
    acts.prepare(row, by=people.admin)
    Organisation.objects.filter(slug="thames-and-downs").update(ods_code="S9Z9Z")
    acts.reopen(row, by=people.admin)
    acts.prepare(row, by=people.admin)
    assert Organisation.objects.get(slug="thames-and-downs").ods_code == "S9Z9Z"


def test_what_an_admin_changed_meanwhile_is_not_undone(people: People, orgs: Bodies) -> None:
    row = merger(people, orgs)
    acts.prepare(row, by=people.admin)
    Organisation.objects.filter(slug="thames-valley").update(ends_on=date(2027, 2, 1))
    acts.withdraw(row, by=people.admin)
    assert Organisation.objects.get(slug="thames-valley").ends_on == date(2027, 2, 1)


def test_one_that_another_builds_on_is_not_undone_first(people: People, orgs: Bodies) -> None:
    first = merger(people, orgs)
    acts.prepare(first, by=people.admin)
    made = Organisation.objects.get(slug="thames-and-downs")
    second = reorganisation(people.admin, [made], ["Greater Downs"], on=date(2028, 4, 1))
    acts.prepare(second, by=people.admin)
    with pytest.raises(Refused, match="Greater Downs” builds on it"):
        acts.withdraw(first, by=people.admin)


def test_once_in_force_it_is_not_undone(people: People, orgs: Bodies, at: At) -> None:
    row = merger(people, orgs)
    acts.prepare(row, by=people.admin)
    at("2027-04-01")
    tick()
    for act in (acts.withdraw, acts.reopen):
        with pytest.raises(Changed):
            act(row, by=people.admin)


# -- What is refused ------------------------------------------------------------------------------------


def begun(people: People, bodies: list[Organisation], on: date = APRIL) -> Reorganisation:
    return reorganisation(people.admin, bodies, ["New"], on=on)


@pytest.mark.parametrize(
    ("slugs", "on", "says"),
    [
        ("frimley", APRIL, "Frimley has ended already, on 31 March 2026"),
        ("thames-valley", date(2026, 3, 1), "before it began"),
        ("thames-valley", date(2026, 4, 1), "before it began"),
        ("surrey", date(2027, 1, 1), "Surrey has 31 March 2027 as its last day"),
        ("surrey", date(2027, 5, 1), "Surrey has ended already"),
        ("kent thames-valley", APRIL, "must be of one kind"),
    ],
)
def test_a_body_that_cannot_end_then_is_refused_in_plain_words(
    people: People, orgs: Bodies, slugs: str, on: date, says: str
) -> None:
    row = begun(people, [orgs[slug] for slug in slugs.split()], on)
    with pytest.raises(Refused, match=says):
        acts.prepare(row, by=people.admin)


def test_a_successor_of_itself_is_refused(people: People, orgs: Bodies) -> None:
    row = drafts.begin(by=people.admin, bodies=[orgs["kent"]], on=APRIL)
    with pytest.raises(Refused, match="can’t be a successor of itself"):
        drafts.join(row, orgs["kent"], [orgs["kent"]], by=people.admin)


def test_a_successor_of_another_kind_is_refused(people: People, orgs: Bodies) -> None:
    row = drafts.begin(by=people.admin, bodies=[orgs["kent"]], on=APRIL)
    with pytest.raises(Refused, match="of another kind"):
        drafts.join(row, orgs["kent-and-medway"], [orgs["kent"]], by=people.admin)


def test_bodies_cannot_follow_each_other_in_a_circle(people: People, orgs: Bodies) -> None:
    """Hampshire and Isle of Wight goes on since it took a part of Frimley; Thames Valley came from it too."""
    came = orgs["thames-valley"]
    Succession.objects.create(
        predecessor=orgs["kent-and-medway"],
        successor=came,
        on=date(2026, 4, 1),
        kind="split",
        state="in force",
    )
    row = drafts.begin(by=people.admin, bodies=[came], on=APRIL)
    with pytest.raises(Refused, match="in a circle"):
        drafts.join(row, orgs["kent-and-medway"], [came], by=people.admin)


def test_a_body_does_not_end_in_two_reorganisations(people: People, orgs: Bodies) -> None:
    one, other = begun(people, [orgs["central-east"]]), begun(people, [orgs["central-east"]])
    acts.prepare(one, by=people.admin)
    with pytest.raises(Refused, match="Central East ends by another reorganisation already"):
        acts.prepare(other, by=people.admin)
    with pytest.raises(IntegrityError), transaction.atomic():
        Ending.objects.filter(reorganisation=other).update(live=True)


def test_a_name_or_code_that_another_body_has_is_refused(people: People, orgs: Bodies) -> None:
    row = reorganisation(people.admin, [orgs["central-east"]], ["Sussex"])
    with pytest.raises(Refused, match="NHS Sussex ICB is in the directory under this name already"):
        acts.prepare(row, by=people.admin)
    row = reorganisation(people.admin, [orgs["central-east"]], ["Middle"], ods_code="QKS")
    with pytest.raises(Refused, match="NHS Kent and Medway ICB has this code already"):
        acts.prepare(row, by=people.admin)


def test_only_who_manages_organisations_prepares_and_withdraws(people: People, orgs: Bodies) -> None:
    row = begun(people, [orgs["central-east"]])
    for person in (people.lead, people.cochair_one, people.partner):
        with pytest.raises(NotAllowed):
            acts.prepare(row, by=person)
        with pytest.raises(NotAllowed):
            acts.withdraw(row, by=person)
    assert Organisation.objects.filter(slug="new").count() == 0
    assert not Reorganisation.objects.visible_to(people.cochair_one).exists()


def test_an_older_page_does_not_overwrite_what_another_admin_decided(
    people: People, orgs: Bodies, surrey_lead: User
) -> None:
    row = surrey(people, orgs)
    opened = Loaded(drafts.mark_of_seats(plan_of(row).seats))
    moved(row, "East Surrey", by=people.admin)
    with pytest.raises(Changed):
        drafts.set_moves(row, {}, by=people.admin, loaded=opened)
    assert Move.objects.get().to.get().name == "East Surrey"


def test_a_day_gone_by_comes_into_force_at_the_next_tick(people: People, orgs: Bodies) -> None:
    row = reorganisation(people.admin, [orgs["kent-and-medway"]], ["Garden"], on=date(2026, 11, 1))
    acts.prepare(row, by=people.admin)
    tick()
    row.refresh_from_db()
    assert row.status == Status.IN_FORCE
    assert seats(people.partner, date(2026, 10, 31)) == {"partner kent-and-medway"}
    assert seats(people.partner, date(2026, 11, 1)) == {"partner garden"}


def test_every_act_is_on_record(people: People, orgs: Bodies, at: At) -> None:
    row = merger(people, orgs)
    acts.prepare(row, by=people.admin)
    at("2027-04-01")
    tick()
    said = set(audit.AuditEntry.objects.values_list("verb", flat=True))
    assert said >= {
        "begin a reorganisation",
        "add a successor",
        "prepare",
        "set the last day",
        "add a body",
        "come into force",
        "give a role",
        "end a role",
    }
    assert row.on - timedelta(days=1) == LAST
