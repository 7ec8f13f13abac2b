"""Forms that change what is there already: an older page never overwrites a newer change.

    form = ThingForm(request.POST or None, instance=thing)
    if request.method == "POST" and form.is_valid():
        try:
            acts.change(thing, loaded=form.loaded, **form.changes())  # loaded.check_row(...) under lock
        except Changed:
            form.show_newer(ThingForm(instance=fetch_again()))
        else: ...
    render(..., status=form.status)

The page shows `form.newer` above the form, which keeps what was typed (network/_meanwhile.html).
"""

from __future__ import annotations

from datetime import date, time
from typing import TYPE_CHECKING, Any

from django import forms

from network import dates
from network.forms.base import PortalModelForm
from network.forms.simple import flat
from network.marks import Loaded, mark_of_row

if TYPE_CHECKING:
    _Mixin = forms.BaseForm
else:
    _Mixin = object


class LoadedMixin(_Mixin):
    """A form with a hidden mark of what it was filled with; `remember` it at the end of `__init__`."""

    watched: tuple[str, ...] = ()
    meanwhile = False

    def remember(self, mark: str) -> None:
        self.fields["loaded"] = forms.CharField(widget=forms.HiddenInput, required=False, initial=mark)
        self.newer: list[tuple[str, str]] = []  # label and words of what stands there now, where it differs

    @property
    def loaded(self) -> Loaded:
        return Loaded(self.cleaned_data["loaded"], self.watched)

    @property
    def status(self) -> int:
        return 409 if self.meanwhile else 200

    def changes(self) -> dict[str, Any]:
        """The fields in which the form differs from what stands there."""
        return {name: self.cleaned_data[name] for name in self.changed_data if name != "loaded"}

    def show_newer(self, now: LoadedMixin) -> None:
        """Keeps what was typed and tells what stands there now; saving once more is then meant.

        `now` is the same form, without data, over the newer row.
        """
        for name in set(self.fields) - set(now.fields):
            del self.fields[name]
        self.newer = [
            (str(field.label or self[name].label), _said(field, now.get_initial_for_field(field, name)))
            for name, field in now.fields.items()
            if name != "loaded" and field.has_changed(now.get_initial_for_field(field, name), self[name].data)
        ]
        self.meanwhile = True
        typed: Any = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict
        typed["loaded"] = now.fields["loaded"].initial
        self.data = typed


class LoadedModelForm(LoadedMixin, PortalModelForm):
    """A model form that carries the mark of the row which it changes; one that makes a row carries none."""

    class Meta:
        abstract = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.watched = tuple(self._meta.fields or ())
        if self.instance.pk:
            self.remember(mark_of_row(self.instance, self.watched))

    @property
    def stale(self) -> bool:
        """Whether somebody changed the row since the page was opened; the act will refuse it."""
        now = type(self.instance)._base_manager.filter(pk=self.instance.pk).first()
        return now is None or self.loaded.mark != mark_of_row(now, self.watched)


def _said(field: forms.Field, value: Any) -> str:
    """What stands in a field, for a reader."""
    if isinstance(field, forms.BooleanField):
        return "Yes" if value else "No"
    if value in (None, "", []):
        return "Nothing"
    if isinstance(field, forms.ModelChoiceField):
        row = field.queryset.filter(pk=value).first() if field.queryset is not None else None
        return str(row) if row else "Something that can no longer be chosen"
    if isinstance(field, forms.ChoiceField):
        words = dict(flat(field))
        return ", ".join(words.get(str(one), str(one)) for one in _list(value))
    if isinstance(value, date):
        return dates.long_date(value)
    return f"{value:%H:%M}" if isinstance(value, time) else str(value)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
