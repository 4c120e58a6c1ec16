"""The task lists of grids: what comes round, is done with a photo in its place, or recorded as missed."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.errors import Refusal
from services.chassis.events import Actor
from services.routing.model.field.grid_task import Cadence, GridPlan, GridTask, GridTaskKind, GridTaskState
from services.routing.model.order.evidence import Evidence, EvidenceKind
from services.routing.model.organisation.point import Point
from tests.routing import district
from tests.routing.district import COMMITTEE, GRID_1
from tests.routing.field_world import COMMITTEE_HEAD, IN_GRID_1, IN_GRID_2, PHOTO, done, names, refused, run_timers
from tests.routing.world import (
    ATTENDANT,
    DESK_OFFICER,
    OTHER_SECTION_HEAD,
    RESIDENT,
    START,
    STREET_2_CENTRE,
    World,
)

PLAN = "plan { id nextAt endedAt }"
TASK = "task { id state minutes outside }"
MINE = "{ myGridTasks { nodes { id title dueAt area { id } } } }"
DONE = {"minutes": 125, "evidence": PHOTO, **IN_GRID_1}


async def _plan(world: World, **given: Any) -> Any:
    values = {
        "title": "燃气巡查",
        "kind": "PATROL",
        "areaId": GRID_1[-1],
        "postId": COMMITTEE,
        "firstAt": (world.now + timedelta(hours=1)).isoformat(),
        "everyDays": 2,
        "openHours": 24,
        **given,
    }
    return await done(world, "planGridTasks", DESK_OFFICER, PLAN, **values)


async def _mine(world: World) -> list[Any]:
    return list((await world.ask(MINE, COMMITTEE_HEAD))["myGridTasks"]["nodes"])


@pytest.mark.capability("R-26")
async def test_tasks_come_round_are_done_with_a_photo_or_recorded_as_missed(world: World) -> None:
    await _plan(world, times=3)
    assert await _mine(world) == []
    world.pass_time(hours=2)
    await run_timers(world)
    (task,) = await _mine(world)
    assert task["area"] == {"id": GRID_1[-1]}

    of = {"taskId": task["id"]}
    assert (
        await refused(world, "completeGridTask", ATTENDANT, TASK, **of, **{**DONE, "evidence": []}) == "PHOTO_MISSING"
    )
    seen = await done(world, "completeGridTask", ATTENDANT, TASK, **of, **DONE)
    assert (seen["state"], seen["outside"]) == ("DONE", False)
    assert await refused(world, "completeGridTask", ATTENDANT, TASK, **of, **DONE) == "GRID_TASK_STATE_FORBIDS"
    assert await _mine(world) == []

    world.pass_time(days=2)
    await run_timers(world)
    (task,) = await _mine(world)
    world.pass_time(hours=24)
    late = await refused(world, "completeGridTask", ATTENDANT, TASK, taskId=task["id"], **DONE)
    assert late == "GRID_TASK_TOO_LATE"
    await run_timers(world)
    assert await names(world, "grid_task") == ["opened", "done", "opened", "missed"]
    world.pass_time(days=1)
    await run_timers(world)
    assert await names(world, "grid_plan") == ["made", "ended"]


@pytest.mark.capability("R-26")
async def test_what_became_of_a_grid_s_tasks_is_counted(world: World) -> None:
    await _plan(world, openHours=48)
    for place in (IN_GRID_1, IN_GRID_2, None):
        world.pass_time(days=2)
        await run_timers(world)
        (task,) = await _mine(world)
        if place:
            await done(world, "completeGridTask", COMMITTEE_HEAD, TASK, taskId=task["id"], **{**DONE, **place})
    world.pass_time(days=1)
    await run_timers(world)

    counts = """query($area: ID!, $since: DateTime!, $until: DateTime!) {
        gridTaskCounts(area: $area, since: $since, until: $until) { area { id } due done missed outside minutes } }"""
    period = {"area": "d1-s1", "since": START.isoformat(), "until": (START + timedelta(days=30)).isoformat()}
    (row,) = (await world.ask(counts, DESK_OFFICER, **period))["gridTaskCounts"]
    assert row == {"area": {"id": GRID_1[-1]}, "due": 1, "done": 2, "missed": 1, "outside": 1, "minutes": 250}
    for caller in (RESIDENT, OTHER_SECTION_HEAD, STREET_2_CENTRE):
        assert (await world.ask(counts, caller, **period))["gridTaskCounts"] == []


@pytest.mark.capability("R-26")
async def test_the_patrol_norm_is_met_by_rounds_hours_and_findings_together(world: World) -> None:
    asked = """query { patrolFulfilment(area: "d1-s1") {
        post { id } rounds roundsNeeded minutes minutesNeeded findings findingsNeeded met } }"""
    await _plan(world, openHours=48)
    for day in range(3):
        world.pass_time(days=2)
        await run_timers(world)
        (task,) = await _mine(world)
        await done(world, "completeGridTask", COMMITTEE_HEAD, TASK, taskId=task["id"], **DONE)
        if day < 2:
            (row,) = (await world.ask(asked))["patrolFulfilment"]
            assert not row["met"]
    for _ in range(2):
        assert (await world.ask(asked))["patrolFulfilment"][0]["met"] is False
        due = (world.now + timedelta(days=7)).isoformat()
        found = {"description": "井盖松动", "severity": "GENERAL", "unitId": "unit_s1", "dueAt": due}
        await done(world, "reportHazard", COMMITTEE_HEAD, "hazard { id }", **found, areaId=GRID_1[-1])
        world.pass_time(minutes=1)

    (row,) = (await world.ask(asked))["patrolFulfilment"]
    assert row == {
        "post": {"id": COMMITTEE},
        "rounds": 3,
        "roundsNeeded": 3,
        "minutes": 375,
        "minutesNeeded": 360,
        "findings": 2,
        "findingsNeeded": 2,
        "met": True,
    }
    world.pass_time(days=8)
    assert (await world.ask(asked))["patrolFulfilment"] == []


async def test_a_plan_is_ended_by_hand_and_by_its_own_area_only(world: World) -> None:
    plan = await _plan(world)

    for caller, code in ((RESIDENT, "NOT_FOUND"), (STREET_2_CENTRE, "NOT_FOUND"), (ATTENDANT, "NOT_ALLOWED ROLE")):
        assert await refused(world, "endGridPlan", caller, PLAN, planId=plan["id"]) == code
    assert (await done(world, "endGridPlan", COMMITTEE_HEAD, PLAN, planId=plan["id"]))["endedAt"]
    assert await refused(world, "endGridPlan", DESK_OFFICER, PLAN, planId=plan["id"]) == "PLAN_ENDED"
    world.pass_time(days=5)
    await run_timers(world)
    assert await names(world, "grid_task") == []


async def test_a_task_nobody_could_see_is_not_missed(world: World) -> None:
    await _plan(world)
    world.pass_time(days=9)  # the platform stood still for four rounds; the fifth is under way
    await run_timers(world)
    assert await names(world, "grid_task") == ["opened"]


@given(
    every=st.integers(1, 5),
    open_hours=st.integers(1, 24),
    times=st.one_of(st.none(), st.integers(1, 6)),
    steps=st.lists(st.integers(0, 60), max_size=40),
)
def test_no_round_is_made_twice_or_after_the_last(
    every: int, open_hours: int, times: int | None, steps: list[int]
) -> None:
    post = district.directory().posts[COMMITTEE]
    cadence = Cadence(first_at=START, every_days=every, times=times, open_for=timedelta(hours=open_hours))
    plan, _ = GridPlan.make("巡查", GridTaskKind.PATROL, GRID_1, post, cadence, START)
    now, made = START, list[GridTask]()
    for hours in steps:
        now += timedelta(hours=hours)
        task, events = plan.fall(now)
        if task:
            made.append(task)
            assert task.opens_at <= now < task.due_at
        assert plan.next_at is None or plan.next_at > now
        assert (plan.next_at is None) == (plan.ended_at is not None)
        assert bool(events) == (plan.ended_at == now and plan.next_at is None and bool(events))
    opens = [task.opens_at for task in made]
    assert opens == sorted(set(opens))
    assert all((moment - START) % timedelta(days=every) == timedelta() for moment in opens)
    assert times is None or plan.fallen <= times
    assert len(made) == plan.made <= plan.fallen


@given(st.lists(st.tuples(st.sampled_from(["complete", "miss"]), st.integers(0, 30)), max_size=10))
def test_a_task_is_either_done_or_missed_and_stays_so(steps: list[tuple[str, int]]) -> None:
    post = district.directory().posts[COMMITTEE]
    cadence = Cadence(first_at=START, every_days=1, times=None, open_for=timedelta(hours=24))
    task = GridPlan.make("巡查", GridTaskKind.PATROL, GRID_1, post, cadence, START)[0].fall(START)[0]
    assert task
    photo = (Evidence(kind=EvidenceKind.PHOTO, ref="x"),)
    now: datetime = START
    for name, hours in steps:
        now += timedelta(hours=hours)
        before = task.state
        try:
            if name == "miss":
                task.miss(now)
            else:
                task.complete(60, Point.at(113.0, 23.0), False, None, photo, now, Actor(person="p"))
        except Refusal:
            assert task.state is before
        assert before in (GridTaskState.DUE, task.state)
        assert (task.state is GridTaskState.DONE) == (task.completion is not None)
        if task.completion:
            assert task.completion.at < task.due_at
        assert (task.next_step_at is None) == (task.state is not GridTaskState.DUE)
