"""A page's form as its browser would send it back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bs4 import BeautifulSoup


def filled(answer: Any) -> dict[str, Any]:
    """What the first form of the page holds, hidden marks and all."""
    form = BeautifulSoup(answer.content, "html.parser").select("main form")[0]
    sent: dict[str, Any] = {}
    for field in form.select("input[name], textarea[name], select[name]"):
        name = str(field["name"])
        if field.name == "select":
            sent[name] = next((option["value"] for option in field.select("option[selected]")), "")
        elif field.name == "textarea":
            sent[name] = field.text.removeprefix("\n")
        elif field.get("type") not in ("radio", "checkbox") or field.has_attr("checked"):
            sent[name] = field.get("value", "")
    sent.pop("csrfmiddlewaretoken", None)
    return sent


def opened(client: Any, address: str) -> dict[str, Any]:
    return filled(client.get(address))


def change(client: Any, address: str, typed: Mapping[str, Any], **more: Any) -> Any:
    """Opens the page, types into its form and sends it."""
    return client.post(address, opened(client, address) | dict(typed), **more)
