"""Routing decisions in MongoDB, found by report, the newest last."""

from pymongo import ASCENDING, IndexModel

from services.chassis.mongo import CollectionSpec
from services.chassis.unit_of_work import AggregateSpec
from services.routing.model.rules.decision import Decision

DECISIONS = AggregateSpec(
    CollectionSpec(
        "decisions",
        indexes=[
            IndexModel([("report.report_id", ASCENDING), ("_id", ASCENDING)], name="report"),
            # For dry runs: what is decided now for each report, oldest first.
            IndexModel([("current", ASCENDING), ("decided_at", ASCENDING), ("_id", ASCENDING)], name="decided"),
        ],
        validator={
            "$jsonSchema": {
                "bsonType": "object",
                "required": ["_id", "version", "report", "path", "rule_id", "lead_post", "lead_unit", "decided_at"],
                "properties": {
                    "_id": {"bsonType": "string"},
                    "path": {"enum": ["order", "mediation"]},
                    "rule_id": {"bsonType": "string"},
                    "lead_post": {"bsonType": "string", "minLength": 1},
                    "lead_unit": {"bsonType": "string", "minLength": 1},
                    "decided_at": {"bsonType": "date"},
                    "report": {
                        "bsonType": "object",
                        "required": ["report_id", "number", "area_path", "sensitivity", "received_at"],
                    },
                },
            }
        },
    ),
    Decision,
    "decision",
    "decision",
)
