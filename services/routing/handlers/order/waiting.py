"""Commands about time: suspend, defer, resume, hand upward, ask for and decide on more time (R-29)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from services.chassis.events import EventData
from services.chassis.identity import Caller
from services.chassis.unit_of_work import UnitOfWork
from services.routing.access.order import require_centre, require_lead, require_lead_or_centre, require_sight
from services.routing.errors.work_order import ExtensionBeyondRank
from services.routing.handlers.order.work_order import Commanded
from services.routing.model.order.work_order import WorkOrder
from services.routing.model.organisation.directory import Directory
from services.routing.model.organisation.superiors import grantor_of, verifier_of


async def suspend_order(on: Commanded, awaited: str, reason: str, until: datetime) -> WorkOrder:
    """The lead waits for a named party until a date. Raises Refusal, StoreError."""

    async def act(unit: UnitOfWork, order: WorkOrder) -> Sequence[EventData]:
        return order.suspend(awaited, reason, until, on.directory.policy, unit.now, on.caller.actor)

    return await on.do("suspendOrder", [awaited, reason, until.isoformat()], require_lead, act)


async def resume_order(on: Commanded) -> WorkOrder:
    """The lead, or the centre, ends a wait. Raises Refusal, StoreError."""

    async def act(unit: UnitOfWork, order: WorkOrder) -> Sequence[EventData]:
        return order.resume(on.directory.policy, unit.now)

    return await on.do("resumeOrder", [], require_lead_or_centre, act)


async def defer_order(on: Commanded, reason: str, owner_post: str, review_at: datetime) -> WorkOrder:
    """The centre puts it on the watch list, with an owner and a date. Raises Refusal, StoreError."""

    async def act(unit: UnitOfWork, order: WorkOrder) -> Sequence[EventData]:
        owner = on.post(owner_post)
        return order.defer(reason, owner, review_at, on.directory.policy, unit.now, on.caller.actor)

    return await on.do("deferOrder", [reason, owner_post, review_at.isoformat()], require_centre, act)


async def transfer_up(on: Commanded, system: str, reference: str, reason: str) -> WorkOrder:
    """The centre hands it to a superior system. Raises Refusal, StoreError."""

    async def act(unit: UnitOfWork, order: WorkOrder) -> Sequence[EventData]:
        return order.transfer_up(system, reference, reason, on.directory.policy, unit.now, on.caller.actor)

    return await on.do("transferOrderUp", [system, reference, reason], require_centre, act)


async def track_up(on: Commanded, text: str) -> WorkOrder:
    """What was heard of it from above. Raises Refusal, StoreError."""

    async def act(unit: UnitOfWork, order: WorkOrder) -> Sequence[EventData]:
        return order.track_up(text, unit.now, on.caller.actor)

    return await on.do("trackOrderAbove", [text], require_lead_or_centre, act)


async def answer_up(on: Commanded, reply: str) -> WorkOrder:
    """The superior system's answer, to be checked like any reply. Raises Refusal, StoreError."""

    async def act(unit: UnitOfWork, order: WorkOrder) -> Sequence[EventData]:
        verifier = verifier_of(on.directory, order)
        return order.answer_up(reply, on.directory.policy, verifier.id if verifier else None, unit.now, on.caller.actor)

    return await on.do("answerOrderFromAbove", [reply], require_lead_or_centre, act)


async def ask_extension(on: Commanded, duration: timedelta, reason: str) -> WorkOrder:
    """The lead asks for more time; who may give so much is asked. Raises Refusal, StoreError."""

    async def act(unit: UnitOfWork, order: WorkOrder) -> Sequence[EventData]:
        grantor = grantor_of(on.directory, order, duration.total_seconds())
        asked = grantor.id if grantor else None
        return order.ask_extension(duration, reason, asked, on.directory.policy, unit.now, on.caller.actor)

    return await on.do("askOrderExtension", [duration.total_seconds(), reason], require_lead, act)


async def decide_extension(on: Commanded, granted: bool, answer: str | None) -> WorkOrder:
    """The post above grants, within what its rank may give, or refuses. Raises Refusal, StoreError."""

    async def act(unit: UnitOfWork, order: WorkOrder) -> Sequence[EventData]:
        asked = order.extensions[-1] if order.extensions else None
        if granted and asked and asked.duration > _may_give(on.directory, on.caller):
            raise ExtensionBeyondRank(path=("granted",))
        return order.decide_extension(granted, answer, on.directory.policy, unit.now, on.caller.actor)

    return await on.do("decideOrderExtension", [granted, answer], _require_grantor, act)


def _may_give(directory: Directory, caller: Caller) -> timedelta:
    post = directory.posts.get(caller.post or "")
    return directory.policy.limits.extension_by_level.get(post.level, timedelta()) if post else timedelta()


def _require_grantor(caller: Caller, order: WorkOrder) -> None:
    """Raises unless the caller was asked, or is the centre; never the unit that asks."""
    require_sight(caller, order)
    asked = order.extensions[-1].asked_post if order.extensions else None
    if asked is None or asked != caller.post:
        require_centre(caller, order)
    if caller.unit == order.lead_unit:
        raise ExtensionBeyondRank
