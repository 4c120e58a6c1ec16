"""Areas of the grid. Visible to every authenticated caller."""

from typing import Annotated, Any, NewType, Self

import strawberry
import strawberry.federation

from services.routing.graphql.context import Context, Info
from services.routing.model.directory import Place
from services.routing.model.organisation import AreaLevel

GeoJSON = NewType("GeoJSON", dict[str, Any])
GEOJSON_SCALAR = strawberry.scalar(
    name="GeoJSON",
    description="A GeoJSON geometry, WGS-84 (RFC 7946). GeoJSON 几何对象。",
    specified_by_url="https://www.rfc-editor.org/rfc/rfc7946",
)

strawberry.enum(AreaLevel, name="AreaLevel", description="A level of the grid hierarchy. 网格层级。")


@strawberry.federation.type(keys=["id"], description="An area of the grid hierarchy. 网格区域。")
class Area:
    id: strawberry.ID
    level: AreaLevel
    name: str
    name_en: str
    households: int | None = strawberry.field(description="Households in it; a grid has 300 to 500. 户数。")
    population: int | None
    version: int = strawberry.field(description="Counts the definitions of this area. 区域版本。")
    _place: strawberry.Private[Place]

    @strawberry.field(description="From the district down to the area itself. 上级路径(含本级)。")
    def path(self) -> list[strawberry.ID]:
        return [strawberry.ID(area_id) for area_id in self._place.path]

    @strawberry.field(description="The area it lies in. 上级区域。")
    def parent(self, info: Info) -> Annotated["Area", strawberry.lazy("services.routing.graphql.types.area")] | None:
        return area_of(info.context, self._place.parent_id)

    @strawberry.field(description="The areas directly in it. 下级区域。")
    def children(self, info: Info) -> list[Annotated["Area", strawberry.lazy("services.routing.graphql.types.area")]]:
        return [Area.of(place) for place in info.context.directory.areas.values() if place.parent_id == self.id]

    @strawberry.field(description="Its outline. 边界。")
    async def boundary(self, info: Info) -> GeoJSON | None:
        boundary = await info.context.boundary.load(self.id)
        return GeoJSON(boundary) if boundary else None

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
