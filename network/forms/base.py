"""The forms' common ground: crispy's helper, plain words for what is missing, dates in three inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crispy_forms.helper import FormHelper
from django import forms

from network.forms.composite import WHOLE_NUMBER
from network.forms.dated import Dated, DateField
from network.forms.simple import UploadField
from network.forms.storable import only_storable

if TYPE_CHECKING:
    _Mixin = forms.BaseForm
else:
    _Mixin = object

DJANGOS_MISSING = {"This field is required.", "No file was submitted."}
QUESTION_WORDS = ("what", "who", "whom", "whose", "which", "how", "where", "when", "why", "whether")
ARTICLES = ("a", "an", "the", "your", "at", "this")
UNCOUNTED = ("evidence",)
DJANGOS_OWN = DJANGOS_MISSING | {"Enter a whole number."}


class PortalMixin(_Mixin):
    """Every portal form: the page writes the `<form>` around `{% crispy form %}` (or components/form.html).

    Give a field its own `error_messages["required"]` where "Enter …" or "Select …" and its label would be
    clumsy. base.html shows the summary of what is wrong for the form that the page calls `form`.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.render_unmentioned_fields = True
        for name, field in list(self.fields.items()):
            self.fields[name] = field = _in_three_inputs(field)
            label = str(field.label or name.replace("_", " ").capitalize())
            _plain_messages(field, label)
            only_storable(field, f"“{label}”")


class PortalForm(PortalMixin, forms.Form):
    pass


class PortalModelForm(PortalMixin, forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        abstract = True


def _in_three_inputs(field: forms.Field) -> forms.Field:
    """A model's date is asked as day, month and year."""
    if type(field) is not forms.DateField:
        return field
    return DateField(
        label=field.label, required=field.required, help_text=field.help_text, initial=field.initial
    )


def _plain_messages(field: forms.Field, label: str) -> None:
    for code, message in {"required": missing(field, label), "invalid": f"“{label}” {WHOLE_NUMBER}"}.items():
        if str(field.error_messages.get(code, "")) in DJANGOS_OWN:
            field.error_messages[code] = message
    says = f"“{label.replace('%', '%%')}” must be %(limit_value)s"
    if isinstance(field, forms.IntegerField):
        field.error_messages.setdefault("max_value", f"{says} or less")
        field.error_messages.setdefault("min_value", f"{says} or more")
    elif isinstance(field, forms.CharField):
        field.error_messages.setdefault("max_length", f"{says} characters or fewer. It has %(show_value)s")


def missing(field: forms.Field, label: str) -> str:
    """What is said of an empty field: "Enter a venue", "Select a theme", or the question itself."""
    if label.endswith("?"):
        return f"Answer “{label}”"
    if isinstance(field, Dated):
        return f"“{label}” needs a {field.asked}"
    if isinstance(field, forms.BooleanField):
        return f"Tick “{label}” to go on"
    chosen = isinstance(field, (forms.ChoiceField, forms.ModelChoiceField))
    verb = "Upload" if isinstance(field, (UploadField, forms.FileField)) else "Select" if chosen else "Enter"
    return f"{verb} {_with_article(label)}"


def _with_article(label: str) -> str:
    """ "Venue" as "a venue", "First day" as "the first day", "What is to be done" as it is."""
    # "ICB" keeps its capitals, "Venue" does not.
    words = label if label[1:2].isupper() else label[:1].lower() + label[1:]
    first = words.split(" ")[0]
    if words == "email":
        return "an email address"
    if first in QUESTION_WORDS or first in ARTICLES or words in UNCOUNTED:
        return words
    if first in ("first", "last", "next") or "’s" in words or (" " not in words and words.endswith("s")):
        return f"the {words}"
    vowel = words[0] in ("AEFHILMNORSX" if first[1:2].isupper() else "aeiou")
    return f"{'an' if vowel else 'a'} {words}"
