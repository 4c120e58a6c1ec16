"""Events of meetings and their series. Ids and counts only; minutes and decisions are read where the reader may see them."""

from services.chassis.events import EventData


class MeetingSeriesDefined(EventData, frozen=True, kw_only=True):
    """Also when it was changed: this is what holds now."""

    type = "huying.routing.meeting_series.defined.v1"
    series_id: str
    kind: str
    post: str
    area_path: list[str]
    members: list[str]


class MeetingSeriesEnded(EventData, frozen=True, kw_only=True):
    type = "huying.routing.meeting_series.ended.v1"
    series_id: str


class MeetingConvened(EventData, frozen=True, kw_only=True):
    """A list or meeting is open, with what was due at that moment; `order_id` is what a joint conference is about."""

    type = "huying.routing.meeting.convened.v1"
    meeting_id: str
    series_id: str | None
    kind: str
    post: str
    area_path: list[str]
    members: list[str]
    order_id: str | None
    orders: int
    directives: int
    supervisions: int
    overdue: int


class MeetingHeld(EventData, frozen=True, kw_only=True):
    """Minutes and attendance are recorded."""

    type = "huying.routing.meeting.held.v1"
    meeting_id: str
    present: list[str]
    absent: list[str]


class MeetingDecided(EventData, frozen=True, kw_only=True):
    """A decision, and the order that carries it out."""

    type = "huying.routing.meeting.decided.v1"
    meeting_id: str
    decision_id: str
    work_order_id: str
    new_order: bool


class MeetingItemsSettled(EventData, frozen=True, kw_only=True):
    type = "huying.routing.meeting.items_settled.v1"
    meeting_id: str
    outcome: str
    settled: int
    open: int


class MeetingClosed(EventData, frozen=True, kw_only=True):
    type = "huying.routing.meeting.closed.v1"
    meeting_id: str
    decisions: int
    carried_over: int
