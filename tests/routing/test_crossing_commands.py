"""Two commands that cross on one order, proposal or rule set: one succeeds, the other is refused, and nothing is half done."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from services.chassis.identity import Caller
from services.chassis.ids import new_id
from services.routing.handlers.order.clock import step_order
from tests.refusals import said
from tests.routing.district import GRID_1, OTHER_SECTION, SECTION, square
from tests.routing.rule_world import DESK_RULE, ENV_TO_DEPARTMENT, activate, drafted, publish_categories
from tests.routing.test_boundaries import features, proposed, send
from tests.routing.world import DESK_OFFICER, OPERATOR, SECTION_HEAD, World

REASON = {"reason": "现场已核实"}


async def crossed(world: World, *commands: tuple[str, Caller, dict[str, Any]]) -> tuple[list[str], list[str]]:
    """All of them at once: which succeeded, and the codes of those refused."""
    payloads = await asyncio.gather(*(world.do(name, caller, **given) for name, caller, given in commands))
    done = [name for (name, _, _), payload in zip(commands, payloads, strict=True) if not payload["errors"]]
    return done, [said(error) for payload in payloads for error in payload["errors"]]


async def names_after(world: World, count: int) -> Sequence[str]:
    """What was announced of orders since the first `count` events."""
    return (await world.names_told())[count:]


@pytest.mark.parametrize("first", [0, 1])
async def test_a_check_and_a_sending_back_that_cross_leave_one_of_them(world: World, first: int) -> None:
    order = await world.submitted()
    before = len(await world.names_told())
    commands: list[tuple[str, Caller, dict[str, Any]]] = [
        ("verifyOrder", DESK_OFFICER, {"workOrderId": order.id, "disposition": "SOLVED", **REASON}),
        ("sendBackOrder", DESK_OFFICER, {"workOrderId": order.id, **REASON}),
    ]
    done, codes = await crossed(world, commands[first], commands[1 - first])
    assert (len(done), codes) == (1, ["ORDER_STATE_FORBIDS"])
    (told,) = await names_after(world, before)
    assert told == {"verifyOrder": "order.verified", "sendBackOrder": "order.reworked"}[done[0]]


async def test_two_centres_that_send_a_returned_order_out_send_it_once(world: World) -> None:
    order = await world.dispatched()
    await world.done("returnOrder", SECTION_HEAD, workOrderId=order.id, basis="不属本单位职责")
    before = len(await world.names_told())
    given = [{"workOrderId": order.id, "postId": post} for post in (OTHER_SECTION, SECTION)]
    done, codes = await crossed(world, *(("dispatchOrder", DESK_OFFICER, one) for one in given))
    assert len(done) == len(codes) == 1
    assert await names_after(world, before) == ["order.dispatched"]
    assert len((await world.order()).dispatches) == 2


async def test_a_wait_and_a_reply_that_cross_leave_no_order_that_waits_and_is_checked(world: World) -> None:
    order = await world.dispatched()
    for mutation in ("acceptOrder", "startOrder"):
        await world.done(mutation, SECTION_HEAD, workOrderId=order.id)
    until = (world.now + timedelta(hours=2)).isoformat()
    evidence = [{"kind": "PHOTO", "ref": "https://files.example/1.jpg"}]
    done, codes = await crossed(
        world,
        ("suspendOrder", SECTION_HEAD, {"workOrderId": order.id, "awaited": "街道", "until": until, **REASON}),
        ("submitOrder", SECTION_HEAD, {"workOrderId": order.id, "reply": "已清运", "evidence": evidence}),
    )
    assert (len(done), codes) == (1, ["ORDER_STATE_FORBIDS"])
    assert (await world.order()).state == {"suspendOrder": "suspended", "submitOrder": "submitted"}[done[0]]


async def test_a_ruling_and_the_end_of_its_time_that_cross_name_one_lead(world: World) -> None:
    order = await world.dispatched()
    await world.done("returnOrder", SECTION_HEAD, workOrderId=order.id, basis="不属本单位职责")
    await world.done("referOrder", DESK_OFFICER, workOrderId=order.id)
    world.now = (await world.order()).adjudications[-1].due_at
    before = len(await world.names_told())
    ruling = {"postId": OTHER_SECTION, "question": "谁办", "facts": "占道", "basis": "职责清单"}
    await asyncio.gather(
        world.do("ruleOrder", DESK_OFFICER, workOrderId=order.id, **ruling),
        step_order(world.store, world.directory, order.id),
    )
    assert (await names_after(world, before)).count("order.ruled") == 1
    assert len((await world.order()).dispatches) == 2


async def test_a_proposal_applied_twice_at_once_moves_each_order_once(world: World) -> None:
    await world.dispatched("report_1", area_id="d1-s1-c1", area_path=list(GRID_1[:3]))
    shifted = features((GRID_1[-1], square(113.0, 113.009)), ("d1-s1-c1-g2", square(113.009, 113.02)))
    proposal = await proposed(world, geojson=shifted)
    answers = await asyncio.gather(
        *(send(world, "applyBoundaries", OPERATOR, proposalId=proposal["id"]) for _ in range(2))
    )
    assert [said(error) for answer in answers for error in answer["errors"]] == ["PROPOSAL_STATE_FORBIDS"]
    assert len([row for row in await world.told("boundaries") if ".applied." in row["type"]]) == 1


async def test_two_rule_sets_activated_at_once_leave_one_in_force(world: World) -> None:
    await publish_categories(world)
    rules = [ENV_TO_DEPARTMENT, DESK_RULE]
    ids = [await drafted(world, rules), await drafted(world, [DESK_RULE])]
    answers = await asyncio.gather(*(activate(world, one, key=new_id("key")) for one in ids))
    assert all(said(error) != "INTERNAL" for answer in answers for error in answer["errors"])
    assert await world.mongo["rule_sets"].count_documents({"state": "active"}) == 1
