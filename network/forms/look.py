"""A bound field as its template wants it: ids, hints, errors, choices. Markup: templates/govuk/fields/ and
`network.forms.markup`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any

from django import forms
from django.conf import settings
from django.forms import BoundField
from django.template.loader import get_template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from network.files.stored import ALLOWED
from network.forms import markup
from network.forms.problems import messages, wrong_parts
from network.forms.simple import flat

KINDS: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.RadioSelect, "choices"),
    (forms.CheckboxSelectMultiple, "choices"),
    (forms.Select, "select"),
    (forms.CheckboxInput, "checkbox"),
    (forms.Textarea, "textarea"),
    (forms.FileInput, "file"),
)
"""A widget's template, the first that fits; composite ones say their `kind`, all others are inputs."""

NOT_SHOWN = {
    "class",
    "placeholder",
    "required",
    "id",
    "cols",
    "type",
    "maxlength",
    "minlength",
    "min",
    "max",
    "step",
}


def render(field: BoundField, *, optional: bool = True) -> SafeString:
    """The field's HTML. In a filter nothing says "(optional)", since everything is."""
    if field.is_hidden:
        return mark_safe(str(field))
    widget = field.field.widget
    kind = getattr(widget, "kind", "") or next(
        (name for of, name in KINDS if isinstance(widget, of)), "input"
    )
    template = get_template(f"govuk/fields/{kind}.html")
    context = {**_common(field), **_BY_KIND.get(kind, _nothing)(field)}
    context["optional"] = optional and context["optional"]
    context |= markup.pieces(context)
    return template.render(context)  # type: ignore[return-value]


# -- What every field has ---------------------------------------------------------------------------


def _common(field: BoundField) -> dict[str, Any]:
    base = field.auto_id or field.html_name
    hint = _hint(field)
    errors = messages(field)
    only_if = _only_if(field)
    described = [
        f"{base}-{part}" for part, there in (("only", only_if), ("hint", hint), ("error", errors)) if there
    ]
    condition = getattr(field.field, "show_if", None)
    return {
        "field": field,
        "id": base,
        "name": field.html_name,
        "label": field.label,
        "optional": _says_optional(field),
        "hint": hint,
        "errors": errors,
        "wrong": wrong_parts(field),
        "only_if": only_if,
        "show_if": json.dumps(condition) if condition else field.field.widget.attrs.get("data-show-if", ""),
        "describedby": " ".join(described),
        "attrs": _attributes(field),
        "classes": field.field.widget.attrs.get("class", ""),
        "heading": getattr(field.field, "heading", False),
    }


TICKED = (forms.CheckboxInput, forms.CheckboxSelectMultiple)


def _says_optional(field: BoundField) -> bool:
    if field.field.required or isinstance(field.field.widget, TICKED):  # to tick nothing is an answer
        return False
    if getattr(field.field, "one_of_several", False):  # something must be given, in this field or another
        return False
    return bool(getattr(field.form, "says_optional", True)) and not _words_for_none(field.field)


def _words_for_none(field: forms.Field) -> str:
    """What a list says in place of a choice ("No authority yet"): then that too is chosen."""
    if isinstance(field, forms.ModelChoiceField):
        words = str(field.empty_label or "")
    elif isinstance(field, forms.ChoiceField):
        words = next((label for value, label in flat(field) if not value), "")
    else:
        words = ""
    return "" if words.startswith("Choose") else words.strip("-")


def _hint(field: BoundField) -> str:
    if isinstance(field.field.widget, forms.FileInput):
        limits = f"{ALLOWED}, up to {settings.UPLOAD_MAX_BYTES // 1024**2} MB."
        return f"{field.help_text} {limits}".strip()
    return str(field.help_text or "")


