"""What templates say about a page's parts: `{% load portal %}`. Their markup: templates/components/."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from secrets import token_urlsafe
from typing import Any

from django import template
from django.conf import settings
from django.core.paginator import Page
from django.forms import BaseForm, BoundField
from django.forms.formsets import BaseFormSet
from django.template import Context
from django.template.loader import get_template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from network import charts, dates, prose, registry
from network.audience import Audience
from network.forms import look, problems
from network.once import FIELD
from network.people.models import User

register = template.Library()

AUDIENCE_COLOURS = {
    Audience.PUBLISHED: "green",
    Audience.PARTNERS: "turquoise",
    Audience.NETWORK: "blue",
    Audience.CHAIRS: "purple",
    Audience.COORDINATOR: "orange",
    Audience.LEGAL: "red",
}


def _part(component: str, /, **context: Any) -> SafeString:
    return get_template(f"components/{component}.html").render(context)  # type: ignore[return-value]


@register.simple_tag
def demonstration() -> bool:
    """Whether the figures are invented; the settings say, so that a page without context knows as well."""
    return bool(settings.PORTAL_DEMO)


@register.simple_tag
def once_key() -> SafeString:
    """The key by which a form that is sent twice is known (network.once)."""
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, token_urlsafe(12))


# -- Words ------------------------------------------------------------------------------------------


@register.filter
def long_date(when: date | None) -> str:
    return dates.long_date(when) if when else ""


@register.filter
def short_date(when: date | None) -> str:
    return dates.short_date(when) if when else ""


@register.filter
def weekday_date(when: date | None) -> str:
    return dates.weekday_date(when) if when else ""


@register.filter
def long_datetime(moment: datetime | None) -> str:
    return dates.long_datetime(moment) if moment else ""


@register.filter
def clock_time(moment: datetime | None) -> str:
    return dates.clock_time(moment) if moment else ""


@register.filter
def markdown(text: str | None, top: int = 3) -> SafeString:
    """People's own words as safe HTML; their highest heading becomes h3, or as the argument says."""
    return prose.html(text or "", top=top)


# -- Small parts ------------------------------------------------------------------------------------


@register.simple_tag(name="tag")
def tag_(text: object, colour: str = "") -> SafeString:
    extra = f" govuk-tag--{_tag_colour(colour)}" if colour else ""
    return format_html('<strong class="govuk-tag{}">{}</strong>', extra, text)


def _tag_colour(colour: str) -> str:
    """The design system renamed three of its tags' colours; both names are understood."""
    return {"turquoise": "teal", "light-blue": "blue", "pink": "magenta"}.get(colour, colour)


@register.simple_tag
def audience_tag(audience: str) -> SafeString:
    """Who reads this: a badge with the level in words."""
    level = Audience(audience)
    return tag_(level.label, AUDIENCE_COLOURS[level])


@register.simple_tag(takes_context=True)
def named(context: Context, person: User) -> str:
    """Somebody's name, for a reader who may know it; for others that it was a member."""
    return person.named_for(context["request"].user)


@register.simple_tag(takes_context=True)
def contact(context: Context, person: User) -> SafeString | str:
    """Somebody's e-mail address and telephone number as links, if they are shown to this reader."""
    shown = person.contact_for(context["request"].user)
    return _part("contact", contact=shown) if shown else ""


@register.simple_tag
def button(
    text: str,
    href: str = "",
    kind: str = "",
    name: str = "",
    value: str = "",
    form: str = "",
    hidden_text: str = "",
) -> SafeString:
    """Submits the form around it, or with `href` leads somewhere. Kinds: secondary, warning."""
    return _part("button", **locals())


@register.simple_tag(takes_context=True)
def post_button(
    context: Context,
    text: str,
    action: str,
    kind: str = "",
    hidden_text: str = "",
    makes: bool = False,
    **fields: object,
) -> SafeString:
    """A form of one button, with hidden fields: `{% post_button "Agree" url version=3 %}`.

    One that `makes` something has a key, so that two clicks make one thing (network.once).
    """
    if makes:
        fields[FIELD] = token_urlsafe(12)
    parts = {"text": text, "action": action, "kind": kind, "hidden_text": hidden_text, "fields": fields}
    return _part("post_button", csrf_token=context.get("csrf_token"), **parts)


@register.simple_tag(takes_context=True)
def room_nav(context: Context) -> SafeString | str:
    """The pages of the room "Network" that the reader enters; nothing if there is only one."""
    request = context["request"]
    links = sorted(registry.room_links(request.user), key=lambda link: link.order)
    here = max((link.url for link in links if request.path.startswith(link.url)), key=len, default="")
    if len(links) < 2:
        return ""
    shown = [{"label": link.label, "url": link.url, "current": link.url == here} for link in links]
    return _part("room_nav", label="Network", links=shown)


