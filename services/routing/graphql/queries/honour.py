"""Honours the caller may see."""

import strawberry

from services.chassis.graphql.connection import Connection, page
from services.routing.access.honour import visible_honours
from services.routing.graphql.context import Info
from services.routing.graphql.types.honour import Honour
from services.routing.model.directive.honour import HonourState
from services.routing.store.honour import HONOURS
from services.routing.views.directive import narrowed


@strawberry.type
class HonourQueries:
    @strawberry.field(description="Honours the caller may see, newest first; published ones are for all. 荣誉榜。")
    async def honours(
        self,
        info: Info,
        state: HonourState | None = None,
        unit: strawberry.ID | None = None,
        first: int = 20,
        after: str | None = None,
    ) -> Connection[Honour]:
        where = narrowed(
            visible_honours(info.context.viewer),
            {"state": state.value} if state else {},
            {"unit": unit} if unit else {},
        )
        return await page(
            *(info.context.store.mongo, HONOURS.collection.name, where),
            lambda document: Honour.of(HONOURS.from_document(document)),
            first=first,
            after=after,
            order_by="nominated_at",
        )