def _attributes(field: BoundField) -> list[tuple[str, Any]]:
    """The widget's own attributes, without those that the templates write or that a page must not have."""
    attrs = field.field.widget.attrs
    return [
        (name, value)
        for name, value in attrs.items()
        if name not in NOT_SHOWN and not name.startswith("data-show")
    ]


def _only_if(field: BoundField) -> str:
    """The condition in words, for who reads the page without script."""
    said = getattr(field.field, "only_if", "")
    condition = getattr(field.field, "show_if", None)
    if said or not condition:
        return str(said)
    return "Only if " + ", and ".join(
        _condition_words(field, code, wanted) for code, wanted in condition.items()
    )


def _condition_words(field: BoundField, code: str, wanted: Any) -> str:
    question = _label_of(field, code)
    if isinstance(wanted, list):
        return f"you answered {' or '.join(f'“{one}”' for one in wanted)} to {question}"
    if wanted == "not_blank":
        return f"you answered {question}"
    operator, _, value = str(wanted).partition(":")
    if operator == "gt":
        return f"the number you gave for {question} is more than {value}"
    return f"you answered anything but “{value}” alone to {question}"


def _label_of(field: BoundField, code: str) -> str:
    """The label of the question that a condition names: the same ICB's, the one asked once, or any ICB's."""
    fields = field.form.fields
    suffix = field.name.partition("-")[2]
    names = [
        f"{code}-{suffix}" if suffix else code,
        code,
        *(name for name in fields if name.startswith(f"{code}-")),
    ]
    label = next((fields[name].label for name in names if name in fields), "")
    return f"“{label}”" if label else f"question {code}"


# -- What some kinds have besides -------------------------------------------------------------------


def _choices(field: BoundField) -> dict[str, Any]:
    widget: Any = field.field.widget
    many = isinstance(widget, forms.CheckboxSelectMultiple)
    return {
        "many": many,
        "inline": getattr(widget, "inline", False),
        "items": mark_safe("".join(_in_groups(field, widget, "checkbox" if many else "radio"))),
    }


@dataclass
class _Option:
    """One radio or checkbox, and the heading under which it stands, if any."""

    group: str
    html: SafeString
    ticked: bool


def _in_groups(field: BoundField, widget: Any, kind: str) -> Iterator[SafeString]:
    """Choices under headings are folded away, but for groups in which something is ticked."""
    base = field.auto_id or field.html_name
    for place, (group, found) in enumerate(groupby(_options(field, widget, kind), attrgetter("group"))):
        options = list(found)
        inside = mark_safe("".join(option.html for option in options))
        if not group:
            yield inside
        else:
            ticked = sum(option.ticked for option in options)
            yield markup.group(f"{base}-group-{place}", group, inside, number=len(options), ticked=ticked)


def _options(field: BoundField, widget: Any, kind: str) -> Iterator[_Option]:
    hints, exclusive = getattr(widget, "hints", {}), getattr(widget, "exclusive", ())
    base = field.auto_id or field.html_name
    number = 0
    for heading, group, _ in widget.optgroups(field.html_name, widget.format_value(field.value())):
        for option in group:
            value = str(option["value"])
            if not value and field.field.required:
                continue  # nobody may choose nothing where something is required
            label = option["label"] if value else "None of these"
            here = f"{base}_{number}" if number else base
            html = markup.item(
                kind,
                here,
                field.html_name,
                value,
                label,
                checked=option["selected"],
                hint=hints.get(value, ""),
                more=' data-behaviour="exclusive"' if value in exclusive else "",
            )
            yield _Option(str(heading or ""), html, bool(option["selected"]))
            number += 1


def _select(field: BoundField) -> dict[str, Any]:
    widget: Any = field.field.widget
    groups = [
        (
            name,
            [
                (str(o["value"]), o["label"] if str(o["value"]) else _blank(o["label"]), o["selected"])
                for o in group
            ],
        )
        for name, group, _ in widget.optgroups(field.html_name, widget.format_value(field.value()))
    ]
    return {"groups": groups, "multiple": isinstance(widget, forms.SelectMultiple)}


