"""Stuck escalations are planted, found, repaired and counted; what the health check and the command say of them."""

import argparse
import json
from datetime import timedelta
from typing import Any

import pytest
from prometheus_client import REGISTRY

from services.routing.cli import COMMANDS
from services.routing.handlers.ladder import escalation_timer
from services.routing.handlers.ladder.auditor import TICK, Auditor, audit
from services.routing.model.ladder.escalation_parts import EscalationState
from services.routing.store.escalation import ESCALATIONS
from tests.routing.ladder_world import a_subject, start, stored
from tests.routing.world import World

ROWS = ESCALATIONS.collection.name


def counted(name: str) -> float:
    return REGISTRY.get_sample_value(name) or 0.0


async def readyz(world: World) -> Any:
    """What the health check says, without a server."""
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/readyz", "headers": [], "query_string": b""}
    await world.app(scope, receive, send)
    return json.loads(b"".join(message.get("body", b"") for message in sent))


async def plant(world: World) -> list[str]:
    """Three that are stuck (late, lost its step, acknowledged and lost), and two that are well."""
    ids = [(await start(world, "urgent", subject=a_subject(f"order_{n}"))).id for n in range(5)]
    late = {"next_step_at": world.now - TICK - timedelta(seconds=1)}
    claim = {"step_claim": {"owner": "dead", "until": world.now + timedelta(hours=1), "tries": 7}}
    await world.mongo[ROWS].update_one({"_id": ids[0]}, {"$set": {**late, **claim}})
    await world.mongo[ROWS].update_one({"_id": ids[1]}, {"$set": {"state": "running", "next_step_at": None}})
    await world.mongo[ROWS].update_one({"_id": ids[2]}, {"$set": {**late, "state": "running"}})
    await world.mongo[ROWS].update_one({"_id": ids[3]}, {"$set": {"next_step_at": world.now - timedelta(seconds=5)}})
    await world.mongo[ROWS].update_one({"_id": ids[4]}, {"$set": {"state": "exhausted", "next_step_at": None}})
    return ids[:3]


@pytest.mark.capability("R-02")
async def test_stuck_escalations_are_found_repaired_and_counted(world: World) -> None:
    planted = await plant(world)
    found_before, repaired_before = (
        counted("huying_escalations_stuck_total"),
        counted("huying_escalations_repaired_total"),
    )

    only_looked = await audit(world.store, [], repair=False)
    assert sorted(only_looked.stuck) == sorted(planted)
    assert only_looked.repaired == 0
    repaired = await audit(world.store, [], repair=True)
    assert (sorted(repaired.stuck), repaired.repaired) == (sorted(planted), 3)
    assert (await audit(world.store, [], repair=True)).clean

    assert counted("huying_escalations_stuck_total") - found_before == 6
    assert counted("huying_escalations_repaired_total") - repaired_before == 3
    for number in range(3):
        await escalation_timer.step(world.store, world.directory, planted[number])
        (one,) = await stored(world, f"order_{number}")
        assert (one.state, one.repairs, len(one.records)) == (EscalationState.RUNNING, 1, 1)
    row = await world.mongo[ROWS].find_one({"_id": planted[0]})
    assert row
    assert "step_claim" not in row


async def test_other_timed_work_that_is_late_is_counted_and_tried_again_at_once(world: World) -> None:
    order = await world.dispatched()
    late = {"next_step_at": world.now - timedelta(hours=1), "step_claim": {"until": world.now + timedelta(hours=1)}}
    await world.mongo["work_orders"].update_one({"_id": order.id}, {"$set": late})

    found = await audit(world.store, ["work_orders", ROWS], repair=True)

    assert found.late == {"work_orders": 1}
    row = await world.mongo["work_orders"].find_one({"_id": order.id})
    assert row
    assert "step_claim" not in row


async def test_one_replica_looks_and_the_health_check_says_what_it_saw(world: World) -> None:
    first, second = Auditor(world.store, []), Auditor(world.store, [])
    planted = await plant(world)
    world.service.report("audit", first.report)

    await first.look()
    await second.look()

    assert second.report() is None
    body = await readyz(world)
    assert body["ready"]
    assert sorted(body["audit"]["stuck"]) == sorted(planted)
    assert body["audit"]["repaired"] == 3


async def test_the_command_says_what_is_stuck_and_repairs_it(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    planted = await plant(world)
    run = COMMANDS["audit"][2]

    assert await run(world.service, argparse.Namespace(repair=False)) == 1
    assert f"stuck: {planted[0]}" in capsys.readouterr().out
    assert await run(world.service, argparse.Namespace(repair=True)) == 0
    assert "3 escalations stuck, 3 repaired" in capsys.readouterr().out
    assert await run(world.service, argparse.Namespace(repair=False)) == 0


async def test_the_look_of_the_auditor_is_answered_by_indexes(world: World) -> None:
    for next_step in ({"$lt": world.now}, None):
        where = {"state": {"$in": ["armed", "running"]}, "next_step_at": next_step}
        plan = await world.mongo[ROWS].find(where).explain()
        assert "COLLSCAN" not in str(plan["queryPlanner"]["winningPlan"])
