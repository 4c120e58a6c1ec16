"""Steps of departments on an order: reported by the unit that handles it, timed, and late ones shown."""

from datetime import timedelta
from typing import Any

import pytest

from services.chassis.ids import new_id
from tests.routing.district import DEPARTMENT
from tests.routing.field_world import done, names, refused, run_timers
from tests.routing.world import (
    ATTENDANT,
    DEPARTMENT_HEAD,
    DESK_OFFICER,
    OTHER_SECTION_HEAD,
    RESIDENT,
    SECTION_HEAD,
    World,
)

STEP = "step { id kind late startedAt endedAt unit { id } }"
STEPS = "query($id: ID!) { workOrder(id: $id) { departmentSteps { reference late endedAt } } }"


async def _started(world: World, order_id: str, **given: Any) -> Any:
    values = {"kind": "APPROVAL", "name": "占道许可", "reference": "XK-1", "startedAt": world.now.isoformat(), **given}
    return await done(world, "startDepartmentStep", SECTION_HEAD, STEP, workOrderId=order_id, **values)


@pytest.mark.capability("R-34")
async def test_a_step_that_takes_too_long_is_announced_and_shown_on_its_order(world: World) -> None:
    order = await world.dispatched()
    step = await _started(world, order.id)
    quick = await _started(world, order.id, kind="SITE_WORK", reference="SG-1")
    world.pass_time(days=5)
    ended = await done(
        world, "endDepartmentStep", SECTION_HEAD, STEP, stepId=quick["id"], endedAt=world.now.isoformat()
    )
    assert ended["late"] is False

    world.pass_time(days=2)
    for _ in range(2):
        await run_timers(world)
    assert await names(world, "department_step") == ["started", "started", "ended", "late"]
    seen = (await world.ask(STEPS, DESK_OFFICER, id=order.id))["workOrder"]["departmentSteps"]
    assert [(row["reference"], row["late"]) for row in seen] == [("XK-1", True), ("SG-1", False)]
    assert (await world.ask(STEPS, RESIDENT, id=order.id))["workOrder"]["departmentSteps"] is None
    told = "".join(row["data"] for row in await world.told("department_step"))
    assert "占道" not in told

    of = {"stepId": step["id"]}
    late = await done(world, "endDepartmentStep", SECTION_HEAD, STEP, **of, endedAt=world.now.isoformat())
    assert late["late"] is True
    again = await refused(world, "endDepartmentStep", SECTION_HEAD, STEP, **of, endedAt=world.now.isoformat())
    assert again == "STEP_ENDED"


async def test_a_step_reported_late_is_late_by_its_own_times(world: World) -> None:
    order = await world.dispatched()
    step = await _started(world, order.id, startedAt=(world.now - timedelta(days=9)).isoformat())
    ended = (world.now - timedelta(days=1)).isoformat()
    seen = await done(world, "endDepartmentStep", SECTION_HEAD, STEP, stepId=step["id"], endedAt=ended)
    assert seen["late"] is True


@pytest.mark.capability("R-34")
async def test_an_assisting_department_reports_its_steps_in_working_time(world: World) -> None:
    order = await world.dispatched()
    await world.done("acceptOrder", SECTION_HEAD, workOrderId=order.id)
    given = {"kind": "SURVEY", "name": "勘查", "reference": "KC-1", "startedAt": world.now.isoformat()}
    assert (
        await refused(world, "startDepartmentStep", DEPARTMENT_HEAD, STEP, workOrderId=order.id, **given) == "NOT_FOUND"
    )
    await world.done("requestAssistance", SECTION_HEAD, workOrderId=order.id, postId=DEPARTMENT, task="勘查管线")

    step = await done(
        world, "startDepartmentStep", DEPARTMENT_HEAD, "step { dueAt unit { id } }", workOrderId=order.id, **given
    )
    assert step["unit"] == {"id": "unit_dept"}
    # Begun on a Sunday evening: twelve working hours end on Tuesday at 16:30 in Guangzhou.
    assert step["dueAt"] == "2026-11-24T08:30:00+00:00"
    naive = {**given, "reference": "KC-2", "startedAt": "2026-11-22T08:00:00"}
    document = "mutation($input: StartDepartmentStepInput!) { startDepartmentStep(input: $input) { errors { code } } }"
    values = {"idempotencyKey": new_id("key"), "workOrderId": order.id, **naive}
    _, (error,) = await world.ask_raw(document, DEPARTMENT_HEAD, input=values)
    assert error["extensions"]["code"] == "INVALID_INPUT"


async def test_only_the_unit_that_handles_the_order_reports_and_only_what_can_be(world: World) -> None:
    order = await world.dispatched()
    now, future = world.now.isoformat(), (world.now + timedelta(minutes=1)).isoformat()
    values = {"workOrderId": order.id, "kind": "SURVEY", "name": "勘查", "reference": "KC-1", "startedAt": now}

    for caller, code in (
        (OTHER_SECTION_HEAD, "NOT_FOUND"),
        (RESIDENT, "NOT_ALLOWED ROLE"),
        (ATTENDANT, "NOT_ALLOWED ROLE"),
    ):
        assert await refused(world, "startDepartmentStep", caller, STEP, **values) == code
    step = await done(world, "startDepartmentStep", SECTION_HEAD, STEP, **values)
    assert await refused(world, "startDepartmentStep", SECTION_HEAD, STEP, **values) == "STEP_REPORTED"
    code = await refused(
        world, "startDepartmentStep", SECTION_HEAD, STEP, **{**values, "reference": "2", "startedAt": future}
    )
    assert code == "STEP_TIMES_WRONG"
    early = (world.now - timedelta(days=1)).isoformat()
    code = await refused(world, "endDepartmentStep", SECTION_HEAD, STEP, stepId=step["id"], endedAt=early)
    assert code == "STEP_TIMES_WRONG"
