"""Every list, count and timer of field work is answered by an index, in its order."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from services.chassis.identity import Caller
from services.chassis.mongo import Document
from services.routing.model.field.campaign import CampaignState
from services.routing.model.field.hazard import HazardState
from services.routing.model.field.inspection import TaskState
from services.routing.views import asset, campaign, custody, grid_task, venue
from tests.routing.district import COMMITTEE, GRID_1
from tests.routing.field_world import COMMITTEE_HEAD, IN_GRID_1, done, run_timers
from tests.routing.world import ATTENDANT, DESK_OFFICER, RESIDENT, SECTION_HEAD, World

UP, DOWN = 1, -1
TIMED = ("assets", "custodies", "department_steps", "grid_plans", "grid_tasks", "hazards", "inspections")


def _stages(plan: Any) -> Iterator[str]:
    if isinstance(plan, dict):
        if isinstance(plan.get("stage"), str):
            yield plan["stage"]
        for value in plan.values():
            yield from _stages(value)
    elif isinstance(plan, list):
        for value in plan:
            yield from _stages(value)


def _lists(caller: Caller, world: World) -> list[tuple[str, Document, str, int]]:
    """Collection, filter, order and direction of every list a caller can ask for."""
    return [
        *(
            ("assets", asset.asset_list(caller, **asked), "code", UP)
            for asked in ({}, {"kind": "lift"}, {"area": "d1-s1"}, {"overdue_at": world.now})
        ),
        *(
            ("campaigns", campaign.campaign_list(caller, state), "planned_at", DOWN)
            for state in (None, CampaignState.ACTIVE)
        ),
        *(
            ("inspections", campaign.task_list(caller, "campaign_1", state), "visit_by", UP)
            for state in (None, TaskState.ASSIGNED)
        ),
        *(
            ("hazards", campaign.hazard_list(caller, state=state, area=area), "found_at", DOWN)
            for state in (None, HazardState.FOUND)
            for area in (None, "d1-s1")
        ),
        ("inspections", campaign.my_tasks("post_c1"), "due_at", UP),
        ("grid_tasks", grid_task.my_list("post_c1"), "due_at", UP),
        ("grid_tasks", grid_task.area_list(caller, "d1-s1"), "due_at", UP),
        ("custodies", custody.my_list(caller), "begun_at", DOWN),
        *(
            ("venues", venue.venue_list(area=area, kind=kind, service=service), "name", UP)
            for area, kind, service in ((None, None, None), ("d1", None, None), (None, "x", None), (None, None, "y"))
        ),
    ]


async def _plan(world: World, collection: str, where: Document, **more: Any) -> set[str]:
    command = {"explain": {"find": collection, "filter": where, **more}, "verbosity": "queryPlanner"}
    answer = await world.mongo.database.command(command)
    return set(_stages(answer["queryPlanner"]["winningPlan"]))


async def _some(world: World) -> None:
    """One of each, so that the planner knows which fields hold lists."""
    lift = {"code": "DT-1", "kind": "lift", "name": "电梯", "ownerUnit": "unit_c1", **IN_GRID_1}
    await done(world, "registerAsset", DESK_OFFICER, "asset { id }", **lift)
    plan = {"areaId": "d1-s1", "template": "flood", "targets": {"every": "GRID"}, "activate": True}
    await done(world, "planCampaign", DESK_OFFICER, "campaign { id }", **plan)
    soon = (world.now + timedelta(hours=1)).isoformat()
    found = {"description": "x", "severity": "MAJOR", "unitId": "unit_s1", "dueAt": soon, "areaId": "d1-s1"}
    await done(world, "reportHazard", DESK_OFFICER, "hazard { id }", **found)
    patrol = {
        "title": "x",
        "kind": "PATROL",
        "areaId": GRID_1[-1],
        "postId": COMMITTEE,
        "firstAt": soon,
        "everyDays": 1,
    }
    await done(world, "planGridTasks", DESK_OFFICER, "plan { id }", **patrol)
    world.pass_time(hours=2)
    await run_timers(world)
    held = {"subject": "THING", "reference": "x", "areaId": GRID_1[-1]}
    await done(world, "beginCustody", COMMITTEE_HEAD, "custody { id }", **held)
    place = {"name": "x", "kind": "x", "address": "x", "services": ["x"], "hours": [], "staffPostId": COMMITTEE}
    await done(world, "publishVenue", DESK_OFFICER, "venue { id }", venue={**place, **IN_GRID_1})


async def test_every_list_of_field_work_is_answered_by_an_index_in_its_order(world: World) -> None:
    await _some(world)
    for caller in (DESK_OFFICER, SECTION_HEAD, ATTENDANT, COMMITTEE_HEAD, RESIDENT):
        for collection, where, order_by, direction in _lists(caller, world):
            stages = await _plan(world, collection, where, sort={order_by: direction, "_id": direction}, limit=21)
            assert not stages & {"COLLSCAN"}, (caller.post, collection, where)
            if caller is not RESIDENT:  # of whom nothing is read at all
                assert "SORT" not in stages, (caller.post, collection, where)


async def test_counts_reads_by_reference_and_timers_of_field_work_have_an_index(world: World) -> None:
    asked: list[tuple[str, Document]] = [
        ("inspections", {"campaign_id": "campaign_1"}),
        ("inspections", {"campaign_id": "campaign_1", "open": True}),
        ("hazards", {"task_id": {"$in": ["inspection_1"]}}),
        ("hazards", {"asset_id": {"$in": ["asset_1"]}}),
        ("hazards", {"area_path": "d1", "found_at": {"$gte": world.now}}),
        ("grid_tasks", {"area_path": "d1", "due_at": {"$gte": world.now}}),
        ("asset_reports", {"asset_id": {"$in": ["asset_1"]}}),
        ("assets", {"code": {"$in": ["DT-1"]}}),
        ("department_steps", {"work_order_id": {"$in": ["order_1"]}}),
        *((name, {"next_step_at": {"$lte": world.now}}) for name in TIMED),
    ]
    for collection, where in asked:
        stages = await _plan(world, collection, where)
        assert "COLLSCAN" not in stages, (collection, where)
