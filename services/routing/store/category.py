"""A local copy of intake's category tree, as its events tell it."""

from collections.abc import Mapping

from pymongo import ASCENDING, IndexModel
from pymongo.errors import PyMongoError

from services.chassis.mongo import CollectionSpec, Mongo, translate

CATEGORIES = CollectionSpec(
    "categories",
    indexes=[
        IndexModel(
            [("dispute_type", ASCENDING)],
            name="dispute_type",
            partialFilterExpression={"dispute_type": {"$type": "string"}},
        )
    ],
    validator={
        "$jsonSchema": {
            "bsonType": "object",
            "required": ["_id", "name", "path"],
            "properties": {
                "_id": {"bsonType": "string"},
                "path": {"bsonType": "array", "items": {"bsonType": "string"}},
                "dispute_type": {"bsonType": ["string", "null"]},
            },
        }
    },
)


async def dispute_types(mongo: Mongo) -> Mapping[str, str]:
    """Category code → kind of dispute, for the categories that are disputes. Raises StoreError."""
    try:
        found = mongo[CATEGORIES.name].find({"dispute_type": {"$type": "string"}}, {"dispute_type": 1}).sort("_id", 1)
        return {row["_id"]: row["dispute_type"] async for row in found}
    except PyMongoError as error:
        raise translate(error) from error


async def known_codes(mongo: Mongo) -> set[str]:
    """The codes of the tree; empty before intake published it."""
    return {row["_id"] async for row in mongo[CATEGORIES.name].find({}, {"_id": 1})}


async def category_path(mongo: Mongo, code: str) -> tuple[str, ...] | None:
    """The codes from the top of the tree down to `code`; None for a category that is not published."""
    row = await mongo[CATEGORIES.name].find_one({"_id": code}, {"path": 1})
    return tuple(row["path"]) if row else None
