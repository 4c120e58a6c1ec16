"""Directives in MongoDB, the three kinds in one collection: every list query and the timer have an index."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import msgspec
from pymongo import ASCENDING, DESCENDING, IndexModel

from services.chassis.mongo import CollectionSpec
from services.chassis.unit_of_work import AggregateSpec
from services.routing.model.directive.directive import Directive, DirectiveKind, DirectiveState
from services.routing.model.directive.first_agenda import FirstAgenda
from services.routing.model.directive.key_task import KeyTask
from services.routing.model.directive.red_line import RedLine
from services.routing.store.duty import DutySubject, duties_of


@dataclasses.dataclass(frozen=True)
class _DirectiveSpec(AggregateSpec[Directive]):
    def from_document(self, document: Mapping[str, Any]) -> Directive:
        """The aggregate of its kind. Raises msgspec.ValidationError if the stored shape is wrong."""
        return msgspec.convert({**document, "id": document["_id"]}, KeyTask | FirstAgenda | RedLine)


def _newest_first(name: str, *fields: str) -> IndexModel:
    return IndexModel(
        [*((field, ASCENDING) for field in fields), ("drafted_at", DESCENDING), ("_id", DESCENDING)], name=name
    )


DIRECTIVES = _DirectiveSpec(
    CollectionSpec(
        "directives",
        indexes=[
            IndexModel([("number", ASCENDING)], name="number", unique=True),
            _newest_first("area", "area_path"),
            _newest_first("addressed_unit", "addressees.unit"),
            _newest_first("addressed_post", "addressees.post"),
            _newest_first("follow_up_unit", "follow_ups.unit"),
            _newest_first("issuer", "issuer_unit"),
            # What a meeting lists: what is open and due soon.
            IndexModel([("area_path", ASCENDING), ("open", ASCENDING), ("due_at", ASCENDING)], name="area_due"),
            IndexModel([("parts.id", ASCENDING)], name="part"),
            IndexModel([("next_step_at", ASCENDING)], name="next_step"),
        ],
        validator={
            "$jsonSchema": {
                "bsonType": "object",
                "required": [
                    *("_id", "version", "sequence", "kind", "number", "title", "text", "state", "open"),
                    *("area_path", "addressees", "drafted_at"),
                ],
                "properties": {
                    "_id": {"bsonType": "string"},
                    "version": {"bsonType": ["int", "long"], "minimum": 1},
                    "sequence": {"bsonType": ["int", "long"], "minimum": 1},
                    "kind": {"enum": [kind.value for kind in DirectiveKind]},
                    "state": {"enum": [state.value for state in DirectiveState]},
                    "open": {"bsonType": "bool"},
                    "area_path": {"bsonType": "array", "items": {"bsonType": "string"}},
                    "addressees": {
                        "bsonType": "array",
                        "minItems": 1,
                        "items": {"bsonType": "object", "required": ["post", "unit"]},
                    },
                    "drafted_at": {"bsonType": "date"},
                    "due_at": {"bsonType": ["date", "null"]},
                    "next_step_at": {"bsonType": ["date", "null"]},
                },
            }
        },
    ),
    Directive,
    "directive",
    "directive",
    rows=duties_of(DutySubject.DIRECTIVE),
)
