"""The map in memory: which grid a place lies in. Every submission asks, so an answer takes microseconds."""

from collections.abc import Sequence
from typing import Any

import msgspec
import shapely

from services.intake.errors import AreasNotLoaded, PlaceOutsideDistrict
from services.intake.model.values import CallLevel, Place

_SMALLEST = ("building", "micro_grid", "grid")
_CALL_LEVELS = {
    "building": CallLevel.GRID,
    "micro_grid": CallLevel.GRID,
    "grid": CallLevel.GRID,
    "community": CallLevel.COMMUNITY,
    "street": CallLevel.STREET,
    "district": CallLevel.ELEVATED,
}


class Area(msgspec.Struct, frozen=True, kw_only=True):
    """Our copy of an area of routing's; `boundary` is GeoJSON, `path` runs from the district to the area.

    Into a retired one nothing new falls.
    """

    id: str
    version: int
    level: str
    name: str
    name_en: str
    path: list[str]
    boundary: dict[str, Any]
    retired: bool = False


class AreaMap:
    """Places to areas. Built whole whenever the areas change."""

    def __init__(self, areas: Sequence[Area]) -> None:
        self.by_id = {area.id: area for area in areas}
        areas = [area for area in areas if not area.retired]
        # The finest level first, so that the lowest index is the answer.
        self._smallest = sorted(
            (area for area in areas if area.level in _SMALLEST),
            key=lambda area: (_SMALLEST.index(area.level), area.id),
        )
        self._shapes = shapely.from_geojson([msgspec.json.encode(area.boundary).decode() for area in self._smallest])
        self._tree = shapely.STRtree(self._shapes)
        self._districts = [area for area in areas if area.level == "district"]
        self._district_shapes = shapely.from_geojson(
            [msgspec.json.encode(area.boundary).decode() for area in self._districts]
        )

    def at(self, place: Place) -> Area:
        """The building, micro-grid or grid of a place. Raises PlaceOutsideDistrict, AreasNotLoaded."""
        if not self._smallest:
            raise AreasNotLoaded(path=("place",))
        point = shapely.points((place.lon, place.lat))
        found = self._tree.query(point, predicate="intersects")
        if len(found):
            return self._smallest[int(found.min())]
        if shapely.intersects(self._district_shapes, point).any():
            raise AreasNotLoaded(path=("place",))  # the grid that covers it has not come yet
        raise PlaceOutsideDistrict(path=("place",))

    def root_path(self) -> list[str]:
        """The path of the district, for a report without a place. Raises AreasNotLoaded."""
        if not self._districts:
            raise AreasNotLoaded()
        return self._districts[0].path

    def assigned(self, number: int) -> tuple[Place, Area]:
        """A place for a matter that has none: the inside point of the grid this number falls to. Raises AreasNotLoaded."""
        if not self._smallest:
            raise AreasNotLoaded()
        index = number % len(self._smallest)
        point = shapely.point_on_surface(self._shapes[index])
        place = Place(lon=round(point.x, 6), lat=round(point.y, 6))
        return place, self.at(place)

    def call_level(self, area_id: str) -> CallLevel | None:
        """The call a post of this area makes (I-01)."""
        area = self.by_id.get(area_id)
        return _CALL_LEVELS.get(area.level) if area else None

    def __len__(self) -> int:
        return len(self.by_id)
