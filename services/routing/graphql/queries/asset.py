"""The register of assets: one, a list, those near a point."""

import strawberry

from services.chassis.errors import InvalidInput
from services.chassis.graphql.connection import Connection, page
from services.routing.graphql.context import Info
from services.routing.graphql.types.asset import Asset, NearAsset, asset_of
from services.routing.model.organisation.point import Point
from services.routing.store.asset import ASSETS
from services.routing.views import asset as views


@strawberry.input(description="Which assets. 设施筛选。")
class AssetFilter:
    kind: str | None = None
    area: strawberry.ID | None = strawberry.field(default=None, description="In this area or below it. 区域及其下级。")
    overdue: bool = strawberry.field(default=False, description="Only those whose inspection is overdue. 仅逾期未检。")


@strawberry.type
class AssetQueries:
    @strawberry.field(description="An asset, null if there is none the caller may see. 设施。")
    async def asset(self, info: Info, id: strawberry.ID) -> Asset | None:
        return await asset_of(info.context, id)

    @strawberry.field(description="Assets in use that the caller may see, by code. 设施列表。")
    async def assets(
        self, info: Info, filter: AssetFilter | None = None, first: int = 20, after: str | None = None
    ) -> Connection[Asset]:
        c, asked = info.context, filter or AssetFilter()
        overdue_at = c.store.clock() if asked.overdue else None
        where = views.asset_list(c.viewer, kind=asked.kind, area=asked.area, overdue_at=overdue_at)
        return await page(
            *(c.store.mongo, ASSETS.collection.name, where, lambda row: Asset.of(ASSETS.from_document(row))),
            first=first,
            after=after,
            order_by="code",
            descending=False,
        )

    @strawberry.field(description="Assets in use near a point (WGS-84), nearest first. 附近设施。")
    async def assets_near(
        self, info: Info, lon: float, lat: float, kind: str | None = None, metres: int = 500, first: int = 10
    ) -> list[NearAsset]:
        if not 1 <= metres <= views.MAX_METRES:
            raise InvalidInput(path=("metres",), reason=f"1..{views.MAX_METRES}")
        if not 1 <= first <= views.MAX_NEAR:
            raise InvalidInput(path=("first",), reason=f"1..{views.MAX_NEAR}")
        c, point = info.context, Point.at(lon, lat)
        found = await views.nearest(c.store.mongo, c.viewer, point, kind=kind, metres=metres, first=first)
        return [NearAsset(asset=Asset.of(asset), metres=distance) for asset, distance in found]
