"""The geometry of a chart, worked out here so that the page and the PDF draw the same picture.

Sizes are in the units of the picture's own view box, about a CSS pixel each.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from django.utils.safestring import SafeString, mark_safe

from network.counts import Count, Kind

Value = float | int | tuple[int, int] | None
"""A number; the two ends of a range; none."""
Row = tuple[str, Value, str]
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
    reach: float  # the upper end of a range; of a number its length
    text_x: float
    text_y: int
    text: str
    drawn: bool

    @property
    def marks(self) -> str:
        """The bar as it is drawn. Not by a template: a report draws hundreds of these."""
        label = "".join(f'<text x="0" y="{y}">{escape(line)}</text>' for y, line in self.lines)
        if self.drawn:
            bar = (
                f'<rect x="0" y="{self.y}" width="{self.length}" height="{BAR}" fill="#0b5d66"/>{self._open}'
            )
            look = 'font-weight="700"'
        else:
            line = f'<line x1="0.5" y1="{self.y}" x2="0.5" y2="{self.y + BAR}"'
            bar, look = (
                f'{line} stroke="{GREY}" stroke-dasharray="3 3"/>',
                f'fill="{GREY}" font-style="italic"',
            )
        return f'{label}{bar}<text x="{self.text_x}" y="{self.text_y}" {look}>{escape(self.text)}</text>'

    @property
    def _open(self) -> str:
        """From the lower end of a range to the upper: an empty box with a broken line, and no bar."""
        if self.reach <= self.length:
            return ""
        x, y, width = self.length + 0.5, self.y + 0.5, round(max(self.reach - self.length - 1, 0), 1)
        return (
            f'<path d="M{x} {y}h{width}v{BAR - 1}h-{width}z" fill="none" stroke="#0b5d66" '
            'stroke-dasharray="3 3"/>'
        )


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


def of_count(count: Count) -> tuple[Value, str]:
    """A reported count as every chart draws it, and what is said beside or in place of its bar.

    A range is a bar to its lower end and an open box to its upper; of "<5" no bar says anything.
    """
    if not count.given or count.kind is Kind.LESS_THAN:
        return None, str(count)
    if count.base:
        return count.figure, f"to the nearest {count.base}"
    low, high = count.bounds
    return (low if low == high else (low, high)), ""


def bars(
    title: str, description: str, rows: Sequence[Row], *, maximum: float | None = None, unit: str = ""
) -> Chart:
    """Horizontal bars from nought, label above, value at the end of each."""
    spans = [_ends(value) for _, value, _ in rows]
    largest = maximum or max((span[1] for span in spans if span), default=0) or 1
    texts = [_words(value, note, unit) for _, value, note in rows]
    room = WIDTH - min(260, 16 + max((9 * len(text) for text in texts), default=0))
    drawn: list[Bar] = []
    top = 4
    for (label, _, _), span, text in zip(rows, spans, texts, strict=True):
        wrapped = textwrap.wrap(str(label), LONGEST_LABEL) or [""]
        lines = [(top + LINE * (i + 1) - 5, line) for i, line in enumerate(wrapped)]
        y = top + LINE * len(wrapped)
        length, reach = (round(room * min(end, largest) / largest, 1) for end in span or (0, 0))
        drawn.append(Bar(lines, y, length, reach, reach + (6 if span else 8), y + 14, text, span is not None))
        top = y + BAR + GAP
    return Chart(title, description, WIDTH, top, drawn)


def _ends(value: Value) -> tuple[float, float] | None:
    """Where its bar ends and how far the true number may reach; none where nothing is drawn."""
    if value is None or isinstance(value, tuple):
        return value
    return value, value


def _words(value: Value, note: str, unit: str) -> str:
    if (ends := _ends(value)) is None:
        return note or "no figure"
    number = " to ".join(_number(end) for end in dict.fromkeys(ends))
    return " ".join(part for part in (f"{number}{unit}", f"({note})" if note else "") if part)


def _number(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"
