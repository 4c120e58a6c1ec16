"""One order, many units: assisting posts and parts, and one answer when all is done."""

import asyncio
import json

import pytest

from services.routing.model.order.work_order import OrderState
from tests.routing.district import COMMITTEE, DEPARTMENT, DESK, OTHER_SECTION, SECTION
from tests.routing.order_world import COMMITTEE_HEAD, PHOTO, at_work, do, no, now_is, seen, tick
from tests.routing.world import DEPARTMENT_HEAD, DESK_OFFICER, OTHER_SECTION_HEAD, SECTION_HEAD, World

REPLY = {"reply": "已清运", "evidence": [PHOTO]}
VERDICT = {"disposition": "SOLVED", "reason": "属实"}


@pytest.mark.capability("R-05")
async def test_assisting_posts_have_clocks_check_in_and_rating_of_their_own(world: World) -> None:
    order = await at_work(world)
    for post in (DEPARTMENT, COMMITTEE):
        await do(world, "requestAssistance", SECTION_HEAD, order, postId=post, task="清障", withinHours=4)
    first, second = (await now_is(world, order)).assisting

    await do(world, "acceptAssistance", DEPARTMENT_HEAD, order, assistanceId=first.id)
    where = {"lon": 113.001, "lat": 23.001, "accuracy": 5.0}
    await do(world, "checkInAssistance", DEPARTMENT_HEAD, order, assistanceId=first.id, **where)
    await do(world, "finishAssistance", DEPARTMENT_HEAD, order, assistanceId=first.id, note="障碍已移")
    await do(world, "rateAssistance", SECTION_HEAD, order, assistanceId=first.id, mark=4)
    order = await tick(world, order, second.accept_by)
    await tick(world, order, second.finish.due_at)

    helped, silent = (await seen(world, order))["assistance"]
    assert (helped["post"]["id"], helped["note"], helped["rating"], helped["kept"]) == (
        DEPARTMENT,
        "障碍已移",
        {"mark": 4},
        True,
    )
    assert helped["checkIn"] == {"person": DEPARTMENT_HEAD.person, "lon": 113.001, "accuracy": 5.0}
    assert (silent["bySilence"], silent["finishedAt"], silent["kept"]) == (True, None, False)
    steps = [json.loads(row["data"])["step"] for row in await world.told("order") if "assisted" in row["type"]]
    assert steps == ["asked", "asked", "accepted", "checked_in", "finished", "rated", "accepted"]


@pytest.mark.capability("R-05")
async def test_an_order_is_not_answered_while_somebody_still_assists(world: World) -> None:
    order = await at_work(world)
    await do(world, "requestAssistance", SECTION_HEAD, order, postId=DEPARTMENT, task="清障")
    (help_,) = (await now_is(world, order)).assisting

    assert await no(world, "submitOrder", SECTION_HEAD, order, **REPLY) == "STILL_OPEN_BELOW"
    await do(world, "releaseAssistance", SECTION_HEAD, order, assistanceId=help_.id, reason="已自行清理")
    assert await do(world, "submitOrder", SECTION_HEAD, order, **REPLY) == "SUBMITTED"


async def test_an_assisting_unit_sees_the_order_helps_and_neither_leads_nor_checks_it(world: World) -> None:
    order = await at_work(world)
    assert await seen(world, order, DEPARTMENT_HEAD) is None
    await do(world, "requestAssistance", DESK_OFFICER, order, postId=DEPARTMENT, task="清障")
    (help_,) = (await now_is(world, order)).assisting

    assert (await seen(world, order, DEPARTMENT_HEAD))["state"] == "WORKING"
    assert await no(world, "submitOrder", DEPARTMENT_HEAD, order, **REPLY) == "NOT_ALLOWED NOT_YOURS"
    stranger = {"assistanceId": help_.id, "note": "x"}
    assert await no(world, "finishAssistance", SECTION_HEAD, order, **stranger) == "NOT_ALLOWED NOT_YOURS"
    assert await no(world, "finishAssistance", OTHER_SECTION_HEAD, order, **stranger) == "NOT_FOUND"
    unknown = {"assistanceId": "assistance_none"}
    assert await no(world, "acceptAssistance", DEPARTMENT_HEAD, order, **unknown) == "UNKNOWN_ASSISTANCE"
    await do(world, "finishAssistance", DEPARTMENT_HEAD, order, assistanceId=help_.id, note="已移")
    await do(world, "submitOrder", SECTION_HEAD, order, **REPLY)
    assert await no(world, "verifyOrder", DEPARTMENT_HEAD, order, **VERDICT) == "NOT_ALLOWED ROLE"


