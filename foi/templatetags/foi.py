"""The recording page's fields: `{% load foi %}`.

A page holds up to thirty items and years with some forty boxes each. They are written here in Python: drawn
field by field through templates, such a page would take half a second.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django import template
from django.forms import BoundField
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from foi.forms import AnswerForm
from foi.models import Item

register = template.Library()

GROUP = "govuk-form-group"
MORE = ("sections", "flags", "note")
YES_NO = (("", "Choose one"), ("yes", "Yes"), ("no", "No"))


@register.simple_tag
def answer_group(forms: Sequence[AnswerForm]) -> SafeString:
    """One item with each of its years."""
    item = forms[0].item
    hint = format_html('<p class="govuk-hint">{}</p>', item.definition) if item.definition else ""
    slips = format_html('<p class="govuk-hint">Watch for: {}.</p>', "; ".join(item.slips)) if item.slips else ""
    return format_html(
        '<fieldset class="govuk-fieldset {}"><legend class="govuk-fieldset__legend govuk-fieldset__legend--m">'
        "{} ({})</legend>{}{}{}</fieldset>",
        GROUP,
        item,
        item.unit,
        hint,
        slips,
        mark_safe("".join(_answer(form) for form in forms)),
    )


def _answer(form: AnswerForm) -> SafeString:
    """One year: outcome, figure and page in a row, the rest folded away."""
    year = form.year
    value = _value(form, year)
    basis = _select(form["basis"], year) if "basis" in form.fields else ""
    return format_html(
        '<h3 class="govuk-heading-s govuk-!-margin-bottom-1">{}</h3><div class="govuk-grid-row">'
        '<div class="govuk-grid-column-one-third">{}</div><div class="govuk-grid-column-one-third">{}{}</div>'
        '<div class="govuk-grid-column-one-third">{}</div></div>{}',
        year,
        _select(form["outcome"], year),
        value,
        basis,
        _input(form["page"], year, width=5),
        _more(form, year),
    )


def _value(form: AnswerForm, year: str) -> SafeString:
    if form.item.value_type == Item.Type.MULTI:
        return _boxes(form["chosen"], year)
    if form.item.value_type == Item.Type.YES_NO:
        return _select(form["value"], year, YES_NO)
    if form.item.value_type == Item.Type.TEXT:
        return _area(form["value"], year)
    return _input(form["value"], year, width=10)


def _more(form: AnswerForm, year: str) -> SafeString:
    """Sections, flags and the note; opened if something stands there."""
    opened = any(form[name].errors or form[name].value() for name in MORE)
    return format_html(
        '<details class="govuk-details"{}><summary class="govuk-details__summary">'
        '<span class="govuk-details__summary-text">Sections, quality and note'
        '<span class="govuk-visually-hidden"> for {}, {}</span></span></summary>'
        '<div class="govuk-details__text">{}{}{}</div></details>',
        mark_safe(" open") if opened else "",
        form.item.code,
        year,
        _boxes(form["sections"], year),
        _boxes(form["flags"], year),
        _area(form["note"], year),
    )


def _group(field: BoundField, inner: SafeString) -> SafeString:
    return format_html('<div class="{}{}">{}</div>', GROUP, " govuk-form-group--error" if field.errors else "", inner)


def _label(field: BoundField, year: str) -> SafeString:
    return format_html(
        '<label class="govuk-label" for="{}">{}<span class="govuk-visually-hidden"> {}, {}</span></label>',
        field.auto_id,
        field.label,
        field.form.item.code,  # type: ignore[attr-defined]
        year,
    )


def _error(field: BoundField) -> SafeString:
    if not field.errors:
        return mark_safe("")
    return format_html(
        '<p id="{}-error" class="govuk-error-message"><span class="govuk-visually-hidden">Error:</span> {}</p>',
        field.auto_id,
        " ".join(str(error) for error in field.errors),
    )


def _described(field: BoundField) -> SafeString:
    return format_html(' aria-describedby="{}-error"', field.auto_id) if field.errors else mark_safe("")


def _select(field: BoundField, year: str, choices: Iterable[tuple[str, str]] | None = None) -> SafeString:
    chosen = str(field.value() or "")
    options = format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        (
            (value, mark_safe(" selected") if str(value) == chosen else "", label)
            for value, label in (choices or field.field.choices)  # type: ignore[attr-defined]
        ),
    )
    return _group(
        field,
        format_html(
            '{}{}<select class="govuk-select{}" id="{}" name="{}"{}>{}</select>',
            _label(field, year),
            _error(field),
            " govuk-select--error" if field.errors else "",
            field.auto_id,
            field.html_name,
            _described(field),
            options,
        ),
    )


def _input(field: BoundField, year: str, *, width: int) -> SafeString:
    return _group(
        field,
        format_html(
            '{}{}<input class="govuk-input govuk-input--width-{}{}" type="text" id="{}" name="{}" value="{}"{}>',
            _label(field, year),
            _error(field),
            width,
            " govuk-input--error" if field.errors else "",
            field.auto_id,
            field.html_name,
            field.value() or "",
            _described(field),
        ),
    )


def _area(field: BoundField, year: str) -> SafeString:
    return _group(
        field,
        format_html(
            '{}{}<textarea class="govuk-textarea" rows="2" id="{}" name="{}"{}>{}</textarea>',
            _label(field, year),
            _error(field),
            field.auto_id,
            field.html_name,
            _described(field),
            field.value() or "",
        ),
    )


def _boxes(field: BoundField, year: str) -> SafeString:
    """Checkboxes; the first has the id that an error's link leads to."""
    base, name, ticked = conditional_escape(field.auto_id), conditional_escape(field.html_name), set(field.value() or ())
    boxes = "".join(
        f'<div class="govuk-checkboxes__item"><input class="govuk-checkboxes__input" type="checkbox" '
        f'id="{base}{f"_{number}" if number else ""}" name="{name}" value="{conditional_escape(value)}"'
        f'{" checked" if value in ticked else ""}><label class="govuk-label govuk-checkboxes__label" '
        f'for="{base}{f"_{number}" if number else ""}">{conditional_escape(label)}</label></div>'
        for number, (value, label) in enumerate(field.field.choices)  # type: ignore[attr-defined]
    )
    return _group(
        field,
        format_html(
            '<fieldset class="govuk-fieldset"{}><legend class="govuk-fieldset__legend">{}'
            '<span class="govuk-visually-hidden"> {}, {}</span></legend>{}'
            '<div class="govuk-checkboxes govuk-checkboxes--small">{}</div></fieldset>',
            _described(field),
            field.label,
            field.form.item.code,  # type: ignore[attr-defined]
            year,
            _error(field),
            mark_safe(boxes),
        ),
    )
