"""Escalations and lists of them, and the notices to a post."""

import strawberry

from services.chassis.graphql.connection import Connection, page
from services.routing.graphql.context import Info
from services.routing.graphql.types.escalation import Escalation, escalation_of
from services.routing.graphql.types.notice import Notice
from services.routing.model.ladder.escalation_parts import EscalationState
from services.routing.store.escalation import ESCALATIONS
from services.routing.store.notice import NOTICES
from services.routing.views import escalation as views


@strawberry.input(description="Which escalations. 提级筛选。")
class EscalationFilter:
    state: EscalationState | None = None
    area: strawberry.ID | None = strawberry.field(default=None, description="In this area or below it. 区域及其下级。")
    owner_post: strawberry.ID | None = strawberry.field(default=None, description="Has the duty now. 现责任岗位。")
    owner_unit: strawberry.ID | None = strawberry.field(default=None, description="Has or had the duty. 责任单位。")


@strawberry.type
class EscalationQueries:
    @strawberry.field(description="An escalation, null if there is none the caller may see. 提级。")
    async def escalation(self, info: Info, id: strawberry.ID) -> Escalation | None:
        return await escalation_of(info.context, id)

    @strawberry.field(
        description="Escalations the caller may see, newest first; those exhausted are the centre's board. 提级列表。"
    )
    async def escalations(
        self, info: Info, filter: EscalationFilter | None = None, first: int = 20, after: str | None = None
    ) -> Connection[Escalation]:
        asked = filter or EscalationFilter()
        where = views.escalation_list(
            info.context.viewer, state=asked.state, area=asked.area, post=asked.owner_post, unit=asked.owner_unit
        )
        return await page(
            info.context.store.mongo,
            views.ESCALATION_ROWS,
            {"_id": ""} if where is None else where,
            lambda row: Escalation.of(ESCALATIONS.from_document(row)),
            first=first,
            after=after,
            order_by="started_at",
        )

    @strawberry.field(description="What the caller's post was told, newest first. 本岗位提醒。")
    async def my_notifications(
        self, info: Info, unread: bool = False, first: int = 20, after: str | None = None
    ) -> Connection[Notice]:
        return await page(
            info.context.store.mongo,
            views.NOTICE_ROWS,
            views.notice_list(info.context.viewer, unread=unread),
            lambda row: Notice.of(NOTICES.from_document(row)),
            first=first,
            after=after,
            order_by="at",
        )
