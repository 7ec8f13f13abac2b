"""The people who walk through every door, and who reads what.

Both tables are written from the product's own ("Who uses it", "Audience"), not from the code that is tested.
"""

from __future__ import annotations

Who = frozenset[str]

ADMIN: Who = frozenset({"admin"})
COCHAIRS: Who = frozenset({"cochair_one", "cochair_two"})
CHAIRS: Who = COCHAIRS | ADMIN

FILLERS: Who = frozenset({"lead", "deputy", "contributor"})  # may answer for Kent
SUBMITTERS: Who = frozenset({"lead", "deputy"})  # may submit for Kent
KENT: Who = FILLERS | {"director"}
STRANGER: Who = frozenset({"stranger"})  # the lead of Medway

MEMBERS: Who = CHAIRS | KENT | STRANGER
HEALTH: Who = frozenset({"partner", "other_partner"})
OBSERVER: Who = frozenset({"observer"})
FORMER: Who = frozenset({"former"})  # a lead of Kent until yesterday
NOBODY: Who = frozenset()

INSIDE: Who = MEMBERS | HEALTH  # everybody but observers
EVERYBODY: Who = INSIDE | OBSERVER  # every signed-in role
SIGNED_IN: Who = EVERYBODY | FORMER  # with or without a role

VISITOR = "visitor"

READERS: dict[str, Who] = {
    "published": EVERYBODY,
    "partners": INSIDE,
    "network": MEMBERS,
    "chairs": CHAIRS,
    "coordinator": ADMIN,
    "legal": frozenset({"lead", "cochair_one"}),  # named one by one; the coordinator is not among them
}
"""Who reads a thing of each audience. For `legal` the world names these two for every such thing."""

WALKERS = (
    "admin",
    "cochair_one",
    "lead",
    "deputy",
    "contributor",
    "director",
    "stranger",
    "partner",
    "other_partner",
    "observer",
    "former",
    VISITOR,
)
