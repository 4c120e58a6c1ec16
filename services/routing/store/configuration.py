"""Versions of rules and policy in MongoDB: numbered, listed newest first, one of a kind in force."""

from typing import Any, TypeVar

from pymongo import DESCENDING, IndexModel
from pymongo.errors import PyMongoError

from services.chassis.mongo import CollectionSpec, Document, Mongo, translate
from services.chassis.unit_of_work import AggregateSpec
from services.routing.model.rules.configuration import Configuration, ConfigurationState
from services.routing.model.rules.policy_version import PolicyVersion
from services.routing.model.rules.rule_set import RuleSet

V = TypeVar("V", bound=Configuration[Any])


def _versions(collection: str) -> CollectionSpec:
    return CollectionSpec(
        collection,
        indexes=[
            IndexModel([("number", DESCENDING)], name="number", unique=True),
            # Pages have a tie-break by id.
            IndexModel([("number", DESCENDING), ("_id", DESCENDING)], name="newest"),
            IndexModel([("from_file", DESCENDING), ("number", DESCENDING)], name="loaded"),
            # One version is in force, whatever goes wrong above.
            IndexModel(
                [("state", DESCENDING)],
                name="in_force",
                unique=True,
                partialFilterExpression={"state": ConfigurationState.ACTIVE.value},
            ),
        ],
        validator={
            "$jsonSchema": {
                "bsonType": "object",
                "required": ["_id", "version", "number", "content", "state", "drafted_at"],
                "properties": {
                    "_id": {"bsonType": "string"},
                    "number": {"bsonType": ["int", "long"], "minimum": 1},
                    "state": {"enum": [state.value for state in ConfigurationState]},
                    "drafted_at": {"bsonType": "date"},
                },
            }
        },
    )


RULE_SETS = AggregateSpec(_versions("rule_sets"), RuleSet, "rule_set", "rule set")
POLICIES = AggregateSpec(_versions("policies"), PolicyVersion, "policy", "policy version")


async def in_force(mongo: Mongo, spec: AggregateSpec[V]) -> V | None:
    """The active version of a kind, None before the first. Raises StoreError."""
    return await _one(mongo, spec, {"state": ConfigurationState.ACTIVE.value})


async def newest(mongo: Mongo, spec: AggregateSpec[V], *, from_file: bool = False) -> V | None:
    """The version with the highest number, of all or of those that were loaded. Raises StoreError."""
    return await _one(mongo, spec, {"from_file": True} if from_file else {})


async def _one(mongo: Mongo, spec: AggregateSpec[V], where: Document) -> V | None:
    try:
        rows = await mongo[spec.collection.name].find(where).sort("number", DESCENDING).limit(1).to_list(1)
    except PyMongoError as error:
        raise translate(error) from error
    return spec.from_document(rows[0]) if rows else None
