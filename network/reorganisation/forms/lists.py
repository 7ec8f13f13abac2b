"""What an admin chooses of the list of reorganisations."""

from __future__ import annotations

import django_filters

from network.forms.filters import PortalFilter
from network.reorganisation.models import Reorganisation, Status


class ReorganisationFilter(PortalFilter):
    status = django_filters.ChoiceFilter(choices=Status.choices, empty_label="Any")
    q = django_filters.CharFilter(label="Words in its title", field_name="title", lookup_expr="icontains")

    class Meta:
        model = Reorganisation
        fields = ("q", "status")
