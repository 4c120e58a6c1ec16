"""What intake keeps in MongoDB: collections with validators and indexes, and how a report is saved with its timeline."""

from collections.abc import Sequence
from typing import Any

import msgspec
from pymongo import ASCENDING, DESCENDING, GEOSPHERE, IndexModel

from services.chassis.consumer import Event
from services.chassis.events import EventData
from services.chassis.mongo import CollectionSpec, Document
from services.chassis.unit_of_work import AggregateSpec, UnitOfWork
from services.intake.model import timeline
from services.intake.model.areas import Area
from services.intake.model.category import Category
from services.intake.model.report import Report
from services.intake.model.timeline import Entry
from services.intake.model.visibility import marks

_NEWEST_FIRST = [("received_at", DESCENDING), ("_id", DESCENDING)]


def _index(name: str, *keys: tuple[str, Any], **options: Any) -> IndexModel:
    return IndexModel(list(keys), name=name, **options)


def _present(field: str) -> dict[str, Any]:
    # Fields without a value are not stored, so those indexes hold only the reports they are for.
    return {"partialFilterExpression": {field: {"$exists": True}}}


REPORTS = CollectionSpec(
    "reports",
    indexes=[
        _index("number", ("number", ASCENDING), unique=True),
        _index("marks", ("marks", ASCENDING), *_NEWEST_FIRST),
        # Serves a filter by state, by urgency and by both: `views` names every value of the one not asked for.
        _index("state", ("marks", ASCENDING), ("state", ASCENDING), ("urgency", ASCENDING), *_NEWEST_FIRST),
        _index("category", ("marks", ASCENDING), ("category_root", ASCENDING), *_NEWEST_FIRST),
        _index("next_step", ("next_step_at", ASCENDING), **_present("next_step_at")),
        _index("imported", ("imported.source", ASCENDING), **_present("imported.source")),
    ],
    validator={
        "$jsonSchema": {
            "bsonType": "object",
            "required": [
                "_id",
                "version",
                "sequence",
                "number",
                "state",
                "text",
                "area_path",
                "received_at",
                "timeline",
            ],
            "properties": {
                "_id": {"bsonType": "string"},
                "version": {"bsonType": ["int", "long"]},
                "number": {"bsonType": "string"},
                "area_path": {"bsonType": "array", "minItems": 1},
                "received_at": {"bsonType": "date"},
                "next_step_at": {"bsonType": "date"},
            },
        }
    },
)
# `_id` is the report's id and the entry's number, so a report's entries are one range of the index there is anyway.
TIMELINE = CollectionSpec(
    "timeline",
    validator={
        "$jsonSchema": {
            "bsonType": "object",
            "required": ["_id", "report_id", "index", "type", "at", "hash", "previous"],
        }
    },
)
CATEGORIES = CollectionSpec("categories", indexes=[_index("version", ("version", ASCENDING))])
AREAS = CollectionSpec(
    "areas",
    indexes=[
        _index("version", ("version", ASCENDING)),
        _index("boundary", ("boundary", GEOSPHERE)),
        _index("level", ("level", ASCENDING)),
        _index("path", ("path", ASCENDING)),
    ],
    validator={"$jsonSchema": {"bsonType": "object", "required": ["_id", "level", "path", "boundary", "version"]}},
)
# One row per imported file: how far it was read and what became of its lines.
IMPORTS = CollectionSpec("imports", indexes=[_index("source", ("source", ASCENDING))])

COLLECTIONS = (REPORTS, TIMELINE, CATEGORIES, AREAS, IMPORTS)

REPORT = AggregateSpec(REPORTS, Report, "report", "report")
CATEGORY = AggregateSpec(CATEGORIES, Category, "category", "category")

# Who the caller is and where they were stays on the report, where visibility is decided.
_NOT_IN_TIMELINE = frozenset(
    {"reportId", "number", "callerPerson", "callerPost", "callerUnit", "place", "areaPath", "categoryPath"}
)


def add_report(unit: UnitOfWork, report: Report, announced: Sequence[EventData]) -> None:
    """Stage a new report, its events and their timeline entries."""
    _record(unit, report, announced)
    report.marks = marks(report)
    unit.add(REPORT, report, announced)


def save_report(
    unit: UnitOfWork, report: Report, announced: Sequence[EventData] = (), heard: Event[Any] | None = None
) -> None:
    """Stage a changed report, its events and the entries of its timeline: what was heard first, then what it led to."""
    if heard is not None:
        _append(
            unit, report, type=heard.type, subject=heard.aggregate_id, at=heard.time, data=heard.data, event_id=heard.id
        )
    _record(unit, report, announced)
    report.marks = marks(report)
    unit.save(REPORT, report, announced)


def _record(unit: UnitOfWork, report: Report, announced: Sequence[EventData]) -> None:
    for number, event in enumerate(announced, report.sequence + 1):
        _append(unit, report, type=event.type, subject=report.id, at=unit.now, data=event, sequence=number)


def _append(unit: UnitOfWork, report: Report, *, data: EventData, **named: Any) -> None:
    facts = {
        key: value
        for key, value in msgspec.to_builtins(data).items()
        if value is not None and key not in _NOT_IN_TIMELINE
    }
    entry, report.timeline = timeline.append(
        report.timeline, report_id=report.id, recorded_at=unit.now, actor=unit.actor, facts=facts, **named
    )
    unit.insert(TIMELINE.name, entry_document(entry))


def entry_document(entry: Entry) -> Document:
    """An entry as MongoDB keeps it."""
    document: Document = {key: getattr(entry, key) for key in Entry.__struct_fields__}
    document["_id"] = document.pop("id")
    return {key: value for key, value in document.items() if value is not None}


def read_entry(document: Document) -> Entry:
    """An entry out of its document. Raises msgspec.ValidationError."""
    return msgspec.convert({**document, "id": document["_id"]}, Entry)


def read_area(document: Document) -> Area:
    """An area out of its document."""
    return msgspec.convert({**document, "id": document["_id"]}, Area)
