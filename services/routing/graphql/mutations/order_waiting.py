"""Input and resolver of each mutation about an order's time."""

from datetime import datetime
from typing import Annotated

import strawberry

from services.routing.graphql.context import Info
from services.routing.graphql.mutations.order_payload import WorkOrderPayload, commanded, payload
from services.routing.graphql.mutations.outcome import KEY
from services.routing.handlers.order import waiting as handlers
from services.routing.model.organisation.moments import hours_of


@strawberry.input
class SuspendOrderInput:
    idempotency_key: str = strawberry.field(description=KEY)
    work_order_id: strawberry.ID
    awaited: str = strawberry.field(description="Who is waited for. 等待对象。")
    reason: str
    until: datetime = strawberry.field(description="Then it resumes by itself. 到期自动解挂。")


@strawberry.input
class ResumeOrderInput:
    idempotency_key: str = strawberry.field(description=KEY)
    work_order_id: strawberry.ID


@strawberry.input
class DeferOrderInput:
    idempotency_key: str = strawberry.field(description=KEY)
    work_order_id: strawberry.ID
    reason: str
    owner_post_id: strawberry.ID = strawberry.field(description="Who keeps it in sight. 责任岗位。")
    review_at: datetime = strawberry.field(description="When it is looked at again. 复核日期。")


@strawberry.input
class TransferOrderUpInput:
    idempotency_key: str = strawberry.field(description=KEY)
    work_order_id: strawberry.ID
    system: str
    reference: str = strawberry.field(description="Its number there. 上级编号。")
    reason: str


@strawberry.input
class TrackOrderAboveInput:
    idempotency_key: str = strawberry.field(description=KEY)
    work_order_id: strawberry.ID
    text: str


@strawberry.input
class AnswerOrderFromAboveInput:
    idempotency_key: str = strawberry.field(description=KEY)
    work_order_id: strawberry.ID
    reply: str = strawberry.field(description="Meant for the caller. 答复诉求人的内容。")


@strawberry.input
class AskOrderExtensionInput:
    idempotency_key: str = strawberry.field(description=KEY)
    work_order_id: strawberry.ID
    hours: float = strawberry.field(description="In the time of the resolve clock's calendar. 延期小时数。")
    reason: str


@strawberry.input
class DecideOrderExtensionInput:
    idempotency_key: str = strawberry.field(description=KEY)
    work_order_id: strawberry.ID
    granted: bool
    answer: str | None = None


@strawberry.type
class OrderWaitingMutations:
    @strawberry.mutation(description="Wait for a named party until a date; for its lead. 挂起。")
    async def suspend_order(
        self, info: Info, given: Annotated[SuspendOrderInput, strawberry.argument(name="input")]
    ) -> WorkOrderPayload:
        return await payload(
            info, handlers.suspend_order(commanded(info, given), given.awaited, given.reason, given.until)
        )

    @strawberry.mutation(description="End a wait; for its lead or the centre. 解挂。")
    async def resume_order(
        self, info: Info, given: Annotated[ResumeOrderInput, strawberry.argument(name="input")]
    ) -> WorkOrderPayload:
        return await payload(info, handlers.resume_order(commanded(info, given)))

    @strawberry.mutation(description="Put it on the watch list, as it cannot be solved now; for the centre. 挂账。")
    async def defer_order(
        self, info: Info, given: Annotated[DeferOrderInput, strawberry.argument(name="input")]
    ) -> WorkOrderPayload:
        return await payload(
            info, handlers.defer_order(commanded(info, given), given.reason, given.owner_post_id, given.review_at)
        )

    @strawberry.mutation(description="Hand it to a superior system; for the centre. 上报转办。")
    async def transfer_order_up(
        self, info: Info, given: Annotated[TransferOrderUpInput, strawberry.argument(name="input")]
    ) -> WorkOrderPayload:
        return await payload(
            info, handlers.transfer_up(commanded(info, given), given.system, given.reference, given.reason)
        )

    @strawberry.mutation(description="What was heard of it from above; for its lead or the centre. 跟踪上级办理。")
    async def track_order_above(
        self, info: Info, given: Annotated[TrackOrderAboveInput, strawberry.argument(name="input")]
    ) -> WorkOrderPayload:
        return await payload(info, handlers.track_up(commanded(info, given), given.text))

    @strawberry.mutation(description="The superior system's answer, checked like any reply. 录入上级答复。")
    async def answer_order_from_above(
        self, info: Info, given: Annotated[AnswerOrderFromAboveInput, strawberry.argument(name="input")]
    ) -> WorkOrderPayload:
        return await payload(info, handlers.answer_up(commanded(info, given), given.reply))

    @strawberry.mutation(description="Ask for more time; for its lead. 申请延期。")
    async def ask_order_extension(
        self, info: Info, given: Annotated[AskOrderExtensionInput, strawberry.argument(name="input")]
    ) -> WorkOrderPayload:
        return await payload(info, handlers.ask_extension(commanded(info, given), hours_of(given.hours), given.reason))

    @strawberry.mutation(
        description="Grant or refuse more time, as far as one's rank goes; for the post above. 审批延期。"
    )
    async def decide_order_extension(
        self, info: Info, given: Annotated[DecideOrderExtensionInput, strawberry.argument(name="input")]
    ) -> WorkOrderPayload:
        return await payload(info, handlers.decide_extension(commanded(info, given), given.granted, given.answer))
