"""More rows of everything that a page may list: `grow(world, n)` gives for each kind the words to look for.

Rows are made in bulk; what they say is what their pages show of them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from actions.models import Action, Theme, Update
from cypcc_portal.reports.models import Report, ReportSection
from foi.models import FoiRound, Item, Outcome, Request, RequestEvent
from network import dates
from network.account.sessions.models import SignIn
from network.audience import Naming
from network.audit import AuditEntry
from network.dates import Period
from network.governance.models import TermsOfReference
from network.library.models import LibraryItem
from network.mail import OutboxMail
from network.meetings.models import (
    Agenda,
    AgendaItem,
    Attendance,
    Decision,
    Meeting,
    NoteAction,
    NoteEntry,
    Notes,
)
from network.membership.models import Invitation
from network.people.models import BankHoliday, Membership, Organisation, User
from network.reorganisation.models import Reorganisation, Status
from network.roles import Role
from questionnaires.models import Answer, Question, Return, Round
from tests.access.made.reports import figures
from tests.access.world import World, planted

Grower = Callable[[World, int], list[str]]
LONG_AGO = date(2001, 1, 1)
LONG_SINCE = datetime(2001, 1, 1, 12, tzinfo=UTC)


def words(kind: str, number: int) -> list[str]:
    return [planted(f"grown {kind} {place}") for place in range(number)]


def _row(world: World, key: str) -> Any:
    return world.things[key].row


def bodies(world: World, number: int) -> list[str]:
    said = words("body", number)
    Organisation.objects.bulk_create(
        Organisation(kind="other", name=f"Aa {word}", full_name=word, slug=word) for word in said
    )
    return said


def reorganisations(world: World, number: int) -> list[str]:
    """To come after all others: first in the list. Beside them as many that are over and done, long ago."""
    said = words("reorganisation", number)
    by = world.people["admin"]
    Reorganisation.objects.bulk_create(
        Reorganisation(on=date(2090, 4, 1), title=word, made_by=by) for word in said
    )
    then = dates.midnight(date(2010, 4, 1))
    done: dict[str, Any] = {"status": Status.IN_FORCE, "in_force_at": then, "made_by": by}
    Reorganisation.objects.bulk_create(
        Reorganisation(on=date(2010, 4, 1), title=f"Done {word}", **done) for word in said
    )
    return said


def _people(said: list[str], role: Role, at: Organisation) -> None:
    first = "Ab" if role == Role.PARTNER else "Aa"  # the door whose people are looked for lists them first
    people = User.objects.bulk_create(
        User(name=f"{first} {word}", email=f"{word}@example.org", password="!") for word in said
    )
    Membership.objects.bulk_create(Membership(user=one, role=role, organisation=at) for one in people)


def people(world: World, number: int) -> list[str]:
    said = words("person", number)
    _people(said, Role.CONTRIBUTOR, _row(world, "body"))
    return said


def invitations(world: World, number: int) -> list[str]:
    said = words("invitation", number)
    Invitation.objects.bulk_create(
        Invitation(
            email=f"{word}@example.org",
            name=word,
            role="contributor",
            organisation=world.bodies["kent"],
            invited_by=world.people["lead"],
            expires_at=dates.now() + timedelta(days=60),
        )
        for word in said
    )
    return said


def sign_ins(world: World, number: int) -> list[str]:
    said = words("sign-in", number)
    SignIn.objects.bulk_create(SignIn(user=world.people["lead"], key=word[:40], device=word) for word in said)
    return said


def partners(world: World, number: int) -> list[str]:
    said = words("partner", number)
    _people(said, Role.PARTNER, world.bodies["kent-and-medway"])
    return said


def authorities(world: World, number: int) -> list[str]:
    """Members that came to the agreed meeting and share a return in the open round."""
    said = words("authority", number)
    made = Organisation.objects.bulk_create(
        Organisation(kind="authority", member=True, name=f"Ab {word}", full_name=word, slug=word)
        for word in said
    )
    meeting, asking, lead = _row(world, "meeting agreed"), _row(world, "round open"), world.people["lead"]
    Attendance.objects.bulk_create(
        Attendance(meeting=meeting, organisation=one, capacity="lead") for one in made
    )
    returns = Return.objects.bulk_create(
        Return(
            round=asking,
            authority=one,
            status="submitted",
            submitted_at=dates.now(),
            submitted_by=lead,
            submissions=1,
            approved=True,
        )
        for one in made
    )
    questions = Question.objects.filter(version=asking.version, code__in=["T1", "T2", "T3"])
    Answer.objects.bulk_create(
        Answer(for_return=row, question=question, value="Something", changed_by=lead, submitted=True)
        for row in returns
        for question in questions
    )
    return said


def namings(world: World, number: int) -> list[str]:
    """Things for which Kent's lead is named, of late."""
    said = words("naming", number)
    kept = LibraryItem.objects.bulk_create(
        LibraryItem(
            title=word,
            kind="guidance",
            link="https://example.org/",
            audience="legal",
            added_by=world.people["admin"],
            added_at=LONG_SINCE,
        )
        for word in said
    )
    Naming.objects.bulk_create(
        Naming(
            label=LibraryItem._meta.label_lower,
            object_id=item.pk,
            person=world.people["lead"],
            named_by=world.people["cochair_two"],
        )
        for item in kept
    )
    return said


