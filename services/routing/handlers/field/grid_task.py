"""Commands on the task lists of grids: plan, end, complete, and the timers' steps."""

from collections.abc import Sequence

import msgspec

from services.chassis.errors import RoleMissing
from services.chassis.events import EventData
from services.chassis.identity import Caller
from services.chassis.unit_of_work import Store, UnitOfWork
from services.routing.access.field import addressed, require_sight, sees
from services.routing.errors.field import FieldWorkNotYours
from services.routing.handlers.commands import change, create
from services.routing.handlers.field.lookups import known_area, known_post
from services.routing.model.field.grid_task import Cadence, GridPlan, GridTask, GridTaskKind
from services.routing.model.order.evidence import Evidence
from services.routing.model.organisation.directory import Directory
from services.routing.model.organisation.point import Point
from services.routing.store.area import AREAS
from services.routing.store.grid_task import GRID_PLANS, GRID_TASKS


async def plan_grid_tasks(
    store: Store,
    directory: Directory,
    caller: Caller,
    key: str,
    title: str,
    kind: GridTaskKind,
    area_id: str,
    post_id: str,
    cadence: Cadence,
) -> GridPlan:
    """Put a task that comes round on a grid's list. Raises Refusal, StoreError."""

    async def decide(unit: UnitOfWork) -> tuple[GridPlan, Sequence[EventData]]:
        area = known_area(directory, caller, area_id)
        _require_planner(caller, area.path)
        return GridPlan.make(title, kind, area.path, known_post(directory, post_id), cadence, unit.now)

    given = [title, kind, area_id, post_id, msgspec.to_builtins(cadence)]
    return await create(store, GRID_PLANS, caller, "planGridTasks", key, given, decide)


async def end_grid_plan(store: Store, caller: Caller, key: str, plan_id: str) -> GridPlan:
    """Take it off the list. Raises Refusal, StoreError."""

    async def decide(unit: UnitOfWork, plan: GridPlan) -> Sequence[EventData]:
        require_sight(sees(caller, plan.area_path, posts=(plan.post,)), GRID_PLANS.what)
        _require_planner(caller, plan.area_path)
        return plan.end(unit.now)

    return await change(store, GRID_PLANS, caller, "endGridPlan", key, plan_id, [], decide)


async def complete_grid_task(
    store: Store,
    caller: Caller,
    key: str,
    task_id: str,
    minutes: int,
    place: Point,
    note: str | None,
    evidence: Sequence[Evidence],
) -> GridTask:
    """Record that it was done, by the post itself or an attendant of the grid. Raises Refusal, StoreError."""

    async def decide(unit: UnitOfWork, task: GridTask) -> Sequence[EventData]:
        require_sight(sees(caller, task.area_path, posts=(task.post,), units=(task.unit,)), GRID_TASKS.what)
        if not addressed(caller, (task.post,), (task.unit,)) and not caller.has("attendant"):
            raise FieldWorkNotYours
        outside = not await _holds(unit, task.area_id, place)
        return task.complete(minutes, place, outside, note, evidence, unit.now, caller.actor)

    given = [minutes, [place.lon, place.lat], note, msgspec.to_builtins(evidence)]
    return await change(store, GRID_TASKS, caller, "completeGridTask", key, task_id, given, decide)


async def open_grid_task(store: Store, plan_id: str) -> None:
    """The timer's step of a plan: the task that has fallen due is put on the list."""

    async def attempt(unit: UnitOfWork) -> None:
        plan = await unit.get(GRID_PLANS, plan_id)
        task, events = plan.fall(unit.now)
        unit.save(GRID_PLANS, plan, events)
        if task:
            unit.add(GRID_TASKS, task, task.announced())

    await store.run(attempt)


async def miss_grid_task(store: Store, task_id: str) -> None:
    """The timer's step of a task: it was not done in time."""

    async def attempt(unit: UnitOfWork) -> None:
        task = await unit.get(GRID_TASKS, task_id)
        if events := task.miss(unit.now):
            unit.save(GRID_TASKS, task, events)

    await store.run(attempt)


def _require_planner(caller: Caller, area_path: Sequence[str]) -> None:
    if not caller.has("centre", "handler") or not caller.covers(list(area_path)):
        raise RoleMissing(roles="centre, handler")


async def _holds(unit: UnitOfWork, area_id: str, place: Point) -> bool:
    point = {"type": "Point", "coordinates": [place.lon, place.lat]}
    where = {"_id": area_id, "boundary": {"$geoIntersects": {"$geometry": point}}}
    return await unit.mongo[AREAS.collection.name].find_one(where, {"_id": 1}) is not None
