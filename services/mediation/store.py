"""Where cases are kept: collections, indexes, validators."""

from pymongo import ASCENDING, DESCENDING, IndexModel

from services.chassis.mongo import CollectionSpec
from services.chassis.unit_of_work import AggregateSpec
from services.mediation.model import MediationCase, State

_NEWEST = [("registered_at", DESCENDING), ("_id", DESCENDING)]

CASES = AggregateSpec(
    collection=CollectionSpec(
        "cases",
        indexes=[
            IndexModel([("number", ASCENDING)], name="number", unique=True),
            IndexModel([("report_id", ASCENDING), ("registered_at", DESCENDING)], name="report"),
            IndexModel([("area_path", ASCENDING), *_NEWEST], name="area"),
            IndexModel([("area_path", ASCENDING), ("state", ASCENDING), *_NEWEST], name="area_state"),
            IndexModel([("area_path", ASCENDING), ("dispute_type", ASCENDING), *_NEWEST], name="area_type"),
            IndexModel([("people", ASCENDING), *_NEWEST], name="people"),
            IndexModel([("room.post", ASCENDING), *_NEWEST], name="room"),
            IndexModel([("mediator.post", ASCENDING), *_NEWEST], name="mediator_post"),
            IndexModel([("mediator.person", ASCENDING), *_NEWEST], name="mediator_person"),
            # Not partial: the planner does not take `<= now` for a proof that the value is a date.
            IndexModel([("next_step_at", ASCENDING)], name="due"),
        ],
        validator={
            "$jsonSchema": {
                "bsonType": "object",
                "required": [
                    "_id",
                    "number",
                    "version",
                    "sequence",
                    "state",
                    "area_path",
                    "sensitivity",
                    "registered_at",
                ],
                "properties": {
                    "_id": {"bsonType": "string"},
                    "number": {"bsonType": "string"},
                    "version": {"bsonType": ["int", "long"], "minimum": 1},
                    "sequence": {"bsonType": ["int", "long"], "minimum": 1},
                    "state": {"enum": [state.value for state in State]},
                    "area_path": {"bsonType": "array", "items": {"bsonType": "string"}},
                    "registered_at": {"bsonType": "date"},
                    "next_step_at": {"bsonType": ["date", "null"]},
                },
            }
        },
    ),
    type=MediationCase,
    name="case",
    what="mediation case",
)

# Our copy of routing's areas: only the path, by which places and callers are compared.
AREAS = CollectionSpec("areas")
# Our copy of routing's venues: what a session that is held at one is said to be held at.
VENUES = CollectionSpec("venues")
