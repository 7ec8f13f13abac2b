"""What is typed about people, and by those who are invited."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

from network import dates
from network.forms import SAID, DateField, LoadedMixin, LoadedModelForm, OneField, PortalForm, TextField
from network.forms.filters import PortalFilter
from network.marks import mark_of_row
from network.membership import rules, seats
from network.membership.earlier import becomes, not_for_a_while, replaceable
from network.membership.leads import LeadsRemark
from network.membership.models import Invitation, seat_words
from network.membership.twice import TwiceRemark
from network.people.contact import contact_rule
from network.people.history import listed
from network.people.models import Membership, Organisation, User
from network.roles import INVITED_BY_LEADS, Permission, Role

ROLE_HINTS: dict[str, str] = {
    Role.LEAD: "Answers and submits for the authority, owns its actions",
    Role.DEPUTY: "The same as the lead, for when the lead is away",
    Role.CONTRIBUTOR: "Fills in the questionnaire, without submitting it",
    Role.DIRECTOR: "Reads what members read, and the authority’s own returns",
    Role.CO_CHAIR: "Agrees agendas, notes and reports",
    Role.ADMIN: "The network’s coordinator: members, rounds, FOI, plan, reports",
    Role.PARTNER: "An integrated care board or other health contact: reads what is shared with partners",
    Role.OBSERVER: "Reads published reports only",
}

WHO_HAS_A_BODY = "Choose one for a lead, deputy, contributor, director or partner."


def bodies_in_force() -> QuerySet[Organisation]:
    """Those of today and to come, by name, as a list to choose from."""
    bodies: QuerySet[Organisation] = Organisation.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=dates.today()), never_in_force=False
    )
    return bodies.order_by("full_name")


class BodyChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Organisation) -> str:
        return obj.full_name


class InvitationForm(TwiceRemark, LeadsRemark, PortalForm):
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
        help_text=WHO_HAS_A_BODY,
        empty_label="None: a role of the network as a whole",
    )

    fixed: Organisation | None = None  # the only one to which the person may invite

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        organisation, role = self.fields["organisation"], self.fields["role"]
        assert isinstance(organisation, forms.ModelChoiceField)
        assert isinstance(role, forms.ChoiceField)
        organisation.queryset = bodies_in_force()
        self.look_for_leads()
        self.look_for_invitations(user)
        if user.may(Permission.PEOPLE_MANAGE):
            return
        own = bodies_in_force().filter(pk__in=user.standing.organisations(Permission.PEOPLE_INVITE))
        role.choices = [(one.value, one.label) for one in Role if one in INVITED_BY_LEADS]
        organisation.queryset, organisation.empty_label, organisation.required = own, None, True
        organisation.help_text = ""
        if len(own) == 1:
            self.fixed = own[0]
            organisation.initial = own[0].pk
            organisation.widget = organisation.hidden_widget()

    def remarks(self) -> bool:
        """Of both kinds at once."""
        return any([super().remarks(), self.invited_already()])

    def act(self) -> dict[str, Any]:
        """What the act is handed."""
        return _for_act(self)


def _for_act(form: PortalForm) -> dict[str, Any]:
    given = {name: value for name, value in form.cleaned_data.items() if not name.startswith(SAID)}
    return {**given, "role": Role(given["role"])}


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


class InvitationFilter(PortalFilter):
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

    def __init__(self, *args: Any, reader: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reader = reader

    def by_words(self, rows: QuerySet[Invitation], name: str, value: str) -> QuerySet[Invitation]:
        """By an address only where it is shown."""
        shown = Q(accepted_by__isnull=True) | contact_rule(self.reader, "accepted_by__")
        words = Q(name__icontains=value) | Q(organisation__full_name__icontains=value)
        return rows.filter(words | (Q(email__icontains=value) & shown))

    def by_state(self, rows: QuerySet[Invitation], name: str, value: str) -> QuerySet[Invitation]:
        now = dates.now()
        return {
            "open": rows.filter(status="open", expires_at__gt=now),
            "late": rows.filter(status="open", expires_at__lte=now),
        }.get(value, rows.filter(status=value))


# -- People and their roles ---------------------------------------------------------------------------


class PersonForm(LoadedModelForm):
    """What an admin changes of somebody. The address of somebody without an account comes by invitation."""

    class Meta:
        model = User
        fields = ("name", "job_title", "email")
        labels = {"job_title": "Job title", "email": "Work e-mail address"}
        help_texts = {"email": "They sign in with it. The old address is told by mail."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.email is None:
            del self.fields["email"]
        else:
            self.fields["email"].required = True

    def _get_validation_exclusions(self) -> set[str]:
        """Whether the address is free is said by the act, under lock."""
        left_out: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return left_out | {"email"}


class RoleForm(LeadsRemark, PortalForm):
    place = "where"

    role = OneField(label="Role", choices=[(role.value, role.label) for role in Role], hints=ROLE_HINTS)
    where = BodyChoice(
        label="Authority or board",
        queryset=Organisation.objects.none(),
        required=False,
        help_text=WHO_HAS_A_BODY,
        empty_label="None: a role of the network as a whole",
    )
    starts_on = DateField(label="First day", initial=dates.today)
    ends_on = DateField(
        label="Last day",
        required=False,
        help_text="Leave it empty if no end is known. A co-chair has a term.",
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        where = self.fields["where"]
        assert isinstance(where, forms.ModelChoiceField)
        where.queryset = bodies_in_force()
        self.receiver = person
        self.look_for_leads(person)
        if seats := replaceable(person):
            held = listed(seat_words(one.role, one.organisation) for one in seats)
            self.fields["ends_earlier"] = forms.BooleanField(
                label="End the earlier role whose place the new one takes",
                help_text=f"{person.name} is {held}. A lead needs no other role there to do what a deputy or "
                "contributor does. The earlier role ends on the day before the new one begins; if you leave "
                "this empty, they hold both. Leave it empty if the new role has a last day: the earlier one "
                "would not come back.",
                required=False,
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("ends_earlier") and cleaned.get("ends_on") and not self.errors and self._before():
            self.add_error("ends_earlier", not_for_a_while(cleaned["ends_on"]))
        return cleaned

    def _before(self) -> list[Membership]:
        """The roles whose place the new one takes."""
        given = self.cleaned_data
        return rules.earlier_roles(self.receiver, Role(given["role"]), given["where"], given["starts_on"])

    def act(self) -> dict[str, Any]:
        return {"ends_earlier": False, **_for_act(self)}

    def says(self) -> str:
        """What will be, for whoever gives the role; asked before it is given."""
        ends = self.act()["ends_earlier"]
        before = [becomes(one, ends=ends) for one in self._before()]
        return " ".join([f"{self.receiver.name} has the role.", *before])


class RoleEndForm(LoadedMixin, PortalForm):
    """When a role ends; `heirs` are offered to a lead who leaves their authority's seat."""

    watched = ("starts_on", "ends_on", "ended_at")
    says_optional = False

    when = OneField(
        label="When does the role end?",
        choices=[("day", "At the end of a day"), ("now", "Now, at once")],
        hints={"now": "From the next page that the person opens, whatever they are doing."},
        initial="day",
    )
    ends_on = DateField(label="Last day, if not at once", required=False)
    follows = forms.ModelChoiceField(
        label="Who follows as lead?",
        queryset=User.objects.none(),
        empty_label="Choose somebody",
        help_text="Somebody who holds a role at your authority. They are lead from the day after on and keep "
        "the role they have; the coordinator is told, and can end that one.",
    )

    def __init__(self, *args: Any, term: Membership, heirs: QuerySet[User] | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        follows = self.fields["follows"]
        assert isinstance(follows, forms.ModelChoiceField)
        if heirs is None:
            del self.fields["follows"]
        else:
            follows.queryset = heirs
        self.fields["ends_on"].initial = term.ends_on
        self.remember(mark_of_row(term, self.watched))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("when") == "day" and not cleaned.get("ends_on") and "ends_on" not in self.errors:
            self.add_error("ends_on", "Enter the last day, or choose “Now, at once”")
        return cleaned

    def act(self) -> dict[str, Any]:
        last = self.cleaned_data["ends_on"] if self.cleaned_data["when"] == "day" else None
        return {"last_day": last, "follows": self.cleaned_data.get("follows"), "loaded": self.loaded}


class PersonFilter(PortalFilter):
    q = django_filters.CharFilter(label="Name, authority or board", method="by_words")
    role = django_filters.ChoiceFilter(
        label="Role today", choices=Role.choices, empty_label="All roles", method="by_role"
    )
    state = django_filters.ChoiceFilter(
        label="State",
        choices=[
            ("now", "Holds a role today"),
            ("former", "Held a role before"),
            ("none", "Never held a role"),
            ("account", "Without an account"),
            ("never", "Never signed in"),
        ],
        empty_label="All",
        method="by_state",
    )

    class Meta:
        model = User
        fields = ("q", "role", "state")

    def __init__(self, *args: Any, reader: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reader = reader
        if not reader.may(Permission.PEOPLE_MANAGE):
            del self.filters["state"]

    def by_words(self, rows: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        held = Membership.objects.in_force().filter(
            Q(organisation__full_name__icontains=value) | Q(organisation__name__icontains=value)
        )
        words = Q(name__icontains=value) | Q(pk__in=held.values("user_id"))
        return rows.filter(words | (Q(email__icontains=value) & contact_rule(self.reader)))

    def by_role(self, rows: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        return rows.filter(pk__in=Membership.objects.in_force().filter(role=value).values("user_id"))

    def by_state(self, rows: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        now = Q(pk__in=Membership.objects.in_force().values("user_id"))
        ever = Q(pk__in=Membership.objects.values("user_id"))
        return rows.filter(
            {
                "now": now,
                "former": ever & ~now,
                "none": ~ever,
                "account": Q(email__isnull=True),
                "never": Q(email__isnull=False, last_login__isnull=True),
            }[value]
        )


class SeatFilter(PortalFilter):
    q = django_filters.CharFilter(label="Authority", field_name="full_name", lookup_expr="icontains")
    needs = django_filters.ChoiceFilter(
        label="Which",
        choices=[("all", "All")],
        empty_label="Those that ask for you",
        method="by_need",
    )

    class Meta:
        model = Organisation
        fields = ("q", "needs")

    def by_need(self, rows: QuerySet[Organisation], name: str, value: str) -> QuerySet[Organisation]:
        return rows

    @property
    def chosen(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = self.qs
        return rows if self.data.get("needs") == "all" else seats.needing(rows)
