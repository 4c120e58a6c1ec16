"""Peacetime and emergency command: one act moves rules and clocks of an area at once, and back, with its history."""

import asyncio
import itertools
from typing import Any

import pytest

from services.chassis.identity import Caller
from services.chassis.ids import new_id
from services.routing.graphql.context import Context
from services.routing.graphql.schema import schema
from services.routing.model.rules.matter import Mode
from tests.refusals import said
from tests.routing import district
from tests.routing.district import DEPARTMENT, DESK, GRID_1, GRID_3, OTHER_SECTION, SECTION
from tests.routing.test_routing_conditions import rules_with
from tests.routing.world import ATTENDANT, DESK_OFFICER, OPERATOR, RESIDENT, SECTION_HEAD, STREET_2_CENTRE, World

SWITCH = """mutation($input: SwitchModeInput!) { switchMode(input: $input) {
  commandMode { id mode area { id } switches { mode reason post { id } } } errors { code reason message } } }"""
MODES = "query($mode: ReportMode) { commandModes(mode: $mode) { nodes { mode area { id } } } }"


async def switch(
    world: World,
    mode: str,
    area: str = "d1-s1",
    caller: Caller = DESK_OFFICER,
    reason: str = "暴雨红色预警",
    key: str | None = None,
) -> Any:
    given = {"idempotencyKey": key or new_id("key"), "areaId": area, "mode": mode, "reason": reason}
    return (await world.ask(SWITCH, caller, input=given))["switchMode"]


async def area_mode(world: World, area: str) -> str:
    return str((await world.ask("query($id: ID!) { area(id: $id) { mode } }", RESIDENT, id=area))["area"]["mode"])


async def routed(world: World, report_id: str, **facts: Any) -> tuple[str, str]:
    """Who leads a report, and the mode it was routed in."""
    order = await world.dispatched(report_id, **facts)
    document = """query($of: [_Any!]!) { _entities(representations: $of) { ... on Report { routingDecision {
      conditions { condition actual } } } } }"""
    seen = await world.ask(document, DESK_OFFICER, of=[{"__typename": "Report", "id": report_id}])
    modes = [
        row["actual"] for row in seen["_entities"][0]["routingDecision"]["conditions"] if row["condition"] == "MODE"
    ]
    return order.lead_post, modes[0][0] if modes else ""


@pytest.mark.capability("R-30")
async def test_a_switch_moves_the_rules_of_its_area_at_once_and_back(world: World) -> None:
    await world.load({**district.raw(), "rules": rules_with({"modes": ["emergency"]})})
    assert await routed(world, "report_1") == (SECTION, "")

    payload = await switch(world, "EMERGENCY")
    assert (payload["errors"], payload["commandMode"]["mode"]) == ([], "EMERGENCY")
    assert await routed(world, "report_2") == (DEPARTMENT, "emergency")
    assert await routed(world, "report_3", area_path=list(GRID_3), area_id=GRID_3[-1]) == (OTHER_SECTION, "")

    await switch(world, "ROUTINE", reason="预警解除")
    assert await routed(world, "report_4") == (SECTION, "")


async def test_a_report_in_emergency_mode_is_routed_so_wherever_it_is(world: World) -> None:
    await world.load({**district.raw(), "rules": rules_with({"modes": ["emergency"]})})

    assert await routed(world, "report_1", mode="emergency") == (DEPARTMENT, "emergency")


@pytest.mark.capability("R-30")
async def test_what_lies_in_an_area_in_emergency_is_in_emergency(world: World) -> None:
    assert await area_mode(world, GRID_1[-1]) == "ROUTINE"

    await switch(world, "EMERGENCY", area="d1-s1")
    assert [await area_mode(world, area) for area in ("d1", "d1-s1", GRID_1[-1], GRID_3[-1])] == [
        *("ROUTINE", "EMERGENCY", "EMERGENCY", "ROUTINE"),
    ]

    await switch(world, "EMERGENCY", area="d1")
    await switch(world, "ROUTINE", area="d1-s1")
    assert await area_mode(world, GRID_1[-1]) == "EMERGENCY"
    await switch(world, "ROUTINE", area="d1")
    assert await area_mode(world, GRID_1[-1]) == "ROUTINE"


