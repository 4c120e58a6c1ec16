"""Commands on the tasks of campaigns: assign, visit, clear, drop, and the timer's step."""

from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec

from services.chassis.events import EventData
from services.chassis.identity import Caller
from services.chassis.unit_of_work import Store, UnitOfWork
from services.routing.access.field import require_addressed, require_keeper, require_sight, sees
from services.routing.handlers.commands import change
from services.routing.handlers.field.lookups import known_post, known_unit
from services.routing.model.field.campaign import VisitMode
from services.routing.model.field.inspection import Answer, InspectionTask, VisitOutcome, VisitRecord
from services.routing.model.organisation.directory import Directory
from services.routing.store.campaign import CAMPAIGNS, INSPECTIONS


class VisitGiven(msgspec.Struct, frozen=True, kw_only=True):
    """A visit as those who made it record it."""

    mode: VisitMode
    outcome: VisitOutcome
    units: tuple[str, ...]
    leader_post: str | None
    note: str | None
    answers: tuple[Answer, ...]


async def assign_task(
    store: Store, directory: Directory, caller: Caller, key: str, task_id: str, post_id: str
) -> InspectionTask:
    """The centre gives the task to another post. Raises Refusal, StoreError."""

    def act(task: InspectionTask, now: datetime) -> Sequence[EventData]:
        require_keeper(caller, task.area_path)
        return task.give_to(known_post(directory, post_id))

    return await _change(store, caller, "assignInspectionTask", key, task_id, [post_id], act)


async def record_visit(
    store: Store, directory: Directory, caller: Caller, key: str, task_id: str, given: VisitGiven
) -> InspectionTask:
    """Record a visit with the answers to the campaign's checklist. Raises Refusal, StoreError."""

    async def decide(unit: UnitOfWork, task: InspectionTask) -> Sequence[EventData]:
        _require_visitor(caller, task)
        for name in given.units:
            known_unit(directory, name, ("units",))
        if given.leader_post is not None:
            known_post(directory, given.leader_post, ("leaderPostId",))
        campaign = await unit.get(CAMPAIGNS, task.campaign_id)
        record = VisitRecord(at=unit.now, by=caller.actor, **msgspec.structs.asdict(given))
        return task.visit(record, campaign.checklist)

    what = [msgspec.to_builtins(given)]
    return await change(store, INSPECTIONS, caller, "recordVisit", key, task_id, what, decide)


async def clear_task(store: Store, caller: Caller, key: str, task_id: str) -> InspectionTask:
    """Nothing is wrong there. Raises Refusal, StoreError."""

    def act(task: InspectionTask, now: datetime) -> Sequence[EventData]:
        _require_visitor(caller, task)
        return task.clear(now)

    return await _change(store, caller, "clearInspectionTask", key, task_id, [], act)


async def drop_task(store: Store, caller: Caller, key: str, task_id: str, reason: str) -> InspectionTask:
    """There is nothing to visit; the centre says so. Raises Refusal, StoreError."""

    def act(task: InspectionTask, now: datetime) -> Sequence[EventData]:
        require_keeper(caller, task.area_path)
        return task.drop(reason, now)

    return await _change(store, caller, "dropInspectionTask", key, task_id, [reason], act)


async def note_overdue_task(store: Store, task_id: str) -> None:
    """The timer's step: a visit that was not made in time is announced once."""

    async def attempt(unit: UnitOfWork) -> None:
        task = await unit.get(INSPECTIONS, task_id)
        if events := task.note_overdue(unit.now):
            unit.save(INSPECTIONS, task, events)

    await store.run(attempt)


def require_task(caller: Caller, task: InspectionTask) -> None:
    """Raises NotFound for a task the caller does not see."""
    seen = sees(caller, task.area_path, posts=(task.post,), units=(task.unit,), sensitivity=task.sensitivity)
    require_sight(seen, INSPECTIONS.what)


def _require_visitor(caller: Caller, task: InspectionTask) -> None:
    """Whoever works in the area may go there; a colleague need not wait for the one assigned."""
    require_task(caller, task)
    if not caller.has("attendant") and not caller.covers(list(task.area_path)):
        require_addressed(caller, task.area_path, post=task.post, unit=task.unit)


async def _change(
    store: Store,
    caller: Caller,
    name: str,
    key: str,
    task_id: str,
    given: Sequence[object],
    act: Callable[[InspectionTask, datetime], Sequence[EventData]],
) -> InspectionTask:
    async def decide(unit: UnitOfWork, task: InspectionTask) -> Sequence[EventData]:
        require_task(caller, task)
        return act(task, unit.now)

    return await change(store, INSPECTIONS, caller, name, key, task_id, given, decide)
