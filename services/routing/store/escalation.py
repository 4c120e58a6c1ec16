"""Escalations in MongoDB: one that runs for a subject and ladder, lists by place, owner and subject, the timer and its audit."""

from pymongo import ASCENDING, DESCENDING, IndexModel

from services.chassis.mongo import CollectionSpec
from services.chassis.unit_of_work import AggregateSpec
from services.routing.model.ladder.escalation import Escalation
from services.routing.model.ladder.escalation_parts import EscalationState, SubjectKind


def _newest_first(name: str, *fields: str) -> IndexModel:
    return IndexModel(
        [*((field, ASCENDING) for field in fields), ("started_at", DESCENDING), ("_id", DESCENDING)], name=name
    )


ESCALATIONS = AggregateSpec(
    CollectionSpec(
        "escalations",
        indexes=[
            IndexModel(
                [("subject.kind", ASCENDING), ("subject.id", ASCENDING), ("ladder_id", ASCENDING)],
                name="one_running",
                unique=True,
                partialFilterExpression={"open": True},
            ),
            IndexModel([("subject.kind", ASCENDING), ("subject.id", ASCENDING), ("_id", ASCENDING)], name="subject"),
            _newest_first("area", "subject.area_path"),
            _newest_first("area_state", "subject.area_path", "state"),
            _newest_first("unit", "owner_units"),
            _newest_first("unit_state", "owner_units", "state"),
            _newest_first("post", "owner_posts"),
            _newest_first("caller", "subject.caller_unit"),
            IndexModel(
                [("subject.area_path", ASCENDING), ("_id", ASCENDING)],
                name="open_area",
                partialFilterExpression={"open": True},
            ),
            # Not partial: the planner does not take `<= now` for a proof that the value is a date.
            IndexModel([("next_step_at", ASCENDING)], name="next_step"),
            IndexModel([("state", ASCENDING), ("next_step_at", ASCENDING)], name="audit"),
        ],
        validator={
            "$jsonSchema": {
                "bsonType": "object",
                "required": [
                    *("_id", "version", "sequence", "subject", "ladder_id", "calendar_version", "state", "open"),
                    *("cursor", "rungs", "owners", "owner_posts", "owner_units", "occasions", "records", "started_at"),
                ],
                "properties": {
                    "_id": {"bsonType": "string"},
                    "subject": {
                        "bsonType": "object",
                        "required": ["kind", "id", "owner_post", "owner_unit", "area_path", "sensitivity"],
                        "properties": {"kind": {"enum": [kind.value for kind in SubjectKind]}},
                    },
                    "state": {"enum": [state.value for state in EscalationState]},
                    "open": {"bsonType": "bool"},
                    "cursor": {"bsonType": ["int", "long"], "minimum": 0},
                    "owners": {"bsonType": "array", "minItems": 1},
                    "owner_posts": {"bsonType": "array", "minItems": 1},
                    "occasions": {"bsonType": "array", "minItems": 1},
                    "started_at": {"bsonType": "date"},
                    "next_step_at": {"bsonType": ["date", "null"]},
                },
            }
        },
    ),
    Escalation,
    "escalation",
    "escalation",
)
