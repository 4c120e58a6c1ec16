"""Commands by which a department's own system reports its steps on an order, and the timer's step."""

from collections.abc import Sequence
from datetime import datetime

from services.chassis.errors import NotFound
from services.chassis.events import EventData
from services.chassis.identity import Caller
from services.chassis.unit_of_work import Store, UnitOfWork
from services.routing.access.order import require_lead, require_sight, sight_of_order
from services.routing.errors.department_step import StepReported
from services.routing.handlers.commands import change, create
from services.routing.model.clock.calendar import WORKING
from services.routing.model.order.department_step import DepartmentStep
from services.routing.model.order.work_order import WorkOrder
from services.routing.model.organisation.directory import Directory
from services.routing.model.rules.policy import DepartmentStepKind
from services.routing.store.department_step import DEPARTMENT_STEPS
from services.routing.store.work_order import WORK_ORDERS


async def start_step(
    store: Store,
    directory: Directory,
    caller: Caller,
    key: str,
    order_id: str,
    kind: DepartmentStepKind,
    name: str,
    reference: str,
    started_at: datetime,
) -> DepartmentStep:
    """The unit that handles an order has begun a step. Raises Refusal, StoreError."""

    async def decide(unit: UnitOfWork) -> tuple[DepartmentStep, Sequence[EventData]]:
        order = await unit.get(WORK_ORDERS, order_id)
        _require_handling(caller, order)
        known = {"work_order_id": order_id, "reference": reference.strip()}
        if await unit.mongo[DEPARTMENT_STEPS.collection.name].find_one(known, {"_id": 1}):
            raise StepReported(path=("reference",), reference=reference.strip())
        expected = directory.policy.department_steps.get(kind)
        due_at = directory.policy.calendar(WORKING).add(started_at, expected) if expected else None
        handling = caller.unit or order.lead_unit
        return DepartmentStep.start(
            order_id, handling, kind, name, reference, started_at, due_at, unit.now, caller.actor
        )

    given = [order_id, kind, name, reference, started_at]
    return await create(store, DEPARTMENT_STEPS, caller, "startDepartmentStep", key, given, decide)


async def end_step(store: Store, caller: Caller, key: str, step_id: str, ended_at: datetime) -> DepartmentStep:
    """The step has ended. Raises Refusal, StoreError."""

    async def decide(unit: UnitOfWork, step: DepartmentStep) -> Sequence[EventData]:
        order = await unit.get(WORK_ORDERS, step.work_order_id)
        if sight_of_order(caller, order) is None:
            raise NotFound(what=DEPARTMENT_STEPS.what)
        _require_handling(caller, order)
        return step.end(ended_at, unit.now)

    return await change(store, DEPARTMENT_STEPS, caller, "endDepartmentStep", key, step_id, [ended_at], decide)


async def note_late_step(store: Store, step_id: str) -> None:
    """The timer's step: a step that takes longer than expected is announced once."""

    async def attempt(unit: UnitOfWork) -> None:
        step = await unit.get(DEPARTMENT_STEPS, step_id)
        if events := step.note_late(unit.now):
            unit.save(DEPARTMENT_STEPS, step, events)

    await store.run(attempt)


def _require_handling(caller: Caller, order: WorkOrder) -> None:
    """The lead, or an assisting post that has not finished its part."""
    require_sight(caller, order)
    if not any(aid.open and (aid.post == caller.post or aid.unit == caller.unit) for aid in order.assisting):
        require_lead(caller, order)
