"""Absences and the gaps they leave, in MongoDB."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.errors import PyMongoError

from services.chassis.mongo import CollectionSpec, Mongo, translate
from services.chassis.unit_of_work import AggregateSpec
from services.routing.model.organisation.absence import AbsencePeriod
from services.routing.model.organisation.gap import RosterGap
from services.routing.model.organisation.staffing import Away

_NEXT_STEP = IndexModel([("next_step_at", ASCENDING)], name="next_step")

ABSENCES = AggregateSpec(
    CollectionSpec(
        "absences",
        indexes=[
            IndexModel([("person", ASCENDING), ("since", DESCENDING), ("_id", DESCENDING)], name="person"),
            IndexModel([("until", ASCENDING)], name="until"),
            _NEXT_STEP,
        ],
        validator={
            "$jsonSchema": {
                "bsonType": "object",
                "required": ["_id", "version", "person", "since", "until"],
                "properties": {
                    "_id": {"bsonType": "string"},
                    "person": {"bsonType": "string", "minLength": 1},
                    "since": {"bsonType": "date"},
                    "until": {"bsonType": "date"},
                    "next_step_at": {"bsonType": ["date", "null"]},
                },
            }
        },
    ),
    AbsencePeriod,
    "absence",
    "absence",
)

GAPS = AggregateSpec(
    CollectionSpec(
        "roster_gaps",
        indexes=[
            IndexModel(
                [("area_path", ASCENDING), ("open", ASCENDING), ("since", ASCENDING), ("_id", ASCENDING)], name="area"
            ),
            IndexModel([("open", ASCENDING), ("since", ASCENDING), ("_id", ASCENDING)], name="open"),
            _NEXT_STEP,
        ],
        validator={
            "$jsonSchema": {
                "bsonType": "object",
                "required": ["_id", "version", "post", "unit", "area_path", "since", "until", "open"],
                "properties": {
                    "_id": {"bsonType": "string"},
                    "post": {"bsonType": "string", "minLength": 1},
                    "area_path": {"bsonType": "array", "items": {"bsonType": "string"}},
                    "since": {"bsonType": "date"},
                    "until": {"bsonType": "date"},
                    "open": {"bsonType": "bool"},
                    "next_step_at": {"bsonType": ["date", "null"]},
                },
            }
        },
    ),
    RosterGap,
    "roster",
    "roster gap",
)


async def read_away(mongo: Mongo, now: datetime) -> Mapping[str, tuple[Away, ...]]:
    """Every absence that is not over, by person. Raises StoreError."""
    found: defaultdict[str, list[Away]] = defaultdict(list)
    try:
        rows = await mongo[ABSENCES.collection.name].find({"until": {"$gt": now}}).to_list(None)
    except PyMongoError as error:
        raise translate(error) from error
    for absence in map(ABSENCES.from_document, rows):
        if absence.cancelled_at is None:
            found[absence.person].append(absence.away)
    return {person: tuple(sorted(periods, key=lambda away: away.since)) for person, periods in found.items()}


async def open_gaps(mongo: Mongo) -> list[RosterGap]:
    """Every gap whose time is not over and that nobody has filled."""
    rows = await mongo[GAPS.collection.name].find({"open": True}).sort([("since", 1), ("_id", 1)]).to_list(None)
    return [GAPS.from_document(row) for row in rows]
