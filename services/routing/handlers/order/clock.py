"""What orders do by themselves when it is time, and the ladders that a breach starts."""

from services.chassis.unit_of_work import Store, UnitOfWork
from services.routing.directory import LiveDirectory
from services.routing.events.clock import ClockBreached
from services.routing.handlers.ladder import escalation
from services.routing.handlers.order.family import follow
from services.routing.model.ladder.escalation_parts import Subject, SubjectKind, Trigger
from services.routing.model.order.work_order import WorkOrder
from services.routing.model.rules.matter import Mode
from services.routing.store.work_order import WORK_ORDERS


async def step_order(store: Store, directory: LiveDirectory, order_id: str) -> None:
    """Announce what is due, and do what silence, dates and deadlines bring about (domain.md §3.9). Each once, however often called."""

    async def attempt(unit: UnitOfWork) -> None:
        order = await unit.get(WORK_ORDERS, order_id)
        claimed = order.next_step_at
        events = order.step(directory.current.policy, unit.now)
        ladders = [event.ladder for event in events if isinstance(event, ClockBreached) and event.ladder]
        if ladders:
            subject = subject_of(order)
            await escalation.start(unit, directory.current, subject, Trigger.CLOCK_BREACH, ladders)
        if events or order.next_step_at != claimed:
            await follow(unit, order)
            unit.save(WORK_ORDERS, order, events)

    await store.run(attempt)


def subject_of(order: WorkOrder) -> Subject:
    """The order as a ladder sees it."""
    return Subject(
        kind=SubjectKind.ORDER,
        id=order.id,
        report_id=order.report_id,
        number=order.number,
        owner_post=order.lead_post,
        owner_unit=order.lead_unit,
        area_path=order.area_path,
        category_path=order.category_path,
        sensitivity=order.sensitivity,
        emergency=order.mode == Mode.EMERGENCY,
        emergency_of_place=order.mode_followed,
    )
