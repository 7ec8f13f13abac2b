"""Reading the repository's own source, for the tests that hold the law of the house.

A rule is a function from one file to what it says against it (a list of strings, each "path:line what").
`holds` asks it of every file; `finds` of a few planted lines, so that each rule is seen to catch something.
"""

import ast
import functools
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple, TypeVar

ROOT = Path(__file__).resolve().parent.parent
FLOORS = {"network": 1, "questionnaires": 2, "foi": 2, "actions": 2, "cypcc_portal": 3}
LABELS = FLOORS | {"reports": 3}  # cypcc_portal.reports has an app label of its own


class Python(NamedTuple):
    path: str
    tree: ast.Module

    @property
    def module(self) -> str:
        parts = self.path.removesuffix(".py").split("/")
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @property
    def app(self) -> str:
        return self.path.split("/")[0]

    def at(self, node: ast.AST, what: str) -> str:
        return f"{self.path}:{getattr(node, 'lineno', 0)} {what}"


class Text(NamedTuple):
    path: str
    text: str

    def at(self, position: int, what: str) -> str:
        return f"{self.path}:{self.text.count(chr(10), 0, position) + 1} {what}"


F = TypeVar("F", Python, Text)


def parse(path: str, source: str) -> Python:
    return Python(path, ast.parse(source))


@functools.cache
def nodes(tree: ast.AST) -> tuple[ast.AST, ...]:
    """All that is in a tree: walked once, though every rule looks at it."""
    return tuple(ast.walk(tree))


@functools.cache
def files() -> tuple[str, ...]:
    """Everything that is or will be committed."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return tuple(sorted({path for path in listed.split("\0") if path and (ROOT / path).is_file()}))


@functools.cache
def python_files() -> tuple[Python, ...]:
    return tuple(parse(path, (ROOT / path).read_text()) for path in files() if path.endswith(".py"))


@functools.cache
def app_files() -> tuple[Python, ...]:
    """The portal itself: no test, no tool."""
    return tuple(file for file in python_files() if file.app in FLOORS)


@functools.cache
def text_files() -> tuple[Text, ...]:
    found = []
    for path in files():
        try:
            found.append(Text(path, (ROOT / path).read_text()))
        except UnicodeDecodeError:
            continue  # a picture or the like
    return tuple(found)


def templates() -> tuple[Text, ...]:
    return tuple(file for file in text_files() if "templates/" in file.path)


def holds(rule: Callable[[F], list[str]], where: tuple[F, ...]) -> None:
    assert where, "nothing was looked at"
    against = [line for file in where for line in rule(file)]
    assert not against, "\n" + "\n".join(against)


def finds(rule: Callable[[Python], list[str]], path: str, source: str) -> bool:
    return bool(rule(parse(path, source)))


class Import(NamedTuple):
    name: str  # "network.people.models" or "network.people.models.User": module and what it holds look alike
    node: ast.AST


def imports(file: Python, *, at_load: bool = False) -> Iterator[Import]:
    """Every import of a file; `at_load` leaves out those in functions and those for the type checker only."""
    package = file.module.split(".")
    if not file.path.endswith("__init__.py"):
        package = package[:-1]
    for node in walk_at_load(file.tree) if at_load else nodes(file.tree):
        if isinstance(node, ast.Import):
            yield from (Import(alias.name, node) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield from (Import(f"{base}.{alias.name}", node) for alias in node.names)


def for_types(file: Python) -> set[ast.AST]:
    """What only the type checker reads."""
    blocks = (node for node in nodes(file.tree) if isinstance(node, ast.If))
    return {inner for block in blocks if "TYPE_CHECKING" in ast.dump(block.test) for inner in ast.walk(block)}


def walk_at_load(tree: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test):
            continue
        yield child
        yield from walk_at_load(child)


def within(name: str, module: str) -> bool:
    return name == module or name.startswith(module + ".")


def full_names(file: Python) -> Iterator[tuple[ast.AST, str]]:
    """Each dotted name that is read, as its full path: `tz.now` may be django.utils.timezone.now."""
    known: dict[str, str] = {}
    for node in nodes(file.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                known[alias.asname or alias.name.split(".")[0]] = (
                    alias.name if alias.asname else alias.name.split(".")[0]
                )
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                known[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    for node in nodes(file.tree):
        if isinstance(node, ast.Attribute | ast.Name):
            parts = []
            inner: ast.AST = node
            while isinstance(inner, ast.Attribute):
                parts.append(inner.attr)
                inner = inner.value
            if isinstance(inner, ast.Name):
                yield node, ".".join([known.get(inner.id, inner.id), *reversed(parts)])


def called(node: ast.Call) -> str:
    """The last word of what is called: `update` in `rows.filter(…).update(…)`."""
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def calls(file: Python) -> Iterator[ast.Call]:
    return (node for node in nodes(file.tree) if isinstance(node, ast.Call))


def strings(file: Python) -> Iterator[tuple[ast.Constant, str]]:
    for node in nodes(file.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node, node.value
