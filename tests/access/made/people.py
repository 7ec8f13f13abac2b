"""A body of the directory with one person, and a job."""

from __future__ import annotations

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

from network import dates
from network.account.sessions import kept
from network.account.sessions.models import Kept, SignIn
from network.jobs import Job
from network.people.models import Organisation
from network.roles import Role
from tests import factories
from tests.access.who import ADMIN, INSIDE, MEMBERS
from tests.access.world import World, planted


def make(world: World) -> None:
    body = Organisation.objects.create(
        kind=Organisation.Kind.OTHER, name="Aa body", full_name=f"Body {planted('body')}", slug="aa-body"
    )
    world.add("body", body, INSIDE, slug=body.slug)
    person = factories.person(f"Person {planted('person')}", Role.CONTRIBUTOR, body)
    world.add("person", person, MEMBERS, pk=person.pk)
    term = person.memberships.get()
    world.add("term", term, MEMBERS, pk=person.pk, term=term.pk)
    office = world.people["cochair_two"].memberships.get()
    world.add("office", office, MEMBERS, pk=office.user_id, term=office.pk)
    lost = factories.person(f"Person {planted('lost phone')}")
    TOTP.activate(lost, generate_totp_secret())
    world.add("lost phone", lost, ADMIN, pk=lost.pk)
    for owner, state in (("lead", "failed"), ("admin", "done")):
        job = Job.objects.create(
            kind="report.draft",
            key=f"{owner} {state}",
            title=f"Work {planted(f'job of {owner}')}",
            state=state,
            asked_by=world.people[owner],
            finished_at=dates.now(),
            error="It did not work." if state == "failed" else "",
        )
        world.add(f"job of {owner}", job, ADMIN | {owner}, pk=job.pk)
    lead = world.people["lead"]
    device = SignIn.objects.create(user=lead, key="elsewhere", device=f"Phone {planted('sign-in of lead')}")
    world.add("sign-in of lead", device, frozenset({"lead"}), pk=device.pk)
    words = kept.Typed("/", "/", [("text", f"Half a {planted('kept of lead')}")], [])
    held = Kept.objects.create(user=lead, sealed=kept.seal(words))
    world.add("kept of lead", held, frozenset({"lead"}), pk=held.pk)
