"""What people add to the library and choose in it."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db import transaction
from django.db.models import Q, QuerySet

from network import audience, audit, dates, widening
from network.files import store
from network.forms import LoadedModelForm, OneField, PortalForm, TextField, UploadField
from network.forms.filters import PortalFilter
from network.library.models import LibraryItem
from network.marks import Loaded
from network.people.models import Organisation, User
from network.roles import Permission


def _description() -> TextField:
    return TextField(
        label="What it is and whom it helps",
        rows=5,
        limit=5000,
        required=False,
        help_text="Leave an empty line between paragraphs.",
    )


class LibraryItemForm(PortalForm):
    title = TextField(label="Title", limit=200)
    description = _description()
    kind = OneField(label="What kind of thing it is", choices=LibraryItem.Kind.choices)
    upload = UploadField(label="File", required=False)
    link = forms.URLField(label="Link", required=False, max_length=500, assume_scheme="https")
    authority = forms.ModelChoiceField(
        label="Whose practice it is",
        queryset=Organisation.objects.none(),
        required=False,
        empty_label="No authority in particular",
        error_messages={
            "invalid_choice": "Choose your own authority. The coordinator files the practice of another one"
        },
    )
    audience = forms.ChoiceField(label="Who reads it")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("upload", "link"):
            self.fields[name].one_of_several = True  # type: ignore[attr-defined]
        self.user = user
        level = _with_levels(self.fields["audience"], user)
        level.initial = audience.Audience.NETWORK.value
        authority = self.fields["authority"]
        assert isinstance(authority, forms.ModelChoiceField)
        authority.queryset = _may_speak_for(user)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        typed_wrongly = {"upload", "link"} & set(self.errors)
        if not cleaned.get("upload") and not cleaned.get("link") and not typed_wrongly:
            self.add_error("upload", "Upload a file or enter a link")
        return cleaned

    def add(self) -> LibraryItem:
        """Keeps the file and the item; the person who added it stands with it."""
        given = dict(self.cleaned_data)
        upload = given.pop("upload")
        with transaction.atomic():
            file = store(upload, by=self.user) if upload else None
            item = LibraryItem.objects.create(**given, file=file, added_by=self.user, added_at=dates.now())
            audit.record(by=self.user, verb="added", on=item)
        return item


class LibraryEditForm(LoadedModelForm):
    """What is said of an item and who reads it. Another file is another item."""

    title = TextField(label="Title", limit=200)
    description = _description()
    kind = OneField(label="What kind of thing it is", choices=LibraryItem.Kind.choices)
    audience = forms.ChoiceField(label="Who reads it")

    class Meta:
        model = LibraryItem
        fields = ("title", "description", "kind", "audience")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.audience == audience.Audience.LEGAL:
            del self.fields["audience"]  # settled by naming people
            return
        _with_levels(self.fields["audience"], user)


def _with_levels(field: forms.Field, user: User) -> forms.ChoiceField:
    """Nobody gives an item readers among whom they are not."""
    assert isinstance(field, forms.ChoiceField)
    reads = {level.value for level in audience.levels(user)}
    field.choices = [(value, str(label)) for value, label in audience.CHOOSABLE if value in reads]
    return field


def change(item: LibraryItem, *, by: User, loaded: Loaded, **fields: Any) -> None:
    """Raises Changed if the item is no longer as the form was `loaded`."""
    with transaction.atomic():
        locked = LibraryItem.objects.select_for_update(of=("self",)).get(pk=item.pk)
        loaded.check_row(locked)
        before = locked.audience
        for name, value in fields.items():
            setattr(locked, name, value)
        locked.save(update_fields=list(fields))
        audit.record(by=by, verb="changed", on=locked, fields=sorted(fields))
        widening.note(locked, before=before, after=locked.audience, by=by)


def _may_speak_for(user: User) -> QuerySet[Organisation]:
    """The authorities whose practice the person may file: their own; for co-chairs and coordinator, any."""
    bodies = Organisation.objects.visible_to(user).authorities().in_force(dates.today())
    if user.standing.everywhere(Permission.LIBRARY_ADD):
        return bodies
    return bodies.filter(pk__in=user.standing.organisations(Permission.LIBRARY_ADD))


class LibraryFilter(PortalFilter):
    q = django_filters.CharFilter(label="Words in the title or description", method="by_words")
    kind = django_filters.ChoiceFilter(
        label="Kind", choices=LibraryItem.Kind.choices, empty_label="All kinds"
    )

    class Meta:
        model = LibraryItem
        fields = ("q", "kind")

    def by_words(self, rows: QuerySet[LibraryItem], name: str, value: str) -> QuerySet[LibraryItem]:
        """Each word somewhere in the title or the description."""
        for word in value.split()[:8]:
            rows = rows.filter(Q(title__icontains=word) | Q(description__icontains=word))
        return rows
