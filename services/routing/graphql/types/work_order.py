"""Work orders. A resident sees the public part of the orders of own reports; the rest is null to them."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Self

import strawberry
import strawberry.federation
from strawberry.federation.schema_directives import Key
from strawberry.federation.types import FieldSet

from services.routing.access import Sight
from services.routing.graphql.context import Context, Info
from services.routing.graphql.types.area import Area, area_of
from services.routing.graphql.types.call import Call, call_of_report
from services.routing.graphql.types.department_step import DepartmentStep
from services.routing.graphql.types.escalation import Escalation, escalations_of
from services.routing.graphql.types.evidence import OrderEvidence
from services.routing.graphql.types.org_unit import OrgUnit, org_unit_of
from services.routing.graphql.types.post import Post, post_of
from services.routing.graphql.types.supervision import Supervision, supervisions_about
from services.routing.model import work_order as model
from services.routing.model.escalation import SubjectKind
from services.routing.views.work_order import SeenOrder

if TYPE_CHECKING:
    from services.routing.graphql.types.meeting import Meeting
    from services.routing.graphql.types.report import Report

strawberry.enum(model.OrderState, name="WorkOrderState", description="Where in the process an order is. 工单状态。")
strawberry.enum(model.Disposition, name="OrderDisposition", description="With what result a matter ends. 处理结果。")

_REPLY_IS_PUBLIC = frozenset({model.OrderState.VERIFIED, model.OrderState.CLOSED})


@strawberry.federation.type(keys=[Key(fields=FieldSet("code"), resolvable=False)])
class Category:
    """A category of matters; intake tells more. 诉求类别。"""

    code: strawberry.ID


@strawberry.type(description="One post's turn at leading an order. 一次派单。")
class OrderDispatch:
    at: datetime
    accept_by: datetime
    accepted_at: datetime | None
    by_silence: bool = strawberry.field(description="Accepted because the clock ran out. 超时默认接单。")
    returned_at: datetime | None
    basis: str | None = strawberry.field(description="Why it was returned. 退回依据。")
    _turn: strawberry.Private[model.Dispatch]

    @strawberry.field(description="The post addressed. 承办岗位。")
    def post(self, info: Info) -> Post | None:
        return post_of(info.context, self._turn.post)

    @strawberry.field(description="Its unit. 承办单位。")
    def unit(self, info: Info) -> OrgUnit | None:
        return org_unit_of(info.context, self._turn.unit)

    @classmethod
    def of(cls, turn: model.Dispatch) -> Self:
        """The turn as GraphQL shows it."""
        return cls(
            at=turn.at,
            accept_by=turn.accept_by,
            accepted_at=turn.accepted_at,
            by_silence=turn.by_silence,
            returned_at=turn.returned_at,
            basis=turn.basis,
            _turn=turn,
        )


@strawberry.type(description="The work had to be done again. 重办。")
class OrderRework:
    at: datetime
    by_caller: bool = strawberry.field(description="The caller reopened the report. 诉求人要求重办。")
    reason: str


@strawberry.federation.type(keys=["id"], description="A work order: one accountable lead. 工单。")
class WorkOrder:
    id: strawberry.ID
    number: str = strawberry.field(description="A number to read aloud. 工单编号。")
    state: model.OrderState
    received_at: datetime = strawberry.field(description="When the report was received. 诉求受理时间。")
    dispatched_at: datetime = strawberry.field(description="When the present lead was addressed. 派单时间。")
    accept_by: datetime = strawberry.field(description="Silence accepts at this moment. 接单时限,逾时视为接单。")
    accepted_at: datetime | None
    resolve_by: datetime = strawberry.field(description="Runs from the receipt of the report. 办结时限。")
    submitted_at: datetime | None
    verified_at: datetime | None
    closed_at: datetime | None
    reply: str | None = strawberry.field(
        description="The official answer; to the caller once it is verified. 答复,审核后对诉求人公开。"
    )
    disposition: model.Disposition | None = strawberry.field(description="With what result. 处理结果。")
    disposition_reason: str | None
    due_at: datetime | None = strawberry.field(description="When the lead must have acted; staff. 当前时限。")
    accepted_by_silence: bool | None
    urgency: str | None
    returns: int | None = strawberry.field(description="How often it was returned; staff. 退回次数。")
    dispatches: list[OrderDispatch] | None = strawberry.field(description="Every lead it had; staff. 派单记录。")
    reworks: list[OrderRework] | None
    evidence: list[OrderEvidence] | None = strawberry.field(description="What was handed in; staff. 凭证。")
    no_evidence_reason: str | None
    recall_reason: str | None
    satisfaction: int | None = strawberry.field(description="The caller's mark, 1 to 5; staff. 满意度。")
    _seen: strawberry.Private[SeenOrder]

    @strawberry.field(description="The report it answers. 对应诉求。")
    def report(self) -> Annotated["Report", strawberry.lazy("services.routing.graphql.types.report")]:
        from services.routing.graphql.types.report import Report

        return Report(id=strawberry.ID(self._seen.order.report_id))

    @strawberry.field(description="The call it is handled for, when an organ called; staff. 对应呼叫。")
    async def call(self, info: Info) -> Call | None:
        return await call_of_report(info.context, self._seen.order.report_id)

    @strawberry.field(description="The ladders that run or ran for it; staff. 提级记录。")
    async def escalations(self, info: Info) -> list[Escalation]:
        return await escalations_of(info.context, SubjectKind.ORDER, self.id)

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
        return Category(code=strawberry.ID(self._seen.order.category)) if self._full else None

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

    @property
    def _full(self) -> bool:
        return self._seen.sight is Sight.FULL

    @classmethod
    def of(cls, seen: SeenOrder) -> Self:
        """The order as its viewer sees it."""
        order, full = seen.order, seen.sight is Sight.FULL
        submission, verification = order.submission, order.verification
        answered = full or order.state in _REPLY_IS_PUBLIC
        return cls(
            id=strawberry.ID(order.id),
            number=order.number,
            state=order.state,
            received_at=order.received_at,
            dispatched_at=order.current.at,
            accept_by=order.accept_by,
            accepted_at=order.current.accepted_at,
            resolve_by=order.resolve_by,
            submitted_at=submission.at if submission else None,
            verified_at=verification.at if verification else None,
            closed_at=order.closed_at,
            reply=order.reply if answered else None,
            disposition=verification.disposition if verification and answered else None,
            disposition_reason=verification.reason if verification and answered else None,
            due_at=order.due_at if full else None,
            accepted_by_silence=order.current.by_silence if full else None,
            urgency=order.urgency if full else None,
            returns=order.returns if full else None,
            dispatches=[OrderDispatch.of(turn) for turn in order.dispatches] if full else None,
            reworks=[OrderRework(at=r.at, by_caller=r.by_caller, reason=r.reason) for r in order.reworks]
            if full
            else None,
            evidence=[OrderEvidence.of(piece) for piece in submission.evidence] if full and submission else None,
            no_evidence_reason=submission.no_evidence_reason if full and submission else None,
            recall_reason=order.recall_reason if full else None,
            satisfaction=order.verdict.satisfaction if full and order.verdict else None,
            _seen=seen,
        )

    @classmethod
    async def resolve_reference(cls, info: Info, id: strawberry.ID) -> "WorkOrder | None":
        return await work_order_of(info.context, id)


async def work_order_of(context: Context, order_id: str) -> WorkOrder | None:
    """The order with this id if the viewer sees it. Raises Unauthenticated."""
    seen = await context.orders.load(order_id)
    return WorkOrder.of(seen) if seen else None
