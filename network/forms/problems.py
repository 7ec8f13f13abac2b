"""What is wrong with a form, in the order of the page, and where each error's link leads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.forms import BaseForm, BoundField
from django.forms.formsets import BaseFormSet

from network.forms.base import DJANGOS_MISSING, missing


@dataclass(frozen=True)
class Problem:
    message: str
    href: str = ""


def messages(field: BoundField) -> list[str]:
    """The field’s errors; Django’s one sentence for every missing field is said of this one by name."""
    label = str(field.label or field.name)
    said = map(str, field.errors)
    return [missing(field.field, label) if one in DJANGOS_MISSING else one for one in said]


def wrong_parts(field: BoundField) -> list[str]:
    """The parts of a composite field at which its errors point."""
    found: list[str] = []
    for error in field.errors.as_data() if field.errors else []:
        params = error.params if isinstance(error.params, dict) else {}
        found += [part for part in params.get("parts", ()) if part not in found]
    return found


def problems(forms_: Iterable[Any]) -> list[Problem]:
    """Every error of the forms and formsets, in the order of the page."""
    found: list[Problem] = []
    for form in forms_:
        if isinstance(form, BaseFormSet):
            if form.is_bound:
                found += [Problem(str(message)) for message in form.non_form_errors()]
                found += problems(form.forms)
        elif isinstance(form, BaseForm) and form.is_bound:
            found += [Problem(str(message)) for message in form.non_field_errors()]
            found += [
                Problem(message, "" if field.is_hidden else f"#{target(field)}")
                for field in form
                for message in messages(field)
            ]
    return found


def target(field: BoundField) -> str:
    """The id of the input that an error's link leads to: the first radio, the day, the part that is wrong."""
    base = field.auto_id or field.html_name
    parts = getattr(field.field.widget, "parts", ())
    if not parts:
        return str(base)
    wrong = wrong_parts(field)
    return f"{base}-{wrong[0] if wrong else parts[0].name}"
