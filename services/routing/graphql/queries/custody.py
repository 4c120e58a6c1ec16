"""A chain of custody, and those in the hands of the caller's post."""

import strawberry

from services.chassis.graphql.connection import Connection, page
from services.chassis.mongo import Document
from services.routing.graphql.context import Info
from services.routing.graphql.types.custody import Custody
from services.routing.store.custody import CUSTODIES
from services.routing.views import custody as views


@strawberry.type
class CustodyQueries:
    @strawberry.field(description="A chain of custody, null if there is none the caller may see. 交接链。")
    async def custody(self, info: Info, id: strawberry.ID) -> Custody | None:
        seen = await info.context.custodies.load(id)
        return Custody.of(seen) if seen else None

    @strawberry.field(description="What the caller's post holds or is offered, begun last first. 本岗位保管与待接收。")
    async def my_custodies(self, info: Info, first: int = 20, after: str | None = None) -> Connection[Custody]:
        viewer = info.context.viewer

        def to_node(row: Document) -> Custody:
            seen = views.see(viewer, CUSTODIES.from_document(row))
            assert seen  # the filter lets no other through
            return Custody.of(seen)

        return await page(
            info.context.store.mongo,
            CUSTODIES.collection.name,
            views.my_list(viewer),
            to_node,
            first=first,
            after=after,
            order_by="begun_at",
        )
