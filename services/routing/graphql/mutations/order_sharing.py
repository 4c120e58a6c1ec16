"""Input and resolver of each mutation about those who assist an order's lead."""

from typing import Annotated

import strawberry

from services.routing.graphql.context import Info
from services.routing.graphql.mutations.order_payload import WorkOrderPayload, commanded, payload, point_of
from services.routing.graphql.mutations.outcome import KEY
from services.routing.handlers.order import sharing as handlers
from services.routing.model.organisation.moments import hours_of


@strawberry.input
class RequestAssistanceInput:
    idempotency_key: str = strawberry.field(description=KEY)
    work_order_id: strawberry.ID
    post_id: strawberry.ID
    task: str = strawberry.field(description="What it shall do. 协办内容。")
    within_hours: float | None = strawberry.field(
        default=None, description="How long it has; else as long as the order. 协办时限(小时)。"
    )


@strawberry.input
class AcceptAssistanceInput:
    idempotency_key: str = strawberry.field(description=KEY)
    work_order_id: strawberry.ID
    assistance_id: strawberry.ID


@strawberry.input
class CheckInAssistanceInput:
    idempotency_key: str = strawberry.field(description=KEY)
    work_order_id: strawberry.ID
    assistance_id: strawberry.ID
    lon: float | None = None
    lat: float | None = None
    accuracy: float | None = strawberry.field(default=None, description="Metres. 定位精度(米)。")


@strawberry.input
class FinishAssistanceInput:
    idempotency_key: str = strawberry.field(description=KEY)
    work_order_id: strawberry.ID
    assistance_id: strawberry.ID
    note: str


@strawberry.input
class ReleaseAssistanceInput:
    idempotency_key: str = strawberry.field(description=KEY)
    work_order_id: strawberry.ID
    assistance_id: strawberry.ID
    reason: str


@strawberry.input
class RateAssistanceInput:
    idempotency_key: str = strawberry.field(description=KEY)
    work_order_id: strawberry.ID
    assistance_id: strawberry.ID
    mark: int
    note: str | None = None


@strawberry.type
class OrderSharingMutations:
    @strawberry.mutation(description="Call another unit in; for the lead or the centre. 请求协办。")
    async def request_assistance(
        self, info: Info, given: Annotated[RequestAssistanceInput, strawberry.argument(name="input")]
    ) -> WorkOrderPayload:
        within = None if given.within_hours is None else hours_of(given.within_hours)
        doing = handlers.request_assistance(commanded(info, given), given.post_id, given.task, within)
        return await payload(info, doing)

    @strawberry.mutation(description="Take it; for the assisting post. 接受协办。")
    async def accept_assistance(
        self, info: Info, given: Annotated[AcceptAssistanceInput, strawberry.argument(name="input")]
    ) -> WorkOrderPayload:
        return await payload(info, handlers.accept_assistance(commanded(info, given), given.assistance_id))

    @strawberry.mutation(description="Be there; for the assisting post. 协办报到。")
    async def check_in_assistance(
        self, info: Info, given: Annotated[CheckInAssistanceInput, strawberry.argument(name="input")]
    ) -> WorkOrderPayload:
        doing = handlers.check_in_assistance(
            commanded(info, given), given.assistance_id, point_of(given.lon, given.lat), given.accuracy
        )
        return await payload(info, doing)

    @strawberry.mutation(description="Say what was done; for the assisting post. 完成协办。")
    async def finish_assistance(
        self, info: Info, given: Annotated[FinishAssistanceInput, strawberry.argument(name="input")]
    ) -> WorkOrderPayload:
        return await payload(info, handlers.finish_assistance(commanded(info, given), given.assistance_id, given.note))

    @strawberry.mutation(description="Do without; for the lead or the centre. 解除协办。")
    async def release_assistance(
        self, info: Info, given: Annotated[ReleaseAssistanceInput, strawberry.argument(name="input")]
    ) -> WorkOrderPayload:
        return await payload(
            info, handlers.release_assistance(commanded(info, given), given.assistance_id, given.reason)
        )

    @strawberry.mutation(description="Say what the help was worth, 1 to 5; for the lead. 评价协办。")
    async def rate_assistance(
        self, info: Info, given: Annotated[RateAssistanceInput, strawberry.argument(name="input")]
    ) -> WorkOrderPayload:
        return await payload(
            info, handlers.rate_assistance(commanded(info, given), given.assistance_id, given.mark, given.note)
        )
