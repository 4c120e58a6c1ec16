"""Events of venues."""

from services.chassis.events import EventData


class VenuePublished(EventData, frozen=True, kw_only=True):
    """A venue is open to the public, or what is said of it has changed."""

    type = "huying.routing.venue.published.v1"
    venue_id: str
    name: str
    kind: str
    services: list[str]
    area_path: list[str]
    lon: float
    lat: float
    address: str


class VenueRetired(EventData, frozen=True, kw_only=True):
    type = "huying.routing.venue.retired.v1"
    venue_id: str
