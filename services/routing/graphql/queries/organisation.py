"""Areas, units and posts; for every caller who has a token."""

from collections import defaultdict

import msgspec
import strawberry
from strawberry.scalars import JSON

from services.chassis.errors import InvalidInput
from services.routing.access.staff import is_staff
from services.routing.graphql.context import Info
from services.routing.graphql.types.area import Area, OverlayGrid, area_of
from services.routing.graphql.types.org_unit import OrgUnit
from services.routing.graphql.types.post import Post, post_of
from services.routing.graphql.types.team import DirectoryEntry
from services.routing.handlers.organisation.exchange import export_organisation
from services.routing.model.organisation.organisation import AreaLevel, UnitKind, outside_norm
from services.routing.model.organisation.point import Point
from services.routing.store.category import category_path
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
            if not place.retired
            and (level is None or place.level == level)
            and (parent is None or place.parent_id == parent)
        ]

    @strawberry.field(
        description="Grids of fewer than 300 or more than 500 households; for staff. 户数超出规范的网格。"
    )
    def grids_outside_norm(self, info: Info, area: strawberry.ID | None = None) -> list[Area]:
        if not is_staff(info.context.viewer):
            return []
        return [
            Area.of(place)
            for place in info.context.directory.areas.values()
            if not place.retired
            and outside_norm(place.level, place.households)
            and (area is None or area in place.path)
        ]

    @strawberry.field(
        description="Overlay (key) grids in force; with a point (WGS-84) those that hold it. 重点网格,可按坐标查询。"
    )
    def overlay_grids(self, info: Info, lon: float | None = None, lat: float | None = None) -> list[OverlayGrid]:
        info.context.require_caller()
        overlays, now = info.context.directory.overlays, info.context.store.clock()
        if lon is None and lat is None:
            return [OverlayGrid.of(grid) for grid in overlays.by_id.values() if grid.holds(now)]
        return [OverlayGrid.of(overlays.by_id[grid_id]) for grid_id in overlays.at(_point(lon, lat), now)]

    @strawberry.field(description="The smallest area at a point (WGS-84). 坐标所在的最小区域。")
    async def area_at(self, info: Info, lon: float, lat: float) -> Area | None:
        _point(lon, lat)
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

    @strawberry.field(
        description="Units with the posts competent for a category, in an area, or both, the closest area first. 联动机构名录。"
    )
    async def unit_directory(
        self, info: Info, competence: strawberry.ID | None = None, area: strawberry.ID | None = None
    ) -> list[DirectoryEntry]:
        info.context.require_caller()
        directory = info.context.directory
        categories = (await category_path(info.context.store.mongo, competence) or (competence,)) if competence else ()
        place = directory.areas.get(area) if area else None
        area_path = place.path if place else (area,) if area else ()
        posts: defaultdict[str, list[Post]] = defaultdict(list)
        for post in directory.competent(categories, area_path):
            posts[post.unit_id].append(Post.of(post))
        entries = [
            DirectoryEntry(unit=OrgUnit.of(directory.units[unit_id]), posts=found) for unit_id, found in posts.items()
        ]
        return sorted(entries, key=lambda entry: -len(directory.areas[directory.units[entry.unit.id].area_id].path))

    @strawberry.field(
        description="The whole organisation as a file to keep, edit and import; for the operator. 导出组织文件。"
    )
    async def organisation_export(self, info: Info) -> JSON | None:
        if not info.context.viewer.has("operator"):
            return None
        exported = await export_organisation(info.context.store.mongo)
        return JSON(msgspec.to_builtins(exported))

    @strawberry.field(description="A post. 岗位。")
    def post(self, info: Info, id: strawberry.ID) -> Post | None:
        return post_of(info.context, id)


def _point(lon: float | None, lat: float | None) -> Point:
    if lon is None or lat is None or not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise InvalidInput(path=("lon", "lat"), reason="lon -180..180, lat -90..90")
    return Point(lon=lon, lat=lat)
