"""Overlay (key) grids: areas outside the tree that cut across it, for a purpose and for a time (R-16). A point can lie in several."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from services.routing.model.organisation.point import Point


class OverlayGrid(msgspec.Struct, frozen=True, kw_only=True):
    """An overlay grid; it holds from `valid_from` until just before `valid_to`, without them always."""

    id: str
    name: str
    name_en: str
    purpose: str
    boundary: dict[str, Any]
    valid_from: datetime | None = None
    valid_to: datetime | None = None

    def holds(self, at: datetime) -> bool:
        """Whether it is in force at a moment."""
        return (self.valid_from is None or self.valid_from <= at) and (self.valid_to is None or at < self.valid_to)


class Overlays:
    """The overlay grids as a map in memory: every order asks, so an answer takes microseconds."""

    def __init__(self, grids: Sequence[OverlayGrid] = ()) -> None:
        self.by_id: Mapping[str, OverlayGrid] = {grid.id: grid for grid in sorted(grids, key=lambda grid: grid.id)}
        self._grids = list(self.by_id.values())
        self._tree = shapely.STRtree([_outline(grid.boundary) for grid in self._grids])

    def at(self, place: Point | None, at: datetime) -> tuple[str, ...]:
        """The ids of the overlay grids in force that hold a place, none when it is not known."""
        return tuple(grid.id for grid in self._meeting(shapely.Point(place.lon, place.lat), at)) if place else ()

    def touching(self, boundary: dict[str, Any], at: datetime) -> list[OverlayGrid]:
        """The overlay grids in force that share ground with an outline, not just its edge."""
        outline = _outline(boundary)
        return [grid for grid in self._meeting(outline, at) if not outline.touches(_outline(grid.boundary))]

    def _meeting(self, geometry: BaseGeometry, at: datetime) -> list[OverlayGrid]:
        found = sorted(self._tree.query(geometry, predicate="intersects"))
        return [self._grids[index] for index in found if self._grids[index].holds(at)]


def _outline(boundary: dict[str, Any]) -> BaseGeometry:
    return shape(boundary)
