"""The map of areas with their outlines: which area a place falls in, and what a change of outlines moves (R-16)."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any

import msgspec
import shapely
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

from services.routing.model.organisation.organisation import AreaLevel, AreaRecord
from services.routing.model.organisation.point import Point

_KM_A_DEGREE = 111.32
_LEVELS = list(AreaLevel)


class ChangeKind(StrEnum):
    """What a proposal does to an area."""

    NEW = "new"
    CHANGED = "changed"
    RETIRED = "retired"


class AreaChange(msgspec.Struct, frozen=True, kw_only=True):
    """An area before and after, in square kilometres; `km2_moved` is the ground it gains and loses together."""

    area_id: str
    name: str
    kind: ChangeKind
    km2_before: float
    km2_after: float
    km2_moved: float


class Chart:
    """Areas in force, by their outlines."""

    def __init__(self, areas: Iterable[AreaRecord]) -> None:
        self._areas: list[AreaRecord] = sorted(areas, key=lambda area: (-len(area.path), area.id))
        self._shapes = {area.id: shape(area.boundary) for area in self._areas}
        self._tree = shapely.STRtree(list(self._shapes.values()))
        self.by_id: Mapping[str, AreaRecord] = {area.id: area for area in self._areas}

    def where(self, place: Point | None, area_path: Sequence[str]) -> AreaRecord | None:
        """The smallest area that holds the place; without a place the smallest in force of those it lay in."""
        found = self._tree.query(shapely.Point(place.lon, place.lat), predicate="intersects") if place else ()
        if len(found):
            return self._areas[int(min(found))]
        return next((self.by_id[area_id] for area_id in reversed(area_path) if area_id in self.by_id), None)

    def outline(self, area_id: str) -> BaseGeometry:
        """An area's outline, empty for one that is not there."""
        return self._shapes.get(area_id, shapely.Polygon())

    def strays(self) -> list[str]:
        """Areas of which more than half lies outside their parent."""
        return [
            area.id
            for area in self._areas
            if area.parent_id in self._shapes
            and self._shapes[area.id].difference(self._shapes[area.parent_id]).area > self._shapes[area.id].area / 2
        ]

    def with_changes(self, records: Sequence[AreaRecord], retired: Sequence[str]) -> "Chart":
        """The map as it would be."""
        return Chart(
            area for area in {**self.by_id, **{r.id: r for r in records}}.values() if area.id not in set(retired)
        )


class Redrawing(msgspec.Struct, frozen=True, kw_only=True):
    """What differs between two maps: each area, the ground concerned (GeoJSON), and the areas whose matters may move."""

    changes: tuple[AreaChange, ...]
    ground: dict[str, Any]
    touched: tuple[str, ...]

    @classmethod
    def between(cls, before: Chart, after: Chart) -> "Redrawing":
        """Compare two maps. Ground is concerned when an outline gains or loses it, and the whole of a new or retired area."""
        changes: list[AreaChange] = []
        grounds: list[BaseGeometry] = []
        touched: set[str] = set()
        levels: set[int] = set()
        for area_id in sorted({*before.by_id, *after.by_id}):
            old, new = before.by_id.get(area_id), after.by_id.get(area_id)
            if old == new:
                continue
            ground = before.outline(area_id).symmetric_difference(after.outline(area_id))
            named = new or old
            assert named
            changes.append(
                AreaChange(
                    area_id=area_id,
                    name=named.name,
                    kind=ChangeKind.NEW if old is None else ChangeKind.CHANGED if new else ChangeKind.RETIRED,
                    km2_before=_km2(before.outline(area_id)),
                    km2_after=_km2(after.outline(area_id)),
                    km2_moved=_km2(ground),
                )
            )
            grounds.append(ground)
            levels.add(_LEVELS.index(named.level))
            touched.update([area_id] if old else [named.parent_id] if named.parent_id else [])
        ground = shapely.union_all(grounds)
        touched.update(
            area.id
            for area in before.by_id.values()
            if levels and _LEVELS.index(area.level) >= min(levels) and before.outline(area.id).intersects(ground)
        )
        return cls(changes=tuple(changes), ground=_geojson(ground), touched=tuple(sorted(touched)))


class Ground:
    """Ground concerned, asked point by point."""

    def __init__(self, geojson: dict[str, Any]) -> None:
        self._shape = shape(geojson)
        shapely.prepare(self._shape)

    def holds(self, place: Point) -> bool:
        """Whether a place lies on it."""
        return bool(self._shape.intersects(shapely.Point(place.lon, place.lat)))


def _km2(outline: BaseGeometry) -> float:
    """Square kilometres to a part in some hundreds: degrees of longitude are as long as at the outline's middle."""
    if outline.is_empty:
        return 0.0
    return round(outline.area * _KM_A_DEGREE**2 * math.cos(math.radians(outline.centroid.y)), 4)


def _geojson(geometry: BaseGeometry) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(mapping(geometry)))
    return found
