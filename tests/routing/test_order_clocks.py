"""The clocks of an order: what they run from, when they pause, what they say, and what a breach starts."""

import json
from datetime import timedelta
from typing import Any

from services.chassis import leases
from services.routing.model.clock.calendar import OFFICE_HOURS
from services.routing.model.clock.clocks import ClockKind
from services.routing.model.order.work_order import OrderState
from services.routing.store.work_order import WORK_ORDERS
from tests.routing import district
from tests.routing.district import SECTION
from tests.routing.order_world import PHOTO, at_work, do, in_, now_is, seen, tick
from tests.routing.world import DESK_OFFICER, RESIDENT, SECTION_HEAD, World


async def by_policy(world: World) -> None:
    """Rules without times of their own, so that the policy's hold."""
    values = district.raw()
    for rule in values["rules"]:
        rule["accept_minutes"] = rule["resolve_hours"] = None
    await world.load(values)


async def clock_events(world: World) -> list[tuple[str, str]]:
    told = [row for row in await world.told("order") if row["type"].split(".")[2] == "clock"]
    return [(row["type"].split(".")[3], json.loads(row["data"])["clock"]) for row in told]


async def test_clocks_follow_the_policy_and_keep_the_version_of_their_calendar(bare: World) -> None:
    world = bare
    await by_policy(world)
    order = await world.dispatched()

    clocks = {one["kind"]: one for one in (await seen(world, order))["clocks"]}

    assert clocks["ACCEPT"]["calendarVersion"] == OFFICE_HOURS.version
    assert order.accept_by == OFFICE_HOURS.add(world.now, timedelta(hours=2))
    received = world.now - timedelta(hours=1)
    assert order.clocks[ClockKind.RESOLVE].started_at == received
    assert order.resolve_by == OFFICE_HOURS.add(received, timedelta(hours=60))
    assert set(clocks) == {"ACCEPT", "FIRST_REPORT", "RESOLVE"}


async def test_an_emergency_runs_round_the_clock_and_no_rule_loosens_it(world: World) -> None:
    order = await world.dispatched(mode="emergency")

    assert order.accept_by == world.now + timedelta(minutes=3)
    arrive = order.current.arrive
    assert arrive
    assert arrive.due_at == world.now + timedelta(minutes=10)


async def test_a_clock_warns_once_and_breaches_once_however_often_it_is_looked_at(world: World) -> None:
    order = await at_work(world)
    assert order.resolve.warn_at

    for _ in range(2):
        await tick(world, order, order.resolve.warn_at)
    for _ in range(2):
        await tick(world, order, order.resolve_by)

    assert [one for one in await clock_events(world) if one[1] == "resolve"] == [
        ("warned", "resolve"),
        ("breached", "resolve"),
    ]


async def test_a_breach_starts_the_ladder_of_its_clock_in_the_same_step(world: World) -> None:
    order = await at_work(world)
    await tick(world, order, order.resolve_by)
    await tick(world, order)

    (started,) = [row for row in await world.told("escalation") if row["type"].split(".")[3] == "started"]
    told = json.loads(started["data"])
    assert (told["subjectId"], told["subjectKind"]) == (order.id, "order")


async def test_what_is_due_is_claimed_by_when_the_order_next_has_something_to_say(world: World) -> None:
    order = await world.dispatched()
    orders = WORK_ORDERS.collection.name

    assert await leases.claim_due(world.store, orders) == []
    world.now = order.accept_by
    assert [row["_id"] for row in await leases.claim_due(world.store, orders)] == [order.id]
    order = await tick(world, order)

    assert (order.state, order.current.by_silence) == (OrderState.ACCEPTED, True)
    assert order.next_step_at == min(clock.next_at for _, clock in order.all_clocks() if clock.next_at)


async def test_a_return_after_silence_has_accepted_is_refused_even_before_the_timer_came_by(world: World) -> None:
    order = await world.dispatched()
    world.now = order.accept_by

    payload = await world.do("returnOrder", SECTION_HEAD, workOrderId=order.id, basis="不属")

    assert payload["errors"][0]["message"] == "An order that is accepted cannot be returned."