@pytest.mark.capability("R-30")
async def test_who_switched_when_and_why_stays_on_record_and_is_announced(world: World) -> None:
    await switch(world, "EMERGENCY")
    await switch(world, "ROUTINE", reason="预警解除")
    last = (await switch(world, "EMERGENCY", reason="再次预警"))["commandMode"]

    assert [(row["mode"], row["reason"], row["post"]["id"]) for row in last["switches"]] == [
        ("EMERGENCY", "暴雨红色预警", DESK),
        ("ROUTINE", "预警解除", DESK),
        ("EMERGENCY", "再次预警", DESK),
    ]
    told = await world.told("mode")
    assert [row["type"] for row in told] == ["huying.routing.mode.switched.v1"] * 3
    assert '"areaPath":["d1","d1-s1"]' in told[0]["data"]
    listed = await world.ask(MODES, SECTION_HEAD, mode="EMERGENCY")
    assert listed["commandModes"]["nodes"] == [{"mode": "EMERGENCY", "area": {"id": "d1-s1"}}]
    assert (await world.ask(MODES, SECTION_HEAD, mode="ROUTINE"))["commandModes"]["nodes"] == []


async def test_every_replica_follows_a_switch(world: World) -> None:
    other = World(world.service.settings)
    await other.directory.refresh()

    await switch(world, "EMERGENCY")
    await other.directory.refresh()

    assert other.directory.current.mode(GRID_1) is Mode.EMERGENCY
    await other.mongo.close()


async def test_two_who_switch_at_once_switch_once(world: World) -> None:
    payloads = await asyncio.gather(*(switch(world, "EMERGENCY") for _ in range(2)))

    assert sorted(said(error) for payload in payloads for error in payload["errors"]) == ["MODE_ALREADY"]
    assert len(await world.told("mode")) == 1


async def test_a_switch_sent_twice_happens_once(world: World) -> None:
    key = new_id("key")

    assert await switch(world, "EMERGENCY", key=key) == await switch(world, "EMERGENCY", key=key)
    assert len(await world.told("mode")) == 1


@pytest.mark.parametrize(
    ("caller", "area", "mode", "reason", "code"),
    [
        (SECTION_HEAD, "d1-s1", "EMERGENCY", "暴雨", "NOT_ALLOWED ROLE"),
        (ATTENDANT, "d1-s1", "EMERGENCY", "暴雨", "NOT_ALLOWED ROLE"),
        (OPERATOR, "d1-s1", "EMERGENCY", "暴雨", "NOT_ALLOWED ROLE"),
        (STREET_2_CENTRE, "d1-s1", "EMERGENCY", "暴雨", "NOT_ALLOWED ROLE"),
        (DESK_OFFICER, "d9", "EMERGENCY", "暴雨", "UNKNOWN_AREA"),
        (DESK_OFFICER, "d1-s1", "ROUTINE", "解除", "MODE_ALREADY"),
        (DESK_OFFICER, "d1-s1", "EMERGENCY", " ", "TEXT_MISSING"),
    ],
)
async def test_a_switch_that_may_not_be_is_refused_and_changes_nothing(
    world: World, caller: Caller, area: str, mode: str, reason: str, code: str
) -> None:
    payload = await switch(world, mode, area, caller, reason)

    assert (payload["commandMode"], [said(error) for error in payload["errors"]]) == (None, [code])
    assert await world.told("mode") == []
    assert not world.directory.current.emergencies


async def test_the_centre_of_a_street_switches_its_own_street(world: World) -> None:
    assert (await switch(world, "EMERGENCY", "d1-s2", STREET_2_CENTRE))["errors"] == []
    assert await area_mode(world, "d1-s2") == "EMERGENCY"


async def test_staff_watch_switches_as_they_happen(world: World) -> None:
    context = Context(SECTION_HEAD, "en", world.store, world.directory, world.service.live)
    watching: Any = await schema.subscribe("subscription { modeChanged { mode area { id } } }", context_value=context)
    first = asyncio.ensure_future(anext(watching))

    modes = itertools.cycle(["EMERGENCY", "ROUTINE"])
    async with asyncio.timeout(20):
        while not first.done():  # the stream opens beside us: what is seen is the first switch after that
            await switch(world, next(modes))
            await asyncio.sleep(0.1)

    assert (await first).data["modeChanged"]["area"] == {"id": "d1-s1"}
    await watching.aclose()
