"""Rulings in MongoDB; those that stand are read into the directory."""

from pymongo import ASCENDING, DESCENDING, IndexModel

from services.chassis.mongo import CollectionSpec, Mongo
from services.chassis.unit_of_work import AggregateSpec
from services.routing.model.rules.rules import Precedent
from services.routing.model.rules.ruling import Ruling

RULINGS = AggregateSpec(
    CollectionSpec(
        "rulings",
        indexes=[
            IndexModel([("standing", ASCENDING)], name="standing", partialFilterExpression={"standing": True}),
            IndexModel([("ruled_at", DESCENDING), ("_id", DESCENDING)], name="newest"),
            IndexModel(
                [("area_path", ASCENDING), ("ruled_at", DESCENDING), ("_id", DESCENDING)],
                name="area",
            ),
            IndexModel([("order_id", ASCENDING)], name="order"),
        ],
        validator={
            "$jsonSchema": {
                "bsonType": "object",
                "required": ["_id", "version", "order_id", "post", "unit", "basis", "standing", "ruled_at"],
                "properties": {
                    "_id": {"bsonType": "string"},
                    "version": {"bsonType": ["int", "long"], "minimum": 1},
                    "post": {"bsonType": "string", "minLength": 1},
                    "unit": {"bsonType": "string", "minLength": 1},
                    "standing": {"bsonType": "bool"},
                    "ruled_at": {"bsonType": "date"},
                },
            }
        },
    ),
    Ruling,
    "ruling",
    "ruling",
)


async def read_precedents(mongo: Mongo) -> tuple[Precedent, ...]:
    """What routing consults before its rules."""
    rows = await mongo[RULINGS.collection.name].find({"standing": True}).to_list(None)
    rulings = [RULINGS.from_document(row).precedent for row in rows]
    return tuple(sorted((one for one in rulings if one), key=lambda one: one.id))
