"""Commands on shifts: plan from a pattern, assign, swap, take over, hand over; and the clock's own step."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date

import msgspec

from services.chassis.errors import NotFound, RoleMissing
from services.chassis.events import EventData
from services.chassis.identity import Caller
from services.chassis.unit_of_work import Store, UnitOfWork
from services.routing.access.responder import manages_roster
from services.routing.directory import LiveDirectory
from services.routing.errors.common import UnknownPost
from services.routing.errors.shift import OnAnotherShift, ShiftNotYours, ShiftsPlannedAlready
from services.routing.handlers.commands import change, create
from services.routing.model.dispatch.responder import Responder
from services.routing.model.dispatch.shift import Pattern, Shift
from services.routing.model.organisation.directory import Directory
from services.routing.store.responder import REGISTER
from services.routing.store.shift import SHIFTS
from services.routing.views import shift as views
from services.routing.views.responder import of_person

_Decide = Callable[[UnitOfWork, Shift], Awaitable[Sequence[EventData]]]


async def plan_shifts(
    store: Store,
    directory: Directory,
    caller: Caller,
    key: str,
    post_id: str,
    first: date,
    days: int,
    pattern: Pattern,
) -> Shift:
    """The shifts of a post for some days; those that are planned already stay. The first new one. Raises Refusal, StoreError."""

    async def decide(unit: UnitOfWork) -> tuple[Shift, Sequence[EventData]]:
        post = directory.posts.get(post_id)
        if post is None:
            raise UnknownPost(path=("postId",), post=post_id)
        path = directory.seat(post_id)
        if not manages_roster(caller, post.unit_id, path):
            raise RoleMissing(roles="handler, centre")
        periods = pattern.periods(first, days)
        known = {shift.starts_at for shift in await views.between(unit.mongo, post_id, periods[0][0], periods[-1][1])}
        ahead = directory.policy.limits.announce_gaps_ahead
        new = [Shift.plan(post, path, period, pattern, ahead, unit.now) for period in periods if period[0] not in known]
        if not new:
            raise ShiftsPlannedAlready
        for shift, events in new[1:]:
            unit.add(SHIFTS, shift, events)
        return new[0]

    given = [post_id, first, days, msgspec.to_builtins(pattern)]
    return await create(store, SHIFTS, caller, "planShifts", key, given, decide)


async def assign_shift(store: Store, caller: Caller, key: str, shift_id: str, responder_ids: Sequence[str]) -> Shift:
    """Put these on the shift; for who manages it. Raises Refusal, StoreError."""

    async def decide(unit: UnitOfWork, shift: Shift) -> Sequence[EventData]:
        await _require_manager(unit, caller, shift)
        people = [await unit.get(REGISTER, responder_id) for responder_id in dict.fromkeys(responder_ids)]
        await _require_free(unit, people, shift)
        return shift.assign(people, unit.now)

    return await change(store, SHIFTS, caller, "assignShift", key, shift_id, list(responder_ids), decide)


async def request_swap(store: Store, caller: Caller, key: str, shift_id: str, responder_id: str) -> Shift:
    """Ask for somebody else; the holder, or a manager for the holder. Raises Refusal, StoreError."""

    async def decide(unit: UnitOfWork, shift: Shift) -> Sequence[EventData]:
        await _require_self_or_manager(unit, caller, shift, responder_id)
        return shift.request_swap(responder_id, unit.now, caller.actor)

    return await change(store, SHIFTS, caller, "requestSwap", key, shift_id, [responder_id], decide)


async def take_swap(store: Store, caller: Caller, key: str, shift_id: str, swap_id: str, responder_id: str) -> Shift:
    """Offer to take the place; whoever takes it, or a manager for them. Raises Refusal, StoreError."""

    async def decide(unit: UnitOfWork, shift: Shift) -> Sequence[EventData]:
        taker = await _require_self_or_manager(unit, caller, shift, responder_id)
        await _require_free(unit, [taker], shift)
        return shift.take_swap(swap_id, responder_id, unit.now)

    return await change(store, SHIFTS, caller, "takeSwap", key, shift_id, [swap_id, responder_id], decide)


async def decide_swap(store: Store, caller: Caller, key: str, shift_id: str, swap_id: str, approve: bool) -> Shift:
    """A manager agrees or does not. Raises Refusal, StoreError."""

    async def decide(unit: UnitOfWork, shift: Shift) -> Sequence[EventData]:
        await _require_manager(unit, caller, shift)
        if not approve:
            return shift.refuse_swap(swap_id, unit.now, caller.actor)
        swap = shift.taken(swap_id)
        assert swap.taker  # what makes a swap taken
        taker = await unit.get(REGISTER, swap.taker)
        await _require_free(unit, [taker], shift)
        before = await views.people(unit.mongo, shift.assigned)
        return shift.approve_swap(swap_id, before, _replaced(before, swap.holder, taker), unit.now, caller.actor)

    return await change(store, SHIFTS, caller, "decideSwap", key, shift_id, [swap_id, approve], decide)


async def take_over_shift(
    store: Store, caller: Caller, key: str, shift_id: str, holder_id: str, responder_id: str
) -> Shift:
    """Step in for somebody who is held on a scene, without a request. Raises Refusal, StoreError."""

    async def decide(unit: UnitOfWork, shift: Shift) -> Sequence[EventData]:
        taker = await _require_self_or_manager(unit, caller, shift, responder_id)
        await _require_free(unit, [taker], shift)
        holder = await unit.get(REGISTER, holder_id)
        people = await views.people(unit.mongo, shift.assigned)
        return shift.take_over(holder, _replaced(people, holder_id, taker), taker.id, unit.now)

    return await change(store, SHIFTS, caller, "takeOverShift", key, shift_id, [holder_id, responder_id], decide)


async def hand_over_shift(
    store: Store, directory: Directory, caller: Caller, key: str, shift_id: str, note: str
) -> Shift:
    """Close the shift with a note; the orders under way are counted with it. Raises Refusal, StoreError."""

    async def decide(unit: UnitOfWork, shift: Shift) -> Sequence[EventData]:
        own = await of_person(unit.mongo, caller.person)
        if not (own and own.id in shift.assigned) and not manages_roster(caller, shift.unit_id, shift.area_path):
            raise _hidden_or_not_yours(caller, shift)
        matters = await views.open_matters(unit.mongo, directory, shift)
        return shift.hand_over(note, matters, unit.now, caller.actor)

    return await change(store, SHIFTS, caller, "handOverShift", key, shift_id, [note], decide)


async def keep_shift(store: Store, directory: LiveDirectory, shift_id: str) -> None:
    """The clock's own step: gaps ahead, the beginning, who is not there."""

    async def attempt(unit: UnitOfWork) -> None:
        shift = await unit.get(SHIFTS, shift_id)
        people = await views.people(unit.mongo, shift.assigned)
        unit.save(SHIFTS, shift, shift.step(people, directory.current.mode(shift.area_path), unit.now))

    await store.run(attempt)


