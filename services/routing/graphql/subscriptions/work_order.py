"""Orders as they change."""

import contextlib
from collections.abc import AsyncIterator

import strawberry

from services.chassis.events import Envelope
from services.routing.graphql.context import Info
from services.routing.graphql.types.work_order import WorkOrder
from services.routing.store.work_order import WORK_ORDERS
from services.routing.views import work_order as order_views


@strawberry.type
class WorkOrderSubscriptions:
    @strawberry.subscription(
        description="An order after each change; without id every order the caller may see. 工单变化。"
    )
    async def work_order_changed(
        self,
        info: Info,
        id: strawberry.ID | None = None,
    ) -> AsyncIterator[WorkOrder]:
        context = info.context
        viewer = context.viewer

        def wanted(event: Envelope) -> bool:
            return event.aggregate == WORK_ORDERS.name and id in (None, event.aggregate_id)

        async with contextlib.aclosing(context.live.watch(wanted)) as events:
            async for event in events:
                # Read anew each time: an order may have come into sight, or gone out of it.
                seen = (await order_views.orders(context.store.mongo, viewer, [event.aggregate_id]))[0]
                if seen:
                    yield WorkOrder.of(seen)
