"""Commands that handle reports about one matter as one (R-41)."""

from collections.abc import Sequence

from services.chassis.errors import NotFound
from services.chassis.events import EventData
from services.chassis.unit_of_work import UnitOfWork
from services.routing.access.order import require_lead_or_centre, sight_of_order
from services.routing.errors.work_order import NotTheSameMatter
from services.routing.handlers.dispatch.deployment_end import stand_down_with_order
from services.routing.handlers.order.work_order import Commanded
from services.routing.model.order.work_order import WorkOrder
from services.routing.store.asset import ASSET_REPORTS
from services.routing.store.work_order import WORK_ORDERS


async def join_order(on: Commanded, running_id: str, text: str) -> WorkOrder:
    """Who leads both orders, or the centre, has one handled with the other, which runs already. Raises Refusal, StoreError."""

    async def act(unit: UnitOfWork, order: WorkOrder) -> Sequence[EventData]:
        running = await unit.get(WORK_ORDERS, running_id)
        if sight_of_order(on.caller, running) is None:
            raise NotFound(what=WORK_ORDERS.what, path=("runningOrderId",))
        require_lead_or_centre(on.caller, running)
        if not await _same_matter(unit, order, running):
            raise NotTheSameMatter(path=("runningOrderId",))
        took_in = running.take_in(order, unit.now)
        events = order.join(running, text, on.directory.policy, unit.now, on.caller.actor)
        unit.save(WORK_ORDERS, running, took_in)
        await stand_down_with_order(unit, order.id)
        return events

    return await on.do("joinOrder", [running_id, text], require_lead_or_centre, act)


async def part_order(on: Commanded, reason: str) -> WorkOrder:
    """Undo a joining: the order is handled by itself. Raises Refusal, StoreError."""

    async def act(unit: UnitOfWork, order: WorkOrder) -> Sequence[EventData]:
        return order.part(reason, on.directory.policy, unit.now, on.caller.actor)

    return await on.do("partOrder", [reason], require_lead_or_centre, act)


async def _same_matter(unit: UnitOfWork, order: WorkOrder, running: WorkOrder) -> bool:
    if order.id == running.id or order.sealed or running.sealed or order.category != running.category:
        return False
    reports = [order.report_id, running.report_id]
    assets = await unit.mongo[ASSET_REPORTS.name].find({"_id": {"$in": reports}}, {"asset_id": 1}).to_list(None)
    return len(assets) == len(reports) and len({link["asset_id"] for link in assets}) == 1
