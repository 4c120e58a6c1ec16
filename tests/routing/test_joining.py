"""Reports about one asset, handled as one: the later order waits for the running one, and its caller is told and answered with it."""

import json
from typing import Any

import pytest

from services.chassis.identity import Caller
from services.routing.handlers.order.clock import step_order
from services.routing.model.order.work_order import OrderState, WorkOrder
from tests.routing.field_world import IN_GRID_1, done
from tests.routing.test_order_grades import sampling
from tests.routing.world import (
    ATTENDANT,
    DEPARTMENT_HEAD,
    DESK_OFFICER,
    OTHER_RESIDENT,
    RESIDENT,
    SECTION_HEAD,
    World,
)

LIFT: dict[str, Any] = {"code": "DT-1", "kind": "lift", "name": "1栋电梯", "ownerUnit": "unit_c1", **IN_GRID_1}
TEXT = "该电梯已有工单在办,将一并处理并答复您。"
SUGGESTED = """query($of: [_Any!]!) { _entities(representations: $of) { ... on Report { ordersToJoin { id } } } }"""
PHOTO = [{"kind": "PHOTO", "ref": "https://files.example/1.jpg"}]


async def two_orders(world: World, **second: Any) -> tuple[WorkOrder, WorkOrder]:
    """Two reports about one lift, of two residents."""
    lift = await done(world, "registerAsset", DESK_OFFICER, "asset { id }", **LIFT)
    one = await world.dispatched("report_1", **second)
    world.pass_time(hours=1)
    two = await world.dispatched("report_2", **{"caller_person": OTHER_RESIDENT.person, **second})
    for report in ("report_1", "report_2"):
        given = {"assetId": lift["id"], "reportId": report}
        await done(world, "attachReportToAsset", DESK_OFFICER, "asset { id }", **given)
    return one, two


async def joined(world: World, caller: Caller = SECTION_HEAD) -> tuple[WorkOrder, WorkOrder]:
    one, two = await two_orders(world)
    given = {"workOrderId": two.id, "runningOrderId": one.id, "text": TEXT}
    assert await world.done("joinOrder", caller, **given) == "JOINED"
    return one, two


async def answered(world: World, order: WorkOrder) -> None:
    for mutation in ("acceptOrder", "startOrder"):
        await world.done(mutation, SECTION_HEAD, workOrderId=order.id)
    await world.done("submitOrder", SECTION_HEAD, workOrderId=order.id, reply="电梯已修复", evidence=PHOTO)
    await world.done("verifyOrder", DESK_OFFICER, workOrderId=order.id, disposition="SOLVED", reason="现场已核实")


async def suggested(world: World, report: str, caller: Caller = DESK_OFFICER) -> list[str]:
    of = [{"__typename": "Report", "id": report}]
    return [order["id"] for order in (await world.ask(SUGGESTED, caller, of=of))["_entities"][0]["ordersToJoin"]]


async def told_of(world: World, report: str) -> list[str]:
    rows = [row for row in await world.told("order") if json.loads(row["data"])["reportId"] == report]
    return [row["type"].split(".")[3] for row in rows]


