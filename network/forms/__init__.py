"""Forms in the portal's look: fields that read what people type and say plainly what is wrong with it."""

from network.forms.base import PortalForm, PortalMixin, PortalModelForm
from network.forms.composite import (
    Contact,
    ContactField,
    CountField,
    MatrixField,
    PercentPair,
    PercentPairField,
)
from network.forms.dated import DateField, MonthYearField
from network.forms.loaded import LoadedMixin, LoadedModelForm
from network.forms.said import SAID, SaidFirst
from network.forms.simple import (
    Checkboxes,
    ManyField,
    OneField,
    Radios,
    TextField,
    UploadField,
    WholeNumberField,
)

__all__ = [
    "SAID",
    "Checkboxes",
    "Contact",
    "ContactField",
    "CountField",
    "DateField",
    "LoadedMixin",
    "LoadedModelForm",
    "ManyField",
    "MatrixField",
    "MonthYearField",
    "OneField",
    "PercentPair",
    "PercentPairField",
    "PortalForm",
    "PortalMixin",
    "PortalModelForm",
    "Radios",
    "SaidFirst",
    "TextField",
    "UploadField",
    "WholeNumberField",
]
