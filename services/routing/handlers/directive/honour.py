"""Commands on honours: what is counted is looked up, never believed."""

from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec

from services.chassis.errors import NotFound, RoleMissing
from services.chassis.events import EventData
from services.chassis.identity import Caller
from services.chassis.unit_of_work import Store, UnitOfWork
from services.routing.access.directive import manages, require_centre_of
from services.routing.access.honour import sees_honour
from services.routing.errors.honour import WorkNotVerified
from services.routing.handlers.commands import change, create
from services.routing.handlers.field.lookups import known_post
from services.routing.model.directive.directive import DirectiveState
from services.routing.model.directive.honour import Honour, Work, WorkKind
from services.routing.model.directive.key_task import KeyTask
from services.routing.model.order.work_order import OrderState
from services.routing.model.organisation.directory import Directory
from services.routing.store.directive import DIRECTIVES
from services.routing.store.honour import HONOURS
from services.routing.store.work_order import WORK_ORDERS

_VERIFIED_ORDER = frozenset({OrderState.VERIFIED, OrderState.CLOSED})
_ACCEPTED_TASK = frozenset({DirectiveState.ACCEPTED, DirectiveState.CLOSED})


async def nominate(
    store: Store,
    directory: Directory,
    caller: Caller,
    key: str,
    post_id: str,
    title: str,
    citation: str,
    works: Sequence[Work],
) -> Honour:
    """The post's own unit, or a centre above it, nominates it for verified work. Raises Refusal, StoreError."""

    async def decide(unit: UnitOfWork) -> tuple[Honour, Sequence[EventData]]:
        post = known_post(directory, post_id)
        area = directory.areas[post.area_ids[0]]
        if not (caller.has("handler", "centre") and caller.unit == post.unit_id) and not manages(caller, area.path):
            raise RoleMissing(roles="centre")
        await _check_verified(unit, post.id, works)
        return Honour.nominate(title, citation, post, area, works, unit.now, caller.actor)

    given = [post_id, title, citation, msgspec.to_builtins(works)]
    return await create(store, HONOURS, caller, "nominateHonour", key, given, decide)


async def publish(store: Store, caller: Caller, key: str, honour_id: str) -> Honour:
    """A centre publishes it, if the works are still verified. Raises Refusal, StoreError."""

    async def decide(unit: UnitOfWork, honour: Honour) -> Sequence[EventData]:
        _require_centre(caller, honour)
        await _check_verified(unit, honour.post, honour.works)
        return honour.publish(unit.now, caller.actor)

    return await change(store, HONOURS, caller, "publishHonour", key, honour_id, [], decide)


async def decline(store: Store, caller: Caller, key: str, honour_id: str, reason: str) -> Honour:
    """A centre says no. Raises Refusal, StoreError."""
    return await _end(
        *(store, caller, "declineHonour", key, honour_id, reason),
        lambda honour, now: honour.decline(reason, now, caller.actor),
    )


async def withdraw(store: Store, caller: Caller, key: str, honour_id: str, reason: str) -> Honour:
    """A centre takes a published one back. Raises Refusal, StoreError."""
    return await _end(
        *(store, caller, "withdrawHonour", key, honour_id, reason),
        lambda honour, now: honour.withdraw(reason, now, caller.actor),
    )


async def _end(
    store: Store,
    caller: Caller,
    name: str,
    key: str,
    honour_id: str,
    reason: str,
    act: Callable[[Honour, datetime], Sequence[EventData]],
) -> Honour:
    async def decide(unit: UnitOfWork, honour: Honour) -> Sequence[EventData]:
        _require_centre(caller, honour)
        return act(honour, unit.now)

    return await change(store, HONOURS, caller, name, key, honour_id, [reason], decide)


async def _check_verified(unit: UnitOfWork, post: str, works: Sequence[Work]) -> None:
    """Raises WorkNotVerified for a work that is not the post's, or that nobody has verified."""
    for index, work in enumerate(works):
        try:
            verified = await _is_verified(unit, post, work)
        except NotFound:
            verified = False
        if not verified:
            raise WorkNotVerified(path=("works", str(index)), work=work.id)


async def _is_verified(unit: UnitOfWork, post: str, work: Work) -> bool:
    if work.kind is WorkKind.WORK_ORDER:
        order = await unit.get(WORK_ORDERS, work.id)
        return order.lead_post == post and order.state in _VERIFIED_ORDER
    task = await unit.get(DIRECTIVES, work.id)
    had_part = isinstance(task, KeyTask) and any(part.post == post for part in task.parts)
    return had_part and task.state in _ACCEPTED_TASK


def _require_centre(caller: Caller, honour: Honour) -> None:
    if not sees_honour(caller, honour):
        raise NotFound(what=HONOURS.what)
    require_centre_of(caller, honour.area_path)
