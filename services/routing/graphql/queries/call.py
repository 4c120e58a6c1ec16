"""Calls and lists of them."""

import strawberry

from services.chassis.graphql.connection import Connection, page
from services.chassis.mongo import Document
from services.routing.graphql.context import Info
from services.routing.graphql.types.call import Call, call_of
from services.routing.model.ladder.call import CallState
from services.routing.views import call as views


@strawberry.input(description="Which calls. 呼叫筛选。")
class CallFilter:
    state: CallState | None = None
    area: strawberry.ID | None = strawberry.field(default=None, description="In this area or below it. 区域及其下级。")
    caller_unit: strawberry.ID | None = None
    called_post: strawberry.ID | None = None
    called_unit: strawberry.ID | None = None


@strawberry.type
class CallQueries:
    @strawberry.field(description="A call, null if there is none the caller may see. 呼叫。")
    async def call(self, info: Info, id: strawberry.ID) -> Call | None:
        return await call_of(info.context, id)

    @strawberry.field(description="Calls the caller may see, newest first. 呼叫列表。")
    async def calls(
        self, info: Info, filter: CallFilter | None = None, first: int = 20, after: str | None = None
    ) -> Connection[Call]:
        asked = filter or CallFilter()
        where = views.call_list(
            info.context.viewer,
            state=asked.state,
            area=asked.area,
            caller_unit=asked.caller_unit,
            called_post=asked.called_post,
            called_unit=asked.called_unit,
        )
        return await _calls(info, {"_id": ""} if where is None else where, first, after, "made_at", descending=True)

    @strawberry.field(description="What the caller's post must answer, due soonest first. 本岗位待响应呼叫。")
    async def my_calls(self, info: Info, first: int = 20, after: str | None = None) -> Connection[Call]:
        viewer = info.context.viewer
        post = viewer.post if viewer.has("handler", "centre") else None
        return await _calls(info, views.owed_list(post or ""), first, after, "due_at", descending=False)


async def _calls(
    info: Info, where: Document, first: int, after: str | None, order_by: str, *, descending: bool
) -> Connection[Call]:
    viewer = info.context.viewer

    def to_node(document: Document) -> Call:
        seen = views.see_document(viewer, document)
        assert seen  # the filter lets no other through
        return Call.of(seen)

    return await page(
        info.context.store.mongo,
        views.CALL_ROWS,
        where,
        to_node,
        first=first,
        after=after,
        order_by=order_by,
        descending=descending,
    )
