"""What a reply says of one item for one year, as the person with the letter beside them types it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from foi import written
from foi.models import Item, Outcome
from foi.models.outcomes import BASES, FLAGS, FOR_A_PART, GIVING, NOT_AS_ASKED, SECTIONS, Code
from network.counts import Count
from network.forms import ManyField, OneField, PortalForm
from network.forms.storable import Storable

Choices = Sequence[tuple[str, str]]

NONE_NAMED = "none"  # a choice of the form only: kept is an empty set
SECTION_CHOICES = [
    *((section, f"{section}: {words}") for section, words in SECTIONS.items()),
    (NONE_NAMED, "They named none, which is no valid notice under section 17"),
]
IN_TOTALS = dict.fromkeys(NOT_AS_ASKED, " (stays out of totals)") | dict.fromkeys(
    FOR_A_PART, " (a lower bound in totals)"
)
FLAG_CHOICES = [
    (flag, words[0].upper() + words[1:] + IN_TOTALS.get(flag, "")) for flag, words in FLAGS.items()
]
NOT_RECORDED = "Nothing recorded yet"
OUTCOMES = [(Code.NOT_DUE.value, NOT_RECORDED), *[each for each in Code.choices if each[0] != Code.NOT_DUE]]


def why_not_sections(ticked: Sequence[str], *, refused: bool, refusal: str) -> str:
    """What is wrong with the sections of an answer, or ""."""
    named = named_in(ticked)
    if named and not refused:
        return f"Only a refusal relies on sections: choose “{refusal}”, or untick them"
    if refused and not ticked:
        return "Tick the sections that the refusal relies on, or that they named none"
    if named and len(named) < len(ticked):
        return "You ticked a section and that they named none: untick one of them"
    return ""


def named_in(ticked: Sequence[str]) -> list[str]:
    """The sections to keep."""
    return [section for section in ticked if section != NONE_NAMED]


class OneOf(forms.Field):
    """One of a few values. Its choices are not copied for each of a page's thirty forms, as Django's are."""

    def __init__(self, *, choices: Choices = (), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.choices = tuple(choices)

    def to_python(self, value: Any) -> str:
        if (value or "") not in dict(self.choices):
            raise ValidationError("Choose one of the answers", code="invalid")
        return str(value or "")


class SetOf(OneOf):
    """Any of several values, in the order of the choices."""

    widget = forms.SelectMultiple

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        given = set(value or ())
        if not given <= dict(self.choices).keys():
            raise ValidationError("Choose among the answers", code="invalid")
        return [choice for choice, _ in self.choices if choice in given]


class AnswerForm(forms.Form):
    """One item and one year. Drawn by `foi/_answer.html`: a page holds up to thirty of these."""

    outcome = OneOf(label="What the reply says", choices=OUTCOMES)
    value = forms.CharField(required=False, max_length=4000, validators=[Storable()])
    chosen = SetOf(label="What it consists of", required=False)
    basis = OneOf(label="Basis", required=False)
    sections = SetOf(label="Sections relied on", choices=SECTION_CHOICES, required=False)
    flags = SetOf(label="What a reader must know", choices=FLAG_CHOICES, required=False)
    page = forms.CharField(label="Page", max_length=20, required=False, validators=[Storable()])
    note = forms.CharField(
        label="Note, for the network only", max_length=2000, required=False, validators=[Storable()]
    )

    def __init__(self, *args: Any, kept: Outcome, **kwargs: Any) -> None:
        self.kept, self.item = kept, kept.item
        self.columns: dict[str, Any] = {}
        year = kept.year.replace("/", "-") or "now"
        kwargs["prefix"] = f"{self.item.code}-{year}"
        kwargs["initial"] = initial(kept)
        super().__init__(*args, **kwargs)
        self._fit(self.item)

    def _fit(self, item: Item) -> None:
        """Only what this kind of item needs."""
        self.fields["value"].label = VALUE_LABELS[Item.Type(item.value_type)]
        chosen, basis = self.fields["chosen"], self.fields["basis"]
        chosen.choices = tuple((each, each) for each in item.choices)  # type: ignore[attr-defined]
        basis.choices = (("", "Not stated"), *((key, BASES[key].capitalize()) for key in item.bases))  # type: ignore[attr-defined]
        if item.value_type == Item.Type.MULTI:
            del self.fields["value"]
        else:
            del self.fields["chosen"]
        if not item.bases:
            del self.fields["basis"]

    @property
    def year(self) -> str:
        return self.kept.year or "As things are now"

    @property
    def of(self) -> str:
        """Which of the page's many answers this is: 1.1, 2025/26."""
        return f"{self.item.code}, {self.year}"

    def clean_page(self) -> str:
        return str(self.cleaned_data["page"]).strip()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        outcome = data.get("outcome", "")
        typed = data.get("value", "").strip() or data.get("chosen") or ""
        if outcome and outcome not in GIVING and typed:
            self._refuse_figure(outcome, typed)
        elif outcome in GIVING and not typed and outcome != Code.NOT_COMPARABLE:
            self.add_error(
                self._value_name,
                "Enter what the letter gives, or choose another outcome. A blank is not nought: write nil",
            )
        elif typed and outcome in GIVING and "value" in data:
            self._read(data["value"].strip())
        if "sections" in data and "outcome" in data:
            refused = outcome == Code.REFUSED
            if why := why_not_sections(data["sections"], refused=refused, refusal="Refused"):
                self.add_error("sections", why)
        return data

    @property
    def _value_name(self) -> str:
        return "value" if "value" in self.fields else "chosen"

    def _refuse_figure(self, outcome: str, typed: Any) -> None:
        said = typed if isinstance(typed, str) else "; ".join(typed)
        chosen = dict(OUTCOMES)[outcome]
        self.add_error(
            self._value_name,
            f"You entered “{said[:60]}” and chose “{chosen}”. "
            "Clear it, or choose an outcome that gives a figure",
        )

    def _read(self, typed: str) -> None:
        """The value columns of what was typed, in `self.columns`."""
        try:
            self.columns = read_value(self.item, typed)
        except ValueError as error:
            self.add_error("value", ValidationError(str(error).replace("%", "%%")))

    def apply(self) -> Outcome:
        """The outcome with what was typed, not saved."""
        data, kept = self.cleaned_data, self.kept
        kept.clear_value()
        kept.outcome = data["outcome"]
        kept.sections = ",".join(named_in(data["sections"]))
        kept.flags = ",".join(data["flags"])
        kept.basis = data.get("basis", "") if kept.gives else ""
        kept.page, kept.note = data["page"], data["note"].strip()
        if kept.gives:
            kept.written = data.get("value", "").strip()
            kept.chosen = data.get("chosen", [])
            for name, value in self.columns.items():
                setattr(kept, name, value)
        return kept


