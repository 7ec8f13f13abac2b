"""Which checks there are, in the portal's own code, that can be taken away one by one."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cosmic_ray import plugins
from cosmic_ray.ast import ast_nodes, get_ast_from_path
from cosmic_ray.mutating import mutate_code

from tests.mutation.operators import Provider

ROOT = Path(__file__).resolve().parents[2]
APPS = ("network", "questionnaires", "foi", "actions", "cypcc_portal")
WALL = ("network/roles.py", "network/audience.py", "network/guards.py")
LEFT_OUT = ("/migrations/", "/management/", "/demo", "_demo", "demo_", "seed")
"""What no page runs: changes of tables, commands of whoever runs the portal, invented and first rows."""
CONDITIONS = ("AddNot", "ReplaceAndWithOr", "ReplaceOrWithAnd")
COMPARISONS = ("Is_IsNot", "IsNot_Is", "Eq_NotEq", "NotEq_Eq")

plugins.OPERATOR_PROVIDERS["portal"] = Provider()


@dataclass(frozen=True)
class Mutant:
    path: str
    operator: str
    occurrence: int
    line: int
    code: str  # of its first line, as it stands
    function: str  # "path:line" of the outermost function around it

    def __str__(self) -> str:
        return f"{self.path}:{self.line} {self.short}: {self.code}"

    @property
    def short(self) -> str:
        """The operator's own name."""
        return self.operator.split("/")[1]

    def source(self) -> str:
        """The file without the check."""
        code = mutate_code(source(self.path), plugins.get_operator(self.operator)(), self.occurrence)
        assert code is not None, f"{self} is not there"
        return str(code)


def files() -> list[str]:
    """Every file of the portal that runs when somebody opens a page or something falls due."""
    named = subprocess.run(
        ["git", "ls-files", *(f"{app}/*.py" for app in APPS)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    return [path for path in named if not any(part in path for part in LEFT_OUT)]


@cache
def source(path: str) -> str:
    return (ROOT / path).read_text()


Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


def functions(tree: ast.AST) -> Iterator[Function]:
    """The outermost ones: methods too, but no function within a function."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, Function):
            yield node
        else:
            yield from functions(node)


@cache
def _spans(path: str) -> list[tuple[int, int]]:
    return [(each.lineno, each.end_lineno or 0) for each in functions(ast.parse(source(path)))]


def mutants(path: str) -> Iterator[Mutant]:
    """Every check of one file that can be taken away. What is asked once, while a module is loaded, is asked
    of nobody and is left out."""
    lines = source(path).splitlines()
    operators = [f"portal/{name}" for name in Provider()]
    if path in WALL:
        comparisons = (f"ReplaceComparisonOperator_{name}" for name in COMPARISONS)
        operators += [f"core/{name}" for name in (*CONDITIONS, *comparisons)]
    tree = get_ast_from_path(ROOT / path)
    for name in operators:
        operator = plugins.get_operator(name)()
        places = [place for node in ast_nodes(tree) for place in operator.mutation_positions(node)]
        for occurrence, ((line, _column), _end) in enumerate(places):
            around = [first for first, last in _spans(path) if first <= line <= last]
            if around:
                yield Mutant(path, name, occurrence, line, lines[line - 1].strip(), f"{path}:{around[0]}")
