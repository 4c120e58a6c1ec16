"""A post that is removed while it owes something: its successor owes it, on every list, and each takeover is announced with its reason."""

import json
from datetime import timedelta
from typing import Any

import pytest

from services.chassis.identity import Caller
from tests.routing import district, test_calls, test_summons
from tests.routing.directive_world import Desk
from tests.routing.district import COMMITTEE, DEPARTMENT, GRID_1, OTHER_SECTION, SECTION, UNIT_OF
from tests.routing.field_world import done, run_timers
from tests.routing.ladder_world import COMMITTEE_HEAD, act, escalation, start
from tests.routing.test_exchange import bring, without
from tests.routing.world import DEPARTMENT_HEAD, DESK_OFFICER, OPERATOR, OTHER_SECTION_HEAD, SECTION_HEAD, World

NEW = f"{SECTION}_new"
NEW_HEAD = Caller(
    person="person_n", roles=frozenset({"handler"}), post=NEW, unit=UNIT_OF[SECTION], area=SECTION_HEAD.area
)
SUCCESSION = [{"postId": SECTION, "successorId": NEW}]


async def succeeded(world: World, successors: Any = SUCCESSION, **given: Any) -> None:
    content = given.get("content") or without(district.raw(), SECTION)
    done = await bring(world, content, successors=successors)
    assert done["errors"] == [], done
    await world.directory.refresh()


async def handed_over(world: World, *aggregates: str) -> list[Any]:
    """Who handed over to whom, why and by whose act, of the aggregates."""
    found = []
    for row in await world.told(*aggregates):
        if row["type"].split(".")[3] in ("handed_over", "part_handed_over", "moved"):
            data = json.loads(row["data"])
            assert "岗位撤销" in data["reason"]
            found.append((data.get("oldPost", data.get("oldPostId")), data.get("post", data.get("postId"))))
            assert row["actor"]["person"] == OPERATOR.person
    return found


@pytest.mark.capability("R-19", "R-03")
async def test_who_is_whistled_in_place_of_a_post_that_is_gone_checks_in_for_it(world: World) -> None:
    summons_id = await test_summons.whistled(world)

    refused = await bring(world, without(district.raw(), SECTION))
    assert "whistled or is whistled in 1 open summonses; name its successor" in refused["errors"][0]["message"]
    await succeeded(world)

    assert "id" in await test_summons.do(world, "checkIn", NEW_HEAD, summons_id, **test_summons.HERE)
    summons = await test_summons.seen(world, summons_id)
    assert [one["post"]["id"] for one in summons["summoned"]] == [NEW, DEPARTMENT]
    assert await handed_over(world, "summons") == [(SECTION, NEW)]


@pytest.mark.capability("R-19", "R-03")
async def test_the_successor_of_who_whistled_ends_the_summons_and_one_there_already_is_not_summoned_twice(
    world: World,
) -> None:
    summons_id = await test_summons.whistled(world)
    content = without(district.raw(), COMMITTEE)
    content["posts"] = [post for post in content["posts"] if post["id"] != SECTION]
    pairs = {COMMITTEE: f"{COMMITTEE}_new", SECTION: DEPARTMENT}

    await succeeded(world, [{"postId": old, "successorId": new} for old, new in pairs.items()], content=content)

    summons = await test_summons.seen(world, summons_id, DESK_OFFICER)
    assert summons["callerPost"]["id"] == f"{COMMITTEE}_new"
    assert [one["releasedAt"] is None for one in summons["summoned"]] == [False, True]
    assert "id" in await test_summons.do(world, "checkIn", DEPARTMENT_HEAD, summons_id, **test_summons.HERE)
    assert "id" in await test_summons.do(world, "endSummons", COMMITTEE_HEAD, summons_id, outcome="已清理")


