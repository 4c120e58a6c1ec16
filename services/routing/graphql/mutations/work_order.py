"""Input and resolver of each mutation on the main line of an order."""

from typing import Annotated

import strawberry

from services.routing.graphql.context import Info
from services.routing.graphql.mutations.order_payload import WorkOrderPayload, commanded, payload, point_of
from services.routing.graphql.mutations.outcome import KEY
from services.routing.graphql.types.evidence import OrderEvidenceInput, evidence_of
from services.routing.graphql.types.matter import Urgency
from services.routing.handlers.order import opening as order_opening
from services.routing.handlers.order import work_order as handlers
from services.routing.handlers.rules import ruling
from services.routing.model.order import work_order as model


@strawberry.input
class DraftOrderInput:
    idempotency_key: str = strawberry.field(description=KEY)
    source_kind: model.SourceKind
    source_id: strawberry.ID = strawberry.field(description="What it follows from. 来源编号。")
    post_id: strawberry.ID = strawberry.field(description="Who shall lead. 拟派岗位。")
    task: str = strawberry.field(description="What is to be done. 办理事项。")
    area_id: strawberry.ID
    category: strawberry.ID | None = None
    urgency: Urgency = Urgency.ROUTINE


@strawberry.input
class DispatchOrderInput:
    idempotency_key: str = strawberry.field(description=KEY)
    work_order_id: strawberry.ID
    post_id: strawberry.ID = strawberry.field(description="The post that shall lead now. 承办岗位。")


@strawberry.input
class AcceptOrderInput:
    idempotency_key: str = strawberry.field(description=KEY)
    work_order_id: strawberry.ID


@strawberry.input
class ReturnOrderInput:
    idempotency_key: str = strawberry.field(description=KEY)
    work_order_id: strawberry.ID
    basis: str = strawberry.field(description="The rule or ruling that says 'not ours'. 退回依据。")
    ruling_id: strawberry.ID | None = strawberry.field(default=None, description="A ruling in force. 现行裁定。")


@strawberry.input
class TransferOrderInput:
    idempotency_key: str = strawberry.field(description=KEY)
    work_order_id: strawberry.ID
    post_id: strawberry.ID
    reason: str


@strawberry.input
class DepartForOrderInput:
    idempotency_key: str = strawberry.field(description=KEY)
    work_order_id: strawberry.ID


@strawberry.input
class CheckInToOrderInput:
    idempotency_key: str = strawberry.field(description=KEY)
    work_order_id: strawberry.ID
    lon: float | None = None
    lat: float | None = None
    accuracy: float | None = strawberry.field(default=None, description="Metres. 定位精度(米)。")


@strawberry.input
class StartOrderInput:
    idempotency_key: str = strawberry.field(description=KEY)
    work_order_id: strawberry.ID


@strawberry.input
class ReportBackOnOrderInput:
    idempotency_key: str = strawberry.field(description=KEY)
    work_order_id: strawberry.ID
    text: str = strawberry.field(description="Meant for the caller. 向诉求人反馈的内容。")


@strawberry.input(description="With what result. 处理结果。")
class OrderResultInput:
    disposition: model.Disposition
    reason: str
    signpost: str | None = None

    def model(self) -> model.Result:
        """The result for the model."""
        return model.Result(disposition=self.disposition, reason=self.reason, signpost=self.signpost)


