"""Areas in MongoDB, with a spherical index over their outlines."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pymongo import ASCENDING, GEOSPHERE, IndexModel
from pymongo.errors import OperationFailure

from services.chassis.mongo import CollectionSpec, Document, Mongo
from services.chassis.unit_of_work import AggregateSpec
from services.routing.model.organisation.area import Area
from services.routing.model.organisation.organisation import AreaLevel

AREAS = AggregateSpec(
    CollectionSpec(
        "areas",
        indexes=[
            IndexModel([("boundary", GEOSPHERE)], name="boundary"),
            IndexModel([("parent_id", ASCENDING), ("_id", ASCENDING)], name="parent"),
        ],
        validator={
            "$jsonSchema": {
                "bsonType": "object",
                "required": ["_id", "version", "level", "name", "path", "boundary", "area_version"],
                "properties": {
                    "_id": {"bsonType": "string"},
                    "level": {"enum": [level.value for level in AreaLevel]},
                    "name": {"bsonType": "string", "minLength": 1},
                    "path": {"bsonType": "array", "minItems": 1, "items": {"bsonType": "string"}},
                    "boundary": {
                        "bsonType": "object",
                        "required": ["type", "coordinates"],
                        "properties": {"type": {"enum": ["Polygon", "MultiPolygon"]}},
                    },
                    "area_version": {"bsonType": ["int", "long"], "minimum": 1},
                    "retired_at": {"bsonType": ["date", "null"]},
                },
            }
        },
    ),
    Area,
    "area",
    "area",
)


# What an area was before: each of its versions but the present one, as it stood.
AREA_VERSIONS = CollectionSpec(
    "area_versions",
    indexes=[IndexModel([("area_id", ASCENDING), ("area_version", ASCENDING)], name="area", unique=True)],
    validator={
        "$jsonSchema": {
            "bsonType": "object",
            "required": ["_id", "area_id", "area_version", "boundary", "defined_at", "superseded_at"],
        }
    },
)


def past_version(area: Area, superseded_at: datetime) -> Document:
    """The present version of an area as it is kept when another follows."""
    document = AREAS.to_document(area)
    return {**document, "_id": f"{area.id}@{area.area_version}", "area_id": area.id, "superseded_at": superseded_at}


async def boundary_problem(mongo: Mongo, boundary: Mapping[str, Any]) -> str | None:
    """Why MongoDB cannot take this outline, None when it can: the database that will index it is the judge."""
    if boundary.get("type") not in ("Polygon", "MultiPolygon"):
        return "not a Polygon or MultiPolygon"
    try:
        await mongo[AREAS.collection.name].find_one(
            {"boundary": {"$geoIntersects": {"$geometry": boundary}}}, {"_id": 1}
        )
    except OperationFailure as error:
        return str((error.details or {}).get("errmsg", error)).partition("{")[0].strip()[:160]
    return None
