"""An admin adds and changes one body of the directory."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.text import slugify

from network import audit, dates
from network.marks import Loaded
from network.people.models import Footprint, Membership, Organisation, User
from network.reorganisation.models import Ending, Reorganisation, Status
from network.workflow import Refused


def add(*, by: User, **described: Any) -> Organisation:
    try:
        with transaction.atomic():
            body = Organisation.objects.create(slug=slugify(described["name"])[:80], **described)
            audit.record(by=by, verb="add a body", on=body, name=body.name)
    except IntegrityError as error:  # somebody added it at the same moment
        raise Refused("Somebody added a body with this name or code meanwhile") from error
    return body


def change(body: Organisation, *, by: User, loaded: Loaded, **changes: Any) -> Organisation:
    """What was typed stands from now on; an earlier last day ends its roles and footprint with it."""
    try:
        with transaction.atomic():
            locked: Organisation = Organisation.objects.select_for_update().get(pk=body.pk)
            loaded.check_row(locked)
            if reason := dates_stand(locked, changes):
                raise Refused(reason)
            before = {name: getattr(locked, name) for name in changes}
            for name, value in changes.items():
                setattr(locked, name, value)
            locked.save()
            audit.record(by=by, verb="change a body", on=locked, before=before, after=changes)
            if changes.get("ends_on"):
                _end_with(locked, locked.ends_on, by)
    except IntegrityError as error:
        raise Refused("Another body has this code by now. Look into the directory.") from error
    return locked


def dates_stand(body: Organisation, changes: dict[str, Any]) -> str:
    """Why its dates can't be changed: a prepared reorganisation is about them."""
    if not {"starts_on", "ends_on"} & set(changes):
        return ""
    about = Reorganisation.objects.filter(status__in=(Status.PREPARED, Status.IN_FORCE))
    ends = Ending.objects.filter(body=body, live=True).values("reorganisation")
    found = about.filter(
        Q(pk__in=ends) if "ends_on" in changes else Q(successors__body=body, successors__new=True)
    ).first()
    if found is None and changes.get("ends_on"):
        counting = about.filter(status=Status.PREPARED, on__gt=changes["ends_on"])
        found = counting.filter(Q(successors__covers__other=body) | Q(successors__body=body)).first()
    if found is None:
        return ""
    return f"Its dates follow from “{found}”, on {dates.long_date(found.on)}. Change them there."


def _end_with(body: Organisation, last: date | None, by: User) -> None:
    """Roles and footprint end with the body; those that were to begin later stay, and begin nowhere."""
    later = Q(ends_on__isnull=True) | Q(ends_on__gt=last)
    begun = Q(starts_on__isnull=True) | Q(starts_on__lte=last)
    for seat in Membership.objects.filter(later, begun, organisation=body):
        seat.ends_on = last
        seat.save(update_fields=["ends_on"])
        audit.record(by=by, verb="end a role", on=seat, role=seat.role, body=str(body), ends_on=last)
    Footprint.objects.filter(later, Q(authority=body) | Q(icb=body), starts_on__lte=last).update(ends_on=last)
