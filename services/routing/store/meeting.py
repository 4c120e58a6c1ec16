"""Meetings and their series in MongoDB."""

from pymongo import ASCENDING, DESCENDING, IndexModel

from services.chassis.mongo import CollectionSpec
from services.chassis.unit_of_work import AggregateSpec
from services.routing.model.directive.meeting import Meeting, MeetingKind, MeetingSeries, MeetingState

_SCOPE = {
    "bsonType": "object",
    "required": ["kind", "name", "post", "unit", "area_path", "members"],
    "properties": {"kind": {"enum": [kind.value for kind in MeetingKind]}},
}


def _newest_first(name: str, field: str, moment: str) -> IndexModel:
    return IndexModel([(field, ASCENDING), (moment, DESCENDING), ("_id", DESCENDING)], name=name)


SERIES = AggregateSpec(
    CollectionSpec(
        "meeting_series",
        indexes=[
            _newest_first("area", "scope.area_path", "defined_at"),
            _newest_first("unit", "scope.unit", "defined_at"),
            _newest_first("member", "scope.members", "defined_at"),
            IndexModel([("next_step_at", ASCENDING)], name="next_step"),
        ],
        validator={
            "$jsonSchema": {
                "bsonType": "object",
                "required": ["_id", "version", "scope", "rota", "defined_at", "next_step_at"],
                "properties": {
                    "_id": {"bsonType": "string"},
                    "version": {"bsonType": ["int", "long"], "minimum": 1},
                    "scope": _SCOPE,
                    "next_step_at": {"bsonType": ["date", "null"]},
                },
            }
        },
    ),
    MeetingSeries,
    "meeting_series",
    "series of meetings",
)

MEETINGS = AggregateSpec(
    CollectionSpec(
        "meetings",
        indexes=[
            _newest_first("area", "scope.area_path", "convened_at"),
            _newest_first("unit", "scope.unit", "convened_at"),
            _newest_first("member", "scope.members", "convened_at"),
            _newest_first("decided_unit", "decisions.unit", "convened_at"),
            IndexModel([("order_id", ASCENDING)], name="order"),
            IndexModel([("decisions.work_order_id", ASCENDING)], name="decided_order"),
        ],
        validator={
            "$jsonSchema": {
                "bsonType": "object",
                "required": ["_id", "version", "scope", "state", "items", "decisions", "convened_at"],
                "properties": {
                    "_id": {"bsonType": "string"},
                    "version": {"bsonType": ["int", "long"], "minimum": 1},
                    "scope": _SCOPE,
                    "state": {"enum": [state.value for state in MeetingState]},
                    "convened_at": {"bsonType": "date"},
                },
            }
        },
    ),
    Meeting,
    "meeting",
    "meeting",
)
