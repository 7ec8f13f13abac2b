"""Canaries: a mark of its own in every text of everything that few people read.

The texts come from the models' fields: a text field that is added tomorrow is planted by itself. A mark that
is found says which field it stood in.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import pikepdf
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, models, transaction
from openpyxl import Workbook

from network import audit, dates, files
from network.agreements import Agreement
from network.audience import Audience
from network.jobs import Job
from network.library.models import LibraryItem
from network.mail import OutboxMail
from tests.access.world import World

FOUND = re.compile(r"cnry[0-9a-f]{10}", re.I)
KEPT = (Audience.LEGAL, Audience.CHAIRS, Audience.COORDINATOR)

KEYS = {
    "actions.action.origin_key": "names the row that it was taken over from",
    "foi.outcome.year": "a year among those asked for",
    "foi.outcome.count_kind": "one of the kinds of counts",
    "foi.outcome.basis": "one of the bases",
    "foi.outcome.sections": "a set of sections",
    "foi.outcome.flags": "a set of flags",
    "network.auditentry.label": "the kind of thing",
    "network.auditentry.audience": "a level",
    "network.auditentry.salt": "a digest's salt",
    "network.auditentry.words": "a digest",
    "network.auditentry.digest": "a digest",
    "network.job.key": "tells the job from others of its kind",
    "network.job.kind": "names the handler",
    "network.job.claim": "a worker's token",
    "network.job.result_url": "an address",
    "network.outboxmail.key": "tells the mail from others",
    "network.outboxmail.to": "an address",
    "network.storedfile.content_type": "a type",
    "network.storedfile.sha256": "a digest",
    "network.storedfile.blob": "a path that is never shown",
}
"""Texts that nobody types: keys, digests, words of a fixed list. Everything else is planted."""


@dataclass
class Canaries:
    """Every mark with what it stands in: "network.agendaitem.title, legal"."""

    where: dict[str, str] = field(default_factory=dict)

    def mark(self, what: str, row: object) -> str:
        """Short enough for a page number."""
        made = "cnry" + sha256(f"{what} {row}".encode()).hexdigest()[:10]
        self.where[made] = what
        return made

    def found(self, text: str) -> set[str]:
        """What the marks in the text stood in."""
        return {self.where[mark] for mark in map(str.lower, FOUND.findall(text)) if mark in self.where}

    @property
    def kinds(self) -> set[str]:
        return set(self.where.values())


def plant(world: World) -> Canaries:
    canaries = Canaries()
    _files(world, canaries)
    _beside(world)
    for model, rows in kept():
        for one in text_fields(model):
            _plant(canaries, model, one, rows)
    return canaries


def kept() -> Iterator[tuple[type[models.Model], dict[int, str]]]:
    """Every kind of row that is kept to few people: by an audience of its own, or by what it stands under."""
    levelled = [model for model in apps.get_models() if _field(model, "audience") and model not in ROUTES]
    for model in levelled:
        rows = model._base_manager.filter(audience__in=KEPT)
        yield model, dict(rows.values_list("pk", "audience"))
    for model in apps.get_models():
        for above in model._meta.concrete_fields:
            if above.related_model in levelled and model not in levelled and model not in ROUTES:
                rows = model._base_manager.filter(**{f"{above.name}__audience__in": KEPT})
                if _field(model, "published"):
                    rows = rows.exclude(published=True)  # told to everybody on purpose
                yield model, dict(rows.values_list("pk", f"{above.name}__audience"))
    for model, rows in ROUTES.items():
        yield model, rows()


def _kept_to(rows: models.QuerySet[Any], level: str) -> dict[int, str]:
    return dict.fromkeys(rows.values_list("pk", flat=True), level)


def _of_few(label: str) -> models.Q:
    model = apps.get_model(label)
    return models.Q(label=label, object_id__in=model._base_manager.filter(audience__in=KEPT).values("pk"))


def _audit() -> dict[int, str]:
    labels = ("network.agendaitem", "network.libraryitem", "actions.action")
    wanted = models.Q()
    for label in labels:
        wanted |= _of_few(label)
    return dict(audit.AuditEntry._base_manager.filter(wanted).values_list("pk", "audience"))


def _stored() -> dict[int, str]:
    items = LibraryItem._base_manager.filter(audience__in=KEPT, file__isnull=False)
    return dict(items.values_list("file", "audience"))


ROUTES: dict[type[models.Model], Any] = {
    audit.AuditEntry: _audit,
    Agreement: lambda: _kept_to(Agreement._base_manager.filter(answer="change"), "chairs"),
    Job: lambda: _kept_to(Job._base_manager.filter(key__startswith="admin"), "coordinator"),
    OutboxMail: lambda: _kept_to(
        OutboxMail._base_manager.filter(to_user__memberships__role="admin"), "coordinator"
    ),
    files.StoredFile: _stored,
}
"""What is kept for another reason than an audience of its own or of the row above it."""


def text_fields(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    kinds = (models.TextField, models.CharField, models.JSONField, models.FileField)
    return [
        one
        for one in model._meta.concrete_fields
        if isinstance(one, kinds) and not one.choices and str(one).lower() not in KEYS
    ]


def _field(model: type[models.Model], name: str) -> bool:
    return any(one.name == name for one in model._meta.concrete_fields)


def _plant(
    canaries: Canaries, model: type[models.Model], one: models.Field[Any, Any], rows: dict[int, str]
) -> None:
    """The mark after what stands there already; where a constraint wants nothing there, nothing is put."""
    for pk, level in rows.items():
        mark = canaries.mark(f"{str(one).lower()}, {level}", pk)
        stands = model._base_manager.filter(pk=pk).values_list(one.name, flat=True).get()
        try:
            with transaction.atomic():
                model._base_manager.filter(pk=pk).update(**{one.name: _with(mark, one, stands)})
        except IntegrityError:
            del canaries.where[mark]


def _with(mark: str, one: models.Field[Any, Any], stands: Any) -> Any:
    if isinstance(one, models.JSONField):
        return [*stands, mark] if isinstance(stands, list) else {**(stands or {}), "more": mark}
    if isinstance(one, models.URLField):
        return f"https://example.org/{mark}"
    room = (one.max_length or 10_000) - len(mark) - 1
    return f"{(stands or '')[:room]} {mark}".strip()


def _beside(world: World) -> None:
    """What is said of those things elsewhere: in the trail, in a wish for a change, in a mail."""
    admin = world.people["admin"]
    for key in ("item agreed", "library", "action"):
        for level in ("legal", "chairs"):
            audit.record(by=admin, verb="changed", on=world.things[f"{key} {level}"].row)
    Agreement.objects.create(
        label="network.agenda",
        object_id=world.things["agenda draft"].row.pk,
        version=1,
        person=world.people["cochair_one"],
        answer="change",
        why="Something else",
    )
    OutboxMail.objects.create(
        key="canary", to_user=admin, to=str(admin.email), subject="About it", text="About it", html="About it"
    )


# -- Files ------------------------------------------------------------------------------------------------

OPEN = "open"


def _files(world: World, canaries: Canaries) -> None:
    """Of each kind of file one for few people, and one for all: it tells that files are opened."""
    for level in (*KEPT, Audience.PUBLISHED):
        for kind, make in MAKERS.items():
            what = "open" if level == Audience.PUBLISHED else level
            body = canaries.mark(f"{kind} content, {what}", level)
            about = canaries.mark(f"{kind} metadata, {what}", level)
            name = canaries.mark(f"{kind} name, {what}", level)
            upload = SimpleUploadedFile(f"{name}.{kind}", make(body, about))
            item = LibraryItem.objects.create(
                title=f"A {kind} for {level}",
                kind="guidance",
                audience=level,
                file=files.store(upload, by=world.people["admin"]),
                added_by=world.people["admin"],
                added_at=dates.now(),
            )
            if level == Audience.LEGAL:
                world.name(item)


def _pdf(body: str, about: str) -> bytes:
    made = pikepdf.new()
    page = made.add_blank_page(page_size=(400, 200))
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
    )
    page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=made.make_indirect(font)))
    page.Contents = made.make_stream(f"BT /F1 12 Tf 20 100 Td ({body}) Tj ET".encode())
    made.docinfo["/Title"] = about
    with made.open_metadata() as said:
        said["dc:description"] = about
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _docx(body: str, about: str) -> bytes:
    core = f'<cp:coreProperties xmlns:cp="x" xmlns:dc="y"><dc:title>{about}</dc:title></cp:coreProperties>'
    return _zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "word/document.xml": f"<w:document><w:t>{body}</w:t></w:document>",
            "word/comments.xml": f"<w:comment>{about}</w:comment>",
            "docProps/core.xml": core,
        }
    )


def _xlsx(body: str, about: str) -> bytes:
    book = Workbook()
    assert book.active
    book.active.append([body])
    book.properties.title = about
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _zipped(parts: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return out.getvalue()


MAKERS = {
    "pdf": _pdf,
    "docx": _docx,
    "xlsx": _xlsx,
    "txt": lambda body, about: f"{body} {about}\n".encode(),
}
