"""Events of honours."""

from services.chassis.events import EventData


class HonourNominated(EventData, frozen=True, kw_only=True):
    type = "huying.routing.honour.nominated.v1"
    honour_id: str
    post: str
    unit: str
    points: int
    works: list[str]


class HonourPublished(EventData, frozen=True, kw_only=True):
    type = "huying.routing.honour.published.v1"
    honour_id: str
    post: str
    unit: str
    points: int


class HonourDeclined(EventData, frozen=True, kw_only=True):
    type = "huying.routing.honour.declined.v1"
    honour_id: str


class HonourWithdrawn(EventData, frozen=True, kw_only=True):
    type = "huying.routing.honour.withdrawn.v1"
    honour_id: str
