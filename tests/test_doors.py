"""The single doors: what may be done in one place only, so that nothing can walk around it."""

import ast
import functools
import re

from tests.house import (
    Python,
    Text,
    app_files,
    called,
    calls,
    finds,
    full_names,
    holds,
    imports,
    nodes,
    strings,
    templates,
    within,
)

WORKFLOW = "network/workflow.py"
FILES = re.compile(r"^network/files(\.py$|/)")
CLOCK = "network/dates.py"
GUARDS = "network/guards.py"
# A demonstration's past is written as it was left, with its own dates: nobody was there to make the moves.
HISTORY = re.compile(r"(^|/)demo(\.py$|/)")


STORES = {"update", "create", "acreate", "aupdate"}
STATEFUL = {"Stateful", "Agreeable"}


@functools.cache
def models_with_a_status() -> dict[str, bool]:
    """Each model class, and whether its status is one that moves (a line of history only copies one)."""
    return {
        node.name: bool(STATEFUL & {ast.unparse(base).split(".")[-1] for base in node.bases})
        for file in app_files()
        if re.search(r"(^|/)models(\.py$|/)|^network/\w+\.py$", file.path)
        for node in nodes(file.tree)
        if isinstance(node, ast.ClassDef)
    }


def writes_no_status(file: Python, models: dict[str, bool] | None = None) -> list[str]:
    if file.path == WORKFLOW or HISTORY.search(file.path) or "/migrations/" in file.path:
        return []
    models = models_with_a_status() if models is None else models
    against = [
        file.at(node, "assigns a status")
        for node in nodes(file.tree)
        if isinstance(node, ast.Attribute)
        and node.attr == "status"
        and isinstance(node.ctx, ast.Store | ast.Del)
    ]
    for call in calls(file):
        name = called(call)
        written = {keyword.arg for keyword in call.keywords}
        copies = name not in ("update", "aupdate") and not models.get(
            ast.unparse(call.func).split(".")[0], True
        )
        if "status" in written and (name in models or name in STORES) and not copies:
            against.append(file.at(call, f"writes a status by {name}"))
        if name == "setattr" and len(call.args) > 1 and constant(call.args[1]) == "status":
            against.append(file.at(call, "sets a status"))
        if name in ("update_or_create", "get_or_create", "bulk_update") and "'status'" in ast.dump(call):
            against.append(file.at(call, f"writes a status by {name}"))
    return against


def constant(node: ast.AST) -> object:
    return node.value if isinstance(node, ast.Constant) else None


def test_nothing_but_the_workflow_writes_a_status() -> None:
    models = {"Request": True, "Update": False}
    for source in (
        "request.status = 'closed'",
        "Request.objects.filter(pk=1).update(status='closed')",
        "Request.objects.create(round=round, status='closed')",
        "Request(status='closed').save()",
        "Update.objects.filter(pk=1).update(status='closed')",
        "setattr(request, 'status', 'closed')",
        "Request.objects.update_or_create(pk=1, defaults={'status': 'closed'})",
        "Request.objects.bulk_update(rows, ['status'])",
    ):
        assert writes_no_status(parse_planted(source), models), source
    for source in (
        "class Request(Model):\n    status = CharField()",
        "Request.objects.filter(status='open')",
        "HttpResponse(status=403)",
        "Update.objects.create(status=request.status)",
        "if request.status == 'open': pass",
    ):
        assert not writes_no_status(parse_planted(source), models), source
    assert sum(models_with_a_status().values()) >= 4, "the models that move were not found"
    holds(writes_no_status, app_files())


def parse_planted(source: str) -> Python:
    return Python("foi/views.py", ast.parse(source))


def reads_no_upload(file: Python) -> list[str]:
    """A form may be handed `request.FILES`; whoever looks inside is network.files."""
    if FILES.search(file.path):
        return []
    handed: set[ast.AST] = set()
    for call in calls(file):
        for argument in [*call.args, *(keyword.value for keyword in call.keywords)]:
            handed.update(argument.values if isinstance(argument, ast.BoolOp) else [argument])
    carried: set[str] = set()
    for node in nodes(file.tree):
        if isinstance(node, ast.Assign | ast.AnnAssign) and ast.unparse(node.value or node).endswith(
            ".FILES"
        ):
            handed.add(node.value or node)
            carried.update(
                ast.unparse(target) for target in getattr(node, "targets", [getattr(node, "target", node)])
            )
    against = [
        file.at(node, "looks into request.FILES")
        for node in nodes(file.tree)
        if isinstance(node, ast.Attribute | ast.Subscript) and ast.unparse(node.value) in carried
    ]
    against += [
        file.at(node, "looks into request.FILES")
        for node in nodes(file.tree)
        if isinstance(node, ast.Attribute) and node.attr == "FILES" and node not in handed
    ]
    for call in calls(file):
        inner = call.func.value if isinstance(call.func, ast.Attribute) else None
        upload = isinstance(inner, ast.Subscript) and "cleaned_data" in ast.dump(inner.value)
        if called(call) == "chunks" or (upload and called(call) in ("read", "open", "seek")):
            against.append(file.at(call, "reads an upload"))
    return against


