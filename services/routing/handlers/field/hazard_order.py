"""What the order means for the hazard that was handed over to it. Apart from the hazard's commands, which open such orders."""

from services.chassis.unit_of_work import UnitOfWork
from services.routing.model.field.hazard import HazardState
from services.routing.model.order.states import Disposition, OrderState
from services.routing.model.order.work_order import SourceKind, WorkOrder
from services.routing.store.campaign import HAZARDS

_DONE = frozenset({Disposition.SOLVED, Disposition.PARTLY_SOLVED})
_CHECKED = frozenset({OrderState.VERIFIED, OrderState.CLOSED})


async def rectify_with_order(unit: UnitOfWork, order: WorkOrder) -> None:
    """Stage that the hazard of an order that was checked and found done is rectified and waits for its re-check (R-27)."""
    if order.source.kind is not SourceKind.HAZARD or order.state not in _CHECKED:
        return
    if order.verification is None or order.verification.disposition not in _DONE or order.submission is None:
        return
    hazard = await unit.get(HAZARDS, order.source.id)
    if hazard.state is HazardState.HANDED_OVER and hazard.work_order_id == order.id:
        done = order.submission
        unit.save(HAZARDS, hazard, hazard.rectified_by_order(done.reply, done.evidence, unit.now, done.by))
