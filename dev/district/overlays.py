"""Key grids that cut across the tree: the surroundings of a market, where the first two grids of the main street meet (R-16)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shapely.geometry import box, mapping, shape

from dev.district.areas import MAIN_STREET_ID
from dev.district.model import Area, OverlayGrid

_HALF_WIDTH = 0.002  # degrees, about 200 metres


def key_grids(areas: Sequence[Area]) -> list[OverlayGrid]:
    """One key grid, around the middle of the border of two neighbouring grids."""
    grids = [area for area in areas if area["level"] == "grid" and MAIN_STREET_ID in area["path"]]
    first = shape(grids[0]["boundary"])
    border = next(
        shared
        for grid in grids[1:]
        if (shared := first.intersection(shape(grid["boundary"]))).length > 0 and shared.area == 0
    )
    middle = border.interpolate(0.5, normalized=True) if border.geom_type == "LineString" else border.centroid
    around = box(
        round(middle.x - _HALF_WIDTH, 5),
        round(middle.y - _HALF_WIDTH, 5),
        round(middle.x + _HALF_WIDTH, 5),
        round(middle.y + _HALF_WIDTH, 5),
    )
    outline: dict[str, Any] = mapping(around)
    ring = [list(point) for point in outline["coordinates"][0]]
    return [
        OverlayGrid(
            id="d01-key-market",
            name="农贸市场周边重点网格",
            name_en="Market surroundings key grid",
            purpose="市容秩序 (street order)",
            boundary={"type": "Polygon", "coordinates": [ring]},
            valid_from=None,
            valid_to=None,
        )
    ]
