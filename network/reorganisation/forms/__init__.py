"""What an admin types: bodies, and the steps of a reorganisation."""

from network.reorganisation.forms.bodies import OrganisationForm
from network.reorganisation.forms.lists import ReorganisationFilter
from network.reorganisation.forms.steps import FootprintForm, SeatsForm, ThingsForm
from network.reorganisation.forms.what import AgainForm, JoinForm, SuccessorForm, WhatForm

__all__ = [
    "AgainForm",
    "FootprintForm",
    "JoinForm",
    "OrganisationForm",
    "ReorganisationFilter",
    "SeatsForm",
    "SuccessorForm",
    "ThingsForm",
    "WhatForm",
]
