"""Opening orders: the only way in, so that nothing is ordered twice (R-31)."""

from collections.abc import Sequence

import msgspec

from services.chassis.errors import RoleMissing
from services.chassis.events import EventData
from services.chassis.identity import Caller
from services.chassis.unit_of_work import Store, UnitOfWork
from services.routing.access.order import require_lead
from services.routing.handlers.commands import create
from services.routing.handlers.field.lookups import known_area
from services.routing.handlers.order.work_order import Commanded, known_post, refuse_second
from services.routing.model.order.work_order import Source, SourceKind, Subject, WorkOrder
from services.routing.model.organisation.directory import Directory
from services.routing.model.texts import required
from services.routing.store.work_order import WORK_ORDERS


async def open_order(
    unit: UnitOfWork, directory: Directory, source: Source, subject: Subject, post_id: str
) -> WorkOrder:
    """Dispatch an order for anything but a report (a directive, a campaign, a meeting …), staged with the change that calls for it.

    Raises UnknownPost, AlreadyOrdered.
    """
    post = known_post(directory, post_id)
    await refuse_second(unit, source, post.unit_id)
    order, events = WorkOrder.open_for(source, subject, post, directory.policy, unit.now, unit.actor)
    unit.add(WORK_ORDERS, order, events)
    return order


class DraftGiven(msgspec.Struct, frozen=True, kw_only=True):
    """A draft as the centre puts it down."""

    source: Source
    post_id: str
    task: str
    area_id: str
    category: str | None
    urgency: str


async def draft_order(store: Store, directory: Directory, caller: Caller, key: str, given: DraftGiven) -> WorkOrder:
    """The centre puts an order down that is not sent yet. Raises Refusal, StoreError."""

    async def decide(unit: UnitOfWork) -> tuple[WorkOrder, Sequence[EventData]]:
        if not caller.has("centre"):
            raise RoleMissing(roles="centre")
        area = known_area(directory, caller, given.area_id)
        post = known_post(directory, given.post_id)
        await refuse_second(unit, given.source, post.unit_id)
        subject = Subject(
            task=required(given.task, "task", "办理事项", ("task",)),
            category=given.category,
            category_path=(given.category,) if given.category else (),
            area_id=area.id,
            area_path=area.path,
            urgency=given.urgency,
            mode=directory.mode(area.path),
            mode_of_place=True,
            received_at=unit.now,
        )
        order = WorkOrder.draft(given.source, subject, post, directory.policy, unit.now, caller.actor)
        return order, order.drafted()

    return await create(store, WORK_ORDERS, caller, "draftOrder", key, [msgspec.to_builtins(given)], decide)


async def split_order(on: Commanded, post_id: str, task: str) -> WorkOrder:
    """The lead gives a part of the work to another unit as an order of its own; this order waits for it. The parent as it is now.

    Raises Refusal, StoreError.
    """

    async def act(unit: UnitOfWork, order: WorkOrder) -> Sequence[EventData]:
        subject = order.subject(required(task, "task", "办理事项", ("task",)), unit.now)
        source = Source(kind=SourceKind.PARENT, id=order.id)
        post = known_post(on.directory, post_id)
        child, told = WorkOrder.open_for(source, subject, post, on.directory.policy, unit.now, on.caller.actor)
        events = order.split(child, unit.now)
        unit.add(WORK_ORDERS, child, told)
        return events

    return await on.do("splitOrder", [post_id, task], require_lead, act)