@pytest.mark.capability("R-19", "R-02")
async def test_an_owner_and_a_rung_that_are_gone_are_followed_by_their_successors(world: World) -> None:
    running = await start(world)
    content = without(district.raw(), COMMITTEE)
    content["posts"] = [post for post in without(content, SECTION)["posts"] if post["id"] != COMMITTEE]
    pairs = {COMMITTEE: f"{COMMITTEE}_new", SECTION: NEW}

    await succeeded(world, [{"postId": old, "successorId": new} for old, new in pairs.items()], content=content)

    seen = await escalation(world, running.id)
    assert [(owner["post"] or {}).get("id") for owner in seen["owners"] if not owner["releasedAt"]] == [
        f"{COMMITTEE}_new"
    ]
    assert [owner["byHand"] for owner in seen["owners"]] == [False, False]
    assert set(await handed_over(world, "escalation")) == set(pairs.items())
    heir = Caller(
        person="person_n", roles=frozenset({"handler"}), post=f"{COMMITTEE}_new", unit=UNIT_OF[COMMITTEE], area="d1-s1"
    )
    assert "id" in await act(world, "acknowledgeEscalation", heir, escalationId=running.id, text="马上处理")


@pytest.mark.capability("R-19", "R-13", "R-15")
async def test_a_key_task_and_the_supervision_over_it_pass_to_the_successor(world: World) -> None:
    desk = Desk(world)
    task = await desk.running_task(SECTION_HEAD, OTHER_SECTION_HEAD)
    await desk.report(SECTION_HEAD, task, 40)
    about = {"subjectKind": "DIRECTIVE_PART", "subjectId": task["parts"][0]["id"], "postId": SECTION}
    opened = await desk.done("openSupervision", **about, level="REMIND", reason="进展缓慢")

    await succeeded(world)

    now = await desk.directive(task["id"], NEW_HEAD)
    assert [addressee["post"]["id"] for addressee in now["addressees"]] == [NEW, OTHER_SECTION]
    assert [part["post"]["id"] for part in now["parts"]] == [NEW, OTHER_SECTION]
    assert (await desk.report(NEW_HEAD, now, 60))["parts"][0]["percent"] == 60
    answered = await desk.done("answerSupervision", NEW_HEAD, supervisionId=opened["id"], text="已加派人手")
    assert (answered["state"], answered["post"]["id"]) == ("ANSWERED", NEW)
    assert await handed_over(world, "directive") == [(SECTION, NEW)]
    assert await handed_over(world, "supervision") == [(SECTION, NEW)]


@pytest.mark.capability("R-19", "R-12")
async def test_an_addressee_that_takes_over_from_another_acknowledges_what_that_one_had_not(world: World) -> None:
    desk = Desk(world)
    task = await desk.issued_task(SECTION, OTHER_SECTION, COMMITTEE)
    await desk.done("acknowledgeDirective", OTHER_SECTION_HEAD, directiveId=task["id"])
    content = district.raw()
    content["posts"] = [post for post in content["posts"] if post["id"] != SECTION]

    await succeeded(world, [{"postId": SECTION, "successorId": OTHER_SECTION}], content=content)

    now = await desk.directive(task["id"])
    assert [(one["post"]["id"], one["acknowledgedAt"]) for one in now["addressees"]] == [
        (OTHER_SECTION, None),
        (COMMITTEE, None),
    ]
    acknowledged = await desk.done("acknowledgeDirective", OTHER_SECTION_HEAD, directiveId=task["id"])
    assert acknowledged["state"] == "ISSUED"
    assert [part["post"]["id"] for part in now["parts"]] == [OTHER_SECTION, OTHER_SECTION, COMMITTEE]


@pytest.mark.capability("R-19", "R-12")
async def test_what_a_post_that_is_gone_attested_is_attested_and_the_next_period_is_its_successors(
    world: World,
) -> None:
    desk = Desk(world)
    line = await desk.done("draftRedLine", heading=desk.heading(SECTION), rhythm="MONTH")
    line = await desk.done("issueDirective", directiveId=line["id"])
    await desk.done("attestRedLine", SECTION_HEAD, directiveId=line["id"], period=line["periods"][0]["key"])

    await succeeded(world)
    world.pass_time(days=40)
    await desk.let_clock_act()

    periods = (await desk.directive(line["id"], NEW_HEAD))["periods"]
    missing = {period["key"]: [post["id"] for post in period["missing"]] for period in periods}
    assert missing == {"2026-11": [], "2026-12": [NEW], **({"2027-01": [NEW]} if "2027-01" in missing else {})}


