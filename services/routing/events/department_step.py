"""Events of the steps that departments report. Ids and facts only."""

from datetime import datetime

from services.chassis.events import EventData


class DepartmentStepStarted(EventData, frozen=True, kw_only=True):
    type = "huying.routing.department_step.started.v1"
    step_id: str
    order_id: str
    kind: str
    unit: str
    started_at: datetime
    due_at: datetime | None


class DepartmentStepEnded(EventData, frozen=True, kw_only=True):
    type = "huying.routing.department_step.ended.v1"
    step_id: str
    order_id: str
    ended_at: datetime
    late: bool


class DepartmentStepLate(EventData, frozen=True, kw_only=True):
    """It takes longer than is expected of its kind."""

    type = "huying.routing.department_step.late.v1"
    step_id: str
    order_id: str
    kind: str
    unit: str
    due_at: datetime
