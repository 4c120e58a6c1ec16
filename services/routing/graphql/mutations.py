"""Input, payload and resolver of each mutation, side by side."""

from collections.abc import Awaitable
from typing import Annotated, TypeVar

import strawberry

from services.chassis.errors import Refusal
from services.chassis.graphql.errors import UserError, user_error
from services.routing.graphql.context import Info
from services.routing.graphql.types.work_order import WorkOrder
from services.routing.handlers import work_order as handlers
from services.routing.model import work_order as model
from services.routing.views.work_order import see

_KEY = "Repeating a command with the same key and input returns the first result. 幂等键。"


@strawberry.type
class WorkOrderPayload:
    """The order as it is now, null when refused. 工单,被拒绝时为空。"""

    work_order: WorkOrder | None
    errors: list[UserError]


P = TypeVar("P", bound=WorkOrderPayload)


@strawberry.input
class DispatchOrderInput:
    idempotency_key: str = strawberry.field(description=_KEY)
    work_order_id: strawberry.ID
    post_id: strawberry.ID = strawberry.field(description="The post that shall lead now. 改派的岗位。")


@strawberry.type
class DispatchOrderPayload(WorkOrderPayload):
    pass


@strawberry.input
class AcceptOrderInput:
    idempotency_key: str = strawberry.field(description=_KEY)
    work_order_id: strawberry.ID


@strawberry.type
class AcceptOrderPayload(WorkOrderPayload):
    pass


@strawberry.input
class ReturnOrderInput:
    idempotency_key: str = strawberry.field(description=_KEY)
    work_order_id: strawberry.ID
    basis: str = strawberry.field(description="The rule or ruling that says 'not ours'. 退回依据。")


@strawberry.type
class ReturnOrderPayload(WorkOrderPayload):
    pass


@strawberry.input
class StartOrderInput:
    idempotency_key: str = strawberry.field(description=_KEY)
    work_order_id: strawberry.ID


@strawberry.type
class StartOrderPayload(WorkOrderPayload):
    pass


@strawberry.input
class OrderEvidenceInput:
    kind: model.EvidenceKind
    ref: str = strawberry.field(description="A URL or the number of a record. 链接或记录编号。")
    note: str = ""


@strawberry.input
class SubmitOrderInput:
    idempotency_key: str = strawberry.field(description=_KEY)
    work_order_id: strawberry.ID
    reply: str = strawberry.field(description="The answer, meant for the caller. 答复诉求人的内容。")
    evidence: list[OrderEvidenceInput] = strawberry.field(default_factory=list)
    no_evidence_reason: str | None = strawberry.field(
        default=None, description="Required when there is no evidence. 无凭证时必填。"
    )


@strawberry.type
class SubmitOrderPayload(WorkOrderPayload):
    pass


@strawberry.input
class SendBackOrderInput:
    idempotency_key: str = strawberry.field(description=_KEY)
    work_order_id: strawberry.ID
    reason: str


@strawberry.type
class SendBackOrderPayload(WorkOrderPayload):
    pass


@strawberry.input
class VerifyOrderInput:
    idempotency_key: str = strawberry.field(description=_KEY)
    work_order_id: strawberry.ID
    disposition: model.Disposition
    reason: str = strawberry.field(description="Why this is the result. 处理结果说明。")


@strawberry.type
class VerifyOrderPayload(WorkOrderPayload):
    pass


@strawberry.input
class RecallOrderInput:
    idempotency_key: str = strawberry.field(description=_KEY)
    work_order_id: strawberry.ID
    reason: str


@strawberry.type
class RecallOrderPayload(WorkOrderPayload):
    pass


