"""Events of routing decisions and work orders."""

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


class OrderDispatched(EventData, frozen=True, kw_only=True):
    type = "huying.routing.order.dispatched.v1"
    order_id: str
    number: str
    report_id: str
    decision_id: str
    rule_id: str | None
    lead_post: str
    lead_unit: str
    area_path: list[str]
    accept_by: datetime
    resolve_by: datetime
    redispatch: bool


class OrderAccepted(EventData, frozen=True, kw_only=True):
    type = "huying.routing.order.accepted.v1"
    order_id: str
    report_id: str
    by_silence: bool


class OrderReturned(EventData, frozen=True, kw_only=True):
    type = "huying.routing.order.returned.v1"
    order_id: str
    report_id: str
    basis: str


class OrderStarted(EventData, frozen=True, kw_only=True):
    type = "huying.routing.order.started.v1"
    order_id: str
    report_id: str


class OrderSubmitted(EventData, frozen=True, kw_only=True):
    type = "huying.routing.order.submitted.v1"
    order_id: str
    report_id: str
    evidence_count: int


class OrderReworked(EventData, frozen=True, kw_only=True):
    type = "huying.routing.order.reworked.v1"
    order_id: str
    report_id: str
    reason: str


class OrderVerified(EventData, frozen=True, kw_only=True):
    type = "huying.routing.order.verified.v1"
    order_id: str
    report_id: str
    reply: str
    disposition: str
    disposition_reason: str


class OrderClosed(EventData, frozen=True, kw_only=True):
    type = "huying.routing.order.closed.v1"
    order_id: str
    report_id: str
    disposition: str
    disposition_reason: str


class OrderRecalled(EventData, frozen=True, kw_only=True):
    type = "huying.routing.order.recalled.v1"
    order_id: str
    report_id: str
    reason: str
