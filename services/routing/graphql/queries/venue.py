"""Venues, for every caller who has a token."""

import strawberry

from services.chassis.graphql.connection import Connection, page
from services.routing.graphql.context import Info
from services.routing.graphql.types.venue import Venue, venue_of
from services.routing.store.venue import VENUES
from services.routing.views import venue as views


@strawberry.input(description="Which venues. 阵地筛选。")
class VenueFilter:
    area: strawberry.ID | None = strawberry.field(default=None, description="In this area or below it. 区域及其下级。")
    kind: str | None = None
    service: str | None = None


@strawberry.type
class VenueQueries:
    @strawberry.field(description="A venue. 阵地。")
    async def venue(self, info: Info, id: strawberry.ID) -> Venue | None:
        return await venue_of(info.context, id)

    @strawberry.field(description="Venues that are open to the public, by name. 阵地列表。")
    async def venues(
        self, info: Info, filter: VenueFilter | None = None, first: int = 20, after: str | None = None
    ) -> Connection[Venue]:
        info.context.require_caller()
        asked = filter or VenueFilter()
        return await page(
            info.context.store.mongo,
            VENUES.collection.name,
            views.venue_list(area=asked.area, kind=asked.kind, service=asked.service),
            lambda row: Venue.of(VENUES.from_document(row)),
            first=first,
            after=after,
            order_by="name",
            descending=False,
        )
