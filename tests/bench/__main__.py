"""`make bench`: what each page and each save costs, as a ratio to a signed-in page with one query.

The floor, the page, and the page with ten times the data are measured in turns within the same run, so that a
machine that is busy with other things is so for all three.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from statistics import median

from tests.bench.browsing import Answer, Client
from tests.browser.pages import Page
from tests.browser.portal import Portal, lay_down, shared
from tests.browser.walk import Catalogue, walk

FLOOR = "/bench/floor/"
AT_HOME = ("cochair.one", "lead.kent", "partner.kent-and-medway")  # besides the admin's, which differs
AT_MOST = 5.0  # times the floor
GROWTH = 1.1  # times that, with ten times the data
SAVES = (
    "agenda_item_add", "agenda_item_edit", "notes_write", "decision_add", "note_action_add",
    "attendance_edit", "meeting_edit", "section_edit", "round_edit", "foi_request_edit", "foi_reply_question",
    "action_add", "action_edit", "update_add", "report_section_edit",
)  # fmt: skip
"""Pages whose form is sent again and again. Others can be sent only once (a submission, a removal)."""


@dataclass
class Line:
    """One page or save, with the seconds that it took in the small and in the large portal."""

    name: str
    what: str
    seconds: tuple[list[float], list[float]] = field(default_factory=lambda: ([], []))
    problem: str = ""
    sizes: list[int] = field(default_factory=lambda: [0, 0])  # bytes of the answer

    @property
    def size(self) -> float:
        """How many times as long the page itself became: a list that was short before may be full now."""
        return self.sizes[1] / self.sizes[0] if all(self.sizes) else 1

    def ratio(self, floors: list[list[float]], size: int) -> float:
        return median(self.seconds[size]) / median(floors[size])

    def growth(self, floors: list[list[float]]) -> float:
        """Of pairs measured one after the other, so that what else the machine does counts little."""
        pairs = zip(*self.seconds, strict=True)
        return median(large / small for small, large in pairs) * median(floors[0]) / median(floors[1])

    def grows(self, floors: list[list[float]]) -> bool:
        """In step with a page that shows more than before is no growth, nor is a tenth of the floor."""
        more = (self.ratio(floors, 1) - self.ratio(floors, 0)) > 0.1
        return more and self.growth(floors) > GROWTH * max(1, self.size)


class Bench:
    def __init__(self, portals: list[Portal], catalogue: Catalogue) -> None:
        self.portals, self.catalogue = portals, catalogue
        self.floors: list[list[float]] = [[], []]

    def client(self, size: int, who: str) -> Client:
        return Client(self.portals[size], self.catalogue.sessions.get(who, ""))

    def floor(self, size: int) -> None:
        answer = self.client(size, "admin").get(FLOOR)
        assert answer.status == 200, f"the floor itself answers {answer.status}"
        self.floors[size].append(answer.seconds)

    def pages(self, rounds: int) -> list[Line]:
        lines = {
            page: Line(page.name, "download" if page.kind == "download" else "page") for page in self._read()
        }
        for number in range(rounds + 1):  # the first time is for warming up
            for page, line in lines.items():
                self._measure(line, number, partial(self._get, page))
        return list(lines.values())

    def _read(self) -> list[Page]:
        found = [page for page in self.catalogue.pages if page.name != "mfa_authenticate"]
        home = next(page for page in found if page.name == "home")
        return found + [replace(home, name=f"home of {who}", who=who) for who in AT_HOME]

    def _get(self, page: Page, size: int) -> tuple[Answer, str]:
        answer = self.client(size, page.who).get(page.path)
        return answer, "" if answer.status == 200 else f"answers {answer.status}"

    def saves(self, rounds: int) -> list[Line]:
        found = [
            page for page in self.catalogue.pages if page.name.split()[0] in SAVES and page.kind == "page"
        ]
        once = {page.name.split()[0]: page for page in reversed(found)}
        lines = {page: Line(name, "save") for name, page in once.items()}
        for number in range(rounds + 1):
            for page, line in lines.items():
                if not line.problem:
                    self._measure(line, number, partial(self._save, page, number))
        return list(lines.values())

    def _save(self, page: Page, number: int, size: int) -> tuple[Answer | None, str]:
        try:
            answer = self.client(size, page.who).save(page.path, number)
        except LookupError as missing:
            return None, str(missing)
        saved = answer.status == 302 or page.name == "account_login"
        return answer, "" if saved else f"was not saved: {answer.status}"

    def _measure(self, line: Line, number: int, do: Callable[[int], tuple[Answer | None, str]]) -> None:
        for size in range(len(self.portals)):
            if number:
                self.floor(size)
            answer, problem = do(size)
            if problem and not line.problem:
                line.problem = f"{problem}{', with ten times the data' if size else ''}"
            if number and answer:
                line.seconds[size].append(answer.seconds)
                line.sizes[size] = len(answer.body)


@contextmanager
def two_portals(folder: Path) -> Iterator[tuple[list[Portal], Catalogue]]:
    """The demonstration, and the same with ten times the data, each with a server of its own."""
    template = shared(folder / "demonstration", lay_down)
    store = shared(folder / "walked", lambda target: walk(template.copy(target)))
    stores = [store.copy(folder / name) for name in ("small", "large")]
    portals = [Portal(each, settings="tests.bench.settings") for each in stores]
    grown = portals[1].python("-m", "tests.bench.grow")
    if grown.returncode:
        sys.exit(f"The data could not be grown:\n{grown.stderr}")
    print(f"Ten times the data: {grown.stdout.strip()}", flush=True)
    try:
        for portal in portals:
            portal.start("web")
        yield portals, Catalogue.read(store)
    finally:
        for portal in portals:
            portal.remove()
        for each in (store, template):
            each.remove()


def flags(line: Line, floors: list[list[float]]) -> list[str]:
    said = [line.problem] if line.problem else []
    if line.seconds[0] and line.ratio(floors, 0) > AT_MOST:
        said.append(f"over {AT_MOST:g}")
    if line.seconds[1] and line.grows(floors):
        said.append(f"grows by more than {GROWTH:g}")
    return said


def table(lines: list[Line], floors: list[list[float]]) -> Iterator[str]:
    """The slowest first."""
    yield f"{'page or save':<48} {'':<8} {'ms':>7} {'ratio':>6} {'×10':>6} {'growth':>6} {'size':>5}"
    measured = [line for line in lines if line.seconds[0]]
    for line in sorted(measured, key=lambda line: -line.ratio(floors, 0)):
        numbers = (
            f"{median(line.seconds[0]) * 1000:7.1f} {line.ratio(floors, 0):6.2f} {line.ratio(floors, 1):6.2f}"
        )
        said = "; ".join(flags(line, floors))
        growth = f"{line.growth(floors):6.2f} {line.size:5.2f}"
        yield f"{line.name:<48} {line.what:<8} {numbers} {growth}  {said}".rstrip()


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=15, help="how often each page is asked for")
    parser.add_argument("--strict", action="store_true", help="exit with 1 if anything is flagged")
    chosen = parser.parse_args()
    started = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="portal-bench-") as folder,
        two_portals(Path(folder)) as (portals, catalogue),
    ):
        bench = Bench(portals, catalogue)
        lines = bench.pages(chosen.rounds) + bench.saves(max(3, chosen.rounds // 2))
    floors = bench.floors
    print("\n".join(table(lines, floors)))
    unmeasured = [line for line in lines if not line.seconds[0]]
    for line in unmeasured:
        print(f"Could not be measured: {line.what} {line.name}: {line.problem}")
    flagged = [line for line in lines if flags(line, floors)]
    small, large = (median(times) * 1000 for times in floors)
    print(f"\nThe floor: {small:.1f} ms; with ten times the data {large:.1f} ms.")
    print(f"{len(lines)} measured, {len(flagged)} flagged, in {time.monotonic() - started:.0f} s.")
    return 1 if unmeasured or (chosen.strict and flagged) else 0


if __name__ == "__main__":
    sys.exit(main())
