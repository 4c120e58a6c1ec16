"""Events of shifts. Gaps are announced as those of posts are (`roster.gap`); what a hand-over note says stays out."""

from datetime import datetime

from services.chassis.events import EventData


class ShiftPlanned(EventData, frozen=True, kw_only=True):
    type = "huying.routing.roster.planned.v1"
    shift_id: str
    post_id: str
    unit_id: str
    area_path: list[str]
    starts_at: datetime
    ends_at: datetime
    head_count: int
    composition: dict[str, int]


class ShiftAssigned(EventData, frozen=True, kw_only=True):
    """Who is on the shift now."""

    type = "huying.routing.roster.assigned.v1"
    shift_id: str
    responder_ids: list[str]


class ShiftStarted(EventData, frozen=True, kw_only=True):
    type = "huying.routing.roster.started.v1"
    shift_id: str
    post_id: str
    responder_ids: list[str]


class SwapRequested(EventData, frozen=True, kw_only=True):
    type = "huying.routing.roster.swap_requested.v1"
    shift_id: str
    swap_id: str
    responder_id: str


class SwapTaken(EventData, frozen=True, kw_only=True):
    """Somebody would take the shift; a manager decides."""

    type = "huying.routing.roster.swap_taken.v1"
    shift_id: str
    swap_id: str
    responder_id: str


class SwapDecided(EventData, frozen=True, kw_only=True):
    """`outcome` is approved, refused or expired."""

    type = "huying.routing.roster.swap_decided.v1"
    shift_id: str
    swap_id: str
    outcome: str


class ShiftTakenOver(EventData, frozen=True, kw_only=True):
    """The holder was held on a scene; somebody stepped in without a request."""

    type = "huying.routing.roster.taken_over.v1"
    shift_id: str
    from_responder_id: str
    responder_id: str


class ShiftHandedOver(EventData, frozen=True, kw_only=True):
    """A shift ended with a note; `openMatters` are the orders under way by state."""

    type = "huying.routing.roster.handover.v1"
    shift_id: str
    post_id: str
    area_path: list[str]
    open_matters: dict[str, int]


class ShiftMoved(EventData, frozen=True, kw_only=True):
    """The post of the shift is gone; the shift is another post's, with who is on it."""

    type = "huying.routing.roster.moved.v1"
    shift_id: str
    old_post_id: str
    post_id: str
    unit_id: str
    area_path: list[str]
    reason: str