def test_nothing_but_files_reads_an_upload() -> None:
    assert finds(reads_no_upload, "foi/views.py", "data = request.FILES['reply'].read()")
    assert finds(reads_no_upload, "foi/views.py", "files = request.FILES\nfiles['reply'].read()")
    assert not finds(reads_no_upload, "foi/views.py", "files = request.FILES\nsave(reply, files=files)")
    assert finds(reads_no_upload, "foi/views.py", "for part in upload.chunks(): pass")
    assert finds(reads_no_upload, "foi/forms.py", "self.cleaned_data['reply'].read()")
    assert not finds(
        reads_no_upload, "foi/views.py", "form = ReplyForm(request.POST or None, request.FILES or None)"
    )
    assert not finds(reads_no_upload, "network/files/stored.py", "request.FILES['reply']")
    holds(reads_no_upload, app_files())


DOWNLOADS = ("FileResponse", "StreamingHttpResponse")


def sends_no_download(file: Python) -> list[str]:
    if FILES.search(file.path):
        return []
    against = [file.at(call, f"makes a {called(call)}") for call in calls(file) if called(call) in DOWNLOADS]
    against += [
        file.at(node, "names a download's headers")
        for node, value in strings(file)
        if value.lower().startswith(("attachment;", "content-disposition")) or value.lower() == "attachment"
    ]
    return against


def test_nothing_but_files_sends_a_download() -> None:
    assert finds(sends_no_download, "foi/views.py", "return FileResponse(stream)")
    assert finds(sends_no_download, "foi/views.py", "answer['Content-Disposition'] = 'inline'")
    assert finds(sends_no_download, "foi/views.py", "headers = {'x': 'attachment; filename=a.pdf'}")
    assert not finds(sends_no_download, "foi/views.py", "return files.download(stored)")
    holds(sends_no_download, app_files())


CLOCKS = {
    "django.utils.timezone.now",
    "django.utils.timezone.localdate",
    "django.db.models.functions.Now",
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "datetime.datetime.today",
    "datetime.date.today",
    "time.time",
}


def asks_no_other_clock(file: Python) -> list[str]:
    if file.path == CLOCK:
        return []
    against = [file.at(node, f"asks {name}") for node, name in full_names(file) if name in CLOCKS]
    against += [
        file.at(call, f"stores the time by {keyword.arg}")
        for call in calls(file)
        for keyword in call.keywords
        if keyword.arg in ("auto_now", "auto_now_add")
    ]
    return against


def test_nothing_but_dates_asks_what_time_it_is() -> None:
    for source in (
        "from django.utils import timezone\nsent = timezone.now()",
        "from django.utils import timezone as tz\nsent_at = DateTimeField(default=tz.now)",
        "from django.utils.timezone import now\nsent = now()",
        "from datetime import datetime\ndatetime.now()",
        "import datetime as dt\ndt.date.today()",
        "from datetime import date\ndate.today()",
        "made = DateTimeField(auto_now_add=True)",
    ):
        assert finds(asks_no_other_clock, "foi/models.py", source), source
    assert not finds(asks_no_other_clock, "foi/models.py", "from network import dates\ndates.now()")
    holds(asks_no_other_clock, app_files())


PUBLIC = {"BankHoliday"}  # a fact of the calendar, no row of anybody's: every person may see each


def fetches_through_the_guards(file: Python) -> list[str]:
    if file.path == GUARDS:
        return []
    bare = ("get_object_or_404", "get_list_or_404")
    return [
        file.at(call, f"fetches by {called(call)}")
        for call in calls(file)
        if called(call) in bare and not (call.args and ast.unparse(call.args[0]) in PUBLIC)
    ]


def test_a_row_is_fetched_only_as_one_that_the_reader_may_see() -> None:
    assert finds(fetches_through_the_guards, "foi/views.py", "row = get_object_or_404(Request, pk=pk)")
    assert not finds(fetches_through_the_guards, "foi/views.py", "row = visible_or_404(Request, user, pk=pk)")
    holds(fetches_through_the_guards, app_files())


FLAGS = {"is_staff", "is_superuser"}


