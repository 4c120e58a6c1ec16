"""Areas, units and posts; for every caller who has a token."""

import strawberry

from services.chassis.errors import InvalidInput
from services.routing.graphql.context import Info
from services.routing.graphql.types.area import Area, area_of
from services.routing.graphql.types.org_unit import OrgUnit
from services.routing.graphql.types.post import Post, post_of
from services.routing.model.organisation import AreaLevel, UnitKind
from services.routing.views import area as area_views


@strawberry.type
class OrganisationQueries:
    @strawberry.field(description="An area. 网格区域。")
    def area(self, info: Info, id: strawberry.ID) -> Area | None:
        return area_of(info.context, id)

    @strawberry.field(description="Areas, by level or parent or both. 区域列表。")
    def areas(
        self,
        info: Info,
        level: AreaLevel | None = None,
        parent: strawberry.ID | None = None,
    ) -> list[Area]:
        info.context.require_caller()
        return [
            Area.of(place)
            for place in info.context.directory.areas.values()
            if (level is None or place.level == level) and (parent is None or place.parent_id == parent)
        ]

    @strawberry.field(description="The smallest area at a point (WGS-84). 坐标所在的最小区域。")
    async def area_at(self, info: Info, lon: float, lat: float) -> Area | None:
        if not (-180 <= lon <= 180 and -90 <= lat <= 90):
            raise InvalidInput(path=("lon", "lat"), reason="lon -180..180, lat -90..90")
        info.context.require_caller()
        return area_of(info.context, await area_views.area_at(info.context.store.mongo, lon, lat))

    @strawberry.field(description="Units, by kind or area or both. 机构列表。")
    def org_units(
        self,
        info: Info,
        kind: UnitKind | None = None,
        area: strawberry.ID | None = None,
    ) -> list[OrgUnit]:
        info.context.require_caller()
        return [
            OrgUnit.of(unit)
            for unit in info.context.directory.units.values()
            if (kind is None or unit.kind == kind) and (area is None or unit.area_id == area)
        ]

    @strawberry.field(description="A post. 岗位。")
    def post(self, info: Info, id: strawberry.ID) -> Post | None:
        return post_of(info.context, id)
