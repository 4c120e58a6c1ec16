"""Meetings, their series, and lists of them."""

import strawberry

from services.chassis.graphql.connection import Connection, page
from services.routing.graphql.context import Info
from services.routing.graphql.types.meeting import Meeting, MeetingSeries, meeting_of
from services.routing.model.directive.meeting import MeetingKind, MeetingState
from services.routing.store.meeting import MEETINGS, SERIES
from services.routing.views import meeting as views


@strawberry.input(description="Which meetings. 会议筛选。")
class MeetingFilter:
    kind: MeetingKind | None = None
    state: MeetingState | None = None
    area: strawberry.ID | None = strawberry.field(default=None, description="In this area or below it. 区域及其下级。")
    series: strawberry.ID | None = None


@strawberry.type
class MeetingQueries:
    @strawberry.field(description="A meeting, null if there is none the caller may see. 会议。")
    async def meeting(self, info: Info, id: strawberry.ID) -> Meeting | None:
        return await meeting_of(info.context, id)

    @strawberry.field(description="Meetings the caller may see, newest first. 会议列表。")
    async def meetings(
        self,
        info: Info,
        filter: MeetingFilter | None = None,
        first: int = 20,
        after: str | None = None,
    ) -> Connection[Meeting]:
        asked = filter or MeetingFilter()
        where = views.meeting_list(
            info.context.viewer, kind=asked.kind, state=asked.state, area=asked.area, series=asked.series
        )
        return await page(
            *(info.context.store.mongo, MEETINGS.collection.name, where),
            lambda document: Meeting.of(MEETINGS.from_document(document)),
            first=first,
            after=after,
            order_by="convened_at",
        )

    @strawberry.field(description="Series that still meet, newest first. 例会列表。")
    async def meeting_series(
        self,
        info: Info,
        kind: MeetingKind | None = None,
        area: strawberry.ID | None = None,
        first: int = 20,
        after: str | None = None,
    ) -> Connection[MeetingSeries]:
        return await page(
            *(info.context.store.mongo, SERIES.collection.name),
            views.series_list(info.context.viewer, kind=kind, area=area),
            lambda document: MeetingSeries.of(SERIES.from_document(document)),
            first=first,
            after=after,
            order_by="defined_at",
        )
