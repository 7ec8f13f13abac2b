"""One section of a return as a form, and what somebody typed into it.

Saving is three-way: the form carries a mark of each answer as it was when the page was loaded. A field that
the person did not touch never overwrites a colleague's newer answer; one that both changed is shown with both
answers, and the person chooses.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.forms import BoundField
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.html import format_html
from django.utils.safestring import SafeString

from network import dates
from network.files import StoredFile
from network.forms import OneField, UploadField
from network.people.models import Organisation
from questionnaires import answers, conditions
from questionnaires.conditions import Asked, Key
from questionnaires.filling import Filling, Missing, field_name
from questionnaires.forms import fields as kinds
from questionnaires.models import Answer, Question, Section

LOADED = "loaded"
COMPLETED = "completed"
COMPLETED_CHOICES = (
    ("yes", "Yes, I have completed this section"),
    ("no", "No, I will come back to it later"),
)
MINE, THEIRS = "mine", "theirs"
UNKNOWN = "?"
"""Stands for the mark of an answer of which the page no longer says how it was when it was loaded."""
LONGEST_LOADED = 50_000
DAMAGED = (
    "The form did not arrive whole, so nothing was saved. What you entered still stands below. "
    "Check it, then save again"
)


@dataclass(frozen=True)
class Change:
    """One answer to save: to an existing row or a new one."""

    key: Key
    question: Question
    icb: Organisation | None
    value: Any
    upload: UploadedFile[Any] | None = None
    remove_file: bool = False
    before: StoredFile | None = None  # the file that is removed or replaced


@dataclass
class Conflict:
    """A colleague saved another answer after this form was loaded."""

    theirs: list[str]
    who: str
    when: str
    mark: str


class Item:
    """One question, about one ICB where it repeats, with what is stored."""

    def __init__(self, form: SectionForm, question: Question, icb: Organisation | None) -> None:
        self.form = form
        self.question = question
        self.icb = icb
        self.key: Key = (question.code, icb.ods_code if icb else "")
        self.name = field_name(self.key)
        self.saved: Answer | None = form.filling.answers.get(self.key)
        self.conflict: Conflict | None = None
        self.take_theirs = False

    @property
    def stored(self) -> Any:
        return self.saved.value if self.saved else None

    @property
    def mark(self) -> str:
        """The answer as it is stored now."""
        return answers.digest(self.stored, self.saved.evidence_id if self.saved else None)

    @property
    def prefix(self) -> str:
        """Before an error, so that the summary says which question it is about."""
        return f"{self.question.code}, {self.icb.name}: " if self.icb else f"{self.question.code}: "

    # What the template shows

    @property
    def field(self) -> BoundField:
        return self.form[self.name]

    @property
    def file(self) -> BoundField | None:
        return self._bound("-file")

    @property
    def remove(self) -> BoundField | None:
        return self._bound("-remove")

    @property
    def keep(self) -> BoundField | None:
        return self._bound("-keep")

    def _bound(self, part: str) -> BoundField | None:
        return self.form[f"{self.name}{part}"] if f"{self.name}{part}" in self.form.fields else None

    @property
    def show_if(self) -> str:
        return json.dumps(self.question.show_if) if self.question.show_if else ""

    @property
    def last(self) -> list[str]:
        """What the authority answered in the round before."""
        value = self.form.last.get(self.key)
        return answers.lines(self.question, value, self.form.filling.names_then(self.question, value))

    # What was sent

    @property
    def value(self) -> Any:
        """The answer as it should now be stored. Ask only a form without errors at this field."""
        if self.take_theirs:
            return self.stored
        return kinds.answer(self.question, self.form.cleaned_data.get(self.name))

    @property
    def upload(self) -> UploadedFile[Any] | None:
        return None if self.take_theirs else self.form.cleaned_data.get(f"{self.name}-file")

    @property
    def remove_file(self) -> bool:
        return not self.take_theirs and bool(self.form.cleaned_data.get(f"{self.name}-remove"))

    @property
    def before(self) -> StoredFile | None:
        return self.saved.evidence if self.saved and (self.upload or self.remove_file) else None

    def typed_mark(self) -> str:
        """The mark that the answer would have once saved; a new file differs from any."""
        kept = None if self.remove_file else (self.saved.evidence_id if self.saved else None)
        return answers.digest(self.value, -1 if self.upload else kept)


@dataclass
class Block:
    """Questions in a row that are asked about the same ICB, or once."""

    icb: Organisation | None
    items: list[Item]

    @property
    def hangs(self) -> bool:
        """Whether all of it may be hidden: then it has no heading of its own."""
        return all(item.question.show_if for item in self.items)


class SectionForm(forms.Form):
    """Bound when `data` is given: then it holds the fields that the page held when it was loaded."""

    says_optional = (
        False  # every field may be left blank in a draft; the labels say what is optional for good
    )

    def __init__(
        self,
        filling: Filling,
        section: Section,
        *,
        completed: bool | None = None,
        last: Mapping[Key, Any] | None = None,
        data: QueryDict | None = None,
        uploads: MultiValueDict[str, UploadedFile[Any]] | None = None,
    ) -> None:
        super().__init__(data, uploads, label_suffix="")
        self.use_required_attribute = False
        self.filling = filling
        self.section = section
        self.last = last or {}
        self.notice = ""
        self.lacking: list[Missing] = []  # why the section is not completed although somebody said so
        self.reopened: list[Section] = []  # other sections that an answer made incomplete
        self.damaged = False
        self.sent = self._sent() if data is not None else {}
        self.texts = {one.code: one.text for one in filling.questions}
        self.blocks = self._blocks()
        self.fields[COMPLETED] = OneField(
            label="Have you completed this section?",
            choices=COMPLETED_CHOICES,
            required=False,
            initial={True: "yes", False: "no", None: ""}[completed],
        )

    @cached_property
    def items(self) -> list[Item]:
        return [item for block in self.blocks for item in block.items]

    # The fields

    def _blocks(self) -> list[Block]:
        blocks: list[Block] = []
        run: list[Question] = []
        for question in [one for one in self.filling.questions if one.section_id == self.section.pk]:
            if run and run[0].repeated != question.repeated:
                blocks += self._of_run(run)
                run = []
            run.append(question)
        return blocks + (self._of_run(run) if run else [])

    def _of_run(self, run: list[Question]) -> list[Block]:
        icbs: Sequence[Organisation | None] = self.filling.chosen if run[0].repeated else [None]
        if self.is_bound and run[0].repeated:
            icbs = self.filling.icbs  # one that was unticked meanwhile keeps what was typed about it
        made = [Block(icb, self._items(run, icb)) for icb in icbs]
        return [block for block in made if block.items]

    def _items(self, run: list[Question], icb: Organisation | None) -> list[Item]:
        items = [Item(self, question, icb) for question in run]
        if self.is_bound:
            items = [item for item in items if item.name in self.sent]
        else:
            items = [item for item in items if item.key in self._askable]
        for item in items:
            self._add_fields(item)
        return items

    @cached_property
    def _askable(self) -> frozenset[Key]:
        """What other sections' answers leave open; conditions within this section are watched on the page."""
        own = {one.code for one in self.filling.questions if one.section_id == self.section.pk}
        asked = [
            Asked(
                one.code,
                one.repeated,
                {c: v for c, v in one.show_if.items() if one.code not in own or c not in own},
            )
            for one in self.filling.questions
        ]
        return conditions.shown(asked, self.filling.values, [icb.ods_code for icb in self.filling.chosen])

    def _add_fields(self, item: Item) -> None:
        question = item.question
        field = kinds.field(question, *self._options(question))
        field.label = self._label(item)
        field.initial = kinds.initial(question, item.stored)
        self._add(item.name, field, item)
        if question.evidence_upload:
            upload = UploadField(label=f"{question.code}. File to attach (optional)", required=False)
            self._add(f"{item.name}-file", upload, item)
            if item.saved and item.saved.evidence:
                remove = forms.BooleanField(label=f"Remove “{item.saved.evidence}”", required=False)
                self._add(f"{item.name}-remove", remove, item)

    def _add(self, name: str, field: forms.Field, item: Item) -> None:
        if item.question.show_if:
            field.only_if = conditions.hint(item.question.show_if, self.texts)  # type: ignore[attr-defined]
        self.fields[name] = field

    def _label(self, item: Item) -> SafeString:
        optional = "" if item.question.required else " (optional)"
        about = (
            format_html('<span class="govuk-visually-hidden"> ({})</span>', item.icb.full_name)
            if item.icb
            else ""
        )
        return format_html("{}. {}{}{}", item.question.code, item.question.text, about, optional)

    def _options(self, question: Question) -> tuple[list[tuple[str, str]], dict[str, str]]:
        if question.options_from == Question.OptionsFrom.ICBS:
            covers, icbs = self.filling.covers, self.filling.icbs
            hints = {icb.ods_code: f"Covers {covers[icb.pk]}" for icb in icbs if icb.pk in covers}
            return [(icb.ods_code, icb.full_name) for icb in icbs], hints
        return [(option, option) for option in question.options], {}

    # What was sent

    def _sent(self) -> dict[str, str]:
        """The fields that the page held, each with the mark of its answer when the page was loaded.

        What the list of marks leaves out, or all if it is damaged, is known by what was sent in so many
        words; it takes no stored answer's place unless the person says so.
        """
        loaded = _marks(self.data.get(LOADED, ""))
        self.damaged = loaded is None
        names = set(self.data) | set(self.files)
        unknown = {name: UNKNOWN for sent in names for name in _beginnings(sent)}
        return unknown | (loaded or {})

    def _post_clean(self) -> None:
        if self.damaged:
            self.add_error(None, DAMAGED)
        for item in self.items:
            self._name_errors(item)
            if not self.errors.get(item.name) and not self.errors.get(f"{item.name}-file"):
                self._compare(item, self.sent[item.name])

    def _name_errors(self, item: Item) -> None:
        """Says in each error which question it is about."""
        for name in (item.name, f"{item.name}-file"):
            for error in self.errors.as_data().get(name, []):
                # Django's message may be a lazy plural that has no words before its parameters are in.
                error.message = f"{item.prefix}{' '.join(error.messages)}".replace(
                    "%", "%%" if error.params else "%"
                )

    def _compare(self, item: Item, loaded: str) -> None:
        if item.saved is None or item.mark == loaded:
            return
        typed = item.typed_mark()
        if typed == loaded:
            item.take_theirs = True
        elif typed != item.mark:
            self._settle(item)

    def _settle(self, item: Item) -> None:
        """Both changed it: take what the person chose, or ask."""
        assert item.saved is not None
        chosen = self.data.get(f"{item.name}-keep") if self.data.get(f"{item.name}-seen") == item.mark else ""
        if chosen == THEIRS:
            item.take_theirs = True
        elif chosen != MINE:
            theirs = answers.lines(item.question, item.stored, self.filling.icb_names)
            who = item.saved.changed_by.display()
            when = dates.long_datetime(item.saved.changed_at)
            item.conflict = Conflict(theirs or ["(no answer)"], who, when, item.mark)
            self.fields[f"{item.name}-keep"] = OneField(
                label=f"{item.question.code}. Which answer should be kept?",
                choices=((MINE, "Mine, as it stands above"), (THEIRS, f"The one that {who} saved")),
                required=False,
            )
            self.add_error(
                f"{item.name}-keep",
                ValidationError(f"{item.prefix}{who} saved another answer meanwhile. Choose which to keep"),
            )

    @property
    def loaded(self) -> str:
        """What the next sending is compared with; after an error, what this one was."""
        marks = self.sent if self.is_bound else {}
        here = {item.name: marks.get(item.name, item.mark) for item in self.items}
        return json.dumps(here, separators=(",", ":"))

    @property
    def said_completed(self) -> str:
        return str(self.cleaned_data.get(COMPLETED, ""))

    def changes(self) -> list[Change]:
        """What differs from what is stored. Ask only a valid form."""
        return [
            Change(item.key, item.question, item.icb, item.value, item.upload, item.remove_file, item.before)
            for item in self.items
            if item.upload or item.remove_file or answers.digest(item.value) != answers.digest(item.stored)
        ]


def _marks(text: str) -> dict[str, str] | None:
    """The list of marks that the page carried; None if it is missing or damaged."""
    if len(text) > LONGEST_LOADED:
        return None
    try:
        loaded = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return {str(name): str(mark) for name, mark in loaded.items()} if isinstance(loaded, dict) else None


def _beginnings(name: str) -> list[str]:
    """The field names that an input's name may belong to: D6-QKS-state to D6-QKS-state, D6-QKS and D6."""
    parts = name.split("-")
    return ["-".join(parts[:length]) for length in range(1, len(parts) + 1)]
