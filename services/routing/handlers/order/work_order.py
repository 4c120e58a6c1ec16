"""Commands on the main line of a work order: check the caller, load, one method of the model, save."""

import dataclasses
from collections.abc import Awaitable, Callable, Sequence

import msgspec

from services.chassis.events import EventData
from services.chassis.identity import Caller
from services.chassis.unit_of_work import Store, UnitOfWork
from services.routing.access.order import require_centre, require_lead, require_verifier
from services.routing.errors.common import UnknownPost
from services.routing.errors.work_order import AlreadyOrdered
from services.routing.handlers.commands import change
from services.routing.handlers.ladder import call as calls
from services.routing.handlers.order.family import consequences
from services.routing.model.order.evidence import Evidence
from services.routing.model.order.handling import photo_marks
from services.routing.model.order.record import OrderRecord
from services.routing.model.order.work_order import Result, Source, WorkOrder
from services.routing.model.organisation.directory import Directory
from services.routing.model.organisation.organisation import Post
from services.routing.model.organisation.point import Point
from services.routing.model.organisation.superiors import verifier_of
from services.routing.store.work_order import WORK_ORDERS

ORDERS = WORK_ORDERS.collection.name
Check = Callable[[Caller, WorkOrder], None]
Act = Callable[[UnitOfWork, WorkOrder], Awaitable[Sequence[EventData]]]


@dataclasses.dataclass(frozen=True)
class Commanded:
    """A command on an order as it comes in: which one, from whom, under which key, in which organisation."""

    store: Store
    directory: Directory
    caller: Caller
    key: str
    order_id: str

    def post(self, post_id: str) -> Post:
        """A post that the command names. Raises UnknownPost."""
        return known_post(self.directory, post_id)

    async def do(self, name: str, given: Sequence[object], check: Check, act: Act) -> WorkOrder:
        """Check, change, save; what it means for parent and parts is saved with it. Raises Refusal, StoreError."""

        async def decide(unit: UnitOfWork, order: WorkOrder) -> Sequence[EventData]:
            check(self.caller, order)
            events = await act(unit, order)
            await consequences(unit, order)
            return events

        return await change(self.store, WORK_ORDERS, self.caller, name, self.key, self.order_id, given, decide)


async def dispatch_order(on: Commanded, post_id: str) -> WorkOrder:
    """The centre sends a draft out, or names another post after a return; its clock starts now. Raises Refusal, StoreError."""

    async def act(unit: UnitOfWork, order: WorkOrder) -> Sequence[EventData]:
        post = on.post(post_id)
        await refuse_second(unit, order.source, post.unit_id, order.id)
        return order.dispatch_to(post, on.directory.policy, unit.now, on.caller.actor)

    return await on.do("dispatchOrder", [post_id], require_centre, act)


async def accept_order(on: Commanded) -> WorkOrder:
    """The lead takes the order. Raises Refusal, StoreError."""

    async def act(unit: UnitOfWork, order: WorkOrder) -> Sequence[EventData]:
        return order.accept(unit.now)

    return await on.do("acceptOrder", [], require_lead, act)


async def transfer_order(on: Commanded, post_id: str, reason: str) -> WorkOrder:
    """The lead hands it to another post. Raises Refusal, StoreError."""

    async def act(unit: UnitOfWork, order: WorkOrder) -> Sequence[EventData]:
        post = on.post(post_id)
        await refuse_second(unit, order.source, post.unit_id, order.id)
        return order.transfer(post, reason, on.directory.policy, unit.now, on.caller.actor)

    return await on.do("transferOrder", [post_id, reason], require_lead, act)


async def depart(on: Commanded) -> WorkOrder:
    """Somebody of the lead sets out. Raises Refusal, StoreError."""

    async def act(unit: UnitOfWork, order: WorkOrder) -> Sequence[EventData]:
        return order.depart(unit.now)

    return await on.do("departForOrder", [], require_lead, act)


async def check_in(on: Commanded, place: Point | None, accuracy: float | None) -> WorkOrder:
    """Somebody of the lead is there. Raises Refusal, StoreError."""

    async def act(unit: UnitOfWork, order: WorkOrder) -> Sequence[EventData]:
        return order.check_in(place, accuracy, unit.now, on.caller.actor)

    return await on.do("checkInToOrder", [msgspec.to_builtins(place), accuracy], require_lead, act)


async def start_order(on: Commanded) -> WorkOrder:
    """The lead begins. Raises Refusal, StoreError."""

    async def act(unit: UnitOfWork, order: WorkOrder) -> Sequence[EventData]:
        return order.start(unit.now)

    return await on.do("startOrder", [], require_lead, act)


async def report_back(on: Commanded, text: str) -> WorkOrder:
    """The lead tells the caller how far it is. Raises Refusal, StoreError."""

    async def act(unit: UnitOfWork, order: WorkOrder) -> Sequence[EventData]:
        return order.report_back(text, unit.now, on.caller.actor)

    return await on.do("reportBackOnOrder", [text], require_lead, act)


