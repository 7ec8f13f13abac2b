"""The terms of reference as the network was founded with them, in this portal's own sentences."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from network.governance.models import TermsOfReference

DATA = Path(__file__).resolve().parent / "data"


def reference_data() -> Iterable[Callable[[], str]]:
    return (load_terms,)


def load_terms() -> str:
    about: dict[str, Any] = json.loads((DATA / "terms_of_reference.json").read_text(encoding="utf-8"))
    text = (DATA / "terms_of_reference.md").read_text(encoding="utf-8")
    terms, _made = TermsOfReference.objects.get_or_create(
        version=about["version"],
        defaults={
            "text": text,
            "adopted_on": about["adopted_on"],
            "review_on": about["review_on"],
            "source": about["source"],
            "audience": about["audience"],
        },
    )
    return str(terms)
