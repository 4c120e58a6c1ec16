"""Work orders. A resident sees the public part of the orders of own reports; the rest is null to them."""

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Self

import strawberry
import strawberry.federation
from strawberry.federation.schema_directives import Key
from strawberry.federation.types import FieldSet

from services.routing.access.order import Sight
from services.routing.graphql.context import Context, Info
from services.routing.graphql.types.area import Area, area_of
from services.routing.graphql.types.call import Call, call_of_report
from services.routing.graphql.types.department_step import DepartmentStep
from services.routing.graphql.types.escalation import Escalation, escalations_of
from services.routing.graphql.types.evidence import OrderEvidence
from services.routing.graphql.types.order_parts import (
    OrderAdjudication,
    OrderAssistance,
    OrderClock,
    OrderDeferral,
    OrderDispatch,
    OrderExtension,
    OrderProgress,
    OrderRefusal,
    OrderRework,
    OrderSampleCheck,
    OrderSource,
    OrderSuspension,
    OrderUpwardTransfer,
)
from services.routing.graphql.types.org_unit import OrgUnit, org_unit_of
from services.routing.graphql.types.post import Post, post_of
from services.routing.graphql.types.supervision import Supervision, supervisions_about
from services.routing.model.ladder.escalation_parts import SubjectKind
from services.routing.model.order import work_order as model
from services.routing.model.rules.policy import Grade
from services.routing.views.work_order import SeenOrder

if TYPE_CHECKING:
    from services.routing.graphql.types.deployment import Deployment
    from services.routing.graphql.types.meeting import Meeting
    from services.routing.graphql.types.report import Report

strawberry.enum(model.OrderState, name="WorkOrderState", description="Where in the process an order is. 工单状态。")
strawberry.enum(Grade, name="CompletionGrade", description="Who may say that it is done. 办结分级。")
strawberry.enum(model.Disposition, name="OrderDisposition", description="With what result a matter ends. 处理结果。")

_REPLY_IS_PUBLIC = frozenset({model.OrderState.VERIFIED, model.OrderState.CLOSED})


@strawberry.federation.type(keys=[Key(fields=FieldSet("code"), resolvable=False)])
class Category:
    """A category of matters; intake tells more. 诉求类别。"""

    code: strawberry.ID


