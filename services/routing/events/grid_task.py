"""Events of the task lists of grids."""

from datetime import datetime

from services.chassis.events import EventData


class GridPlanMade(EventData, frozen=True, kw_only=True):
    type = "huying.routing.grid_plan.made.v1"
    plan_id: str
    kind: str
    post: str
    area_path: list[str]
    every_days: int
    first_at: datetime


class GridPlanEnded(EventData, frozen=True, kw_only=True):
    """No more tasks follow from it: all were made, or it was ended by hand."""

    type = "huying.routing.grid_plan.ended.v1"
    plan_id: str
    made: int


class GridTaskOpened(EventData, frozen=True, kw_only=True):
    type = "huying.routing.grid_task.opened.v1"
    task_id: str
    plan_id: str
    post: str
    area_path: list[str]
    due_at: datetime


class GridTaskDone(EventData, frozen=True, kw_only=True):
    """`outside` says that the place given lies outside the grid."""

    type = "huying.routing.grid_task.done.v1"
    task_id: str
    plan_id: str
    minutes: int
    outside: bool


class GridTaskMissed(EventData, frozen=True, kw_only=True):
    type = "huying.routing.grid_task.missed.v1"
    task_id: str
    plan_id: str
    post: str
    area_path: list[str]
    due_at: datetime


class GridPlanHandedOver(EventData, frozen=True, kw_only=True):
    """Its post is gone; its tasks fall to another."""

    type = "huying.routing.grid_plan.handed_over.v1"
    plan_id: str
    old_post: str
    post: str
    unit: str
    reason: str


class GridTaskHandedOver(EventData, frozen=True, kw_only=True):
    """Its post is gone; another does it by the same time."""

    type = "huying.routing.grid_task.handed_over.v1"
    task_id: str
    plan_id: str
    old_post: str
    post: str
    unit: str
    reason: str