@strawberry.type
class Mutation:
    @strawberry.mutation(description="After a return, name another lead; for the centre. 改派。")
    async def dispatch_order(
        self, info: Info, given: Annotated[DispatchOrderInput, strawberry.argument(name="input")]
    ) -> DispatchOrderPayload:
        c = info.context
        doing = handlers.dispatch_order(
            c.store, c.directory, c.viewer, given.idempotency_key, given.work_order_id, given.post_id
        )
        return await _payload(info, DispatchOrderPayload, doing)

    @strawberry.mutation(description="Take the order; for its lead. 接单。")
    async def accept_order(
        self, info: Info, given: Annotated[AcceptOrderInput, strawberry.argument(name="input")]
    ) -> AcceptOrderPayload:
        c = info.context
        doing = handlers.accept_order(c.store, c.viewer, given.idempotency_key, given.work_order_id)
        return await _payload(info, AcceptOrderPayload, doing)

    @strawberry.mutation(description="Give the order back with its basis, at most twice; for its lead. 退回。")
    async def return_order(
        self, info: Info, given: Annotated[ReturnOrderInput, strawberry.argument(name="input")]
    ) -> ReturnOrderPayload:
        c = info.context
        doing = handlers.return_order(c.store, c.viewer, given.idempotency_key, given.work_order_id, given.basis)
        return await _payload(info, ReturnOrderPayload, doing)

    @strawberry.mutation(description="Begin to work; for its lead. 开始办理。")
    async def start_order(
        self, info: Info, given: Annotated[StartOrderInput, strawberry.argument(name="input")]
    ) -> StartOrderPayload:
        c = info.context
        doing = handlers.start_order(c.store, c.viewer, given.idempotency_key, given.work_order_id)
        return await _payload(info, StartOrderPayload, doing)

    @strawberry.mutation(description="Hand in reply and evidence; for its lead. 回单。")
    async def submit_order(
        self, info: Info, given: Annotated[SubmitOrderInput, strawberry.argument(name="input")]
    ) -> SubmitOrderPayload:
        c = info.context
        evidence = [model.Evidence(kind=piece.kind, ref=piece.ref, note=piece.note) for piece in given.evidence]
        doing = handlers.submit_order(
            *(c.store, c.viewer, given.idempotency_key, given.work_order_id),
            *(given.reply, evidence, given.no_evidence_reason),
        )
        return await _payload(info, SubmitOrderPayload, doing)

    @strawberry.mutation(description="Not good enough: work again; for the centre. 发回重办。")
    async def send_back_order(
        self, info: Info, given: Annotated[SendBackOrderInput, strawberry.argument(name="input")]
    ) -> SendBackOrderPayload:
        c = info.context
        doing = handlers.send_back_order(c.store, c.viewer, given.idempotency_key, given.work_order_id, given.reason)
        return await _payload(info, SendBackOrderPayload, doing)

    @strawberry.mutation(description="Confirm the result; for the centre, not for who handled it. 审核。")
    async def verify_order(
        self, info: Info, given: Annotated[VerifyOrderInput, strawberry.argument(name="input")]
    ) -> VerifyOrderPayload:
        c = info.context
        doing = handlers.verify_order(
            c.store, c.viewer, given.idempotency_key, given.work_order_id, given.disposition, given.reason
        )
        return await _payload(info, VerifyOrderPayload, doing)

    @strawberry.mutation(description="Take the order back for good; for the centre. 撤回。")
    async def recall_order(
        self, info: Info, given: Annotated[RecallOrderInput, strawberry.argument(name="input")]
    ) -> RecallOrderPayload:
        c = info.context
        doing = handlers.recall_order(c.store, c.viewer, given.idempotency_key, given.work_order_id, given.reason)
        return await _payload(info, RecallOrderPayload, doing)


async def _payload(info: Info, kind: type[P], doing: Awaitable[model.WorkOrder]) -> P:
    try:
        order = await doing
    except Refusal as refusal:
        return kind(work_order=None, errors=[user_error(refusal, info.context.language)])
    seen = see(info.context.viewer, order)
    return kind(work_order=WorkOrder.of(seen) if seen else None, errors=[])
