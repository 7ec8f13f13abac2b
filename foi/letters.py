"""The letter that carries a request, as words and as PDF. A person sends it; the portal writes to no body."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.template.loader import render_to_string

from foi.models import Item, Request
from network import dates, files


@dataclass(frozen=True)
class Question:
    number: int
    title: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Letter:
    request: Request
    questions: tuple[Question, ...]

    @classmethod
    def of(cls, request: Request) -> Letter:
        version = request.round.version
        by_question: dict[int, list[Item]] = {}
        for item in Item.objects.filter(version=version):
            by_question.setdefault(item.question, []).append(item)
        return cls(
            request,
            tuple(
                Question(number, version.question(number), tuple(items))
                for number, items in by_question.items()
            ),
        )

    @property
    def title(self) -> str:
        return f"Freedom of Information request: children’s continuing care, {self.request.body.full_name}"

    @property
    def years(self) -> str:
        """ "the financial year 2025/26", or "each of the financial years 2024/25 and 2025/26 separately"."""
        years = self.request.round.years
        if len(years) == 1:
            return f"the financial year {years[0]}"
        return f"each of the financial years {', '.join(years[:-1])} and {years[-1]} separately"

    @property
    def date(self) -> str:
        return dates.long_date(self.request.sent_on or dates.today())

    @property
    def asks_predecessor(self) -> bool:
        """Whether the body that answers is asked for the figures of another."""
        return self.request.sent_to_id != self.request.body_id

    def context(self) -> dict[str, object]:
        return {
            "letter": self,
            "asked": self.request,
            "title": self.title,
            "demo": settings.PORTAL_DEMO,
            "network_name": settings.NETWORK_NAME,
        }

    def text(self) -> str:
        """As it may be pasted into a mail."""
        return render_to_string("foi/letter.txt", self.context()).strip() + "\n"

    def pdf(self) -> bytes:
        """Raises network.files.PdfFailed."""
        return files.pdf(render_to_string("reports/pdf/foi_letter.html", self.context()), title=self.title)

    @property
    def filename(self) -> str:
        return f"foi-{self.request.round.slug}-{self.request.body.slug}.pdf"
