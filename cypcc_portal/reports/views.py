"""The reports' pages."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cypcc_portal.reports import acts, compare, printing, tasks
from cypcc_portal.reports.document import Document, document
from cypcc_portal.reports.forms import ChangeForm, ReportFilter, SectionForm, VersionForm
from cypcc_portal.reports.models import Kind, Report, ReportSection
from cypcc_portal.reports.tables import ReportTable, status_tag
from network import agreements, audit, files, workflow
from network.agreements import Agreeable
from network.guards import SignedIn, fresh_for, require, visible_or_404
from network.people.models import User
from network.roles import Permission
from network.tables import respond_table
from network.workflow import Changed, NotAllowed, Refused


@require_safe
def report_list(request: SignedIn) -> HttpResponse:
    """Every report that the person may read; the frozen figures stay in the database."""
    rows = Report.objects.visible_to(request.user).defer("figures")
    chosen = ReportFilter(request.GET, queryset=rows, user=request.user)
    return respond_table(
        request,
        "reports/report_list.html",
        ReportTable(chosen.qs),
        {"filter": chosen, "may_compare": request.user.may(Permission.READ_NETWORK)},
        filename="reports",
        whole=rows.count(),
    )


@require_safe
def report_detail(request: SignedIn, kind: str, period: str) -> HttpResponse:
    """The HTML twin of the PDF, with what the person may do to the report."""
    report = _report(request.user, kind, period)
    user = request.user
    open_to_change = report.status != Agreeable.Status.AGREED and user.may(Permission.REPORT_EDIT)
    shown = document(report, user)
    return render(
        request,
        "reports/report_detail.html",
        {
            "report": report,
            "document": shown,
            "written": [part for part in shown.parts if part.section and part.section.edited_at],
            "status": status_tag(report.status),
            "links": user.may(Permission.READ_NETWORK),
            "may_edit": open_to_change,
            "may_agree": agreements.may_agree(report, user),
            "voided": agreements.voided(report)[:1] if user.may(Permission.READ_CHAIRS) else [],
            "let_go_at": acts.let_go_at(report) if open_to_change else None,
            "moves": {move.name for move in workflow.allowed(report, user)},
            "may_reopen": report.status == Agreeable.Status.AGREED and user.may(Permission.REPORT_EDIT),
            "may_export": _may_export(report, user),
        },
    )


def _report(user: User, kind: str, period: str) -> Report:
    report: Report = visible_or_404(Report, user, kind=kind, period=period)
    return report


def _may_export(report: Report, user: User) -> bool:
    return (
        report.kind == Kind.AD_SAFEGUARDING
        and report.status == Agreeable.Status.AGREED
        and user.may(Permission.REPORT_EXPORT)
    )


@require_safe
def report_pdf(request: SignedIn, kind: str, period: str) -> HttpResponse:
    report = _report(request.user, kind, period)
    fresh_for(request, report.readers)
    audit.record(by=request.user, verb="downloaded", on=report)
    return _pdf(document(report, request.user))


def _pdf(shown: Document, *, attachment: bool = False) -> HttpResponse:
    return files.pdf_response(printing.pdf(shown), f"{shown.filename}.pdf", attachment=attachment)


@require_safe
def report_xlsx(request: SignedIn, kind: str, period: str) -> HttpResponse:
    report = _report(request.user, kind, period)
    fresh_for(request, report.readers)
    shown = document(report, request.user)
    audit.record(by=request.user, verb="downloaded", on=report)
    return files.workbook_response(f"{shown.filename}.xlsx", printing.sheets(shown))


@require_POST
def report_export(request: SignedIn, kind: str, period: str) -> HttpResponse:
    """The PDF on its way to the AD Safeguarding Network: only once agreed, and written down."""
    report = _report(request.user, kind, period)
    require(request.user, Permission.REPORT_EXPORT)
    if report.kind != Kind.AD_SAFEGUARDING:
        raise Refused("Only the feedback to the AD Safeguarding Network is exported for it.")
    if report.status != Agreeable.Status.AGREED:
        raise Refused(f"It is not agreed yet: it awaits {agreements.awaited_words(report)}.")
    answer = _pdf(document(report, request.user), attachment=True)
    audit.record(by=request.user, verb="exported", on=report, version=report.version)
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
def section_edit(request: SignedIn, kind: str, period: str, key: str) -> HttpResponse:
    report = _report(request.user, kind, period)
    section = visible_or_404(ReportSection.objects.filter(report=report), request.user, key=key)
    require(request.user, Permission.REPORT_EDIT)
    if report.status == Agreeable.Status.AGREED:
        raise Refused(acts.FROZEN)
    form = SectionForm(request.POST or None, initial={"text": section.text, "version": section.version})
    if request.method == "POST" and form.is_valid():
        try:
            void = acts.write(section, **form.cleaned_data, by=request.user)
        except Changed as changed:
            return _meanwhile(request, report, section, form, str(changed))
        messages.success(request, _saved(void))
        return redirect(f"{report.get_absolute_url()}#{section.key}")
    return render(request, "reports/section_form.html", {"form": form, "section": section, "report": report})


def _saved(void: int) -> str:
    if not void:
        return "The words are saved."
    return "The words are saved. The agreement given to the earlier version is void; a new one is asked for."


def _meanwhile(
    request: SignedIn, report: Report, section: ReportSection, form: SectionForm, why: str
) -> HttpResponse:
    """Both texts, and the choice: nothing of either person's is lost."""
    section.refresh_from_db()
    typed = SectionForm({"text": form.cleaned_data["text"], "version": section.version})
    context = {"form": typed, "section": section, "report": report, "meanwhile": why}
    return render(request, "reports/section_form.html", context, status=409)


