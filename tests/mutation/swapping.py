"""Other code in the place of functions that are already there.

A check is taken away in a process that has everything loaded: the file is compiled without it, and each live
function whose code differs gets the new one. Whoever imported the function by name has the same object.
"""

from __future__ import annotations

import ast
import builtins
import gc
import importlib
import inspect
from collections import defaultdict
from collections.abc import Collection, Iterator
from types import CodeType, FunctionType

from tests.mutation.checks import ROOT, functions, source

REACHED: set[str] = set()
"""The marked functions that ran."""


def compiled(path: str, code: str | ast.Module) -> CodeType:
    return compile(code, str(ROOT / path), "exec", dont_inherit=True)


def _pairs(before: CodeType, after: CodeType) -> Iterator[tuple[CodeType, CodeType]]:
    """The code of each function, as it was and as it is, where they differ."""
    inner, changed = _inner(before), _inner(after)
    for name, olds in inner.items():
        news = changed[name]
        if len(olds) == len(news):  # otherwise the check itself held them
            for old, new in zip(olds, news, strict=True):
                if old != new and old.co_flags & inspect.CO_OPTIMIZED:
                    yield old, new
                yield from _pairs(old, new)


def _inner(code: CodeType) -> dict[str, list[CodeType]]:
    found: dict[str, list[CodeType]] = defaultdict(list)
    for one in code.co_consts:
        if isinstance(one, CodeType):
            found[one.co_name].append(one)
    return found


class Live:
    """The functions of the portal's files that there are, by their code."""

    def __init__(self, paths: Collection[str]) -> None:
        for path in paths:
            importlib.import_module(path.removesuffix(".py").removesuffix("/__init__").replace("/", "."))
        places = {str(ROOT / path): path for path in paths}
        self.found: dict[tuple[str, CodeType], list[FunctionType]] = defaultdict(list)
        gc.unfreeze()  # what was set aside when the tests began is not among the objects
        for each in gc.get_objects():
            if type(each) is FunctionType and each.__code__.co_filename in places:
                self.found[places[each.__code__.co_filename], each.__code__].append(each)
        gc.freeze()
        assert all(any(path == place for place, _ in self.found) for path in paths), "not every file is there"

    def put(self, path: str, code: str | ast.Module) -> int:
        """Puts the new code in the place of the old; how many functions have changed."""
        number = 0
        for old, new in _pairs(compiled(path, source(path)), compiled(path, code)):
            for function in self.found[path, old]:
                function.__code__ = new
                number += 1
        return number

    def put_back(self) -> None:
        """Each function has its own code again."""
        for (_, code), same in self.found.items():
            for function in same:
                function.__code__ = code

    def mark(self, paths_lines: dict[str, set[int]]) -> None:
        """From now on these functions say in `REACHED` that they ran."""
        builtins.__reached__ = REACHED.add  # type: ignore[attr-defined]
        for path, lines in paths_lines.items():
            tree = ast.parse(source(path))
            for function in functions(tree):
                if function.lineno in lines:
                    _mark(function, f"{path}:{function.lineno}")
            self.put(path, ast.fix_missing_locations(tree))


def _mark(function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, key: str) -> None:
    says = ast.Call(ast.Name("__reached__", ast.Load()), [ast.Constant(key)], [])
    if isinstance(function, ast.Lambda):
        both = ast.Tuple([says, function.body], ast.Load())
        function.body = ast.Subscript(both, ast.Constant(1), ast.Load())
        ast.copy_location(function.body, both.elts[1])
        return
    after = 1 if ast.get_docstring(function, clean=False) is not None else 0
    said = ast.copy_location(ast.Expr(says), function.body[-1])
    function.body.insert(after, said)
