"""Commands on hazards: found, taken up, rectified, re-checked by somebody else, closed, or handed over to a work order."""

from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec

from services.chassis.events import EventData
from services.chassis.identity import Caller
from services.chassis.unit_of_work import Store, UnitOfWork
from services.routing.access.field import require_addressed, require_keeper, require_sight, require_worker, sees
from services.routing.handlers.commands import change, create
from services.routing.handlers.field.asset import require_asset
from services.routing.handlers.field.inspection import require_task
from services.routing.handlers.field.lookups import known_area, known_unit
from services.routing.handlers.order.opening import open_order
from services.routing.model.field.hazard import Finding, Hazard, Severity
from services.routing.model.order.evidence import Evidence
from services.routing.model.order.work_order import Source, SourceKind, Subject
from services.routing.model.organisation.directory import Directory
from services.routing.store.asset import ASSETS
from services.routing.store.campaign import HAZARDS, INSPECTIONS

_URGENCY = {Severity.GENERAL: "routine", Severity.SERIOUS: "urgent", Severity.MAJOR: "urgent"}

_Act = Callable[[Hazard, datetime], Sequence[EventData]]


class HazardGiven(msgspec.Struct, frozen=True, kw_only=True):
    """A hazard as it is reported: at a task's target, at an asset, or somewhere in an area."""

    description: str
    severity: Severity
    unit: str
    due_at: datetime
    evidence: tuple[Evidence, ...] = ()
    task_id: str | None = None
    asset_id: str | None = None
    area_id: str | None = None


async def report_hazard(store: Store, directory: Directory, caller: Caller, key: str, given: HazardGiven) -> Hazard:
    """Report a hazard; of a task that was visited it becomes part. Raises Refusal, StoreError."""
    require_worker(caller)

    async def decide(unit: UnitOfWork) -> tuple[Hazard, Sequence[EventData]]:
        known_unit(directory, given.unit, ("unitId",))
        hazard, events = Hazard.find(await _finding(unit, directory, caller, given), unit.now, caller.actor)
        if hazard.task_id is not None:
            task = await unit.get(INSPECTIONS, hazard.task_id)
            unit.save(INSPECTIONS, task, task.find(hazard.id, unit.now))
        return hazard, events

    return await create(store, HAZARDS, caller, "reportHazard", key, [msgspec.to_builtins(given)], decide)


async def start_rectification(store: Store, caller: Caller, key: str, hazard_id: str) -> Hazard:
    """The responsible unit takes it up. Raises Refusal, StoreError."""

    def act(hazard: Hazard, now: datetime) -> Sequence[EventData]:
        _require_responsible(caller, hazard)
        return hazard.start()

    return await _change(store, caller, "startRectification", key, hazard_id, [], act)


async def submit_rectification(
    store: Store, caller: Caller, key: str, hazard_id: str, note: str, evidence: Sequence[Evidence]
) -> Hazard:
    """The responsible unit hands in what it did. Raises Refusal, StoreError."""

    def act(hazard: Hazard, now: datetime) -> Sequence[EventData]:
        _require_responsible(caller, hazard)
        return hazard.rectify(note, evidence, now, caller.actor)

    given = [note, msgspec.to_builtins(evidence)]
    return await _change(store, caller, "submitRectification", key, hazard_id, given, act)


async def recheck_hazard(
    store: Store, caller: Caller, key: str, hazard_id: str, *, passed: bool, note: str, evidence: Sequence[Evidence]
) -> Hazard:
    """Somebody else looks whether it is done. Raises Refusal, StoreError."""

    def act(hazard: Hazard, now: datetime) -> Sequence[EventData]:
        return hazard.recheck(passed=passed, note=note, evidence=evidence, now=now, by=caller.actor)

    given = [passed, note, msgspec.to_builtins(evidence)]
    return await _change(store, caller, "recheckHazard", key, hazard_id, given, act)


