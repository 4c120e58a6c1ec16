"""Outlines of areas, and the area at a point. Everything else about areas is in the directory in memory."""

from collections.abc import Sequence
from typing import Any

from shapely.geometry import shape

from services.chassis.mongo import Mongo
from services.routing.model.area import Point
from services.routing.store.area import AREAS

_NAME = AREAS.collection.name


async def boundaries(mongo: Mongo, ids: Sequence[str]) -> list[dict[str, Any] | None]:
    """The outlines of areas, in the order asked for."""
    rows = await mongo[_NAME].find({"_id": {"$in": list(ids)}}, {"boundary": 1}).to_list(None)
    found = {row["_id"]: row["boundary"] for row in rows}
    return [found.get(area_id) for area_id in ids]


async def area_at(mongo: Mongo, lon: float, lat: float) -> str | None:
    """The id of the smallest area that holds the point; on a shared border the first by id."""
    point = {"type": "Point", "coordinates": [lon, lat]}
    rows = await mongo[_NAME].find({"boundary": {"$geoIntersects": {"$geometry": point}}}, {"path": 1}).to_list(None)
    return min(rows, key=lambda row: (-len(row["path"]), row["_id"]))["_id"] if rows else None


async def centre_of(mongo: Mongo, area_id: str) -> Point | None:
    """The middle of an area, None for one that is not known: where a matter counts as being when it has no point of its own."""
    (boundary,) = await boundaries(mongo, [area_id])
    return middle(boundary) if boundary else None


def middle(boundary: dict[str, Any]) -> Point:
    """A point within an outline."""
    inside = shape(boundary).representative_point()
    return Point(lon=inside.x, lat=inside.y)
