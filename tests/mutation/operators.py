"""What it means to take away one permission check, as operators of Cosmic Ray.

Each finds one way in which this portal asks who somebody is, and puts an answer in its place that lets
everybody pass. Its own operators (and/or, comparisons, `not`) serve the small files of the wall itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

import parso
from cosmic_ray.operators.operator import Example, Operator

ASKING = (
    *("may", "everywhere", "may_be_changed_by", "may_update", "may_invite", "may_agree", "_may_agree"),
    *("may_use", "may_go", "is_own", "_permitted", "_manages", "_shared_with"),
)
"""Functions that answer whether somebody may."""

REQUIRING = ("require", "fresh_sign_in", "fresh_for", "raise_if_reauthentication_required", "_may_edit")
"""Calls that let what follows happen only for some."""

REFUSALS = ("PermissionDenied", "NotAllowed")
"""What is raised against somebody who may not."""

OWNERS = ("user", "asked_by", "actor", "person")
"""Columns that say whose a row is."""

NONE = "Q(pk__in=[])"


def _calls(node: Any) -> Iterator[tuple[int, str]]:
    """(index of the parentheses' trailer, name of what is called) for each call in a chain `a.b(c).d(e)`."""
    if node.type not in ("atom_expr", "power"):
        return
    for index, child in enumerate(node.children):
        if child.type == "trailer" and child.children[0].value == "(":
            before = node.children[index - 1]
            last = before.children[-1] if before.type == "trailer" else before
            if last.type == "name":
                yield index, last.value


def _arguments(trailer: Any) -> list[Any]:
    """The nodes between the parentheses, commas left out."""
    inside = trailer.children[1:-1]
    if len(inside) == 1 and inside[0].type == "arglist":
        inside = inside[0].children
    return [child for child in inside if getattr(child, "value", "") != ","]


def _code(nodes: Sequence[Any]) -> str:
    return "".join(node.get_code() for node in nodes)


def _written(code: str, like: Any) -> Any:
    """`code` as a node that can stand where `like` stands."""
    first = like.get_first_leaf()
    node = parso.parse(code.strip()).children[0]  # what stood before it is not of the expression
    node.get_first_leaf().prefix = first.prefix
    return node


class TakeAway(Operator):
    """Puts other code in the place of a whole expression; `instead` says which, or nothing."""

    def instead(self, node: Any) -> str:
        raise NotImplementedError

    def mutation_positions(self, node: Any) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
        if self.instead(node):
            yield node.start_pos, node.end_pos

    def mutate(self, node: Any, index: int) -> Any:
        return _written(self.instead(node), node)


class Requirement(TakeAway):
    """`require(user, Permission.X)` requires nothing."""

    def instead(self, node: Any) -> str:
        named = any(name in REQUIRING and index == len(node.children) - 1 for index, name in _calls(node))
        return "None" if named else ""

    @classmethod
    def examples(cls) -> Sequence[Example]:
        return (Example("require(user, P.X)", "None"), Example("guards.require(user, P.X)", "None"))


class Permitted(TakeAway):
    """`user.may(Permission.X)` is always true."""

    def instead(self, node: Any) -> str:
        asked = any(name in ASKING and index == len(node.children) - 1 for index, name in _calls(node))
        return "True" if asked else ""

    @classmethod
    def examples(cls) -> Sequence[Example]:
        return (Example("a = user.may(P.X)", "a = True"), Example("not user.may(P.X, at=b)", "not True"))


class Scope(TakeAway):
    """`rows.visible_to(user)` are all rows."""

    def instead(self, node: Any) -> str:
        for index, name in _calls(node):
            if name == "visible_to":
                return _code(node.children[: index - 1]) + ".all()" + _code(node.children[index + 1 :])
        return ""

    @classmethod
    def examples(cls) -> Sequence[Example]:
        return (
            Example("Row.objects.visible_to(user).first()", "Row.objects.all().first()"),
            Example("a = Row.objects.visible_to(user)", "a = Row.objects.all()"),
            Example("if a and rows.visible_to(user).exists(): b()", "if a and rows.all().exists(): b()"),
        )


class Fetch(TakeAway):
    """`visible_or_404(rows, user, pk=1)` finds it for whoever asks."""

    def instead(self, node: Any) -> str:
        for index, name in _calls(node):
            if name == "visible_or_404" and index == len(node.children) - 1:
                rows, _user, *lookup = _arguments(node.children[index])
                given = ", ".join(part.get_code().strip() for part in (rows, *lookup))
                return f'__import__("django.shortcuts").shortcuts.get_object_or_404({given})'
        return ""

    @classmethod
    def examples(cls) -> Sequence[Example]:
        return (
            Example(
                "visible_or_404(Row, user, pk=1)",
                '__import__("django.shortcuts").shortcuts.get_object_or_404(Row, pk=1)',
            ),
        )


class ReadableByAll(TakeAway):
    """One `return` of `readable_by` names no condition: every row is readable."""

    def instead(self, node: Any) -> str:
        if node.type != "return_stmt":
            return ""
        function = node.search_ancestor("funcdef")
        if function is None or function.name.value not in ("readable_by", "rule"):
            return ""
        return "" if node.get_code().strip() == "return Q()" else "return Q()"

    @classmethod
    def examples(cls) -> Sequence[Example]:
        return (
            Example(
                "def readable_by(cls, user):\n    return Q(x=1)\n",
                "def readable_by(cls, user):\n    return Q()\n",
            ),
        )


class Refusal(TakeAway):
    """`raise PermissionDenied(…)` is not raised."""

    def instead(self, node: Any) -> str:
        if node.type != "raise_stmt":
            return ""
        raised = node.children[1].get_first_leaf()
        return "pass" if raised.value in REFUSALS else ""

    @classmethod
    def examples(cls) -> Sequence[Example]:
        return (Example('raise NotAllowed("No.")', "pass"),)


class AtEveryBody(TakeAway):
    """`standing.organisations(Permission.X)` are all that there are."""

    def instead(self, node: Any) -> str:
        asked = any(
            name == "organisations" and index == len(node.children) - 1 for index, name in _calls(node)
        )
        return "frozenset(range(500))" if asked else ""

    @classmethod
    def examples(cls) -> Sequence[Example]:
        return (Example("a = u.standing.organisations(P.X)", "a = frozenset(range(500))"),)


class OneOwn(TakeAway):
    """`rows.filter(user=request.user)` are those of others too."""

    def instead(self, node: Any) -> str:
        for index, name in _calls(node):
            given = _arguments(node.children[index]) if name in ("filter", "get") else []
            left = [part for part in given if not self._is_one_own(part)]
            if len(left) < len(given):
                others = ", ".join(part.get_code().strip() for part in left)
                return f"{_code(node.children[:index])}({others}){_code(node.children[index + 1 :])}"
        return ""

    @staticmethod
    def _is_one_own(part: Any) -> bool:
        if part.type != "argument" or part.children[0].type != "name":
            return False
        name, value = part.children[0].value, part.children[-1].get_code().strip()
        return name in OWNERS and value in ("request.user", "user", "by", "reader")

    @classmethod
    def examples(cls) -> Sequence[Example]:
        return (Example("b = a.filter(user=request.user, pk=1).first()", "b = a.filter(pk=1).first()"),)


class Unrestricted(TakeAway):
    """Nothing is restricted: `restricted=…` is false, `rows.restricted()` are none, nor is any of a model."""

    def instead(self, node: Any) -> str:
        if node.type == "argument" and node.children[0].get_code().strip() == "restricted":
            return "restricted=False"
        if node.type == "return_stmt":
            function = node.search_ancestor("funcdef")
            own = function is not None and function.name.value == "restricted"
            said = node.get_code().strip().removeprefix("return ")
            return f"return ({said}) & {NONE}" if own and "self.filter" not in said and said != NONE else ""
        for index, name in _calls(node):
            of_rows = node.children[index - 1].type == "trailer" and "super" not in node.get_code()
            if name == "restricted" and of_rows:
                return _code(node.children[: index - 1]) + ".none()" + _code(node.children[index + 1 :])
        return ""

    @classmethod
    def examples(cls) -> Sequence[Example]:
        return (
            Example("respond(a, restricted=True)", "respond(a, restricted=False)"),
            Example("a = rows.restricted().exists()", "a = rows.none().exists()"),
            Example(
                "def restricted(cls):\n    return Q(x=1)\n",
                f"def restricted(cls):\n    return (Q(x=1)) & {NONE}\n",
            ),
        )


class Provider:
    """How Cosmic Ray is told of them."""

    operators: ClassVar[dict[str, type[Operator]]] = {
        each.__name__: each
        for each in (
            *(Requirement, Permitted, Scope, Fetch, ReadableByAll),
            *(Refusal, AtEveryBody, OneOwn, Unrestricted),
        )
    }

    def __iter__(self) -> Iterator[str]:
        return iter(self.operators)

    def __getitem__(self, name: str) -> type[Operator]:
        return self.operators[name]
