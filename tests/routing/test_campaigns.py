"""Campaigns at the GraphQL edge: targets become tasks, hazards go round until they are gone, progress is counted."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest

from services.chassis.identity import Caller
from tests.refusals import said
from tests.routing.district import COMMITTEE, DEPARTMENT, SECTION
from tests.routing.field_world import (
    COMMITTEE_HEAD,
    IN_GRID_1,
    IN_GRID_2,
    PHOTO,
    done,
    names,
    refused,
    run_timers,
    send,
)
from tests.routing.world import (
    ATTENDANT,
    DEPARTMENT_HEAD,
    DESK_OFFICER,
    OTHER_SECTION_HEAD,
    RESIDENT,
    SECTION_HEAD,
    STREET_2_CENTRE,
    World,
)

CAMPAIGN = "campaign { id state kind targetCount dueAt visitMode }"
TASK = "task { id state overdue unmet visits { mode outcome units { id } answers { item met } } hazards { id } }"
HAZARD = "hazard { id state dueAt overdue rechecks { passed } }"
TASKS = "query($id: ID!) { campaign(id: $id) { tasks { nodes { id label state post { id } area { id } } } } }"
PROGRESS = """query($id: ID!, $by: ProgressBy!) { campaign(id: $id) { progress(by: $by) {
  area { id } unit { id } total assigned visited clean hazard closed dropped overdue hazards openHazards } } }"""
GAS = ["hose", "alarm", "shutoff", "cylinder"]


def _answers(*unmet: str) -> list[dict[str, Any]]:
    return [{"item": item, "met": item not in unmet, "evidence": PHOTO} for item in GAS]


async def _campaign(world: World, *, activate: bool = True, **given: Any) -> Any:
    """Gas inspections in every grid of street 1: two tasks."""
    plan = {"areaId": "d1-s1", "template": "gas_safety", "targets": {"every": "GRID"}, "activate": activate, **given}
    return await done(world, "planCampaign", DESK_OFFICER, CAMPAIGN, **plan)


async def _tasks(world: World, campaign_id: str, caller: Caller = DESK_OFFICER) -> list[Any]:
    return list((await world.ask(TASKS, caller, id=campaign_id))["campaign"]["tasks"]["nodes"])


async def _visited(world: World, *unmet: str) -> tuple[Any, Any]:
    campaign = await _campaign(world)
    task = (await _tasks(world, campaign["id"]))[0]
    visit = {"taskId": task["id"], "answers": _answers(*unmet)}
    return campaign, await done(world, "recordVisit", COMMITTEE_HEAD, TASK, **visit)


async def _hazard(world: World, **given: Any) -> Any:
    due = (world.now + timedelta(days=7)).isoformat()
    values = {"description": "软管老化", "severity": "MAJOR", "unitId": "unit_s1", "dueAt": due, **given}
    return await done(world, "reportHazard", COMMITTEE_HEAD, HAZARD, **values)


@pytest.mark.capability("R-27")
async def test_a_campaign_goes_from_its_targets_over_a_hazard_to_its_end(world: World) -> None:
    campaign = await _campaign(world, activate=False)
    assert (campaign["state"], campaign["targetCount"]) == ("PLANNED", 2)
    assert await _tasks(world, campaign["id"]) == []
    campaign = await done(world, "activateCampaign", DESK_OFFICER, CAMPAIGN, campaignId=campaign["id"])
    first, second = await _tasks(world, campaign["id"])
    assert first["post"] == {"id": COMMITTEE}

    visit = {"taskId": first["id"], "answers": _answers("hose")}
    assert (await done(world, "recordVisit", ATTENDANT, TASK, **visit))["unmet"] == ["hose"]
    assert await refused(world, "clearInspectionTask", ATTENDANT, TASK, taskId=first["id"]) == "ITEMS_NOT_MET"
    hazard = await _hazard(world, taskId=first["id"], evidence=PHOTO)
    await done(world, "recordVisit", COMMITTEE_HEAD, TASK, taskId=second["id"], answers=_answers())
    assert await refused(
        world, "reviewCampaign", DESK_OFFICER, CAMPAIGN, campaignId=campaign["id"], summary="完成"
    ) == ("TASKS_STILL_OPEN")
    await done(world, "clearInspectionTask", COMMITTEE_HEAD, TASK, taskId=second["id"])
    review = {"campaignId": campaign["id"], "summary": "查出一处隐患"}
    assert (await done(world, "reviewCampaign", DESK_OFFICER, CAMPAIGN, **review))["state"] == "REVIEWED"
    assert (
        await refused(world, "closeCampaign", DESK_OFFICER, CAMPAIGN, campaignId=campaign["id"]) == "TASKS_STILL_OPEN"
    )

    of = {"hazardId": hazard["id"]}
    await done(world, "startRectification", SECTION_HEAD, HAZARD, **of)
    await done(world, "submitRectification", SECTION_HEAD, HAZARD, **of, note="已更换", evidence=PHOTO)
    assert await refused(world, "recheckHazard", SECTION_HEAD, HAZARD, **of, passed=True) == "NOT_ALLOWED INVOLVED"
    bad = await done(world, "recheckHazard", COMMITTEE_HEAD, HAZARD, **of, passed=False, note="接口仍漏气")
    assert bad["state"] == "RECTIFYING"
    await done(world, "submitRectification", SECTION_HEAD, HAZARD, **of, note="重新安装", evidence=PHOTO)
    good = await done(world, "recheckHazard", COMMITTEE_HEAD, HAZARD, **of, passed=True)
    assert (good["state"], good["rechecks"]) == ("RECHECKED", [{"passed": False}, {"passed": True}])
    assert (await done(world, "closeHazard", DESK_OFFICER, HAZARD, **of))["state"] == "CLOSED"
    assert [task["state"] for task in await _tasks(world, campaign["id"])] == ["CLOSED", "CLEAN"]
    assert (await done(world, "closeCampaign", DESK_OFFICER, CAMPAIGN, campaignId=campaign["id"]))["state"] == "CLOSED"

    assert await names(world, "campaign") == ["planned", "targets_added", "activated", "reviewed", "closed"]
    assert await names(world, "hazard") == [
        *("found", "rectification_started", "rectified", "rechecked", "rectified", "rechecked", "closed")
    ]
    told = "".join([row["data"] for row in await world.told("campaign", "inspection", "hazard")])
    assert "软管" not in told
    assert "漏气" not in told


@pytest.mark.capability("R-27")
async def test_progress_is_counted_by_grid_and_by_unit(world: World) -> None:
    campaign, task = await _visited(world, "hose")
    await _hazard(world, taskId=task["id"])
    await _hazard(world, taskId=task["id"])

    rows = (await world.ask(PROGRESS, id=campaign["id"], by="GRID"))["campaign"]["progress"]
    assert [(row["total"], row["assigned"], row["hazard"], row["openHazards"]) for row in rows] == [
        (1, 0, 1, 2),
        (1, 1, 0, 0),
    ]
    assert rows[0]["area"]["id"] == "d1-s1-c1-g1"
    (row,) = (await world.ask(PROGRESS, id=campaign["id"], by="UNIT"))["campaign"]["progress"]
    assert (row["unit"]["id"], row["total"], row["hazards"], row["overdue"]) == ("unit_c1", 2, 2, 0)


@pytest.mark.capability("R-27")
async def test_late_visits_rectifications_and_rechecks_are_announced_once_each(world: World) -> None:
    _, task = await _visited(world, "hose")
    hazard = await _hazard(world, taskId=task["id"])
    world.pass_time(days=8)
    for _ in range(2):
        await run_timers(world)
    of = {"hazardId": hazard["id"]}
    await done(world, "startRectification", SECTION_HEAD, HAZARD, **of)
    await run_timers(world)
    await done(world, "submitRectification", SECTION_HEAD, HAZARD, **of, note="已更换", evidence=PHOTO)
    world.pass_time(days=4)
    for _ in range(2):
        await run_timers(world)
    late = [json.loads(row["data"])["what"] for row in await world.told("hazard") if ".overdue." in row["type"]]
    assert late == ["rectification", "recheck"]

    world.pass_time(days=30)
    for _ in range(2):
        await run_timers(world)
    overdue = [row for row in await world.told("inspection") if ".overdue." in row["type"]]
    assert len(overdue) == 1  # the other target was visited in time


@pytest.mark.capability("R-27")
async def test_an_emergency_campaign_is_open_in_one_command(world: World) -> None:
    plan = {"areaId": "d1", "template": "flood", "targets": {"every": "GRID"}, "activate": True}
    campaign = await done(world, "planCampaign", DESK_OFFICER, CAMPAIGN, **plan, idempotencyKey="flood")
    again = await done(world, "planCampaign", DESK_OFFICER, CAMPAIGN, **plan, idempotencyKey="flood")

    assert again == campaign
    assert (campaign["state"], campaign["kind"], campaign["targetCount"]) == ("ACTIVE", "EMERGENCY", 4)
    mine = "{ myInspectionTasks { nodes { label } } }"
    assert len((await world.ask(mine, COMMITTEE_HEAD))["myInspectionTasks"]["nodes"]) == 2
    assert (await names(world, "inspection")) == ["assigned"] * 4


async def test_assets_of_a_kind_become_targets_and_their_hazards_show_at_the_asset(world: World) -> None:
    lift = {"kind": "lift", "name": "电梯", "ownerUnit": "unit_c1"}
    assets = [
        await done(world, "registerAsset", DESK_OFFICER, "asset { id }", code=code, **lift, **place)
        for code, place in (("DT-1", IN_GRID_1), ("DT-2", IN_GRID_2))
    ]
    campaign = await _campaign(world, targets={"assetKind": "lift"})
    tasks = await _tasks(world, campaign["id"])
    await done(world, "recordVisit", COMMITTEE_HEAD, TASK, taskId=tasks[0]["id"], answers=_answers("alarm"))
    hazard = await _hazard(world, taskId=tasks[0]["id"])

    seen = await world.ask("query($id: ID!) { asset(id: $id) { hazards { id } } }", id=assets[0]["id"])
    assert seen["asset"]["hazards"] == [{"id": hazard["id"]}]


async def test_targets_come_from_a_file_and_none_is_listed_twice(world: World) -> None:
    campaign = await _campaign(world, activate=False)
    result = "campaign { targetCount } added badRows { code path }"
    given = {
        "campaignId": campaign["id"],
        "format": "CSV",
        "content": "label,area_id,address\n燃气用户1,d1-s1-c1-g1,1号101\n燃气用户2,d1-s1-c1-g1,1号102\n",
    }
    dry = await send(world, "importCampaignTargets", DESK_OFFICER, result, **given, dryRun=True)
    assert (dry["added"], dry["campaign"], dry["errors"]) == (2, None, [])
    wet = await send(world, "importCampaignTargets", DESK_OFFICER, result, **given)
    assert (wet["added"], wet["campaign"]) == (2, {"targetCount": 4})
    again = await send(world, "importCampaignTargets", DESK_OFFICER, result, **given)
    assert (again["added"], again["campaign"]) == (0, {"targetCount": 4})

    bad = {**given, "content": "label,area_id\nx,d1-s2-c1-g1\ny,nowhere\n"}
    refusal = await send(world, "importCampaignTargets", DESK_OFFICER, result, **bad)
    assert [row["code"] for row in refusal["badRows"]] == ["INVALID_INPUT", "UNKNOWN_AREA"]
    assert [said(error) for error in refusal["errors"]] == ["ROWS_REFUSED"]


async def test_targets_added_to_an_active_campaign_get_their_tasks_at_once(world: World) -> None:
    campaign = await _campaign(world)
    targets = [{"areaId": "d1-s1-c1-g2", "address": "8号"}, {"areaId": "d1-s1-c1-g1"}]
    await done(world, "addCampaignTargets", DESK_OFFICER, CAMPAIGN, campaignId=campaign["id"], targets=targets)
    assert [task["label"] for task in await _tasks(world, campaign["id"])][2:] == ["8号"]


async def test_a_checklist_is_answered_whole_and_shown_where_it_asks_for_it(world: World) -> None:
    campaign = await _campaign(world)
    task = (await _tasks(world, campaign["id"]))[0]["id"]

    for answers, code in (
        (_answers()[:3], "CHECKLIST_NOT_ANSWERED"),
        (_answers() + _answers()[:1], "CHECKLIST_NOT_ANSWERED"),
        ([{**answer, "evidence": []} for answer in _answers()], "ITEM_NEEDS_EVIDENCE"),
    ):
        assert await refused(world, "recordVisit", ATTENDANT, TASK, taskId=task, answers=answers) == code


@pytest.mark.capability("R-39")
async def test_visits_are_planned_over_a_list_with_their_mode_and_outcome(world: World) -> None:
    plan = {"areaId": "d1-s1", "template": "hotel_visit", "activate": False}
    campaign = await done(world, "planCampaign", DESK_OFFICER, CAMPAIGN, **plan)
    assert campaign["visitMode"] == "JOINT"
    hotels = [{"areaId": "d1-s1-c1-g1", "address": f"{number}号旅馆"} for number in (1, 2)]
    await done(world, "addCampaignTargets", DESK_OFFICER, CAMPAIGN, campaignId=campaign["id"], targets=hotels)
    await done(world, "activateCampaign", DESK_OFFICER, CAMPAIGN, campaignId=campaign["id"])
    task = (await _tasks(world, campaign["id"]))[0]["id"]

    alone = {"taskId": task, "mode": "JOINT"}
    assert await refused(world, "recordVisit", ATTENDANT, TASK, **alone) == "VISIT_NEEDS_COMPANY"
    vain = await done(world, "recordVisit", ATTENDANT, TASK, taskId=task, outcome="NOBODY_THERE")
    assert vain["state"] == "ASSIGNED"
    led = {"taskId": task, "mode": "LEADER_LED", "leaderPostId": SECTION, "units": ["unit_dept"]}
    seen = await done(world, "recordVisit", ATTENDANT, TASK, **led)
    assert seen["state"] == "VISITED"
    assert [(visit["mode"], visit["outcome"]) for visit in seen["visits"]] == [
        ("SOLO", "NOBODY_THERE"),
        ("LEADER_LED", "REACHED"),
    ]


@pytest.mark.capability("R-28")
async def test_a_security_standard_is_counted_building_by_building_and_item_by_item(world: World) -> None:
    campaign = await _campaign(world, template="building_security")
    items = ["leader", "gate", "video", "video_kept", "openings", "patrol"]
    for task, unmet in zip(await _tasks(world, campaign["id"]), (["video_kept"], ["video_kept", "gate"]), strict=True):
        answers = [{"item": item, "met": item not in unmet, "evidence": PHOTO} for item in items]
        seen = await done(world, "recordVisit", COMMITTEE_HEAD, TASK, taskId=task["id"], answers=answers)
        assert sorted(seen["unmet"]) == sorted(unmet)

    asked = "query($id: ID!) { campaign(id: $id) { results { item met unmet } } }"
    results = (await world.ask(asked, id=campaign["id"]))["campaign"]["results"]
    assert [(row["item"], row["met"], row["unmet"]) for row in results] == [
        *(("leader", 2, 0), ("gate", 1, 1), ("video", 2, 0), ("video_kept", 0, 2), ("openings", 2, 0)),
        ("patrol", 2, 0),
    ]


async def test_who_is_of_another_place_finds_nothing_and_may_do_nothing(world: World) -> None:
    campaign, task = await _visited(world)
    hazard = await _hazard(world, taskId=task["id"])

    for caller in (RESIDENT, OTHER_SECTION_HEAD, STREET_2_CENTRE):
        seen = await world.ask(
            """query($c: ID!, $t: ID!, $h: ID!) { campaign(id: $c) { id } inspectionTask(id: $t) { id }
            hazard(id: $h) { id } campaigns { nodes { id } } hazards { nodes { id } } }""",
            caller,
            c=campaign["id"],
            t=task["id"],
            h=hazard["id"],
        )
        assert seen == {
            "campaign": None,
            "inspectionTask": None,
            "hazard": None,
            "campaigns": {"nodes": []},
            "hazards": {"nodes": []},
        }
        assert await refused(world, "clearInspectionTask", caller, TASK, taskId=task["id"]) == "NOT_FOUND"
        assert await refused(world, "closeHazard", caller, HAZARD, hazardId=hazard["id"]) == "NOT_FOUND"
    plan = {"areaId": "d1-s1", "template": "flood"}
    assert await refused(world, "planCampaign", SECTION_HEAD, CAMPAIGN, **plan) == "NOT_ALLOWED ROLE"
    assert await refused(world, "planCampaign", STREET_2_CENTRE, CAMPAIGN, **plan) == "UNKNOWN_AREA"
    assert await refused(world, "closeHazard", SECTION_HEAD, HAZARD, hazardId=hazard["id"]) == "NOT_ALLOWED ROLE"
    code = await refused(world, "startRectification", COMMITTEE_HEAD, HAZARD, hazardId=hazard["id"])
    assert code == "NOT_ALLOWED NOT_YOURS"


async def test_what_cannot_be_planned_is_explained(world: World) -> None:
    for given, code in (
        ({"template": "nonsense"}, "UNKNOWN_TEMPLATE"),
        ({"name": "无期限"}, "INVALID_INPUT"),
        ({"template": "flood", "activate": True}, "NO_TARGETS"),
        ({"template": "flood", "dueAt": "2020-01-01T00:00:00Z"}, "DUE_IN_THE_PAST"),
    ):
        assert await refused(world, "planCampaign", DESK_OFFICER, CAMPAIGN, areaId="d1-s1", **given) == code


async def test_a_target_that_is_gone_is_dropped_and_another_post_may_be_named(world: World) -> None:
    campaign = await _campaign(world)
    first, second = (task["id"] for task in await _tasks(world, campaign["id"]))
    await done(world, "assignInspectionTask", DESK_OFFICER, TASK, taskId=first, postId=SECTION)
    await done(world, "dropInspectionTask", DESK_OFFICER, TASK, taskId=second, reason="店铺已关闭")

    tasks = await _tasks(world, campaign["id"])
    assert [(task["state"], task["post"]["id"]) for task in tasks] == [("ASSIGNED", SECTION), ("DROPPED", COMMITTEE)]
    assert await refused(world, "recordVisit", ATTENDANT, TASK, taskId=second) == "TASK_STATE_FORBIDS"


@pytest.mark.capability("R-27")
async def test_a_hazard_beyond_the_street_s_means_becomes_an_order_of_the_department(world: World) -> None:
    hazard = await _hazard(world, areaId="d1-s1-c1-g1")
    over = {"hazardId": hazard["id"], "reason": "须区级部门处置", "postId": DEPARTMENT}

    assert await refused(world, "handHazardOver", SECTION_HEAD, HAZARD, **over) == "NOT_ALLOWED ROLE"
    seen = await done(world, "handHazardOver", DESK_OFFICER, HAZARD, **over, idempotencyKey="over")
    assert seen == await done(world, "handHazardOver", DESK_OFFICER, HAZARD, **over, idempotencyKey="over")
    assert seen["state"] == "HANDED_OVER"
    asked = "query($id: ID!) { hazard(id: $id) { unit { id } workOrder { state leadPost { id } source { kind id } } } }"
    carried = (await world.ask(asked, DEPARTMENT_HEAD, id=hazard["id"]))["hazard"]
    assert carried["unit"] == {"id": "unit_dept"}
    assert carried["workOrder"] == {
        "state": "DISPATCHED",
        "leadPost": {"id": DEPARTMENT},
        "source": {"kind": "HAZARD", "id": hazard["id"]},
    }

    of = {"hazardId": hazard["id"]}
    work = {**of, "note": "已处置", "evidence": PHOTO}
    assert await refused(world, "submitRectification", SECTION_HEAD, HAZARD, **work) == "NOT_ALLOWED NOT_YOURS"
    await done(world, "submitRectification", DEPARTMENT_HEAD, HAZARD, **work)
    assert await refused(world, "recheckHazard", DEPARTMENT_HEAD, HAZARD, **of, passed=True) == "NOT_ALLOWED INVOLVED"
    assert (await done(world, "recheckHazard", SECTION_HEAD, HAZARD, **of, passed=True))["state"] == "RECHECKED"


async def test_two_hazards_closed_at_the_same_moment_end_their_task(world: World) -> None:
    campaign, task = await _visited(world, "hose")
    hazards = [await _hazard(world, taskId=task["id"]) for _ in range(2)]
    for hazard in hazards:
        of = {"hazardId": hazard["id"]}
        await done(world, "startRectification", SECTION_HEAD, HAZARD, **of)
        await done(world, "submitRectification", SECTION_HEAD, HAZARD, **of, note="已更换", evidence=PHOTO)
        await done(world, "recheckHazard", COMMITTEE_HEAD, HAZARD, **of, passed=True)

    await asyncio.gather(
        *(done(world, "closeHazard", DESK_OFFICER, HAZARD, hazardId=hazard["id"]) for hazard in hazards)
    )
    assert (await _tasks(world, campaign["id"]))[0]["state"] == "CLOSED"


@pytest.mark.capability("R-27")
@pytest.mark.parametrize(("disposition", "state"), [("SOLVED", "RECTIFIED"), ("EXPLAINED", "HANDED_OVER")])
async def test_a_hazard_is_rectified_with_its_order_and_then_re_checked(
    world: World, disposition: str, state: str
) -> None:
    hazard = await _hazard(world, areaId="d1-s1-c1-g1")
    over = {"hazardId": hazard["id"], "reason": "须区级部门处置", "postId": DEPARTMENT}
    await done(world, "handHazardOver", DESK_OFFICER, HAZARD, **over)
    asked = """query($id: ID!) { hazard(id: $id) { state workOrder { id }
      rectifications { note evidence { ref } } } }"""
    order = {"workOrderId": (await world.ask(asked, id=hazard["id"]))["hazard"]["workOrder"]["id"]}
    await world.done("acceptOrder", DEPARTMENT_HEAD, **order)
    await world.done("startOrder", DEPARTMENT_HEAD, **order)
    await world.done("submitOrder", DEPARTMENT_HEAD, **order, reply="已加固", evidence=PHOTO)
    await world.done("verifyOrder", DESK_OFFICER, **order, disposition=disposition, reason="现场已核实")

    seen = (await world.ask(asked, id=hazard["id"]))["hazard"]
    assert seen["state"] == state
    if state == "RECTIFIED":
        (rectified,) = seen["rectifications"]
        assert (rectified["note"], rectified["evidence"]) == ("已加固", [{"ref": PHOTO[0]["ref"]}])
        of = {"hazardId": hazard["id"], "passed": True}
        assert await refused(world, "recheckHazard", DEPARTMENT_HEAD, HAZARD, **of) == "NOT_ALLOWED INVOLVED"
        assert (await done(world, "recheckHazard", SECTION_HEAD, HAZARD, **of))["state"] == "RECHECKED"
