"""Outlines of areas, and the area at a point. Everything else about areas is in the directory in memory."""

from collections.abc import Sequence
from typing import Any

from services.chassis.mongo import Mongo
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