@register.simple_tag
def back_link(href: str, text: str = "Back") -> SafeString:
    return format_html('<nav aria-label="Back"><a href="{}" class="govuk-back-link">{}</a></nav>', href, text)


@register.simple_tag
def breadcrumbs(*parts: object) -> SafeString:
    """Names and addresses in turn; the last name, without an address, is this page.

    `{% breadcrumbs "Home" "/" "Meetings" meetings_url "14 January 2027" %}`
    """
    crumbs = [(parts[i], parts[i + 1] if i + 1 < len(parts) else "") for i in range(0, len(parts), 2)]
    return _part("breadcrumbs", crumbs=crumbs)


@register.simple_block_tag
def inset(content: str) -> SafeString:
    return format_html('<div class="govuk-inset-text">{}</div>', content)


@register.simple_block_tag
def warning(content: str) -> SafeString:
    return _part("warning", content=content)


@register.simple_block_tag
def details(content: str, summary: str, opened: bool = False) -> SafeString:
    return _part("details", content=content, summary=summary, opened=opened)


@register.simple_block_tag
def notification(
    content: str, title: str = "Important", success: bool = False, id: str = "notice"
) -> SafeString:
    """A banner that belongs to the page. What was just done is told by Django's messages instead."""
    return _part("notification", content=content, title=title, success=success, id=id)


@register.simple_block_tag
def panel(content: str, title: str) -> SafeString:
    """The receipt's large confirmation; the title is the page's h1."""
    return _part("panel", content=content, title=title)


@register.simple_block_tag
def empty(content: str, title: str = "") -> SafeString:
    """What will be here, and how it gets here."""
    return _part("empty", content=content, title=title)


@register.simple_block_tag
def figure(content: str, source: str = "", caption: str = "") -> SafeString:
    """A picture or table with the line that says where its numbers come from."""
    return _part("figure", content=content, source=source, caption=caption)


@register.simple_block_tag
def scroll(content: str, label: str) -> SafeString:
    """What may be wider than the page: it scrolls by itself, and the keyboard reaches it."""
    return _part("scroll", content=content, label=label)


# -- Summary lists and task lists -------------------------------------------------------------------


@register.simple_block_tag
def summary(content: str, title: str = "") -> SafeString:
    """Holds `{% row %}`s."""
    return _part("summary", content=content, title=title)


@register.simple_block_tag
def row(content: str, key: str, change: str = "", action: str = "Change", about: str = "") -> SafeString:
    """One line of a summary: a key, what it holds, and a link when `change` gives an address.

    `about` is what the link says to a screen reader after "Change"; without it, the key in small letters.
    """
    words = about or str(key)[:1].lower() + str(key)[1:]
    return _part(
        "row", content=mark_safe(content.strip()), key=key, change=change, action=action, about=words
    )


@register.simple_tag
def task_list(items: Iterable[Any], prefix: str = "task") -> SafeString:
    """Sections with a status each. Items: `title`, `status`, and perhaps `url`, `hint` and `colour`."""
    return _part("task_list", items=items, prefix=prefix)


# -- Charts -----------------------------------------------------------------------------------------


@register.simple_tag
def bar_chart(
    title: str,
    description: str,
    rows: Sequence[charts.Row],
    maximum: float | None = None,
    unit: str = "",
) -> SafeString:
    """Rows of (label, value, note); a value of None draws no bar and says the note in its place."""
    return _part("bar_chart", chart=charts.bars(title, description, rows, maximum=maximum, unit=unit))


# -- Paging, errors, fields -------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def pagination(context: Context, page: Page[Any], field: str = "page", label: str = "Pages") -> SafeString:
    """Links to the other pages of a list, with the rest of the address kept."""
    request = context.get("request")
    query = request.GET.copy() if request else None

    def address(number: int) -> str:
        if query is None:
            return f"?{field}={number}"
        query[field] = str(number)
        return f"?{query.urlencode()}"

    numbers = [
        (number, address(number)) if isinstance(number, int) else (None, "")
        for number in page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    ]
    before = address(page.previous_page_number()) if page.has_previous() else ""
    after = address(page.next_page_number()) if page.has_next() else ""
    return _part("pagination", page=page, numbers=numbers, before=before, after=after, label=label)


@register.simple_tag
def error_summary(*forms: BaseForm | BaseFormSet[Any] | Any) -> SafeString:
    """Every problem of the forms in one list at the top, each linked to its field; nothing if all is well."""
    found = problems.problems([form for form in forms if form])
    return _part("error_summary", problems=found) if found else mark_safe("")


@register.simple_tag
def govuk_field(field: BoundField, optional: bool = True) -> SafeString:
    """One field with its label, hint, error and inputs; `optional=False` leaves "(optional)" unsaid."""
    return look.render(field, optional=optional)


@register.filter
def hidden_fields(form: BaseForm) -> SafeString:
    return mark_safe("".join(str(field) for field in form.hidden_fields()))