def library(world: World, number: int) -> list[str]:
    said = words("library", number)
    LibraryItem.objects.bulk_create(
        LibraryItem(
            title=word,
            kind="guidance",
            link="https://example.org/",
            authority=world.bodies["kent"],
            added_by=world.people["lead"],
            added_at=dates.now() + timedelta(minutes=1),
        )
        for word in said
    )
    return said


def terms(world: World, number: int) -> list[str]:
    made = TermsOfReference.objects.bulk_create(
        TermsOfReference(version=50 + place, text="Words", source="A test", audience="network")
        for place in range(number)
    )
    return [one.get_absolute_url() for one in made]


def meetings(world: World, number: int) -> list[str]:
    cycle, days = Period.cycle(LONG_AGO), []
    for _ in range(number):
        days.append((cycle.first, cycle.key))
        cycle = cycle.next()
    chair = world.people["cochair_one"]
    made = Meeting.objects.bulk_create(Meeting(on=on, cycle=key, chair=chair) for on, key in days)
    Agenda.objects.bulk_create(Agenda(meeting=one, status="agreed", agreed_at=dates.now()) for one in made)
    Notes.objects.bulk_create(Notes(meeting=one, status="agreed", agreed_at=dates.now()) for one in made)
    return [one.get_absolute_url() for one in made]


def items(world: World, number: int) -> list[str]:
    """On the agreed agenda, each with notes, and with an action that the plan has taken over."""
    said = words("item", number)
    meeting, kent = _row(world, "meeting agreed"), world.bodies["kent"]
    made = AgendaItem.objects.bulk_create(
        AgendaItem(meeting=meeting, position=100 + place, title=word) for place, word in enumerate(said)
    )
    NoteEntry.objects.bulk_create(NoteEntry(item=one, text="Something was said") for one in made)
    NoteAction.objects.bulk_create(
        NoteAction(
            item=one, text="Do it", owner_organisation=kent, owner=world.people["lead"], due_on=meeting.on
        )
        for one in made
    )
    theme = Theme.objects.order_by("position").last()
    Action.objects.bulk_create(
        Action(text=f"Taken over from {one}", theme=theme, origin_item=one, origin_key=f"grown {one}")
        for one in made
    )
    return said


def decisions(world: World, number: int) -> list[str]:
    said = words("decision", number)
    item = _row(world, "item agreed network")
    Decision.objects.bulk_create(Decision(item=item, text=word) for word in said)
    return said


def actions(world: World, number: int) -> list[str]:
    """Due soon, and first in the list."""
    said = words("action", number)
    theme, soon = _row(world, "theme"), dates.today() + timedelta(days=1)
    made = Action.objects.bulk_create(
        Action(text=word, theme=theme, owner_organisation=world.bodies["kent"], due_on=soon) for word in said
    )
    Update.objects.bulk_create(
        Update(action=one, text="Begun", status=one.status, by=world.people["lead"]) for one in made
    )
    return said


def updates(world: World, number: int) -> list[str]:
    said = words("update", number)
    action, lead = _row(world, "action network"), world.people["lead"]
    Update.objects.bulk_create(
        Update(action=action, text=word, status=action.status, by=lead) for word in said
    )
    return said


def rounds(world: World, number: int) -> list[str]:
    """Opened today: first in the list."""
    said = words("round", number)
    version, today = _row(world, "round members").version, dates.today()
    made = Round.objects.bulk_create(
        Round(
            slug=word,
            title=word,
            version=version,
            reporting_year="2025/26",
            opens_on=today,
            closes_on=today + timedelta(days=40),
        )
        for word in said
    )
    Return.objects.bulk_create(Return(round=one, authority=world.bodies["medway"]) for one in made)
    return said


def questions(world: World, number: int) -> list[str]:
    """In the rounds open and closed, answered by Kent: as a draft in the one, shared in the other."""
    version = _row(world, "round open").version
    section = version.sections.get(code="A")
    made = Question.objects.bulk_create(
        Question(
            version=version,
            section=section,
            code=f"G{place}",
            text=f"What of {word}?",
            type=Question.Type.SHORT_TEXT,
            position=100 + place,
        )
        for place, word in enumerate(words("question", number))
    )
    lead = world.people["lead"]
    for key, submitted in (("return owndraft", False), ("return ownshared", True)):
        row = _row(world, key)
        Answer.objects.bulk_create(
            Answer(for_return=row, question=one, value="Something", changed_by=lead, submitted=submitted)
            for one in made
        )
    return words("question", number)


def foi_rounds(world: World, number: int) -> list[str]:
    said = words("foi round", number)
    version = _row(world, "foi round shared").version
    later = dates.now() + timedelta(minutes=1)
    made = FoiRound.objects.bulk_create(
        FoiRound(
            slug=word,
            title=word,
            reporting_year="2025/26",
            years=["2025/26"],
            version=version,
            created_at=later,
        )
        for word in said
    )
    for one in made:
        _requests(world, one, [world.bodies["frimley"]])
    return said