@strawberry.federation.type(keys=["id"], description="A work order: one accountable lead. 工单。")
class WorkOrder:
    id: strawberry.ID
    number: str = strawberry.field(description="A number to read aloud. 工单编号。")
    state: model.OrderState
    received_at: datetime = strawberry.field(description="When the report was received. 诉求受理时间。")
    dispatched_at: datetime | None = strawberry.field(description="When the present lead was addressed. 派单时间。")
    accept_by: datetime | None = strawberry.field(description="Silence accepts at this moment. 接单时限,逾时视为接单。")
    accepted_at: datetime | None
    resolve_by: datetime | None = strawberry.field(description="Runs from the receipt of the report. 办结时限。")
    submitted_at: datetime | None
    verified_at: datetime | None
    closed_at: datetime | None
    reply: str | None = strawberry.field(
        description="The official answer; to the caller once it is verified. 答复,审核后对诉求人公开。"
    )
    disposition: model.Disposition | None = strawberry.field(description="With what result. 处理结果。")
    disposition_reason: str | None
    signpost: str | None = strawberry.field(description="Who else may help. 其他求助途径。")
    refusals: list[OrderRefusal] = strawberry.field(description="Who said 'not ours', and who has it now. 退回记录。")
    extensions: list[OrderExtension] = strawberry.field(description="More time, asked for and given. 延期。")
    deferral: OrderDeferral | None = strawberry.field(description="While it is on the watch list. 挂账。")
    waiting_until: datetime | None = strawberry.field(description="While it waits. 挂起至。")
    progress: list[OrderProgress] = strawberry.field(description="Words to the caller on how far it is. 进展。")
    due_at: datetime | None = strawberry.field(description="When the lead must have acted; staff. 当前时限。")
    accepted_by_silence: bool | None
    urgency: str | None
    grade: Grade | None = strawberry.field(description="Staff. 办结分级。")
    task: str | None = strawberry.field(description="What is to be done, where it is not a report. 办理事项。")
    hops: int | None = strawberry.field(description="How often it went on to another lead; staff. 流转次数。")
    first_time_right: bool | None = strawberry.field(
        description="Settled by the first lead at the first try. 一次办结。"
    )
    suspensions: list[OrderSuspension] | None
    adjudications: list[OrderAdjudication] | None
    upward: list[OrderUpwardTransfer] | None = strawberry.field(description="Handed to superior systems. 上报转办。")
    assistance: list[OrderAssistance] | None = strawberry.field(description="Who helps the lead; staff. 协办。")
    returns: int | None = strawberry.field(description="How often it was returned; staff. 退回次数。")
    dispatches: list[OrderDispatch] | None = strawberry.field(description="Every lead it had; staff. 派单记录。")
    reworks: list[OrderRework] | None
    evidence: list[OrderEvidence] | None = strawberry.field(description="What was handed in; staff. 凭证。")
    no_evidence_reason: str | None
    recall_reason: str | None = strawberry.field(
        description="Why it was recalled or cancelled; staff. 撤回、取消理由。"
    )
    satisfaction: int | None = strawberry.field(description="The caller's mark, 1 to 5; staff. 满意度。")
    sample: OrderSampleCheck | None = strawberry.field(description="Drawn to be looked at afterwards; staff. 抽查。")
    _seen: strawberry.Private[SeenOrder]

    @strawberry.field(description="The report it answers, where it follows from one. 对应诉求。")
    def report(self) -> Annotated["Report", strawberry.lazy("services.routing.graphql.types.report")] | None:
        from services.routing.graphql.types.report import Report

        report_id = self._seen.order.report_id
        return Report(id=strawberry.ID(report_id)) if report_id else None

    @strawberry.field(description="What it follows from. 来源。")
    def source(self) -> OrderSource:
        source = self._seen.order.source
        return OrderSource(kind=source.kind, id=strawberry.ID(source.id))

    @strawberry.field(description="Its clocks: accept, arrive, first report, resolve, confirm. 各项计时。")
    def clocks(self, info: Info) -> list[OrderClock]:
        order, context = self._seen.order, info.context
        own = [clock for whose, clock in order.all_clocks() if whose is None or whose in order.dispatches]
        policy, now = context.directory.policy, context.store.clock()
        return [OrderClock.of(one, policy.calendar(one.target.calendar), now, full=self._full) for one in own]

    @strawberry.field(description="The order it is a part of; staff. 主工单。")
    async def parent(self, info: Info) -> "WorkOrder | None":
        parent_id = self._seen.order.parent_id
        return await work_order_of(info.context, parent_id) if parent_id and self._full else None

    @strawberry.field(description="Parts with orders of their own; staff. 子工单。")
    async def children(self, info: Info) -> "list[WorkOrder] | None":
        if not self._full:
            return None
        found = await info.context.orders.load_many([child.id for child in self._seen.order.children])
        return [WorkOrder.of(seen) for seen in found if seen]

    @strawberry.field(description="The post that is to check it besides the centre; staff. 审核岗位。")
    def verifier(self, info: Info) -> Post | None:
        post_id = self._seen.order.verifier_post
        return post_of(info.context, post_id) if post_id and self._full else None

    @strawberry.field(description="The call it is handled for, when an organ called; staff. 对应呼叫。")
    async def call(self, info: Info) -> Call | None:
        return await call_of_report(info.context, self._seen.order.report_id)

    @strawberry.field(description="The ladders that run or ran for it; staff. 提级记录。")
    async def escalations(self, info: Info) -> list[Escalation]:
        return await escalations_of(info.context, SubjectKind.ORDER, self.id)

    @strawberry.field(description="The running order it is handled with; staff. 并入的在办工单。")
    async def joined_to(self, info: Info) -> "WorkOrder | None":
        joined = self._seen.order.joined_to if self._full else None
        return await work_order_of(info.context, joined.order_id) if joined else None

    @strawberry.field(description="Orders for other reports that were joined to it; staff. 并入本工单的工单。")
    async def joined_orders(self, info: Info) -> list["WorkOrder"]:
        found = await info.context.orders.load_many(self._seen.order.joined if self._full else [])
        return [WorkOrder.of(seen) for seen in found if seen]

    @strawberry.field(description="The unit that answers for it. 牵头单位。")
    def lead_unit(self, info: Info) -> OrgUnit | None:
        return org_unit_of(info.context, self._seen.order.lead_unit)

    @strawberry.field(description="The post that answers for it; staff. 牵头岗位。")
    def lead_post(self, info: Info) -> Post | None:
        return post_of(info.context, self._seen.order.lead_post) if self._full else None

    @strawberry.field(description="Where; staff. 所在区域。")
    def area(self, info: Info) -> Area | None:
        return area_of(info.context, self._seen.order.area_id) if self._full else None

    @strawberry.field(description="What kind of matter; staff. 类别。")
    def category(self) -> Category | None:
        return Category(code=strawberry.ID(code)) if self._full and (code := self._seen.order.category) else None

    @strawberry.field(description="Supervisions about it, oldest first; for who may see them. 督办记录。")
    async def supervisions(self, info: Info) -> list[Supervision]:
        return await supervisions_about(info.context, self.id)

    @strawberry.field(description="Steps in a department's own system; staff. 部门业务环节。")
    async def department_steps(self, info: Info) -> list[DepartmentStep] | None:
        if not self._full:
            return None
        return [DepartmentStep.of(step) for step in await info.context.department_steps_of_order.load(self.id)]

    @strawberry.field(description="Meetings convened on it, or that decided about it. 相关会议。")
    async def meetings(
        self, info: Info
    ) -> list[Annotated["Meeting", strawberry.lazy("services.routing.graphql.types.meeting")]]:
        from services.routing.graphql.types.meeting import Meeting

        return [Meeting.of(meeting) for meeting in await info.context.meetings_of_order.load(self.id)]

    @strawberry.field(description="Who was sent to it, oldest first. 派遣记录。")
    async def deployments(
        self, info: Info
    ) -> list[Annotated["Deployment", strawberry.lazy("services.routing.graphql.types.deployment")]]:
        from services.routing.graphql.types.deployment import seen_deployment

        found = await info.context.deployments_of_order.load(self.id)
        seen = await asyncio.gather(*(seen_deployment(info.context, one) for one in found))
        return [one for one in seen if one]

    @property
    def _full(self) -> bool:
        return self._seen.sight is Sight.FULL

    @classmethod
    def of(cls, seen: SeenOrder) -> Self:
        """The order as its viewer sees it."""
        order, full = seen.order, seen.sight is Sight.FULL
        submission, verification = order.submission, order.verification
        answered = full or order.state in _REPLY_IS_PUBLIC
        turn = order.current if order.dispatches else None
        deferred = order.state is model.OrderState.DEFERRED
        suspended = order.state is model.OrderState.SUSPENDED
        return cls(
            id=strawberry.ID(order.id),
            number=order.number,
            state=order.state,
            received_at=order.received_at,
            dispatched_at=turn.at if turn else None,
            accept_by=turn.accept_by if turn else None,
            accepted_at=turn.accepted_at if turn else None,
            resolve_by=order.resolve_by if turn else None,
            submitted_at=submission.at if submission else None,
            verified_at=verification.at if verification else None,
            closed_at=order.closed_at,
            reply=order.reply if answered else None,
            disposition=verification.disposition if verification and answered else None,
            disposition_reason=verification.reason if verification and answered else None,
            signpost=verification.signpost if verification and answered else None,
            refusals=OrderRefusal.all_of(order.dispatches),
            extensions=[OrderExtension.of(one, full=full) for one in order.extensions],
            deferral=OrderDeferral.of(order.deferrals[-1], full=full) if deferred else None,
            waiting_until=order.suspensions[-1].until if suspended else None,
            progress=[OrderProgress(at=one.at, text=one.text) for one in order.progress],
            due_at=order.due_at if full else None,
            accepted_by_silence=turn.by_silence if full and turn else None,
            grade=order.grade if full else None,
            task=order.task if full else None,
            hops=order.hops if full else None,
            first_time_right=order.first_time_right if full else None,
            suspensions=[OrderSuspension.of(one) for one in order.suspensions] if full else None,
            adjudications=[OrderAdjudication.of(one) for one in order.adjudications] if full else None,
            upward=[OrderUpwardTransfer.of(one) for one in order.upward] if full else None,
            assistance=[OrderAssistance.of(one) for one in order.assisting] if full else None,
            urgency=order.urgency if full else None,
            returns=order.returns if full else None,
            dispatches=[OrderDispatch.of(turn) for turn in order.dispatches] if full else None,
            reworks=[OrderRework(at=r.at, by_caller=r.by_caller, reason=r.reason) for r in order.reworks]
            if full
            else None,
            evidence=[OrderEvidence.of(piece, submission.reused) for piece in submission.evidence]
            if full and submission
            else None,
            no_evidence_reason=submission.no_evidence_reason if full and submission else None,
            recall_reason=order.ended_reason if full else None,
            satisfaction=order.verdict.satisfaction if full and order.verdict else None,
            sample=OrderSampleCheck.of(order.sample) if full and order.sample else None,
            _seen=seen,
        )

    @classmethod
    async def resolve_reference(cls, info: Info, id: strawberry.ID) -> "WorkOrder | None":
        return await work_order_of(info.context, id)


async def work_order_of(context: Context, order_id: str) -> WorkOrder | None:
    """The order with this id if the viewer sees it. Raises Unauthenticated."""
    seen = await context.orders.load(order_id)
    return WorkOrder.of(seen) if seen else None
