"""The import law: three floors, imports only go down, and no circle anywhere."""

import ast
import re
from collections.abc import Iterable

from tests.house import (
    FLOORS,
    LABELS,
    ROOT,
    Python,
    Text,
    app_files,
    called,
    calls,
    finds,
    for_types,
    holds,
    imports,
    parse,
    python_files,
    strings,
    templates,
    text_files,
    within,
)

# Inside network: what each package may know of the others.
PACKAGES = {
    "network.people": set[str](),
    "network.reorganisation": {"network.people"},
    "network.account": {"network.people"},
    "network.membership": {"network.people", "network.account"},
    "network.naming": {"network.people"},
    "network.library": {"network.people", "network.naming"},
    "network.meetings": {"network.people", "network.naming"},
    "network.governance": {"network.people", "network.meetings", "network.naming"},
    "network.oversight": {"network.people", "network.account", "network.membership"},
}
# The ground modules stand under all packages; of these, people is under everything else.
GROUND = (
    *("roles", "audience", "guards", "audit", "workflow", "agreements", "registry"),
    *(
        "dates",
        "counts",
        "disclosure",
        "refusals",
        "logs",
        "files",
        "mail",
        "mail_kinds",
        "jobs",
        "forms",
        "tables",
    ),
)
PURE = ("network/dates.py", "network/counts.py", "network/disclosure.py", "foi/clock.py")
FIGURES = re.compile(r"(^|/)figures(/|\.py$)")
# A child process's whole program: the portal starts it and never imports it.
PROGRAMS = ("network/files/render_pdf.py",)
SLOW = ("pandas", "numpy", "weasyprint", "openpyxl", "pikepdf")


def imports_go_down(file: Python) -> list[str]:
    own = FLOORS.get(file.app, 0)
    return [
        file.at(found.node, f"imports {found.name}")
        for found in imports(file)
        for app in [found.name.split(".")[0]]
        if app in FLOORS and app != file.app and FLOORS[app] >= own
    ]


def test_an_import_only_goes_down_a_floor_and_never_to_a_neighbour() -> None:
    assert finds(imports_go_down, "network/mail.py", "from foi.models import Request")
    assert finds(imports_go_down, "foi/views.py", "def view():\n    import actions.models")
    assert finds(imports_go_down, "actions/apps.py", "from cypcc_portal import settings")
    assert not finds(imports_go_down, "foi/views.py", "from network.people.models import User")
    holds(imports_go_down, app_files())


def packages_stand_in_order(file: Python) -> list[str]:
    own = next((package for package in PACKAGES if within(file.module, package)), None)
    if own is None:
        return []
    return [
        file.at(found.node, f"imports {found.name}")
        for found in imports(file)
        for other in PACKAGES
        if within(found.name, other) and other != own and other not in PACKAGES[own]
    ]


def test_inside_network_people_is_under_meetings_and_library_and_meetings_is_under_governance() -> None:
    assert finds(
        packages_stand_in_order, "network/people/views.py", "from network.meetings.models import Meeting"
    )
    assert finds(packages_stand_in_order, "network/people/views.py", "from ..meetings import models")
    assert finds(packages_stand_in_order, "network/meetings/views.py", "import network.governance.models")
    assert finds(packages_stand_in_order, "network/library/views.py", "from network import meetings")
    assert not finds(
        packages_stand_in_order, "network/governance/views.py", "from network.meetings import models"
    )
    holds(packages_stand_in_order, app_files())


def ground_carries(file: Python) -> list[str]:
    if not any(within(file.module, f"network.{name}") for name in GROUND):
        return []
    types = for_types(file)  # what a registered function is handed may be named for the type checker
    return [
        file.at(found.node, f"imports {found.name}")
        for found in imports(file)
        for package in ("network.account", "network.meetings", "network.library", "network.governance")
        if within(found.name, package) and found.node not in types
    ]


def test_a_ground_module_knows_no_meeting_no_library_and_no_governance() -> None:
    assert finds(ground_carries, "network/guards.py", "from network.library.models import Document")
    assert finds(ground_carries, "network/files/stored.py", "from ..library import models")
    assert finds(
        ground_carries, "network/mail.py", "def send():\n    from network.meetings.models import Meeting"
    )
    assert not finds(ground_carries, "network/guards.py", "from network.people.models import User")
    holds(ground_carries, app_files())


def nobody_goes_through_the_list_of_models(file: Python) -> list[str]:
    if file.app != "network" or "/migrations/" in file.path:
        return []
    return [
        file.at(found.node, f"imports {found.name}")
        for found in imports(file)
        if within(found.name, "network.models")
    ]


def test_inside_network_a_model_is_imported_from_its_package() -> None:
    rule = nobody_goes_through_the_list_of_models
    assert finds(rule, "network/people/views.py", "from network.models import Meeting")
    assert finds(rule, "network/guards.py", "from network import models")
    assert not finds(rule, "foi/models.py", "from network.models import Organisation")
    holds(rule, app_files())


