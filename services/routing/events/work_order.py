"""Events of routing decisions and work orders.

`report_id` is empty for an order that does not follow from a report; `source_kind` and `source_id` name what it follows from.
"""

from datetime import datetime

from services.chassis.events import EventData


class DecisionMade(EventData, frozen=True, kw_only=True):
    """A matter goes to mediation."""

    type = "huying.routing.decision.made.v1"
    decision_id: str
    report_id: str
    path: str
    rule_id: str | None
    lead_post: str
    lead_unit: str
    dispute_type: str


class OrderEvent(EventData, frozen=True, kw_only=True):
    """What every event of an order says."""

    order_id: str
    report_id: str
    source_kind: str
    source_id: str


class OrderDrafted(OrderEvent, frozen=True, kw_only=True):
    type = "huying.routing.order.drafted.v1"
    number: str
    lead_post: str
    lead_unit: str
    area_path: list[str]


class OrderDispatched(OrderEvent, frozen=True, kw_only=True):
    type = "huying.routing.order.dispatched.v1"
    number: str
    decision_id: str
    rule_id: str | None
    lead_post: str
    lead_unit: str
    area_path: list[str]
    accept_by: datetime
    resolve_by: datetime
    redispatch: bool


class OrderAccepted(OrderEvent, frozen=True, kw_only=True):
    type = "huying.routing.order.accepted.v1"
    by_silence: bool


class OrderRetimed(OrderEvent, frozen=True, kw_only=True):
    """Its clocks were computed anew, because its area was switched to this mode."""

    type = "huying.routing.order.retimed.v1"
    mode: str
    accept_by: datetime
    resolve_by: datetime


class OrderReturned(OrderEvent, frozen=True, kw_only=True):
    """`post` and `unit` refused."""

    type = "huying.routing.order.returned.v1"
    basis: str
    post: str
    unit: str


class OrderReferred(OrderEvent, frozen=True, kw_only=True):
    """The centre shall rule until `due_at`, else the fallback owner has it."""

    type = "huying.routing.order.referred.v1"
    due_at: datetime
    fallback_post: str
    fallback_unit: str


class OrderHearingCalled(OrderEvent, frozen=True, kw_only=True):
    """The centre wants to hear these units before it rules, until `due_at`."""

    type = "huying.routing.order.hearing_called.v1"
    units: list[str]
    due_at: datetime


class OrderHeard(OrderEvent, frozen=True, kw_only=True):
    """A unit has put its statement on record; the words stay with the order."""

    type = "huying.routing.order.heard.v1"
    post: str | None
    unit: str | None


class OrderRuled(OrderEvent, frozen=True, kw_only=True):
    """Whose it is, bindingly. `ruling_id` is None when the time ran out and the fallback owner has it."""

    type = "huying.routing.order.ruled.v1"
    ruling_id: str | None
    lead_post: str
    lead_unit: str


class OrderTransferred(OrderEvent, frozen=True, kw_only=True):
    """The lead handed it to another post."""

    type = "huying.routing.order.transferred.v1"
    reason: str
    post: str
    unit: str


class OrderDeparted(OrderEvent, frozen=True, kw_only=True):
    type = "huying.routing.order.departed.v1"
    post: str


class OrderTurnedBack(OrderEvent, frozen=True, kw_only=True):
    """Who was sent for `post` was called back on the way."""

    type = "huying.routing.order.turned_back.v1"
    post: str


class OrderCheckedIn(OrderEvent, frozen=True, kw_only=True):
    """Somebody of `post` is there; where exactly stays with the order."""

    type = "huying.routing.order.checked_in.v1"
    post: str
    unit: str
    accuracy: float | None


class OrderStarted(OrderEvent, frozen=True, kw_only=True):
    type = "huying.routing.order.started.v1"


class OrderReported(OrderEvent, frozen=True, kw_only=True):
    """A word to the caller on how far it is."""

    type = "huying.routing.order.reported.v1"
    text: str


