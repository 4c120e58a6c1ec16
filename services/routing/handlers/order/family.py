"""What one order's change means for its parent and its parts, staged with it."""

from services.chassis.unit_of_work import UnitOfWork
from services.routing.handlers.directive.supervision import settle_with_subject
from services.routing.handlers.dispatch.deployment_end import stand_down_with_order
from services.routing.handlers.field.hazard_order import rectify_with_order
from services.routing.handlers.ladder import escalation
from services.routing.model.ladder.escalation_parts import SubjectKind
from services.routing.model.order.states import AT_WORK, OrderState
from services.routing.model.order.work_order import WorkOrder
from services.routing.model.organisation.organisation import PostLevel
from services.routing.model.rules.policy import DEFAULT_POLICY
from services.routing.model.statistics import Outcome
from services.routing.store.configuration import POLICIES, in_force
from services.routing.store.organisation import POSTS
from services.routing.store.outcome import OUTCOMES, to_document
from services.routing.store.work_order import WORK_ORDERS

_PARENT_ENDED = "主工单已终止 (the order it is a part of has ended)"
_JOINED = "并入在办工单 (handled with a running order)"
_RUNNING_ENDED = "所并入的工单已终止 (the order it was handled with has ended)"


async def recall(unit: UnitOfWork, order: WorkOrder, reason: str) -> None:
    """Take an order back with its parts. Raises Refusal."""
    events = order.recall(reason, unit.now)
    await consequences(unit, order)
    unit.save(WORK_ORDERS, order, events)


async def consequences(unit: UnitOfWork, order: WorkOrder) -> None:
    """Stage what somebody's act on an order means: for its parent, its parts, the statistics and its ladders. To be called before
    it is saved."""
    await follow(unit, order)
    await _tell_ladders(unit, order)


async def _tell_ladders(unit: UnitOfWork, order: WorkOrder) -> None:
    """Ladders that run for an order learn that something moved, that the reply is in, or that it has ended."""
    if not order.adjudications and not any(clock.breached_at for _, clock in order.all_clocks()):
        return
    if order.state is OrderState.JOINED:
        await escalation.cancel(unit, SubjectKind.ORDER, order.id, _JOINED)
    elif order.state in (OrderState.RECALLED, OrderState.CANCELLED):
        await escalation.cancel(unit, SubjectKind.ORDER, order.id, order.ended_reason or "")
    elif order.submission is not None and order.state not in AT_WORK:
        await escalation.settle(unit, SubjectKind.ORDER, order.id)
    else:
        await escalation.progressed(unit, SubjectKind.ORDER, order.id)


async def follow(unit: UnitOfWork, order: WorkOrder) -> None:
    """The parent learns who leads a part and when it ends; what has ended takes its parts, its supervisions and who was
    sent with it, and counts; a hazard that was handed over follows. For the clock, whose steps are nobody's progress, this is all."""
    if order.parent_id is not None:
        parent = await unit.get(WORK_ORDERS, order.parent_id)
        if parent.child_changed(order):
            unit.save(WORK_ORDERS, parent)
    if not order.open:
        await settle_with_subject(unit, order.id)
        await stand_down_with_order(unit, order.id)
        for known in order.children:
            if known.open:
                child = await unit.get(WORK_ORDERS, known.id)
                events = child.recall(_PARENT_ENDED, unit.now)
                await _tell_ladders(unit, child)
                await _record_outcome(unit, child)
                await stand_down_with_order(unit, child.id)
                unit.save(WORK_ORDERS, child, events)
                order.child_changed(child)
    for joined_id in order.joined:
        await _tell_joined(unit, order, joined_id)
    await rectify_with_order(unit, order)
    await _record_outcome(unit, order)


async def _tell_joined(unit: UnitOfWork, running: WorkOrder, joined_id: str) -> None:
    """An order that was joined to another hears what becomes of it, and so do those joined to that one."""
    joined = await unit.get(WORK_ORDERS, joined_id)
    if joined.lost(running):
        policy = await in_force(unit.mongo, POLICIES)
        events = joined.part(_RUNNING_ENDED, policy.content if policy else DEFAULT_POLICY, unit.now, unit.actor)
    else:
        events = joined.follow_running(running, unit.now)
    if events:
        await consequences(unit, joined)
        unit.save(WORK_ORDERS, joined, events)


async def _record_outcome(unit: UnitOfWork, order: WorkOrder) -> None:
    """An order that has ended counts; sealed matters never do. One that is reopened counts again when it ends again."""
    if order.open or order.sealed:
        return
    post = await unit.mongo[POSTS.name].find_one({"_id": order.lead_post}, {"level": 1})
    level = post["level"] if post else PostLevel.DISTRICT
    unit.put(OUTCOMES.name, to_document(Outcome.of(order, level, unit.now)))
