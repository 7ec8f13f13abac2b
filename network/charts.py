"""The geometry of a chart, worked out here so that the page and the PDF draw the same picture.

Sizes are in the units of the picture's own view box, about a CSS pixel each.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from django.utils.safestring import SafeString, mark_safe

Row = tuple[str, float | int | None, str]
"""A label, its value, and what is said beside or in place of it ("from 4 of 7")."""

WIDTH = 400
BAR = 18
LINE = 18
GAP = 9
GREY = "#484949"
LONGEST_LABEL = 48  # characters of 15 px Arial that surely fit the width


@dataclass(frozen=True)
class Bar:
    lines: list[tuple[int, str]]  # y and text of each line of the label
    y: int
    length: float
    text_x: float
    text_y: int
    text: str
    drawn: bool

    @property
    def marks(self) -> str:
        """The bar as it is drawn. Not by a template: a report draws hundreds of these."""
        label = "".join(f'<text x="0" y="{y}">{escape(line)}</text>' for y, line in self.lines)
        if self.drawn:
            bar = f'<rect x="0" y="{self.y}" width="{self.length}" height="{BAR}" fill="#0b5d66"/>'
            look = 'font-weight="700"'
        else:
            line = f'<line x1="0.5" y1="{self.y}" x2="0.5" y2="{self.y + BAR}"'
            bar, look = (
                f'{line} stroke="{GREY}" stroke-dasharray="3 3"/>',
                f'fill="{GREY}" font-style="italic"',
            )
        return f'{label}{bar}<text x="{self.text_x}" y="{self.text_y}" {look}>{escape(self.text)}</text>'


@dataclass(frozen=True)
class Chart:
    title: str
    description: str
    width: int
    height: int
    bars: list[Bar]

    @property
    def alt(self) -> str:
        """The picture in words: what a screen reader and a tagged PDF say."""
        return f"{self.title}. {self.description}"

    @property
    def drawing(self) -> SafeString:
        return mark_safe("\n".join(bar.marks for bar in self.bars))

    @property
    def in_words(self) -> str:
        return "; ".join(f"{' '.join(line for _, line in bar.lines)}: {bar.text}" for bar in self.bars)


def bars(
    title: str, description: str, rows: Sequence[Row], *, maximum: float | None = None, unit: str = ""
) -> Chart:
    """Horizontal bars from nought, label above, value at the end of each."""
    largest = maximum or max((value for _, value, _ in rows if value is not None), default=0) or 1
    texts = [_words(value, note, unit) for _, value, note in rows]
    room = WIDTH - min(260, 16 + max((9 * len(text) for text in texts), default=0))
    drawn: list[Bar] = []
    top = 4
    for (label, value, _), text in zip(rows, texts, strict=True):
        wrapped = textwrap.wrap(str(label), LONGEST_LABEL) or [""]
        lines = [(top + LINE * (i + 1) - 5, line) for i, line in enumerate(wrapped)]
        y = top + LINE * len(wrapped)
        length = 0.0 if value is None else round(room * min(value, largest) / largest, 1)
        drawn.append(
            Bar(lines, y, length, length + (6 if value is not None else 8), y + 14, text, value is not None)
        )
        top = y + BAR + GAP
    return Chart(title, description, WIDTH, top, drawn)


def _words(value: float | None, note: str, unit: str) -> str:
    if value is None:
        return note or "no figure"
    number = f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"
    return " ".join(part for part in (f"{number}{unit}", f"({note})" if note else "") if part)
