"""Events of deployments: somebody is sent to a matter. Of sealed matters the report is left out."""

from datetime import datetime

from services.chassis.events import EventData


class DispatchOffered(EventData, frozen=True, kw_only=True):
    """Somebody is asked to go; silence until `acceptBy` passes the matter on to the next in the ranking."""

    type = "huying.routing.dispatch.offered.v1"
    deployment_id: str
    order_id: str
    report_id: str | None
    area_path: list[str]
    responder_ids: list[str]
    team_id: str | None
    attempt: int
    accept_by: datetime


class DispatchAccepted(EventData, frozen=True, kw_only=True):
    """Somebody goes. `seconds` run from the first offer."""

    type = "huying.routing.dispatch.accepted.v1"
    deployment_id: str
    order_id: str
    report_id: str | None
    responder_ids: list[str]
    seconds: int


class DispatchDeclined(EventData, frozen=True, kw_only=True):
    type = "huying.routing.dispatch.declined.v1"
    deployment_id: str
    order_id: str
    responder_ids: list[str]
    reason: str


class DispatchExpired(EventData, frozen=True, kw_only=True):
    """Nobody answered the offer in time."""

    type = "huying.routing.dispatch.expired.v1"
    deployment_id: str
    order_id: str
    responder_ids: list[str]


class DispatchUnanswered(EventData, frozen=True, kw_only=True):
    """The ranking is used up: a person must decide."""

    type = "huying.routing.dispatch.unanswered.v1"
    deployment_id: str
    order_id: str
    area_path: list[str]
    offers: int


class DispatchDeparted(EventData, frozen=True, kw_only=True):
    type = "huying.routing.dispatch.departed.v1"
    deployment_id: str
    order_id: str
    report_id: str | None


class DispatchDelayed(EventData, frozen=True, kw_only=True):
    """The arrive clock has run out and nobody is there."""

    type = "huying.routing.dispatch.delayed.v1"
    deployment_id: str
    order_id: str
    area_path: list[str]
    arrive_by: datetime


class DispatchArrived(EventData, frozen=True, kw_only=True):
    """There. `seconds` run from the first offer; metres say how far the check-in was from the matter and how exact it is."""

    type = "huying.routing.dispatch.arrived.v1"
    deployment_id: str
    order_id: str
    report_id: str | None
    seconds: int
    distance_m: float
    accuracy_m: float


class DispatchDone(EventData, frozen=True, kw_only=True):
    type = "huying.routing.dispatch.done.v1"
    deployment_id: str
    order_id: str
    report_id: str | None
    responder_ids: list[str]


class DispatchStoodDown(EventData, frozen=True, kw_only=True):
    """Called back before it was done."""

    type = "huying.routing.dispatch.stood_down.v1"
    deployment_id: str
    order_id: str
    report_id: str | None
    responder_ids: list[str]
    reason: str
