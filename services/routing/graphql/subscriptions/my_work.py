"""A post's work as it changes."""

import contextlib
from collections.abc import AsyncIterator

import strawberry

from services.chassis.events import Envelope
from services.chassis.graphql.connection import Connection
from services.routing.graphql.context import Info
from services.routing.graphql.types.work_item import WorkItem, work_of

# What may put something on the list or take it off; however much happens, the list is read at most once a second.
_LISTED = frozenset(
    {"order", "call", "supervision", "inspection", "grid_plan", "grid_task", "directive", "custody", "hazard"}
)
_CALM_SECONDS = 1.0


@strawberry.type
class MyWorkSubscriptions:
    @strawberry.subscription(
        description="The first of the caller's work now, and again when they are others or their dates have moved. 我的待办变化。"
    )
    async def my_work_changed(self, info: Info, first: int = 20) -> AsyncIterator[Connection[WorkItem]]:
        def wanted(event: Envelope) -> bool:
            return event.aggregate in _LISTED

        shown: list[str] | None = None
        async with contextlib.aclosing(info.context.live.pulses(wanted, _CALM_SECONDS)) as pulses:
            async for _ in pulses:
                work = await work_of(info.context, first, None)
                # A cursor says which it is and when it is due.
                cursors = [edge.cursor for edge in work.edges]
                if cursors != shown:
                    shown = cursors
                    yield work
