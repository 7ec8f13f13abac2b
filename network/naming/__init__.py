"""Who alone reads a legal thing: the one act by which people are named for it, and what is told of it.

Agenda items, library items and actions can be kept to named people; every other kind refuses `legal` by a
constraint. Naming is one co-chair's act; the other sees that it happened, who was named and by whom, and
neither the thing nor where it stands (`namings`).

Whoever is named learns that they are, by mail and at home, and finds what it is behind the sign-in
(`shared_with`). Somebody whose name is taken off is told nothing.
"""

from network.naming.acts import forget, mark_of_named, may_be_named, name_people
from network.naming.page import name_anew_page, names_page
from network.naming.shared import Shared, address_of, shared_with
from network.naming.standing import Kept, kept_things, lost, namings, newest
from network.naming.telling import tell_the_rest

__all__ = [
    "Kept",
    "Shared",
    "address_of",
    "forget",
    "kept_things",
    "lost",
    "mark_of_named",
    "may_be_named",
    "name_anew_page",
    "name_people",
    "names_page",
    "namings",
    "newest",
    "shared_with",
    "tell_the_rest",
]