VALUE_LABELS: dict[Item.Type, str] = {
    Item.Type.COUNT: "Figure as written",
    Item.Type.MONEY: "Amount as written",
    Item.Type.DURATION: "Time as written",
    Item.Type.YES_NO: "Yes or no",
    Item.Type.MULTI: "What it consists of",
    Item.Type.TEXT: "What they say",
}


def initial(kept: Outcome) -> dict[str, Any]:
    value = kept.written or ({True: "yes", False: "no"}.get(kept.yes, "") if kept.yes is not None else "")
    return {
        "outcome": kept.outcome,
        "value": value,
        "chosen": kept.chosen,
        "basis": kept.basis,
        "sections": kept.section_list or ([NONE_NAMED] if kept.outcome == Code.REFUSED else []),
        "flags": kept.flag_list,
        "page": kept.page,
        "note": kept.note,
    }


def read_value(item: Item, typed: str) -> dict[str, Any]:
    """The value columns of an outcome, from what the letter says. ValueError says what can't be read."""
    if item.value_type == Item.Type.COUNT:
        count = Count.parse(typed, shows_noughts=False)  # until the whole reply is known
        if not count.given:
            raise ValueError(
                f"“{typed}” is no figure. Choose it as what the reply says, and leave this empty."
            )
        return {"count_kind": count.kind.value, "low": count.low, "high": count.high, "base": count.base}
    if item.value_type == Item.Type.MONEY:
        return {"money": written.money(typed)}
    if item.value_type == Item.Type.DURATION:
        low, high = written.days(typed)
        return {"days_low": low, "days_high": high}
    if item.value_type == Item.Type.YES_NO:
        if typed.lower() not in ("yes", "no"):
            raise ValueError(f"“{typed}” is neither yes nor no. Put what else they say into the note.")
        return {"yes": typed.lower() == "yes"}
    return {}


class RestForm(PortalForm):
    """What the letter says of everything that is not recorded yet."""

    outcome = OneField(
        label="Everything that is not recorded yet",
        choices=[
            (Code.NOT_ANSWERED.value, "was not answered: the letter passes over it"),
            (Code.NOT_HELD.value, "is not held by the body"),
            (Code.REFUSED.value, "is refused"),
        ],
        error_messages={"required": "Choose what the letter says of the rest"},
    )
    sections = ManyField(
        label="Sections that the refusal relies on",
        choices=SECTION_CHOICES,
        required=False,
        help_text="Only if it is refused.",
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if "sections" in data and "outcome" in data:
            refused = data["outcome"] == Code.REFUSED
            if why := why_not_sections(data["sections"], refused=refused, refusal="is refused"):
                self.add_error("sections", why)
        return data
