"""Commands on chains of custody; for the posts that are in them."""

from collections.abc import Callable, Sequence
from datetime import datetime

from services.chassis.errors import RoleMissing
from services.chassis.events import EventData
from services.chassis.identity import Caller
from services.chassis.unit_of_work import Store, UnitOfWork
from services.routing.access.field import require_sight
from services.routing.handlers.commands import change, create
from services.routing.handlers.field.lookups import known_area, known_post
from services.routing.model.order.custody import Custody, CustodySubject
from services.routing.model.organisation.directory import Directory
from services.routing.store.custody import CUSTODIES
from services.routing.views.custody import see


async def begin_custody(
    store: Store,
    directory: Directory,
    caller: Caller,
    key: str,
    subject: CustodySubject,
    reference: str,
    description: str | None,
    area_id: str,
    *,
    sealed: bool,
) -> Custody:
    """The caller's post takes a person or thing in. Raises Refusal, StoreError."""

    async def decide(unit: UnitOfWork) -> tuple[Custody, Sequence[EventData]]:
        if caller.post is None or not caller.has("attendant", "handler", "centre"):
            raise RoleMissing(roles="attendant, handler, centre")
        area = known_area(directory, caller, area_id)
        post = known_post(directory, caller.post)
        return Custody.begin(
            *(subject, reference, description, area.path, sealed),
            *(post, unit.now, caller.actor),
        )

    given = [subject, reference, description, area_id, sealed]
    return await create(store, CUSTODIES, caller, "beginCustody", key, given, decide)


async def offer_custody(
    store: Store, directory: Directory, caller: Caller, key: str, custody_id: str, post_id: str, note: str | None
) -> Custody:
    """The holder offers it to another post, and signs. Raises Refusal, StoreError."""

    def act(custody: Custody, now: datetime) -> Sequence[EventData]:
        within = directory.policy.waits.custody_answer
        return custody.offer_to(known_post(directory, post_id), note, now, caller.actor, within)

    return await _change(store, caller, "offerCustody", key, custody_id, [post_id, note], act)


async def accept_custody(store: Store, caller: Caller, key: str, custody_id: str) -> Custody:
    """The other post signs. Raises Refusal, StoreError."""
    return await _change(
        *(store, caller, "acceptCustody", key, custody_id, []),
        lambda custody, now: custody.accept(now, caller.actor),
    )


async def refuse_custody(store: Store, caller: Caller, key: str, custody_id: str) -> Custody:
    """The other post does not take it. Raises Refusal, StoreError."""
    return await _change(
        *(store, caller, "refuseCustody", key, custody_id, []),
        lambda custody, now: custody.refuse(caller.actor),
    )


async def withdraw_custody_offer(store: Store, caller: Caller, key: str, custody_id: str) -> Custody:
    """The holder takes the offer back. Raises Refusal, StoreError."""
    return await _change(
        *(store, caller, "withdrawCustodyOffer", key, custody_id, []),
        lambda custody, now: custody.withdraw(caller.actor),
    )


async def close_custody(store: Store, caller: Caller, key: str, custody_id: str, reason: str) -> Custody:
    """The last holder ends the chain. Raises Refusal, StoreError."""
    return await _change(
        *(store, caller, "closeCustody", key, custody_id, [reason]),
        lambda custody, now: custody.close(reason, now, caller.actor),
    )


async def note_unanswered_offer(store: Store, custody_id: str) -> None:
    """The timer's step: an offer that has been open too long is announced once."""

    async def attempt(unit: UnitOfWork) -> None:
        custody = await unit.get(CUSTODIES, custody_id)
        if events := custody.note_unanswered(unit.now):
            unit.save(CUSTODIES, custody, events)

    await store.run(attempt)


async def _change(
    store: Store,
    caller: Caller,
    name: str,
    key: str,
    custody_id: str,
    given: Sequence[object],
    act: Callable[[Custody, datetime], Sequence[EventData]],
) -> Custody:
    async def decide(unit: UnitOfWork, custody: Custody) -> Sequence[EventData]:
        require_sight(see(caller, custody) is not None, CUSTODIES.what)
        return act(custody, unit.now)

    return await change(store, CUSTODIES, caller, name, key, custody_id, given, decide)
