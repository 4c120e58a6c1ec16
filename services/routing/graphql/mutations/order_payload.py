"""What mutations on orders share: their payload, the command as it comes in, places and durations."""

from collections.abc import Awaitable
from typing import Protocol

import strawberry

from services.chassis.graphql.errors import UserError
from services.routing.graphql.context import Info
from services.routing.graphql.mutations.outcome import outcome
from services.routing.graphql.types.work_order import WorkOrder
from services.routing.handlers.order.work_order import Commanded
from services.routing.model.order import work_order as model
from services.routing.model.organisation.point import Point
from services.routing.views.work_order import see


class OnOrder(Protocol):
    """What every input about an order has."""

    idempotency_key: str
    work_order_id: strawberry.ID


@strawberry.type
class WorkOrderPayload:
    """The order as it is now, null when refused. 工单,被拒绝时为空。"""

    work_order: WorkOrder | None
    errors: list[UserError]


def commanded(info: Info, given: OnOrder) -> Commanded:
    """The command as the handlers take it."""
    c = info.context
    return Commanded(c.store, c.directory, c.viewer, given.idempotency_key, given.work_order_id)


def point_of(lon: float | None, lat: float | None) -> Point | None:
    """The place, where there is one."""
    return Point(lon=lon, lat=lat) if lon is not None and lat is not None else None


async def payload(info: Info, doing: Awaitable[model.WorkOrder]) -> WorkOrderPayload:
    """What a command led to, as its caller sees it, or why it was refused."""
    order, errors = await outcome(info, doing)
    seen = see(info.context.viewer, order) if order else None
    return WorkOrderPayload(work_order=WorkOrder.of(seen) if seen else None, errors=errors)
