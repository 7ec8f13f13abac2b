"""Returns in every state: Kent's own, one that it inherited, Medway's (the stranger's), and foreign ones of
Surrey and Hampshire.

The questions are this world's own: one of each visibility, the one that says that a director approved, and
one whose answer stays in the draft.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.core.files.uploadedfile import SimpleUploadedFile

from network import dates, files
from network.people.models import Organisation, Succession
from questionnaires.models import Answer, Instrument, InstrumentVersion, Question, Return, Round, Section
from tests.access.who import ADMIN, INSIDE, KENT, MEMBERS, NOBODY, READERS, STRANGER, Who
from tests.access.world import World, planted

CODES = {"network": "T1", "partners": "T2", "coordinator": "T3"}
LAST_YEAR, THIS_YEAR = "2024/25", "2025/26"


@dataclass(frozen=True)
class State:
    """`own` are the walkers of the authority or of what came after it, `opened` everybody else to whom the
    return is open now."""

    name: str
    round: str
    authority: str
    submitted: bool
    approved: bool
    own: Who
    opened: Who


STATES = (
    State("owndraft", "open", "kent", False, False, KENT, NOBODY),
    State("strangerdraft", "open", "medway", False, False, STRANGER, NOBODY),
    State("foreigndraft", "open", "surrey", False, False, NOBODY, NOBODY),
    State("foreignshared", "open", "hampshire", True, True, NOBODY, INSIDE),
    State("ownsubmitted", "second", "kent", True, False, KENT, ADMIN),
    State("foreignsubmitted", "second", "surrey", True, False, NOBODY, ADMIN),
    State("inherited", "closed", "old-kent", True, False, KENT, ADMIN),
    State("ownshared", "closed", "kent", True, True, KENT, INSIDE),
)


def make(world: World) -> None:
    world.bodies["old-kent"] = _old_kent(world)
    instrument = Instrument.objects.create(slug="made", title="Made questionnaire")
    shared = version(instrument, "1", {**CODES})
    inner = version(instrument, "2", {"network": "T1", "coordinator": "T3"})
    rounds = {
        "open": (shared, date(2026, 11, 1), date(2026, 12, 15), INSIDE),
        "second": (shared, date(2026, 11, 2), date(2026, 12, 20), INSIDE),
        "closed": (shared, date(2025, 11, 1), date(2025, 12, 15), INSIDE),
        "members": (inner, date(2025, 5, 1), date(2025, 6, 15), MEMBERS),  # nothing for partners in it
        "planned": (shared, date(2027, 1, 5), date(2027, 2, 5), ADMIN),
    }
    for name, (asked, opens, closes, readers) in rounds.items():
        asking = Round.objects.create(
            slug=f"round-{name}",
            title=f"Round {planted(f'round {name}')}",
            version=asked,
            reporting_year=LAST_YEAR if name == "closed" else THIS_YEAR,
            opens_on=opens,
            closes_on=closes,
        )
        world.add(f"round {name}", asking, readers, slug=asking.slug)
    for state in STATES:
        _return(world, state)
    for level, code in CODES.items():
        for name in ("open", "closed"):
            slug = f"round-{name}"
            question = Question.objects.get(version__rounds__slug=slug, code=code)
            world.add(f"results {name} {level}", question, READERS[level], slug=slug, code=code)


def _old_kent(world: World) -> Organisation:
    """An authority that ended and that Kent came after."""
    old = Organisation.objects.create(
        kind=Organisation.Kind.AUTHORITY,
        name="Old Kent",
        full_name="Old Kent Council",
        slug="old-kent",
        ends_on=date(2026, 3, 31),
    )
    kind = Succession.Kind.REPLACED
    Succession.objects.create(
        predecessor=old, successor=world.bodies["kent"], on=date(2026, 4, 1), kind=kind, state="in force"
    )
    return old


def version(instrument: Instrument, number: str, codes: dict[str, str]) -> InstrumentVersion:
    """A version with a short text of each visibility, and the question whether the director approved."""
    made = InstrumentVersion.objects.create(instrument=instrument, number=number)
    section = Section.objects.create(version=made, code="A", title="All about it", position=1)
    common = {"version": made, "section": section}
    for position, (level, code) in enumerate(codes.items(), start=1):
        Question.objects.create(
            **common,
            code=code,
            text=f"What of {code}?",
            type=Question.Type.SHORT_TEXT,
            visibility=level,
            evidence_upload=level == "network",
            position=position,
        )
    Question.objects.create(
        **common,
        code="A4",
        text="Has a director approved?",
        type=Question.Type.SINGLE,
        options=["Yes", "No"],
        required=True,
        position=9,
    )
    Question.objects.create(
        **common,
        code="U1",
        text="Which plan?",
        type=Question.Type.SHORT_TEXT,
        show_if={"A4": ["No"]},
        position=10,
    )
    return made


def _return(world: World, state: State) -> None:
    asking = world.things[f"round {state.round}"].row
    assert isinstance(asking, Round)
    filler = world.people["lead"]
    row = Return.objects.create(
        round=asking,
        authority=world.bodies[state.authority],
        status="submitted" if state.submitted else "draft",
        submitted_at=dates.now() if state.submitted else None,
        submitted_by=filler if state.submitted else None,
        submissions=int(state.submitted),
        approved=state.approved,
    )
    named = {"slug": asking.slug, "authority": state.authority}
    link = f'/questionnaires/{asking.slug}/{state.authority}/"'
    world.add(f"return {state.name}", row, state.own | state.opened, mark=link, **named)
    common = {"for_return": row, "changed_by": filler, "submitted": state.submitted}
    questions = {question.code: question for question in asking.version.questions.all()}
    for level, code in CODES.items():
        key = f"answer {state.name} {level}"
        evidence = None
        if level == "network":
            content = f"Evidence {planted(f'evidence {state.name}')}\n".encode()
            evidence = files.store(SimpleUploadedFile("evidence.txt", content), by=filler)
        answer = Answer.objects.create(
            **common, question=questions[code], value=f"Text {planted(key)}", evidence=evidence
        )
        # The coordinator reads whatever was submitted; others what is for their level once it is shared.
        readers = state.own | (state.opened & (READERS[level] | ADMIN))
        world.add(key, answer, readers)
        if evidence:
            world.add(f"evidence {state.name}", answer, readers, **named, answer=answer.pk)
    Answer.objects.create(**common, question=questions["A4"], value="Yes" if state.approved else "No")
    # A changed condition hides this answer: it stays in the draft and is never submitted.
    kept = {**common, "submitted": False}
    if state.approved:
        Answer.objects.create(
            **kept, question=questions["U1"], value=f"Text {planted(f'unsent {state.name}')}"
        )
        world.add(f"unsent {state.name}", row, state.own)
