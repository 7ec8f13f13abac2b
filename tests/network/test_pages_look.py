"""What every page has: its frame, its words, its size, and nothing that the content policy forbids."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.staticfiles import finders
from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.template import engines
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.views.defaults import bad_request, page_not_found, permission_denied, server_error

from network import charts, prose
from network.counts import Count

OPEN_PAGES = ["/accounts/login/", "/accounts/password/reset/", "/accessibility/", "/privacy/", "/cookies/"]

FIRST_VIEW = 120 * 1024
SCRIPT = 40 * 1024


def soup_of(response) -> Any:
    return BeautifulSoup(response.content, "html.parser")


@pytest.mark.once
@pytest.mark.django_db
@pytest.mark.parametrize("address", OPEN_PAGES)
def test_open_pages_have_the_whole_frame(client, address):
    soup = soup_of(client.get(address))

    assert soup.html["lang"] == "en"
    assert soup.title.get_text().endswith(settings.NETWORK_NAME)
    assert len(soup.find_all("h1")) == 1
    assert soup.find("a", class_="govuk-skip-link")["href"] == "#main-content"
    assert soup.find("main")["id"] == "main-content"
    assert {"/accessibility/", "/privacy/", "/cookies/"} <= {
        link["href"] for link in soup.footer.find_all("a")
    }
    assert "Demonstration: invented figures" in soup.get_text()


@pytest.mark.once
@pytest.mark.django_db
@pytest.mark.parametrize("address", OPEN_PAGES)
def test_pages_keep_to_the_content_policy(client, address):
    soup = soup_of(client.get(address))

    assert not soup.find_all(style=True)
    assert not soup.find_all("style")
    assert all(script.get("src", "").startswith("/static/") for script in soup.find_all("script"))
    assert not [tag for tag in soup.find_all() if any(name.startswith("on") for name in tag.attrs)]


@pytest.mark.once
@pytest.mark.django_db
def test_nothing_says_demonstration_outside_one(client, settings):
    settings.PORTAL_DEMO = False

    assert "invented figures" not in client.get("/accessibility/", secure=True).content.decode()


@pytest.mark.once
@pytest.mark.django_db
def test_a_refused_sign_in_is_told_in_the_title_and_in_the_summary(client):
    soup = soup_of(client.post("/accounts/login/", {"login": "", "password": ""}))

    assert soup.title.get_text().startswith("Error: Sign in")
    assert [a.get_text() for a in soup.select(".govuk-error-summary a")] == [
        "Enter an email address",
        "Enter a password",
    ]


def test_error_pages_say_what_happened_and_what_to_do_next():
    request = RequestFactory().get("/somewhere/")
    pages = {
        400: bad_request(request, Exception()),
        403: permission_denied(request, PermissionDenied("Only the two co-chairs agree an agenda.")),
        404: page_not_found(request, Exception()),
        500: server_error(request),
    }
    for status, response in pages.items():
        soup = soup_of(response)
        assert response.status_code == status
        assert soup.h1.get_text()
        assert soup.main.find("a", href="/"), status
        assert "Demonstration: invented figures" in soup.get_text()
    assert "Only the two co-chairs agree an agenda." in soup_of(pages[403]).main.get_text()


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["400", "403", "403_csrf", "404", "409", "500", "503", "network/pdf_failed"])
def test_an_error_page_stands_without_the_database(page, django_assert_num_queries):
    with django_assert_num_queries(0):
        soup: Any = BeautifulSoup(render_to_string(f"{page}.html"), "html.parser")
    assert soup.h1.get_text() in soup.title.get_text()
    assert soup.main.find("a", href="/")
    assert not soup.find("form")


@pytest.mark.django_db
@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_while_the_database_is_away_the_portal_says_so_and_what_to_do(error, client, monkeypatch):
    """Each page asks for the session first; the page that says so asks for nothing."""

    def away(*args):
        raise error("could not connect to server")

    client.raise_request_exception = False
    monkeypatch.setattr(SessionBase, "__getitem__", away)
    for address in ("/", "/accounts/login/"):
        answer = client.get(address)
        assert answer.status_code == 503, address
        assert answer["Retry-After"] == "60"
        words = soup_of(answer).main.get_text()
        assert "The portal is not available just now" in words
        assert "Wait a few minutes, then go back and try again" in words
        assert "could not connect" not in answer.content.decode()


def test_any_other_mistake_is_one_of_the_portals_own(client, monkeypatch):
    def wrong(*args):
        raise ZeroDivisionError

    client.raise_request_exception = False
    monkeypatch.setattr(SessionBase, "__getitem__", wrong)
    answer = client.get("/")
    assert answer.status_code == 500
    assert "Sorry, the portal made a mistake" in soup_of(answer).main.get_text()


def test_a_race_is_told_with_its_reason():
    page = render_to_string("409.html", {"reason": "It was changed while you were reading."})

    assert "It was changed while you were reading." in page


def test_a_picture_of_numbers_says_them_in_words_and_never_draws_what_is_not_known():
    rows: list[charts.Row] = [("Kent", 12, ""), ("Surrey", None, "not recorded"), ("Slough <b>", 0, "nil")]
    source = "{% load portal %}{% bar_chart 'Disagreements' 'Kent reports the most.' rows %}"
    svg: Any = BeautifulSoup(engines["django"].from_string(source).render({"rows": rows}), "html.parser").svg

    assert svg.title.get_text() == svg["aria-label"] == "Disagreements. Kent reports the most."
    assert svg.desc.get_text() == "Kent: 12; Surrey: not recorded; Slough <b>: 0 (nil)"
    assert [float(bar["width"]) for bar in svg.find_all("rect")] == [
        pytest.approx(float(svg.rect["width"])),
        0,
    ]
    assert not svg.find_all(style=True)


def test_a_range_is_drawn_to_where_it_begins_and_left_open_to_where_it_may_reach():
    rows: list[charts.Row] = [
        ("exact", *charts.of_count(Count.parse("150"))),
        ("range", *charts.of_count(Count.parse("101–150"))),
        ("few", *charts.of_count(Count.parse("<5"))),
        ("rounded", *charts.of_count(Count.parse("40 (to the nearest 5)"))),
    ]
    chart = charts.bars("t", "d", rows)
    exact, between, few, rounded = chart.bars
    assert (between.text, few.text, rounded.text) == ("101 to 150", "<5", "40 (to the nearest 5)")
    assert between.length / exact.length == pytest.approx(101 / 150, abs=0.01)
    assert between.reach == exact.length == exact.reach
    svg = BeautifulSoup(chart.drawing, "html.parser")
    assert [path["stroke-dasharray"] for path in svg.find_all("path")] == ["3 3"]  # of the range alone
    assert not few.drawn
    assert "range: 101 to 150" in chart.in_words
    assert between.text_x + 9 * len(between.text) <= chart.width + 9


def test_bars_are_as_long_as_their_numbers_say_and_stay_inside():
    chart = charts.bars("t", "d", [("a", 10, "from 4 of 7"), ("b", 5, ""), ("c", 20, "")], maximum=20)

    assert [bar.length / chart.bars[2].length for bar in chart.bars] == pytest.approx(
        [0.5, 0.25, 1], abs=0.01
    )
    assert all(bar.text_x + 9 * len(bar.text) <= chart.width + 9 for bar in chart.bars)


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        '<img src=x onerror="alert(1)">',
        "![x](https://elsewhere.example/pixel.png)",
        '<a href="/" style="position:fixed">x</a>',
    ],
)
def test_peoples_words_can_do_no_harm(text):
    soup: Any = BeautifulSoup(prose.html(text), "html.parser")

    assert not soup.find_all(["script", "img", "style", "iframe"])
    assert not [a for a in soup.find_all("a") if a.get("href", "").startswith("javascript")]
    assert not [tag for tag in soup.find_all() if "style" in tag.attrs or "onerror" in tag.attrs]


def test_peoples_headings_fit_under_the_pages_own():
    soup: Any = BeautifulSoup(prose.html("# One\n\n### Three\n\n# Again", top=3), "html.parser")

    assert [tag.name for tag in soup.find_all(re.compile("h[1-6]"))] == ["h3", "h4", "h3"]


def test_the_design_system_gives_the_few_wanted_files_and_nothing_else():
    assert finders.find("govuk-frontend/govuk-frontend.min.js")
    assert not finders.find("govuk-frontend/assets/images/govuk-crest.svg")
    assert not finders.find("govuk-frontend/../package.json")


def packed(path: str | Path) -> int:
    return len(gzip.compress(Path(path).read_bytes(), 9))


def test_the_first_view_and_its_script_are_small():
    scripts = ["js/start.js", "js/portal.js", "js/conditions.js", "govuk-frontend/govuk-frontend.min.js"]
    found = [finders.find(name) for name in scripts]
    styles = Path(settings.BASE_DIR) / "static/build/portal.css"
    script = sum(packed(str(path)) for path in found)

    assert all(found)
    assert script <= SCRIPT
    assert script + packed(styles) <= FIRST_VIEW - 30 * 1024  # what is left is the page itself


def test_the_styles_ask_for_no_other_file_and_not_for_a_typeface_that_is_not_ours():
    css = (Path(settings.BASE_DIR) / "static/build/portal.css").read_text()

    assert "url(" not in css
    assert "@font-face" not in css
    assert "gds transport" not in css.lower()
