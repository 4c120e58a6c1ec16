"""Input, payload and resolver of each mutation, side by side."""

from collections.abc import Awaitable
from typing import Annotated

import strawberry

from services.chassis.graphql.errors import UserError
from services.routing.graphql.context import Info
from services.routing.graphql.mutations.outcome import KEY, outcome
from services.routing.graphql.types.evidence import OrderEvidenceInput, evidence_of
from services.routing.graphql.types.work_order import WorkOrder
from services.routing.handlers import work_order as handlers
from services.routing.model import work_order as model
from services.routing.views.work_order import see


@strawberry.type
class WorkOrderPayload:
    """The order as it is now, null when refused. 工单,被拒绝时为空。"""

    work_order: WorkOrder | None
    errors: list[UserError]


@strawberry.input
class DispatchOrderInput:
    idempotency_key: str = strawberry.field(description=KEY)
    work_order_id: strawberry.ID
    post_id: strawberry.ID = strawberry.field(description="The post that shall lead now. 改派的岗位。")


@strawberry.input
class AcceptOrderInput:
    idempotency_key: str = strawberry.field(description=KEY)
    work_order_id: strawberry.ID


@strawberry.input
class ReturnOrderInput:
    idempotency_key: str = strawberry.field(description=KEY)
    work_order_id: strawberry.ID
    basis: str = strawberry.field(description="The rule or ruling that says 'not ours'. 退回依据。")


@strawberry.input
class StartOrderInput:
    idempotency_key: str = strawberry.field(description=KEY)
    work_order_id: strawberry.ID


@strawberry.input
class SubmitOrderInput:
    idempotency_key: str = strawberry.field(description=KEY)
    work_order_id: strawberry.ID
    reply: str = strawberry.field(description="The answer, meant for the caller. 答复诉求人的内容。")
    evidence: list[OrderEvidenceInput] = strawberry.field(default_factory=list)
    no_evidence_reason: str | None = strawberry.field(
        default=None, description="Required when there is no evidence. 无凭证时必填。"
    )


@strawberry.input
class SendBackOrderInput:
    idempotency_key: str = strawberry.field(description=KEY)
    work_order_id: strawberry.ID
    reason: str


@strawberry.input
class VerifyOrderInput:
    idempotency_key: str = strawberry.field(description=KEY)
    work_order_id: strawberry.ID
    disposition: model.Disposition
    reason: str = strawberry.field(description="Why this is the result. 处理结果说明。")


@strawberry.input
class RecallOrderInput:
    idempotency_key: str = strawberry.field(description=KEY)
    work_order_id: strawberry.ID
    reason: str


@strawberry.type
class WorkOrderMutations:
    @strawberry.mutation(description="After a return, name another lead; for the centre. 改派。")
    async def dispatch_order(
        self, info: Info, given: Annotated[DispatchOrderInput, strawberry.argument(name="input")]
    ) -> WorkOrderPayload:
        c = info.context
        doing = handlers.dispatch_order(
            c.store, c.directory, c.viewer, given.idempotency_key, given.work_order_id, given.post_id
        )
        return await _payload(info, doing)

    @strawberry.mutation(description="Take the order; for its lead. 接单。")
    async def accept_order(
        self, info: Info, given: Annotated[AcceptOrderInput, strawberry.argument(name="input")]
    ) -> WorkOrderPayload:
        c = info.context
        doing = handlers.accept_order(c.store, c.viewer, given.idempotency_key, given.work_order_id)
        return await _payload(info, doing)

    @strawberry.mutation(description="Give the order back with its basis, at most twice; for its lead. 退回。")
    async def return_order(
        self, info: Info, given: Annotated[ReturnOrderInput, strawberry.argument(name="input")]
    ) -> WorkOrderPayload:
        c = info.context
        doing = handlers.return_order(c.store, c.viewer, given.idempotency_key, given.work_order_id, given.basis)
        return await _payload(info, doing)

    @strawberry.mutation(description="Begin to work; for its lead. 开始办理。")
    async def start_order(
        self, info: Info, given: Annotated[StartOrderInput, strawberry.argument(name="input")]
    ) -> WorkOrderPayload:
        c = info.context
        doing = handlers.start_order(c.store, c.viewer, given.idempotency_key, given.work_order_id)
        return await _payload(info, doing)

    @strawberry.mutation(description="Hand in reply and evidence; for its lead. 回单。")
    async def submit_order(
        self, info: Info, given: Annotated[SubmitOrderInput, strawberry.argument(name="input")]
    ) -> WorkOrderPayload:
        c = info.context
        doing = handlers.submit_order(
            *(c.store, c.viewer, given.idempotency_key, given.work_order_id),
            *(given.reply, evidence_of(given.evidence), given.no_evidence_reason),
        )
        return await _payload(info, doing)

    @strawberry.mutation(description="Not good enough: work again; for the centre. 发回重办。")
    async def send_back_order(
        self, info: Info, given: Annotated[SendBackOrderInput, strawberry.argument(name="input")]
    ) -> WorkOrderPayload:
        c = info.context
        doing = handlers.send_back_order(c.store, c.viewer, given.idempotency_key, given.work_order_id, given.reason)
        return await _payload(info, doing)

    @strawberry.mutation(description="Confirm the result; for the centre, not for who handled it. 审核。")
    async def verify_order(
        self, info: Info, given: Annotated[VerifyOrderInput, strawberry.argument(name="input")]
    ) -> WorkOrderPayload:
        c = info.context
        doing = handlers.verify_order(
            c.store, c.viewer, given.idempotency_key, given.work_order_id, given.disposition, given.reason
        )
        return await _payload(info, doing)

    @strawberry.mutation(description="Take the order back for good; for the centre. 撤回。")
    async def recall_order(
        self, info: Info, given: Annotated[RecallOrderInput, strawberry.argument(name="input")]
    ) -> WorkOrderPayload:
        c = info.context
        doing = handlers.recall_order(c.store, c.viewer, given.idempotency_key, given.work_order_id, given.reason)
        return await _payload(info, doing)


async def _payload(info: Info, doing: Awaitable[model.WorkOrder]) -> WorkOrderPayload:
    order, errors = await outcome(info, doing)
    seen = see(info.context.viewer, order) if order else None
    return WorkOrderPayload(work_order=WorkOrder.of(seen) if seen else None, errors=errors)
