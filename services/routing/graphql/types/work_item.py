"""One thing that waits for a post, and the list of all of them. For the post itself."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated

import strawberry

from services.chassis.graphql.connection import Connection, Source, merged_page
from services.chassis.mongo import Document
from services.routing.graphql.context import Context
from services.routing.graphql.types.call import Call
from services.routing.graphql.types.campaign import InspectionTask
from services.routing.graphql.types.custody import Custody
from services.routing.graphql.types.directive_kinds import FirstAgendaItem, KeyTask, RedLine, directive_of
from services.routing.graphql.types.grid_task import GridTask
from services.routing.graphql.types.hazard import Hazard, hazard_of
from services.routing.graphql.types.supervision import Supervision
from services.routing.graphql.types.work_order import WorkOrder, work_order_of
from services.routing.model.duty import WorkKind
from services.routing.store.campaign import INSPECTIONS
from services.routing.store.duty import DUTIES, DutySubject
from services.routing.store.grid_task import GRID_TASKS
from services.routing.store.supervision import SUPERVISIONS
from services.routing.views import call as call_views
from services.routing.views import campaign as campaign_views
from services.routing.views import directive as directive_views
from services.routing.views import duty as duty_views
from services.routing.views import grid_task as grid_task_views
from services.routing.views import work_order as order_views

strawberry.enum(WorkKind, name="WorkKind", description="What is to be done. 待办类型。")

Subject = (
    WorkOrder | Call | Supervision | InspectionTask | GridTask | KeyTask | FirstAgendaItem | RedLine | Custody | Hazard
)
WorkSubject = Annotated[
    Subject, strawberry.union("WorkSubject", description="What something is to be done about. 待办对象。")
]
Show = Callable[[Context], Awaitable[Subject | None]]


@strawberry.type(description="One thing that waits for a post. 待办。")
class WorkItem:
    kind: WorkKind = strawberry.field(description="What is to be done. 待办类型。")
    due_at: datetime = strawberry.field(description="By when the post must have acted. 时限。")
    overdue: bool
    _show: strawberry.Private[Show]

    @strawberry.field(
        description="What it is about; null when that has just gone out of the caller's sight. 待办对象。"
    )
    async def subject(self, info: strawberry.Info[Context]) -> WorkSubject | None:
        return await self._show(info.context)


async def work_of(c: Context, first: int, after: str | None) -> Connection[WorkItem]:
    """One page of what waits for the viewer's post, due soonest first. Raises Unauthenticated, InvalidInput."""
    return await merged_page(c.store.mongo, _sources(c), first=first, after=after, descending=False)


def _sources(c: Context) -> list[Source[WorkItem]]:
    post, now = c.viewer.post or "", c.store.clock()

    def source(
        collection: str,
        where: Document,
        kind: WorkKind | None,
        show: Callable[[Context, Document], Awaitable[Subject | None]],
        due: str = "due_at",
    ) -> Source[WorkItem]:
        def to_node(row: Document) -> WorkItem:
            return WorkItem(
                kind=kind or WorkKind(row["kind"]),
                due_at=row[due],
                overdue=row[due] <= now,
                _show=lambda context: show(context, row),
            )

        return Source(collection, where, to_node, due)

    duties = [source(DUTIES.name, where, None, _duty_subject) for where in duty_views.mine(c.viewer)]
    tasks = [
        source(GRID_TASKS.collection.name, grid_task_views.my_list(post), WorkKind.DO_GRID_TASK, _grid_task),
        source(INSPECTIONS.collection.name, campaign_views.my_tasks(post), WorkKind.INSPECT, _inspection),
    ]
    if not c.viewer.has("handler", "centre"):
        return tasks
    return [
        *tasks,
        *duties,
        source(order_views.ORDERS, order_views.work_list(post), WorkKind.LEAD, _order),
        source(call_views.CALL_ROWS, call_views.owed_list(post), WorkKind.ANSWER_CALL, _call),
        source(
            *(SUPERVISIONS.collection.name, directive_views.to_answer(post), WorkKind.ANSWER_SUPERVISION, _supervision),
            due="answer_due_at",
        ),
    ]


async def _duty_subject(c: Context, row: Document) -> Subject | None:
    subject_id = row["subject_id"]
    match DutySubject(row["subject"]):
        case DutySubject.ORDER:
            return await work_order_of(c, subject_id)
        case DutySubject.DIRECTIVE:
            directive = await directive_of(c, subject_id)
            assert isinstance(directive, KeyTask | FirstAgendaItem | RedLine | None)  # there are no other kinds
            return directive
        case DutySubject.HAZARD:
            return await hazard_of(c, subject_id)
        case DutySubject.CUSTODY:
            seen = await c.custodies.load(subject_id)
            return Custody.of(seen) if seen else None


async def _grid_task(c: Context, row: Document) -> Subject | None:
    return GridTask.of(GRID_TASKS.from_document(row))


async def _inspection(c: Context, row: Document) -> Subject | None:
    return InspectionTask.of(INSPECTIONS.from_document(row))


async def _supervision(c: Context, row: Document) -> Subject | None:
    return Supervision.of(SUPERVISIONS.from_document(row))


async def _order(c: Context, row: Document) -> Subject | None:
    seen = order_views.see_document(c.viewer, row)
    return WorkOrder.of(seen) if seen else None


async def _call(c: Context, row: Document) -> Subject | None:
    seen = call_views.see_document(c.viewer, row)
    return Call.of(seen) if seen else None
