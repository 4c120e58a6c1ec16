"""One way to order anything (R-31), and what happens when two things happen at once."""

import asyncio
from typing import Any

import pytest

from services.routing.errors.work_order import AlreadyOrdered
from services.routing.model.order.work_order import OrderState, SourceKind
from services.routing.store.work_order import WORK_ORDERS
from tests.refusals import said
from tests.routing.district import DEPARTMENT, GRID_1, OTHER_SECTION, SECTION
from tests.routing.order_world import PHOTO, do, no, now_is, opened, seen
from tests.routing.world import DESK_OFFICER, OTHER_SECTION_HEAD, RESIDENT, SECTION_HEAD, World

REPLY: dict[str, Any] = {"reply": "已排查", "evidence": [PHOTO]}
DRAFT = (
    "mutation($input: DraftOrderInput!) "
    "{ draftOrder(input: $input) { workOrder { id state task } errors { code reason path } } }"
)


@pytest.mark.capability("R-31")
async def test_no_unit_is_ordered_twice_for_the_same_thing(world: World) -> None:
    first = await opened(world, SECTION)
    with pytest.raises(AlreadyOrdered):
        await opened(world, SECTION)
    second = await opened(world, OTHER_SECTION)

    assert {first.lead_unit, second.lead_unit} == {"unit_s1", "unit_s2"}
    await do(world, "returnOrder", OTHER_SECTION_HEAD, second, basis="不在本辖区")
    again = {"postId": SECTION}
    assert await no(world, "dispatchOrder", DESK_OFFICER, second, **again) == "ALREADY_ORDERED"


@pytest.mark.capability("R-31")
async def test_two_channels_that_order_the_same_at_once_make_one_order(world: World) -> None:
    done = await asyncio.gather(*(opened(world, SECTION) for _ in range(3)), return_exceptions=True)

    assert sum(not isinstance(one, BaseException) for one in done) == 1
    assert all(isinstance(one, AlreadyOrdered) for one in done if isinstance(one, BaseException))
    assert await world.mongo[WORK_ORDERS.collection.name].count_documents({}) == 1


async def test_an_order_of_a_campaign_ends_with_its_check_and_names_no_report(world: World) -> None:
    order = await opened(world, SECTION)
    for mutation in ("acceptOrder", "startOrder"):
        await do(world, mutation, SECTION_HEAD, order)
    await do(world, "submitOrder", SECTION_HEAD, order, **REPLY)

    assert await do(world, "verifyOrder", DESK_OFFICER, order, disposition="SOLVED", reason="属实") == "CLOSED"

    shown = await seen(world, order)
    assert (shown["source"], shown["report"], shown["firstTimeRight"]) == (
        {"kind": "CAMPAIGN", "id": "c_1"},
        None,
        True,
    )
    told = (await world.told("order"))[-1]["data"]
    assert '"reportId":""' in told
    assert '"sourceKind":"campaign"' in told
    assert (await opened(world, SECTION)).state is OrderState.DISPATCHED


async def test_a_draft_is_the_centres_until_it_is_sent_or_dropped(world: World) -> None:
    given = {
        "idempotencyKey": "k1",
        "sourceKind": "MEETING",
        "sourceId": "meeting_1",
        "postId": SECTION,
        "task": "联合整治占道",
        "areaId": GRID_1[-1],
    }
    payload = (await world.ask(DRAFT, DESK_OFFICER, input=given))["draftOrder"]
    draft = payload["workOrder"]
    assert (draft["state"], draft["task"]) == ("DRAFT", "联合整治占道")
    assert await seen(world, draft["id"], SECTION_HEAD) is None
    assert await no(world, "recallOrder", DESK_OFFICER, draft["id"], reason="x") == "ORDER_STATE_FORBIDS"

    assert await do(world, "dispatchOrder", DESK_OFFICER, draft["id"], postId=SECTION) == "DISPATCHED"
    assert await seen(world, draft["id"], SECTION_HEAD)
    refused = (await world.ask(DRAFT, DESK_OFFICER, input={**given, "idempotencyKey": "k2"}))["draftOrder"]
    assert refused["errors"] == [{"code": "ALREADY_ORDERED", "reason": None, "path": ["postId"]}]
    other = {**given, "idempotencyKey": "k3", "postId": DEPARTMENT}
    dropped = (await world.ask(DRAFT, DESK_OFFICER, input=other))["draftOrder"]["workOrder"]["id"]
    assert await do(world, "cancelOrder", DESK_OFFICER, dropped, reason="不再办理") == "CANCELLED"
    role = (await world.ask(DRAFT, SECTION_HEAD, input={**given, "idempotencyKey": "k4"}))["draftOrder"]
    assert [said(error) for error in role["errors"]] == ["NOT_ALLOWED ROLE"]


