"""Community assets, and what is attached to them. For staff of the area and the owner unit."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Self

import strawberry
import strawberry.federation

from services.routing.graphql.context import Context, Info
from services.routing.graphql.types.area import Area, area_of
from services.routing.graphql.types.org_unit import OrgUnit, org_unit_of
from services.routing.model.field import asset as model

if TYPE_CHECKING:
    from services.routing.graphql.types.hazard import Hazard
    from services.routing.graphql.types.report import Report
    from services.routing.graphql.types.work_order import WorkOrder


@strawberry.type(description="Somebody looked whether an asset is sound. 设施检查。")
class AssetInspection:
    at: datetime
    sound: bool = strawberry.field(description="Nothing was wrong. 是否完好。")
    note: str | None


@strawberry.federation.type(keys=["id"], description="A community asset: lift, charging pile, camera … 社区设施。")
class Asset:
    id: strawberry.ID
    code: str = strawberry.field(description="The owner's number. 设施编号。")
    kind: str = strawberry.field(description="What it is; an open catalogue. 设施种类。")
    name: str
    lon: float
    lat: float
    inspect_every_days: int | None = strawberry.field(description="How often it is inspected. 检查周期(天)。")
    inspection_due_at: datetime | None = strawberry.field(description="The next inspection. 下次检查时限。")
    overdue: bool = strawberry.field(description="Its inspection was not recorded in time. 检查逾期。")
    inspections: list[AssetInspection] = strawberry.field(description="The latest last. 检查记录。")
    retired_at: datetime | None
    _asset: strawberry.Private[model.Asset]

    @strawberry.field(description="Where. 所在区域。")
    def area(self, info: Info) -> Area | None:
        return area_of(info.context, self._asset.area_id)

    @strawberry.field(description="Who answers for it. 权属单位。")
    def owner_unit(self, info: Info) -> OrgUnit | None:
        return org_unit_of(info.context, self._asset.owner_unit)

    @strawberry.field(
        description="Reports attached to it, oldest first; null for one the viewer does not see. 关联诉求。"
    )
    async def reports(
        self, info: Info
    ) -> list[Annotated["Report", strawberry.lazy("services.routing.graphql.types.report")] | None]:
        from services.routing.graphql.types.report import Report

        return [Report(id=strawberry.ID(ref)) for ref in await info.context.reports_of_asset.load(self.id)]

    @strawberry.field(description="Open orders about it, oldest first. 未办结工单。")
    async def open_orders(
        self, info: Info
    ) -> list[Annotated["WorkOrder", strawberry.lazy("services.routing.graphql.types.work_order")]]:
        from services.routing.graphql.types.work_order import WorkOrder

        return [WorkOrder.of(seen) for seen in await info.context.open_orders_of_asset.load(self.id)]

    @strawberry.field(description="Hazards found at it, oldest first. 相关隐患。")
    async def hazards(
        self, info: Info
    ) -> list[Annotated["Hazard", strawberry.lazy("services.routing.graphql.types.hazard")]]:
        from services.routing.graphql.types.hazard import Hazard

        return [Hazard.of(hazard) for hazard in await info.context.hazards_of_asset.load(self.id)]

    @classmethod
    def of(cls, asset: model.Asset) -> Self:
        """The asset as GraphQL shows it."""
        return cls(
            id=strawberry.ID(asset.id),
            code=asset.code,
            kind=asset.kind,
            name=asset.name,
            lon=asset.place.lon,
            lat=asset.place.lat,
            inspect_every_days=asset.inspect_every_days,
            inspection_due_at=asset.inspection_due_at,
            overdue=asset.overdue_since is not None,
            inspections=[AssetInspection(at=i.at, sound=i.sound, note=i.note) for i in asset.inspections],
            retired_at=asset.retired_at,
            _asset=asset,
        )

    @classmethod
    async def resolve_reference(cls, info: Info, id: strawberry.ID) -> "Asset | None":
        return await asset_of(info.context, id)


@strawberry.type(description="An asset and how far it is. 附近设施。")
class NearAsset:
    asset: Asset
    metres: float = strawberry.field(description="In a straight line. 直线距离(米)。")


async def asset_of(context: Context, asset_id: str | None) -> Asset | None:
    """The asset with this id if the viewer sees it. Raises Unauthenticated."""
    asset = await context.assets.load(asset_id) if asset_id else None
    return Asset.of(asset) if asset else None
