"""Dry runs in MongoDB, listed by rule set, the newest first; and the decisions they count."""

from collections.abc import AsyncIterator

import msgspec
from pymongo import ASCENDING, DESCENDING, IndexModel

from services.chassis.mongo import CollectionSpec, Document, Mongo
from services.chassis.unit_of_work import AggregateSpec
from services.routing.model.rules.decision import ReportFacts
from services.routing.model.rules.dry_run import DryRun, DryRunState, Place
from services.routing.store.decision import DECISIONS

DRY_RUNS = AggregateSpec(
    CollectionSpec(
        "dry_runs",
        indexes=[
            IndexModel([("rule_set_id", ASCENDING), ("started_at", DESCENDING), ("_id", DESCENDING)], name="rule_set"),
            IndexModel([("next_step_at", ASCENDING)], name="next_step"),
        ],
        validator={
            "$jsonSchema": {
                "bsonType": "object",
                "required": ["_id", "version", "rule_set_id", "against_id", "state", "since", "until"],
                "properties": {
                    "_id": {"bsonType": "string"},
                    "state": {"enum": [state.value for state in DryRunState]},
                    "since": {"bsonType": "date"},
                    "until": {"bsonType": "date"},
                    "next_step_at": {"bsonType": ["date", "null"]},
                },
            }
        },
    ),
    DryRun,
    "dry_run",
    "dry run",
)


async def next_matters(mongo: Mongo, run: DryRun, limit: int) -> AsyncIterator[tuple[Place, ReportFacts]]:
    """What stands decided after the run's place and in its period, oldest first; one decision a report."""
    period: Document = {"$gte": run.place.decided_at if run.place else run.since, "$lt": run.until}
    where: Document = {"current": True, "decided_at": period}
    if run.place:
        where["$nor"] = [{"decided_at": run.place.decided_at, "_id": {"$lte": run.place.decision_id}}]
    found = mongo[DECISIONS.collection.name].find(where, {"report": 1, "decided_at": 1})
    async for row in found.sort([("decided_at", ASCENDING), ("_id", ASCENDING)]).limit(limit):
        place = Place(decided_at=row["decided_at"], decision_id=row["_id"])
        yield place, msgspec.convert(row["report"], ReportFacts)