async def test_waiting_stops_the_clock_and_the_caller_sees_how_long(world: World) -> None:
    order = await at_work(world)
    world.pass_time(hours=1)
    left = order.resolve_by - world.now
    until = in_(world, hours=30)
    wait = {"awaited": "物业公司", "reason": "等待移车", "until": until}
    assert await do(world, "suspendOrder", SECTION_HEAD, order, **wait) == "SUSPENDED"
    world.pass_time(hours=10)

    shown = await seen(world, order, RESIDENT)
    resolve = next(one for one in shown["clocks"] if one["kind"] == "RESOLVE")
    assert (shown["state"], shown["suspensions"], resolve["pausedSeconds"]) == ("SUSPENDED", None, 36000)
    assert resolve["pauses"] == [{"awaited": None}]
    assert shown["waitingUntil"]

    order = await tick(world, order, order.resolve_by + timedelta(hours=60))
    assert order.state is OrderState.WORKING
    assert order.resolve_by == world.now + left
    resumed = [row for row in await world.told("order") if row["type"].endswith("order.resumed.v1")]
    assert json.loads(resumed[0]["data"])["byDate"] is True


async def test_the_first_word_to_the_caller_keeps_its_clock_and_reaches_the_caller(world: World) -> None:
    order = await at_work(world)

    await do(world, "reportBackOnOrder", SECTION_HEAD, order, text="今晚清运")

    shown = await seen(world, order, RESIDENT)
    first = next(one for one in shown["clocks"] if one["kind"] == "FIRST_REPORT")
    assert (first["kept"], shown["progress"]) == (True, [{"text": "今晚清运"}])
    assert '"text":"今晚清运"' in (await world.told("order"))[-1]["data"]


async def test_time_under_check_does_not_count_when_the_work_is_sent_back(world: World) -> None:
    order = await at_work(world)
    world.pass_time(hours=5)
    left = order.resolve_by - world.now
    await do(world, "submitOrder", SECTION_HEAD, order, reply="已清", evidence=[PHOTO])
    world.pass_time(hours=20)

    await do(world, "sendBackOrder", DESK_OFFICER, order, reason="不清")

    order = await now_is(world, order)
    assert order.resolve_by == world.now + left
    assert order.due_at == order.resolve_by


async def test_the_callers_silence_is_timed_from_the_reply(world: World) -> None:
    order = await world.submitted()
    confirm = order.clocks[ClockKind.CONFIRM]
    assert confirm.started_at == world.now
    await do(world, "verifyOrder", DESK_OFFICER, order, disposition="SOLVED", reason="属实")
    await world.confirm()

    assert (await now_is(world, order)).clocks[ClockKind.CONFIRM].kept is True


async def test_a_field_order_departs_checks_in_and_only_then_starts(world: World) -> None:
    order = await world.dispatched(urgency="critical")
    await do(world, "acceptOrder", SECTION_HEAD, order)
    assert await world.refused("startOrder", SECTION_HEAD, workOrderId=order.id) == "CHECK_IN_MISSING"
    assert await do(world, "departForOrder", SECTION_HEAD, order) == "EN_ROUTE"
    world.pass_time(minutes=9)
    where: dict[str, Any] = {"lon": 113.001, "lat": 23.002, "accuracy": 12.0}
    assert await do(world, "checkInToOrder", SECTION_HEAD, order, **where) == "ON_SCENE"

    (turn,) = (await seen(world, order))["dispatches"]
    assert turn["checkIn"] == {"person": SECTION_HEAD.person, **where}
    arrive = next(one for one in (await seen(world, order))["clocks"] if one["kind"] == "ARRIVE")
    assert arrive["kept"] is True
    assert await do(world, "startOrder", SECTION_HEAD, order) == "WORKING"
    told = (await world.told("order"))[-2]
    assert told["type"].endswith("order.checked_in.v1")
    assert "113.001" not in told["data"]


async def test_nobody_checks_in_where_nobody_has_to_go(world: World) -> None:
    order = await world.dispatched()
    await do(world, "acceptOrder", SECTION_HEAD, order)

    assert await world.refused("departForOrder", SECTION_HEAD, workOrderId=order.id) == "NOT_IN_THE_FIELD"
    assert await world.refused("checkInToOrder", SECTION_HEAD, workOrderId=order.id) == "NOT_IN_THE_FIELD"


async def test_an_order_names_its_source_and_the_report_it_answers(world: World) -> None:
    order = await world.dispatched()

    shown = await seen(world, order, RESIDENT)
    assert shown["source"] == {"kind": "REPORT", "id": "report_1"}
    assert shown["leadUnit"] == {"id": "unit_s1"}
    assert order.lead_post == SECTION
