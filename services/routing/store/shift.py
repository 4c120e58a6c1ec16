"""Shifts in MongoDB, found by post, unit, area, and who is on them."""

from pymongo import ASCENDING, IndexModel

from services.chassis.mongo import CollectionSpec
from services.chassis.unit_of_work import AggregateSpec
from services.routing.model.dispatch.shift import Shift, ShiftState


def _soonest_first(name: str, *fields: str) -> IndexModel:
    return IndexModel(
        [*((field, ASCENDING) for field in fields), ("starts_at", ASCENDING), ("_id", ASCENDING)], name=name
    )


SHIFTS = AggregateSpec(
    CollectionSpec(
        "shifts",
        indexes=[
            IndexModel([("post_id", ASCENDING), ("starts_at", ASCENDING)], name="one_at_a_time", unique=True),
            _soonest_first("unit", "unit_id"),
            _soonest_first("area", "area_path"),
            _soonest_first("gap", "area_path", "has_gap"),
            _soonest_first("assigned", "assigned"),
            IndexModel([("next_step_at", ASCENDING)], name="next_step"),
        ],
        validator={
            "$jsonSchema": {
                "bsonType": "object",
                "required": [
                    *("_id", "version", "sequence", "post_id", "unit_id", "area_path", "starts_at", "ends_at"),
                    *("head_count", "composition", "state", "assigned", "has_gap"),
                ],
                "properties": {
                    "_id": {"bsonType": "string"},
                    "version": {"bsonType": ["int", "long"], "minimum": 1},
                    "post_id": {"bsonType": "string", "minLength": 1},
                    "area_path": {"bsonType": "array", "items": {"bsonType": "string"}},
                    "starts_at": {"bsonType": "date"},
                    "ends_at": {"bsonType": "date"},
                    "head_count": {"bsonType": ["int", "long"], "minimum": 1},
                    "state": {"enum": [state.value for state in ShiftState]},
                    "assigned": {"bsonType": "array", "items": {"bsonType": "string"}},
                    "next_step_at": {"bsonType": ["date", "null"]},
                },
            }
        },
    ),
    Shift,
    "roster",
    "shift",
)
