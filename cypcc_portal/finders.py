"""The design system's files, straight from its published package."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.utils import matches_patterns
from django.core.files.storage import FileSystemStorage

# The package holds nearly a thousand files and the portal's pages ask for one. Its map comes with it,
# because the script names it and a hashed static file may not name what is not there.
WANTED = ("govuk-frontend.min.js", "govuk-frontend.min.js.map")


class DesignSystemFinder(BaseFinder):
    """Finds `govuk-frontend/<name>` for the few wanted names, and nothing else."""

    prefix = "govuk-frontend"

    def __init__(self, app_names: Any = None, *args: Any, **kwargs: Any) -> None:
        self.folder = Path(settings.BASE_DIR) / "node_modules" / "govuk-frontend" / "dist" / "govuk"
        self.storage = FileSystemStorage(location=self.folder)
        self.storage.prefix = self.prefix  # type: ignore[attr-defined]  # collectstatic reads it
        super().__init__(*args, **kwargs)

    def check(self, **kwargs: Any) -> list[Any]:
        return []  # a package that is not installed yet is told by the check of the built styles

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        prefix, _, name = path.partition("/")
        there = self.folder / name
        if prefix != self.prefix or name not in WANTED or not there.is_file():
            return []
        return [str(there)] if find_all else str(there)

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        for name in WANTED:
            if (self.folder / name).is_file() and not matches_patterns(name, list(ignore_patterns or [])):
                yield name, self.storage
