"""What is asked (instrument), of whom and how it stands (requests), and what came back (outcomes)."""

from foi.models.instrument import Item, ItemVersion
from foi.models.outcomes import Outcome
from foi.models.requests import FoiRound, Request, RequestEvent

__all__ = ["FoiRound", "Item", "ItemVersion", "Outcome", "Request", "RequestEvent"]
