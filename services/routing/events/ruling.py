"""Events of rulings: whose a matter is, by the centre's word. The reasons stay with the ruling."""

from datetime import datetime

from services.chassis.events import EventData


class RulingMade(EventData, frozen=True, kw_only=True):
    """`precedent`: it holds for other matters of the category and area too."""

    type = "huying.routing.ruling.made.v1"
    ruling_id: str
    order_id: str
    lead_post: str
    lead_unit: str
    precedent: bool
    category: str | None
    area_id: str | None
    valid_from: datetime
    valid_to: datetime | None


class RulingRevoked(EventData, frozen=True, kw_only=True):
    type = "huying.routing.ruling.revoked.v1"
    ruling_id: str
    order_id: str
