"""Outlines and versions of areas, and the area at a point. Everything else about areas is in the directory in memory."""

import dataclasses
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from shapely.geometry import shape

from services.chassis.mongo import Mongo
from services.routing.model.organisation.area import Area
from services.routing.model.organisation.point import Point
from services.routing.store.area import AREA_VERSIONS, AREAS

_NAME = AREAS.collection.name


@dataclasses.dataclass(frozen=True)
class Version:
    """An area as it stood, and until when; None for the present version."""

    area: Area
    until: datetime | None


async def boundaries(mongo: Mongo, ids: Sequence[str]) -> list[dict[str, Any] | None]:
    """The outlines of areas, in the order asked for."""
    rows = await mongo[_NAME].find({"_id": {"$in": list(ids)}}, {"boundary": 1}).to_list(None)
    found = {row["_id"]: row["boundary"] for row in rows}
    return [found.get(area_id) for area_id in ids]


async def versions(mongo: Mongo, ids: Sequence[str]) -> list[list[Version]]:
    """Every version of areas, the present one first."""
    found: defaultdict[str, list[Version]] = defaultdict(list)
    async for row in mongo[_NAME].find({"_id": {"$in": list(ids)}}):
        found[row["_id"]].append(Version(AREAS.from_document(row), None))
    past = mongo[AREA_VERSIONS.name].find({"area_id": {"$in": list(ids)}}).sort("area_version", -1)
    async for row in past:
        area = AREAS.from_document({**row, "_id": row["area_id"]})
        found[row["area_id"]].append(Version(area, row["superseded_at"]))
    return [found[area_id] for area_id in ids]


async def area_at(mongo: Mongo, lon: float, lat: float) -> str | None:
    """The id of the smallest area that holds the point; on a shared border the first by id."""
    point = {"type": "Point", "coordinates": [lon, lat]}
    where = {"boundary": {"$geoIntersects": {"$geometry": point}}, "retired_at": None}
    rows = await mongo[_NAME].find(where, {"path": 1}).to_list(None)
    return min(rows, key=lambda row: (-len(row["path"]), row["_id"]))["_id"] if rows else None


async def centre_of(mongo: Mongo, area_id: str) -> Point | None:
    """The middle of an area, None for one that is not known: where a matter counts as being when it has no point of its own."""
    (boundary,) = await boundaries(mongo, [area_id])
    return middle(boundary) if boundary else None


def middle(boundary: dict[str, Any]) -> Point:
    """A point within an outline."""
    inside = shape(boundary).representative_point()
    return Point(lon=inside.x, lat=inside.y)