async def submit_order(
    on: Commanded, reply: str, evidence: Sequence[Evidence], no_evidence_reason: str | None, result: Result | None
) -> WorkOrder:
    """The lead hands in reply and evidence; photos that other orders have are marked. Raises Refusal, StoreError."""

    async def act(unit: UnitOfWork, order: WorkOrder) -> Sequence[EventData]:
        verifier = verifier_of(on.directory, order)
        return order.submit(
            *(reply, evidence, no_evidence_reason, on.directory.policy, unit.now, on.caller.actor),
            verifier=verifier.id if verifier else None,
            reused=await _photos_elsewhere(unit, order, evidence),
            result=result,
        )

    given = [reply, msgspec.to_builtins(evidence), no_evidence_reason, msgspec.to_builtins(result)]
    return await on.do("submitOrder", given, require_lead, act)


async def send_back_order(on: Commanded, reason: str) -> WorkOrder:
    """Who checks is not satisfied. Raises Refusal, StoreError."""

    async def act(unit: UnitOfWork, order: WorkOrder) -> Sequence[EventData]:
        return order.send_back(reason, on.directory.policy, unit.now, on.caller.actor)

    return await on.do("sendBackOrder", [reason], require_verifier, act)


async def verify_order(on: Commanded, result: Result) -> WorkOrder:
    """Who checks confirms the result. Raises Refusal, StoreError."""

    async def act(unit: UnitOfWork, order: WorkOrder) -> Sequence[EventData]:
        return order.verify(result, unit.now, on.caller.actor)

    return await on.do("verifyOrder", [msgspec.to_builtins(result)], require_verifier, act)


async def check_sample(on: Commanded, passed: bool, note: str) -> WorkOrder:
    """Who checks has looked at what ended on the caller's own word; what failed is worked on again. Raises Refusal, StoreError."""

    async def act(unit: UnitOfWork, order: WorkOrder) -> Sequence[EventData]:
        events = order.check_sample(passed, note, on.directory.policy, unit.now, on.caller.actor)
        if not passed:
            await _reopen_call(unit, order)
            for joined_id in order.joined:
                joined = await unit.get(WORK_ORDERS, joined_id)
                if joined.answered_with(order):
                    told = joined.rejoin(order, on.directory.policy, unit.now)
                    await consequences(unit, joined)
                    await _reopen_call(unit, joined)
                    unit.save(WORK_ORDERS, joined, told)
        return events

    return await on.do("checkOrderSample", [passed, note], require_verifier, act)


async def recall_order(on: Commanded, reason: str) -> WorkOrder:
    """The centre takes the order back. Raises Refusal, StoreError."""

    async def act(unit: UnitOfWork, order: WorkOrder) -> Sequence[EventData]:
        return order.recall(reason, unit.now)

    return await on.do("recallOrder", [reason], require_centre, act)


async def cancel_order(on: Commanded, reason: str) -> WorkOrder:
    """The centre drops a draft. Raises Refusal, StoreError."""

    async def act(unit: UnitOfWork, order: WorkOrder) -> Sequence[EventData]:
        return order.cancel(reason, unit.now)

    return await on.do("cancelOrder", [reason], require_centre, act)


def known_post(directory: Directory, post_id: str) -> Post:
    """The post. Raises UnknownPost."""
    post = directory.posts.get(post_id)
    if post is None:
        raise UnknownPost(path=("postId",), post=post_id)
    return post


async def refuse_second(unit: UnitOfWork, source: Source, unit_id: str, order_id: str | None = None) -> None:
    """Raises AlreadyOrdered when the unit has another open order for the same thing: there is one exit for orders (R-31).

    The unique index `one_open_order` refuses what slips through between here and the commit.
    """
    where = {"source.kind": source.kind, "source.id": source.id, "lead_unit": unit_id, "open": True}
    other = await unit.mongo[ORDERS].find_one({**where, "_id": {"$ne": order_id}}, {"number": 1})
    if other is not None:
        raise AlreadyOrdered(path=("postId",), unit=unit_id, number=other["number"])


async def _reopen_call(unit: UnitOfWork, order: WorkOrder) -> None:
    if order.report_id is not None:
        await calls.reopen(unit, order.report_id)


async def _photos_elsewhere(unit: UnitOfWork, order: OrderRecord, evidence: Sequence[Evidence]) -> set[str]:
    marks = photo_marks(evidence)
    if not marks:
        return set()
    where = {"photos": {"$in": sorted(marks)}, "_id": {"$ne": order.id}}
    rows = await unit.mongo[ORDERS].find(where, {"photos": 1}).limit(len(marks)).to_list(None)
    return marks & {mark for row in rows for mark in row["photos"]}
