"""Events of clocks: what runs out, and what has run out. The aggregate is the one whose clock it is."""

from datetime import datetime

from services.chassis.events import EventData


class ClockEvent(EventData, frozen=True, kw_only=True):
    """`clock` is its kind; `post` owes what it measures; `ladder` is started by the breach."""

    order_id: str
    report_id: str
    clock: str
    due_at: datetime
    post: str
    unit: str
    ladder: str | None


class ClockWarned(ClockEvent, frozen=True, kw_only=True):
    type = "huying.routing.clock.warned.v1"


class ClockBreached(ClockEvent, frozen=True, kw_only=True):
    type = "huying.routing.clock.breached.v1"
