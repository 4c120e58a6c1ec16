"""Input, payload and resolver of each mutation on the task lists of grids."""

from collections.abc import Awaitable
from datetime import datetime
from typing import Annotated

import strawberry

from services.chassis.errors import InvalidInput
from services.chassis.graphql.errors import UserError, user_error
from services.routing.graphql.context import Info
from services.routing.graphql.mutations.outcome import KEY, outcome
from services.routing.graphql.types.evidence import OrderEvidenceInput, evidence_of
from services.routing.graphql.types.grid_task import GridPlan, GridTask
from services.routing.handlers.field import grid_task as handlers
from services.routing.model.field import grid_task as model
from services.routing.model.organisation.moments import hours_of
from services.routing.model.organisation.point import Point
from services.routing.views.grid_task import see, see_plan


@strawberry.type
class GridPlanPayload:
    """The plan as it is now, null when refused. 网格任务计划,被拒绝时为空。"""

    plan: GridPlan | None
    errors: list[UserError]


@strawberry.type
class GridTaskPayload:
    """The task as it is now, null when refused. 网格任务,被拒绝时为空。"""

    task: GridTask | None
    errors: list[UserError]


@strawberry.input
class PlanGridTasksInput:
    idempotency_key: str = strawberry.field(description=KEY)
    title: str
    kind: model.GridTaskKind
    area_id: strawberry.ID
    post_id: strawberry.ID
    first_at: datetime
    every_days: int
    times: int | None = strawberry.field(default=None, description="By default until it is ended. 默认不限次数。")
    open_hours: float = strawberry.field(default=24, description="How long each can be done. 每次可办理时长(小时)。")


@strawberry.input
class EndGridPlanInput:
    idempotency_key: str = strawberry.field(description=KEY)
    plan_id: strawberry.ID


@strawberry.input
class CompleteGridTaskInput:
    idempotency_key: str = strawberry.field(description=KEY)
    task_id: strawberry.ID
    minutes: int
    lon: float
    lat: float
    note: str | None = None
    evidence: list[OrderEvidenceInput] = strawberry.field(description="A photo at least. 至少一张照片。")


@strawberry.type
class GridTaskMutations:
    @strawberry.mutation(description="Put a task that comes round on a grid's list. 下达网格任务。")
    async def plan_grid_tasks(
        self, info: Info, given: Annotated[PlanGridTasksInput, strawberry.argument(name="input")]
    ) -> GridPlanPayload:
        c = info.context
        cadence = model.Cadence(
            first_at=given.first_at,
            every_days=given.every_days,
            times=given.times,
            open_for=hours_of(given.open_hours),
        )
        doing = handlers.plan_grid_tasks(
            *(c.store, c.directory, c.viewer, given.idempotency_key, given.title, given.kind),
            *(given.area_id, given.post_id, cadence),
        )
        return await _plan_payload(info, doing)

    @strawberry.mutation(description="Take it off the list. 终止网格任务计划。")
    async def end_grid_plan(
        self, info: Info, given: Annotated[EndGridPlanInput, strawberry.argument(name="input")]
    ) -> GridPlanPayload:
        c = info.context
        return await _plan_payload(
            info, handlers.end_grid_plan(c.store, c.viewer, given.idempotency_key, given.plan_id)
        )

    @strawberry.mutation(description="Record that a task was done: photo, place, time. 登记完成。")
    async def complete_grid_task(
        self, info: Info, given: Annotated[CompleteGridTaskInput, strawberry.argument(name="input")]
    ) -> GridTaskPayload:
        c = info.context
        try:
            place = Point.at(given.lon, given.lat)
        except InvalidInput as refusal:
            return GridTaskPayload(task=None, errors=[user_error(refusal, c.language)])
        doing = handlers.complete_grid_task(
            *(c.store, c.viewer, given.idempotency_key, given.task_id),
            *(given.minutes, place, given.note, evidence_of(given.evidence)),
        )
        task, errors = await outcome(info, doing)
        seen = see(c.viewer, task) if task else None
        return GridTaskPayload(task=GridTask.of(seen) if seen else None, errors=errors)


async def _plan_payload(info: Info, doing: Awaitable[model.GridPlan]) -> GridPlanPayload:
    plan, errors = await outcome(info, doing)
    seen = see_plan(info.context.viewer, plan) if plan else None
    return GridPlanPayload(plan=GridPlan.of(seen) if seen else None, errors=errors)
