"""Cuts real street outlines from a GeoJSON file into communities, grids and micro-grids."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry import MultiPolygon, Polygon, box, mapping, shape
from shapely.geometry.base import BaseGeometry

# Degrees; a centimetre. Coordinates of the result lie on this raster.
_RASTER = 1e-7


@dataclass(frozen=True)
class Street:
    """One feature of the file."""

    name: str
    name_en: str
    outline: BaseGeometry


def read_streets(path: Path) -> list[Street]:
    """The street outlines of a GeoJSON FeatureCollection (WGS-84), in file order.

    Each feature carries `name`, and `code` or `name_en` for the English twin.
    Raises `ValueError` for a file that has no usable polygon or a feature without a name.
    """
    document = json.loads(path.read_text(encoding="utf-8"))
    streets: list[Street] = []
    for feature in document.get("features", []):
        properties = feature.get("properties") or {}
        if not properties.get("name"):
            raise ValueError(f"{path.name}: a feature has no name")
        name = str(properties["name"])
        outline = _polygonal(shapely.make_valid(shape(feature["geometry"])))
        if outline.is_empty:
            raise ValueError(f"{path.name}: {name} has no area")
        twin = properties.get("name_en") or f"Street {properties.get('code', len(streets) + 1)}"
        streets.append(Street(name, str(twin), outline))
    if not streets:
        raise ValueError(f"{path.name}: no street in it")
    return streets


def united(outlines: Sequence[BaseGeometry]) -> BaseGeometry:
    """The outline of all together."""
    return _polygonal(shapely.union_all(outlines))


class Outlines:
    """Cuts polygons by straight lines, so that the pieces meet and miss nothing."""

    def cut(self, region: BaseGeometry, weights: Sequence[int]) -> list[BaseGeometry]:
        """`region` cut into one piece for each weight, areas in proportion."""
        if len(weights) == 1:
            return [region]
        total = sum(weights)
        split = min(range(1, len(weights)), key=lambda k: abs(2 * sum(weights[:k]) - total))
        near, far = _halves(region, sum(weights[:split]) / total)
        return self.cut(near, weights[:split]) + self.cut(far, weights[split:])

    def boundary(self, region: BaseGeometry) -> dict[str, Any]:
        """The piece as GeoJSON, on the raster, without repeated points."""
        clean = _polygonal(shapely.set_precision(region, _RASTER))
        geometry: dict[str, Any] = json.loads(json.dumps(mapping(shapely.orient_polygons(clean))))
        rounded: dict[str, Any] = _rounded(geometry)
        return rounded


def _halves(region: BaseGeometry, share: float) -> tuple[BaseGeometry, BaseGeometry]:
    """Cut across the longer side, where the part before the line holds `share` of the area."""
    west, south, east, north = region.bounds
    upright = (east - west) * 0.85 >= north - south  # degrees of longitude are shorter
    low, high = (west, east) if upright else (south, north)

    def before(line: float) -> BaseGeometry:
        edge = (
            (west - 1, south - 1, line, north + 1)
            if upright
            else (
                west - 1,
                south - 1,
                east + 1,
                line,
            )
        )
        return _polygonal(region.intersection(box(*edge)))

    for _ in range(40):
        line = (low + high) / 2
        if before(line).area < share * region.area:
            low = line
        else:
            high = line
    line = round((low + high) / 2, 6)
    beyond = (
        (line, south - 1, east + 1, north + 1)
        if upright
        else (
            west - 1,
            line,
            east + 1,
            north + 1,
        )
    )
    return before(line), _polygonal(region.intersection(box(*beyond)))


def _polygonal(geometry: BaseGeometry) -> BaseGeometry:
    """The polygons in `geometry`; points and lines that a cut leaves behind have no area."""
    if isinstance(geometry, Polygon | MultiPolygon):
        return geometry
    parts = [
        polygon
        for part in getattr(geometry, "geoms", ())
        for polygon in getattr(_polygonal(part), "geoms", [part])
        if isinstance(polygon, Polygon) and polygon.area > 0
    ]
    return parts[0] if len(parts) == 1 else MultiPolygon(parts)


def _rounded(value: Any) -> Any:
    """Floats cut to the raster's seven places, which `set_precision` leaves with noise."""
    if isinstance(value, float):
        return round(value, 7)
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    return value
