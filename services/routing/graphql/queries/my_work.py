"""What a post has before it: everything that waits for it, of every kind, in one list."""

import strawberry

from services.chassis.graphql.connection import Connection
from services.routing.graphql.context import Info
from services.routing.graphql.types.work_item import WorkItem, work_of


@strawberry.type
class MyWorkQueries:
    @strawberry.field(
        description=(
            "What waits for the caller's post: orders to lead, to assist, to check, to decide on; calls, directives, hand-overs, "
            "tasks; due soonest first. 我的待办。"
        )
    )
    async def my_work(self, info: Info, first: int = 20, after: str | None = None) -> Connection[WorkItem]:
        return await work_of(info.context, first, after)
