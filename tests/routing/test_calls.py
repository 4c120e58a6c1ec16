"""Calls of organs at the GraphQL edge: four rungs, raised calls, ratings the rated cannot see, ladders that run by themselves."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from services.chassis.identity import Caller
from services.routing.consumers import ReportWithdrawn
from services.routing.graphql.context import Context
from services.routing.graphql.schema import schema
from services.routing.handlers.ladder import call as handlers
from services.routing.model.ladder.call import Call, CallState
from services.routing.store.call import CALLS
from services.routing.views.call import CALL_ROWS, call_list, owed_list
from tests.routing.district import COMMITTEE, DEPARTMENT, DESK, GRID_1, SECTION
from tests.routing.ladder_world import COMMITTEE_HEAD, act, notices, stored, to_next_step, told, told_rows
from tests.routing.world import (
    ATTENDANT,
    DEPARTMENT_HEAD,
    DESK_OFFICER,
    OTHER_SECTION_HEAD,
    RESIDENT,
    SECTION_HEAD,
    World,
)

CALL = """
fragment all on Call {
  id number level state report { id } callerPost { id } callerUnit { id } dueAt closedAt
  rungs { level post { id } respondBy overdue automatic reason answer answeredAt answeredBy releasedAt }
  responseRating { mark text } resultRating { mark }
  escalations { state owners { post { id } byHand releasedAt } occasions { trigger } }
}
"""


async def called(world: World, level: str = "grid", caller: Caller = ATTENDANT, **facts: Any) -> Call:
    """A report that an organ has entered as a call."""
    values = {
        "kind": "call",
        "call_level": level,
        "caller_post": caller.post,
        "caller_unit": caller.unit,
        "caller_person": caller.person,
        "received_at": world.now,
        **facts,
    }
    await world.triage(**values)
    return await the_call(world)


async def the_call(world: World, report_id: str = "report_1") -> Call:
    row = await world.mongo[CALL_ROWS].find_one({"report_id": report_id})
    assert row
    return CALLS.from_document(row)


async def seen(world: World, caller: Caller = DESK_OFFICER) -> Any:
    """The call of the report as a caller sees it."""
    query = (
        CALL
        + 'query { _entities(representations: [{__typename: "Report", id: "report_1"}]) { ... on Report { call { ...all } } } }'
    )
    (report,) = (await world.ask(query, caller))["_entities"]
    return report["call"]


async def do(world: World, mutation: str, caller: Caller, **given: Any) -> Any:
    if mutation != "callForReport":
        given = {"callId": (await the_call(world)).id, **given}
    return await act(world, mutation, caller, "call", **given)


async def overdue(world: World) -> None:
    """Let the clock of the call run out, as the timer sees it."""
    while (due := (await the_call(world)).next_step_at) is not None:
        world.now = max(world.now, due)
        await handlers.tick(world.store, world.directory, (await the_call(world)).id)


@pytest.mark.capability("R-01")
@pytest.mark.parametrize(
    ("level", "category", "post", "rung"),
    [
        ("grid", "env", COMMITTEE, "COMMUNITY"),
        ("community", "env", SECTION, "STREET"),
        ("street", "gas", DEPARTMENT, "DEPARTMENT"),
        ("elevated", "env", DESK, "DISTRICT"),
    ],
)
async def test_a_call_at_each_level_is_owed_an_answer_one_level_up(
    world: World, level: str, category: str, post: str, rung: str
) -> None:
    await called(world, level, category=category, category_path=[category])

    call = await seen(world)
    assert (call["level"], call["state"]) == (level.upper(), "CALLED")
    (first,) = call["rungs"]
    assert (first["post"]["id"], first["level"]) == (post, rung)
    assert first["respondBy"]
    assert (await world.order()).report_id == "report_1"
    (made,) = await told_rows(world, "call.made")
    assert f'"respondentPost":"{post}"' in made["data"]


@pytest.mark.capability("R-01")
async def test_an_answer_is_an_act_of_a_person_in_the_post_with_its_time(world: World) -> None:
    await called(world)
    assert [notice["kind"] for notice in await notices(world, COMMITTEE_HEAD)] == ["CALL"]
    mine = await world.ask("{ myCalls { nodes { id } } }", COMMITTEE_HEAD)
    assert len(mine["myCalls"]["nodes"]) == 1

    world.pass_time(minutes=5)
    assert await do(world, "answerCall", SECTION_HEAD, text="我来") == "NOT_FOUND"
    assert await do(world, "answerCall", ATTENDANT, text="我来") == "NOT_ALLOWED ROLE"
    assert await do(world, "answerCall", COMMITTEE_HEAD, text=" ") == "TEXT_MISSING"
    assert "id" in await do(world, "answerCall", COMMITTEE_HEAD, text="十分钟内到场")
    assert await do(world, "answerCall", COMMITTEE_HEAD, text="再次响应") == "NOT_CALLED"

    call = await seen(world, ATTENDANT)
    assert call["state"] == "ANSWERED"
    (rung,) = call["rungs"]
    assert (rung["answer"], rung["answeredBy"]) == ("十分钟内到场", COMMITTEE_HEAD.person)
    assert rung["answeredAt"] == world.now.isoformat()
    assert (await world.ask("{ myCalls { nodes { id } } }", COMMITTEE_HEAD))["myCalls"]["nodes"] == []
    assert await told(world, "call") == ["made", "answered"]


async def test_a_report_of_a_resident_is_no_call(world: World) -> None:
    await world.triage(call_level="public")
    assert await seen(world) is None
    await world.triage("report_2", call_level="grid")

    assert await world.mongo[CALL_ROWS].count_documents({}) == 0


async def test_a_call_triaged_again_keeps_its_rungs(world: World) -> None:
    first = await called(world)
    await called(world, category="gas", category_path=["gas"])

    assert (await the_call(world)).id == first.id
    assert await told(world, "call") == ["made"]


@pytest.mark.capability("R-01")
async def test_a_call_nobody_answers_climbs_by_itself_to_the_top_and_everybody_keeps_the_duty(world: World) -> None:
    await called(world)
    await overdue(world)

    (escalation,) = await stored(world, (await the_call(world)).id)
    for _ in range(4):
        await to_next_step(world, escalation.id)

    call = await seen(world)
    assert [(rung["post"]["id"], rung["automatic"]) for rung in call["rungs"]] == [
        (COMMITTEE, False),
        (SECTION, True),
        (DEPARTMENT, True),
        (DESK, True),
    ]
    assert call["rungs"][0]["overdue"]
    assert {rung["releasedAt"] for rung in call["rungs"]} == {None}
    (ladder,) = call["escalations"]
    assert ladder["state"] == "EXHAUSTED"
    assert await told(world, "call") == ["made", "warned", "overdue", "raised", "raised", "raised"]


async def test_an_answer_settles_the_ladder(world: World) -> None:
    await called(world)
    await overdue(world)

    await do(world, "answerCall", COMMITTEE_HEAD, text="马上到场")

    (ladder,) = (await seen(world))["escalations"]
    assert ladder["state"] == "SETTLED"
    assert (await seen(world))["rungs"][0]["overdue"]


@pytest.mark.capability("R-02")
async def test_a_raised_call_goes_past_the_next_rung_with_its_reason_and_the_lower_keeps_the_duty(
    world: World,
) -> None:
    await called(world)
    reason = "电力扩容超出社区权限"

    assert await do(world, "raiseCall", OTHER_SECTION_HEAD, reason=reason) == "NOT_FOUND"
    assert await do(world, "raiseCall", ATTENDANT, reason="") == "TEXT_MISSING"
    assert "id" in await do(world, "raiseCall", ATTENDANT, reason=reason)

    call = await seen(world, DEPARTMENT_HEAD)
    assert [(rung["level"], rung["post"]["id"], rung["reason"]) for rung in call["rungs"]] == [
        ("COMMUNITY", COMMITTEE, None),
        ("DEPARTMENT", DEPARTMENT, reason),
    ]
    (ladder,) = call["escalations"]
    assert ladder["occasions"] == [{"trigger": "RAISED_CALL"}]
    assert [(owner["post"]["id"], owner["byHand"]) for owner in ladder["owners"]] == [
        (COMMITTEE, False),
        (DEPARTMENT, True),
    ]
    assert [notice["kind"] for notice in await notices(world, DEPARTMENT_HEAD)] == ["OWNER"]

    await do(world, "answerCall", DEPARTMENT_HEAD, text="本周安排施工")
    mine = await world.ask("{ myCalls { nodes { id } } }", COMMITTEE_HEAD)
    assert len(mine["myCalls"]["nodes"]) == 1


@pytest.mark.capability("R-02")
async def test_a_call_is_raised_straight_to_a_leader_and_not_to_a_level_below(world: World) -> None:
    await called(world, "community", COMMITTEE_HEAD)

    assert await do(world, "raiseCall", COMMITTEE_HEAD, to="COMMUNITY", reason="降级") == "CALL_NOT_HIGHER"
    assert "id" in await do(world, "raiseCall", SECTION_HEAD, to="DISTRICT", reason="道路八百米未通,需区领导协调")
    assert await do(world, "raiseCall", SECTION_HEAD, reason="再提") == "CALL_NOT_HIGHER"

    assert [rung["post"]["id"] for rung in (await seen(world))["rungs"]] == [SECTION, DESK]


@pytest.mark.capability("R-02")
async def test_a_lower_post_is_released_by_a_higher_one_or_the_caller_and_not_by_itself(world: World) -> None:
    await called(world)
    await do(world, "raiseCall", ATTENDANT, reason="超出权限")
    release: dict[str, Any] = {"postId": COMMITTEE, "reason": "由部门负责"}

    assert await do(world, "releaseCalledPost", COMMITTEE_HEAD, **release) == "NOT_ALLOWED RANK"
    assert "id" in await do(world, "releaseCalledPost", DEPARTMENT_HEAD, **release)
    assert await do(world, "releaseCalledPost", DEPARTMENT_HEAD, **{**release, "postId": DEPARTMENT}) == "LAST_OWNER"

    call = await seen(world)
    assert [rung["releasedAt"] is None for rung in call["rungs"]] == [False, True]
    assert [owner["releasedAt"] is None for owner in call["escalations"][0]["owners"]] == [False, True]


@pytest.mark.capability("R-01")
async def test_a_public_report_is_raised_level_by_level_without_entering_it_again(world: World) -> None:
    await world.triage(call_level="public")
    order = await world.order()

    given = {"reportId": "report_1", "level": "GRID", "reason": "网格无力解决"}
    assert await do(world, "callForReport", RESIDENT, **given) == "NOT_FOUND"
    assert await do(world, "callForReport", OTHER_SECTION_HEAD, **given) == "NOT_FOUND"
    assert "id" in await do(world, "callForReport", ATTENDANT, **given)
    assert await do(world, "callForReport", ATTENDANT, **given) == "ALREADY_CALLED"
    for level in ("STREET", "DEPARTMENT", "DISTRICT"):
        assert "id" in await do(world, "raiseCall", ATTENDANT, to=level, reason="逐级上呼")

    call = await seen(world)
    assert [rung["level"] for rung in call["rungs"]] == ["COMMUNITY", "STREET", "DEPARTMENT", "DISTRICT"]
    assert [found.id for found in await world.orders()] == [order.id]
    assert await told(world, "call") == ["made", "raised", "raised", "raised"]


async def community_call_submitted(world: World) -> None:
    """The community has called the street, which has answered and handed its result in."""
    await called(world, "community", COMMITTEE_HEAD)
    await answered_and_submitted(world)


async def answered_and_submitted(world: World) -> None:
    """The street answers and hands its result in."""
    await do(world, "answerCall", SECTION_HEAD, text="今天处理")
    order = await world.order()
    for mutation in ("acceptOrder", "startOrder"):
        await world.done(mutation, SECTION_HEAD, workOrderId=order.id)
    evidence = [{"kind": "PHOTO", "ref": "https://files.example/1.jpg"}]
    await world.done("submitOrder", SECTION_HEAD, workOrderId=order.id, reply="已清运", evidence=evidence)


@pytest.mark.capability("R-10")
async def test_the_calling_organ_rates_twice_and_the_rated_see_nothing_until_it_is_closed(world: World) -> None:
    await called(world, "community", COMMITTEE_HEAD)
    response: dict[str, Any] = {"aspect": "RESPONSE", "mark": 2, "text": "响应太慢"}
    result: dict[str, Any] = {"aspect": "RESULT", "mark": 5, "text": "办得好"}
    assert await do(world, "rateCall", COMMITTEE_HEAD, **response) == "NOTHING_TO_RATE"
    await answered_and_submitted(world)

    for stranger in (SECTION_HEAD, DESK_OFFICER):
        assert await do(world, "rateCall", stranger, **response) == "NOT_ALLOWED NOT_YOURS"
    for given in (response, result):
        assert "id" in await do(world, "rateCall", COMMITTEE_HEAD, **given)
        assert await do(world, "rateCall", COMMITTEE_HEAD, **{**given, "mark": 4}) == "RATED_ALREADY"

    for knows in (COMMITTEE_HEAD, DESK_OFFICER):
        call = await seen(world, knows)
        assert (call["responseRating"]["mark"], call["resultRating"]["mark"]) == (2, 5)
    blind = await seen(world, SECTION_HEAD)
    assert (blind["responseRating"], blind["resultRating"]) == (None, None)
    rated = await told_rows(world, "call.rated")
    assert all('"mark":null' in row["data"] and "太慢" not in row["data"] for row in rated)

    order = await world.order()
    await world.done("verifyOrder", DESK_OFFICER, workOrderId=order.id, disposition="SOLVED", reason="已核实")
    await world.confirm()

    call = await seen(world, SECTION_HEAD)
    assert (call["state"], call["responseRating"], call["resultRating"]) == (
        "CLOSED",
        {"mark": 2, "text": "响应太慢"},
        {"mark": 5},
    )
    (closed,) = await told_rows(world, "call.closed")
    assert '"responseMark":2,"resultMark":5' in closed["data"]


@pytest.mark.capability("R-10")
async def test_a_subscription_does_not_tell_the_rated_that_they_were_rated(world: World) -> None:
    await community_call_submitted(world)
    context = Context(SECTION_HEAD, "zh", world.store, world.directory, world.service.live)
    watching: Any = await schema.subscribe(
        "subscription { callChanged { state responseRating { mark } } }", context_value=context
    )
    first = asyncio.ensure_future(anext(watching))
    while not world.service.live._open.is_set():
        await asyncio.sleep(0.01)

    await do(world, "rateCall", COMMITTEE_HEAD, aspect="RESPONSE", mark=1, text="太慢")
    await do(world, "raiseCall", COMMITTEE_HEAD, to="DISTRICT", reason="仍未解决")

    async with asyncio.timeout(20):
        told_first = (await first).data["callChanged"]
    assert told_first == {"state": "CALLED", "responseRating": None}
    await watching.aclose()


@pytest.mark.capability("R-10")
async def test_a_bad_result_sends_the_order_back_before_it_is_checked(world: World) -> None:
    await community_call_submitted(world)

    await do(world, "rateCall", COMMITTEE_HEAD, aspect="RESULT", mark=1, text="根本没清")

    order = await world.order()
    assert order.state == "rework"
    assert "根本没清" not in order.reworks[-1].reason


@pytest.mark.capability("R-10")
async def test_a_bad_result_of_a_closed_call_starts_the_ladder(world: World) -> None:
    await community_call_submitted(world)
    order = await world.order()
    await world.done("verifyOrder", DESK_OFFICER, workOrderId=order.id, disposition="SOLVED", reason="已核实")
    await world.confirm()

    await do(world, "rateCall", COMMITTEE_HEAD, aspect="RESULT", mark=1, text="反弹了")

    (ladder,) = (await seen(world))["escalations"]
    assert (ladder["state"], ladder["occasions"]) == ("ARMED", [{"trigger": "BAD_RATING"}])


@pytest.mark.capability("R-11")
async def test_the_calling_organ_is_told_that_its_matter_is_open_again(world: World) -> None:
    await community_call_submitted(world)
    order = await world.order()
    await world.done("verifyOrder", DESK_OFFICER, workOrderId=order.id, disposition="SOLVED", reason="已核实")
    await world.confirm()

    await world.reopen()

    assert [notice["kind"] for notice in await notices(world, COMMITTEE_HEAD)] == ["REOPENED"]
    assert (await seen(world))["state"] == "ANSWERED"


async def test_a_withdrawn_report_ends_its_call_and_ladder(world: World) -> None:
    await called(world)
    await overdue(world)

    await world.hear(ReportWithdrawn(report_id="report_1", reason="不用了"), "report_1")

    call = await seen(world)
    assert (call["state"], call["escalations"][0]["state"]) == ("WITHDRAWN", "CANCELLED")
    assert (await the_call(world)).next_step_at is None


async def test_the_caller_closes_only_when_no_order_is_open(world: World) -> None:
    await called(world)

    assert await do(world, "closeCall", COMMITTEE_HEAD) == "NOT_ALLOWED NOT_YOURS"
    assert await do(world, "closeCall", ATTENDANT) == "ORDER_STILL_OPEN"
    await world.done("recallOrder", DESK_OFFICER, workOrderId=(await world.order()).id, reason="无需办理")
    assert "id" in await do(world, "closeCall", ATTENDANT)
    assert (await the_call(world)).state is CallState.CLOSED


async def test_two_who_answer_at_once_give_one_answer(world: World) -> None:
    await called(world)

    outcomes = await asyncio.gather(
        *(do(world, "answerCall", COMMITTEE_HEAD, text=f"第{number}个响应") for number in range(4))
    )

    assert sorted(str(outcome) for outcome in outcomes).count("NOT_CALLED") == 3
    assert await told(world, "call") == ["made", "answered"]


@pytest.mark.parametrize(
    ("caller", "sees"),
    [
        (DESK_OFFICER, True),
        (COMMITTEE_HEAD, True),
        (ATTENDANT, True),
        (SECTION_HEAD, False),
        (DEPARTMENT_HEAD, False),
        (RESIDENT, False),
    ],
)
async def test_who_has_no_part_in_a_call_finds_none(world: World, caller: Caller, sees: bool) -> None:
    await called(world, caller_person=RESIDENT.person)

    assert (await seen(world, caller) is not None) is sees
    listed = await world.ask(CALL + "{ calls { nodes { ...all } } }", caller)
    assert bool(listed["calls"]["nodes"]) is sees


async def test_no_text_of_a_call_leaves_in_an_event(world: World) -> None:
    await called(world, sensitivity="sealed")
    await do(world, "raiseCall", ATTENDANT, reason="机密理由")
    await do(world, "answerCall", COMMITTEE_HEAD, text="机密答复")

    assert all("机密" not in row["data"] for row in await world.told("call", "escalation", "notice"))


@pytest.mark.parametrize(
    "given",
    [{}, {"state": CallState.CALLED}, {"area": "d1-s1"}, {"called_post": SECTION}, {"caller_unit": "unit_c1"}],
    ids=str,
)
@pytest.mark.parametrize("caller", [DESK_OFFICER, SECTION_HEAD, ATTENDANT])
async def test_every_list_of_calls_is_answered_by_an_index(world: World, caller: Caller, given: dict[str, Any]) -> None:
    where = call_list(caller, **given)
    assert where

    plan = await world.mongo[CALL_ROWS].find(where).sort([("made_at", -1), ("_id", -1)]).explain()
    owed = await world.mongo[CALL_ROWS].find(owed_list(SECTION)).sort([("due_at", 1), ("_id", 1)]).explain()

    for found in (plan, owed):
        assert "COLLSCAN" not in str(found["queryPlanner"]["winningPlan"])


async def test_a_late_timer_skips_no_announcement(world: World) -> None:
    await called(world)
    world.now += timedelta(days=3)

    call = await the_call(world)
    await handlers.tick(world.store, world.directory, call.id)
    await handlers.tick(world.store, world.directory, call.id)

    assert await told(world, "call") == ["made", "overdue"]
    assert len(await stored(world, call.id)) == 1
    assert call.area_path == GRID_1
