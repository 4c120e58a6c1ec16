"""The register of responders in MongoDB, found by place, person, home, kind and skill."""

from pymongo import ASCENDING, GEOSPHERE, IndexModel

from services.chassis.mongo import CollectionSpec
from services.chassis.unit_of_work import AggregateSpec
from services.routing.model.dispatch.responder import Availability, Responder

REGISTER = AggregateSpec(
    CollectionSpec(
        "register",
        indexes=[
            IndexModel([("place", GEOSPHERE), ("availability", ASCENDING)], name="place"),
            IndexModel([("area_path", ASCENDING), ("_id", ASCENDING)], name="home"),
            IndexModel([("area_path", ASCENDING), ("availability", ASCENDING), ("_id", ASCENDING)], name="home_state"),
            IndexModel([("area_path", ASCENDING), ("kind", ASCENDING), ("_id", ASCENDING)], name="home_kind"),
            IndexModel([("employer", ASCENDING), ("_id", ASCENDING)], name="employer"),
            IndexModel([("person_id", ASCENDING)], name="person"),
            # Nobody registers twice, however quickly.
            IndexModel(
                [("person_id", ASCENDING), ("registered", ASCENDING)],
                name="one_registration",
                unique=True,
                partialFilterExpression={"person_id": {"$type": "string"}, "registered": True, "retired": False},
            ),
        ],
        validator={
            "$jsonSchema": {
                "bsonType": "object",
                "required": [
                    *("_id", "version", "sequence", "kind", "name", "home_area_id", "area_path", "skills"),
                    *("availability", "since", "retired"),
                ],
                "properties": {
                    "_id": {"bsonType": "string"},
                    "version": {"bsonType": ["int", "long"], "minimum": 1},
                    "kind": {"bsonType": "string", "minLength": 1},
                    "name": {"bsonType": "string", "minLength": 1},
                    "area_path": {"bsonType": "array", "minItems": 1, "items": {"bsonType": "string"}},
                    "skills": {"bsonType": "array", "items": {"bsonType": "string"}},
                    "availability": {"enum": [availability.value for availability in Availability]},
                    "since": {"bsonType": "date"},
                    "retired": {"bsonType": "bool"},
                    "deployment_id": {"bsonType": ["string", "null"]},
                },
            }
        },
    ),
    Responder,
    "responder",
    "responder",
)
