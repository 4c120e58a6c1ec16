"""Returns and what follows from them: adjudication, rulings, their revocation (R-32)."""

from collections.abc import Sequence

import msgspec

from services.chassis.errors import NotFound, RoleMissing
from services.chassis.events import EventData
from services.chassis.identity import Caller
from services.chassis.unit_of_work import Store, UnitOfWork
from services.routing.access.order import require_centre, require_lead, require_sight
from services.routing.errors.field import UnknownArea, UnknownUnit
from services.routing.errors.organisation import OrganisationNotLoaded
from services.routing.errors.work_order import RulingNotInForce
from services.routing.handlers.commands import change
from services.routing.handlers.ladder import escalation
from services.routing.handlers.order.clock import subject_of
from services.routing.handlers.order.work_order import Commanded, refuse_second
from services.routing.model.ladder.escalation_parts import Trigger
from services.routing.model.order.states import OrderState
from services.routing.model.order.work_order import WorkOrder
from services.routing.model.organisation.directory import Directory
from services.routing.model.organisation.organisation import Post
from services.routing.model.rules.ruling import Ruling, Scope
from services.routing.store.organisation import count_up
from services.routing.store.ruling import RULINGS
from services.routing.views.ruling import sees


class RulingGiven(msgspec.Struct, frozen=True, kw_only=True):
    """A ruling as it is put down."""

    post_id: str
    question: str
    facts: str
    units_heard: tuple[str, ...]
    basis: str
    scope: Scope | None


async def return_order(on: Commanded, basis: str, ruling_id: str | None) -> WorkOrder:
    """The lead gives it back with its basis; a ruling named as basis must be in force. Raises Refusal, StoreError."""

    async def act(unit: UnitOfWork, order: WorkOrder) -> Sequence[EventData]:
        if ruling_id is not None:
            row = await unit.mongo[RULINGS.collection.name].find_one({"_id": ruling_id})
            if row is None or not RULINGS.from_document(row).in_force(unit.now):
                raise RulingNotInForce(path=("rulingId",), ruling=ruling_id)
        fallback = fallback_owner(on.directory)
        events = order.give_back(basis, ruling_id, fallback, on.directory.policy, unit.now, on.caller.actor)
        ladder = on.directory.policy.limits.ladder_of_bounces
        if ladder and order.state is OrderState.ADJUDICATING:
            await escalation.start(unit, on.directory, subject_of(order), Trigger.THIRD_BOUNCE, [ladder], basis)
        return events

    return await on.do("returnOrder", [basis, ruling_id], require_lead, act)


async def refer_order(on: Commanded) -> WorkOrder:
    """The centre takes a returned order up for a ruling. Raises Refusal, StoreError."""

    async def act(unit: UnitOfWork, order: WorkOrder) -> Sequence[EventData]:
        return order.refer(fallback_owner(on.directory), on.directory.policy, unit.now, on.caller.actor)

    return await on.do("referOrder", [], require_centre, act)


async def call_hearing(on: Commanded, units: Sequence[str]) -> WorkOrder:
    """The centre invites units to say their part. Raises Refusal, StoreError."""

    async def act(unit: UnitOfWork, order: WorkOrder) -> Sequence[EventData]:
        _check_units(on.directory, units, "units")
        return order.call_hearing(units, unit.now)

    return await on.do("callHearing", [sorted(units)], require_centre, act)


async def state_view(on: Commanded, text: str) -> WorkOrder:
    """A unit that is heard puts its statement on record. Raises Refusal, StoreError."""

    async def act(unit: UnitOfWork, order: WorkOrder) -> Sequence[EventData]:
        return order.state_view(text, unit.now, on.caller.actor)

    return await on.do("stateViewOnOrder", [text], _require_staff_sight, act)


async def rule_order(on: Commanded, given: RulingGiven) -> WorkOrder:
    """The centre rules: the order is dispatched bindingly, and a ruling with a scope is a precedent from now on.

    Raises Refusal, StoreError.
    """

    async def act(unit: UnitOfWork, order: WorkOrder) -> Sequence[EventData]:
        post = on.post(given.post_id)
        _check_known(on.directory, given)
        await refuse_second(unit, order.source, post.unit_id, order.id)
        ruling, made = Ruling.make(
            order,
            post,
            question=given.question,
            facts=given.facts,
            units_heard=given.units_heard,
            basis=given.basis,
            scope=given.scope,
            now=unit.now,
            by=on.caller.actor,
        )
        events = order.rule(ruling.id, post, on.directory.policy, unit.now, on.caller.actor)
        unit.add(RULINGS, ruling, made)
        if ruling.standing:
            await count_up(unit)  # every replica reads the precedents anew
        return events

    return await on.do("ruleOrder", [msgspec.to_builtins(given)], require_centre, act)


async def revoke_ruling(store: Store, caller: Caller, key: str, ruling_id: str, reason: str) -> Ruling:
    """The centre withdraws a precedent. Raises Refusal, StoreError."""

    async def decide(unit: UnitOfWork, ruling: Ruling) -> Sequence[EventData]:
        if not sees(caller, ruling):
            raise NotFound(what=RULINGS.what)
        if not caller.has("centre") or not caller.covers(list(ruling.area_path)):
            raise RoleMissing(roles="centre")
        was_standing = ruling.standing
        events = ruling.revoke(reason, unit.now)
        if was_standing:
            await count_up(unit)
        return events

    return await change(store, RULINGS, caller, "revokeRuling", key, ruling_id, [reason], decide)


def fallback_owner(directory: Directory) -> Post:
    """Who has what nobody owns (兜底): the post of the last rule that holds everywhere. Raises OrganisationNotLoaded."""
    last = max((rule for rule in directory.rules if rule.holds_everywhere), key=lambda rule: rule.order, default=None)
    if last is None:
        raise OrganisationNotLoaded
    return directory.posts[last.lead.post_id or ""]


def _require_staff_sight(caller: Caller, order: WorkOrder) -> None:
    require_sight(caller, order)
    if not caller.has("handler", "centre"):
        raise RoleMissing(roles="handler, centre")


def _check_units(directory: Directory, units: Sequence[str], field: str) -> None:
    for index, unit_id in enumerate(units):
        if unit_id not in directory.units:
            raise UnknownUnit(path=(field, str(index)), unit=unit_id)


def _check_known(directory: Directory, given: RulingGiven) -> None:
    _check_units(directory, given.units_heard, "unitsHeard")
    if given.scope and given.scope.area_id and given.scope.area_id not in directory.areas:
        raise UnknownArea(path=("appliesTo", "areaId"), area=given.scope.area_id)
