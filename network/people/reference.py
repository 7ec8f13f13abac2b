"""Reference data that people may have changed since: a file is applied where it says something new.

Each row of a file is remembered as it was last loaded. Loading the same file again changes nothing, whatever
an admin or a reorganisation wrote meanwhile; a file with news changes only the fields that it has news of.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

_Row = TypeVar("_Row", bound=models.Model)


class ReferenceFact(models.Model):
    """What a file of reference data said of one thing when it was last loaded."""

    key = models.CharField(max_length=200, unique=True)  # "authority:kent"
    object_id = models.PositiveBigIntegerField()
    said = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.key


class Facts:
    """The facts of one kind; `load` writes one of them."""

    def __init__(self, kind: str, model: type[models.Model]) -> None:
        self.kind, self.model = kind, model
        self.known = {fact.key: fact for fact in ReferenceFact.objects.filter(key__startswith=f"{kind}:")}

    def load(self, name: str, find: Mapping[str, Any], values: Mapping[str, Any]) -> Any:
        """The row that the file speaks of, with the file's news; None if people have removed it since."""
        key = f"{self.kind}:{name}"
        fact, said = self.known.get(key), _plain(values)
        row = self._row(fact, find)
        if row is None and fact is None:
            row = self.model._default_manager.create(**find, **values)
        elif row is not None:
            _write(row, {name: values[name] for name in values if self._is_news(fact, said, name, row)})
        if row is not None and (fact is None or fact.said != said):
            ReferenceFact.objects.update_or_create(key=key, defaults={"object_id": row.pk, "said": said})
        return row

    def _row(self, fact: ReferenceFact | None, find: Mapping[str, Any]) -> models.Model | None:
        rows = self.model._default_manager
        return rows.filter(pk=fact.object_id).first() if fact else rows.filter(**find).first()

    def _is_news(
        self, fact: ReferenceFact | None, said: Mapping[str, Any], name: str, row: models.Model
    ) -> bool:
        """A row that people made before the file knew of it takes from the file only what it lacks."""
        if fact is None:
            return getattr(row, name) in (None, "", False)
        return name not in fact.said or bool(fact.said[name] != said[name])


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(json.dumps(dict(values), cls=DjangoJSONEncoder))
    return plain


def _write(row: models.Model, news: Mapping[str, Any]) -> None:
    for name, value in news.items():
        setattr(row, name, value)
    if news:
        row.save(update_fields=list(news))
