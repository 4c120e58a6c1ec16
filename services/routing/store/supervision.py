"""Supervisions in MongoDB: found by what they are about, by who answers, and by place."""

from pymongo import ASCENDING, DESCENDING, IndexModel

from services.chassis.mongo import CollectionSpec
from services.chassis.unit_of_work import AggregateSpec
from services.routing.model.directive.supervision import LEVELS, Supervision, SupervisionState

SUPERVISIONS = AggregateSpec(
    CollectionSpec(
        "supervisions",
        indexes=[
            IndexModel([("subject.id", ASCENDING), ("_id", ASCENDING)], name="subject"),
            IndexModel([("subject.parent_id", ASCENDING), ("_id", ASCENDING)], name="parent"),
            IndexModel([("unit", ASCENDING), ("opened_at", DESCENDING), ("_id", DESCENDING)], name="unit"),
            IndexModel([("post", ASCENDING), ("opened_at", DESCENDING), ("_id", DESCENDING)], name="post"),
            IndexModel([("subject.area_path", ASCENDING), ("opened_at", DESCENDING), ("_id", DESCENDING)], name="area"),
            IndexModel(
                [("subject.area_path", ASCENDING), ("open", ASCENDING), ("answer_due_at", ASCENDING)], name="area_due"
            ),
            IndexModel(
                [("post", ASCENDING), ("state", ASCENDING), ("answer_due_at", ASCENDING), ("_id", ASCENDING)],
                name="post_due",
            ),
            IndexModel([("next_step_at", ASCENDING)], name="next_step"),
        ],
        validator={
            "$jsonSchema": {
                "bsonType": "object",
                "required": ["_id", "version", "subject", "level", "reason", "post", "unit", "state", "opened_at"],
                "properties": {
                    "_id": {"bsonType": "string"},
                    "version": {"bsonType": ["int", "long"], "minimum": 1},
                    "subject": {"bsonType": "object", "required": ["kind", "id", "area_path"]},
                    "level": {"enum": [level.value for level in LEVELS]},
                    "state": {"enum": [state.value for state in SupervisionState]},
                    "post": {"bsonType": "string", "minLength": 1},
                    "unit": {"bsonType": "string", "minLength": 1},
                    "opened_at": {"bsonType": "date"},
                    "answer_due_at": {"bsonType": "date"},
                    "next_step_at": {"bsonType": ["date", "null"]},
                },
            }
        },
    ),
    Supervision,
    "supervision",
    "supervision",
)
