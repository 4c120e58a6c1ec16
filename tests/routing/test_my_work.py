"""What waits for a post beside what it leads: each kind is listed while it is owed, to whom it is owed, and not a moment longer."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.chassis.identity import Caller
from services.routing.graphql.context import Context
from services.routing.graphql.schema import schema
from services.routing.store.duty import DUTIES
from tests.routing.directive_world import Desk
from tests.routing.district import COMMITTEE, DEPARTMENT, GRID_1, SECTION, UNIT_OF
from tests.routing.field_world import PHOTO, done
from tests.routing.order_world import COMMITTEE_HEAD, at_work, do, now_is, tick
from tests.routing.world import (
    DEPARTMENT_HEAD,
    DESK_OFFICER,
    OTHER_SECTION_HEAD,
    RESIDENT,
    SECTION_HEAD,
    STREET_2_CENTRE,
    World,
)

WORK = """query($first: Int!, $after: String) { myWork(first: $first, after: $after) {
  nodes { kind dueAt overdue subject {
    ... on WorkOrder { id } ... on KeyTask { id } ... on FirstAgendaItem { id } ... on RedLine { id }
    ... on Custody { id } ... on Hazard { id }
  } }
  pageInfo { hasNextPage endCursor }
} }"""
Item = tuple[str, str]


async def page(world: World, caller: Caller, first: int = 100, after: str | None = None) -> Any:
    return (await world.ask(WORK, caller, first=first, after=after))["myWork"]


async def owed(world: World, caller: Caller, *kinds: str) -> list[Item]:
    """What waits for a caller, as kind and id, due soonest first."""
    nodes = (await page(world, caller))["nodes"]
    return [(node["kind"], node["subject"]["id"]) for node in nodes if node["kind"] in kinds]


async def due(world: World, caller: Caller, kind: str) -> datetime:
    (node,) = [node for node in (await page(world, caller))["nodes"] if node["kind"] == kind]
    return datetime.fromisoformat(node["dueAt"])


@pytest.mark.capability("R-05")
async def test_help_is_owed_by_the_assisting_post_until_it_has_finished(world: World) -> None:
    order = await at_work(world)
    await do(world, "requestAssistance", SECTION_HEAD, order, postId=DEPARTMENT, task="检测燃气", withinHours=5)
    aid = (await now_is(world, order)).assisting[0]
    assert await owed(world, DEPARTMENT_HEAD, "ASSIST") == [("ASSIST", order.id)]
    assert await due(world, DEPARTMENT_HEAD, "ASSIST") == aid.accept_by
    assert await owed(world, SECTION_HEAD, "ASSIST", "LEAD") == [("LEAD", order.id)]

    await do(world, "acceptAssistance", DEPARTMENT_HEAD, order, assistanceId=aid.id)
    assert await due(world, DEPARTMENT_HEAD, "ASSIST") == aid.finish.due_at
    world.pass_time(hours=6)
    assert [node["overdue"] for node in (await page(world, DEPARTMENT_HEAD))["nodes"]] == [True]
    await do(world, "finishAssistance", DEPARTMENT_HEAD, order, assistanceId=aid.id, note="已检测")

    assert await owed(world, DEPARTMENT_HEAD, "ASSIST", "LEAD") == []
    assert await world.mongo[DUTIES.name].count_documents({}) == 0


async def test_help_that_is_not_needed_and_help_for_an_order_that_ends_is_owed_no_more(world: World) -> None:
    first, second = await at_work(world), await at_work(world, "report_2")
    for order in (first, second):
        await do(world, "requestAssistance", SECTION_HEAD, order, postId=DEPARTMENT, task="检测燃气")
    assert len(await owed(world, DEPARTMENT_HEAD, "ASSIST")) == 2

    aid = (await now_is(world, first)).assisting[0]
    await do(world, "releaseAssistance", SECTION_HEAD, first, assistanceId=aid.id, reason="不需要")
    await do(world, "recallOrder", DESK_OFFICER, second, reason="重复")

    assert await owed(world, DEPARTMENT_HEAD, "ASSIST") == []


@pytest.mark.capability("R-09")
async def test_a_reply_waits_for_the_post_named_to_check_it_else_for_the_centre_of_the_place(world: World) -> None:
    order = await world.submitted()
    verifier = order.verifier_post
    named = Caller(person="person_v", roles=frozenset({"handler"}), post=verifier, unit="unit_v", area="d1")
    critical = await world.submitted("report_2", track="jointly_managed")
    assert verifier is not None
    assert critical.verifier_post is None

    assert await owed(world, named, "VERIFY") == [("VERIFY", order.id)]
    assert await owed(world, DESK_OFFICER, "VERIFY") == [("VERIFY", critical.id)]
    assert await owed(world, STREET_2_CENTRE, "VERIFY") == []
    assert await owed(world, SECTION_HEAD, "VERIFY", "LEAD") == []

    await do(world, "sendBackOrder", DESK_OFFICER, critical, reason="照片不清")
    assert await owed(world, DESK_OFFICER, "VERIFY") == []
    await do(world, "verifyOrder", DESK_OFFICER, order, disposition="SOLVED", reason="已核实")
    assert await owed(world, named, "VERIFY") == []


@pytest.mark.capability("R-29")
async def test_a_wish_for_more_time_waits_for_who_may_grant_it(world: World) -> None:
    order = await at_work(world)
    await do(world, "askOrderExtension", SECTION_HEAD, order, hours=20, reason="等待材料")
    asked = (await now_is(world, order)).extensions[-1].asked_post
    assert asked == DEPARTMENT

    assert await owed(world, DEPARTMENT_HEAD, "DECIDE_EXTENSION") == [("DECIDE_EXTENSION", order.id)]
    assert await due(world, DEPARTMENT_HEAD, "DECIDE_EXTENSION") == (await now_is(world, order)).resolve_by
    await do(world, "decideOrderExtension", DEPARTMENT_HEAD, order, granted=True)

    assert await owed(world, DEPARTMENT_HEAD, "DECIDE_EXTENSION") == []


async def test_a_ruling_waits_for_the_centre_of_the_place_until_the_fallback_owner_has_it(world: World) -> None:
    order = await world.dispatched()
    await do(world, "returnOrder", SECTION_HEAD, order, basis="职责清单第3项")
    await do(world, "referOrder", DESK_OFFICER, order)
    case = (await now_is(world, order)).adjudications[-1]

    assert await owed(world, DESK_OFFICER, "ADJUDICATE") == [("ADJUDICATE", order.id)]
    assert await due(world, DESK_OFFICER, "ADJUDICATE") == case.due_at
    for stranger in (STREET_2_CENTRE, SECTION_HEAD, RESIDENT):
        assert await owed(world, stranger, "ADJUDICATE") == []
    await tick(world, order, case.due_at)

    assert await owed(world, DESK_OFFICER, "ADJUDICATE") == []


@pytest.mark.capability("R-13")
async def test_a_key_task_waits_to_be_acknowledged_then_for_reports_on_each_part(world: World) -> None:
    desk = Desk(world)
    draft = await desk.done("draftKeyTask", **desk.task())
    assert await owed(world, SECTION_HEAD, "ACKNOWLEDGE") == []
    task = await desk.done("issueDirective", directiveId=draft["id"])
    assert await owed(world, SECTION_HEAD, "ACKNOWLEDGE") == [("ACKNOWLEDGE", task["id"])]

    await desk.done("acknowledgeDirective", SECTION_HEAD, directiveId=task["id"])
    assert await owed(world, SECTION_HEAD, "ACKNOWLEDGE", "REPORT_PROGRESS") == []
    assert await owed(world, COMMITTEE_HEAD, "ACKNOWLEDGE") == [("ACKNOWLEDGE", task["id"])]
    task = await desk.done("acknowledgeDirective", COMMITTEE_HEAD, directiveId=task["id"])
    assert await owed(world, COMMITTEE_HEAD, "ACKNOWLEDGE") == []
    assert await due(world, SECTION_HEAD, "REPORT_PROGRESS") == world.now + timedelta(days=2)

    index = next(i for i, part in enumerate(task["parts"]) if part["post"]["id"] == SECTION)
    await desk.report(SECTION_HEAD, task, 100, index)

    assert await owed(world, SECTION_HEAD, "REPORT_PROGRESS") == []
    assert await owed(world, COMMITTEE_HEAD, "REPORT_PROGRESS") == [("REPORT_PROGRESS", task["id"])]
    await desk.done("revokeKeyTask", directiveId=task["id"], reason="撤销")
    assert await owed(world, COMMITTEE_HEAD, "REPORT_PROGRESS") == []


async def test_what_a_study_led_to_waits_for_the_post_it_was_given_to(world: World) -> None:
    desk = Desk(world)
    ahead = (world.now + timedelta(days=7)).isoformat()
    item = await desk.done("draftFirstAgenda", heading=desk.heading(SECTION), dueAt=ahead)
    given = {"directiveId": item["id"]}
    await desk.done("issueDirective", **given)
    meeting = {"meetingAt": (world.now + timedelta(days=1)).isoformat(), "place": "二楼会议室"}
    await desk.done("scheduleFirstAgenda", SECTION_HEAD, **given, **meeting)
    world.pass_time(days=1)
    there = [{"postId": SECTION, "present": True}]
    await desk.done("studyFirstAgenda", SECTION_HEAD, **given, minutes="学习了文件精神", attendance=there)
    task = {"text": "排查隐患", "postId": COMMITTEE, "dueAt": ahead}
    followed = await desk.done("followUpFirstAgenda", SECTION_HEAD, **given, followUps=[task])
    assert await owed(world, COMMITTEE_HEAD, "FOLLOW_UP") == [("FOLLOW_UP", item["id"])]

    done_with = {"followUpId": followed["followUps"][0]["id"], "result": "已排查"}
    await desk.done("completeFollowUp", COMMITTEE_HEAD, **given, **done_with)

    assert await owed(world, COMMITTEE_HEAD, "FOLLOW_UP") == []


async def test_a_red_line_waits_to_be_attested_in_each_period(world: World) -> None:
    desk = Desk(world)
    line = await desk.done("draftRedLine", heading=desk.heading(), rhythm="MONTH")
    await desk.done("issueDirective", directiveId=line["id"])
    assert await owed(world, SECTION_HEAD, "ATTEST") == [("ATTEST", line["id"])]

    await desk.done("attestRedLine", SECTION_HEAD, directiveId=line["id"], period="2026-11")

    assert await owed(world, SECTION_HEAD, "ATTEST") == []
    assert await owed(world, COMMITTEE_HEAD, "ATTEST") == [("ATTEST", line["id"])]
    world.pass_time(days=20)
    await desk.let_clock_act()
    assert len(await owed(world, COMMITTEE_HEAD, "ATTEST")) == 2
    assert len(await owed(world, SECTION_HEAD, "ATTEST")) == 1
    await desk.done("liftRedLine", directiveId=line["id"], reason="解除")
    assert await owed(world, COMMITTEE_HEAD, "ATTEST") == []


@pytest.mark.capability("R-43")
async def test_an_offer_of_custody_waits_for_the_post_it_is_made_to(world: World) -> None:
    given = {"subject": "THING", "reference": "WP-1", "areaId": GRID_1[-1]}
    custody = await done(world, "beginCustody", COMMITTEE_HEAD, "custody { id }", **given)
    of = {"custodyId": custody["id"]}
    offer = {**of, "postId": SECTION}
    await done(world, "offerCustody", COMMITTEE_HEAD, "custody { id }", **offer)
    assert await owed(world, SECTION_HEAD, "TAKE_OVER") == [("TAKE_OVER", custody["id"])]
    assert await due(world, SECTION_HEAD, "TAKE_OVER") == world.now + timedelta(minutes=30)

    await done(world, "withdrawCustodyOffer", COMMITTEE_HEAD, "custody { id }", **of)
    assert await owed(world, SECTION_HEAD, "TAKE_OVER") == []
    await done(world, "offerCustody", COMMITTEE_HEAD, "custody { id }", **offer)
    await done(world, "acceptCustody", SECTION_HEAD, "custody { id }", **of)

    assert await owed(world, SECTION_HEAD, "TAKE_OVER") == []


@pytest.mark.capability("R-27")
async def test_a_hazard_waits_for_its_unit_until_it_is_rectified_and_again_when_it_is_not(world: World) -> None:
    hazard = await done(
        *(world, "reportHazard", COMMITTEE_HEAD, "hazard { id }"),
        description="燃气软管老化",
        severity="SERIOUS",
        unitId=UNIT_OF[SECTION],
        dueAt=(world.now + timedelta(days=3)).isoformat(),
        areaId=GRID_1[-1],
    )
    of = {"hazardId": hazard["id"]}
    assert await owed(world, SECTION_HEAD, "RECTIFY") == [("RECTIFY", hazard["id"])]
    assert await owed(world, OTHER_SECTION_HEAD, "RECTIFY") == []

    await done(world, "startRectification", SECTION_HEAD, "hazard { id }", **of)
    await done(world, "submitRectification", SECTION_HEAD, "hazard { id }", **of, note="已更换", evidence=PHOTO)
    assert await owed(world, SECTION_HEAD, "RECTIFY") == []
    await done(world, "recheckHazard", COMMITTEE_HEAD, "hazard { id }", **of, passed=False, note="仍漏气")

    assert await owed(world, SECTION_HEAD, "RECTIFY") == [("RECTIFY", hazard["id"])]


async def test_pages_go_on_across_kinds_and_nothing_is_twice_or_left_out(world: World) -> None:
    desk = Desk(world)
    for number in range(3):
        order = await at_work(world, f"report_{number}")
        await do(world, "requestAssistance", SECTION_HEAD, order, postId=COMMITTEE, task=f"协助{number}")
        world.pass_time(minutes=7)
    await desk.issued_task()
    line = await desk.done("draftRedLine", heading=desk.heading(), rhythm="YEAR")
    await desk.done("issueDirective", directiveId=line["id"])
    whole = (await page(world, COMMITTEE_HEAD))["nodes"]
    assert [node["kind"] for node in whole] == ["ASSIST", "ASSIST", "ASSIST", "ACKNOWLEDGE", "ATTEST"]
    assert [node["dueAt"] for node in whole] == sorted(node["dueAt"] for node in whole)

    walked: list[Any] = []
    after, more = None, True
    while more:
        part = await page(world, COMMITTEE_HEAD, first=1, after=after)
        walked += part["nodes"]
        after, more = part["pageInfo"]["endCursor"], part["pageInfo"]["hasNextPage"]

    assert walked == whole


async def test_every_list_of_duties_is_read_by_an_index(world: World) -> None:
    for whose in ("post", "unit", "centre"):
        found = world.mongo[DUTIES.name].find({whose: "x"}).sort([("due_at", 1), ("_id", 1)]).limit(5)
        plan = str((await found.explain())["queryPlanner"]["winningPlan"])
        assert "IXSCAN" in plan
        assert "SORT" not in plan


async def test_my_work_is_told_anew_when_something_is_put_on_it_or_done(world: World) -> None:
    document = "subscription { myWorkChanged { nodes { kind } } }"
    context = Context(DEPARTMENT_HEAD, "en", world.store, world.directory, world.service.live)
    stream: Any = await schema.subscribe(document, context_value=context)

    async def kinds() -> list[str]:
        answer = await anext(stream)
        assert not answer.errors
        return [node["kind"] for node in answer.data["myWorkChanged"]["nodes"]]

    async with asyncio.timeout(60):
        assert await kinds() == []
        order = await at_work(world)
        await do(world, "requestAssistance", SECTION_HEAD, order, postId=DEPARTMENT, task="检测燃气")
        assert await kinds() == ["ASSIST"]
        aid = (await now_is(world, order)).assisting[0]
        await do(world, "finishAssistance", DEPARTMENT_HEAD, order, assistanceId=aid.id, note="已检测")
        while await kinds():
            pass
    await stream.aclose()
