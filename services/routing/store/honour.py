"""Honours in MongoDB."""

from pymongo import ASCENDING, DESCENDING, IndexModel

from services.chassis.mongo import CollectionSpec
from services.chassis.unit_of_work import AggregateSpec
from services.routing.model.directive.honour import Honour, HonourState


def _newest_first(name: str, field: str) -> IndexModel:
    return IndexModel([(field, ASCENDING), ("nominated_at", DESCENDING), ("_id", DESCENDING)], name=name)


HONOURS = AggregateSpec(
    CollectionSpec(
        "honours",
        indexes=[_newest_first("state", "state"), _newest_first("area", "area_path"), _newest_first("unit", "unit")],
        validator={
            "$jsonSchema": {
                "bsonType": "object",
                "required": ["_id", "version", "title", "post", "unit", "area_path", "works", "state", "nominated_at"],
                "properties": {
                    "_id": {"bsonType": "string"},
                    "version": {"bsonType": ["int", "long"], "minimum": 1},
                    "state": {"enum": [state.value for state in HonourState]},
                    "works": {"bsonType": "array", "minItems": 1},
                    "nominated_at": {"bsonType": "date"},
                },
            }
        },
    ),
    Honour,
    "honour",
    "honour",
)
