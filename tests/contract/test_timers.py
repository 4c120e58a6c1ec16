"""Every collection with timed work has the index that finds what is due, and the planner takes it."""

from collections.abc import Mapping
from typing import Any

import pymongo
import pytest

from services.chassis.clock import utc_now
from services.chassis.mongo import CollectionSpec
from services.intake import store as intake
from services.mediation.store import CASES
from services.routing import store as routing


def timed(specs: list[CollectionSpec]) -> list[CollectionSpec]:
    def fields(spec: CollectionSpec) -> Mapping[str, Any]:
        return (spec.validator or {}).get("$jsonSchema", {}).get("properties", {})  # type: ignore[no-any-return]  # a schema

    return [spec for spec in specs if "next_step_at" in fields(spec)]


TIMED = timed([*intake.COLLECTIONS, CASES.collection, *routing.COLLECTIONS])


def stages(plan: Mapping[str, Any]) -> list[str]:
    plan = plan.get("queryPlan", plan)
    return [plan["stage"], *(stages(plan["inputStage"]) if "inputStage" in plan else [])]


@pytest.mark.parametrize("spec", TIMED, ids=lambda spec: spec.name)
def test_what_is_due_is_found_by_index(spec: CollectionSpec, mongo_url: str, mongo_database: str) -> None:
    now = utc_now()
    due = {"next_step_at": {"$lte": now}, "step_claim.until": {"$not": {"$gt": now}}}
    with pymongo.MongoClient[dict[str, Any]](mongo_url) as client:
        collection = client[mongo_database][spec.name]
        collection.create_indexes(list(spec.indexes))

        explained = collection.find(due).sort("next_step_at", 1).explain()

    assert stages(explained["queryPlanner"]["winningPlan"]) == ["FETCH", "IXSCAN"]


def test_the_three_services_have_timed_work() -> None:
    assert {"work_orders", "reports", "cases"} <= {spec.name for spec in TIMED}
