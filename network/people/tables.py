"""The directory as a table: each body as it stands on one day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import django_tables2 as tables
from django.db.models import Prefetch, QuerySet
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from network import dates
from network.people.holding import Planned
from network.people.models import Footprint, Membership, Organisation
from network.roles import Role
from network.tables import PortalTable

SHOWN = (Role.LEAD, Role.DEPUTY, Role.PARTNER)
"""Whom one turns to at a body; everybody else stands on the body's own page."""


def standing_on(bodies: QuerySet[Organisation], day: date, *, people: bool) -> QuerySet[Organisation]:
    """The bodies with who covers whom on that day and, for those who may know, who holds which role."""
    footprint = Footprint.objects.in_force(day)
    bodies = bodies.prefetch_related(
        Prefetch("covered_by", footprint.select_related("icb").order_by("icb__name"), "boards_then"),
        Prefetch(
            "covers", footprint.select_related("authority").order_by("authority__name"), "authorities_then"
        ),
    )
    if not people:
        return bodies
    seats = Membership.objects.in_force(day).filter(role__in=SHOWN).select_related("user")
    return bodies.prefetch_related(Prefetch("memberships", seats.order_by("user__name"), "people_then"))


def state_on(body: Organisation, day: date) -> str:
    if body.never_in_force:
        return "Never in force"
    if body.starts_on and body.starts_on > day:
        return "To come"
    return "Former" if body.ends_on and body.ends_on < day else "In force"


COLOURS = {"In force": "green", "To come": "blue", "Former": "grey", "Never in force": "grey"}


ON_ONE_LINE = {"td": {"class": "app-nowrap"}}


class OrganisationTable(PortalTable):
    caption = "Authorities and boards"
    noun = ("body", "bodies")

    name = tables.Column(
        verbose_name="Body"
    )  # in the order of the short names: boards beside their authorities
    state = tables.Column(verbose_name="State", empty_values=(), order_by=("starts_on", "ends_on"))
    codes = tables.Column(
        empty_values=(),
        verbose_name="Codes",
        attrs=ON_ONE_LINE,
        order_by=("gss_code", "dfe_code", "ods_code"),
    )
    starts_on = tables.Column(verbose_name="From", empty_values=(), attrs=ON_ONE_LINE)
    ends_on = tables.Column(verbose_name="To", empty_values=(), attrs=ON_ONE_LINE)
    footprint = tables.Column(verbose_name="Covered by, or covers", empty_values=(), orderable=False)
    people = tables.Column(verbose_name="Lead and deputy, or partner", empty_values=(), orderable=False)

    class Meta(PortalTable.Meta):
        model = Organisation
        fields = ("name", "state", "codes", "starts_on", "ends_on", "footprint", "people")
        order_by = "name"
        empty_text = "No body here on that day."

    def __init__(
        self, bodies: QuerySet[Organisation], *args: Any, day: date, people: bool, states: bool, **kwargs: Any
    ) -> None:
        self.day = day
        super().__init__(standing_on(bodies, day, people=people), *args, **kwargs)
        for name, shown in (("people", people), ("state", states)):
            if not shown:
                self.columns.hide(name)

    def render_name(self, record: Organisation) -> SafeString:
        asked = "" if self.day == dates.today() else f"?on={self.day.isoformat()}"
        return format_html(
            '<a class="govuk-link" href="{}{}">{}</a>', record.get_absolute_url(), asked, record.full_name
        )

    def value_name(self, record: Organisation) -> str:
        return record.full_name

    def render_state(self, record: Organisation) -> SafeString:
        state = state_on(record, self.day)
        return format_html('<strong class="govuk-tag govuk-tag--{}">{}</strong>', COLOURS[state], state)

    def value_state(self, record: Organisation) -> str:
        return state_on(record, self.day)

    def render_codes(self, record: Organisation) -> SafeString | str:
        codes = ((code,) for code in codes_of(record))
        return format_html_join(mark_safe("<br>"), "{}", codes) or "not yet published"

    def value_codes(self, record: Organisation) -> str:
        return ", ".join(codes_of(record))

    def render_starts_on(self, value: date | None) -> str:
        return dates.short_date(value) if value else ""

    def value_starts_on(self, value: date | None) -> Any:
        return value

    def render_ends_on(self, value: date | None) -> str:
        return dates.short_date(value) if value else ""

    def value_ends_on(self, value: date | None) -> Any:
        return value

    def render_footprint(self, record: Any) -> str:
        boards = [(row.icb.name, row.coverage) for row in record.boards_then]
        return ", ".join(
            _covered(boards + [(row.authority.name, row.coverage) for row in record.authorities_then])
        )

    def render_people(self, record: Any) -> SafeString:
        return format_html_join(mark_safe("<br>"), "{}", ((one,) for one in self._people(record)))

    def value_people(self, record: Any) -> str:
        return "; ".join(self._people(record))

    def _people(self, record: Any) -> list[str]:
        return [one.says for one in self._planned.held(record, record.people_then)]

    @cached_property
    def _planned(self) -> Planned:
        """For the bodies of the page, or of the download."""
        return Planned([row.record.pk for row in self.paginated_rows], SHOWN, self.day)


def codes_of(body: Organisation) -> list[str]:
    """ "ONS E10000016", "DfE 886", "ODS QKS"; only those that there are."""
    codes = (("ONS", body.gss_code), ("DfE", body.dfe_code), ("ODS", body.ods_code))
    return [f"{whose} {code}" for whose, code in codes if code]


def _covered(rows: Iterable[tuple[str, str]]) -> list[str]:
    """Covered in part is said; wholly goes without saying."""
    return [f"{name} (part)" if coverage == Footprint.Coverage.PART else name for name, coverage in rows]
