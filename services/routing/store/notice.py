"""Notices in MongoDB: those of a post, the newest first, and each told once."""

from pymongo import ASCENDING, DESCENDING, IndexModel

from services.chassis.mongo import CollectionSpec
from services.chassis.unit_of_work import AggregateSpec
from services.routing.model.ladder.notice import Notice, NoticeKind

NOTICES = AggregateSpec(
    CollectionSpec(
        "notices",
        indexes=[
            IndexModel([("source", ASCENDING), ("post", ASCENDING)], name="source", unique=True),
            IndexModel([("post", ASCENDING), ("at", DESCENDING), ("_id", DESCENDING)], name="post"),
            IndexModel(
                [("post", ASCENDING), ("unread", ASCENDING), ("at", DESCENDING), ("_id", DESCENDING)],
                name="post_unread",
            ),
            IndexModel([("people", ASCENDING), ("at", DESCENDING), ("_id", DESCENDING)], name="people"),
            IndexModel(
                [("people", ASCENDING), ("unread", ASCENDING), ("at", DESCENDING), ("_id", DESCENDING)],
                name="people_unread",
            ),
        ],
        validator={
            "$jsonSchema": {
                "bsonType": "object",
                "required": ["_id", "version", "source", "kind", "post", "unit", "subject_kind", "subject_id", "at"],
                "properties": {
                    "_id": {"bsonType": "string"},
                    "kind": {"enum": [kind.value for kind in NoticeKind]},
                    "post": {"bsonType": "string", "minLength": 1},
                    "at": {"bsonType": "date"},
                    "unread": {"bsonType": "bool"},
                },
            }
        },
    ),
    Notice,
    "notice",
    "notice",
)