def circles(files: Iterable[Python]) -> list[list[str]]:
    """Groups of modules that cannot be loaded without each other."""
    by_name = {file.module: file for file in files}
    edges = {
        name: sorted(
            {
                target
                for found in imports(file, at_load=True)
                if (target := nearest(found.name, by_name)) and target != name
            }
        )
        for name, file in by_name.items()
    }
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found_circles: list[list[str]] = []

    def visit(name: str) -> None:
        index[name] = low[name] = len(index)
        stack.append(name)
        for target in edges[name]:
            if target not in index:
                visit(target)
                low[name] = min(low[name], low[target])
            elif target in stack:
                low[name] = min(low[name], index[target])
        if low[name] == index[name]:
            group = stack[stack.index(name) :]
            del stack[stack.index(name) :]
            if len(group) > 1:
                found_circles.append(sorted(group))

    for name in edges:
        if name not in index:
            visit(name)
    return found_circles


def nearest(name: str, modules: Iterable[str]) -> str | None:
    """The module that an imported name is, or is taken from."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        if (candidate := ".".join(parts[:length])) in modules:
            return candidate
    return None


def test_no_modules_import_each_other_in_a_circle() -> None:
    a = parse("network/a.py", "from network import b")
    b = parse("network/b.py", "from network.c import thing")
    assert circles([a, b, parse("network/c.py", "from .a import other")]) == [
        ["network.a", "network.b", "network.c"]
    ]
    assert circles([a, b, parse("network/c.py", "def late():\n    from network import a")]) == []
    assert circles(python_files()) == []


def names_no_floor_above(file: Python) -> list[str]:
    """Nor a neighbour: no string foreign key, no get_model, no name of one of their addresses."""
    own = FLOORS.get(file.app, 0)
    labels = [label for label, floor in LABELS.items() if floor >= own and label != file.app]
    if file.app == "cypcc_portal":
        return []
    named = re.compile(rf"({'|'.join(labels)})[.:]\w[\w.:]*")
    against = [
        file.at(node, f"names {value!r}")
        for node, value in strings(file)
        if named.fullmatch(value) and value != f"{file.app}.urls"
    ]
    for call in calls(file):
        if called(call) not in ("get_model", "get_app_config") or not call.args:
            continue
        first = call.args[0]
        if isinstance(first, ast.Constant) and str(first.value).split(".")[0] in labels:
            against.append(file.at(call, f"asks for {first.value!r}"))
    return against


def test_no_string_reaches_a_model_or_an_address_of_a_floor_above() -> None:
    assert finds(
        names_no_floor_above, "network/mail.py", 'models.ForeignKey("foi.Request", on_delete=CASCADE)'
    )
    assert finds(names_no_floor_above, "network/mail.py", 'apps.get_model("foi", "Request")')
    assert finds(names_no_floor_above, "network/mail.py", 'apps.get_model("reports.Report")')
    assert finds(
        names_no_floor_above, "foi/models.py", 'models.ForeignKey("actions.Action", on_delete=CASCADE)'
    )
    assert finds(names_no_floor_above, "network/views.py", 'redirect("questionnaires:round_list")')
    assert not finds(names_no_floor_above, "foi/models.py", 'models.ForeignKey("network.Organisation")')
    holds(names_no_floor_above, app_files())


def address_names() -> dict[str, str]:
    """The name of each address on the floors above network, with its app."""
    found: dict[str, str] = {}
    for file in app_files():
        if file.path.endswith("urls.py") and file.path != "cypcc_portal/urls.py" and file.app != "network":
            for call in calls(file):
                for keyword in call.keywords:
                    if keyword.arg == "name" and isinstance(keyword.value, ast.Constant):
                        found[str(keyword.value.value)] = file.app
    return found


def is_of_network(path: str) -> bool:
    return path.startswith(("templates/network/", "templates/components/")) or path == "templates/base.html"


def template_names_no_floor_above(file: Text, names: dict[str, str] | None = None) -> list[str]:
    if not is_of_network(file.path):
        return []
    names = address_names() if names is None else names
    above = "|".join(label for label in LABELS if label != "network")
    against = [
        file.at(found.start(), f"names {found[0]}")
        for found in re.finditer(rf"""["'](?:{above})[:/][^"']*["']|{{%\s*load\s+(?:{above})\w*""", file.text)
    ]
    for found in re.finditer(r"""{%\s*url\s+["']([\w:-]+)["']""", file.text):
        if found[1] in names:
            against.append(file.at(found.start(), f"names an address of {names[found[1]]}"))
    return against


def test_no_template_of_the_network_names_an_address_or_a_template_of_a_floor_above() -> None:
    def planted(source: str) -> list[str]:
        return template_names_no_floor_above(Text("templates/base.html", source), {"round_list": "foi"})

    assert planted("{% url 'foi:round' %}")
    assert planted('<a href="{% url "round_list" %}">')
    assert planted("{% include 'actions/_row.html' %}")
    assert planted("{% load foi_tags %}")
    assert not planted("{% url 'meeting_list' %} {% load network_tags %}")
    holds(template_names_no_floor_above, templates())


def knows_no_models(file: Python) -> list[str]:
    if file.path not in PURE:
        return []
    return [
        file.at(found.node, f"imports {found.name}")
        for found in imports(file)
        if within(found.name, "django.db")
        or within(found.name, "django.apps")
        or within(found.name, "django.contrib")
        or "models" in found.name.split(".")
        or (found.name.split(".")[0] in FLOORS and not is_pure(found.name))
    ]


def is_pure(name: str) -> bool:
    return any(within(name, path.removesuffix(".py").replace("/", ".")) for path in PURE)


def test_dates_counts_disclosure_and_the_clock_know_no_models() -> None:
    assert finds(knows_no_models, "foi/clock.py", "from network.people.models import BankHoliday")
    assert finds(knows_no_models, "network/counts.py", "from django.db import models")
    assert finds(knows_no_models, "network/dates.py", "from network import jobs")
    assert not finds(knows_no_models, "foi/clock.py", "from network.dates import working_day_after")
    holds(knows_no_models, app_files())


def imports_no_test(file: Python) -> list[str]:
    if file.app == "tests":
        return []
    return [
        file.at(found.node, f"imports {found.name}") for found in imports(file) if within(found.name, "tests")
    ]


def test_nothing_outside_the_tests_imports_from_them() -> None:
    assert finds(imports_no_test, "foi/demo.py", "from tests.factories import request")
    holds(imports_no_test, python_files())


def pandas_stays_in_figures(file: Python) -> list[str]:
    return [
        file.at(found.node, f"imports {found.name}")
        for found in imports(file)
        if within(found.name, "pandas") and not FIGURES.search(file.path)
    ]


def test_pandas_stays_in_figures() -> None:
    assert finds(pandas_stays_in_figures, "foi/views.py", "def view():\n    import pandas as pd")
    assert not finds(pandas_stays_in_figures, "foi/figures.py", "def figures():\n    import pandas")
    assert not finds(pandas_stays_in_figures, "cypcc_portal/reports/figures/foi.py", "import pandas")
    holds(pandas_stays_in_figures, app_files())


def loads_nothing_slow(file: Python) -> list[str]:
    if file.path in PROGRAMS:
        return []
    programs = [path.removesuffix(".py").replace("/", ".") for path in PROGRAMS]
    return [
        file.at(found.node, f"loads {found.name}")
        for found in imports(file, at_load=True)
        if found.name.split(".")[0] in SLOW or any(within(found.name, program) for program in programs)
    ]


def test_nothing_slow_is_loaded_before_it_is_used() -> None:
    assert finds(loads_nothing_slow, "network/files/printing.py", "import weasyprint")
    assert finds(loads_nothing_slow, "network/files/workbooks.py", "from openpyxl import Workbook")
    assert finds(loads_nothing_slow, "network/files/__init__.py", "from network.files import render_pdf")
    assert not finds(loads_nothing_slow, "network/files/workbooks.py", "def read():\n    import openpyxl")
    assert not finds(loads_nothing_slow, "foi/figures.py", "if TYPE_CHECKING:\n    import pandas")
    holds(loads_nothing_slow, app_files())


ELSEWHERE = re.compile(
    "|".join(
        [
            r"\.\./" + "shared",
            r"(?<![\w./-])/" + r"(?:work|tmp|root|home)/",
            r"registry\." + r"npmjs\.org",
            r"(?:files\.)?" + r"pythonhosted\.org",
            r"\bpypi\." + r"org/simple",
            r"deb\." + r"debian\.org",
        ]
    )
)


def names_no_place_elsewhere(file: Text) -> list[str]:
    return [file.at(found.start(), f"names {found[0]}") for found in ELSEWHERE.finditer(file.text)]


def test_the_repository_names_no_folder_of_a_machine_and_no_host_of_a_registry() -> None:
    def planted(source: str) -> list[str]:
        return names_no_place_elsewhere(Text("README.md", source))

    assert planted("see .." + "/shared/design")
    assert planted("cd " + "/work" + "/main")
    assert planted("https://registry." + "npmjs.org/sass")
    assert not planted("https://www.example.org/work/plan and static/tmp/")
    assert any(file.path == "requirements.txt" for file in text_files())
    holds(names_no_place_elsewhere, text_files())


def test_the_law_speaks_of_rooms_that_exist() -> None:
    for room in [*FLOORS, *(package.replace(".", "/") for package in PACKAGES)]:
        assert (ROOT / room / "__init__.py").is_file(), room
    for name in GROUND:
        assert (ROOT / "network" / f"{name}.py").is_file() or (ROOT / "network" / name).is_dir(), name
    for path in PURE:
        assert (ROOT / path).is_file(), path