def _blank(label: Any) -> Any:
    return "Choose one" if set(str(label)) == {"-"} else label


def _input(field: BoundField) -> dict[str, Any]:
    widget: Any = field.field.widget
    value = widget.format_value(field.value())
    kind = getattr(widget, "input_type", "text")
    number = isinstance(widget, forms.NumberInput)
    shown = {
        "value": "" if value is None or kind == "password" else value,
        "type": "text" if number or kind in ("date", "datetime-local", "time") else kind,
        "inputmode": "numeric" if number else "",
        "password": kind == "password",
    }
    if number and not widget.attrs.get("class"):
        shown["classes"] = "govuk-input--width-5"
    return shown


def _textarea(field: BoundField) -> dict[str, Any]:
    widget: Any = field.field.widget
    attrs = widget.attrs
    return {
        "value": widget.format_value(field.value()) or "",
        "rows": attrs.get("rows") if str(attrs.get("rows")) != "10" else 5,
        "limit": getattr(field.field, "max_length", None),
        "attrs": [(name, value) for name, value in _attributes(field) if name != "rows"],
    }


def _checkbox(field: BoundField) -> dict[str, Any]:
    errors = messages(field)
    base = field.auto_id or field.html_name
    return {
        "checked": field.field.widget.check_test(field.value()),
        "says_error": markup.error(base, errors) if errors else "",
    }


def _parts(field: BoundField) -> dict[str, Any]:
    widget: Any = field.field.widget
    base = field.auto_id or field.html_name
    wrong = wrong_parts(field) or ([part.name for part in widget.parts] if field.errors else [])
    return {
        "inputs": [
            {
                "part": part,
                "id": f"{base}-{part.name}",
                "name": f"{field.html_name}-{part.name}",
                "value": value,
                "wrong": part.name in wrong,
            }
            for part, value in zip(widget.parts, widget.typed(field.value()), strict=True)
        ]
    }


def _count(field: BoundField) -> dict[str, Any]:
    widget: Any = field.field.widget
    state, value = widget.typed(field.value())
    base = field.auto_id or field.html_name
    reveals = format_html(' data-reveals="{}-conditional"', base)
    items = [
        markup.item(
            "radio",
            f"{base}-state_{i}" if i else f"{base}-state",
            f"{field.html_name}-state",
            name,
            words,
            checked=name == state,
            more=reveals if name in widget.figures else "",
        )
        for i, (name, words) in enumerate(widget.states)
    ]
    number = [name for name, _ in widget.states].index(widget.figures[-1]) + 1  # the input stands behind it
    return {
        "items": mark_safe("".join(items[:number])),
        "items_after": mark_safe("".join(items[number:])),
        "unit": widget.unit,
        "value": value,
        "numeric": not getattr(field.field, "as_written", False),
    }


def _matrix(field: BoundField) -> dict[str, Any]:
    widget: Any = field.field.widget
    rows = []
    for one in _parts(field)["inputs"]:
        cells = [
            format_html(
                '<span class="app-matrix__choice">{}</span>',
                markup.item(
                    "radio",
                    f"{one['id']}_{i}" if i else one["id"],
                    one["name"],
                    word,
                    format_html('<span class="app-matrix__word">{}</span>', word),
                    checked=word == one["value"],
                    tag="span",
                ),
            )
            for i, word in enumerate(widget.scale)
        ]
        rows.append({**one, "cells": mark_safe("".join(cells))})
    return {"rows": rows, "scale": widget.scale}


def _nothing(field: BoundField) -> dict[str, Any]:
    return {}


_BY_KIND = {
    "choices": _choices,
    "select": _select,
    "input": _input,
    "textarea": _textarea,
    "checkbox": _checkbox,
    "date": _parts,
    "inputs": _parts,
    "count": _count,
    "matrix": _matrix,
}
