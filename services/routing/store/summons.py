"""Summonses in MongoDB: lists by place, caller and summoned, who is awaited, the timer, and whistles by unit and time."""

from pymongo import ASCENDING, DESCENDING, IndexModel

from services.chassis.mongo import CollectionSpec
from services.chassis.unit_of_work import AggregateSpec
from services.routing.model.ladder.summons import Summons, SummonsReason, SummonsState


def _newest_first(name: str, *fields: str) -> IndexModel:
    return IndexModel(
        [*((field, ASCENDING) for field in fields), ("called_at", DESCENDING), ("_id", DESCENDING)], name=name
    )


SUMMONSES = AggregateSpec(
    CollectionSpec(
        "summonses",
        indexes=[
            IndexModel([("number", ASCENDING)], name="number", unique=True),
            IndexModel([("whistle.report_id", ASCENDING), ("_id", ASCENDING)], name="report"),
            _newest_first("area", "whistle.area_path"),
            _newest_first("area_state", "whistle.area_path", "state"),
            _newest_first("caller", "caller.unit"),
            _newest_first("caller_post", "caller.post"),
            _newest_first("unit", "units"),
            _newest_first("post", "posts"),
            _newest_first("awaited", "awaited_posts"),
            IndexModel(
                [("whistle.area_path", ASCENDING), ("_id", ASCENDING)],
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
                    *("_id", "version", "sequence", "number", "whistle", "caller", "called_at", "state", "open"),
                    *("summoned", "posts", "units", "awaited_posts"),
                ],
                "properties": {
                    "_id": {"bsonType": "string"},
                    "whistle": {
                        "bsonType": "object",
                        "required": ["reason", "tried_below", "matter", "area_path", "sensitivity"],
                        "properties": {
                            "reason": {"enum": [reason.value for reason in SummonsReason]},
                            "tried_below": {"bsonType": "string", "minLength": 1},
                        },
                    },
                    "state": {"enum": [state.value for state in SummonsState]},
                    "open": {"bsonType": "bool"},
                    "summoned": {"bsonType": "array", "minItems": 1},
                    "called_at": {"bsonType": "date"},
                    "next_step_at": {"bsonType": ["date", "null"]},
                },
            }
        },
    ),
    Summons,
    "summons",
    "summons",
)