@pytest.mark.capability("R-41")
async def test_a_second_report_about_an_asset_is_handled_with_the_running_order_and_answered_with_it(
    world: World,
) -> None:
    one, two = await joined(world)
    seen = await world.ask(
        "query($id: ID!) { workOrder(id: $id) { progress { text } reply joinedTo { id } joinedOrders { id } } }",
        OTHER_RESIDENT,
        id=two.id,
    )
    assert seen["workOrder"]["progress"] == [{"text": TEXT}]
    assert (seen["workOrder"]["joinedTo"], seen["workOrder"]["joinedOrders"]) == (None, [])
    staff = "query($id: ID!) { workOrder(id: $id) { joinedTo { id } joinedOrders { id } } }"
    assert (await world.ask(staff, SECTION_HEAD, id=one.id))["workOrder"] == {
        "joinedTo": None,
        "joinedOrders": [{"id": two.id}],
    }
    assert (await world.ask(staff, SECTION_HEAD, id=two.id))["workOrder"]["joinedTo"] == {"id": one.id}

    await world.done("acceptOrder", SECTION_HEAD, workOrderId=one.id)
    await world.done("reportBackOnOrder", SECTION_HEAD, workOrderId=one.id, text="配件明日到货")
    await world.done("startOrder", SECTION_HEAD, workOrderId=one.id)
    await world.done("submitOrder", SECTION_HEAD, workOrderId=one.id, reply="电梯已修复", evidence=PHOTO)
    await world.done("verifyOrder", DESK_OFFICER, workOrderId=one.id, disposition="SOLVED", reason="现场已核实")

    after = await world.order("report_2")
    assert (after.state, after.reply, after.verification and after.verification.disposition) == (
        OrderState.VERIFIED,
        "电梯已修复",
        "solved",
    )
    assert await told_of(world, "report_2") == ["dispatched", "joined", "reported", "verified"]
    assert (await told_of(world, "report_1"))[1] == "took_in"
    asked = await world.ask("query($id: ID!) { workOrder(id: $id) { reply } }", OTHER_RESIDENT, id=two.id)
    assert asked["workOrder"]["reply"] == "电梯已修复"


@pytest.mark.capability("R-41", "R-11")
async def test_each_caller_has_a_verdict_of_its_own(world: World) -> None:
    one, two = await joined(world)
    await answered(world, one)

    await world.confirm("report_1")
    assert [(await world.order(report)).state for report in ("report_1", "report_2")] == [
        OrderState.CLOSED,
        OrderState.VERIFIED,
    ]
    await world.reopen("report_2")
    assert [(await world.order(report)).state for report in ("report_1", "report_2")] == [
        OrderState.CLOSED,
        OrderState.REWORK,
    ]
    assert await world.done("startOrder", SECTION_HEAD, workOrderId=two.id) == "WORKING"


@pytest.mark.capability("R-41", "R-09")
async def test_what_fails_a_check_afterwards_is_worked_on_again_for_every_caller_it_answered(world: World) -> None:
    sampling(world, 1.0)
    one, two = await two_orders(world, track="self_governed")
    given = {"workOrderId": two.id, "runningOrderId": one.id, "text": TEXT}
    await world.done("joinOrder", SECTION_HEAD, **given)
    await world.done("acceptOrder", SECTION_HEAD, workOrderId=one.id)
    await world.done("startOrder", SECTION_HEAD, workOrderId=one.id)
    verdict = {"disposition": "SOLVED", "reason": "当场修复"}
    reply = {"workOrderId": one.id, "reply": "电梯已修复", "evidence": PHOTO}
    assert await world.done("submitOrder", SECTION_HEAD, **reply, result=verdict) == "VERIFIED"
    await world.confirm("report_2")
    assert (await world.order("report_2")).state is OrderState.CLOSED

    look = {"workOrderId": one.id, "passed": False, "note": "电梯仍停运"}
    assert await world.done("checkOrderSample", DESK_OFFICER, **look) == "REWORK"

    assert (await world.order("report_2")).state is OrderState.JOINED
    assert (await told_of(world, "report_2"))[-1] == "reworked"
    await world.done("startOrder", SECTION_HEAD, workOrderId=one.id)
    await world.done("submitOrder", SECTION_HEAD, **{**reply, "reply": "已更换主板"})
    await world.done("verifyOrder", DESK_OFFICER, workOrderId=one.id, disposition="SOLVED", reason="现场已核实")
    again = await world.order("report_2")
    assert (again.state, again.reply) == (OrderState.VERIFIED, "已更换主板")


@pytest.mark.capability("R-41")
async def test_staff_see_on_a_report_which_running_order_it_repeats(world: World) -> None:
    one, two = await two_orders(world)

    assert await suggested(world, "report_2") == [one.id]
    assert await suggested(world, "report_1") == []
    assert await suggested(world, "report_2", OTHER_RESIDENT) == []

    given = {"workOrderId": two.id, "runningOrderId": one.id, "text": TEXT}
    await world.done("joinOrder", DESK_OFFICER, **given)
    assert await suggested(world, "report_2") == []