async def close_hazard(store: Store, caller: Caller, key: str, hazard_id: str) -> Hazard:
    """The centre strikes it off the list; its task ends with the last of its hazards. Raises Refusal, StoreError."""

    async def decide(unit: UnitOfWork, hazard: Hazard) -> Sequence[EventData]:
        require_hazard(caller, hazard)
        require_keeper(caller, hazard.area_path)
        events = hazard.close(unit.now)
        if hazard.task_id is not None:
            task = await unit.get(INSPECTIONS, hazard.task_id)
            unit.save(INSPECTIONS, task, task.hazard_closed(unit.now))
        return events

    return await change(store, HAZARDS, caller, "closeHazard", key, hazard_id, [], decide)


async def hand_hazard_over(
    store: Store, directory: Directory, caller: Caller, key: str, hazard_id: str, reason: str, post_id: str
) -> Hazard:
    """The centre says that the street cannot rectify it, and orders another post to. Raises Refusal, StoreError."""

    async def decide(unit: UnitOfWork, hazard: Hazard) -> Sequence[EventData]:
        require_hazard(caller, hazard)
        require_keeper(caller, hazard.area_path)
        subject = Subject(
            number=hazard.number,
            task=hazard.description,
            area_id=hazard.area_id,
            area_path=hazard.area_path,
            urgency=_URGENCY[hazard.severity],
            mode=directory.mode(hazard.area_path),
            mode_of_place=True,
            sensitivity=hazard.sensitivity,
            received_at=unit.now,
        )
        order = await open_order(unit, directory, Source(kind=SourceKind.HAZARD, id=hazard.id), subject, post_id)
        return hazard.hand_over(reason, order.id, order.lead_unit)

    return await change(store, HAZARDS, caller, "handHazardOver", key, hazard_id, [reason, post_id], decide)


async def note_overdue_hazard(store: Store, hazard_id: str) -> None:
    """The timer's step: a rectification or re-check that is late is announced once."""

    async def attempt(unit: UnitOfWork) -> None:
        hazard = await unit.get(HAZARDS, hazard_id)
        if events := hazard.note_overdue(unit.now):
            unit.save(HAZARDS, hazard, events)

    await store.run(attempt)


def require_hazard(caller: Caller, hazard: Hazard) -> None:
    """Raises NotFound for a hazard the caller does not see."""
    require_sight(sees(caller, hazard.area_path, units=(hazard.unit,), sensitivity=hazard.sensitivity), HAZARDS.what)


def _require_responsible(caller: Caller, hazard: Hazard) -> None:
    require_addressed(caller, hazard.area_path, post=None, unit=hazard.unit)


async def _finding(unit: UnitOfWork, directory: Directory, caller: Caller, given: HazardGiven) -> Finding:
    values = msgspec.structs.asdict(given)
    del values["area_id"]
    if given.task_id is not None:
        task = await unit.get(INSPECTIONS, given.task_id)
        require_task(caller, task)
        where = {"area_id": task.area_id, "area_path": task.area_path, "sensitivity": task.sensitivity}
        values |= {**where, "asset_id": task.asset_id or given.asset_id, "campaign_id": task.campaign_id}
    elif given.asset_id is not None:
        asset = await unit.get(ASSETS, given.asset_id)
        require_asset(caller, asset)
        values |= {"area_id": asset.area_id, "area_path": asset.area_path}
    else:
        area = known_area(directory, caller, given.area_id or "")
        values |= {"area_id": area.id, "area_path": area.path}
    return Finding(**values, recheck_within=directory.policy.waits.hazard_recheck)


async def _change(
    store: Store, caller: Caller, name: str, key: str, hazard_id: str, given: Sequence[object], act: _Act
) -> Hazard:
    async def decide(unit: UnitOfWork, hazard: Hazard) -> Sequence[EventData]:
        require_hazard(caller, hazard)
        return act(hazard, unit.now)

    return await change(store, HAZARDS, caller, name, key, hazard_id, given, decide)