@pytest.mark.capability("R-31")
async def test_a_unit_that_has_a_part_in_an_order_gets_no_second(world: World) -> None:
    order = await at_work(world)
    await do(world, "requestAssistance", SECTION_HEAD, order, postId=DEPARTMENT, task="清障")

    for post in (SECTION, DEPARTMENT):
        assert await no(world, "requestAssistance", SECTION_HEAD, order, postId=post, task="再清") == "LEADS_ALREADY"
    assert await no(world, "splitOrder", SECTION_HEAD, order, postId=SECTION, task="自己") == "LEADS_ALREADY"


@pytest.mark.capability("R-05")
async def test_a_parent_waits_for_its_parts_which_are_one_level_deep(world: World) -> None:
    order = await at_work(world)
    await do(world, "splitOrder", SECTION_HEAD, order, postId=DEPARTMENT, task="修路面")
    (known,) = (await now_is(world, order)).children
    child = await now_is(world, known.id)
    assert (child.parent_id, child.lead_post, child.report_id) == (order.id, DEPARTMENT, None)
    assert await no(world, "submitOrder", SECTION_HEAD, order, **REPLY) == "STILL_OPEN_BELOW"

    await do(world, "acceptOrder", DEPARTMENT_HEAD, child)
    await do(world, "startOrder", DEPARTMENT_HEAD, child)
    deeper = {"postId": COMMITTEE, "task": "再拆"}
    assert await no(world, "splitOrder", DEPARTMENT_HEAD, child, **deeper) == "ONE_LEVEL_ONLY"
    await do(world, "submitOrder", DEPARTMENT_HEAD, child, **REPLY)
    assert await no(world, "verifyOrder", DEPARTMENT_HEAD, child, **VERDICT) == "NOT_ALLOWED ROLE"
    assert await do(world, "verifyOrder", DESK_OFFICER, child, **VERDICT) == "CLOSED"

    assert (await seen(world, order))["children"] == [{"id": child.id, "state": "CLOSED"}]
    assert await do(world, "submitOrder", SECTION_HEAD, order, **REPLY) == "SUBMITTED"
    assert [row["type"].split(".")[3] for row in await world.told("order")].count("verified") == 1


async def test_a_returned_part_stays_open_for_its_parent(world: World) -> None:
    order = await at_work(world)
    await do(world, "splitOrder", SECTION_HEAD, order, postId=DEPARTMENT, task="修路面")
    (known,) = (await now_is(world, order)).children
    child = known.id
    await do(world, "returnOrder", DEPARTMENT_HEAD, child, basis="道路归街道")
    await do(world, "dispatchOrder", DESK_OFFICER, child, postId=OTHER_SECTION)

    (known,) = (await now_is(world, order)).children
    assert (known.post, known.open) == (OTHER_SECTION, True)


async def test_parts_end_with_a_parent_that_is_recalled(world: World) -> None:
    order = await at_work(world)
    await do(world, "splitOrder", SECTION_HEAD, order, postId=DEPARTMENT, task="修路面")
    await do(world, "requestAssistance", SECTION_HEAD, order, postId=COMMITTEE, task="疏导")

    assert await do(world, "recallOrder", DESK_OFFICER, order, reason="重复") == "RECALLED"

    parent = await now_is(world, order)
    (known,) = parent.children
    child = await now_is(world, known.id)
    assert (known.open, child.state) == (False, OrderState.RECALLED)
    assert all(clock.stopped_at for _, clock in parent.all_clocks())


async def test_a_reply_and_a_split_that_cross_do_not_both_happen(world: World) -> None:
    order = await at_work(world)

    first, second = await asyncio.gather(
        world.do("submitOrder", SECTION_HEAD, workOrderId=order.id, reply="已清运", evidence=[PHOTO]),
        world.do("splitOrder", SECTION_HEAD, workOrderId=order.id, postId=DEPARTMENT, task="修路面"),
    )

    order = await now_is(world, order)
    assert (first["workOrder"] is None) is not (second["workOrder"] is None)
    assert (order.state is OrderState.SUBMITTED) is not any(child.open for child in order.children)


async def test_the_head_of_a_committee_may_be_called_in_by_the_centre(world: World) -> None:
    order = await at_work(world)
    await do(world, "requestAssistance", DESK_OFFICER, order, postId=COMMITTEE, task="疏导")
    (help_,) = (await now_is(world, order)).assisting

    await do(world, "acceptAssistance", COMMITTEE_HEAD, order, assistanceId=help_.id)
    assert await no(world, "acceptAssistance", COMMITTEE_HEAD, order, assistanceId=help_.id) == "UNKNOWN_ASSISTANCE"
    rate = {"assistanceId": help_.id, "mark": 9}
    assert await no(world, "rateAssistance", SECTION_HEAD, order, **rate) == "UNKNOWN_ASSISTANCE"
    await do(world, "finishAssistance", COMMITTEE_HEAD, order, assistanceId=help_.id, note="已疏导")
    assert await no(world, "rateAssistance", SECTION_HEAD, order, **rate) == "INVALID_INPUT"
    assert (await now_is(world, order)).lead_post != DESK
