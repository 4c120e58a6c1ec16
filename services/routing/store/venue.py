"""Venues in MongoDB, listed by area, kind and service."""

from pymongo import ASCENDING, IndexModel

from services.chassis.mongo import CollectionSpec
from services.chassis.unit_of_work import AggregateSpec
from services.routing.model.order.venue import Venue


def _by_name(name: str, *fields: str) -> IndexModel:
    keys = ("retired_at", *fields, "name", "_id")
    return IndexModel([(key, ASCENDING) for key in keys], name=name)


VENUES = AggregateSpec(
    CollectionSpec(
        "venues",
        indexes=[
            _by_name("name"),
            _by_name("area", "area_path"),
            _by_name("kind", "kind"),
            _by_name("service", "services"),
        ],
        validator={
            "$jsonSchema": {
                "bsonType": "object",
                "required": ["_id", "version", "name", "kind", "address", "place", "area_path", "services", "hours"],
                "properties": {
                    "_id": {"bsonType": "string"},
                    "version": {"bsonType": ["int", "long"], "minimum": 1},
                    "name": {"bsonType": "string", "minLength": 1},
                    "area_path": {"bsonType": "array", "minItems": 1},
                    "retired_at": {"bsonType": ["date", "null"]},
                },
            }
        },
    ),
    Venue,
    "venue",
    "venue",
)
