"""Directives at the GraphQL edge: three lives, who acts, who sees, and what the clock announces."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from services.chassis.identity import Caller
from services.routing.graphql.context import Context
from services.routing.graphql.schema import schema
from tests.routing import district
from tests.routing.directive_world import COMMITTEE_HEAD, DIRECTIVE, PHOTO, Desk, at
from tests.routing.district import COMMITTEE, DEPARTMENT, DESK, SECTION
from tests.routing.world import (
    ATTENDANT,
    DEPARTMENT_HEAD,
    DESK_OFFICER,
    MEDIATOR,
    OTHER_SECTION_HEAD,
    RESIDENT,
    SECTION_HEAD,
    STREET_2_CENTRE,
    World,
)

LIST = """
query($filter: DirectiveFilter, $first: Int! = 20, $after: String) {
  directives(filter: $filter, first: $first, after: $after) { nodes { id kind } pageInfo { hasNextPage endCursor } }
}
"""


@pytest.fixture
def desk(world: World) -> Desk:
    return Desk(world)


@pytest.mark.capability("R-12", "R-13")
async def test_a_key_task_goes_from_the_draft_to_its_file(desk: Desk) -> None:
    drafted = await desk.done(
        "draftKeyTask",
        **desk.task(
            parts=[
                {"title": "土建", "postId": SECTION, "weight": 70},
                {"title": "动员", "postId": COMMITTEE, "weight": 30},
            ]
        ),
    )
    assert (drafted["__typename"], drafted["kind"], drafted["state"]) == ("KeyTask", "KEY_TASK", "DRAFTED")
    issued = await desk.done("issueDirective", directiveId=drafted["id"])
    assert (issued["state"], issued["issuerPost"]["id"]) == ("ISSUED", DESK)

    first = await desk.done("acknowledgeDirective", SECTION_HEAD, directiveId=issued["id"])
    assert first["state"] == "ISSUED"
    assert [bool(row["acknowledgedAt"]) for row in first["addressees"]] == [True, False]
    task = await desk.done("acknowledgeDirective", COMMITTEE_HEAD, directiveId=issued["id"])
    assert task["state"] == "ACKNOWLEDGED"

    task = await desk.report(SECTION_HEAD, task, 50)
    assert (task["state"], task["progress"]) == ("IN_PROGRESS", 35)
    assert await desk.refused("submitKeyTask", SECTION_HEAD, directiveId=task["id"], summary="好") == "PARTS_UNFINISHED"
    await desk.report(SECTION_HEAD, task, 100)
    task = await desk.report(COMMITTEE_HEAD, task, 100, index=1)
    assert task["progress"] == 100

    submit = {"directiveId": task["id"], "summary": "三栋均已改造", "evidence": [PHOTO]}
    assert (await desk.done("submitKeyTask", SECTION_HEAD, **submit))["state"] == "SUBMITTED"
    returned = await desk.done("returnKeyTask", directiveId=task["id"], reason="二号楼未通水")
    assert (returned["state"], returned["returns"]) == ("RETURNED", [{"reason": "二号楼未通水"}])
    await desk.report(SECTION_HEAD, task, 100)
    await desk.done("submitKeyTask", SECTION_HEAD, **submit)
    assert (await desk.done("acceptKeyTask", directiveId=task["id"]))["state"] == "ACCEPTED"
    closed = await desk.done("closeDirective", directiveId=task["id"])
    assert closed["state"] == "CLOSED"
    assert closed["closedAt"]
    assert [name.removeprefix("directive.") for name in await desk.told()] == [
        *("drafted", "issued", "acknowledged", "acknowledged", "progressed", "progressed", "progressed"),
        *("submitted", "returned", "progressed", "submitted", "accepted", "closed"),
    ]


@pytest.mark.capability("R-12")
async def test_a_first_agenda_item_is_scheduled_studied_and_followed_up(desk: Desk) -> None:
    world = desk.world
    due = at(world.now + timedelta(days=7))
    item = await desk.done("draftFirstAgenda", heading=desk.heading(SECTION), dueAt=due)
    given = {"directiveId": item["id"]}
    await desk.done("issueDirective", **given)
    meeting = {**given, "meetingAt": at(world.now + timedelta(days=1)), "place": "二楼会议室"}
    assert (await desk.done("scheduleFirstAgenda", SECTION_HEAD, **meeting))["state"] == "SCHEDULED"

    study = {
        **given,
        "minutes": "学习了文件精神",
        "attendance": [{"postId": SECTION, "present": True}, {"postId": COMMITTEE, "present": False, "note": "出差"}],
    }
    assert await desk.refused("studyFirstAgenda", SECTION_HEAD, **study) == "MEETING_NOT_YET"
    world.pass_time(days=1)
    absent = {**study, "attendance": [{"postId": COMMITTEE, "present": True}]}
    assert await desk.refused("studyFirstAgenda", SECTION_HEAD, **absent) == "ATTENDANCE_INCOMPLETE"
    studied = await desk.done("studyFirstAgenda", SECTION_HEAD, **study)
    assert (studied["state"], studied["minutes"]) == ("STUDIED", "学习了文件精神")

    assert await desk.refused("followUpFirstAgenda", SECTION_HEAD, **given, followUps=[]) == "TEXT_MISSING"
    tasks = [{"text": "排查隐患", "postId": COMMITTEE, "dueAt": due}]
    followed = await desk.done("followUpFirstAgenda", SECTION_HEAD, **given, followUps=tasks)
    assert followed["state"] == "FOLLOWED_UP"
    assert await desk.refused("closeDirective", **given) == "FOLLOW_UPS_OPEN"
    complete = {**given, "followUpId": followed["followUps"][0]["id"], "result": "已排查"}
    assert await desk.refused("completeFollowUp", SECTION_HEAD, **complete) == "NOT_ALLOWED NOT_YOURS"
    assert await desk.refused("completeFollowUp", OTHER_SECTION_HEAD, **complete) == "NOT_FOUND"
    await desk.done("completeFollowUp", COMMITTEE_HEAD, **complete)
    assert (await desk.done("closeDirective", **given))["state"] == "CLOSED"
    (told,) = await desk.data_of("directive.studied")
    assert msgspec.json.decode(told)["absent"] == [COMMITTEE]


@pytest.mark.capability("R-12")
async def test_a_red_line_is_attested_each_period_and_its_breaches_are_followed_up(desk: Desk) -> None:
    line = await desk.done("draftRedLine", heading=desk.heading(), rhythm="MONTH")
    given = {"directiveId": line["id"]}
    assert (await desk.done("issueDirective", **given))["state"] == "IN_FORCE"
    attested = await desk.done("attestRedLine", SECTION_HEAD, **given, period="2026-11")
    (period,) = attested["periods"]
    assert [row["post"]["id"] for row in period["attestations"]] == [SECTION]
    assert period["missing"] == [{"id": COMMITTEE}]
    assert await desk.refused("attestRedLine", SECTION_HEAD, **given, period="2026-11") == "ALREADY_ATTESTED"
    assert await desk.refused("attestRedLine", COMMITTEE_HEAD, **given, period="2026-12") == "UNKNOWN_PERIOD"

    breach = {**given, "postId": COMMITTEE, "text": "违规收费", "evidence": [PHOTO]}
    reported = (await desk.done("reportBreach", SECTION_HEAD, **breach))["breaches"][0]
    assert reported["state"] == "REPORTED"
    assert (await desk.directive(line["id"], COMMITTEE_HEAD))["breaches"] == []
    named = {**given, "breachId": reported["id"]}
    assert await desk.refused("handleBreach", **named, measure="退费") == "BREACH_STATE_FORBIDS"
    assert await desk.refused("verifyBreach", SECTION_HEAD, **named, founded=True, finding="属实") == "NOT_ALLOWED ROLE"
    await desk.done("verifyBreach", **named, founded=True, finding="属实")
    assert (await desk.directive(line["id"], COMMITTEE_HEAD))["breaches"][0]["finding"] == "属实"
    handled = await desk.done("handleBreach", **named, measure="退费并约谈")
    assert handled["breaches"][0]["state"] == "HANDLED"

    amended = await desk.done("amendRedLine", **given, text="不得收取任何费用", reason="口径统一")
    assert (amended["state"], amended["editions"]) == (
        "AMENDED",
        [{"text": "完成三栋旧楼改造", "reason": "口径统一"}],
    )
    assert (await desk.done("liftRedLine", **given, reason="纳入制度"))["state"] == "LIFTED"
    assert await desk.refused("attestRedLine", COMMITTEE_HEAD, **given, period="2026-11") == "DIRECTIVE_STATE_FORBIDS"
    assert "违规收费" not in "".join(row["data"] for row in await desk.world.told("directive"))


@pytest.mark.capability("R-12")
async def test_missing_attestations_are_announced_when_their_period_ends(desk: Desk) -> None:
    line = await desk.done("draftRedLine", heading=desk.heading(), rhythm="MONTH")
    await desk.done("issueDirective", directiveId=line["id"])
    await desk.done("attestRedLine", SECTION_HEAD, directiveId=line["id"], period="2026-11")

    desk.world.now = datetime(2026, 11, 30, 15, 59, tzinfo=UTC)
    await desk.let_clock_act()
    assert await desk.data_of("directive.overdue") == []
    desk.world.now = datetime(2026, 11, 30, 16, 0, tzinfo=UTC)  # midnight in Shanghai
    await desk.let_clock_act()

    (told,) = map(msgspec.json.decode, await desk.data_of("directive.overdue"))
    assert (told["what"], told["subject"], told["posts"]) == ("attestation", "2026-11", [COMMITTEE])
    periods = (await desk.done("attestRedLine", COMMITTEE_HEAD, directiveId=line["id"], period="2026-11"))["periods"]
    assert [period["key"] for period in periods] == ["2026-11", "2026-12"]
    assert [row["late"] for row in periods[0]["attestations"]] == [False, True]
    assert periods[0]["missing"] == []


@pytest.mark.capability("R-13")
async def test_the_clock_announces_silent_addressees_and_reports_that_did_not_come(desk: Desk) -> None:
    task = await desk.issued_task(SECTION)
    desk.world.pass_time(days=1)
    await desk.let_clock_act()
    await desk.let_clock_act()
    (told,) = map(msgspec.json.decode, await desk.data_of("directive.overdue"))
    assert (told["what"], told["posts"], told["level"]) == ("acknowledgement", [SECTION], 0)

    task = await desk.done("acknowledgeDirective", SECTION_HEAD, directiveId=task["id"])
    desk.world.pass_time(days=2)
    await desk.let_clock_act()
    desk.world.pass_time(days=1)
    await desk.let_clock_act()
    part = (await desk.directive(task["id"]))["parts"][0]
    assert part["reportsMissed"] == 1
    await desk.report(SECTION_HEAD, task, 10)
    desk.world.pass_time(days=1)
    await desk.let_clock_act()

    told = [msgspec.json.decode(data) for data in await desk.data_of("directive.overdue")]
    assert [row["what"] for row in told] == ["acknowledgement", "report"]


@pytest.mark.capability("R-13", "R-15")
async def test_an_overdue_task_climbs_three_levels_of_supervision_by_itself(desk: Desk) -> None:
    values = district.raw()
    for unit in values["units"]:
        unit["parent_id"] = "unit_dept" if unit["id"] == "unit_s1" else None
    await desk.world.load(values)
    task = await desk.running_task(SECTION_HEAD, COMMITTEE_HEAD, cadence="P30D")
    await desk.report(COMMITTEE_HEAD, task, 100, index=1)

    seen: list[list[str]] = []
    desk.world.pass_time(days=9)
    for _ in range(30):
        desk.world.pass_time(hours=12)
        await desk.let_clock_act()
        found = (await desk.directive(task["id"]))["supervisions"]
        if [row["level"] for row in found] not in seen:
            seen.append([row["level"] for row in found])

    assert seen == [[], ["REMIND"], ["REMIND", "WRITTEN"], ["REMIND", "WRITTEN", "NOTIFY_SUPERIOR"]]
    task = await desk.directive(task["id"])
    assert task["overdueLevel"] == 3
    assert all(row["byRule"] and row["post"]["id"] == SECTION for row in task["supervisions"])
    assert [row["superiors"] for row in task["supervisions"]] == [[], [], [{"id": DEPARTMENT}]]
    levels = [msgspec.json.decode(data)["level"] for data in await desk.data_of("supervision.opened")]
    assert levels == ["remind", "written", "notify_superior"]

    await desk.report(SECTION_HEAD, task, 100)
    await desk.done("submitKeyTask", SECTION_HEAD, directiveId=task["id"], summary="已完成")
    accepted = await desk.done("acceptKeyTask", directiveId=task["id"])
    assert {row["state"] for row in accepted["supervisions"]} == {"SETTLED"}


@pytest.mark.capability("R-13")
async def test_progress_is_evidence_plus_number_by_the_unit_of_the_part(desk: Desk) -> None:
    task = await desk.running_task(SECTION_HEAD, COMMITTEE_HEAD)
    report = {
        "directiveId": task["id"],
        "partId": task["parts"][0]["id"],
        "percent": 20,
        "text": "开工",
        "evidence": [PHOTO],
    }

    assert await desk.refused("reportProgress", SECTION_HEAD, **{**report, "evidence": []}) == "PROGRESS_NEEDS_EVIDENCE"
    assert await desk.refused("reportProgress", SECTION_HEAD, **{**report, "percent": 101}) == "PROGRESS_WRONG"
    assert await desk.refused("reportProgress", COMMITTEE_HEAD, **report) == "NOT_ALLOWED NOT_YOURS"
    assert await desk.refused("reportProgress", DEPARTMENT_HEAD, **report) == "NOT_FOUND"
    assert (await desk.directive(task["id"]))["progress"] == 0


@pytest.mark.capability("R-13")
async def test_a_task_without_parts_is_shared_equally_and_broken_down_until_somebody_reports(desk: Desk) -> None:
    task = await desk.running_task(SECTION_HEAD, COMMITTEE_HEAD, DEPARTMENT_HEAD)
    assert [part["weight"] for part in task["parts"]] == [34, 33, 33]

    part = {"title": "全部", "postId": SECTION}
    broken = {"directiveId": task["id"], "parts": [{**part, "weight": 60}]}
    assert await desk.refused("breakDownKeyTask", **broken) == "WEIGHTS_WRONG"
    foreign = {"directiveId": task["id"], "parts": [{**part, "postId": DESK, "weight": 100}]}
    assert await desk.refused("breakDownKeyTask", **foreign) == "PART_NOT_ADDRESSED"
    whole = {"directiveId": task["id"], "parts": [{**part, "weight": 100}]}
    task = await desk.done("breakDownKeyTask", **whole)
    assert [(row["post"]["id"], row["weight"]) for row in task["parts"]] == [(SECTION, 100)]
    assert (await desk.report(SECTION_HEAD, task, 40))["progress"] == 40
    assert await desk.refused("breakDownKeyTask", **whole) == "DIRECTIVE_STATE_FORBIDS"


@pytest.mark.capability("R-13")
async def test_a_part_opens_work_orders_and_shows_how_far_they_are(desk: Desk) -> None:
    task = await desk.running_task(SECTION_HEAD, COMMITTEE_HEAD)
    part = task["parts"][0]["id"]
    given = {"directiveId": task["id"], "subjectId": part, "postId": DEPARTMENT, "task": "迁移管线"}
    assert await desk.refused("openDirectiveOrder", COMMITTEE_HEAD, **given) == "NOT_ALLOWED NOT_YOURS"
    assert await desk.refused("openDirectiveOrder", SECTION_HEAD, **{**given, "subjectId": "part_none"}) == "NOT_FOUND"

    opened = await desk.done("openDirectiveOrder", SECTION_HEAD, **given)

    assert opened["parts"][0]["workOrders"] == [], "who opens an order need not see it"
    ((order,), none) = [row["workOrders"] for row in (await desk.directive(task["id"]))["parts"]]
    assert (order["state"], none) == ("DISPATCHED", [])
    await desk.world.done("acceptOrder", DEPARTMENT_HEAD, workOrderId=order["id"])
    assert (await desk.directive(task["id"]))["parts"][0]["workOrders"] == [{"id": order["id"], "state": "ACCEPTED"}]
    (told,) = map(msgspec.json.decode, await desk.data_of("directive.order_opened"))
    assert (told["subject"], told["workOrderId"]) == (part, order["id"])
    assert await desk.refused("openDirectiveOrder", SECTION_HEAD, **given) == "ALREADY_ORDERED"


@pytest.mark.capability("R-36")
async def test_a_livelihood_project_has_its_budget_beneficiaries_and_milestones(desk: Desk) -> None:
    project = {"year": 2026, "budgetFen": 443720000, "households": 1202}
    task = await desk.running_task(SECTION_HEAD, project=project)
    await desk.running_task(SECTION_HEAD)

    shown = await desk.report(SECTION_HEAD, task, 30, spentFen=100000000)

    assert shown["project"] == {**project, "spentFen": 100000000}
    found = (await desk.world.ask(LIST, filter={"livelihoodProject": True}))["directives"]["nodes"]
    assert [node["id"] for node in found] == [task["id"]]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"cadence": "often"}, "CADENCE_WRONG"),
        ({"cadence": "PT1M"}, "CADENCE_WRONG"),
        ({"dueAt": "2026-11-22T09:00:00Z"}, "DUE_TOO_EARLY"),
        ({"heading": {"posts": []}}, "ADDRESSEES_WRONG"),
        ({"heading": {"posts": [SECTION, SECTION]}}, "ADDRESSEES_WRONG"),
        ({"heading": {"posts": ["post_none"]}}, "UNKNOWN_POST"),
        ({"heading": {"areaId": "d9"}}, "UNKNOWN_AREA"),
        ({"heading": {"title": " "}}, "TEXT_MISSING"),
    ],
)
async def test_a_draft_that_cannot_stand_is_refused(desk: Desk, change: dict[str, Any], code: str) -> None:
    given = desk.task()
    given["heading"] |= change.pop("heading", {})

    assert await desk.refused("draftKeyTask", **{**given, **change}) == code


async def test_only_a_centre_issues_and_only_in_its_area(desk: Desk) -> None:
    assert await desk.refused("draftKeyTask", SECTION_HEAD, **desk.task()) == "NOT_ALLOWED ROLE"
    assert await desk.refused("draftKeyTask", STREET_2_CENTRE, **desk.task()) == "UNKNOWN_AREA"
    task = await desk.done("draftKeyTask", **desk.task())
    assert await desk.refused("issueDirective", SECTION_HEAD, directiveId=task["id"]) == "NOT_FOUND"
    assert await desk.refused("issueDirective", STREET_2_CENTRE, directiveId=task["id"]) == "NOT_FOUND"


async def test_an_addressed_unit_does_not_judge_its_own_work(desk: Desk) -> None:
    task = await desk.running_task(DESK_OFFICER)
    await desk.report(DESK_OFFICER, task, 100)
    await desk.done("submitKeyTask", DESK_OFFICER, directiveId=task["id"], summary="好")

    assert await desk.refused("acceptKeyTask", DESK_OFFICER, directiveId=task["id"]) == "NOT_ALLOWED INVOLVED"


async def test_a_draft_is_for_its_centre_and_an_issued_directive_for_its_addressees_too(desk: Desk) -> None:
    task = await desk.done("draftKeyTask", **desk.task(SECTION))
    assert await desk.directive(task["id"], SECTION_HEAD) is None
    await desk.done("issueDirective", directiveId=task["id"])

    assert (await desk.directive(task["id"], SECTION_HEAD))["state"] == "ISSUED"
    for stranger in (COMMITTEE_HEAD, OTHER_SECTION_HEAD, STREET_2_CENTRE, ATTENDANT, RESIDENT, MEDIATOR):
        assert await desk.directive(task["id"], stranger) is None
        assert (await desk.world.ask(LIST, stranger))["directives"]["nodes"] == []
    for viewer in (DESK_OFFICER, SECTION_HEAD):
        assert [row["id"] for row in (await desk.world.ask(LIST, viewer))["directives"]["nodes"]] == [task["id"]]


async def test_a_list_holds_what_was_asked_for_page_by_page(desk: Desk) -> None:
    task = await desk.done("draftKeyTask", **desk.task())
    desk.world.pass_time(seconds=1)
    line = await desk.done("draftRedLine", heading=desk.heading(), rhythm="YEAR")

    async def found(caller: Caller = DESK_OFFICER, **given: Any) -> list[str]:
        return [row["id"] for row in (await desk.world.ask(LIST, caller, **given))["directives"]["nodes"]]

    assert await found() == [line["id"], task["id"]]
    assert await found(filter={"kind": "KEY_TASK"}) == [task["id"]]
    assert await found(filter={"area": "d1-s2"}) == []
    assert await found(filter={"unit": "unit_c1", "state": "DRAFTED"}) == [line["id"], task["id"]]
    assert await found(filter={"overdue": True}) == []
    first = (await desk.world.ask(LIST, first=1))["directives"]
    assert await found(first=1, after=first["pageInfo"]["endCursor"]) == [task["id"]]


async def test_a_directive_is_an_entity_of_its_kind_only(desk: Desk) -> None:
    task = await desk.issued_task(SECTION)
    document = "query($of: [_Any!]!) { _entities(representations: $of) { __typename ... on KeyTask { id } } }"
    asked = [{"__typename": kind, "id": task["id"]} for kind in ("KeyTask", "RedLine")]

    found = (await desk.world.ask(document, SECTION_HEAD, of=asked))["_entities"]

    assert found == [{"__typename": "KeyTask", "id": task["id"]}, None]


async def test_the_same_command_twice_changes_a_directive_once(desk: Desk) -> None:
    task = await desk.running_task(SECTION_HEAD)
    await desk.report(SECTION_HEAD, task, 100)
    await desk.done("submitKeyTask", SECTION_HEAD, directiveId=task["id"], summary="好")
    await desk.done("openSupervision", subjectKind="DIRECTIVE", subjectId=task["id"], level="REMIND", reason="请尽快")
    given = {"directiveId": task["id"], "idempotencyKey": "key_1"}

    first = await desk.done("acceptKeyTask", **given)
    assert (await desk.done("acceptKeyTask", **given))["state"] == first["state"] == "ACCEPTED"
    assert (await desk.told()).count("directive.accepted") == 1
    assert (await desk.told()).count("supervision.settled") == 1


async def test_a_change_of_a_directive_is_seen_by_those_who_may(desk: Desk) -> None:
    task = await desk.issued_task(SECTION)
    document = f"subscription {{ directiveChanged {{ {DIRECTIVE} }} }}"
    context = Context(SECTION_HEAD, "en", desk.world.store, desk.world.directory, desk.world.service.live)
    stream: Any = await schema.subscribe(document, context_value=context)
    first = asyncio.ensure_future(anext(stream))
    async with asyncio.timeout(20):
        while not desk.world.service.live._watchers:
            await asyncio.sleep(0.01)
        await desk.world.service.live._open.wait()
    await desk.done("draftKeyTask", **desk.task(COMMITTEE))
    await desk.done("acknowledgeDirective", SECTION_HEAD, directiveId=task["id"])

    seen = (await asyncio.wait_for(first, 20)).data
    await stream.aclose()

    assert (seen["directiveChanged"]["id"], seen["directiveChanged"]["state"]) == (task["id"], "ACKNOWLEDGED")
