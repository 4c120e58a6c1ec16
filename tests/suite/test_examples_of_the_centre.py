"""The example operations of command and dispatch: screens, calls, waiting, sending people, directives, the field, rules."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dev.platform import Platform
from dev.schema import SCHEMA
from tests.suite.client import DEADLINE_SECONDS, Client
from tests.suite.examples import SENT, document, handler_of, reported, send, until
from tests.suite.places import a_place


def holder_of(platform: Platform, post: str, unit: str, person: str | None = None) -> Client:
    """Whoever holds a post of the demonstration district."""
    claims = {"sub": person or f"person_{post}", "roles": ["handler"], "post": post, "unit": unit}
    return Client(platform, "", claims=claims)


def moment(**from_now: float) -> str:
    """A moment before or after now."""
    return (datetime.now(UTC) + timedelta(**from_now)).isoformat()


async def heard(events: "asyncio.Queue[dict[str, Any]]", field: str) -> Any:
    """What a subscription sends next."""
    async with asyncio.timeout(DEADLINE_SECONDS):
        return (await events.get())["data"][field]


async def ordered(platform: Platform, resident: Client, centre: Client) -> tuple[str, str, Client]:
    """A report, its order, and who leads it."""
    report = (await send(resident, "submit-report"))["report"]["id"]
    (order,) = [one["id"] for one in await reported(resident, report, "workOrders")]
    return report, order, await handler_of(platform, centre, order)


@pytest.mark.capability("R-04")
async def test_the_screen_of_a_centre_is_filled_by_one_query(
    platform: Platform, resident: Client, centre: Client
) -> None:
    async with centre.watch(document("centre-board-changed"), area="d01") as changes:
        _, order, handler = await ordered(platform, resident, centre)
        async with asyncio.timeout(DEADLINE_SECONDS):
            assert (await changes.get())["data"]["centreBoardChanged"]["counts"]

    board = await send(centre, "centre-board", first=100)
    mine = await send(handler, "my-work")

    assert {row["queue"] for row in board["centreBoard"]["counts"]} >= {"INCOMING", "OVERDUE", "TO_VERIFY"}
    assert board["area"]["statistics"]["yearEarlier"]["closed"] == 0
    assert len(board["orgUnits"]) == 10
    assert order in [item["subject"].get("id") for item in mine["nodes"]]
    explained = await send(centre, "explain-routing")
    assert explained["leadPost"]
    assert any(reason["outcome"] == "OTHER_CATEGORY" for reason in explained["reasons"])


@pytest.mark.capability("I-30", "R-01", "R-02", "G-03")
async def test_operations_of_calls_and_escalations(platform: Platform, resident: Client, centre: Client) -> None:
    report, _, _ = await ordered(platform, resident, centre)
    attendant = Client(platform, "attendant")
    call = (await send(attendant, "call-for-report", reportId=report))["call"]
    called = await centre.ask("query($id: ID!) { call(id: $id) { rungs { post { id unit { id } } } } }", id=call["id"])
    first = Client.holding(platform, called["call"]["rungs"][0]["post"])

    async with centre.watch(document("call-changed"), id=call["id"]) as calls:
        await send(attendant, "raise-call", callId=call["id"])
        assert len((await heard(calls, "callChanged"))["rungs"]) == 2
    query = """query($id: ID!) { call(id: $id) {
        rungs { post { id unit { id } } } escalations { id owners { post { id unit { id } } } } responseRating { mark }
    } }"""
    raised = (await centre.ask(query, id=call["id"]))["call"]
    (climbing,) = raised["escalations"]
    owner = Client.holding(platform, climbing["owners"][-1]["post"])
    async with centre.watch(document("escalation-changed"), id=climbing["id"]) as ladders:
        await send(owner, "acknowledge-escalation", escalationId=climbing["id"])
        assert (await heard(ladders, "escalationChanged"))["state"] == "ACKNOWLEDGED"
    await send(first, "answer-call", callId=call["id"])
    await send(attendant, "rate-call", callId=call["id"])

    def climbed(seen: dict[str, Any]) -> bool:
        kinds = {entry["type"].removeprefix("huying.routing.").removesuffix(".v1") for entry in seen["timeline"]}
        return kinds >= {"call.made", "call.raised", "call.answered", "escalation.climbed", "escalation.acknowledged"}

    await until(attendant, "timeline", climbed, id=report)
    assert not climbed(await send(resident, "timeline", id=report))
    assert len(raised["rungs"]) == 2
    assert (await first.ask(query, id=call["id"]))["call"]["responseRating"] is None, (
        "who is rated sees it when it is closed"
    )
    assert (await attendant.ask(query, id=call["id"]))["call"]["responseRating"]["mark"] == 5


async def test_operations_of_a_whistle(platform: Platform, centre: Client) -> None:
    attendant = Client(platform, "attendant")

    summons = (await send(attendant, "whistle", place=a_place()))["summons"]["id"]
    city = Client(platform, "handler")
    gathered = (await send(city, "check-in", summonsId=summons, **a_place()))["summons"]

    assert [bool(one["checkIn"]) for one in gathered["summoned"]] == [True, False]
    async with centre.watch(document("summons-changed"), id=summons) as changes:
        await send(attendant, "evaluate-summoned", summonsId=summons)
        await send(attendant, "end-summons", summonsId=summons)
        assert (await heard(changes, "summonsChanged"))["id"] == summons


async def test_operations_of_an_order_that_waits_or_is_shared(
    platform: Platform, resident: Client, centre: Client
) -> None:
    _, order, handler = await ordered(platform, resident, centre)
    await send(handler, "accept-order", workOrderId=order)
    await send(handler, "start-order", workOrderId=order)
    await send(handler, "ask-order-extension", workOrderId=order)
    await send(centre, "decide-order-extension", workOrderId=order)
    await send(handler, "request-assistance", workOrderId=order)
    step = (await send(handler, "start-department-step", workOrderId=order, startedAt=moment(hours=-1)))["step"]["id"]
    await send(handler, "end-department-step", stepId=step, endedAt=moment())
    suspended = (await send(handler, "suspend-order", workOrderId=order, until=moment(days=3)))["workOrder"]
    assert suspended["state"] == "SUSPENDED"
    await send(handler, "resume-order", workOrderId=order)
    async with (
        handler.watch(document("notified")) as told,
        handler.watch(document("my-work-changed"), first=20) as work,
    ):
        asked = (await send(centre, "open-supervision", subjectId=order))["supervision"]["id"]
        assert (await heard(told, "notified"))["subjectKind"]
        assert (await heard(work, "myWorkChanged"))["nodes"]
    notices = (await send(handler, "my-notifications"))["nodes"]
    assert (await send(handler, "read-notice", noticeId=notices[0]["id"]))["notice"]["readAt"]
    await send(handler, "answer-supervision", supervisionId=asked)
    await send(centre, "settle-supervision", supervisionId=asked)
    assert (await send(centre, "work-order", id=order))["supervisions"]
    await send(handler, "split-order", workOrderId=order)
    deferred = (await send(centre, "defer-order", workOrderId=order, reviewAt=moment(days=30)))["workOrder"]
    assert deferred["state"] == "DEFERRED"


async def test_operations_of_a_returned_order(platform: Platform, resident: Client, centre: Client) -> None:
    _, order, handler = await ordered(platform, resident, centre)
    await send(handler, "return-order", workOrderId=order)
    await send(centre, "refer-order", workOrderId=order)
    await send(centre, "call-hearing", workOrderId=order)
    city = holder_of(platform, "post_d01_city_duty", "unit_d01_city")
    heard_on = (await send(city, "state-view-on-order", workOrderId=order))["workOrder"]
    assert [one["unit"]["name"] for one in heard_on["adjudications"][0]["statements"]] == ["区城市管理局"]
    ruled = (await send(centre, "rule-order", workOrderId=order))["workOrder"]
    assert ruled["leadPost"]["id"] == "post_d01_city_duty"
    department = await handler_of(platform, centre, order)
    await send(department, "accept-order", workOrderId=order)
    await send(department, "start-order", workOrderId=order)
    await send(centre, "transfer-order-up", workOrderId=order)


@pytest.mark.capability("I-30", "R-07", "G-03")
async def test_operations_of_sending_somebody(platform: Platform, resident: Client, centre: Client) -> None:
    report, order, _ = await ordered(platform, resident, centre)
    await send(centre, "set-availability")
    assert (await send(centre, "nearest-responders", workOrderId=order))["candidates"]
    async with centre.watch(document("deployment-changed"), area="d01") as changes:
        deployment = (await send(centre, "send-nearest", workOrderId=order))["deployment"]["id"]
        assert (await heard(changes, "deploymentChanged"))["id"]
    await send(centre, "accept-deployment", deploymentId=deployment)
    await send(centre, "depart-deployment", deploymentId=deployment)
    arrived = (await send(centre, "arrive-deployment", deploymentId=deployment))["deployment"]
    assert arrived["state"] == "ARRIVED"

    def done(seen: dict[str, Any]) -> bool:
        return "The responder has done the work on the scene." in [entry["text"] for entry in seen["timeline"]]

    await send(centre, "finish-deployment", deploymentId=deployment)
    told = await until(resident, "timeline", done, id=report)
    assert [entry["facts"] for entry in told["timeline"] if ".dispatch." in entry["type"]] == [{}] * 4


async def test_operations_of_shifts_and_absences(platform: Platform, centre: Client) -> None:
    shift = (await send(centre, "plan-shifts"))["shift"]["id"]
    await send(centre, "assign-shift", shiftId=shift)
    await send(Client(platform, "handler"), "record-absence")
    roster = await send(centre, "roster")
    assert roster["onDuty"]
    assert roster["shifts"]["nodes"]


async def test_operations_of_a_directive(platform: Platform, centre: Client) -> None:
    directive = (await send(centre, "draft-key-task"))["directive"]
    await send(centre, "issue-directive", directiveId=directive["id"])
    addressee = holder_of(platform, "post_d01_city_duty", "unit_d01_city")
    async with centre.watch(document("directive-changed"), id=directive["id"]) as changes:
        await send(addressee, "acknowledge-directive", directiveId=directive["id"])
        assert (await heard(changes, "directiveChanged"))["id"] == directive["id"]
    part = directive["parts"][0]["id"]
    reported_on = await send(addressee, "report-progress", directiveId=directive["id"], partId=part)
    assert reported_on["directive"]["progress"] == 40


async def test_operations_of_the_field(platform: Platform, centre: Client) -> None:
    campaign = (await send(centre, "plan-campaign"))["campaign"]
    task = next(one for one in campaign["tasks"]["nodes"] if one["post"])
    inspector = Client.holding(platform, task["post"])
    await send(inspector, "record-visit", taskId=task["id"])
    await send(inspector, "report-hazard", taskId=task["id"])
    await send(centre, "register-asset")
    await send(centre, "plan-grid-tasks", firstAt=moment(seconds=1))
    attendant = Client(platform, "attendant")
    query = "{ myGridTasks(first: 1) { nodes { id } } }"
    (due,) = (await attendant.until(query, lambda data: bool(data["myGridTasks"]["nodes"])))["myGridTasks"]["nodes"]
    await send(attendant, "complete-grid-task", taskId=due["id"])


async def test_operations_of_rules_and_modes(centre: Client) -> None:
    before = (await centre.ask("{ ruleSet { id } }"))["ruleSet"]["id"]
    draft = (await send(centre, "draft-rule-set"))["ruleSet"]
    assert draft["problems"] == []
    run = (await send(centre, "dry-run-rule-set", ruleSetId=draft["id"]))["dryRun"]["id"]
    found = await until(centre, "dry-run", lambda run: run["state"] == "DONE", id=run)
    assert found["matters"] >= found["changed"] > 0
    await send(centre, "activate-rule-set", ruleSetId=draft["id"])
    back = (await send(centre, "activate-rule-set", ruleSetId=before, reason="恢复原规则"))["ruleSet"]
    assert len(back["activations"]) == 2

    async with centre.watch(document("mode-changed")) as changes:
        await send(centre, "switch-mode")
        assert (await heard(changes, "modeChanged"))["mode"] == "EMERGENCY"
    switched = (await send(centre, "switch-mode", mode="ROUTINE", reason="预警解除"))["commandMode"]
    assert [one["mode"] for one in switched["switches"]] == ["EMERGENCY", "ROUTINE"]


async def test_operations_of_a_policy_and_of_what_it_draws_to_be_looked_at_again(
    platform: Platform, centre: Client
) -> None:
    before = (await send(centre, "policy"))["content"]
    changed = {**before, "limits": {**before.get("limits", {}), "sample_rate": 1.0}}

    async def in_force(content: dict[str, Any]) -> None:
        draft = (await send(centre, "draft-policy", policy=content))["policy"]
        assert draft["problems"] == []
        await send(centre, "activate-policy", policyId=draft["id"])

    await in_force(changed)
    attendant = Client(platform, "attendant")
    report = (await send(attendant, "submit-report", track="SELF_GOVERNED"))["report"]["id"]
    (order,) = [one["id"] for one in await reported(attendant, report, "workOrders")]
    handler = await handler_of(platform, centre, order)
    await send(handler, "accept-order", workOrderId=order)
    await send(handler, "start-order", workOrderId=order)
    solved = {"disposition": "SOLVED", "reason": "当场解决"}
    await send(handler, "reply-to-order", workOrderId=order, result=solved)
    await until(attendant, "timeline", lambda seen: seen["state"] == "RESOLVED", id=report)
    await send(attendant, "confirm-report", reportId=report)
    await until(centre, "work-order", lambda seen: seen["state"] == "CLOSED", id=order)
    looked = (await send(centre, "check-order-sample", workOrderId=order))["workOrder"]
    assert looked["sample"]["passed"] is True
    await in_force(before)


def test_every_example_was_sent() -> None:
    """Runs after the others of this file and of `test_example_operations`; a new example belongs in one of them."""
    assert {file.stem for file in (SCHEMA / "operations").glob("*.graphql")} == SENT
