"""People's own words: Markdown in, HTML out that can do no harm."""

from __future__ import annotations

from functools import cache, lru_cache

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

TAGS = {
    "a", "blockquote", "br", "code", "em", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "s",
    "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto"}


@cache
def _reader() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


@lru_cache(maxsize=256)  # the same words are read many times before they change
def html(text: str, *, top: int = 3) -> SafeString:
    """The text's own highest heading becomes h`top` and none is skipped, so that it fits under the page's."""
    reader = _reader()
    tokens = reader.parse(text)
    _settle_headings(tokens, top)
    made = reader.renderer.render(tokens, reader.options, {})
    clean = nh3.clean(
        made, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel="noopener noreferrer"
    )
    return mark_safe(clean)


def _settle_headings(tokens: list[Token], top: int) -> None:
    used = sorted({token.tag for token in tokens if token.type == "heading_open"})
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, top + used.index(token.tag))}"
