"""Buildings of the demonstration grid, each with its two leaders: one who lives there, one who is posted there (R-25)."""

from __future__ import annotations

from collections.abc import Sequence

from shapely.geometry import shape

from dev.district.areas import DEMO_GRID_ID
from dev.district.model import Area, TeamRole
from dev.district.units import Staff

_LEADERS: tuple[tuple[str, tuple[str, str], TeamRole], ...] = (
    ("resident_leader", ("居民楼长", "Resident building leader"), "resident_building_leader"),
    ("posted_leader", ("包楼干部", "Posted building leader"), "posted_building_leader"),
)


def build_up(areas: Sequence[Area], staff: Staff) -> list[Area]:
    """A building in the middle of each micro-grid of the demonstration grid; its leaders' posts are added to `staff`."""
    buildings = [_in(area) for area in areas if area["level"] == "micro_grid" and area["parent_id"] == DEMO_GRID_ID]
    community = DEMO_GRID_ID.rpartition("-")[0]
    unit = next(unit["id"] for unit in staff.units if unit["area_id"] == community)
    for building in buildings:
        key = "_".join(building["id"].split("-")[1:])
        for suffix, title, role in _LEADERS:
            staff.post(f"{key}_{suffix}", title, unit, "grid", [building["id"]], team_role=role)
    return buildings


def _in(micro_grid: Area) -> Area:
    outline = shape(micro_grid["boundary"])
    middle = outline.representative_point()
    half = middle.distance(outline.boundary) / 2
    corners = ((-half, -half), (half, -half), (half, half), (-half, half), (-half, -half))
    boundary = {
        "type": "Polygon",
        "coordinates": [[[round(middle.x + x, 7), round(middle.y + y, 7)] for x, y in corners]],
    }
    area_id = f"{micro_grid['id']}-b1"
    return Area(
        id=area_id,
        level="building",
        name=f"{micro_grid['name']}1号楼",
        name_en=f"{micro_grid['name_en']} Building 1",
        parent_id=micro_grid["id"],
        path=[*micro_grid["path"], area_id],
        households=None,
        population=None,
        boundary=boundary,
    )
