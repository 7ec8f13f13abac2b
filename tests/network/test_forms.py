"""What people type is read as they meant it, or comes back as typed with a plain word on what is wrong."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template import engines
from hypothesis import given
from hypothesis import strategies as st

from network.counts import Count, Kind
from network.forms import (
    Contact,
    ContactField,
    CountField,
    DateField,
    ManyField,
    MatrixField,
    MonthYearField,
    OneField,
    PercentPair,
    PercentPairField,
    PortalForm,
    TextField,
    UploadField,
    WholeNumberField,
)
from network.forms.base import missing

SCALE = ("Always", "Never")


class Everything(PortalForm):
    title = TextField(label="Title", limit=20)
    notes = TextField(label="Notes", rows=3, limit=20, required=False)
    policy = OneField(
        label="Is there a policy?", choices=[("Yes", "Yes"), ("No", "No")], hints={"Yes": "Written"}
    )
    record = ManyField(label="What is kept", choices=[("a", "Dates"), ("n", "Nothing")], exclusive=["n"])
    received = DateField(label="Received on")
    agreed = MonthYearField(label="Agreed in", required=False)
    children = CountField(label="How many children?", unit="children")
    split = PercentPairField(label="Split")
    contact = ContactField(label="Contact")
    often = MatrixField(label="How often?", rows=("First row", "Second row"), scale=SCALE)
    hours = WholeNumberField(label="Hours", required=False)


GOOD = {
    "title": "Policies",
    "policy": "Yes",
    "record": ["a"],
    "received-day": "14",
    "received-month": "1",
    "received-year": "2027",
    "children-state": "exact",
    "children-value": "12",
    "split-authority": "60",
    "split-icb": "40",
    "contact-name": "Lead, Kent",
    "contact-job_title": "Lead",
    "contact-team": "",
    "contact-email": "lead.kent@demo.example",
    "often-1": "Always",
    "often-2": "Never",
}


def page(form: forms.BaseForm) -> Any:
    """The form and its summary of errors, as a page shows them."""
    source = "{% load portal crispy_forms_tags %}{% error_summary form %}{% crispy form %}"
    return BeautifulSoup(engines["django"].from_string(source).render({"form": form}), "html.parser")


def errors(**typed: Any) -> dict[str, list[str]]:
    form = Everything({**GOOD, **typed})
    return {name: [str(one) for one in messages] for name, messages in form.errors.items()}


def test_good_answers_become_the_things_they_mean():
    form = Everything(GOOD)

    assert form.is_valid(), form.errors
    assert form.cleaned_data["received"] == date(2027, 1, 14)
    assert form.cleaned_data["agreed"] is None
    assert form.cleaned_data["children"] == Count.exact(12)
    assert form.cleaned_data["split"] == PercentPair(60, 40)
    assert form.cleaned_data["contact"] == Contact("Lead, Kent", "Lead", "", "lead.kent@demo.example")
    assert form.cleaned_data["often"] == {1: "Always", 2: "Never"}


@pytest.mark.parametrize(
    ("day", "month", "year", "said"),
    [
        ("31", "2", "2026", "31 February 2026 is not a date"),
        ("29", "2", "2027", "29 February 2027 is not a date"),
        ("14", "1", "", "Received on must include a year"),
        ("", "", "2027", "Received on must include a day and a month"),
        ("14", "13", "2027", "“13” is not a month. Enter a number from 1 to 12"),
        ("x", "1", "2027", "“x” is not a day. Enter a number, like 14"),
        ("14", "1", "27", "Year must include 4 numbers, like 2026"),
        ("", "", "", "“Received on” needs a date"),
    ],
)
def test_a_date_that_does_not_exist_is_explained(day, month, year, said):
    typed = {"received-day": day, "received-month": month, "received-year": year}

    assert errors(**typed) == {"received": [said]}


def test_a_month_may_be_written_by_name():
    form = Everything({**GOOD, "received-month": "January", "agreed-month": "sep", "agreed-year": "2019"})

    assert form.is_valid(), form.errors
    assert form.cleaned_data["received"] == date(2027, 1, 14)
    assert form.cleaned_data["agreed"] == date(2019, 9, 1)


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 12, 31)))
def test_every_date_comes_back_as_it_was_given(day):
    field = DateField()

    assert field.clean(field.widget.typed(day)) == day


@given(st.lists(st.text(max_size=6), min_size=3, max_size=3))
def test_no_text_in_a_date_breaks_it(typed):
    try:
        made = DateField(required=False).clean(typed)
    except forms.ValidationError:
        return
    assert made is None or isinstance(made, date)


@pytest.mark.parametrize("text", ["twelve", "12.5", "-3", "1e3", "１２", "12 children", "²"])
def test_a_text_in_a_number_is_told_what_a_number_looks_like(text):
    assert errors(**{"children-value": text}) == {"children": ["The number must be a whole number, like 12"]}
    assert errors(hours=text) == {"hours": ["“Hours” must be a whole number, like 12"]}


def test_a_thousands_comma_is_understood():
    form = Everything({**GOOD, "children-value": "1,200", "hours": "1,200"})

    assert form.is_valid(), form.errors
    assert form.cleaned_data["children"] == Count.exact(1200)
    assert form.cleaned_data["hours"] == 1200


def test_a_count_is_never_guessed():
    """A blank is not nought, and a number beside another answer is not dropped silently."""
    assert errors(**{"children-state": "", "children-value": ""}) == {
        "children": ["Answer “How many children?”"]
    }
    assert errors(**{"children-value": ""}) == {"children": ["Enter the number"]}
    assert "Choose “A number”" in errors(**{"children-state": ""})["children"][0]
    assert "also entered “12”" in errors(**{"children-state": "not_recorded"})["children"][0]
    assert "choose “None: the number is 0”" in errors(**{"children-value": "0"})["children"][0]


@pytest.mark.parametrize("state", ["nil", "not_recorded", "not_held", "declined"])
def test_a_count_without_a_number_says_why(state):
    form = Everything({**GOOD, "children-state": state, "children-value": ""})

    assert form.is_valid(), form.errors
    assert form.cleaned_data["children"].kind == Kind(state)


@pytest.mark.parametrize("written", ["<5", "20\u201325", "40 (to the nearest 5)", "12"])
def test_a_count_as_written_keeps_how_it_was_written(written):
    field = CountField(as_written=True)
    count = field.clean(["exact", written])

    assert str(count) == written
    assert field.widget.typed(count) == ["exact", written]


def test_a_split_may_not_pass_a_hundred_and_may_stay_below():
    assert errors(**{"split-icb": "50"}) == {
        "split": ["60% and 50% add to 110%. They must add to 100% or less"]
    }
    assert errors(**{"split-icb": "30"}) == {}


def test_a_required_matrix_names_the_row_that_is_missing():
    assert errors(**{"often-2": ""}) == {"often": ["Choose an answer for “Second row”"]}


def test_an_optional_matrix_returns_the_rows_that_were_judged():
    field = MatrixField(rows=("a", "b"), scale=SCALE, required=False)

    assert field.clean(["", "Never"]) == {2: "Never"}


def test_an_exclusive_choice_stands_alone():
    assert errors(record=["a", "n"]) == {"record": ["Choose “Nothing” alone, or the others without it"]}


@pytest.mark.parametrize(
    ("label", "says"),
    [
        ("Title", "Enter a title"),
        ("ICB", "Enter an ICB"),
        ("Address for the reply", "Enter an address for the reply"),
        ("Applicant’s name", "Enter the applicant’s name"),
        ("First day to answer", "Enter the first day to answer"),
        ("What is to be done", "Enter what is to be done"),
        ("Email", "Enter an email address"),
    ],
)
def test_a_missing_answer_is_asked_for_in_a_sentence(label, says):
    assert missing(forms.CharField(), label) == says


def test_a_number_out_of_reach_and_a_text_too_long_are_told_in_plain_words():
    class Limits(PortalForm):
        percent = WholeNumberField(label="Done, in %", max_value=100)
        place = forms.CharField(label="Place", max_length=5)

    form = Limits({"percent": "120", "place": "Maidstone"})
    assert form.errors == {
        "percent": ["“Done, in %” must be 100 or less"],
        "place": ["“Place” must be 5 characters or fewer. It has 9"],
    }


def test_a_text_is_as_long_as_the_page_counts_it():
    """A browser sends a line break as two characters; the counter counts one."""
    assert errors(notes="a\r\n" * 10) == {}
    assert "notes" in errors(notes="a" * 21)


def test_what_was_typed_is_kept_with_the_error_beside_it():
    typed = {"children-value": "twelve", "received-day": "31", "received-month": "2", "received-year": "2026"}
    soup = page(Everything({**GOOD, **typed}))

    for name, text in typed.items():
        assert soup.find("input", {"name": name})["value"] == text
    assert soup.find("input", {"name": "children-state", "value": "exact"}).has_attr("checked")
    assert soup.find("input", {"name": "often-1", "value": "Always"}).has_attr("checked")
    assert soup.find(id="id_received-error").get_text(strip=True) == "Error:31 February 2026 is not a date"


def test_each_link_of_the_error_summary_leads_to_an_input():
    """The first radio, the first checkbox, the day, or the part that is wrong."""
    soup = page(Everything({}))
    targets = [link["href"].removeprefix("#") for link in soup.select(".govuk-error-summary a")]

    assert len(targets) == 8  # every required field
    assert {soup.find(id=target).name for target in targets} == {"input"}
    assert {"id_policy", "id_record", "id_received-day", "id_children-state", "id_often-1"} <= set(targets)

    wrong_year = page(Everything({**GOOD, "received-year": "27"}))
    assert wrong_year.select_one(".govuk-error-summary a")["href"] == "#id_received-year"


def test_every_input_has_a_label_and_no_id_is_used_twice():
    soup = page(Everything({}))
    ids = [tag["id"] for tag in soup.find_all(id=True)]
    labelled = {label["for"] for label in soup.find_all("label")}

    assert len(ids) == len(set(ids))
    for control in soup.find_all(["input", "textarea", "select"]):
        assert control["id"] in labelled, control
    for described in soup.find_all(attrs={"aria-describedby": True}):
        for name in described["aria-describedby"].split():
            assert soup.find(id=name), name


def test_optional_fields_say_so_and_no_field_has_an_asterisk():
    soup = page(Everything())

    assert soup.find("label", {"for": "id_notes"}).get_text() == "Notes (optional)"
    assert soup.find("label", {"for": "id_title"}).get_text() == "Title"
    assert "*" not in soup.get_text()


class Choosing(PortalForm):
    ticked = ManyField(label="Which of these?", choices=[("a", "A"), ("b", "B")], required=False)
    body = forms.ChoiceField(label="Body", choices=[("", "No body yet"), ("k", "K")], required=False)
    person = forms.ChoiceField(label="Person", choices=[("", "Choose one"), ("l", "L")], required=False)
    place = forms.ChoiceField(label="Place", choices=[("", "---------"), ("t", "Top")], required=False)


def test_optional_is_said_only_where_leaving_out_is_no_answer_of_its_own():
    """To tick nothing is an answer, and so is a choice such as "No body yet"."""
    soup = page(Choosing())
    said = [one.get_text() for one in soup.find_all(["legend", "label"]) if "optional" in one.get_text()]

    assert said == ["Person (optional)", "Place (optional)"]


def test_no_markup_that_the_content_policy_forbids():
    soup = page(Everything({}))

    assert not soup.find_all(style=True)
    assert not soup.find_all("script")
    assert not [tag for tag in soup.find_all() if any(name.startswith("on") for name in tag.attrs)]


def test_an_answer_comes_back_as_it_was_left():
    initial = {
        "received": date(2027, 1, 14),
        "children": Count.exact(12),
        "split": PercentPair(60, 40),
        "often": {2: "Never"},
        "contact": Contact("Lead, Kent", "Lead", "", "lead.kent@demo.example"),
    }
    soup = page(Everything(initial=initial))
    values = {one["name"]: one["value"] for one in soup.select("input[type=text], input[type=email]")}

    assert (values["received-day"], values["received-month"], values["received-year"]) == ("14", "1", "2027")
    assert values["children-value"] == "12"
    assert (values["split-authority"], values["split-icb"]) == ("60", "40")
    assert values["contact-email"] == "lead.kent@demo.example"
    assert {(one["name"], one["value"]) for one in soup.select("input[type=radio][checked]")} == {
        ("children-state", "exact"),
        ("often-2", "Never"),
    }


class Conditional(PortalForm):
    B1 = OneField(label="Is there a policy?", choices=[("Yes", "Yes"), ("No", "No")])
    B2 = MonthYearField(label="Since when?", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["B2"].show_if = {"B1": ["Yes"]}  # type: ignore[attr-defined]


def test_a_conditional_question_is_there_without_script_and_says_when_it_is_meant():
    soup = page(Conditional())
    group = soup.find(attrs={"data-question": "B2"})

    assert not group.has_attr("hidden")
    assert group["data-show-if"] == '{"B1": ["Yes"]}'
    assert "Only if you answered “Yes” to “Is there a policy?”" in group.get_text()


class Upload(PortalForm):
    evidence = UploadField(label="Evidence")


def test_an_upload_says_what_is_accepted_and_refuses_the_rest():
    soup = page(Upload())
    assert "up to 10 MB" in soup.find(id="id_evidence-hint").get_text()

    form = Upload({}, {"evidence": SimpleUploadedFile("run.exe", b"MZ")})
    assert "can’t be uploaded" in form.errors["evidence"][0]
    assert Upload({}).errors["evidence"] == ["Upload evidence"]


def test_a_model_date_is_asked_as_day_month_and_year():
    class Plain(PortalForm):
        due = forms.DateField(label="Due")

    assert isinstance(Plain().fields["due"], DateField)
    assert Plain({"due-day": "1", "due-month": "4", "due-year": "2026"}).is_valid()


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x1b", "\x0b", "\ufffe"])
@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("title", "title"),
        ("notes", "notes"),
        ("received-month", "received"),
        ("agreed-year", "agreed"),
        ("children-value", "children"),
        ("children-state", "children"),
        ("split-icb", "split"),
        ("contact-name", "contact"),
        ("contact-job_title", "contact"),
        ("contact-team", "contact"),
        ("contact-email", "contact"),
        ("often-2", "often"),
    ],
)
def test_a_character_that_no_store_holds_is_refused_in_every_input(name, field, character):
    typed = {name: f"12{character}34", "agreed-month": "4"} if field == "agreed" else {name: f"1{character}2"}
    found = errors(**typed)

    assert list(found) == [field]
    assert len(found[field]) == 1
    assert "contains a character that can’t be stored" in found[field][0]


def test_the_part_that_holds_such_a_character_is_named_and_linked():
    soup = page(Everything({**GOOD, "contact-team": "SEND\x00team"}))

    assert "Team contains a character" in soup.find(id="id_contact-error").get_text()
    assert soup.select_one(".govuk-error-summary a")["href"] == "#id_contact-team"


def test_tabs_line_ends_and_letters_of_every_alphabet_are_stored():
    assert errors(notes="a\tb\r\nç€😀 \u200d") == {}


def test_a_model_forms_texts_are_looked_at_as_well():
    class Plain(PortalForm):
        reason = forms.CharField(label="Reason")

    assert Plain({"reason": "a\x00b"}).errors["reason"] == [
        "“Reason” contains a character that can’t be stored. Type it again or paste it as plain text"
    ]