async def test_two_people_who_accept_at_once_make_one_acceptance(world: World) -> None:
    order = await world.dispatched()

    payloads = await asyncio.gather(*(world.do("acceptOrder", SECTION_HEAD, workOrderId=order.id) for _ in range(4)))

    assert sum(payload["workOrder"] is not None for payload in payloads) == 1
    assert {said(error) for payload in payloads for error in payload["errors"]} == {"ORDER_STATE_FORBIDS"}
    assert (await world.names_told()).count("order.accepted") == 1


async def test_a_return_and_an_acceptance_that_cross_leave_one_of_them(world: World) -> None:
    order = await world.dispatched()

    accepted, returned = await asyncio.gather(
        world.do("acceptOrder", SECTION_HEAD, workOrderId=order.id),
        world.do("returnOrder", SECTION_HEAD, workOrderId=order.id, basis="不属"),
    )

    state = (await now_is(world, order)).state
    assert (accepted["workOrder"] is None) is not (returned["workOrder"] is None)
    assert state is (OrderState.ACCEPTED if accepted["workOrder"] else OrderState.RETURNED)
    assert len(await world.names_told()) == 2


async def test_a_part_of_an_order_is_one_of_the_sources(world: World) -> None:
    order = await opened(world, SECTION, SourceKind.DIRECTIVE, "directive_1")

    assert (await seen(world, order))["source"] == {"kind": "DIRECTIVE", "id": "directive_1"}


BY_LEAD: list[tuple[str, dict[str, Any]]] = [
    ("acceptOrder", {}),
    ("returnOrder", {"basis": "不属"}),
    ("transferOrder", {"postId": DEPARTMENT, "reason": "转"}),
    ("departForOrder", {}),
    ("checkInToOrder", {}),
    ("startOrder", {}),
    ("reportBackOnOrder", {"text": "在办"}),
    ("submitOrder", REPLY),
    ("splitOrder", {"postId": DEPARTMENT, "task": "分"}),
    ("suspendOrder", {"awaited": "物业", "reason": "等", "until": "2026-11-25T00:00:00Z"}),
    ("askOrderExtension", {"hours": 1, "reason": "延"}),
]
BY_CENTRE: list[tuple[str, dict[str, Any]]] = [
    ("dispatchOrder", {"postId": DEPARTMENT}),
    ("referOrder", {}),
    ("ruleOrder", {"postId": DEPARTMENT, "question": "谁", "facts": "实", "basis": "据"}),
    ("deferOrder", {"reason": "挂", "ownerPostId": DEPARTMENT, "reviewAt": "2026-12-25T00:00:00Z"}),
    ("resumeOrder", {}),
    ("transferOrderUp", {"system": "市", "reference": "1", "reason": "上"}),
    ("trackOrderAbove", {"text": "催"}),
    ("answerOrderFromAbove", {"reply": "复"}),
    ("decideOrderExtension", {"granted": True}),
    ("requestAssistance", {"postId": DEPARTMENT, "task": "协"}),
    ("sendBackOrder", {"reason": "重"}),
    ("verifyOrder", {"disposition": "SOLVED", "reason": "好"}),
    ("recallOrder", {"reason": "撤"}),
    ("cancelOrder", {"reason": "消"}),
]


async def test_an_order_that_has_ended_refuses_every_command_and_stays_as_it_is(world: World) -> None:
    order = await world.dispatched()
    await do(world, "recallOrder", DESK_OFFICER, order, reason="派错")

    commands = [(SECTION_HEAD, *command) for command in BY_LEAD] + [(DESK_OFFICER, *command) for command in BY_CENTRE]
    for caller, mutation, given in commands:
        assert (mutation, await no(world, mutation, caller, order, **given)) == (mutation, "ORDER_STATE_FORBIDS")


async def test_what_is_the_leads_or_the_centres_is_refused_to_all_others(world: World) -> None:
    order = await world.dispatched()

    for mutation, given in BY_LEAD:
        assert await no(world, mutation, OTHER_SECTION_HEAD, order, **given) == "NOT_FOUND"
        assert await no(world, mutation, DESK_OFFICER, order, **given) == "NOT_ALLOWED NOT_YOURS"
    both = ("resumeOrder", "trackOrderAbove", "answerOrderFromAbove", "requestAssistance")
    for mutation, given in BY_CENTRE:
        assert await no(world, mutation, OTHER_SECTION_HEAD, order, **given) == "NOT_FOUND"
        if mutation not in both:
            assert await no(world, mutation, SECTION_HEAD, order, **given) == "NOT_ALLOWED ROLE"
        assert await no(world, mutation, RESIDENT, order, **given) == "NOT_ALLOWED ROLE"
