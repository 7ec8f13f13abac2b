"""One's own details: who sees the address and telephone number, and which mails one gets."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from network import audit, mail_kinds
from network.account import second_factor
from network.forms import LoadedModelForm, ManyField, OneField, PortalForm, TextField
from network.guards import SignedIn
from network.mail_kinds import CHOOSABLE, WHAT
from network.marks import Loaded
from network.people.contact import ShownTo
from network.people.models import Membership, User
from network.people.names import name_as_kept, why_no_name
from network.roles import Permission
from network.workflow import Changed

A_NUMBER = RegexValidator(
    r"^\+?[0-9(][0-9() .-]{4,}( ?(ext|x)\.? ?[0-9]+)?$",
    "Enter a telephone number, like 01622 696 333 or 07700 900 982",
)


class DetailsForm(LoadedModelForm):
    name = TextField(label="Name", limit=120)
    job_title = TextField(label="Job title", limit=120, required=False)
    phone = TextField(
        label="Telephone number",
        limit=40,
        width="govuk-input--width-20",
        required=False,
        validators=[A_NUMBER],
        help_text="A work number. Leave it empty if people should write to you.",
    )
    contact_shown_to = OneField(
        label="Who sees your e-mail address and telephone number?",
        choices=ShownTo.choices,
        hints={
            ShownTo.NETWORK: "Leads, deputies, contributors and directors of all authorities, the co-chairs "
            "and the coordinator.",
            ShownTo.COORDINATOR: "The coordinator writes to you about your roles, so always sees them.",
        },
    )

    class Meta(LoadedModelForm.Meta):
        model = User
        fields = ("name", "job_title", "phone", "contact_shown_to")

    def clean_name(self) -> str:
        name = name_as_kept(self.cleaned_data["name"])
        if says := why_no_name(name):
            raise ValidationError(says)
        return name


class MailForm(PortalForm):
    """The kinds that this person's roles get and that can be done without; ticked is wanted."""

    wanted = ManyField(label="Which of these mails do you want?", choices=[], required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [kind for kind in mail_kinds.sent_to(user) if kind in CHOOSABLE]
        field = self.fields["wanted"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(kind.value, kind.label) for kind in offered]
        field.widget.hints = {kind.value: WHAT[kind] for kind in offered}
        field.initial = [kind.value for kind in offered if mail_kinds.wanted(user, kind)]
        self.offers = bool(offered)


@require_safe
def profile(request: SignedIn) -> HttpResponse:
    """One's own account: what the portal holds of it, each part with the way to change it."""
    user = request.user
    roles = Membership.objects.in_force().filter(user=user).select_related("organisation")
    declined = [
        kind.label for kind in CHOOSABLE if kind in mail_kinds.sent_to(user) and kind in user.mail_declined
    ]
    context = {
        "person": user,
        "roles": roles,
        "declined": declined,
        "second_step": second_factor.words_of(user),
        "manages": user.may(Permission.PEOPLE_MANAGE),
    }
    return render(request, "network/profile_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def profile_edit(request: SignedIn) -> HttpResponse:
    form = DetailsForm(request.POST or None, instance=_again(request.user))
    if request.method == "POST" and form.is_valid():
        try:
            change_details(by=request.user, loaded=form.loaded, **form.changes())
        except Changed:
            form.show_newer(DetailsForm(instance=_again(request.user)))
        else:
            messages.success(request, "Your details are saved.")
            return redirect("profile")
    return render(request, "network/profile_form.html", {"form": form}, status=form.status)


@require_http_methods(["GET", "HEAD", "POST"])
def profile_mail(request: SignedIn) -> HttpResponse:
    form = MailForm(request.POST if request.method == "POST" else None, user=request.user)
    if request.method == "POST" and form.is_valid():
        choose_mails(by=request.user, wanted=form.cleaned_data["wanted"])
        messages.success(request, "Your choice of mails is saved.")
        return redirect("profile")
    always = [(kind.label, WHAT[kind]) for kind in mail_kinds.sent_to(request.user) if kind not in CHOOSABLE]
    return render(request, "network/profile_mail.html", {"form": form, "always": always})


def change_details(*, by: User, loaded: Loaded, **changes: Any) -> None:
    """One's own name, job title, number, and who sees them. Raises Changed if the page was an older one."""
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=by.pk)
        loaded.check_row(person)
        for name, value in changes.items():
            setattr(person, name, value)
        if changes:
            person.save(update_fields=list(changes))
            audit.record(by=by, verb="changed own details", on=person, changed=sorted(changes))


def choose_mails(*, by: User, wanted: Iterable[str]) -> None:
    """Of the kinds that may be turned off, those that the person still wants."""
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=by.pk)
        declined = mail_kinds.declining(person, wanted)
        if declined != person.mail_declined:
            person.mail_declined = declined
            person.save(update_fields=["mail_declined"])
            audit.record(by=by, verb="chose mails", on=person, declined=declined)


def _again(user: User) -> User:
    """The person's row, for a form to put into it what is typed: the page's header shows what is saved."""
    return User.objects.get(pk=user.pk)
