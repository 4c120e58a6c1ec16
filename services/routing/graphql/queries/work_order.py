"""Orders and lists of them."""

import strawberry

from services.chassis.graphql.connection import Connection, page
from services.chassis.mongo import Document
from services.routing.graphql.context import Info
from services.routing.graphql.types.work_order import WorkOrder, work_order_of
from services.routing.model.order.work_order import OrderState
from services.routing.views import work_order as order_views
from services.routing.views.work_order import ORDERS


@strawberry.input(description="Which orders. 工单筛选。")
class WorkOrderFilter:
    state: OrderState | None = None
    lead_post: strawberry.ID | None = None
    lead_unit: strawberry.ID | None = None
    area: strawberry.ID | None = strawberry.field(default=None, description="In this area or below it. 区域及其下级。")


@strawberry.type
class WorkOrderQueries:
    @strawberry.field(description="An order, null if there is none the caller may see. 工单。")
    async def work_order(self, info: Info, id: strawberry.ID) -> WorkOrder | None:
        return await work_order_of(info.context, id)

    @strawberry.field(description="Orders the caller may see, newest report first. 工单列表。")
    async def work_orders(
        self,
        info: Info,
        filter: WorkOrderFilter | None = None,
        first: int = 20,
        after: str | None = None,
    ) -> Connection[WorkOrder]:
        asked = filter or WorkOrderFilter()
        where = order_views.order_list(
            info.context.viewer,
            state=asked.state,
            lead_post=asked.lead_post,
            lead_unit=asked.lead_unit,
            area=asked.area,
        )
        return await _orders(info, where, first, after, order_by="received_at", descending=True)

    @strawberry.field(description="What the caller's post must act on, due soonest first. 本岗位待办,先到期者在前。")
    async def my_orders(self, info: Info, first: int = 20, after: str | None = None) -> Connection[WorkOrder]:
        viewer = info.context.viewer
        post = viewer.post if viewer.has("handler", "centre") else None
        where = order_views.work_list(post or "")
        return await _orders(info, where, first, after, order_by="due_at", descending=False)


async def _orders(
    info: Info, where: Document, first: int, after: str | None, *, order_by: str, descending: bool
) -> Connection[WorkOrder]:
    viewer = info.context.viewer

    def to_node(document: Document) -> WorkOrder:
        seen = order_views.see_document(viewer, document)
        assert seen  # the filter lets no other through
        return WorkOrder.of(seen)

    return await page(
        info.context.store.mongo,
        ORDERS,
        where,
        to_node,
        first=first,
        after=after,
        order_by=order_by,
        descending=descending,
    )
