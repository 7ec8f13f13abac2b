"""A reply's hundred cells, and the fields in which they are recorded: `{% load foi %}`.

A page holds up to thirty items and years with some forty boxes each. They are written here in Python, from
patterns in which only ids, names and what is chosen differ: drawn field by field through templates, such a
page would take half a second.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from django import template
from django.forms import BoundField
from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString, mark_safe

from foi.forms import AnswerForm
from foi.forms.answers import named_in
from foi.models import Item
from foi.replies import ItemLine

register = template.Library()

Choices = tuple[tuple[str, str], ...]
YES_NO: Choices = (("", "Choose one"), ("yes", "Yes"), ("no", "No"))


@register.simple_tag
def reply_line(line: ItemLine) -> SafeString:
    """A row of what came back: the item, and a cell for each year."""
    cells = (
        f'<td class="govuk-table__cell">{escape(entry.cell.text)}{_small(entry.more)}</td>'
        for entry in line.entries
    )
    return mark_safe(
        '<tr class="govuk-table__row"><th scope="row" class="govuk-table__header app-table__first">'
        f"{escape(str(line.item))}</th>{''.join(cells)}</tr>"
    )


def _small(words: str) -> str:
    return f'<br><span class="govuk-hint govuk-!-margin-bottom-0">{escape(words)}</span>' if words else ""


@register.simple_tag
def answer_group(forms: Sequence[AnswerForm]) -> SafeString:
    """One item with each of its years."""
    item = forms[0].item
    hints = [item.definition, f"Watch for: {'; '.join(item.slips)}." if item.slips else ""]
    return format_html(
        '<fieldset class="govuk-fieldset govuk-form-group">'
        '<legend class="govuk-fieldset__legend govuk-fieldset__legend--m">'
        '<h2 class="govuk-fieldset__heading">{} ({})</h2></legend>{}{}</fieldset>',
        item,
        item.unit,
        mark_safe("".join(f'<p class="govuk-hint">{escape(hint)}</p>' for hint in hints if hint)),
        mark_safe("".join(_answer(form) for form in forms)),
    )


def _answer(form: AnswerForm) -> str:
    """One year: outcome, figure and page in a row, the rest folded away."""
    of = form.of
    third = '<div class="govuk-grid-column-one-third">'
    basis = ""
    if "basis" in form.fields:
        third = '<div class="govuk-grid-column-one-quarter">'
        basis = f"{third}{_select(form['basis'], of)}</div>"
    return (
        f'<h3 class="govuk-heading-s govuk-!-margin-bottom-1">{escape(form.year)}</h3>'
        f'<div class="govuk-grid-row">{third}{_select(form["outcome"], of)}</div>'
        f"{third}{_value(form, of)}</div>{basis}"
        f"{third}{_input(form['page'], of, width=5)}</div></div>{_more(form, of)}"
    )


def _value(form: AnswerForm, of: str) -> str:
    if form.item.value_type == Item.Type.MULTI:
        return _boxes(form["chosen"], of)
    if form.item.value_type == Item.Type.YES_NO:
        return _select(form["value"], of, YES_NO)
    if form.item.value_type == Item.Type.TEXT:
        return _area(form["value"], of)
    return _input(form["value"], of, width=10)


def _more(form: AnswerForm, of: str) -> str:
    """Sections, flags and the note. Closed it says what stands there; open only where something is wrong."""
    fields = [form[name] for name in ("sections", "flags", "note")]
    opened = " open" if any(field.errors for field in fields) else ""
    sections, flags, note = (field.value() for field in fields)
    named = named_in(sections)
    there = ["no section named"] if sections and not named else []
    there += [f"section{'s' if len(named) > 1 else ''} {', '.join(named)}"] if named else []
    there += [f"{len(flags)} mark{'s' if len(flags) > 1 else ''} of quality"] if flags else []
    there += ["a note"] if note else []
    words = escape(f": {'; '.join(there)}") if there else ""
    return (
        f'<details class="govuk-details"{opened}><summary class="govuk-details__summary">'
        f'<span class="govuk-details__summary-text">Sections, quality and note{words}'
        f'<span class="govuk-visually-hidden"> for {escape(of)}</span></span></summary>'
        f'<div class="govuk-details__text">{_boxes(fields[0], of)}{_boxes(fields[1], of)}'
        f"{_area(fields[2], of)}</div></details>"
    )


# -- The parts of a field ---------------------------------------------------------------------------


def _group(field: BoundField, inner: str) -> str:
    return f'<div class="govuk-form-group{" govuk-form-group--error" if field.errors else ""}">{inner}</div>'


def _label(field: BoundField, of: str) -> str:
    return (
        f'<label class="govuk-label" for="{field.auto_id}">{escape(field.label)}'
        f'<span class="govuk-visually-hidden"> {escape(of)}</span></label>'
    )


def _error(field: BoundField) -> str:
    if not field.errors:
        return ""
    words = " ".join(str(error) for error in field.errors)
    return (
        f'<p id="{field.auto_id}-error" class="govuk-error-message">'
        f'<span class="govuk-visually-hidden">Error:</span> {conditional_escape(words)}</p>'
    )


def _attributes(field: BoundField, kind: str) -> str:
    """Class, id and name, and what describes the field when it is wrong."""
    wrong = f' govuk-{kind}--error" aria-describedby="{field.auto_id}-error' if field.errors else ""
    return f'class="govuk-{kind}{wrong}" id="{field.auto_id}" name="{field.html_name}"'


def _select(field: BoundField, of: str, choices: Choices | None = None) -> str:
    options = _options(choices or field.field.choices)  # type: ignore[attr-defined]
    chosen = f'<option value="{escape(field.value() or "")}"'
    options = options.replace(chosen, f"{chosen} selected", 1)
    return _group(
        field,
        f"{_label(field, of)}{_error(field)}<select {_attributes(field, 'select')}>{options}</select>",
    )


@lru_cache(maxsize=64)
def _options(choices: Choices) -> str:
    return "".join(f'<option value="{escape(value)}">{escape(label)}</option>' for value, label in choices)


def _input(field: BoundField, of: str, *, width: int) -> str:
    attributes = _attributes(field, "input").replace(
        "govuk-input", f"govuk-input govuk-input--width-{width}", 1
    )
    value = escape(field.value() or "")
    return _group(
        field,
        f'{_label(field, of)}{_error(field)}<input {attributes} type="text" value="{value}">',
    )


def _area(field: BoundField, of: str) -> str:
    return _group(
        field,
        f'{_label(field, of)}{_error(field)}<textarea {_attributes(field, "textarea")} rows="2">'
        f"{escape(field.value() or '')}</textarea>",
    )


def _boxes(field: BoundField, of: str) -> str:
    """Checkboxes; the first has the id that an error's link leads to."""
    boxes = _pattern(field.field.choices)  # type: ignore[attr-defined]
    boxes = boxes.replace("{id}", escape(field.auto_id)).replace("{name}", escape(field.html_name))
    for value in field.value() or ():
        ticked = f'value="{escape(value)}"'
        boxes = boxes.replace(ticked, f"{ticked} checked", 1)
    described = f' aria-describedby="{field.auto_id}-error"' if field.errors else ""
    return _group(
        field,
        f'<fieldset class="govuk-fieldset"{described}>'
        f'<legend class="govuk-fieldset__legend">{escape(field.label)}'
        f'<span class="govuk-visually-hidden"> {escape(of)}</span></legend>{_error(field)}'
        f'<div class="govuk-checkboxes govuk-checkboxes--small">{boxes}</div></fieldset>',
    )


@lru_cache(maxsize=64)
def _pattern(choices: Choices) -> str:
    """All boxes of a field, with {id} and {name} to be filled in; braces occur in no choice of ours."""
    return "".join(
        f'<div class="govuk-checkboxes__item"><input class="govuk-checkboxes__input" type="checkbox" '
        f'id="{{id}}{f"_{number}" if number else ""}" name="{{name}}" value="{escape(value)}">'
        f'<label class="govuk-label govuk-checkboxes__label" for="{{id}}{f"_{number}" if number else ""}">'
        f"{escape(label)}</label></div>"
        for number, (value, label) in enumerate(choices)
    )
