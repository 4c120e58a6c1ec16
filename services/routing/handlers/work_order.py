"""Commands on a work order: check the caller, load, one method of the model, save."""

from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec

from services.chassis.events import EventData
from services.chassis.identity import Caller
from services.chassis.unit_of_work import Store, UnitOfWork
from services.routing.access import require_centre, require_lead
from services.routing.errors.common import UnknownPost
from services.routing.handlers.commands import change
from services.routing.model.directory import Directory
from services.routing.model.evidence import Evidence
from services.routing.model.work_order import Disposition, WorkOrder
from services.routing.store.work_order import WORK_ORDERS

_Check = Callable[[Caller, WorkOrder], None]
_Act = Callable[[WorkOrder, datetime], Sequence[EventData]]


async def dispatch_order(
    store: Store, directory: Directory, caller: Caller, key: str, order_id: str, post_id: str
) -> WorkOrder:
    """After a return the centre names another post; its clock starts now. Raises Refusal, StoreError."""

    def act(order: WorkOrder, now: datetime) -> Sequence[EventData]:
        post = directory.posts.get(post_id)
        if post is None:
            raise UnknownPost(path=("postId",), post=post_id)
        return order.dispatch_again(post, now, caller.actor)

    return await _change(store, caller, "dispatchOrder", key, order_id, [post_id], require_centre, act)


async def accept_order(store: Store, caller: Caller, key: str, order_id: str) -> WorkOrder:
    """The lead takes the order. Raises Refusal, StoreError."""
    return await _change(
        store, caller, "acceptOrder", key, order_id, [], require_lead, lambda order, now: order.accept(now)
    )


async def return_order(store: Store, caller: Caller, key: str, order_id: str, basis: str) -> WorkOrder:
    """The lead gives it back with its basis. Raises Refusal, StoreError."""
    return await _change(
        store,
        caller,
        "returnOrder",
        key,
        order_id,
        [basis],
        require_lead,
        lambda order, now: order.give_back(basis, now),
    )


async def start_order(store: Store, caller: Caller, key: str, order_id: str) -> WorkOrder:
    """The lead begins. Raises Refusal, StoreError."""
    return await _change(
        store, caller, "startOrder", key, order_id, [], require_lead, lambda order, now: order.start(now)
    )


async def submit_order(
    store: Store,
    caller: Caller,
    key: str,
    order_id: str,
    reply: str,
    evidence: Sequence[Evidence],
    no_evidence_reason: str | None,
) -> WorkOrder:
    """The lead hands in reply and evidence. Raises Refusal, StoreError."""
    given = [reply, msgspec.to_builtins(evidence), no_evidence_reason]
    return await _change(
        *(store, caller, "submitOrder", key, order_id, given, require_lead),
        lambda order, now: order.submit(reply, evidence, no_evidence_reason, now, caller.actor),
    )


async def send_back_order(store: Store, caller: Caller, key: str, order_id: str, reason: str) -> WorkOrder:
    """The centre is not satisfied. Raises Refusal, StoreError."""
    return await _change(
        *(store, caller, "sendBackOrder", key, order_id, [reason], require_centre),
        lambda order, now: order.send_back(reason, now, caller.actor),
    )


async def verify_order(
    store: Store, caller: Caller, key: str, order_id: str, disposition: Disposition, reason: str
) -> WorkOrder:
    """The centre confirms the result. Raises Refusal, StoreError."""
    return await _change(
        *(store, caller, "verifyOrder", key, order_id, [disposition, reason], require_centre),
        lambda order, now: order.verify(disposition, reason, now, caller.actor),
    )


async def recall_order(store: Store, caller: Caller, key: str, order_id: str, reason: str) -> WorkOrder:
    """The centre takes the order back. Raises Refusal, StoreError."""
    return await _change(
        *(store, caller, "recallOrder", key, order_id, [reason], require_centre),
        lambda order, now: order.recall(reason, now),
    )


async def accept_if_silent(store: Store, order_id: str) -> None:
    """The clock's own step: an order nobody accepted or returned in time is accepted (domain.md §4, 'units dodge by not signing')."""

    async def attempt(unit: UnitOfWork) -> None:
        order = await unit.get(WORK_ORDERS, order_id)
        events = order.accept_by_silence(unit.now)
        if events:
            unit.save(WORK_ORDERS, order, events)

    await store.run(attempt)


async def _change(
    store: Store,
    caller: Caller,
    name: str,
    key: str,
    order_id: str,
    given: Sequence[object],
    check: _Check,
    act: _Act,
) -> WorkOrder:
    async def decide(unit: UnitOfWork, order: WorkOrder) -> Sequence[EventData]:
        check(caller, order)
        return act(order, unit.now)

    return await change(store, WORK_ORDERS, caller, name, key, order_id, given, decide)