def _replaced(people: Sequence[Responder], holder_id: str, taker: Responder) -> list[Responder]:
    return [taker if person.id == holder_id else person for person in people]


async def _require_manager(unit: UnitOfWork, caller: Caller, shift: Shift) -> None:
    if not manages_roster(caller, shift.unit_id, shift.area_path):
        raise _hidden_or_not_yours(caller, shift)


async def _require_self_or_manager(unit: UnitOfWork, caller: Caller, shift: Shift, responder_id: str) -> Responder:
    responder = await unit.get(REGISTER, responder_id)
    oneself = responder.person_id is not None and responder.person_id == caller.person
    if not oneself and not manages_roster(caller, shift.unit_id, shift.area_path):
        raise _hidden_or_not_yours(caller, shift)
    return responder


async def _require_free(unit: UnitOfWork, people: Sequence[Responder], shift: Shift) -> None:
    ids = [person.id for person in people]
    if other := await views.overlapping(unit.mongo, ids, shift):
        busy = next(person for person in people if person.id in other["assigned"])
        raise OnAnotherShift(name=busy.name)
    for person in people:
        unit.save(REGISTER, person)  # so that they are on no other shift between here and the commit


def _hidden_or_not_yours(caller: Caller, shift: Shift) -> Exception:
    """Staff of the place learn that it is not theirs; for others it is not there."""
    if caller.has("attendant", "handler", "centre") and caller.covers(list(shift.area_path)):
        return ShiftNotYours()
    return NotFound(what=SHIFTS.what)