@pytest.mark.capability("R-19", "R-01")
async def test_the_takeover_of_a_call_and_of_a_part_is_announced_with_its_reason(world: World) -> None:
    await test_calls.called(world, "community", COMMITTEE_HEAD, area_id="d1-s2", area_path=["d1", "d1-s2"])
    call = await test_calls.the_call(world)
    gone = call.owing_posts[0]
    order = await world.dispatched("report_2", area_id="d1-s1", area_path=["d1", "d1-s1"])
    await world.done("acceptOrder", SECTION_HEAD, workOrderId=order.id)
    help_wanted = {"idempotencyKey": "key_h", "workOrderId": order.id, "postId": OTHER_SECTION, "task": "清障"}
    asked = "mutation($input: RequestAssistanceInput!) { requestAssistance(input: $input) { errors { code } } }"
    assert (await world.ask(asked, SECTION_HEAD, input=help_wanted))["requestAssistance"]["errors"] == []
    assert gone == OTHER_SECTION

    pair = [{"postId": OTHER_SECTION, "successorId": f"{OTHER_SECTION}_new"}]
    await succeeded(world, pair, content=without(district.raw(), OTHER_SECTION))

    assert await handed_over(world, "call") == [(OTHER_SECTION, f"{OTHER_SECTION}_new")]
    assert (OTHER_SECTION, f"{OTHER_SECTION}_new") in await handed_over(world, "order")
    assert (await test_calls.the_call(world)).owing_posts == [f"{OTHER_SECTION}_new"]


@pytest.mark.capability("R-19", "R-26", "R-27", "R-43")
async def test_work_in_the_field_and_custody_pass_to_the_successor(world: World) -> None:
    target = {"template": "gas_safety", "areaId": "d1-s1", "targets": {"every": "GRID"}, "activate": True}
    await done(world, "planCampaign", DESK_OFFICER, "campaign { id }", **target)
    mine = "{ myWork { nodes { kind } } }"
    inspectors = {row["post"] async for row in world.mongo["inspections"].find({})}
    assert inspectors == {COMMITTEE}
    custody = {"subject": "THING", "reference": "W-1", "description": "钥匙", "areaId": "d1-s1-c1"}
    held = await done(world, "beginCustody", COMMITTEE_HEAD, "custody { id }", **custody)
    await done(world, "offerCustody", COMMITTEE_HEAD, "custody { id }", custodyId=held["id"], postId=SECTION)
    plan = {
        "title": "夜间巡查",
        "kind": "PATROL",
        "areaId": GRID_1[-1],
        "postId": COMMITTEE,
        "everyDays": 1,
        "openHours": 24,
        "firstAt": (world.now + timedelta(hours=1)).isoformat(),
    }
    await done(world, "planGridTasks", DESK_OFFICER, "plan { id }", **plan)
    world.pass_time(hours=2)
    await run_timers(world)
    heir_post = f"{COMMITTEE}_new"
    heir = Caller(
        person="person_n", roles=frozenset({"handler"}), post=heir_post, unit=UNIT_OF[COMMITTEE], area="d1-s1-c1"
    )

    refused = await bring(world, without(district.raw(), COMMITTEE))
    said = refused["errors"][0]["message"]
    for what in ("2 inspections", "1 plans of grids", "1 tasks of grids", "1 in custody"):
        assert what in said
    pair = [{"postId": COMMITTEE, "successorId": heir_post}]
    await succeeded(world, pair, content=without(district.raw(), COMMITTEE))

    kinds = [node["kind"] for node in (await world.ask(mine, heir))["myWork"]["nodes"]]
    assert sorted(kinds) == ["DO_GRID_TASK", "INSPECT", "INSPECT"]
    withdrawn = {"custodyId": held["id"]}
    shown = await done(world, "withdrawCustodyOffer", heir, "custody { holderPost { id } }", **withdrawn)
    assert shown["holderPost"] == {"id": heir_post}
    assert await handed_over(world, "grid_plan", "grid_task") == [(COMMITTEE, heir_post)] * 2
    assert [row["type"] for row in await world.told("custody")][-2] == "huying.routing.custody.succeeded.v1"
