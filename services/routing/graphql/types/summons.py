"""Summonses: who was whistled to a place, who came, who did not. For staff."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Self

import strawberry
import strawberry.federation

from services.routing.access.summons import is_evaluated_blind
from services.routing.graphql.context import Context, Info
from services.routing.graphql.types.area import Area, area_of
from services.routing.graphql.types.call import OrganRating
from services.routing.graphql.types.escalation import Escalation, escalations_of
from services.routing.graphql.types.org_unit import OrgUnit, org_unit_of
from services.routing.graphql.types.post import Post, post_of
from services.routing.model.ladder import summons as model
from services.routing.model.ladder.escalation_parts import SubjectKind

if TYPE_CHECKING:
    from services.routing.graphql.types.report import Report

strawberry.enum(model.SummonsState, name="SummonsState", description="Where a summons stands. 吹哨状态。")
strawberry.enum(
    model.SummonsReason, name="SummonsReason", description="The three lawful reasons to whistle. 吹哨事由。"
)


@strawberry.type(description="Somebody of a post was there. 报到。")
class SummonsCheckIn:
    at: datetime
    person: strawberry.ID | None
    lon: float
    lat: float
    accuracy_m: float = strawberry.field(description="How far off it may be, in metres. 精度(米)。")
    distance_m: float | None = strawberry.field(description="From the place, where that has a point. 距现场(米)。")


@strawberry.type(description="One post that is whistled. 被吹哨岗位。")
class Summoned:
    called_at: datetime
    check_in_by: datetime | None
    check_in: SummonsCheckIn | None
    no_show_at: datetime | None = strawberry.field(description="It did not check in in time. 逾期未报到。")
    released_at: datetime | None = strawberry.field(description="The caller let it go. 解除时间。")
    release_reason: str | None
    evaluation: OrganRating | None = strawberry.field(
        description="How the caller evaluates it; to itself at the end. 吹哨单位评价。"
    )
    _summoned: strawberry.Private[model.Summoned]

    @strawberry.field(description="The post. 岗位。")
    def post(self, info: Info) -> Post | None:
        return post_of(info.context, self._summoned.post)

    @strawberry.field(description="Its unit. 单位。")
    def unit(self, info: Info) -> OrgUnit | None:
        return org_unit_of(info.context, self._summoned.unit)

    @classmethod
    def of(cls, context: Context, summons: model.Summons, one: model.Summoned) -> Self:
        """The entry as GraphQL shows it to the viewer."""
        blind = is_evaluated_blind(context.viewer, summons, one)
        return cls(
            called_at=one.called_at,
            check_in_by=one.clock.due_at if one.clock else None,
            check_in=_check_in(one.check_in) if one.check_in else None,
            no_show_at=one.no_show_at,
            released_at=one.released_at,
            release_reason=one.release_reason,
            evaluation=None if blind else OrganRating.of(one.evaluation),
            _summoned=one,
        )


@strawberry.federation.type(keys=["id"], description="A whistle: several posts are summoned to a place. 吹哨。")
class Summons:
    id: strawberry.ID
    number: str = strawberry.field(description="A number to read aloud. 吹哨编号。")
    reason: model.SummonsReason
    tried_below: str = strawberry.field(description="What was tried below first. 基层已采取的措施。")
    matter: str
    address: str | None
    state: model.SummonsState
    called_at: datetime
    ended_at: datetime | None
    outcome: str | None
    _summons: strawberry.Private[model.Summons]

    @strawberry.field(description="All that were whistled. 被吹哨岗位。")
    def summoned(self, info: Info) -> list[Summoned]:
        return [Summoned.of(info.context, self._summons, one) for one in self._summons.summoned]

    @strawberry.field(description="Those that did not come in time and have not come since. 未报到岗位。")
    def no_shows(self, info: Info) -> list[Summoned]:
        return [Summoned.of(info.context, self._summons, one) for one in self._summons.no_shows]

    @strawberry.field(description="The post that whistled. 吹哨岗位。")
    def caller_post(self, info: Info) -> Post | None:
        return post_of(info.context, self._summons.caller.post)

    @strawberry.field(description="The unit that whistled. 吹哨单位。")
    def caller_unit(self, info: Info) -> OrgUnit | None:
        return org_unit_of(info.context, self._summons.caller.unit)

    @strawberry.field(description="Where. 所在区域。")
    def area(self, info: Info) -> Area | None:
        return area_of(info.context, self._summons.whistle.area_path[-1])

    @strawberry.field(description="The report it is about. 对应诉求。")
    def report(self) -> Annotated["Report", strawberry.lazy("services.routing.graphql.types.report")] | None:
        from services.routing.graphql.types.report import Report

        report_id = self._summons.whistle.report_id
        return Report(id=strawberry.ID(report_id)) if report_id else None

    @strawberry.field(description="The ladders that run or ran for it. 提级记录。")
    async def escalations(self, info: Info) -> list[Escalation]:
        return await escalations_of(info.context, SubjectKind.SUMMONS, self.id)

    @classmethod
    def of(cls, summons: model.Summons) -> Self:
        """The summons as GraphQL shows it."""
        whistle = summons.whistle
        return cls(
            id=strawberry.ID(summons.id),
            number=summons.number,
            reason=whistle.reason,
            tried_below=whistle.tried_below,
            matter=whistle.matter,
            address=whistle.address,
            state=summons.state,
            called_at=summons.called_at,
            ended_at=summons.ended_at,
            outcome=summons.outcome,
            _summons=summons,
        )

    @classmethod
    async def resolve_reference(cls, info: Info, id: strawberry.ID) -> "Summons | None":
        return await summons_of(info.context, id)


async def summons_of(context: Context, summons_id: str) -> Summons | None:
    """The summons with this id if the viewer sees it. Raises Unauthenticated."""
    seen = await context.summonses.load(summons_id)
    return Summons.of(seen) if seen else None


def _check_in(check_in: model.CheckIn) -> SummonsCheckIn:
    where = check_in.position
    return SummonsCheckIn(
        at=where.at,
        person=strawberry.ID(check_in.by.person) if check_in.by.person else None,
        lon=where.lon,
        lat=where.lat,
        accuracy_m=where.accuracy_m,
        distance_m=check_in.distance_m,
    )
