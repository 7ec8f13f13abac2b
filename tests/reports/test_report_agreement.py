"""A report that nobody agreed is nobody's, and one that was agreed does not change."""

import pytest
from django.db import IntegrityError, transaction

from cypcc_portal.reports import acts
from cypcc_portal.reports.document import document
from cypcc_portal.reports.models import Edition, Kind, Report, ReportSection
from network import agreements, workflow
from network.mail import OutboxMail
from network.people.models import Membership
from network.roles import Role
from network.workflow import Changed, NotAllowed, Refused
from tests import reports_factories as make

pytestmark = pytest.mark.django_db


def section(report, key="summary"):
    return ReportSection.objects.get(report=report, key=key)


def write(report, text, by, key="summary"):
    one = section(report, key)
    return acts.write(one, text, version=one.version, by=by)


def test_only_both_co_chairs_together_make_a_report_agreed(draft, people):
    report = acts.offer(draft, version=1, by=people.admin)
    for name, user in people.items():
        if not name.startswith("cochair"):
            with pytest.raises(NotAllowed):
                acts.agree(report, version=1, by=user)
    acts.agree(report, version=1, by=people.cochair_one)
    acts.agree(report, version=1, by=people.cochair_one)  # twice is still one
    report.refresh_from_db()
    assert report.status == "offered"
    assert agreements.awaited(report) == [people.cochair_two]
    report = acts.agree(report, version=1, by=people.cochair_two)
    assert report.status == "agreed"
    assert document(report, None).status == "Agreed by Co-chair one and Co-chair two on 22 November 2026"


def test_with_one_co_chair_in_office_a_report_can_not_be_agreed(draft, people):
    Membership.objects.filter(user=people.cochair_two, role=Role.CO_CHAIR).delete()
    report = acts.offer(draft, version=1, by=people.admin)
    report = acts.agree(report, version=1, by=people.cochair_one)
    assert report.status == "offered"
    assert "a co-chair with an account" in agreements.awaited_words(report)


def test_a_draft_is_not_agreed_before_it_is_offered(draft, people):
    with pytest.raises(Changed):
        acts.agree(draft, version=1, by=people.cochair_one)


def test_agreeing_a_version_that_has_changed_meanwhile_agrees_nothing(draft, people):
    report = acts.offer(draft, version=1, by=people.admin)
    write(report, "New words", people.admin)
    with pytest.raises(Changed):
        acts.agree(report, version=1, by=people.cochair_one)
    assert agreements.agreed_by(Report.objects.get()) == []


def test_words_changed_after_one_yes_void_it_and_the_co_chair_is_told(draft, people):
    report = acts.offer(draft, version=1, by=people.admin)
    acts.agree(report, version=1, by=people.cochair_one)
    assert write(report, "Other words", people.cochair_two) == 1
    report.refresh_from_db()
    assert (report.version, report.status) == (2, "offered")
    assert OutboxMail.objects.filter(
        to_user=people.cochair_one, subject__contains="Changed after you agreed"
    ).exists()


def test_an_agreed_report_stays_as_it_is_whatever_happens_to_the_rows_behind_it(
    draft, people, chapters, agree
):
    report = agree(draft)
    before = (report.figures, report.version, [one.text for one in report.sections.all()])
    chapters[0] = make.chapter(make.figure(99))
    again = acts.gather(Kind.AD_SAFEGUARDING, make.H1)
    acts.keep(Kind.AD_SAFEGUARDING, make.H1, again)
    with pytest.raises(Refused):
        acts.renew(report, again, by=people.admin)
    with pytest.raises(Refused):
        write(report, "Afterthought", people.cochair_one)
    report.refresh_from_db()
    assert (report.figures, report.version, [one.text for one in report.sections.all()]) == before


def test_new_figures_for_a_draft_make_a_new_version_and_leave_the_words_that_people_wrote(
    draft, people, chapters
):
    write(draft, "Ours", people.admin, key="made")
    draft.refresh_from_db()
    acts.offer(draft, version=2, by=people.admin)
    acts.agree(draft, version=2, by=people.cochair_one)
    chapters[0] = make.chapter(make.figure(4, key="meetings.held"), words="Newer draft words.")
    acts.renew(draft, acts.gather(Kind.AD_SAFEGUARDING, make.H1), by=people.admin)
    draft.refresh_from_db()
    assert draft.figures["chapters"][0]["figures"][0]["cell"]["number"] == 4
    assert (draft.version, agreements.agreed_by(draft)) == (3, [])
    assert section(draft, "made").text == "Ours"


def test_reopening_voids_the_agreement_and_takes_the_report_from_its_readers_until_it_is_agreed_again(
    draft, people, agree
):
    report = agree(draft)
    assert Report.objects.visible_to(people.observer).exists()
    for user in (people.lead, people.observer, people.partner, people.director):
        with pytest.raises(NotAllowed):
            acts.reopen(report, version=report.version, by=user)
    acts.reopen(report, version=report.version, by=people.cochair_one)
    report.refresh_from_db()
    assert (report.status, report.agreed_at, agreements.agreed_by(report)) == ("offered", None, [])
    assert not Report.objects.visible_to(people.observer).exists()
    [void] = agreements.voided(report)
    assert void.people == [people.cochair_one, people.cochair_two]
    with pytest.raises(Changed):
        acts.reopen(report, version=report.version, by=people.cochair_one)


def test_what_left_with_an_agreement_is_kept_and_binds_the_next_report(draft, people, chapters, agree):
    report = agree(draft)
    assert Edition.objects.get().figures == report.figures
    from network.counts import Count

    chapters[0] = make.chapter(make.children({"Board A": (Count.exact(30),), "Board B": (Count.exact(777),)}))
    later = make.report(Kind.AD_SAFEGUARDING, make.H2)
    cells = later.figures["chapters"][0]["tables"][0]["rows"][0]["cells"]
    assert cells[0]["hidden"]


def test_only_the_calendar_voids_and_no_button_leads_past_the_agreement(draft, people):
    moves = {name: {move.name for move in workflow.allowed(draft, user)} for name, user in people.items()}
    assert moves == {
        name: {"offer"} if name in ("admin", "cochair_one", "cochair_two") else set()
        for name, _ in people.items()
    }


@pytest.mark.parametrize(
    "broken", [{"status": "agreed"}, {"kind": "weekly"}, {"agreed_at": "2026-11-22T09:00Z"}]
)
def test_the_database_refuses_a_report_that_makes_no_sense(draft, broken):
    with pytest.raises(IntegrityError), transaction.atomic():
        Report.objects.filter(pk=draft.pk).update(**broken)


def test_the_database_keeps_one_report_for_each_kind_and_period(draft):
    with pytest.raises(IntegrityError), transaction.atomic():
        Report.objects.create(kind=draft.kind, period=draft.period, ends_on=draft.ends_on, figures={})
    with pytest.raises(IntegrityError), transaction.atomic():
        ReportSection.objects.create(report=draft, key="summary", title="x", position=9)
    with pytest.raises(IntegrityError), transaction.atomic():
        ReportSection.objects.filter(report=draft).update(edited_at="2026-11-22T09:00Z")