class OrderSuspended(OrderEvent, frozen=True, kw_only=True):
    type = "huying.routing.order.suspended.v1"
    awaited: str
    reason: str
    until: datetime


class OrderDeferred(OrderEvent, frozen=True, kw_only=True):
    type = "huying.routing.order.deferred.v1"
    reason: str
    owner_post: str
    owner_unit: str
    review_at: datetime


class OrderResumed(OrderEvent, frozen=True, kw_only=True):
    """Worked on again after a wait; `by_date` when nobody had to say so."""

    type = "huying.routing.order.resumed.v1"
    by_date: bool
    resolve_by: datetime


class OrderTransferredUp(OrderEvent, frozen=True, kw_only=True):
    type = "huying.routing.order.transferred_up.v1"
    system: str
    reference: str


class OrderTracked(OrderEvent, frozen=True, kw_only=True):
    """Something was heard of it from the superior system."""

    type = "huying.routing.order.tracked.v1"
    reference: str


class OrderExtensionAsked(OrderEvent, frozen=True, kw_only=True):
    """`seconds` more, in the time of the calendar of its clock."""

    type = "huying.routing.order.extension_asked.v1"
    seconds: int
    asked_post: str | None


class OrderExtensionDecided(OrderEvent, frozen=True, kw_only=True):
    type = "huying.routing.order.extension_decided.v1"
    granted: bool
    seconds: int
    resolve_by: datetime


class OrderAssisted(OrderEvent, frozen=True, kw_only=True):
    """A step of an assisting post: asked, accepted, checked_in, finished, released, rated."""

    type = "huying.routing.order.assisted.v1"
    assistance_id: str
    step: str
    post: str
    unit: str
    finish_by: datetime


class OrderSplit(OrderEvent, frozen=True, kw_only=True):
    """A part of the work became an order of its own."""

    type = "huying.routing.order.split.v1"
    child_id: str
    lead_post: str
    lead_unit: str


class OrderJoined(OrderEvent, frozen=True, kw_only=True):
    """It is handled with a running order about the same matter; `text` tells the caller."""

    type = "huying.routing.order.joined.v1"
    joined_to: str
    text: str


class OrderTookIn(OrderEvent, frozen=True, kw_only=True):
    """Another report about the same matter is handled with this order."""

    type = "huying.routing.order.took_in.v1"
    joined_id: str


class OrderParted(OrderEvent, frozen=True, kw_only=True):
    """It is handled by itself again."""

    type = "huying.routing.order.parted.v1"
    reason: str


class OrderSubmitted(OrderEvent, frozen=True, kw_only=True):
    type = "huying.routing.order.submitted.v1"
    evidence_count: int


class OrderReworked(OrderEvent, frozen=True, kw_only=True):
    type = "huying.routing.order.reworked.v1"
    reason: str


class OrderVerified(OrderEvent, frozen=True, kw_only=True):
    """`reopen_seconds`: how long after the end the caller may reopen the matter, as the policy says."""

    type = "huying.routing.order.verified.v1"
    reply: str
    disposition: str
    disposition_reason: str
    reopen_seconds: int


class OrderSampleChecked(OrderEvent, frozen=True, kw_only=True):
    """What ended on the caller's own word was looked at afterwards; the words stay with the order."""

    type = "huying.routing.order.sample_checked.v1"
    post: str | None
    passed: bool


class OrderClosed(OrderEvent, frozen=True, kw_only=True):
    type = "huying.routing.order.closed.v1"
    disposition: str
    disposition_reason: str


class OrderRecalled(OrderEvent, frozen=True, kw_only=True):
    type = "huying.routing.order.recalled.v1"
    reason: str


class OrderCancelled(OrderEvent, frozen=True, kw_only=True):
    """A draft came to nothing."""

    type = "huying.routing.order.cancelled.v1"
    reason: str
