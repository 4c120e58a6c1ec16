"""Deployments, who would be sent, and how fast responders are."""

from datetime import datetime

import strawberry

from services.chassis.errors import InvalidInput, RoleMissing
from services.chassis.graphql.connection import Connection, page
from services.chassis.mongo import Document
from services.routing.graphql.context import Info
from services.routing.graphql.types.deployment import Deployment, DeploymentRanking, seen_deployment
from services.routing.handlers.dispatch.deployment import ranking_for
from services.routing.model.clock.clocks import ClockKind
from services.routing.model.order.work_order import Subject
from services.routing.model.rules.matter import Mode
from services.routing.store.deployment import DEPLOYMENTS
from services.routing.views import deployment as views
from services.routing.views.responder import of_person


@strawberry.type(description="How waits lie against their target, in seconds. 用时分布。")
class WaitStatistics:
    count: int
    mean: float | None
    p50: int | None
    p90: int | None
    target: int | None = strawberry.field(description="What the policy asks for in an emergency. 应急目标(秒)。")
    within_target: bool | None = strawberry.field(description="Whether the mean keeps the target. 平均是否达标。")


@strawberry.type(description="Accepting and arriving in a period. 接单与到场统计。")
class DeploymentStatistics:
    sendings: int
    unanswered: int
    accept: WaitStatistics
    arrive: WaitStatistics


@strawberry.type
class DeploymentQueries:
    @strawberry.field(description="A deployment, null if there is none the caller may see. 派遣。")
    async def deployment(self, info: Info, id: strawberry.ID) -> Deployment | None:
        return await seen_deployment(info.context, await views.by_id(info.context.store.mongo, id))

    @strawberry.field(
        description="For a centre those of its area, for others those they were asked for; newest first. 派遣列表。"
    )
    async def deployments(
        self,
        info: Info,
        area: strawberry.ID | None = None,
        active: bool | None = None,
        first: int = 20,
        after: str | None = None,
    ) -> Connection[Deployment]:
        context = info.context
        own = await of_person(context.store.mongo, context.viewer.person)

        def to_node(document: Document) -> Deployment:
            return Deployment.of(context, DEPLOYMENTS.from_document(document))

        return await page(
            context.store.mongo,
            views.DEPLOYMENT_LIST,
            views.deployment_list(context.viewer, own.id if own else None, area, active),
            to_node,
            first=first,
            after=after,
            order_by="dispatched_at",
        )

    @strawberry.field(
        description="Who would be sent to an order and why; nothing is changed. 就近派遣预演,限指挥中心。"
    )
    async def nearest_responders(
        self,
        info: Info,
        work_order_id: strawberry.ID,
        skills: list[str] | None = None,
        sensitive: bool = False,
    ) -> DeploymentRanking:
        context = info.context
        ranking = await ranking_for(
            context.store, context.directory, context.viewer, work_order_id, skills or [], sensitive
        )
        return DeploymentRanking.of(ranking, context.language)

    @strawberry.field(
        description="How fast responders accept and arrive in an area; for its centre. 平均用时与九成用时,限指挥中心。"
    )
    async def deployment_statistics(
        self, info: Info, area: strawberry.ID, start: datetime, end: datetime
    ) -> DeploymentStatistics:
        context = info.context
        place = context.directory.areas.get(area)
        if not context.viewer.has("centre") or place is None or not context.viewer.covers(list(place.path)):
            raise RoleMissing(roles="centre")
        if start >= end:
            raise InvalidInput(path=("start", "end"), reason="start < end")
        found = await views.statistics(context.store.mongo, area, start, end)
        emergency = Subject(area_path=place.path, mode=Mode.EMERGENCY, received_at=start)

        def target(kind: ClockKind) -> int | None:
            asked = context.directory.policy.target(kind, emergency)
            return int(asked.within.total_seconds()) if asked else None

        return DeploymentStatistics(
            sendings=found.sendings,
            unanswered=found.unanswered,
            accept=_waits(found.accept, target(ClockKind.ACCEPT)),
            arrive=_waits(found.arrive, target(ClockKind.ARRIVE)),
        )


def _waits(spread: views.Spread, target: int | None) -> WaitStatistics:
    return WaitStatistics(
        count=spread.count,
        mean=spread.mean,
        p50=spread.p50,
        p90=spread.p90,
        target=target,
        within_target=None if spread.mean is None or target is None else spread.mean <= target,
    )
