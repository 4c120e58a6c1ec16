"""Summonses and lists of them."""

import strawberry

from services.chassis.graphql.connection import Connection, page
from services.routing.graphql.context import Info
from services.routing.graphql.types.summons import Summons, summons_of
from services.routing.model.ladder.summons import SummonsState
from services.routing.store.summons import SUMMONSES
from services.routing.views import summons as views


@strawberry.input(description="Which summonses. 吹哨筛选。")
class SummonsFilter:
    state: SummonsState | None = None
    area: strawberry.ID | None = strawberry.field(default=None, description="In this area or below it. 区域及其下级。")
    caller_unit: strawberry.ID | None = None
    awaited_post: strawberry.ID | None = strawberry.field(default=None, description="Still to come. 待报到岗位。")


@strawberry.type
class SummonsQueries:
    @strawberry.field(description="A summons, null if there is none the caller may see. 吹哨。")
    async def summons(self, info: Info, id: strawberry.ID) -> Summons | None:
        return await summons_of(info.context, id)

    @strawberry.field(description="Summonses the caller may see, newest first. 吹哨列表。")
    async def summonses(
        self, info: Info, filter: SummonsFilter | None = None, first: int = 20, after: str | None = None
    ) -> Connection[Summons]:
        asked = filter or SummonsFilter()
        where = views.summons_list(
            info.context.viewer,
            state=asked.state,
            area=asked.area,
            caller_unit=asked.caller_unit,
            awaited_post=asked.awaited_post,
        )
        return await page(
            info.context.store.mongo,
            views.SUMMONS_ROWS,
            {"_id": ""} if where is None else where,
            lambda row: Summons.of(SUMMONSES.from_document(row)),
            first=first,
            after=after,
            order_by="called_at",
        )
