"""The life of a report: commands at the GraphQL edge, other services' events, and time."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from services.chassis import leases
from services.intake import handlers
from services.intake.consumers import (
    CaseAccepted,
    CaseAgreed,
    CaseDeclined,
    CaseFulfilled,
    CaseRegistered,
    DecisionMade,
    OrderAccepted,
    OrderClosed,
    OrderDeferred,
    OrderDispatched,
    OrderHandedOver,
    OrderJoined,
    OrderPartHandedOver,
    OrderRebinned,
    OrderRecalled,
    OrderResumed,
    OrderReturned,
    OrderReworked,
    OrderSubmitted,
    OrderSuspended,
    OrderVerified,
)
from services.intake.model.values import Disposition, DisputeType, Path, State
from tests.intake.world import ATTENDANT, CENTRE, HANDLER, IN_GRID_3, OTHER_RESIDENT, PATH_3, RESIDENT, World
from tests.refusals import said


async def dispatched(world: World, **given: Any) -> str:
    report_id = await world.submitted(**given)
    await world.hear(order_dispatched(report_id))
    return report_id


def order_dispatched(report_id: str, order_id: str = "order_1", lead: str = "h") -> OrderDispatched:
    return OrderDispatched(
        report_id=report_id,
        order_id=order_id,
        decision_id="decision_1",
        lead_post=f"post_{lead}",
        lead_unit=f"unit_{lead}",
        redispatch=False,
    )


def order_verified(report_id: str) -> OrderVerified:
    return OrderVerified(
        report_id=report_id,
        order_id="order_1",
        reply="已清运,今后每日两次。",
        disposition=Disposition.SOLVED,
        disposition_reason="cleared",
    )


def order_closed(report_id: str) -> OrderClosed:
    return OrderClosed(
        report_id=report_id, order_id="order_1", disposition=Disposition.SOLVED, disposition_reason="cleared"
    )


async def in_progress(world: World) -> str:
    report_id = await dispatched(world)
    await world.hear(OrderAccepted(report_id=report_id, order_id="order_1"))
    return report_id


async def resolved(world: World) -> str:
    report_id = await in_progress(world)
    await world.hear(OrderSubmitted(report_id=report_id, order_id="order_1", evidence_count=2))
    await world.hear(order_verified(report_id))
    return report_id


def codes(payload: dict[str, Any]) -> list[str]:
    return [said(error) for error in payload["errors"]]


async def test_the_caller_hears_the_reply_confirms_and_the_report_closes_with_its_order(world: World) -> None:
    report_id = await resolved(world)
    data = await world.ask("query Q($id: ID!) { report(id: $id) { state answer leadUnit { id } } }", id=report_id)
    assert data["report"] == {"state": "RESOLVED", "answer": "已清运,今后每日两次。", "leadUnit": {"id": "unit_h"}}

    payload = await world.mutate("confirmReport", RESIDENT, reportId=report_id, satisfaction=5)
    assert (payload["errors"], payload["report"]["state"]) == ([], "CONFIRMED")
    await world.hear(order_closed(report_id))

    report = await world.report(report_id)
    assert (report.state, report.disposition, report.satisfaction) == (State.CLOSED, Disposition.SOLVED, 5)
    assert await world.event_names(report_id) == [
        "received",
        "triaged",
        "routed",
        "progressed",
        "resolved",
        "confirmed",
        "closed",
    ]


async def test_silence_for_seven_days_confirms(world: World) -> None:
    report_id = await resolved(world)

    world.pass_time(days=6)
    assert await leases.claim_due(world.store, "reports") == []
    world.pass_time(days=1)
    claimed = await leases.claim_due(world.store, "reports")
    assert [document["_id"] for document in claimed] == [report_id]
    await handlers.confirm_by_silence(world.store, report_id)

    report = await world.report(report_id)
    assert (report.state, report.satisfaction, report.next_step_at) == (State.CONFIRMED, None, None)
    assert '"bySilence":true' in (await world.events(report_id))[-1]["data"]


async def test_a_step_that_came_too_early_is_set_again(world: World) -> None:
    report_id = await resolved(world)

    await handlers.confirm_by_silence(world.store, report_id)

    report = await world.report(report_id)
    assert (report.state, report.next_step_at) == (State.RESOLVED, world.now + timedelta(days=7))


async def test_the_caller_reopens_and_the_order_is_worked_again(world: World) -> None:
    report_id = await resolved(world)

    payload = await world.mutate("reopenReport", RESIDENT, reportId=report_id, reason="第二天又堆满了")
    assert payload["report"]["state"] == "REOPENED"
    await world.hear(OrderReworked(report_id=report_id, order_id="order_1", reason="not done"))

    report = await world.report(report_id)
    assert (report.state, report.reopen_count, report.next_step_at) == (State.IN_PROGRESS, 1, None)


async def test_a_reopened_report_is_not_closed_by_its_old_order(world: World) -> None:
    report_id = await resolved(world)
    await world.mutate("reopenReport", RESIDENT, reportId=report_id, reason="没有解决")

    await world.hear(order_closed(report_id))

    assert (await world.report(report_id)).state is State.REOPENED
    assert (await world.mongo["timeline"].find({"report_id": report_id}).sort("_id", -1).to_list(1))[0][
        "type"
    ] == "huying.routing.order.closed.v1"


async def test_closed_report_is_reopened_only_within_the_window(world: World) -> None:
    report_id = await resolved(world)
    await world.hear(order_closed(report_id))

    world.pass_time(days=7, seconds=1)
    late = await world.mutate("reopenReport", RESIDENT, reportId=report_id, reason="又来了")

    assert codes(late) == ["REOPEN_WINDOW_PASSED"]


async def test_routings_policy_says_how_long_a_closed_report_may_be_reopened(world: World) -> None:
    report_id = await in_progress(world)
    await world.hear(msgspec.structs.replace(order_verified(report_id), reopen_seconds=86400 * 3))
    await world.hear(order_closed(report_id))
    world.pass_time(days=3, seconds=1)

    late = await world.mutate("reopenReport", RESIDENT, reportId=report_id, reason="又来了")

    assert codes(late) == ["REOPEN_WINDOW_PASSED"]


async def test_redispatch_after_a_return_changes_the_lead_and_keeps_all_who_were_involved(world: World) -> None:
    report_id = await dispatched(world)
    await world.hear(OrderReturned(report_id=report_id, order_id="order_1", basis="not ours"))

    await world.hear(order_dispatched(report_id, lead="x"))

    report = await world.report(report_id)
    assert report.lead_post == "post_x"
    assert report.involved == ["post_h", "post_x", "unit_h", "unit_x"]


async def test_a_changed_map_and_organisation_move_the_report_with_its_order(world: World) -> None:
    report_id = await dispatched(world)
    path = ["d", "s", "c", "g2"]

    await world.hear(OrderRebinned(report_id=report_id, order_id="order_1", area_id="g2", area_path=path))
    await world.hear(
        OrderHandedOver(report_id=report_id, order_id="order_1", lead_post="post_x", lead_unit="unit_x", reason="")
    )

    part = OrderPartHandedOver(report_id=report_id, order_id="order_1", post="post_y", unit="unit_y", reason="岗位撤销")
    await world.hear(part)

    report = await world.report(report_id)
    (newest,) = await world.mongo["timeline"].find({"report_id": report_id}).sort("_id", -1).to_list(1)
    assert newest["type"] == "huying.routing.order.part_handed_over.v1"
    assert (report.area_id, report.area_path, report.state) == ("g2", path, State.ROUTED)
    assert (report.lead_post, report.lead_unit) == ("post_x", "unit_x")
    assert {"post_h", "post_x"} <= set(report.involved)
    assert "a:g2" in report.marks


async def test_a_report_whose_order_is_joined_to_a_running_one_is_in_progress_and_answered_under_its_own_order(
    world: World,
) -> None:
    report_id = await dispatched(world)

    await world.hear(OrderJoined(report_id=report_id, order_id="order_1", text="将一并处理"))
    assert (await world.report(report_id)).state is State.IN_PROGRESS

    await world.hear(order_verified(report_id))
    assert (await world.report(report_id)).state is State.RESOLVED


@pytest.mark.parametrize("ended", ["resolved", "confirmed", "closed"])
async def test_a_report_whose_order_fails_a_check_afterwards_is_in_progress_again(world: World, ended: str) -> None:
    report_id = await resolved(world)
    if ended != "resolved":
        await world.mutate("confirmReport", RESIDENT, reportId=report_id, satisfaction=5)
    if ended == "closed":
        await world.hear(order_closed(report_id))

    await world.hear(OrderReworked(report_id=report_id, order_id="order_1", reason="抽查未通过"))

    report = await world.report(report_id)
    assert (report.state, report.disposition, report.satisfaction) == (State.IN_PROGRESS, None, None)
    assert (report.closed_at, report.next_step_at) == (None, None)
    await world.hear(order_verified(report_id))
    assert (await world.report(report_id)).state is State.RESOLVED


async def test_withdrawing_tells_routing_which_order_to_recall(world: World) -> None:
    report_id = await dispatched(world)

    payload = await world.mutate("withdrawReport", RESIDENT, reportId=report_id, reason="已自行解决")
    await world.hear(OrderRecalled(report_id=report_id, order_id="order_1", reason="withdrawn"))

    assert payload["report"]["state"] == "WITHDRAWN"
    assert '"orderId":"order_1"' in (await world.events(report_id))[-1]["data"]
    assert (await world.report(report_id)).state is State.WITHDRAWN


async def test_a_recalled_order_puts_the_report_back(world: World) -> None:
    report_id = await dispatched(world)

    await world.hear(OrderRecalled(report_id=report_id, order_id="order_1", reason="wrong unit"))

    report = await world.report(report_id)
    assert (report.state, report.order_id) == (State.TRIAGED, None)


async def test_a_dispute_is_routed_to_mediation_and_closes_with_its_case(world: World) -> None:
    report_id = await world.submitted(category="noise")
    decided = DecisionMade(
        report_id=report_id,
        path="mediation",
        decision_id="decision_1",
        lead_post="post_m",
        lead_unit="unit_m",
        dispute_type=DisputeType.NEIGHBOUR,
    )

    await world.hear(decided)
    routed = await world.report(report_id)
    await world.hear(CaseRegistered(case_id="case_1", report_id=report_id))
    await world.hear(CaseAccepted(case_id="case_1", report_id=report_id))
    taken_up = await world.report(report_id)
    await world.hear(CaseAgreed(case_id="case_1", report_id=report_id, outcome="written"))
    await world.hear(CaseFulfilled(case_id="case_1", report_id=report_id))

    report = await world.report(report_id)
    assert (routed.state, routed.path) == (State.ROUTED, Path.MEDIATION)
    assert taken_up.state is State.IN_PROGRESS
    assert (report.state, report.disposition, report.case_id) == (State.CLOSED, Disposition.SOLVED, "case_1")


async def test_declined_case_tells_the_caller_where_to_go(world: World) -> None:
    report_id = await world.submitted(category="noise")
    await world.hear(DecisionMade(report_id=report_id, path="mediation"))

    await world.hear(CaseDeclined(case_id="case_1", report_id=report_id, reason="court", advice="请向人民法院起诉。"))

    report = await world.report(report_id)
    assert (report.disposition, report.disposition_reason) == (Disposition.NOT_COMPETENT, "court")
    assert report.answer == "请向人民法院起诉。"


async def test_a_case_of_no_report_is_nothing_to_us(world: World) -> None:
    await world.hear(CaseAccepted(case_id="case_9"))

    assert await world.mongo["timeline"].count_documents({}) == 0


async def test_the_centre_converts_a_report_to_a_dispute(world: World) -> None:
    report_id = await dispatched(world)
    given = {"reportId": report_id, "disputeType": "NEIGHBOUR", "reason": "双方争执"}

    refused = await world.mutate("convertReport", ATTENDANT, **given)
    payload = await world.mutate("convertReport", CENTRE, **given)
    await world.hear(DecisionMade(report_id=report_id, path="mediation"))
    await world.hear(OrderRecalled(report_id=report_id, order_id="order_1", reason="converted"))

    assert codes(refused) == ["NOT_ALLOWED ROLE"]
    assert payload["report"]["state"] == "TRIAGED"
    report = await world.report(report_id)
    assert (report.state, report.path) == (State.ROUTED, Path.MEDIATION)


@pytest.mark.capability("I-13")
async def test_attendant_triages_what_came_without_a_category(world: World) -> None:
    report_id = await world.submitted(category=None)

    payload = await world.mutate(
        "triageReport", ATTENDANT, reportId=report_id, category="gas", importance="IMPORTANT", place=IN_GRID_3
    )

    assert payload["report"]["category"] == {"code": "gas"}
    report = await world.report(report_id)
    assert report.area_path == PATH_3
    assert await world.event_names(report_id) == ["received", "triaged"]


async def test_attendant_answers_a_question_on_the_spot(world: World) -> None:
    report_id = await world.submitted(category=None, kind="CONSULTATION")

    answered = await world.mutate("answerReport", ATTENDANT, reportId=report_id, reply="工作日到便民窗口办理。")
    confirmed = await world.mutate("confirmReport", RESIDENT, reportId=report_id, satisfaction=4)

    assert answered["report"] | {"id": ""} == {
        "id": "",
        "state": "ANSWERED",
        "disposition": "EXPLAINED",
        "category": None,
    }
    assert confirmed["report"]["state"] == "CLOSED"


async def test_duplicate_names_an_original_the_attendant_sees(world: World) -> None:
    original, again = await world.submitted(), await world.submitted()
    elsewhere = await world.submitted(place=IN_GRID_3)
    given = {"reportId": again, "reply": "已受理。", "disposition": "DUPLICATE"}

    assert codes(await world.mutate("answerReport", ATTENDANT, **given)) == ["ORIGINAL_REQUIRED"]
    for wrong in (elsewhere, again):
        assert codes(await world.mutate("answerReport", ATTENDANT, **given, duplicateOf=wrong)) == ["NOT_FOUND"]
    payload = await world.mutate("answerReport", ATTENDANT, **given, duplicateOf=original)

    assert payload["errors"] == []


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("confirmReport", {"satisfaction": 5}),
        ("reopenReport", {"reason": "x"}),
        ("withdrawReport", {"reason": "x"}),
    ],
)
async def test_nobody_else_speaks_for_the_caller(world: World, name: str, given: dict[str, Any]) -> None:
    report_id = await resolved(world)

    stranger = await world.mutate(name, OTHER_RESIDENT, reportId=report_id, **given)
    handler = await world.mutate(name, HANDLER, reportId=report_id, **given)

    assert codes(stranger) == ["NOT_FOUND"]
    assert codes(handler) == ["NOT_ALLOWED ROLE"]


@pytest.mark.parametrize("satisfaction", [0, 6])
async def test_satisfaction_is_one_to_five(world: World, satisfaction: int) -> None:
    report_id = await resolved(world)

    payload = await world.mutate("confirmReport", RESIDENT, reportId=report_id, satisfaction=satisfaction)

    assert payload["errors"][0]["path"] == ["satisfaction"]


async def test_a_repeated_command_gives_its_first_result(world: World) -> None:
    report_id = await resolved(world)
    given = {"reportId": report_id, "satisfaction": 5, "idempotencyKey": "once"}

    first = await world.mutate("confirmReport", RESIDENT, **given)
    again = await world.mutate("confirmReport", RESIDENT, **given)

    assert first == again
    assert (await world.event_names(report_id)).count("confirmed") == 1


async def test_a_matter_put_on_the_watch_list_stays_in_its_callers_sight_until_it_is_taken_up_again(
    world: World,
) -> None:
    report_id = await in_progress(world)
    review_at = world.now + timedelta(days=90)

    await world.hear(OrderDeferred(report_id=report_id, order_id="order_1", review_at=review_at))

    seen = await world.ask("query($id: ID!) { report(id: $id) { state timeline { type } } }", RESIDENT, id=report_id)
    assert seen["report"]["state"] == "DEFERRED"
    assert "huying.routing.order.deferred.v1" in [entry["type"] for entry in seen["report"]["timeline"]]
    assert (await world.events(report_id))[-1]["type"] == "huying.intake.report.deferred.v1"
    answer = await world.mutate("answerReport", CENTRE, reportId=report_id, reply="已列入计划")
    assert codes(answer) == ["ORDER_OPEN"]

    await world.hear(OrderResumed(report_id=report_id, order_id="order_1"))
    assert (await world.report(report_id)).state is State.IN_PROGRESS


async def test_a_deferral_of_another_order_or_of_an_answered_report_is_only_noted(world: World) -> None:
    report_id = await resolved(world)

    await world.hear(OrderDeferred(report_id=report_id, order_id="order_1", review_at=world.now))
    await world.hear(OrderDeferred(report_id=report_id, order_id="order_9", review_at=world.now))

    assert (await world.report(report_id)).state is State.RESOLVED


async def test_the_caller_sees_that_and_until_when_its_order_waits_but_not_for_whom(world: World) -> None:
    report_id = await in_progress(world)
    until = world.now.isoformat()

    await world.hear(OrderSuspended(report_id=report_id, order_id="order_1", until=until))

    seen = await world.ask("query($id: ID!) { report(id: $id) { timeline { type facts } } }", RESIDENT, id=report_id)
    last = seen["report"]["timeline"][-1]
    assert last["type"] == "huying.routing.order.suspended.v1"
    assert sorted(last["facts"]) == ["orderId", "until"]


async def test_an_order_that_is_not_for_a_report_is_none_of_intakes_business(world: World) -> None:
    await world.hear(OrderResumed(report_id="", order_id="order_7"))
