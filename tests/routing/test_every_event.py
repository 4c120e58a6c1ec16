"""Every event that routing consumes: twice, before the one it follows, and after the order has ended."""

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from services.chassis.consumer import DEAD_LETTERS
from services.chassis.events import EventData
from services.routing.consumers import (
    CategoryPublished,
    ReportConfirmed,
    ReportConverted,
    ReportReopened,
    ReportWithdrawn,
)
from tests.routing.world import DESK_OFFICER, SECTION_HEAD, World

ORGAN = {"kind": "call", "call_level": "community", "caller_post": "post_c1", "caller_unit": "unit_c1"}
EVENTS: dict[str, Callable[[World, str], EventData]] = {
    "triaged": lambda world, report: world.triaged(report, **ORGAN),
    "triaged elsewhere": lambda world, report: world.triaged(report, **ORGAN, category="gas", category_path=["gas"]),
    "confirmed": lambda world, report: ReportConfirmed(report_id=report, satisfaction=4),
    "reopened": lambda world, report: ReportReopened(report_id=report, reason="又满了"),
    "withdrawn": lambda world, report: ReportWithdrawn(report_id=report, reason="不用了"),
    "converted": lambda world, report: ReportConverted(report_id=report, dispute_type="neighbour"),
}
ENDS = ("closed", "recalled", "withdrawn", "converted")


async def state(world: World) -> str:
    """Differs whenever any document does."""
    return str((await world.mongo.database.command("dbHash"))["md5"])


async def ended(world: World, how: str, report: str = "report_1") -> None:
    """A call of an organ whose order has come to its end."""
    if how == "closed":
        await world.verified(report, **ORGAN)
        await world.confirm(report)
        return
    order = await world.dispatched(report, **ORGAN)
    if how == "recalled":
        await world.done("recallOrder", DESK_OFFICER, workOrderId=order.id, reason="重复")
    else:
        await world.hear(EVENTS[how](world, report), report)


async def require_whole(world: World, report: str = "report_1") -> None:
    """What must hold of a report's order, call and ladders, whatever was heard."""
    orders = await world.orders(report)
    running = [order for order in orders if order.open]
    assert len(running) <= 1
    open_ladders = await world.mongo["escalations"].distinct("subject.id", {"open": True})
    call = await world.mongo["calls"].find_one({"report_id": report})
    assert call
    assert set(open_ladders) <= {order.id for order in running} | ({call["_id"]} if call["open"] else set())
    known = {"_id": {"$in": [order.id for order in orders]}}
    counted = set(await world.mongo["outcomes"].distinct("_id", known))  # also what was reopened since, which says so
    assert {order.id for order in orders if not order.open} <= counted
    assert await world.mongo[DEAD_LETTERS.name].count_documents({}) == 0


async def said_of(world: World, report: str) -> list[str]:
    """What was announced of everything about a report, by its kind."""
    return [
        ".".join(row["type"].split(".")[2:4])
        for row in await world.told("order", "decision", "call")
        if f'"{report}"' in row["data"]
    ]


@pytest.mark.parametrize("name", EVENTS)
async def test_an_event_heard_twice_has_its_effect_once(world: World, name: str) -> None:
    await world.verified(**ORGAN)
    event = world.event(EVENTS[name](world, "report_1"), "report_1")

    assert await world.deliver(event) == ["ack"]
    before = await state(world)
    assert await world.deliver(event) == ["ack"]
    assert await world.deliver(event, event) == ["ack", "ack"]

    assert await state(world) == before
    await require_whole(world)


@pytest.mark.parametrize(("first", "second"), list(itertools.product(EVENTS, repeat=2)))
async def test_an_event_that_comes_before_the_one_it_follows_waits_for_it(
    world: World, first: str, second: str
) -> None:
    for report in ("report_1", "report_2"):
        await world.verified(report, **ORGAN)
    in_order, crossed = (
        [world.event(EVENTS[name](world, report), report) for name in (first, second)]
        for report in ("report_1", "report_2")
    )
    assert await world.deliver(*in_order) == ["ack", "ack"]

    before = await state(world)
    assert await world.deliver(crossed[1]) == ["nak"]
    assert await state(world) == before
    assert await world.deliver(crossed[0]) == ["ack"]
    assert await world.deliver(crossed[1]) == ["ack"]

    assert await said_of(world, "report_2") == await said_of(world, "report_1")
    for report in ("report_1", "report_2"):
        await require_whole(world, report)


@pytest.mark.parametrize(("how", "name"), list(itertools.product(ENDS, EVENTS)))
async def test_an_event_after_the_end_of_the_order_leaves_report_and_call_whole(
    world: World, how: str, name: str
) -> None:
    await ended(world, how)
    event = world.event(EVENTS[name](world, "report_1"), "report_1")

    assert await world.deliver(event) == ["ack"]
    await require_whole(world)
    before = await state(world)
    assert await world.deliver(event) == ["ack"]
    assert await state(world) == before

    if name in ("confirmed", "withdrawn"):
        assert not any(order.open for order in await world.orders())


async def test_the_last_word_on_a_category_holds_however_often_it_comes(world: World) -> None:
    words = [CategoryPublished(code="noise", name=name, path=["noise"]) for name in ("噪声", "噪音")]
    older, newer = (world.event(one, "noise") for one in words)
    assert await world.deliver(newer) == ["nak"]
    assert await world.deliver(older, newer, older) == ["ack", "ack", "ack"]
    row: Any = await world.mongo["categories"].find_one({"_id": "noise"})
    assert row["name"] == "噪音"


async def test_nobody_acts_on_an_order_that_a_late_event_found_ended(world: World) -> None:
    await ended(world, "withdrawn")
    (order,) = await world.orders()
    await world.deliver(world.event(ReportReopened(report_id="report_1", reason="又满了"), "report_1"))
    (same,) = await world.orders()
    assert same == order
    assert await world.refused("acceptOrder", SECTION_HEAD, workOrderId=order.id) == "ORDER_STATE_FORBIDS"
