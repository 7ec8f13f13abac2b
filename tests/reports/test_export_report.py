"""`manage.py export_report`: the agreed report as a file, or a clear word why not."""

import pytest
from django.core.management import CommandError, call_command

from network.audit import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def quick_pdf(monkeypatch):
    monkeypatch.setattr("network.files.pdf", lambda html, title: b"%PDF-" + html.encode())


def export(target, kind="ad-safeguarding", period="2026-H1", *more):
    call_command("export_report", kind, "--period", period, "--output", str(target), *more, verbosity=0)


def test_a_report_that_is_not_agreed_is_not_written_and_the_command_says_who_is_awaited(draft, tmp_path):
    target = tmp_path / "report.pdf"
    with pytest.raises(CommandError, match="awaits Co-chair one and Co-chair two") as refused:
        export(target)
    assert refused.value.returncode == 2
    assert not target.exists()


def test_a_draft_is_written_when_asked_for_and_bears_its_mark(draft, tmp_path):
    export(tmp_path / "report.pdf", "ad-safeguarding", "2026-H1", "--draft")
    assert "DRAFT, not agreed" in (tmp_path / "report.pdf").read_text()


def test_an_agreed_report_is_written_without_the_mark_even_with_the_option(draft, agree, tmp_path):
    agree(draft)
    for more in ((), ("--draft",)):
        export(tmp_path / "report.pdf", "ad-safeguarding", "2026-H1", *more)
        assert "DRAFT" not in (tmp_path / "report.pdf").read_text()
    assert AuditEntry.objects.filter(verb="exported").count() == 2


@pytest.mark.parametrize(
    ("kind", "period", "says"),
    [
        ("weekly", "2026-H1", "no kind of report"),
        ("ad-safeguarding", "2026-H3", "is not a period"),
        ("ad-safeguarding", "2026-05", "is for a half year"),
        ("bi-monthly", "2026-H1", "is for a cycle"),
        ("bi-monthly", "2026-05", "There is no bi-monthly report for 2026-05"),
    ],
)
def test_what_is_wrong_is_said_plainly(draft, tmp_path, kind, period, says):
    with pytest.raises(CommandError, match=says) as refused:
        export(tmp_path / "report.pdf", kind, period)
    assert refused.value.returncode == 1


def test_a_file_that_can_not_be_written_is_said_plainly(draft, agree, tmp_path):
    agree(draft)
    with pytest.raises(CommandError, match="can't be written"):
        export(tmp_path / "no" / "such" / "folder.pdf")
