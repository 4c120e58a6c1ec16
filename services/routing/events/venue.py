"""Events of venues."""

from datetime import datetime

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


class VenueBooked(EventData, frozen=True, kw_only=True):
    """Somebody has the venue for a time; what for in one word, never for whom."""

    type = "huying.routing.venue.booked.v1"
    venue_id: str
    booking_id: str
    use: str
    starts_at: datetime
    ends_at: datetime
    post: str | None
    unit: str | None


class VenueFreed(EventData, frozen=True, kw_only=True):
    """The time is free again."""

    type = "huying.routing.venue.freed.v1"
    venue_id: str
    booking_id: str
