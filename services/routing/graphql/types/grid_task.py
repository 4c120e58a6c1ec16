"""The task lists of grids. For staff."""

from datetime import datetime
from typing import Self

import strawberry

from services.routing.graphql.context import Info
from services.routing.graphql.types.area import Area, area_of
from services.routing.graphql.types.evidence import OrderEvidence
from services.routing.graphql.types.post import Post, post_of
from services.routing.model.field import grid_task as model
from services.routing.model.rules.policy import PatrolNorm
from services.routing.views import grid_task as views

strawberry.enum(model.GridTaskKind, name="GridTaskKind", description="A round, or one thing to look at. 网格任务类型。")
strawberry.enum(model.GridTaskState, name="GridTaskState", description="Where a task is. 网格任务状态。")


@strawberry.type(description="What makes a grid's tasks come round. 网格任务计划。")
class GridPlan:
    id: strawberry.ID
    title: str
    kind: model.GridTaskKind
    every_days: int
    times: int | None = strawberry.field(description="How often in all; null until it is ended. 次数。")
    next_at: datetime | None
    ended_at: datetime | None
    _plan: strawberry.Private[model.GridPlan]

    @strawberry.field(description="The grid. 网格。")
    def area(self, info: Info) -> Area | None:
        return area_of(info.context, self._plan.area_id)

    @strawberry.field(description="Who does it. 责任岗位。")
    def post(self, info: Info) -> Post | None:
        return post_of(info.context, self._plan.post)

    @classmethod
    def of(cls, plan: model.GridPlan) -> Self:
        """The plan as GraphQL shows it."""
        return cls(
            id=strawberry.ID(plan.id),
            title=plan.title,
            kind=plan.kind,
            every_days=plan.cadence.every_days,
            times=plan.cadence.times,
            next_at=plan.next_at,
            ended_at=plan.ended_at,
            _plan=plan,
        )


@strawberry.type(description="One task of a grid's list. 网格任务。")
class GridTask:
    id: strawberry.ID
    title: str
    kind: model.GridTaskKind
    state: model.GridTaskState
    opens_at: datetime
    due_at: datetime
    done_at: datetime | None
    minutes: int | None = strawberry.field(description="How long it took. 用时(分钟)。")
    outside: bool | None = strawberry.field(description="The place given is not in the grid. 登记位置在网格外。")
    note: str | None
    evidence: list[OrderEvidence]
    _task: strawberry.Private[model.GridTask]

    @strawberry.field(description="The grid. 网格。")
    def area(self, info: Info) -> Area | None:
        return area_of(info.context, self._task.area_id)

    @strawberry.field(description="Who does it. 责任岗位。")
    def post(self, info: Info) -> Post | None:
        return post_of(info.context, self._task.post)

    @classmethod
    def of(cls, task: model.GridTask) -> Self:
        """The task as GraphQL shows it."""
        done = task.completion
        return cls(
            id=strawberry.ID(task.id),
            title=task.title,
            kind=task.kind,
            state=task.state,
            opens_at=task.opens_at,
            due_at=task.due_at,
            done_at=done.at if done else None,
            minutes=done.minutes if done else None,
            outside=done.outside if done else None,
            note=done.note if done else None,
            evidence=[OrderEvidence.of(piece) for piece in done.evidence] if done else [],
            _task=task,
        )


@strawberry.type(description="What became of a grid's tasks. 网格任务统计。")
class GridTaskCount:
    due: int = strawberry.field(description="Still open. 待办。")
    done: int
    missed: int
    outside: int = strawberry.field(description="Done, but not in the grid. 网格外登记。")
    minutes: int
    _area: strawberry.Private[str]

    @strawberry.field(description="The grid. 网格。")
    def area(self, info: Info) -> Area | None:
        return area_of(info.context, self._area)

    @classmethod
    def of(cls, row: views.GridTaskCount) -> Self:
        """The row as GraphQL shows it."""
        return cls(
            due=row.due, done=row.done, missed=row.missed, outside=row.outside, minutes=row.minutes, _area=row.area
        )


@strawberry.type(description="How far a post met the patrol norm in a grid. 巡查达标情况。")
class PatrolFulfilment:
    rounds: int
    rounds_needed: int
    minutes: int
    minutes_needed: int
    findings: int = strawberry.field(description="Hazards the post reported there. 发现隐患数。")
    findings_needed: int
    met: bool
    _row: strawberry.Private[views.PatrolFulfilment]

    @strawberry.field(description="The grid. 网格。")
    def area(self, info: Info) -> Area | None:
        return area_of(info.context, self._row.area)

    @strawberry.field(description="The post. 岗位。")
    def post(self, info: Info) -> Post | None:
        return post_of(info.context, self._row.post)

    @classmethod
    def of(cls, row: views.PatrolFulfilment, norm: PatrolNorm) -> Self:
        """The row as GraphQL shows it."""
        return cls(
            rounds=row.rounds,
            rounds_needed=norm.rounds,
            minutes=row.minutes,
            minutes_needed=norm.minutes,
            findings=row.findings,
            findings_needed=norm.findings,
            met=row.met,
            _row=row,
        )
