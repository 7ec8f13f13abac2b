"""What is typed about people, and by those who are invited."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

from network import dates
from network.forms import OneField, PortalForm, TextField
from network.membership.models import Invitation
from network.people.models import Organisation, User
from network.roles import INVITED_BY_LEADS, Permission, Role

ROLE_HINTS: dict[str, str] = {
    Role.LEAD: "Answers and submits for the authority, owns its actions",
    Role.DEPUTY: "The same as the lead, for when the lead is away",
    Role.CONTRIBUTOR: "Fills in the questionnaire, without submitting it",
    Role.DIRECTOR: "Reads what members read and approves the authority’s return",
    Role.CO_CHAIR: "Agrees agendas, notes and reports",
    Role.ADMIN: "The network’s coordinator: members, rounds, FOI, plan, reports",
    Role.PARTNER: "An integrated care board or other health contact: reads what is shared with partners",
    Role.OBSERVER: "Reads published reports only",
}


def bodies_in_force() -> QuerySet[Organisation]:
    """Those of today and to come, by name, as a list to choose from."""
    bodies: QuerySet[Organisation] = Organisation.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=dates.today())
    )
    return bodies.order_by("full_name")


class BodyChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Organisation) -> str:
        return obj.full_name


class InvitationForm(PortalForm):
    name = TextField(label="Name", limit=120, help_text="First name and surname.")
    email = forms.EmailField(
        label="Work e-mail address",
        max_length=254,
        help_text="The invitation works for this address only.",
        error_messages={"invalid": "Enter an address like name@example.gov.uk"},
    )
    role = OneField(label="Role", choices=[(role.value, role.label) for role in Role], hints=ROLE_HINTS)
    organisation = BodyChoice(
        label="Authority or board",
        queryset=Organisation.objects.none(),
        required=False,
        empty_label="None: a role of the network as a whole",
    )

    fixed: Organisation | None = None  # the only one to which the person may invite

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        organisation, role = self.fields["organisation"], self.fields["role"]
        assert isinstance(organisation, forms.ModelChoiceField)
        assert isinstance(role, forms.ChoiceField)
        organisation.queryset = bodies_in_force()
        if user.may(Permission.PEOPLE_MANAGE):
            return
        own = bodies_in_force().filter(pk__in=user.standing.organisations(Permission.PEOPLE_INVITE))
        role.choices = [(one.value, one.label) for one in Role if one in INVITED_BY_LEADS]
        organisation.queryset, organisation.empty_label, organisation.required = own, None, True
        if len(own) == 1:
            self.fixed = own[0]
            organisation.initial = own[0].pk
            organisation.widget = organisation.hidden_widget()

    def act(self) -> dict[str, Any]:
        """What the act is handed."""
        return {**self.cleaned_data, "role": Role(self.cleaned_data["role"])}


class NewAccountForm(PortalForm):
    """The one page of somebody who is invited and has no account."""

    name = TextField(label="Your name", limit=120)
    password = forms.CharField(
        label="Choose a password",
        strip=False,
        max_length=256,
        help_text="At least 12 characters. Three or four words that do not belong together are easy to "
        "remember and hard to guess.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, invitation: Invitation, known: User | None, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"name": invitation.name})
        super().__init__(*args, **kwargs)
        self.invitation = invitation
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        if known:  # the network has their name already
            del self.fields["name"]

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        person = User(email=self.invitation.email, name=self.cleaned_data.get("name", self.invitation.name))
        try:
            validate_password(password, person)
        except ValidationError as refusal:
            raise ValidationError(refusal.messages) from None
        return password


class InvitationFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label="Name, address or body", method="by_words")
    state = django_filters.ChoiceFilter(
        label="State",
        choices=[
            ("open", "Open"),
            ("late", "Time is over"),
            ("accepted", "Accepted"),
            ("revoked", "Withdrawn"),
        ],
        empty_label="All",
        method="by_state",
    )

    class Meta:
        model = Invitation
        fields = ("q", "state")

    def by_words(self, rows: QuerySet[Invitation], name: str, value: str) -> QuerySet[Invitation]:
        return rows.filter(
            Q(name__icontains=value) | Q(email__icontains=value) | Q(organisation__full_name__icontains=value)
        )

    def by_state(self, rows: QuerySet[Invitation], name: str, value: str) -> QuerySet[Invitation]:
        now = dates.now()
        return {
            "open": rows.filter(status="open", expires_at__gt=now),
            "late": rows.filter(status="open", expires_at__lte=now),
        }.get(value, rows.filter(status=value))
