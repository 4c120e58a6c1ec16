"""Modes of command in MongoDB, one document an area that was ever switched."""

from pymongo import ASCENDING, DESCENDING, IndexModel

from services.chassis.mongo import CollectionSpec, Document, Mongo
from services.chassis.unit_of_work import AggregateSpec
from services.routing.model.rules.command_mode import CommandMode
from services.routing.model.rules.matter import Mode

COMMAND_MODES = AggregateSpec(
    CollectionSpec(
        "command_modes",
        indexes=[
            IndexModel([("mode", ASCENDING), ("switched_at", DESCENDING), ("_id", DESCENDING)], name="mode"),
            IndexModel([("switched_at", DESCENDING), ("_id", DESCENDING)], name="switched"),
            IndexModel([("next_step_at", ASCENDING)], name="next_step"),
        ],
        validator={
            "$jsonSchema": {
                "bsonType": "object",
                "required": ["_id", "version", "area_id", "area_path", "mode", "switches", "switched_at"],
                "properties": {
                    "_id": {"bsonType": "string"},
                    "area_id": {"bsonType": "string"},
                    "area_path": {"bsonType": "array", "minItems": 1, "items": {"bsonType": "string"}},
                    "mode": {"enum": [mode.value for mode in Mode]},
                    "switches": {"bsonType": "array", "minItems": 1},
                    "switched_at": {"bsonType": "date"},
                },
            }
        },
    ),
    CommandMode,
    "mode",
    "mode of command",
)


async def areas_in_emergency(mongo: Mongo) -> frozenset[str]:
    """The areas that are switched to emergency command."""
    found = mongo[COMMAND_MODES.collection.name].find({"mode": Mode.EMERGENCY.value}, {"area_id": 1})
    return frozenset([row["area_id"] async for row in found])


async def open_in(mongo: Mongo, name: str, area_path: str, area_id: str, after: str | None, limit: int) -> list[str]:
    """The ids of what is under way in an area, by age, after one of them; `area_path` is the field of its path of areas."""
    where: Document = {area_path: area_id, "open": True}
    if after:
        where["_id"] = {"$gt": after}
    # Named, because the index of ids gives the order as well, and would walk past everything that ever was.
    found = mongo[name].find(where, {"_id": 1}, hint="open_area").sort("_id", ASCENDING).limit(limit)
    return [row["_id"] async for row in found]