@pytest.mark.capability("R-41")
async def test_what_is_joined_wrongly_is_parted_and_sent_to_its_lead_anew(world: World) -> None:
    one, two = await joined(world)
    world.pass_time(hours=10)

    assert await world.done("partOrder", SECTION_HEAD, workOrderId=two.id, reason="并非同一故障") == "DISPATCHED"

    after = await world.order("report_2")
    assert after.accept_by > world.now
    assert after.resolve_by > two.resolve_by  # the time it was joined does not count
    assert (await told_of(world, "report_2"))[-2:] == ["parted", "dispatched"]
    await answered(world, one)
    assert (await world.order("report_2")).state is OrderState.DISPATCHED


@pytest.mark.capability("R-41")
async def test_an_order_whose_running_order_is_taken_back_goes_on_by_itself(world: World) -> None:
    one, two = await joined(world)

    await world.done("recallOrder", DESK_OFFICER, workOrderId=one.id, reason="派错了")

    after = await world.order("report_2")
    assert (after.state, after.lead_post) == (OrderState.DISPATCHED, two.lead_post)
    await answered(world, after)


async def test_a_caller_who_withdraws_is_out_and_the_running_order_goes_on(world: World) -> None:
    one, two = await joined(world)
    await world.done("recallOrder", DESK_OFFICER, workOrderId=two.id, reason="诉求人撤回")

    await answered(world, one)

    assert (await world.order("report_2")).state is OrderState.RECALLED


async def test_no_clock_of_a_joined_order_climbs(world: World) -> None:
    _, two = await joined(world)
    world.pass_time(days=10)

    await step_order(world.store, world.directory, two.id)

    assert [row for row in await world.told("clock", "escalation") if two.id in row["data"]] == []
    assert (await world.order("report_2")).state is OrderState.JOINED


async def test_only_the_same_asset_and_category_is_one_matter_and_only_who_leads_both_says_so(world: World) -> None:
    one, two = await two_orders(world)
    other = await world.dispatched("report_3")
    waste = await world.dispatched("report_4", category="other", category_path=["other"])
    lift = (await world.ask("{ assets { nodes { id } } }"))["assets"]["nodes"][0]["id"]
    given = {"assetId": lift, "reportId": "report_4"}
    await done(world, "attachReportToAsset", DESK_OFFICER, "asset { id }", **given)

    async def refused(caller: Caller, order: str, running: str, text: str = TEXT) -> str:
        return await world.refused("joinOrder", caller, workOrderId=order, runningOrderId=running, text=text)

    assert await refused(DESK_OFFICER, other.id, one.id) == "NOT_THE_SAME_MATTER"
    assert await refused(DESK_OFFICER, waste.id, one.id) == "NOT_THE_SAME_MATTER"
    assert await refused(DESK_OFFICER, one.id, one.id) == "NOT_THE_SAME_MATTER"
    assert await refused(DESK_OFFICER, two.id, "order_none") == "NOT_FOUND"
    assert await refused(DEPARTMENT_HEAD, two.id, one.id) == "NOT_FOUND"
    assert await refused(ATTENDANT, two.id, one.id) == "NOT_ALLOWED ROLE"
    assert await refused(RESIDENT, one.id, two.id) == "NOT_ALLOWED ROLE"
    assert await refused(DESK_OFFICER, two.id, one.id, " ") == "TEXT_MISSING"
    await world.done("joinOrder", DESK_OFFICER, workOrderId=two.id, runningOrderId=one.id, text=TEXT)
    assert await refused(DESK_OFFICER, one.id, two.id) == "ORDER_STATE_FORBIDS"
    assert await refused(DESK_OFFICER, two.id, one.id) == "ORDER_STATE_FORBIDS"
