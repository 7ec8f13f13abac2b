"""One address, two open invitations: said before the second is sent, to whoever sees the first.

A remark and no refusal: a person may come to two roles. A lead hears of invitations to their own authority
alone; whether another authority has invited the same person makes no difference to what they see.
"""

from __future__ import annotations

from network import dates
from network.forms import SaidFirst
from network.membership import rules
from network.membership.models import Invitation, waiting_for
from network.membership.rules import Unfit
from network.people.models import User


class TwiceRemark(SaidFirst):
    """A form that invites; sent without having shown the remark it shows it, and sends nothing yet."""

    reader: User
    invited: list[str]

    def look_for_invitations(self, reader: User) -> None:
        """At the end of `__init__`."""
        self.reader, self.invited = reader, []
        self.look_out("invited")

    def invited_already(self) -> bool:
        """Whether there is something to say that the page which was sent had not said; then it is shown."""
        there, mark = self._there()
        if self.had_said("invited", mark):
            return False
        self.invited = [_words(one) for one in there]
        return bool(there)

    def _there(self) -> tuple[list[Invitation], str]:
        """Those to the address; the one to the same role at the same place is refused or sent again."""
        given = self.cleaned_data
        try:
            email = rules.address(given["email"])
        except Unfit:  # the act says so
            return [], ""
        seat = given["role"], given["organisation"]
        there = [one for one in waiting_for(email, self.reader) if (one.role, one.organisation) != seat]
        return there, ",".join(str(one.pk) for one in there)[:200]


def _words(one: Invitation) -> str:
    return f"{one.name}, as {one.seat}, by {one.invited_by.name}, until {dates.long_date(one.expires_at)}"