def has_no_door_beside(file: Python) -> list[str]:
    against = [
        file.at(found.node, f"imports {found.name}")
        for found in imports(file)
        if within(found.name, "django.contrib.admin")
    ]
    for node in nodes(file.tree):
        names = {getattr(node, field, None) for field in ("attr", "id", "arg") if hasattr(node, field)}
        if names & FLAGS:
            against.append(file.at(node, f"knows {names & FLAGS}"))
    for node, value in strings(file):
        if value in FLAGS or within(value, "django.contrib.admin"):
            against.append(file.at(node, f"names {value}"))
    return against


def test_no_flag_and_no_admin_site_opens_a_door_past_the_roles() -> None:
    for source in (
        "from django.contrib import admin",
        "INSTALLED_APPS = ['django.contrib.admin']",
        "if request.user.is_staff: pass",
        "User.objects.create(is_superuser=True)",
    ):
        assert finds(has_no_door_beside, "foi/views.py", source), source
    assert not finds(has_no_door_beside, "foi/views.py", "user.may(Permission.EDIT)")
    holds(has_no_door_beside, app_files())


def renders_no_template_per_cell(file: Python) -> list[str]:
    return [
        file.at(node, "uses a TemplateColumn")
        for node, name in full_names(file)
        if name.split(".")[-1] == "TemplateColumn"
    ]


def test_no_table_renders_a_template_for_each_cell() -> None:
    assert finds(renders_no_template_per_cell, "foi/tables.py", "name = tables.TemplateColumn('x')")
    holds(renders_no_template_per_cell, app_files())


def has_function_views(file: Python) -> list[str]:
    return [
        file.at(found.node, f"imports {found.name}")
        for found in imports(file)
        if within(found.name, "django.views.generic") or within(found.name, "django.views.View")
    ]


def test_a_view_is_a_function() -> None:
    assert finds(has_function_views, "foi/views.py", "from django.views.generic import ListView")
    assert finds(has_function_views, "foi/views.py", "from django.views import View")
    holds(has_function_views, app_files())


# The policy of the pages allows no inline code or style; PDFs and mails are no pages and have no such policy.
STYLED = re.compile(r"templates/(.*/)?(pdf|emails)/|templates/pdf_\w+\.html$")
INLINE_CODE = re.compile(
    r"<script(?![^>]*\ssrc=)|\son[a-z]{3,}\s*=\s*[\"']|\shx-on[:\w-]*\s*=|href\s*=\s*[\"']\s*javascript:",
    re.I,
)
INLINE_STYLE = re.compile(r"<style\b|\sstyle\s*=\s*[\"']", re.I)
COMMENT = re.compile(r"{%\s*comment.*?endcomment\s*%}|{#.*?#}|<!--.*?-->", re.S)


def has_nothing_inline(file: Text) -> list[str]:
    text = COMMENT.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), file.text)
    against = [file.at(found.start(), f"has {found[0].strip()}") for found in INLINE_CODE.finditer(text)]
    if not STYLED.search(file.path):
        against += [
            file.at(found.start(), f"has {found[0].strip()}") for found in INLINE_STYLE.finditer(text)
        ]
    return against


def test_no_template_has_inline_code_or_style() -> None:
    def planted(source: str, path: str = "templates/foi/round_list.html") -> list[str]:
        return has_nothing_inline(Text(path, source))

    assert planted("<script>go()</script>")
    assert planted("<p\n  style='color: red'>")
    assert planted("<style>p {}</style>")
    assert planted('<button onclick="go()">')
    assert planted('<a href="javascript:go()">')
    assert planted("<script>go()</script>", "templates/reports/pdf/report.html")
    assert not planted("<style>p {}</style>", "templates/reports/pdf/report.html")
    assert not planted("<script src=\"{% static 'js/portal.js' %}\" defer></script>{# <style> #}")
    holds(has_nothing_inline, templates())


def writes_no_inline_html(file: Python) -> list[str]:
    html = re.compile(r"<\w[^>]*\sstyle=|<style\b|<script\b|<\w[^>]*\son[a-z]{3,}=")
    return [file.at(node, "has inline code or style") for node, value in strings(file) if html.search(value)]


def test_no_html_made_in_python_has_inline_code_or_style() -> None:
    assert finds(writes_no_inline_html, "foi/tables.py", "format_html('<td style=\"color:red\">{}</td>', 1)")
    assert not finds(writes_no_inline_html, "foi/tables.py", "format_html('<td class=\"x\">{}</td>', 1)")
    holds(writes_no_inline_html, app_files())


def shows_no_other_clock(file: Text) -> list[str]:
    return [file.at(found.start(), "asks {% now %}") for found in re.finditer(r"{%\s*now\s", file.text)]


def test_no_template_asks_what_time_it_is() -> None:
    assert shows_no_other_clock(Text("templates/base.html", "{% now 'Y' %}"))
    holds(shows_no_other_clock, templates())