@strawberry.input
class SubmitOrderInput:
    idempotency_key: str = strawberry.field(description=KEY)
    work_order_id: strawberry.ID
    reply: str = strawberry.field(description="The answer, meant for the caller. 答复诉求人的内容。")
    evidence: list[OrderEvidenceInput] = strawberry.field(default_factory=list)
    no_evidence_reason: str | None = strawberry.field(
        default=None, description="Required when there is no evidence. 无凭证时必填。"
    )
    result: OrderResultInput | None = strawberry.field(
        default=None,
        description="Done on the spot (grade A): the caller is asked at once instead of a check. 当场办结。",
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
    signpost: str | None = strawberry.field(
        default=None, description="Who else may help; required when it was not competent or unfounded. 其他求助途径。"
    )


@strawberry.input
class CheckOrderSampleInput:
    idempotency_key: str = strawberry.field(description=KEY)
    work_order_id: strawberry.ID
    passed: bool = strawberry.field(description="Whether it is as the caller said. 是否属实。")
    note: str


@strawberry.input
class RecallOrderInput:
    idempotency_key: str = strawberry.field(description=KEY)
    work_order_id: strawberry.ID
    reason: str


@strawberry.input
class CancelOrderInput:
    idempotency_key: str = strawberry.field(description=KEY)
    work_order_id: strawberry.ID
    reason: str


@strawberry.input
class SplitOrderInput:
    idempotency_key: str = strawberry.field(description=KEY)
    work_order_id: strawberry.ID
    post_id: strawberry.ID
    task: str = strawberry.field(description="What is to be done. 办理事项。")


@strawberry.type
class WorkOrderMutations:
    @strawberry.mutation(description="Put an order down that is sent later; for the centre. 拟单。")
    async def draft_order(
        self, info: Info, given: Annotated[DraftOrderInput, strawberry.argument(name="input")]
    ) -> WorkOrderPayload:
        c = info.context
        source = model.Source(kind=given.source_kind, id=given.source_id)
        asked = order_opening.DraftGiven(
            source=source,
            post_id=given.post_id,
            task=given.task,
            area_id=given.area_id,
            category=given.category,
            urgency=given.urgency,
        )
        return await payload(
            info, order_opening.draft_order(c.store, c.directory, c.viewer, given.idempotency_key, asked)
        )

    @strawberry.mutation(
        description="Send a draft out or, after a return, name another lead; for the centre. 派单、改派。"
    )
    async def dispatch_order(
        self, info: Info, given: Annotated[DispatchOrderInput, strawberry.argument(name="input")]
    ) -> WorkOrderPayload:
        return await payload(info, handlers.dispatch_order(commanded(info, given), given.post_id))

    @strawberry.mutation(description="Take the order; for its lead. 接单。")
    async def accept_order(
        self, info: Info, given: Annotated[AcceptOrderInput, strawberry.argument(name="input")]
    ) -> WorkOrderPayload:
        return await payload(info, handlers.accept_order(commanded(info, given)))

    @strawberry.mutation(
        description="Give the order back with its basis; at the limit the centre must rule. For its lead. 退回。"
    )
    async def return_order(
        self, info: Info, given: Annotated[ReturnOrderInput, strawberry.argument(name="input")]
    ) -> WorkOrderPayload:
        return await payload(info, ruling.return_order(commanded(info, given), given.basis, given.ruling_id))

    @strawberry.mutation(description="Hand the order to another post, which may return it; for its lead. 转派。")
    async def transfer_order(
        self, info: Info, given: Annotated[TransferOrderInput, strawberry.argument(name="input")]
    ) -> WorkOrderPayload:
        return await payload(info, handlers.transfer_order(commanded(info, given), given.post_id, given.reason))

    @strawberry.mutation(description="Set out; for the lead of an order in the field. 出发。")
    async def depart_for_order(
        self, info: Info, given: Annotated[DepartForOrderInput, strawberry.argument(name="input")]
    ) -> WorkOrderPayload:
        return await payload(info, handlers.depart(commanded(info, given)))

    @strawberry.mutation(description="Be there; for the lead of an order in the field. 报到。")
    async def check_in_to_order(
        self, info: Info, given: Annotated[CheckInToOrderInput, strawberry.argument(name="input")]
    ) -> WorkOrderPayload:
        return await payload(
            info, handlers.check_in(commanded(info, given), point_of(given.lon, given.lat), given.accuracy)
        )

    @strawberry.mutation(description="Begin to work; for its lead. 开始办理。")
    async def start_order(
        self, info: Info, given: Annotated[StartOrderInput, strawberry.argument(name="input")]
    ) -> WorkOrderPayload:
        return await payload(info, handlers.start_order(commanded(info, given)))

    @strawberry.mutation(description="Tell the caller how far it is; for its lead. 反馈进展。")
    async def report_back_on_order(
        self, info: Info, given: Annotated[ReportBackOnOrderInput, strawberry.argument(name="input")]
    ) -> WorkOrderPayload:
        return await payload(info, handlers.report_back(commanded(info, given), given.text))

    @strawberry.mutation(description="Hand in reply and evidence; for its lead. 回单。")
    async def submit_order(
        self, info: Info, given: Annotated[SubmitOrderInput, strawberry.argument(name="input")]
    ) -> WorkOrderPayload:
        result = given.result.model() if given.result else None
        doing = handlers.submit_order(
            commanded(info, given), given.reply, evidence_of(given.evidence), given.no_evidence_reason, result
        )
        return await payload(info, doing)

    @strawberry.mutation(description="Not good enough: work again; for who checks it. 发回重办。")
    async def send_back_order(
        self, info: Info, given: Annotated[SendBackOrderInput, strawberry.argument(name="input")]
    ) -> WorkOrderPayload:
        return await payload(info, handlers.send_back_order(commanded(info, given), given.reason))

    @strawberry.mutation(
        description="Confirm the result; for the post that checks it or the centre, not for who handled it. 审核。"
    )
    async def verify_order(
        self, info: Info, given: Annotated[VerifyOrderInput, strawberry.argument(name="input")]
    ) -> WorkOrderPayload:
        result = model.Result(disposition=given.disposition, reason=given.reason, signpost=given.signpost)
        doing = handlers.verify_order(commanded(info, given), result)
        return await payload(info, doing)

    @strawberry.mutation(
        description="Look at what ended on the caller's own word and was drawn; what fails is worked on again. For the post that "
        "checks it or the centre. 抽查,不属实的发回重办。"
    )
    async def check_order_sample(
        self, info: Info, given: Annotated[CheckOrderSampleInput, strawberry.argument(name="input")]
    ) -> WorkOrderPayload:
        return await payload(info, handlers.check_sample(commanded(info, given), given.passed, given.note))

    @strawberry.mutation(description="Take the order back for good; for the centre. 撤回。")
    async def recall_order(
        self, info: Info, given: Annotated[RecallOrderInput, strawberry.argument(name="input")]
    ) -> WorkOrderPayload:
        return await payload(info, handlers.recall_order(commanded(info, given), given.reason))

    @strawberry.mutation(description="Drop a draft; for the centre. 取消草稿。")
    async def cancel_order(
        self, info: Info, given: Annotated[CancelOrderInput, strawberry.argument(name="input")]
    ) -> WorkOrderPayload:
        return await payload(info, handlers.cancel_order(commanded(info, given), given.reason))

    @strawberry.mutation(description="Give a part to another unit as an order of its own; for the lead. 拆分子工单。")
    async def split_order(
        self, info: Info, given: Annotated[SplitOrderInput, strawberry.argument(name="input")]
    ) -> WorkOrderPayload:
        return await payload(info, order_opening.split_order(commanded(info, given), given.post_id, given.task))
