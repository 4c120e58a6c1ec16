"""What tests of orders share: more callers, the timer, and what an order shows to whom."""

from datetime import datetime, timedelta
from typing import Any

from services.chassis.identity import Caller
from services.routing.handlers.order.clock import step_order
from services.routing.handlers.order.opening import open_order
from services.routing.model.order.work_order import Source, SourceKind, Subject, WorkOrder
from services.routing.store.work_order import WORK_ORDERS
from tests.routing.district import COMMITTEE, DESK, GRID_1, MEDIATION, UNIT_OF
from tests.routing.world import DESK_OFFICER, SECTION_HEAD, World

COMMITTEE_HEAD = Caller(
    person="person_post_c1_a",
    roles=frozenset({"handler"}),
    post=COMMITTEE,
    unit=UNIT_OF[COMMITTEE],
    area="d1-s1-c1",
)
# A leader of the district outside the centre.
DISTRICT_LEADER = Caller(
    person="person_post_mediation_a", roles=frozenset({"handler"}), post=MEDIATION, unit=UNIT_OF[MEDIATION], area="d1"
)
OTHER_DESK_OFFICER = Caller(
    person="person_desk_2", roles=frozenset({"centre"}), post=DESK, unit=UNIT_OF[DESK], area="d1"
)
PHOTO = {"kind": "PHOTO", "ref": "https://files.example/1.jpg"}
SEEN = """
query($id: ID!) {
  workOrder(id: $id) {
    state leadUnit { id } grade dueAt hops returns firstTimeRight reply signpost waitingUntil resolveBy
    source { kind id } verifier { id } report { id } parent { id } children { id state }
    clocks { kind dueAt stoppedAt breachedAt kept pausedSeconds extendedSeconds calendarVersion pauses { awaited } }
    refusals { unit { id } nextUnit { id } }
    extensions { seconds granted reason askedPost { id } }
    deferral { reason reviewAt owner { id } } suspensions { awaited until resumedAt }
    adjudications { dueAt endedAt rulingId fallbackPost { id } }
    upward { system reference answeredAt tracking { text } }
    assistance { id acceptedAt bySilence checkIn { person lon accuracy } finishedAt note rating { mark } post { id } kept }
    evidence { ref stage usedElsewhere } progress { text }
    dispatches { binding rulingId handedOver checkIn { person lon lat accuracy } departedAt }
  }
}
"""


def _id(order: WorkOrder | str) -> str:
    return order if isinstance(order, str) else order.id


async def seen(world: World, order: WorkOrder | str, caller: Caller = DESK_OFFICER) -> Any:
    """The order as a caller sees it, None when not at all."""
    return (await world.ask(SEEN, caller, id=_id(order)))["workOrder"]


async def now_is(world: World, order: WorkOrder | str) -> WorkOrder:
    """The order as it is stored now."""
    row = await world.mongo[WORK_ORDERS.collection.name].find_one({"_id": _id(order)})
    assert row
    return WORK_ORDERS.from_document(row)


async def tick(world: World, order: WorkOrder | str, at: datetime | None = None) -> WorkOrder:
    """The timer comes by, when it is `at`."""
    world.now = at or world.now
    await step_order(world.store, world.directory, _id(order))
    return await now_is(world, order)


async def do(world: World, mutation: str, caller: Caller, order: WorkOrder | str, **given: Any) -> str:
    """A command on an order that must succeed; the state it led to."""
    return await world.done(mutation, caller, workOrderId=_id(order), **given)


async def no(world: World, mutation: str, caller: Caller, order: WorkOrder | str, **given: Any) -> str:
    """A command on an order that must be refused; the code. The order stays as it is."""
    before = await now_is(world, order)
    code = await world.refused(mutation, caller, workOrderId=_id(order), **given)
    assert await now_is(world, order) == before
    return code


async def at_work(world: World, report_id: str = "report_1", lead: Caller = SECTION_HEAD, **facts: Any) -> WorkOrder:
    """An order whose lead is at work."""
    order = await world.dispatched(report_id, **facts)
    await do(world, "acceptOrder", lead, order)
    await do(world, "startOrder", lead, order)
    return await now_is(world, order)


async def opened(world: World, post: str, kind: SourceKind = SourceKind.CAMPAIGN, source_id: str = "c_1") -> WorkOrder:
    """An order for something that is not a report, as a campaign or a directive opens it."""
    subject = Subject(task="排查燃气", area_id=GRID_1[-1], area_path=GRID_1, received_at=world.now)

    async def attempt(unit: Any) -> WorkOrder:
        return await open_order(unit, world.directory.current, Source(kind=kind, id=source_id), subject, post)

    return await world.store.run(attempt)


def in_(world: World, **time: float) -> str:
    """A moment ahead, as an input takes it."""
    return (world.now + timedelta(**time)).isoformat()
