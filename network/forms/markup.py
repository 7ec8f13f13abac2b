"""The pieces of markup that every field repeats, written without a template each: a page has hundreds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe


def pieces(context: dict[str, Any]) -> dict[str, SafeString]:
    """The opening of the group, its label or legend, what stands below it, the input's own attributes."""
    return {
        "start": _start(context["name"], bool(context["errors"]), context["show_if"]),
        "label_tag": _label(context),
        "legend": _legend(context),
        "says": _says(context["id"], context["only_if"], context["hint"], context["errors"]),
        "attributes": attributes(context["attrs"]),
    }


def _start(name: str, wrong: bool, show_if: str) -> SafeString:
    classes = f"govuk-form-group{' govuk-form-group--error' if wrong else ''}"
    if not show_if:
        return mark_safe(f'<div class="{classes}">')
    return format_html(
        '<div class="{} app-conditional" data-show-if="{}" data-question="{}">', classes, show_if, name
    )


def _words(context: dict[str, Any]) -> SafeString:
    return format_html("{}{}", context["label"], " (optional)" if context["optional"] else "")


def _label(context: dict[str, Any]) -> SafeString:
    size = "l" if context["heading"] else "s"
    label = format_html(
        '<label class="govuk-label govuk-label--{}" for="{}">{}</label>', size, context["id"], _words(context)
    )
    return format_html('<h1 class="govuk-label-wrapper">{}</h1>', label) if context["heading"] else label


def _legend(context: dict[str, Any]) -> SafeString:
    words = _words(context)
    if context["heading"]:
        words = format_html('<h1 class="govuk-fieldset__heading">{}</h1>', words)
    size = "l" if context["heading"] else "s"
    return format_html(
        '<legend class="govuk-fieldset__legend govuk-fieldset__legend--{}">{}</legend>', size, words
    )


def _says(base: str, only_if: str, hint: Any, errors: Sequence[str]) -> SafeString:
    said = []
    if only_if:
        condition = '<p id="{}-only" class="govuk-hint app-conditional__hint">{}</p>'
        said.append(format_html(condition, base, only_if))
    if hint:
        said.append(format_html('<div id="{}-hint" class="govuk-hint">{}</div>', base, hint))
    if errors:
        said.append(error(base, errors))
    return mark_safe("".join(said))


def error(base: str, errors: Sequence[str]) -> SafeString:
    prefix = '<span class="govuk-visually-hidden">Error:</span> '
    lines = mark_safe("<br>".join(f"{prefix}{conditional_escape(one)}" for one in errors))
    return format_html('<p id="{}-error" class="govuk-error-message">{}</p>', base, lines)


def attributes(pairs: Iterable[tuple[str, Any]]) -> SafeString:
    """` name="value"` for each; True stands alone, False is left out."""
    return mark_safe(
        "".join(
            format_html(" {}", name) if value is True else format_html(' {}="{}"', name, value)
            for name, value in pairs
            if value is not False
        )
    )


def item(
    kind: str,
    base: str,
    name: str,
    value: str,
    label: Any,
    *,
    checked: bool,
    hint: str = "",
    more: str = "",
    tag: str = "div",
) -> SafeString:
    """One radio or checkbox, as `kind` says. `more` are attributes of its own, safe as they are."""
    block = "checkboxes" if kind == "checkbox" else "radios"
    base, name, value = _escaped(base), _escaped(name), _escaped(value)
    described = below = ""
    if hint:
        described = f' aria-describedby="{base}-item-hint"'
        said = _escaped(hint)
        below = f'<div id="{base}-item-hint" class="govuk-hint govuk-{block}__hint">{said}</div>'
    # Every part is escaped or our own. format_html would take three times as long, for hundreds of them.
    return mark_safe(
        f'<{tag} class="govuk-{block}__item">'
        f'<input class="govuk-{block}__input" id="{base}" name="{name}" type="{kind}" value="{value}"'
        f"{' checked' if checked else ''}{more}{described}>"
        f'<label class="govuk-label govuk-{block}__label" for="{base}">{_escaped(label)}</label>'
        f"{below}</{tag}>"
    )


def _escaped(words: Any) -> str:
    return str(words.__html__()) if hasattr(words, "__html__") else escape(str(words))


def group(base: str, heading: str, items: SafeString, *, number: int, ticked: int) -> SafeString:
    """Choices under a heading, with how many there are; folded away if none is ticked."""
    chosen = f", {ticked} chosen" if ticked else ""
    return format_html(
        '<details class="govuk-details app-choices"{}>'
        '<summary class="govuk-details__summary">'
        '<span class="govuk-details__summary-text" id="{}">{} ({}{})</span></summary>'
        '<div class="govuk-details__text" role="group" aria-labelledby="{}">{}</div></details>',
        mark_safe(" open") if ticked else "",
        base,
        heading,
        number,
        chosen,
        base,
        items,
    )
