"""Calls in MongoDB: one for a report, lists by place, caller and respondent, what a post owes, and whistles by unit and time."""

from pymongo import ASCENDING, DESCENDING, IndexModel

from services.chassis.mongo import CollectionSpec
from services.chassis.unit_of_work import AggregateSpec
from services.routing.model.ladder.call import Call, CallState
from services.routing.model.rules.matter import CallLevel


def _newest_first(name: str, *fields: str) -> IndexModel:
    return IndexModel(
        [*((field, ASCENDING) for field in fields), ("made_at", DESCENDING), ("_id", DESCENDING)], name=name
    )


CALLS = AggregateSpec(
    CollectionSpec(
        "calls",
        indexes=[
            IndexModel([("number", ASCENDING)], name="number", unique=True),
            # I-02: raising adds a rung, never another call.
            IndexModel([("report_id", ASCENDING)], name="report", unique=True),
            _newest_first("area", "area_path"),
            _newest_first("area_state", "area_path", "state"),
            _newest_first("caller", "caller_unit"),
            _newest_first("caller_post", "caller_post"),
            _newest_first("called_unit", "called_units"),
            _newest_first("called_post", "called_posts"),
            IndexModel([("owing_posts", ASCENDING), ("due_at", ASCENDING), ("_id", ASCENDING)], name="owing"),
            IndexModel([("rungs.by.unit", ASCENDING), ("rungs.called_at", DESCENDING)], name="raised_by"),
            IndexModel([("called_units", ASCENDING), ("closed_at", DESCENDING)], name="rated"),
            IndexModel(
                [("area_path", ASCENDING), ("_id", ASCENDING)],
                name="open_area",
                partialFilterExpression={"open": True},
            ),
            # Not partial: the planner does not take `<= now` for a proof that the value is a date.
            IndexModel([("next_step_at", ASCENDING)], name="next_step"),
        ],
        validator={
            "$jsonSchema": {
                "bsonType": "object",
                "required": [
                    *("_id", "version", "sequence", "number", "report_id", "level", "state", "open", "rungs"),
                    *("called_posts", "called_units", "owing_posts", "area_path", "sensitivity", "made_at"),
                ],
                "properties": {
                    "_id": {"bsonType": "string"},
                    "level": {"enum": [level.value for level in CallLevel if level is not CallLevel.PUBLIC]},
                    "state": {"enum": [state.value for state in CallState]},
                    "open": {"bsonType": "bool"},
                    "rungs": {"bsonType": "array", "minItems": 1},
                    "called_posts": {"bsonType": "array", "minItems": 1},
                    "made_at": {"bsonType": "date"},
                    "closed_at": {"bsonType": ["date", "null"]},
                    "due_at": {"bsonType": ["date", "null"]},
                    "next_step_at": {"bsonType": ["date", "null"]},
                },
            }
        },
    ),
    Call,
    "call",
    "call",
)
