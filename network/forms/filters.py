"""What a reader chooses above a list."""

from __future__ import annotations

from typing import Any

import django_filters


class PortalFilter(django_filters.FilterSet):
    """A choice that can't be understood shows no rows, beside what is wrong: never all, as if it were met."""

    @property
    def qs(self) -> Any:
        rows: Any = super().qs
        return rows.none() if self.is_bound and self.form.errors else rows
