"""What can be asked of intake."""

from datetime import datetime

import strawberry
from strawberry.types import Info

from services.chassis.errors import InvalidInput
from services.chassis.graphql.connection import Connection, page
from services.chassis.mongo import Document
from services.intake import views
from services.intake.graphql.context import Context
from services.intake.graphql.enums import State, Urgency
from services.intake.graphql.types import Category, Report
from services.intake.store import REPORT, REPORTS


@strawberry.input(description="Narrows a list of reports; what is left out does not narrow. 诉求筛选条件。")
class ReportFilter:
    states: list[State] | None = None
    urgencies: list[Urgency] | None = None
    category: strawberry.ID | None = strawberry.field(
        default=None, description="This category and those below it. 该类别及其下级。"
    )
    area: strawberry.ID | None = strawberry.field(default=None, description="Inside this area. 该区域之内。")
    received_from: datetime | None = None
    received_before: datetime | None = None


@strawberry.type
class Query:
    @strawberry.field(description="One report, by id or by number; null when there is none for this caller. 单条诉求。")
    async def report(
        self,
        info: Info[Context, None],
        id: strawberry.ID | None = None,
        number: str | None = None,
    ) -> Report | None:
        if (id is None) == (number is None):
            raise InvalidInput(path=("id",), reason="id | number")
        context = info.context
        found = await views.report(context.store.mongo, context.viewer, id=id, number=number)
        return Report.of(found) if found else None

    @strawberry.field(description="The reports this caller may see, newest first. 可见的诉求,新者在前。")
    async def reports(
        self,
        info: Info[Context, None],
        filter: ReportFilter | None = None,
        first: int = 20,
        after: str | None = None,
    ) -> Connection[Report]:
        context = info.context
        wanted = await _wanted(context, filter or ReportFilter())
        return await _page(context, views.list_filter(context.viewer, wanted), first, after)

    @strawberry.field(description="The reports this person called in, newest first. 我提交的诉求。")
    async def my_reports(
        self, info: Info[Context, None], first: int = 20, after: str | None = None
    ) -> Connection[Report]:
        return await _page(info.context, views.own(info.context.viewer), first, after)

    @strawberry.field(description="The category tree, parents before their children. 事项类别目录。")
    def categories(self, info: Info[Context, None]) -> list[Category]:
        catalogue = info.context.reference.categories
        return [Category.of(category) for category in catalogue.by_code.values()]


async def _wanted(context: Context, given: ReportFilter) -> views.Wanted:
    category = await context.reference.category(given.category) if given.category is not None else None
    area = await context.reference.area(given.area) if given.area is not None else None
    return views.Wanted(
        states=given.states or (),
        urgencies=given.urgencies or (),
        category_path=category.path if category else (),
        area_path=area.path if area else (),
        received_from=given.received_from,
        received_before=given.received_before,
    )


async def _page(context: Context, where: Document, first: int, after: str | None) -> Connection[Report]:
    return await page(
        context.store.mongo,
        REPORTS.name,
        where,
        lambda document: Report.of(REPORT.from_document(document)),
        first=first,
        after=after,
    )
