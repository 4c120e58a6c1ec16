"""Areas of the grid. Visible to every authenticated caller."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, NewType, Self

import strawberry
import strawberry.federation

from services.routing.graphql.context import Context, Info
from services.routing.graphql.types.matter import Mode
from services.routing.graphql.types.statistics import AreaStatistics, area_statistics
from services.routing.model.organisation.directory import Place
from services.routing.model.organisation.organisation import AreaLevel, outside_norm
from services.routing.model.organisation.overlay import OverlayGrid as ModelOverlay
from services.routing.model.organisation.teams import BUILDING_ROLES
from services.routing.views import area as area_views

if TYPE_CHECKING:
    from services.routing.graphql.types.team import DecisionTeam, TeamMember

GeoJSON = NewType("GeoJSON", dict[str, Any])
GEOJSON_SCALAR = strawberry.scalar(
    name="GeoJSON",
    description="A GeoJSON geometry, WGS-84 (RFC 7946). GeoJSON 几何对象。",
    specified_by_url="https://www.rfc-editor.org/rfc/rfc7946",
)

strawberry.enum(AreaLevel, name="AreaLevel", description="A level of the grid hierarchy. 网格层级。")


@strawberry.type(description="An area as it stood for a time. 区域的一个版本。")
class AreaVersion:
    version: int
    level: AreaLevel
    name: str
    name_en: str
    path: list[strawberry.ID]
    households: int | None
    population: int | None
    boundary: GeoJSON
    retired: bool
    since: datetime
    until: datetime | None = strawberry.field(description="Null for the present one. 现行版本为空。")

    @classmethod
    def of(cls, version: area_views.Version) -> Self:
        """The version as GraphQL shows it."""
        area = version.area
        return cls(
            version=area.area_version,
            level=area.level,
            name=area.name,
            name_en=area.name_en,
            path=[strawberry.ID(area_id) for area_id in area.path],
            households=area.households,
            population=area.population,
            boundary=GeoJSON(area.boundary),
            retired=area.retired_at is not None,
            since=area.defined_at,
            until=version.until,
        )


@strawberry.federation.type(keys=["id"], description="A key grid that cuts across the tree, for a purpose. 重点网格。")
class OverlayGrid:
    id: strawberry.ID
    name: str
    name_en: str
    purpose: str
    boundary: GeoJSON
    valid_from: datetime | None
    valid_to: datetime | None

    @classmethod
    def of(cls, grid: ModelOverlay) -> Self:
        """The overlay grid as GraphQL shows it."""
        return cls(
            id=strawberry.ID(grid.id),
            name=grid.name,
            name_en=grid.name_en,
            purpose=grid.purpose,
            boundary=GeoJSON(grid.boundary),
            valid_from=grid.valid_from,
            valid_to=grid.valid_to,
        )

    @classmethod
    def resolve_reference(cls, info: Info, id: strawberry.ID) -> "OverlayGrid | None":
        info.context.require_caller()
        grid = info.context.directory.overlays.by_id.get(id)
        return cls.of(grid) if grid else None


@strawberry.federation.type(keys=["id"], description="An area of the grid hierarchy. 网格区域。")
class Area:
    id: strawberry.ID
    level: AreaLevel
    name: str
    name_en: str
    households: int | None = strawberry.field(description="Households in it; a grid has 300 to 500. 户数。")
    population: int | None
    version: int = strawberry.field(description="Counts the definitions of this area. 区域版本。")
    retired: bool = strawberry.field(description="No more; it resolves for what lies in it. 已撤销,旧事项仍可查。")
    outside_norm: bool = strawberry.field(
        description="A grid of fewer than 300 or more than 500 households. 户数超出规范。"
    )
    _place: strawberry.Private[Place]

    @strawberry.field(description="From the district down to the area itself. 上级路径(含本级)。")
    def path(self) -> list[strawberry.ID]:
        return [strawberry.ID(area_id) for area_id in self._place.path]

    @strawberry.field(description="The area it lies in. 上级区域。")
    def parent(self, info: Info) -> Annotated["Area", strawberry.lazy("services.routing.graphql.types.area")] | None:
        return area_of(info.context, self._place.parent_id)

    @strawberry.field(description="The areas directly in it. 下级区域。")
    def children(self, info: Info) -> list[Annotated["Area", strawberry.lazy("services.routing.graphql.types.area")]]:
        return [
            Area.of(place)
            for place in info.context.directory.areas.values()
            if place.parent_id == self.id and not place.retired
        ]

    @strawberry.field(description="How it is commanded now; an area above it in emergency counts. 平急状态(含上级)。")
    def mode(self, info: Info) -> Mode:
        return info.context.directory.mode(self._place.path)

    @strawberry.field(description="Its outline. 边界。")
    async def boundary(self, info: Info) -> GeoJSON | None:
        boundary = await info.context.boundary.load(self.id)
        return GeoJSON(boundary) if boundary else None

    @strawberry.field(description="Who decides and serves in a grid; null for other areas. 网格决策团队。")
    def decision_team(
        self, info: Info
    ) -> Annotated["DecisionTeam", strawberry.lazy("services.routing.graphql.types.team")] | None:
        from services.routing.graphql.types.team import DecisionTeam

        return DecisionTeam.of(info.context, self.id) if self.level is AreaLevel.GRID else None

    @strawberry.field(description="A building's two contacts: who lives there and who is posted there. 双楼长。")
    def building_leaders(
        self, info: Info
    ) -> list[Annotated["TeamMember", strawberry.lazy("services.routing.graphql.types.team")]]:
        from services.routing.graphql.types.team import members

        return members(info.context, self.id, BUILDING_ROLES) if self.level is AreaLevel.BUILDING else []

    @strawberry.field(description="What it was, and is, latest first. 历次版本,最新在前。")
    async def versions(self, info: Info) -> list["AreaVersion"]:
        return [AreaVersion.of(version) for version in await info.context.area_versions.load(self.id)]

    @strawberry.field(description="The overlay grids in force that touch it. 与之相交的重点网格。")
    async def overlay_grids(self, info: Info) -> list[OverlayGrid]:
        boundary = await info.context.boundary.load(self.id)
        overlays, now = info.context.directory.overlays, info.context.store.clock()
        return [OverlayGrid.of(grid) for grid in overlays.touching(boundary, now)] if boundary else []

    @strawberry.field(description="Figures of it and all that lies in it; staff. 区域统计,仅工作人员可见。")
    async def statistics(self, info: Info, since: datetime, until: datetime) -> AreaStatistics:
        return await area_statistics(info.context, self.id, since, until)

    @classmethod
    def of(cls, place: Place) -> Self:
        """The area as GraphQL shows it."""
        return cls(
            id=strawberry.ID(place.id),
            level=place.level,
            name=place.name,
            name_en=place.name_en,
            households=place.households,
            population=place.population,
            version=place.area_version,
            retired=place.retired,
            outside_norm=outside_norm(place.level, place.households),
            _place=place,
        )

    @classmethod
    def resolve_reference(cls, info: Info, id: strawberry.ID) -> "Area | None":
        return area_of(info.context, id)


def area_of(context: Context, area_id: str | None) -> Area | None:
    """The area with this id, None without one. Raises Unauthenticated."""
    context.require_caller()
    place = context.directory.areas.get(area_id) if area_id else None
    return Area.of(place) if place else None
