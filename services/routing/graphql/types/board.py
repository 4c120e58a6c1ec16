"""The board of a command centre, for one area: one query fills the screen (R-04)."""

import strawberry

from services.chassis.errors import NotFound, RoleMissing
from services.chassis.graphql.connection import Connection, page
from services.chassis.mongo import Document
from services.routing.graphql.context import Context, Info
from services.routing.graphql.types.absence import RosterGap
from services.routing.graphql.types.area import Area, area_of
from services.routing.graphql.types.escalation import Escalation
from services.routing.graphql.types.work_order import WorkOrder
from services.routing.model.ladder.escalation_parts import EscalationState
from services.routing.store.absence import GAPS
from services.routing.store.escalation import ESCALATIONS
from services.routing.views import board as views
from services.routing.views import escalation as escalation_views
from services.routing.views import work_order as order_views

strawberry.enum(views.BoardQueue, name="BoardQueue", description="What stands on the board. 看板队列。")


@strawberry.type(description="How many orders stand in a queue. 队列数量。")
class QueueCount:
    queue: views.BoardQueue
    count: int = strawberry.field(description="At most 1000. 最多计到 1000。")
    more: bool = strawberry.field(description="There are more than that. 超过上限。")


@strawberry.type(description="The centre's board. 指挥中心看板。")
class CentreBoard:
    _area: strawberry.Private[str]

    @strawberry.field
    def area(self, info: Info) -> Area | None:
        return area_of(info.context, self._area)

    @strawberry.field(description="How many orders stand where. 各队列数量。")
    async def counts(self, info: Info) -> list[QueueCount]:
        c = info.context
        counts = await views.queue_counts(c.store.mongo, self._area, c.store.clock())
        limit = views.COUNT_LIMIT
        return [QueueCount(queue=queue, count=min(count, limit), more=count > limit) for queue, count in counts.items()]

    @strawberry.field(description="The orders of a queue, the oldest (or longest overdue) first. 队列工单。")
    async def orders(
        self, info: Info, queue: views.BoardQueue, first: int = 20, after: str | None = None
    ) -> Connection[WorkOrder]:
        c = info.context
        wanted = views.queue_filter(queue, self._area, c.store.clock())

        def to_node(document: Document) -> WorkOrder:
            seen = order_views.see_document(c.viewer, document)
            assert seen  # the centre sees all of its area
            return WorkOrder.of(seen)

        return await page(
            *(c.store.mongo, order_views.ORDERS, wanted.where, to_node),
            first=first,
            after=after,
            order_by=wanted.order_by,
            descending=False,
        )

    @strawberry.field(description="Ladders at their top: nobody settled the matter. 已到顶的提级。")
    async def exhausted(self, info: Info, first: int = 20, after: str | None = None) -> Connection[Escalation]:
        c = info.context
        where = escalation_views.escalation_list(c.viewer, state=EscalationState.EXHAUSTED, area=self._area)
        return await page(
            *(c.store.mongo, escalation_views.ESCALATION_ROWS, where or {"_id": ""}),
            lambda row: Escalation.of(ESCALATIONS.from_document(row)),
            first=first,
            after=after,
            order_by="started_at",
        )

    @strawberry.field(description="Posts that nobody answers for, now or soon, soonest first. 岗位空缺。")
    async def gaps(self, info: Info, first: int = 20, after: str | None = None) -> Connection[RosterGap]:
        return await page(
            *(info.context.store.mongo, GAPS.collection.name, {"area_path": self._area, "open": True}),
            lambda row: RosterGap.of(GAPS.from_document(row)),
            first=first,
            after=after,
            order_by="since",
            descending=False,
        )


def board_of(context: Context, area: str | None) -> CentreBoard:
    """The board of an area, by default the caller's own. Raises RoleMissing for who is not of its command centre, NotFound."""
    caller = context.viewer
    wanted = area or caller.area or ""
    place = context.directory.areas.get(wanted)
    if not caller.has("centre"):
        raise RoleMissing(roles="centre")
    if place is None or not caller.covers(list(place.path)):
        raise NotFound(what="area", path=("area",))
    return CentreBoard(_area=wanted)
