"""Whatever a service does when it is due has the index that finds it, and the planner takes it."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from starlette.applications import Starlette

from services.chassis.app import Service
from services.chassis.clock import utc_now
from services.chassis.settings import Secret, ServiceSettings
from services.intake.app import create_app as intake
from services.mediation.app import create_app as mediation
from services.routing.app import create_app as routing

CreateApp = Callable[[ServiceSettings], tuple[Service, Starlette]]


def stages(plan: Mapping[str, Any]) -> list[str]:
    plan = plan.get("queryPlan", plan)
    return [plan["stage"], *(stages(plan["inputStage"]) if "inputStage" in plan else [])]


@pytest.mark.parametrize("create_app", [intake, mediation, routing], ids=["intake", "mediation", "routing"])
async def test_what_is_due_is_found_by_index(create_app: CreateApp, mongo_url: str, mongo_database: str) -> None:
    settings = ServiceSettings(
        listen="127.0.0.1:0", mongo_url=Secret(mongo_url), mongo_database=mongo_database, nats_url="nats://127.0.0.1:1"
    )
    service, _ = create_app(settings)
    try:
        await service.mongo.ensure(service.collections)
        now = utc_now()
        due = {"next_step_at": {"$lte": now}, "step_claim.until": {"$not": {"$gt": now}}}
        taken = {}
        for name, _ in service.due:
            explained = await service.mongo[name].find(due).sort("next_step_at", 1).explain()
            taken[name] = stages(explained["queryPlanner"]["winningPlan"])
    finally:
        await service.mongo.close()

    assert taken
    assert {name: plan for name, plan in taken.items() if plan != ["FETCH", "IXSCAN"]} == {}
