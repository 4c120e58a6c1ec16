"""What a post has before it: everything that waits for it, of every kind, in one list."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

import strawberry

from services.chassis.graphql.connection import Connection, Source, merged_page
from services.chassis.mongo import Document
from services.routing.graphql.context import Context, Info
from services.routing.graphql.types.call import Call
from services.routing.graphql.types.campaign import InspectionTask
from services.routing.graphql.types.grid_task import GridTask
from services.routing.graphql.types.supervision import Supervision
from services.routing.graphql.types.work_order import WorkOrder
from services.routing.store.campaign import INSPECTIONS
from services.routing.store.grid_task import GRID_TASKS
from services.routing.store.supervision import SUPERVISIONS
from services.routing.views import call as call_views
from services.routing.views import campaign as campaign_views
from services.routing.views import directive as directive_views
from services.routing.views import grid_task as grid_task_views
from services.routing.views import work_order as order_views

WorkSubject = Annotated[
    WorkOrder | Call | Supervision | InspectionTask | GridTask,
    strawberry.union("WorkSubject", description="What is to be done. 待办事项。"),
]


@strawberry.type(description="One thing that waits for a post. 待办。")
class WorkItem:
    due_at: datetime = strawberry.field(description="By when the post must have acted. 时限。")
    overdue: bool
    subject: WorkSubject


@strawberry.type
class MyWorkQueries:
    @strawberry.field(
        description="What waits for the caller's post: orders it leads, calls to answer, supervision, tasks; due soonest first. 我的待办。"
    )
    async def my_work(self, info: Info, first: int = 20, after: str | None = None) -> Connection[WorkItem]:
        c = info.context
        return await merged_page(c.store.mongo, _sources(c), first=first, after=after, descending=False)


def _sources(c: Context) -> list[Source[WorkItem]]:
    post, now = c.viewer.post or "", c.store.clock()

    def source(
        collection: str, where: Document, show: Callable[[Document], WorkSubject], due: str = "due_at"
    ) -> Source[WorkItem]:
        def to_node(row: Document) -> WorkItem:
            return WorkItem(due_at=row[due], overdue=row[due] <= now, subject=show(row))

        return Source(collection, where, to_node, due)

    def order(row: Document) -> WorkOrder:
        seen = order_views.see_document(c.viewer, row)
        assert seen  # a post sees what it leads
        return WorkOrder.of(seen)

    def call(row: Document) -> Call:
        seen = call_views.see_document(c.viewer, row)
        assert seen  # and what it must answer
        return Call.of(seen)

    sources = [
        source(
            GRID_TASKS.collection.name,
            grid_task_views.my_list(post),
            lambda row: GridTask.of(GRID_TASKS.from_document(row)),
        ),
        source(
            INSPECTIONS.collection.name,
            campaign_views.my_tasks(post),
            lambda row: InspectionTask.of(INSPECTIONS.from_document(row)),
        ),
    ]
    if c.viewer.has("handler", "centre"):
        sources += [
            source(order_views.ORDERS, order_views.work_list(post), order),
            source(call_views.CALL_ROWS, call_views.owed_list(post), call),
            source(
                SUPERVISIONS.collection.name,
                directive_views.to_answer(post),
                lambda row: Supervision.of(SUPERVISIONS.from_document(row)),
                "answer_due_at",
            ),
        ]
    return sources
