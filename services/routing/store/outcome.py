"""Ended orders as statistics see them: one flat row an order, written with the order's end."""

from datetime import datetime

import msgspec
from pymongo import ASCENDING, IndexModel

from services.chassis.mongo import CollectionSpec, Document
from services.routing.model.statistics import Ending, Outcome


def _in_period(name: str, field: str) -> IndexModel:
    return IndexModel([(field, ASCENDING), ("ended_at", ASCENDING)], name=name)


OUTCOMES = CollectionSpec(
    "outcomes",
    indexes=[
        _in_period("unit", "unit"),
        _in_period("turn", "turns.unit"),
        _in_period("area", "area_path"),
    ],
    validator={
        "$jsonSchema": {
            "bsonType": "object",
            "required": ["_id", "unit", "level", "area_path", "ending", "received_at", "ended_at", "on_time", "turns"],
            "properties": {
                "_id": {"bsonType": "string"},
                "unit": {"bsonType": "string"},
                "area_path": {"bsonType": "array", "items": {"bsonType": "string"}},
                "ending": {"enum": [ending.value for ending in Ending]},
                "received_at": {"bsonType": "date"},
                "ended_at": {"bsonType": "date"},
                "on_time": {"bsonType": "bool"},
                "turns": {"bsonType": "array"},
            },
        }
    },
)


def to_document(outcome: Outcome) -> Document:
    """An outcome as MongoDB keeps it."""
    document: Document = msgspec.to_builtins(outcome, builtin_types=(datetime,))
    document["_id"] = document.pop("id")
    return document
