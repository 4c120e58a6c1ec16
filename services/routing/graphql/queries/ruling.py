"""Rulings and lists of them."""

import strawberry

from services.chassis.graphql.connection import Connection, page
from services.routing.graphql.context import Info
from services.routing.graphql.types.ruling import Ruling, ruling_of
from services.routing.store.ruling import RULINGS
from services.routing.views.ruling import ruling_list


@strawberry.type
class RulingQueries:
    @strawberry.field(description="A ruling, null if there is none the caller may see. 裁定。")
    async def ruling(self, info: Info, id: strawberry.ID) -> Ruling | None:
        return await ruling_of(info, id)

    @strawberry.field(description="Rulings, newest first; for staff. 裁定列表。")
    async def rulings(
        self,
        info: Info,
        category: strawberry.ID | None = None,
        standing: bool | None = None,
        first: int = 20,
        after: str | None = None,
    ) -> Connection[Ruling]:
        return await page(
            info.context.store.mongo,
            RULINGS.collection.name,
            ruling_list(info.context.viewer, category=category, standing=standing),
            lambda row: Ruling.of(RULINGS.from_document(row)),
            first=first,
            after=after,
            order_by="ruled_at",
        )
