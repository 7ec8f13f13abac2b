"""How people's names and addresses are kept: as they look, so that two that look alike are alike."""

from __future__ import annotations

import unicodedata


def name_as_kept(typed: str) -> str:
    """Without what nobody sees, with single spaces."""
    return " ".join(_visible(typed).split())


def address_as_kept(typed: str) -> str:
    """Without what nobody sees, in small letters."""
    return _visible(typed).strip().lower()


def why_no_name(name: str) -> str:
    """Why that is nobody's name, in words; "" if it may be one. It begins the portal's own mails, so it is
    nothing of which a mail program would make a link."""
    if "://" in name or "www." in name.lower():
        return f"“{name}” is a web address, not a name"
    return "" if name else "Enter a name"


def _visible(text: str) -> str:
    """Characters that nobody sees come with what is copied from a mail (Unicode's category Cf)."""
    return "".join(letter for letter in text if unicodedata.category(letter) != "Cf")
