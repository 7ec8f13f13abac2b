"""The library: who reads what, and what may be put into it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from network import changes, dates, files
from network.files import StoredFile
from network.library.models import LibraryItem

LIST = "/library/"
ADD = "/library/add/"


def item(title, audience, by, **more):
    given = {"kind": "guidance", "link": "https://example.org/"} | more
    return LibraryItem.objects.create(title=title, audience=audience, added_by=by, **given)


def text(name="notes.txt", content=b"One page of plain words."):
    return SimpleUploadedFile(name, content)


@pytest.fixture
def shelf(people):
    levels = ("published", "partners", "network", "chairs", "coordinator")
    return {
        level: item(f"For {level}", level, people.admin, link="", file=files.store(text(), by=people.admin))
        for level in levels
    }


READS = {
    "observer": ["published"],
    "partner": ["published", "partners"],
    "lead": ["published", "partners", "network"],
    "director": ["published", "partners", "network"],
    "cochair_one": ["published", "partners", "network", "chairs"],
    "admin": ["published", "partners", "network", "chairs", "coordinator"],
}


@pytest.mark.parametrize("who", READS)
def test_each_reads_what_is_meant_for_them_by_every_door(shelf, people, sign_in, who):
    client = sign_in(getattr(people, who))
    pages = [client.get(LIST + query).content.decode() for query in ("", "?export=csv", "?q=for")]
    told = [
        change.title
        for change in changes.latest(getattr(people, who), dates.now() - timedelta(days=1), most=30)
    ]
    for level, row in shelf.items():
        reads = level in READS[who]
        assert all((row.title in page) == reads for page in pages), level
        assert client.get(f"{LIST}{row.pk}/").status_code == (200 if reads else 404)
        assert client.get(f"{LIST}{row.pk}/file/").status_code == (200 if reads else 404)
        if who != "admin":  # nobody is told of what they added themselves
            assert any(row.title in title for title in told) == reads
    assert f"{len(READS[who])} item" in pages[0]


def test_a_file_comes_back_as_it_was_given_and_as_an_attachment(shelf, people, sign_in):
    answer = sign_in(people.lead).get(f"{LIST}{shelf['network'].pk}/file/")
    assert b"".join(answer.streaming_content) == b"One page of plain words."
    assert answer["Content-Disposition"].startswith("attachment")


def test_a_lead_adds_a_file_for_the_network(people, sign_in, orgs):
    data = {
        "title": "Our tracker", "kind": "template", "description": "Columns", "link": "",
        "authority": orgs["kent"].pk, "audience": "network", "upload": text(),
    }  # fmt: skip
    answer = sign_in(people.lead).post(ADD, data, follow=True)
    assert "“Our tracker” is in the library." in answer.content.decode()
    added = LibraryItem.objects.get()
    assert (added.added_by, added.authority, added.file.name) == (people.lead, orgs["kent"], "notes.txt")
    assert "Our tracker" in sign_in(people.stranger).get(LIST).content.decode()
    assert "Our tracker" not in sign_in(people.partner).get(LIST).content.decode()


@pytest.mark.parametrize(
    ("who", "files"), [("stranger", False), ("lead", True), ("admin", True), ("cochair_one", True)]
)
def test_a_lead_files_the_practice_of_their_own_authority_and_the_chairs_of_any(
    people, sign_in, orgs, who, files
):
    client = sign_in(getattr(people, who))
    assert (f'<option value="{orgs["kent"].pk}"' in client.get(ADD).content.decode()) == files
    data = {
        "title": "Kent’s practice", "kind": "practice", "link": "https://example.org",
        "authority": orgs["kent"].pk, "audience": "network",
    }  # fmt: skip
    answer = client.post(ADD, data)
    assert LibraryItem.objects.exists() == files
    if not files:
        assert "Choose your own authority" in answer.content.decode()


@pytest.mark.parametrize("who", ["contributor", "director", "partner", "observer"])
def test_who_may_not_add_gets_no_form_and_no_button(people, sign_in, who):
    client = sign_in(getattr(people, who))
    assert client.get(ADD).status_code == 403
    data = {"title": "x", "kind": "other", "link": "https://example.org", "audience": "published"}
    assert client.post(ADD, data).status_code == 403
    assert "Add an item" not in client.get(LIST).content.decode()
    assert not LibraryItem.objects.exists()


@pytest.mark.parametrize("level", ["chairs", "coordinator", "legal"])
def test_nobody_adds_what_they_could_not_read_themselves(people, sign_in, level):
    data = {"title": "x", "kind": "other", "link": "https://example.org", "audience": level}
    answer = sign_in(people.lead).post(ADD, data)
    assert answer.status_code == 200
    assert not LibraryItem.objects.exists()


@pytest.mark.parametrize(
    ("upload", "says"),
    [
        (text("big.txt", b"x" * 30 * 1024 * 1024), "“big.txt” is 30 MB; the limit is 10 MB."),
        (text("virus.exe", b"MZ"), "“virus.exe” can’t be uploaded"),
        (text("not.pdf", b"just words"), "“not.pdf” does not have the content of a PDF"),
        (text("empty.txt", b""), "is empty"),
    ],
)
def test_a_file_that_is_not_taken_is_explained_and_what_was_typed_is_kept(people, sign_in, upload, says):
    data = {
        "title": "Our tracker", "kind": "template", "description": "Columns of our tracker",
        "audience": "partners", "upload": upload,
    }  # fmt: skip
    page = sign_in(people.lead).post(ADD, data).content.decode()
    assert says in page.replace("&#x27;", "’")
    assert 'value="Our tracker"' in page
    assert "Columns of our tracker" in page
    assert "Upload a file or enter a link" not in page
    assert not LibraryItem.objects.exists()
    assert not StoredFile.objects.exists()


def test_neither_file_nor_link_is_told(people, sign_in):
    page = (
        sign_in(people.lead)
        .post(ADD, {"title": "x", "kind": "other", "audience": "network"})
        .content.decode()
    )
    assert "Upload a file or enter a link" in page


def test_words_and_kind_narrow_the_list_and_it_says_so(people, sign_in):
    item("Tracker for referrals", "network", people.admin, kind="template")
    item("How to refer", "network", people.admin, description="with a tracker")
    item("Something else", "network", people.admin)
    client = sign_in(people.lead)
    page = client.get(f"{LIST}?q=TRACKER+refer").content.decode()
    assert "2 of 3 items" in page
    assert "Something else" not in page
    page = client.get(f"{LIST}?q=tracker&kind=template").content.decode()
    assert "1 of 3 items" in page
    assert "Error:" in client.get(f"{LIST}?kind=poem").content.decode()


def test_a_link_has_no_file(people, sign_in):
    row = item("A link", "network", people.admin)
    client = sign_in(people.lead)
    assert client.get(f"{LIST}{row.pk}/file/").status_code == 404
    assert "https://example.org/" in client.get(f"{LIST}{row.pk}/").content.decode()


def test_the_list_costs_the_same_for_three_and_thirty_and_fetches_one_page(people, sign_in):
    client = sign_in(people.lead)
    costs = []
    for more in (3, 30):
        for number in range(more):
            item(f"Item {number}", "network", people.admin)
        with CaptureQueriesContext(connection) as queries:
            page = client.get(LIST).content.decode()
        costs.append(len(queries))
        assert page.count("/library/") >= 3
    assert costs[0] == costs[1] <= 20
    assert "Items 1 to 25 of 33" in page


def test_an_item_has_a_title_and_a_file_or_a_link(people):
    for wrong in ({"title": "x", "link": ""}, {"title": "", "link": "https://example.org"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            LibraryItem.objects.create(kind="other", added_by=people.admin, **wrong)
