"""Input and resolver of the mutations that handle reports about one matter as one."""

from typing import Annotated

import strawberry

from services.routing.graphql.context import Info
from services.routing.graphql.mutations.order_payload import WorkOrderPayload, commanded, payload
from services.routing.graphql.mutations.outcome import KEY
from services.routing.handlers.order import joining as handlers


@strawberry.input
class JoinOrderInput:
    idempotency_key: str = strawberry.field(description=KEY)
    work_order_id: strawberry.ID
    running_order_id: strawberry.ID = strawberry.field(
        description="The order that it is handled with. 并入的在办工单。"
    )
    text: str = strawberry.field(description="Tells the caller. 告知诉求人的内容。")


@strawberry.input
class PartOrderInput:
    idempotency_key: str = strawberry.field(description=KEY)
    work_order_id: strawberry.ID
    reason: str


@strawberry.type
class OrderJoiningMutations:
    @strawberry.mutation(
        description="Handle the order with a running one about the same asset and of the same category: its caller is told, and "
        "answered with it. For the lead of both or the centre. 并单。"
    )
    async def join_order(
        self, info: Info, given: Annotated[JoinOrderInput, strawberry.argument(name="input")]
    ) -> WorkOrderPayload:
        return await payload(info, handlers.join_order(commanded(info, given), given.running_order_id, given.text))

    @strawberry.mutation(description="Handle a joined order by itself again; for its lead or the centre. 拆单。")
    async def part_order(
        self, info: Info, given: Annotated[PartOrderInput, strawberry.argument(name="input")]
    ) -> WorkOrderPayload:
        return await payload(info, handlers.part_order(commanded(info, given), given.reason))
