"""Points of the demonstration district."""

import functools

from shapely.geometry import shape

from dev.district import build
from dev.district.model import Area


@functools.cache
def _grids() -> list[Area]:
    organisation, _ = build()
    return [area for area in organisation["areas"] if area["level"] == "grid"]


def a_place(number: int = 0) -> dict[str, float]:
    """A point inside the `number`-th grid."""
    point = shape(_grids()[number]["boundary"]).representative_point()
    return {"lon": point.x, "lat": point.y}
