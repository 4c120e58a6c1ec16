"""Calls of organs: who called, who must answer, rung by rung. For staff; the rated see no rating before the call is closed."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Self

import strawberry
import strawberry.federation

from services.routing.graphql.context import Context, Info
from services.routing.graphql.types.area import Area, area_of
from services.routing.graphql.types.escalation import Escalation, escalations_of
from services.routing.graphql.types.org_unit import OrgUnit, org_unit_of
from services.routing.graphql.types.post import Post, post_of
from services.routing.model.ladder import call as model
from services.routing.model.ladder.escalation_parts import SubjectKind
from services.routing.model.ladder.rating import Rating
from services.routing.model.organisation.organisation import PostLevel
from services.routing.model.rules.matter import CallLevel
from services.routing.views.call import SeenCall

if TYPE_CHECKING:
    from services.routing.graphql.types.report import Report

strawberry.enum(model.CallState, name="CallState", description="Where a call stands. 呼叫状态。")
strawberry.enum(model.Aspect, name="CallAspect", description="What the calling organ rates. 评价项。")


@strawberry.type(description="How the calling organ rates. 呼叫单位评价。")
class OrganRating:
    mark: int = strawberry.field(description="1 to 5. 评分。")
    text: str
    at: datetime

    @classmethod
    def of(cls, rating: Rating | None) -> Self | None:
        """The rating as GraphQL shows it."""
        return cls(mark=rating.mark, text=rating.text, at=rating.at) if rating else None


@strawberry.type(description="One post that is called. 一级呼应。")
class CallRung:
    level: PostLevel
    called_at: datetime
    respond_by: datetime | None = strawberry.field(description="Runs from the receipt of the report. 响应时限。")
    overdue: bool
    automatic: bool = strawberry.field(description="The ladder climbed here. 自动提级。")
    reason: str | None = strawberry.field(description="Why it was raised. 提级理由。")
    answered_at: datetime | None
    answer: str | None
    answered_by: strawberry.ID | None = strawberry.field(description="The person who answered. 响应人。")
    released_at: datetime | None = strawberry.field(description="From here on it has the duty no more. 解除时间。")
    release_reason: str | None
    _rung: strawberry.Private[model.CallRung]

    @strawberry.field(description="The post. 被呼叫岗位。")
    def post(self, info: Info) -> Post | None:
        return post_of(info.context, self._rung.post)

    @strawberry.field(description="Its unit. 被呼叫单位。")
    def unit(self, info: Info) -> OrgUnit | None:
        return org_unit_of(info.context, self._rung.unit)

    @classmethod
    def of(cls, rung: model.CallRung) -> Self:
        """The rung as GraphQL shows it."""
        answer, clock = rung.answer, rung.clock
        person = answer.by.person if answer else None
        return cls(
            level=rung.level,
            called_at=rung.called_at,
            respond_by=clock.due_at if clock else None,
            overdue=clock is not None and clock.breached_at is not None,
            automatic=rung.automatic,
            reason=rung.reason,
            answered_at=answer.at if answer else None,
            answer=answer.text if answer else None,
            answered_by=strawberry.ID(person) if person else None,
            released_at=rung.released_at,
            release_reason=rung.release_reason,
            _rung=rung,
        )


@strawberry.federation.type(keys=["id"], description="A call of an organ, answered one level up. 呼叫。")
class Call:
    id: strawberry.ID
    number: str = strawberry.field(description="A number to read aloud. 呼叫编号。")
    level: CallLevel
    state: model.CallState
    made_at: datetime
    due_at: datetime | None = strawberry.field(description="When the first answer that is owed is due. 最近响应时限。")
    rungs: list[CallRung] = strawberry.field(description="All that were ever called, the first first. 呼应链。")
    closed_at: datetime | None
    response_rating: OrganRating | None = strawberry.field(
        description="How the calling organ rates the response; to the rated once the call is closed. 响应评价。"
    )
    result_rating: OrganRating | None = strawberry.field(
        description="How it rates the result; to the rated once the call is closed. 办理结果评价。"
    )
    _seen: strawberry.Private[SeenCall]

    @strawberry.field(description="The report it is about, where the viewer sees it. 对应诉求。")
    def report(self) -> Annotated["Report", strawberry.lazy("services.routing.graphql.types.report")] | None:
        from services.routing.graphql.types.report import Report

        return Report(id=strawberry.ID(self._seen.call.report_id))

    @strawberry.field(description="The post that called. 呼叫岗位。")
    def caller_post(self, info: Info) -> Post | None:
        return post_of(info.context, self._seen.call.caller_post)

    @strawberry.field(description="The organ that called. 呼叫单位。")
    def caller_unit(self, info: Info) -> OrgUnit | None:
        return org_unit_of(info.context, self._seen.call.caller_unit)

    @strawberry.field(description="Where. 所在区域。")
    def area(self, info: Info) -> Area | None:
        path = self._seen.call.area_path
        return area_of(info.context, path[-1] if path else None)

    @strawberry.field(description="The ladders that run or ran for it. 提级记录。")
    async def escalations(self, info: Info) -> list[Escalation]:
        return await escalations_of(info.context, SubjectKind.CALL, self.id)

    @classmethod
    def of(cls, seen: SeenCall) -> Self:
        """The call as its viewer sees it."""
        call = seen.call
        return cls(
            id=strawberry.ID(call.id),
            number=call.number,
            level=call.level,
            state=call.state,
            made_at=call.made_at,
            due_at=call.due_at,
            rungs=[CallRung.of(rung) for rung in call.rungs],
            closed_at=call.closed_at,
            response_rating=None if seen.blind else OrganRating.of(call.response),
            result_rating=None if seen.blind else OrganRating.of(call.result),
            _seen=seen,
        )

    @classmethod
    async def resolve_reference(cls, info: Info, id: strawberry.ID) -> "Call | None":
        return await call_of(info.context, id)


async def call_of(context: Context, call_id: str) -> Call | None:
    """The call with this id if the viewer sees it. Raises Unauthenticated."""
    seen = await context.calls.load(call_id)
    return Call.of(seen) if seen else None


async def call_of_report(context: Context, report_id: str | None) -> Call | None:
    """The call of this report if the viewer sees it. Raises Unauthenticated."""
    seen = await context.call_of_report.load(report_id) if report_id else None
    return Call.of(seen) if seen else None
