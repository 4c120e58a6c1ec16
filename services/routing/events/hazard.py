"""Events of hazards. Ids and facts only."""

from datetime import datetime

from services.chassis.events import EventData


class HazardFound(EventData, frozen=True, kw_only=True):
    type = "huying.routing.hazard.found.v1"
    hazard_id: str
    number: str
    severity: str
    unit: str
    asset_id: str | None
    task_id: str | None
    campaign_id: str | None
    area_path: list[str]
    due_at: datetime


class HazardRectificationStarted(EventData, frozen=True, kw_only=True):
    type = "huying.routing.hazard.rectification_started.v1"
    hazard_id: str
    unit: str


class HazardHandedOver(EventData, frozen=True, kw_only=True):
    """It is beyond the street's means: a work order carries it."""

    type = "huying.routing.hazard.handed_over.v1"
    hazard_id: str
    order_id: str
    unit: str


class HazardRectified(EventData, frozen=True, kw_only=True):
    """The rectification was handed in; somebody else re-checks it."""

    type = "huying.routing.hazard.rectified.v1"
    hazard_id: str
    evidence_count: int
    recheck_by: datetime


class HazardRechecked(EventData, frozen=True, kw_only=True):
    type = "huying.routing.hazard.rechecked.v1"
    hazard_id: str
    passed: bool


class HazardClosed(EventData, frozen=True, kw_only=True):
    type = "huying.routing.hazard.closed.v1"
    hazard_id: str


class HazardOverdue(EventData, frozen=True, kw_only=True):
    """`what` is late: the rectification or the re-check."""

    type = "huying.routing.hazard.overdue.v1"
    hazard_id: str
    what: str
    unit: str
    area_path: list[str]
    due_at: datetime
