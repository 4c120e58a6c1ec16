"""Duties in MongoDB, one document each, read by who has it and when it is due.

They follow from the aggregate that gives them and are written with it. Kept inside the aggregate they could not be listed in order:
an index over elements of an array sorts by the least element of the array, whoever's duty that is.
"""

import functools
from collections.abc import Sequence
from enum import StrEnum
from typing import Protocol

from pymongo import ASCENDING, IndexModel

from services.chassis.mongo import CollectionSpec, Document
from services.chassis.unit_of_work import Rows
from services.routing.model.duty import Duty


class DutySubject(StrEnum):
    """Which aggregate gives a duty."""

    ORDER = "order"
    DIRECTIVE = "directive"
    CUSTODY = "custody"
    HAZARD = "hazard"


DUTIES = CollectionSpec(
    "duties",
    indexes=[
        IndexModel([(whose, ASCENDING), ("due_at", ASCENDING), ("_id", ASCENDING)], name=whose)
        for whose in ("post", "unit", "centre")
    ],
    validator={
        "$jsonSchema": {
            "bsonType": "object",
            "required": ["_id", "kind", "subject", "subject_id", "due_at"],
            "properties": {
                "_id": {"bsonType": "string"},
                "subject": {"enum": [subject.value for subject in DutySubject]},
                "due_at": {"bsonType": "date"},
                "post": {"bsonType": ["string", "null"]},
                "unit": {"bsonType": ["string", "null"]},
                "centre": {"bsonType": "array", "items": {"bsonType": "string"}},
            },
        }
    },
)


class GivesDuties(Protocol):
    """An aggregate that asks something of somebody."""

    @property
    def id(self) -> str: ...

    def duties(self) -> Sequence[Duty]: ...


def duties_of(subject: DutySubject) -> Rows:
    """How the duties that aggregates of this kind give are kept."""
    return Rows(DUTIES, functools.partial(_documents, subject))


def _documents(subject: DutySubject, aggregate: GivesDuties) -> list[Document]:
    return [
        {
            "_id": "/".join((aggregate.id, duty.kind, duty.of)),
            "kind": duty.kind.value,
            "subject": subject.value,
            "subject_id": aggregate.id,
            "due_at": duty.due_at,
            "post": duty.post,
            "unit": duty.unit,
            "centre": list(duty.centre),
        }
        for duty in aggregate.duties()
    ]
