"""The task list of a post and of an area, what became of it, and the patrol norm."""

from datetime import datetime

import strawberry

from services.chassis.errors import InvalidInput
from services.chassis.graphql.connection import Connection, page
from services.chassis.mongo import Document
from services.routing.graphql.context import Info
from services.routing.graphql.types.grid_task import GridTask, GridTaskCount, PatrolFulfilment
from services.routing.store.grid_task import GRID_TASKS
from services.routing.views import grid_task as views

_MAX_DAYS = 366


@strawberry.type
class GridTaskQueries:
    @strawberry.field(description="What the caller's post has to do in its grids, due soonest first. 本岗位网格任务。")
    async def my_grid_tasks(self, info: Info, first: int = 20, after: str | None = None) -> Connection[GridTask]:
        return await _tasks(info, views.my_list(info.context.viewer.post or ""), first, after)

    @strawberry.field(description="The tasks of an area, due soonest first. 区域网格任务。")
    async def grid_tasks(
        self, info: Info, area: strawberry.ID, first: int = 20, after: str | None = None
    ) -> Connection[GridTask]:
        return await _tasks(info, views.area_list(info.context.viewer, area), first, after)

    @strawberry.field(
        description="What became of the tasks that fell due in a period of a year at most, by grid. 网格任务统计(至多一年)。"
    )
    async def grid_task_counts(
        self, info: Info, area: strawberry.ID, since: datetime, until: datetime
    ) -> list[GridTaskCount]:
        if not 0 < (until - since).days <= _MAX_DAYS:
            raise InvalidInput(path=("until",), reason=f"1..{_MAX_DAYS} days after since")
        c = info.context
        return [GridTaskCount.of(row) for row in await views.count(c.store.mongo, c.viewer, area, since, until)]

    @strawberry.field(description="How far the patrol norm is met, by grid and post. 巡查达标(如“7362”)。")
    async def patrol_fulfilment(self, info: Info, area: strawberry.ID) -> list[PatrolFulfilment]:
        c = info.context
        norm = c.directory.policy.patrol
        rows = await views.patrols(c.store.mongo, c.viewer, area, norm, c.store.clock())
        return [PatrolFulfilment.of(row, norm) for row in rows]


async def _tasks(info: Info, where: Document, first: int, after: str | None) -> Connection[GridTask]:
    return await page(
        info.context.store.mongo,
        GRID_TASKS.collection.name,
        where,
        lambda row: GridTask.of(GRID_TASKS.from_document(row)),
        first=first,
        after=after,
        order_by="due_at",
        descending=False,
    )