# Agreement


def _version(request: HttpRequest) -> int:
    """The version on the page whose button was pressed; without one nothing is agreed."""
    form = VersionForm(request.POST)
    if not form.is_valid():
        raise Changed("The page did not say which version it showed. Please open the report again.")
    version: int = form.cleaned_data["version"]
    return version


@require_POST
def report_offer(request: SignedIn, kind: str, period: str) -> HttpResponse:
    report = _report(request.user, kind, period)
    acts.offer(report, version=_version(request), by=request.user)
    messages.success(request, f"The report now awaits {agreements.awaited_words(report)}.")
    return redirect(report)


@require_POST
def report_take_back(request: SignedIn, kind: str, period: str) -> HttpResponse:
    report = _report(request.user, kind, period)
    workflow.move(report, "take_back", by=request.user)
    messages.success(request, "The report is a draft again.")
    return redirect(report)


@require_POST
def report_agree(request: SignedIn, kind: str, period: str) -> HttpResponse:
    report = _report(request.user, kind, period)
    require(request.user, Permission.REPORT_AGREE)
    report = acts.agree(report, version=_version(request), by=request.user)
    awaited = agreements.awaited_words(report)
    messages.success(
        request,
        f"You agreed this version. It still awaits {awaited}." if awaited else "The report is agreed.",
    )
    return redirect(report)


@require_http_methods(["GET", "HEAD", "POST"])
def report_change(request: SignedIn, kind: str, period: str) -> HttpResponse:
    """A co-chair asks for a change, and says which."""
    report = _report(request.user, kind, period)
    require(request.user, Permission.REPORT_AGREE)
    form = ChangeForm(request.POST or None, initial={"version": report.version})
    if request.method == "POST" and form.is_valid():
        agreements.ask_change(report, **form.cleaned_data, by=request.user)
        messages.success(request, "The report is a draft again, with your wish for a change.")
        return redirect(report)
    if not agreements.may_agree(report, request.user):
        raise NotAllowed("This report does not await your agreement.")
    return render(request, "reports/change_form.html", {"form": form, "report": report})


@require_POST
def report_renew(request: SignedIn, kind: str, period: str) -> HttpResponse:
    """New figures for a draft, as long work with a page of its own."""
    report = _report(request.user, kind, period)
    require(request.user, Permission.REPORT_EDIT)
    if report.status == Agreeable.Status.AGREED:
        raise Refused(acts.FROZEN)
    return redirect("job_detail", pk=tasks.ask_renewal(report, request.user).pk)


@require_POST
def report_reopen(request: SignedIn, kind: str, period: str) -> HttpResponse:
    report = _report(request.user, kind, period)
    acts.reopen(report, version=_version(request), by=request.user)
    messages.success(
        request,
        "The report is open again and its agreement is void. Readers see it once both co-chairs agree again.",
    )
    return redirect(report)


@require_safe
def report_compare(request: SignedIn) -> HttpResponse:
    """What authorities recorded beside what boards returned, for members."""
    require(request.user, Permission.READ_NETWORK)
    return compare.page(request)