def _requests(world: World, round: FoiRound, bodies: list[Organisation]) -> list[Request]:
    day = date(2026, 10, 1)
    made = Request.objects.bulk_create(
        Request(
            round=round,
            body=body,
            sent_to=body,
            made_for=world.bodies["kent"],
            applicant="A Lead",
            reply_to="reply@example.org",
            address="foi@example.org",
            sent_on=day,
            received_on=day,
            status="sent",
            audience="network",
        )
        for body in bodies
    )
    RequestEvent.objects.bulk_create(
        RequestEvent(request=one, kind=kind, on=day) for one in made for kind in ("sent", "received")
    )
    return made


def requests(world: World, number: int) -> list[str]:
    said = words("board", number)
    boards = Organisation.objects.bulk_create(
        Organisation(
            kind="icb", name=word, full_name=word, slug=word, ods_code=f"G{place}", starts_on=date(2026, 4, 1)
        )
        for place, word in enumerate(said)
    )
    round = _row(world, "foi round shared")
    made = _requests(world, round, boards)
    asked = Item.objects.filter(version=round.version)
    Outcome.objects.bulk_create(
        Outcome(request=one, item=item, year="2025/26", outcome="answered", written="Words")
        for one in made
        for item in asked
    )
    return said


def outcomes(world: World, number: int) -> list[str]:
    """More items in the first question, and what came back for each."""
    said = words("outcome", number)
    request = _row(world, "request sent")
    made = Item.objects.bulk_create(
        Item(
            version=request.round.version,
            code=f"1.{100 + place}",
            question=1,
            position=100 + place,
            label=word,
            unit="words",
            value_type="text",
            period_basis="financial year",
        )
        for place, word in enumerate(said)
    )
    Outcome.objects.bulk_create(
        Outcome(request=request, item=one, year="2025/26", outcome="answered", written="Words")
        for one in made
    )
    return said


def holidays(world: World, number: int) -> list[str]:
    said = words("holiday", number)
    first = date(2026, 1, 4)  # Sundays: no other holiday falls on one
    BankHoliday.objects.bulk_create(
        BankHoliday(on=first + timedelta(days=7 * place), title=word) for place, word in enumerate(said)
    )
    return said


def reports(world: World, number: int) -> list[str]:
    half, periods = Period.parse("2026-H2"), []
    for _ in range(number):
        half = half.next()
        periods.append(half)
    made = Report.objects.bulk_create(
        Report(
            kind="ad-safeguarding",
            period=period.key,
            ends_on=period.last,
            figures=figures("ad-safeguarding", period.key, "Held"),
            status="agreed",
            agreed_at=dates.now(),
        )
        for period in periods
    )
    return [one.get_absolute_url() for one in made]


def sections(world: World, number: int) -> list[str]:
    said = words("section", number)
    report, lead = _row(world, "report agreed"), world.people["admin"]
    ReportSection.objects.bulk_create(
        ReportSection(
            report=report,
            key=f"grown-{place}",
            title=word,
            text="Words",
            position=100 + place,
            edited_by=lead,
            edited_at=dates.now(),
        )
        for place, word in enumerate(said)
    )
    return said


def trail(world: World, number: int) -> list[str]:
    """The newest entries of the audit trail, of one kind each with a person's name in its details."""
    said = words("trail", number)
    admin, later = world.people["admin"], dates.now() + timedelta(minutes=1)
    AuditEntry.objects.bulk_create(
        AuditEntry(
            at=later,
            actor=admin,
            verb="changed",
            label="network.user",
            object_id=admin.pk,
            title=word,
            detail={"people": [admin.pk]},
        ).sign()
        for word in said
    )
    return said


def old_mails(world: World, number: int) -> list[str]:
    """Kept for longer than the schedule says."""
    said = words("mail", number)
    OutboxMail.objects.bulk_create(
        OutboxMail(
            key=word,
            to=f"{word}@example.org",
            state="sent",
            made_at=LONG_SINCE,
            sent_at=LONG_SINCE,
            text="Words",
        )
        for word in said
    )
    return said


GROWERS: dict[str, Grower] = {
    "bodies": bodies,
    "reorganisations": reorganisations,
    "people": people,
    "invitations": invitations,
    "partners": partners,
    "sign-in": sign_ins,
    "authorities": authorities,
    "library": library,
    "namings": namings,
    "terms": terms,
    "meetings": meetings,
    "items": items,
    "decisions": decisions,
    "actions": actions,
    "updates": updates,
    "rounds": rounds,
    "questions": questions,
    "foi rounds": foi_rounds,
    "requests": requests,
    "outcomes": outcomes,
    "holidays": holidays,
    "reports": reports,
    "sections": sections,
    "trail": trail,
    "old mails": old_mails,
}


def grow(world: World, number: int) -> dict[str, list[str]]:
    """So many more rows of everything; by kind, what a page shows of them."""
    return {kind: grower(world, number) for kind, grower in GROWERS.items()}
