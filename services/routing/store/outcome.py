"""Ended orders as statistics see them: one flat row an order, written with the order's end. Its facts are one short text that stands in
the indexes, so that figures are counted without reading a row; turns only of what several units led."""

from datetime import datetime

import msgspec
from pymongo import ASCENDING, IndexModel

from services.chassis.mongo import CollectionSpec, Document
from services.routing.model.statistics import Ending, Facts, Outcome


def _counted(name: str, field: str) -> IndexModel:
    keys = (field, "ended_at", "facts", "handled_seconds")
    return IndexModel([(key, ASCENDING) for key in keys], name=name)


OUTCOMES = CollectionSpec(
    "outcomes",
    indexes=[
        _counted("facts_of_unit", "unit"),
        _counted("facts_in_area", "area_path"),
        IndexModel(
            [("turns.unit", ASCENDING), ("ended_at", ASCENDING)],
            name="turns_passed_on",
            partialFilterExpression={"passed_on": True},
        ),
    ],
    validator={
        "$jsonSchema": {
            "bsonType": "object",
            "required": [
                *("_id", "unit", "level", "area_path", "ending", "received_at", "ended_at", "on_time", "turns"),
                *("facts", "passed_on", "handled_seconds"),
            ],
            "properties": {
                "_id": {"bsonType": "string"},
                "unit": {"bsonType": "string"},
                "area_path": {"bsonType": "array", "items": {"bsonType": "string"}},
                "ending": {"enum": [ending.value for ending in Ending]},
                "received_at": {"bsonType": "date"},
                "ended_at": {"bsonType": "date"},
                "on_time": {"bsonType": "bool"},
                "turns": {"bsonType": "array"},
                "facts": {"bsonType": "string"},
                "passed_on": {"bsonType": "bool"},
            },
        }
    },
)


def to_document(outcome: Outcome) -> Document:
    """An outcome as MongoDB keeps it."""
    document: Document = msgspec.to_builtins(outcome, builtin_types=(datetime,))
    document["_id"] = document.pop("id")
    document["facts"] = msgspec.json.encode(outcome.facts).decode()
    document["passed_on"] = outcome.facts.passed_on
    return document


def read_facts(text: str) -> Facts:
    """The facts of an outcome as MongoDB keeps them."""
    return msgspec.json.decode(text, type=Facts)
