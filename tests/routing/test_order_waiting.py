"""More time and other hands: suspension within its budget, the watch list, the way up, extensions by rank."""

from datetime import timedelta
from typing import Any

import pytest

from services.routing.model.order.work_order import OrderState
from tests.routing.district import DEPARTMENT
from tests.routing.order_world import COMMITTEE_HEAD, DISTRICT_LEADER, at_work, do, in_, no, now_is, seen, tick
from tests.routing.world import DEPARTMENT_HEAD, DESK_OFFICER, RESIDENT, SECTION_HEAD, World

WAIT = {"awaited": "物业公司", "reason": "等待移车"}


async def test_suspensions_have_a_budget_for_the_orders_whole_life(world: World) -> None:
    order = await at_work(world)
    too_long = in_(world, days=31)
    assert await no(world, "suspendOrder", SECTION_HEAD, order, **WAIT, until=too_long) == "WAIT_TOO_LONG"
    assert await no(world, "suspendOrder", SECTION_HEAD, order, **WAIT, until=in_(world, days=-1)) == "WAIT_NOT_AHEAD"

    await do(world, "suspendOrder", SECTION_HEAD, order, **WAIT, until=in_(world, days=20))
    world.pass_time(days=20)
    await tick(world, order)

    assert await no(world, "suspendOrder", SECTION_HEAD, order, **WAIT, until=in_(world, days=11)) == "WAIT_TOO_LONG"
    assert await do(world, "suspendOrder", SECTION_HEAD, order, **WAIT, until=in_(world, days=9)) == "SUSPENDED"
    assert await do(world, "resumeOrder", SECTION_HEAD, order) == "WORKING"


async def test_a_deferred_matter_has_an_owner_and_a_date_and_stays_public_to_its_caller(world: World) -> None:
    order = await at_work(world)
    review = in_(world, days=90)
    given = {"reason": "待转运站改造", "ownerPostId": DEPARTMENT, "reviewAt": review}
    assert await no(world, "deferOrder", SECTION_HEAD, order, **given) == "NOT_ALLOWED ROLE"
    beyond = {**given, "reviewAt": in_(world, days=181)}
    assert await no(world, "deferOrder", DESK_OFFICER, order, **beyond) == "WAIT_TOO_LONG"

    assert await do(world, "deferOrder", DESK_OFFICER, order, **given) == "DEFERRED"

    shown = await seen(world, order, RESIDENT)
    assert (shown["state"], shown["deferral"]["owner"], shown["deferral"]["reason"]) == (
        "DEFERRED",
        {"id": "unit_dept"},
        None,
    )
    assert await seen(world, order, DEPARTMENT_HEAD)
    order = await tick(world, order, world.now + timedelta(days=90))
    assert order.state is OrderState.WORKING
    assert order.deferrals[0].reviewed_at == world.now
    assert await seen(world, order, DEPARTMENT_HEAD) is None


@pytest.mark.capability("R-29")
async def test_what_the_street_cannot_settle_goes_up_is_tracked_and_its_answer_is_checked(world: World) -> None:
    order = await at_work(world)
    up: dict[str, Any] = {"system": "市城管局", "reference": "SCG-1107", "reason": "超出街道职权"}
    assert await no(world, "transferOrderUp", SECTION_HEAD, order, **up) == "NOT_ALLOWED ROLE"
    left = order.resolve_by - world.now

    assert await do(world, "transferOrderUp", DESK_OFFICER, order, **up) == "TRANSFERRED_UP"
    world.pass_time(days=5)
    await do(world, "trackOrderAbove", SECTION_HEAD, order, text="市局已立项")
    assert await do(world, "answerOrderFromAbove", DESK_OFFICER, order, reply="已列入年度改造计划") == "SUBMITTED"

    shown = await seen(world, order)
    assert shown["upward"] == [
        {
            "system": "市城管局",
            "reference": "SCG-1107",
            "answeredAt": world.now.isoformat(),
            "tracking": [{"text": "市局已立项"}],
        }
    ]
    assert (await now_is(world, order)).resolve_by == world.now + left
    verdict = {"disposition": "PARTLY_SOLVED", "reason": "已立项"}
    assert await do(world, "verifyOrder", DESK_OFFICER, order, **verdict) == "VERIFIED"
    assert (await seen(world, order, RESIDENT))["reply"] == "已列入年度改造计划"


async def test_more_time_is_given_by_rank_counted_and_told_to_the_caller(world: World) -> None:
    order = await at_work(world)
    before = order.resolve_by
    assert await do(world, "askOrderExtension", SECTION_HEAD, order, hours=20, reason="连日降雨") == "WORKING"
    again = {"hours": 1, "reason": "再延"}
    assert await no(world, "askOrderExtension", SECTION_HEAD, order, **again) == "EXTENSION_PENDING"
    (asked,) = (await seen(world, order))["extensions"]
    assert asked["askedPost"] == {"id": DEPARTMENT}
    assert await no(world, "decideOrderExtension", SECTION_HEAD, order, granted=True) == "NOT_ALLOWED ROLE"
    assert await no(world, "decideOrderExtension", COMMITTEE_HEAD, order, granted=True) == "NOT_FOUND"

    await do(world, "decideOrderExtension", DEPARTMENT_HEAD, order, granted=True)

    shown = await seen(world, order, RESIDENT)
    assert shown["extensions"] == [{"seconds": 72000, "granted": True, "reason": None, "askedPost": None}]
    assert (await now_is(world, order)).resolve_by == before + timedelta(hours=20)


async def test_nobody_gives_more_time_than_their_rank_may_and_only_so_often(world: World) -> None:
    order = await at_work(world)
    await do(world, "askOrderExtension", SECTION_HEAD, order, hours=60, reason="大修")
    (asked,) = (await seen(world, order))["extensions"]
    assert asked["askedPost"] == {"id": "post_desk"}
    assert await no(world, "decideOrderExtension", DEPARTMENT_HEAD, order, granted=True) == "NOT_FOUND"
    await do(world, "decideOrderExtension", DESK_OFFICER, order, granted=True)
    await do(world, "askOrderExtension", SECTION_HEAD, order, hours=1, reason="再延")
    await do(world, "decideOrderExtension", DESK_OFFICER, order, granted=True)

    assert await no(world, "decideOrderExtension", DESK_OFFICER, order, granted=True) == "NO_EXTENSION_ASKED"
    more = {"hours": 1, "reason": "三延"}
    assert await no(world, "askOrderExtension", SECTION_HEAD, order, **more) == "EXTENSION_LIMIT_REACHED"
    assert await no(world, "askOrderExtension", SECTION_HEAD, order, hours=-1, reason="倒退") == "WAIT_NOT_AHEAD"


async def test_a_request_beyond_every_rank_is_refused_by_the_centre_with_its_reason(world: World) -> None:
    order = await at_work(world)
    await do(world, "askOrderExtension", SECTION_HEAD, order, hours=500, reason="等明年")

    assert await no(world, "decideOrderExtension", DESK_OFFICER, order, granted=True) == "NOT_ALLOWED RANK"
    await do(world, "decideOrderExtension", DESK_OFFICER, order, granted=False, answer="请申请挂账")
    assert (await now_is(world, order)).resolve.extended == timedelta()
    assert await seen(world, order, DISTRICT_LEADER) is None
