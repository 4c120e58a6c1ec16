"""What screens ask: a post's work in one list, the centre's board, figures of units and areas side by side."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.routing.graphql.context import Context
from services.routing.graphql.schema import schema
from services.routing.model.organisation.point import Point
from services.routing.store.outcome import OUTCOMES
from tests.refusals import said
from tests.routing.district import COMMITTEE, GRID_1, GRID_3, SECTION, UNIT_OF
from tests.routing.test_boundaries import GRID_2, SHIFTED, proposed, send
from tests.routing.world import (
    ATTENDANT,
    DESK_OFFICER,
    OPERATOR,
    OTHER_SECTION_HEAD,
    RESIDENT,
    SECTION_HEAD,
    START,
    STREET_2_CENTRE,
    World,
)

YEAR = timedelta(days=365)
RATE = "{ count of share }"
FIGURES = f"""
  definitions ended closed recalled cancelled onTime {RATE} acceptedOnTime {RATE} firstTimeRight {RATE}
  rework {RATE} bounce {RATE} reopened {RATE} extended {RATE} satisfied {RATE} meanSatisfaction meanHours
"""
SCOREBOARD = f"""query($since: DateTime!, $until: DateTime!) {{
  orgUnits {{ id scoreboard(since: $since, until: $until) {{ {FIGURES} }} }}
}}"""
STATISTICS = f"""query($area: ID!, $since: DateTime!, $until: DateTime!) {{
  area(id: $area) {{ statistics(since: $since, until: $until) {{
    {FIGURES} settledAt {{ level closed {RATE} }} yearEarlier {{ closed onTime {RATE} }}
  }} }}
}}"""
WORK = """query($first: Int!, $after: String) { myWork(first: $first, after: $after) {
  nodes { dueAt overdue subject { __typename ... on WorkOrder { id } ... on Call { id } } }
  pageInfo { hasNextPage endCursor }
} }"""
BOARD = """query($area: ID, $queue: BoardQueue!) { centreBoard(area: $area) {
  area { id } counts { queue count more } orders(queue: $queue) { nodes { id } }
  exhausted { nodes { id } } gaps { nodes { post { id } } }
} }"""


def period(since: datetime = START - YEAR / 2, until: datetime = START + YEAR) -> dict[str, str]:
    return {"since": since.isoformat(), "until": until.isoformat()}


async def scoreboard(world: World, unit: str, **when: str) -> Any:
    answer = await world.ask(SCOREBOARD, DESK_OFFICER, **(when or period()))
    return next(row["scoreboard"] for row in answer["orgUnits"] if row["id"] == unit)


def rate(count: int, of: int) -> dict[str, Any]:
    return {"count": count, "of": of, "share": count / of if of else None}


async def closed(world: World, report_id: str, satisfaction: int | None = 5, **facts: Any) -> None:
    await world.verified(report_id, **facts)
    await world.confirm(report_id, satisfaction)


@pytest.mark.capability("R-06")
async def test_a_scoreboard_shows_what_gaming_one_figure_does_to_the_others(world: World) -> None:
    await closed(world, "report_1", 5)
    await world.verified("report_2")
    await world.reopen("report_2")
    order = (await world.orders("report_2"))[-1]
    await world.done("startOrder", SECTION_HEAD, workOrderId=order.id)
    evidence = [{"kind": "PHOTO", "ref": "https://files.example/2.jpg"}]
    await world.done("submitOrder", SECTION_HEAD, workOrderId=order.id, reply="再次清运", evidence=evidence)
    await world.done("verifyOrder", DESK_OFFICER, workOrderId=order.id, disposition="SOLVED", reason="已核实")
    await world.confirm("report_2", 2)
    returned = await world.dispatched("report_3")
    await world.done("returnOrder", SECTION_HEAD, workOrderId=returned.id, basis="职责清单第3项")
    await world.done("recallOrder", DESK_OFFICER, workOrderId=returned.id, reason="重复")

    figures = await scoreboard(world, UNIT_OF[SECTION])

    assert (figures["ended"], figures["closed"], figures["recalled"]) == (3, 2, 1)
    assert figures["onTime"] == rate(2, 2)
    assert figures["acceptedOnTime"] == rate(2, 3)
    assert figures["firstTimeRight"] == rate(1, 2)
    assert figures["rework"] == figures["reopened"] == rate(1, 2)
    assert figures["bounce"] == rate(1, 3)
    assert figures["satisfied"] == rate(1, 2)
    assert figures["meanSatisfaction"] == 3.5
    assert (await scoreboard(world, UNIT_OF[COMMITTEE]))["ended"] == 0


async def test_a_closed_order_that_was_late_is_not_on_time(world: World) -> None:
    order = await world.dispatched()
    await world.done("acceptOrder", SECTION_HEAD, workOrderId=order.id)
    await world.done("startOrder", SECTION_HEAD, workOrderId=order.id)
    world.pass_time(days=60)
    evidence = [{"kind": "PHOTO", "ref": "https://files.example/3.jpg"}]
    await world.done("submitOrder", SECTION_HEAD, workOrderId=order.id, reply="已清运", evidence=evidence)
    await world.done("verifyOrder", DESK_OFFICER, workOrderId=order.id, disposition="SOLVED", reason="已核实")
    await world.confirm()

    figures = await scoreboard(world, UNIT_OF[SECTION])

    assert figures["onTime"] == rate(0, 1)
    assert figures["meanHours"] > 24 * 60


async def test_a_period_is_half_open_and_figures_are_for_staff(world: World) -> None:
    await closed(world, "report_1")
    ended = world.now

    assert (await scoreboard(world, UNIT_OF[SECTION], **period(ended, ended + YEAR)))["closed"] == 1
    assert (await scoreboard(world, UNIT_OF[SECTION], **period(ended - YEAR, ended)))["closed"] == 0
    _, errors = await world.ask_raw(SCOREBOARD, RESIDENT, **period())
    assert {said(error["extensions"]) for error in errors} == {"NOT_ALLOWED ROLE"}
    _, errors = await world.ask_raw(SCOREBOARD, DESK_OFFICER, **period(START, START))
    assert {said(error["extensions"]) for error in errors} == {"INVALID_INPUT"}


async def test_sealed_matters_are_in_no_figure(world: World) -> None:
    await closed(world, "report_1", sensitivity="sealed")

    assert (await scoreboard(world, UNIT_OF[SECTION]))["ended"] == 0
    assert await world.mongo[OUTCOMES.name].count_documents({}) == 0


@pytest.mark.capability("M-03")
async def test_an_area_shows_at_which_level_its_matters_were_settled_and_the_year_before(world: World) -> None:
    await closed(world, "report_1")
    world.pass_time(days=365)
    await closed(world, "report_2")
    await closed(world, "report_3", area_id=GRID_1[-1])
    await world.dispatched("report_4", area_id=GRID_3[-1], area_path=list(GRID_3))

    asked = period(world.now - YEAR / 2, world.now + YEAR / 2)
    answer = await world.ask(STATISTICS, DESK_OFFICER, area="d1", **asked)
    street = await world.ask(STATISTICS, DESK_OFFICER, area=GRID_3[1], **asked)

    figures = answer["area"]["statistics"]
    assert figures["closed"] == 2
    assert figures["settledAt"] == [{"level": "STREET", "closed": rate(2, 2)}]
    assert figures["yearEarlier"] == {"closed": 1, "onTime": rate(1, 1)}
    assert street["area"]["statistics"]["closed"] == 0


@pytest.mark.capability("R-16")
async def test_figures_of_past_years_count_where_the_place_lies_on_todays_map(world: World) -> None:
    east, west = Point(lon=113.0095, lat=23.005), Point(lon=113.001, lat=23.005)
    await closed(world, "report_1", place=east)
    await closed(world, "report_2", place=west)
    proposal = await proposed(world, SHIFTED)
    assert (await send(world, "applyBoundaries", OPERATOR, proposalId=proposal["id"]))["errors"] == []

    first = await world.ask(STATISTICS, DESK_OFFICER, area=GRID_1[-1], **period())
    second = await world.ask(STATISTICS, DESK_OFFICER, area=GRID_2[-1], **period())

    assert first["area"]["statistics"]["closed"] == 1
    assert second["area"]["statistics"]["closed"] == 1
    assert proposal["ordersMoved"] == 0  # they had ended


@pytest.mark.capability("R-04")
async def test_the_board_of_a_centre_shows_what_waits_where(world: World) -> None:
    incoming = await world.dispatched("report_1")
    late = await world.dispatched("report_2")
    await world.done("acceptOrder", SECTION_HEAD, workOrderId=late.id)
    returned = await world.dispatched("report_3")
    await world.done("returnOrder", SECTION_HEAD, workOrderId=returned.id, basis="职责清单第3项")
    submitted = await world.submitted("report_4")
    verified = await world.verified("report_5")
    world.pass_time(days=60)

    async def queue(name: str, **area: str) -> list[str]:
        board = (await world.ask(BOARD, DESK_OFFICER, queue=name, **area))["centreBoard"]
        return [node["id"] for node in board["orders"]["nodes"]]

    board = (await world.ask(BOARD, queue="INCOMING"))["centreBoard"]
    assert board["area"] == {"id": "d1"}
    assert {row["queue"]: row["count"] for row in board["counts"]} == {
        "INCOMING": 1,
        "OVERDUE": 1,
        "RETURNED": 1,
        "ADJUDICATING": 0,
        "TO_VERIFY": 1,
        "TO_CALL_BACK": 1,
        "WAITING": 0,
        "DEFERRED": 0,
    }
    assert not any(row["more"] for row in board["counts"])
    assert await queue("INCOMING") == [incoming.id]
    assert await queue("OVERDUE") == [late.id]
    assert await queue("RETURNED") == [returned.id]
    assert await queue("TO_CALL_BACK") == [verified.id]
    assert await queue("TO_VERIFY", area="d1-s1") == [submitted.id]
    assert await queue("TO_VERIFY", area="d1-s2") == []


async def test_a_board_is_for_the_command_centre_of_its_area(world: World) -> None:
    async def code(caller: Any, **area: str) -> str:
        _, errors = await world.ask_raw(BOARD, caller, queue="INCOMING", **area)
        return str(said(errors[0]["extensions"]))

    assert await code(SECTION_HEAD) == "NOT_ALLOWED ROLE"
    assert await code(ATTENDANT) == "NOT_ALLOWED ROLE"
    assert await code(STREET_2_CENTRE, area="d1-s1") == "NOT_FOUND"
    assert await code(DESK_OFFICER, area="nowhere") == "NOT_FOUND"


async def test_a_board_is_drawn_anew_when_something_on_it_moves(world: World) -> None:
    document = "subscription { centreBoardChanged { counts { queue count } } }"
    context = Context(DESK_OFFICER, "en", world.store, world.directory, world.service.live)
    stream: Any = await schema.subscribe(document, context_value=context)

    async def incoming() -> int:
        answer = await anext(stream)
        assert not answer.errors
        counts = answer.data["centreBoardChanged"]["counts"]
        return next(int(row["count"]) for row in counts if row["queue"] == "INCOMING")

    async with asyncio.timeout(30):
        assert await incoming() == 0
        for number in range(3):
            await world.dispatched(f"report_{number}")
        while await incoming() < 3:
            pass
    await stream.aclose()


async def test_my_work_is_one_list_of_every_kind_due_soonest_first(world: World) -> None:
    first = await world.dispatched("report_1")
    world.pass_time(minutes=5)
    second = await world.dispatched("report_2")
    call = await _a_call_to_the_section(world)

    page = (await world.ask(WORK, SECTION_HEAD, first=2, after=None))["myWork"]
    rest = (await world.ask(WORK, SECTION_HEAD, first=2, after=page["pageInfo"]["endCursor"]))["myWork"]

    items = [*page["nodes"], *rest["nodes"]]
    assert {item["subject"]["id"] for item in items} >= {first.id, second.id, call}
    assert [item["dueAt"] for item in items] == sorted(item["dueAt"] for item in items)
    assert {item["subject"]["__typename"] for item in items} >= {"WorkOrder", "Call"}
    assert not any(item["overdue"] for item in items)
    assert (await world.ask(WORK, OTHER_SECTION_HEAD, first=10, after=None))["myWork"]["nodes"] == []
    assert (await world.ask(WORK, RESIDENT, first=10, after=None))["myWork"]["nodes"] == []
    world.pass_time(days=90)
    late = (await world.ask(WORK, SECTION_HEAD, first=10, after=None))["myWork"]
    assert all(item["overdue"] for item in late["nodes"])


async def _a_call_to_the_section(world: World) -> str:
    await world.triage(
        *("report_9",),
        kind="call",
        call_level="community",
        caller_post=COMMITTEE,
        caller_unit=UNIT_OF[COMMITTEE],
        caller_person="person_c",
    )
    data = await world.ask("{ calls { nodes { id } } }")
    (call,) = data["calls"]["nodes"]
    return str(call["id"])
