"""`manage.py export_report KIND --period P --output FILE`: an agreed report as PDF.

Exit codes: 0 written; 1 something is wrong with what was asked; 2 the report is not agreed.
"""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cypcc_portal.reports import printing
from cypcc_portal.reports.document import Document, document
from cypcc_portal.reports.models import Kind, Report, report_period
from network import audit
from network.files import PdfFailed

NOT_AGREED = 2


class Command(BaseCommand):
    help = "Write a report as PDF. One that is not agreed is only written with --draft, marked on every page."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", help=f"the report: {' or '.join(kind.value for kind in Kind)}")
        parser.add_argument("--period", required=True, help="such as 2026-H1, or 2026-05 for a meeting cycle")
        parser.add_argument("--output", required=True, type=Path, help="the PDF file to write")
        parser.add_argument(
            "--draft", action="store_true", help="also one that is not agreed, marked as that"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        shown = document(_report(options["kind"], options["period"]), None)
        if shown.draft and not options["draft"]:
            raise CommandError(
                f"“{shown.full_title}” is not agreed: it awaits {shown.awaited}. "
                "Use --draft to write it with “DRAFT, not agreed” on every page.",
                returncode=NOT_AGREED,
            )
        _write(shown, options["output"])
        audit.record(by=None, verb="exported", on=shown.report, version=shown.report.version)
        self.stdout.write(f"Written: {options['output']} ({shown.status})")


def _report(kind: str, period: str) -> Report:
    if kind not in Kind.values:
        raise CommandError(f"“{kind}” is no kind of report. There are {' and '.join(Kind.values)}.")
    try:
        key = report_period(kind, period).key
    except ValueError as error:
        raise CommandError(str(error)) from None
    report = Report.objects.filter(kind=kind, period=key).first()
    if report is None:
        raise CommandError(
            f"There is no {kind} report for {key} yet. It is drafted once the period has ended."
        )
    return report


def _write(shown: Document, target: Path) -> None:
    try:
        target.write_bytes(printing.pdf(shown))
    except OSError as error:
        raise CommandError(f"{target} can't be written: {error.strerror}.") from None
    except PdfFailed as failed:
        raise CommandError(str(failed)) from None
