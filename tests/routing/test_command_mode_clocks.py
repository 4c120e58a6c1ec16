"""Clocks follow the mode of command: of new orders always, of orders under way where the policy says so (R-30)."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.routing.handlers.rules import command_mode as handlers
from services.routing.model.order.work_order import WorkOrder
from services.routing.model.rules.command_mode import KNOWN_EVERYWHERE
from services.routing.model.rules.policy import DEFAULT_POLICY, as_data
from services.routing.store.command_mode import COMMAND_MODES
from tests.routing import test_calls, test_summons
from tests.routing.district import GRID_3, OTHER_SECTION
from tests.routing.ladder_world import a_subject, escalation, start
from tests.routing.test_command_mode import switch
from tests.routing.test_policies import in_force
from tests.routing.world import DESK_OFFICER, SECTION_HEAD, World

ELSEWHERE = {"area_path": list(GRID_3), "area_id": GRID_3[-1]}
EMERGENCY_ACCEPT = timedelta(minutes=3)


async def follow(world: World, area: str = "d1-s1") -> int:
    """What the timers do until nobody is left to follow; how many batches it took."""
    batches = 0
    while True:
        row = await world.mongo[COMMAND_MODES.collection.name].find_one({"_id": f"mode_{area}"})
        assert row
        if row["next_step_at"] is None:
            return batches
        world.now = max(world.now, row["next_step_at"])
        await handlers.make_open_follow(world.store, world.directory, row["_id"])
        batches += 1


async def accept_within(world: World, report_id: str) -> timedelta:
    order = await world.order(report_id)
    return order.accept_by - order.current.at


def within(order: WorkOrder) -> tuple[timedelta, timedelta]:
    return order.accept_target.within, order.resolve_target.within


@pytest.mark.capability("R-30")
async def test_new_orders_have_the_clocks_of_the_mode_of_their_place(world: World) -> None:
    await world.triage("report_before")
    await switch(world, "EMERGENCY")
    await world.triage("report_during")
    await world.triage("report_elsewhere", **ELSEWHERE)
    await switch(world, "ROUTINE", reason="解除")
    await world.triage("report_after")

    times = {name: await accept_within(world, f"report_{name}") for name in ("before", "during", "elsewhere", "after")}

    routine = timedelta(minutes=30)
    assert times == {"before": routine, "during": EMERGENCY_ACCEPT, "elsewhere": routine, "after": routine}
    during = await world.order("report_during")
    assert {clock.target.calendar for _, clock in during.all_clocks()} == {"24x7"}


@pytest.mark.capability("R-30")
async def test_orders_under_way_follow_the_switch_and_back_where_the_policy_says_so(world: World) -> None:
    await in_force(world, open_orders="recompute")
    before = await world.dispatched("report_1")
    elsewhere = await world.dispatched("report_2", **ELSEWHERE)
    world.pass_time(minutes=1)

    await switch(world, "EMERGENCY")
    await follow(world)

    moved = await world.order("report_1")
    assert (moved.mode, moved.accept_target.within) == ("emergency", EMERGENCY_ACCEPT)
    assert moved.accept_by == before.current.at + EMERGENCY_ACCEPT
    assert moved.current.at == before.current.at
    assert await world.order("report_2") == elsewhere
    assert [name for name in await world.names_told() if name == "order.retimed"] == ["order.retimed"]

    await switch(world, "ROUTINE", reason="解除")
    await follow(world)
    back = await world.order("report_1")
    assert (back.mode, within(back)) == ("routine", within(before))
    assert back.accept_by == before.accept_by
    assert (await world.order("report_1")).lead_post == before.lead_post


async def test_orders_under_way_keep_their_clocks_where_the_policy_says_so(world: World) -> None:
    before = await world.dispatched("report_1")

    await switch(world, "EMERGENCY")

    assert await follow(world) == 0
    assert await world.order("report_1") == before
    assert '"openOrders":"keep"' in (await world.told("mode"))[0]["data"]


async def test_a_matter_that_is_an_emergency_by_itself_stays_one_when_its_area_is_switched_back(world: World) -> None:
    await in_force(world, open_orders="recompute")
    order = await world.dispatched("report_1", mode="emergency")
    await switch(world, "EMERGENCY")
    await follow(world)
    await switch(world, "ROUTINE", reason="解除")
    await follow(world)

    assert await world.order("report_1") == order


async def test_what_has_ended_or_is_overdue_is_left_alone(world: World) -> None:
    await in_force(world, open_orders="recompute")
    ended = await world.dispatched("report_1")
    await world.done("recallOrder", DESK_OFFICER, workOrderId=ended.id, reason="误派")
    ended = await world.order("report_1")
    late = await world.dispatched("report_2")
    await world.done("acceptOrder", SECTION_HEAD, workOrderId=late.id)
    world.pass_time(days=10)

    await switch(world, "EMERGENCY")
    await follow(world)

    assert await world.order("report_1") == ended
    assert (await world.order("report_2")).resolve_by == late.resolve_by


async def test_many_orders_follow_in_batches_and_each_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handlers, "_BATCH", 2)
    await in_force(world, open_orders="recompute")
    for index in range(5):
        await world.triage(f"report_{index}")

    await switch(world, "EMERGENCY")

    assert await follow(world) == 4  # two and two and one, and one look after every replica has known for a while
    assert (await world.names_told()).count("order.retimed") == 5


async def test_an_order_that_a_replica_opened_before_it_knew_follows_too(world: World) -> None:
    await in_force(world, open_orders="recompute")
    late: Any = World(world.service.settings)
    await late.directory.refresh()
    await switch(world, "EMERGENCY")
    await late.triage("report_late")
    assert (await world.order("report_late")).mode == "routine"

    await follow(world)

    assert (await world.order("report_late")).mode == "emergency"
    await late.mongo.close()


@pytest.mark.capability("R-30")
async def test_what_was_opened_in_an_emergency_of_its_place_follows_back(world: World) -> None:
    await in_force(world, open_orders="recompute")
    before = await world.dispatched("report_1")
    await switch(world, "EMERGENCY")
    during = await world.dispatched("report_2")
    own = await world.dispatched("report_3", mode="emergency")
    await follow(world)
    assert [order.mode for order in (during, own)] == ["emergency", "emergency"]

    await switch(world, "ROUTINE", reason="解除")
    await follow(world)

    assert within(await world.order("report_2")) == within(before)
    assert (await world.order("report_2")).mode == "routine"
    assert await world.order("report_3") == own


async def test_what_was_opened_in_an_emergency_keeps_its_clocks_where_the_policy_says_so(world: World) -> None:
    await switch(world, "EMERGENCY")
    during = await world.dispatched("report_1")
    await switch(world, "ROUTINE", reason="解除")

    assert await follow(world) == 0
    assert await world.order("report_1") == during


async def test_a_matter_routed_anew_after_the_emergency_of_its_place_is_routine_again(world: World) -> None:
    await switch(world, "EMERGENCY")
    order = await world.dispatched("report_1")
    await switch(world, "ROUTINE", reason="解除")

    await world.triage("report_1", category="gas", category_path=["gas"])

    assert order.mode == "emergency"
    assert (await world.orders("report_1"))[-1].mode == "routine"


@pytest.mark.capability("R-30", "R-01")
async def test_a_call_follows_the_switch_and_back(world: World) -> None:
    await in_force(world, open_orders="recompute")
    call = await test_calls.called(world)

    await switch(world, "EMERGENCY")
    await follow(world)
    moved = await test_calls.the_call(world)
    assert moved.rungs[0].clock
    assert (moved.mode, moved.rungs[0].clock.target.within) == ("emergency", timedelta(minutes=10))

    await switch(world, "ROUTINE", reason="解除")
    await follow(world)
    back = await test_calls.the_call(world)
    assert call.due_at
    assert (back.mode, back.due_at) == (
        "routine",
        call.due_at - KNOWN_EVERYWHERE,
    )  # what ran in the emergency is used up
    assert [row["type"] for row in await world.told("call") if "retimed" in row["type"]] == [
        "huying.routing.call.retimed.v1"
    ] * 2


@pytest.mark.capability("R-30", "R-03")
async def test_a_whistle_follows_the_switch_unless_it_is_for_an_emergency(world: World) -> None:
    clocks = json.loads(json.dumps(as_data(DEFAULT_POLICY)))["clocks"]
    (check_in,) = [rule for rule in clocks if rule["kind"] == "check_in"]
    quick = {**check_in, "when": {"mode": "emergency"}, "target": {**check_in["target"], "within": "PT600S"}}
    await in_force(world, open_orders="recompute", clocks=[quick, *clocks])
    summons = await test_summons.whistled(world)
    own = await test_summons.whistled(world, reason="EMERGENCY", postIds=[OTHER_SECTION])
    seen = [(await test_summons.seen(world, one))["summoned"][0]["checkInBy"] for one in (summons, own)]

    await switch(world, "EMERGENCY")
    await follow(world)
    moved = (await test_summons.seen(world, summons))["summoned"][0]["checkInBy"]
    assert datetime.fromisoformat(moved) < datetime.fromisoformat(seen[0])
    await switch(world, "ROUTINE", reason="解除")
    await follow(world)

    after = [(await test_summons.seen(world, one))["summoned"][0]["checkInBy"] for one in (summons, own)]
    assert after == seen


@pytest.mark.capability("R-30", "R-02")
async def test_a_ladder_climbs_round_the_clock_while_its_place_is_in_emergency_and_not_after(world: World) -> None:
    await in_force(world, open_orders="recompute")
    ladder = await start(world, "ordinary")
    own = await start(world, "ordinary", subject=a_subject("order_2", emergency=True))
    assert ladder.next_step_at
    assert ladder.next_step_at > world.now  # Sunday

    await switch(world, "EMERGENCY")
    await follow(world)
    seen = await escalation(world, ladder.id)
    assert (seen["calendarVersion"], seen["nextStepAt"]) == ("24x7", (await first_follow(world)).isoformat())

    await switch(world, "ROUTINE", reason="解除")
    await follow(world)
    after = await escalation(world, ladder.id)
    assert after["calendarVersion"] == ladder.calendar_version
    assert datetime.fromisoformat(after["nextStepAt"]) == ladder.next_step_at
    assert (await escalation(world, own.id))["calendarVersion"] == "24x7"


async def first_follow(world: World) -> datetime:
    """When the first of the ladders was moved."""
    (row, *_) = [row for row in await world.told("escalation") if "retimed" in row["type"]]
    moment: datetime = row["time"]
    return moment
