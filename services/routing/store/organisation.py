"""Units, people, posts and responders: plain versioned documents; and the version of the whole, which replicas watch."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

import msgspec
from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.errors import PyMongoError

from services.chassis.mongo import CollectionSpec, Document, Mongo, translate
from services.chassis.unit_of_work import AggregateSpec, UnitOfWork
from services.routing.model.organisation.directory import Directory, Place
from services.routing.model.organisation.imported import OrganisationImport
from services.routing.model.organisation.organisation import Person, Post, Responder, Unit
from services.routing.model.organisation.overlay import OverlayGrid, Overlays
from services.routing.model.rules.policy import DEFAULT_POLICY
from services.routing.store.absence import read_away
from services.routing.store.area import AREAS
from services.routing.store.category import dispute_types
from services.routing.store.command_mode import areas_in_emergency
from services.routing.store.configuration import POLICIES, RULE_SETS, in_force
from services.routing.store.ruling import read_precedents


def _versioned(name: str, *required: str, indexes: tuple[IndexModel, ...] = ()) -> CollectionSpec:
    return CollectionSpec(
        name,
        indexes=indexes,
        validator={
            "$jsonSchema": {
                "bsonType": "object",
                "required": ["_id", "version", "retired", *required],
                "properties": {
                    "_id": {"bsonType": "string"},
                    "version": {"bsonType": ["int", "long"], "minimum": 1},
                    "retired": {"bsonType": "bool"},
                },
            }
        },
    )


OVERLAYS = _versioned("overlays", "name", "purpose", "boundary")
UNITS = _versioned("units", "name", "kind", "area_id")
PEOPLE = _versioned("people", "name")
POSTS = _versioned("posts", "title", "unit_id", "level", "role_a")
RESPONDERS = _versioned(
    "responders",
    *("kind", "home_area_id"),
    indexes=(IndexModel([("home_area_id", ASCENDING), ("_id", ASCENDING)], name="home"),),
)
CURRENT = CollectionSpec("organisation")
CURRENT_ID = "current"
ABSENCES_ID = "absences"
GAPS_ID = "roster_gaps"

# Who brought which file into force, and what it changed.
IMPORTS = AggregateSpec(
    CollectionSpec(
        "organisation_imports",
        indexes=[IndexModel([("at", DESCENDING), ("_id", DESCENDING)], name="newest")],
        validator={"$jsonSchema": {"bsonType": "object", "required": ["_id", "version", "changes", "at", "by"]}},
    ),
    OrganisationImport,
    "organisation",
    "import",
)

Record = OverlayGrid | Unit | Person | Post | Responder
R = TypeVar("R", bound=Record)
KINDS: Mapping[type[Any], CollectionSpec] = {
    OverlayGrid: OVERLAYS,
    Unit: UNITS,
    Person: PEOPLE,
    Post: POSTS,
    Responder: RESPONDERS,
}


def to_document(record: Record, version: int, *, retired: bool = False) -> Document:
    """A record as MongoDB keeps it."""
    document: Document = msgspec.to_builtins(record, builtin_types=(datetime,))
    document["_id"] = document.pop("id")
    return {**document, "version": version, "retired": retired}


def _from_document(kind: type[R], document: Mapping[str, Any]) -> R:
    return msgspec.convert({**document, "id": document["_id"]}, kind)


async def stored(mongo: Mongo, kind: type[R]) -> dict[str, tuple[R, int, bool]]:
    """Every record of a kind: id → record, version, retired."""
    rows = await mongo[KINDS[kind].name].find({}).to_list(None)
    return {row["_id"]: (_from_document(kind, row), row["version"], row["retired"]) for row in rows}


async def current_version(mongo: Mongo, part: str = CURRENT_ID) -> int:
    """The version of the organisation in force, or of its absences; 0 before the first. Raises StoreError."""
    try:
        row = await mongo[CURRENT.name].find_one({"_id": part})
    except PyMongoError as error:
        raise translate(error) from error
    return row["version"] if row else 0


async def count_up(unit: UnitOfWork, part: str = CURRENT_ID, *, seen: int | None = None) -> None:
    """Stage the next version of the organisation or a part of it: two who change it at once are told apart, replicas read it anew.
    Call it before what the decision rests on is read, or give the version of which that was."""
    version = await current_version(unit.mongo, part) if seen is None else seen
    if version:
        change = {"$set": {"version": version + 1, "loaded_at": unit.now}}
        unit.update(CURRENT.name, {"_id": part, "version": version}, change)
    else:
        unit.insert(CURRENT.name, {"_id": part, "version": 1, "loaded_at": unit.now})


async def read_directory(mongo: Mongo, now: datetime) -> Directory:
    """The organisation in force, all of one version. Raises StoreError."""
    try:
        while True:
            version, absences = await current_version(mongo), await current_version(mongo, ABSENCES_ID)
            rule_set, policy = await in_force(mongo, RULE_SETS), await in_force(mongo, POLICIES)
            directory = Directory(
                version=version,
                absences_version=absences,
                areas={row["_id"]: _place(row) async for row in mongo[AREAS.collection.name].find({}, {"boundary": 0})},
                overlays=Overlays(list((await _in_force(mongo, OverlayGrid)).values())),
                units=await _in_force(mongo, Unit),
                people=await _in_force(mongo, Person),
                posts=await _in_force(mongo, Post),
                rules=rule_set.content if rule_set else (),
                rule_set=rule_set.number if rule_set else 0,
                policy=policy.numbered if policy else DEFAULT_POLICY,
                emergencies=await areas_in_emergency(mongo),
                dispute_types=await dispute_types(mongo),
                away=await read_away(mongo, now),
                precedents=await read_precedents(mongo),
            )
            if await current_version(mongo) == version:
                return directory
    except PyMongoError as error:
        raise translate(error) from error


async def _in_force(mongo: Mongo, kind: type[R]) -> dict[str, R]:
    rows = await mongo[KINDS[kind].name].find({"retired": False}).sort("_id", ASCENDING).to_list(None)
    return {row["_id"]: _from_document(kind, row) for row in rows}


def _place(row: Document) -> Place:
    return msgspec.convert({**row, "id": row["_id"], "retired": row.get("retired_at") is not None}, Place)
