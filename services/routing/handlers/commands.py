"""The shape of every command: decide on what is stored now, save it with its events, and answer a repeat with the first result."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from services.chassis.events import EventData
from services.chassis.identity import Caller
from services.chassis.unit_of_work import Aggregate, AggregateSpec, Command, Store, UnitOfWork

A = TypeVar("A", bound=Aggregate)


async def create(
    store: Store,
    spec: AggregateSpec[A],
    caller: Caller,
    name: str,
    key: str,
    given: Sequence[object],
    decide: Callable[[UnitOfWork], Awaitable[tuple[A, Sequence[EventData]]]],
) -> A:
    """A new aggregate by the command `name`; `decide` gives it with at least one event, and may stage more on the unit.

    `given` is the whole input: the same key with another input is refused. Raises Refusal, StoreError.
    """

    async def attempt(unit: UnitOfWork) -> A:
        aggregate, events = await decide(unit)
        unit.add(spec, aggregate, events)
        unit.answer_with(aggregate.id)
        return aggregate

    return await _run(store, spec, caller, Command.of(caller.person, name, key, given), attempt)


async def change(
    store: Store,
    spec: AggregateSpec[A],
    caller: Caller,
    name: str,
    key: str,
    aggregate_id: str,
    given: Sequence[object],
    decide: Callable[[UnitOfWork, A], Awaitable[Sequence[EventData]]],
) -> A:
    """The same for an aggregate that exists; `decide` checks the caller, changes it and gives at least one event."""

    async def attempt(unit: UnitOfWork) -> A:
        aggregate = await unit.get(spec, aggregate_id)
        unit.save(spec, aggregate, await decide(unit, aggregate))
        unit.answer_with(aggregate.id)
        return aggregate

    return await _run(store, spec, caller, Command.of(caller.person, name, key, [aggregate_id, *given]), attempt)


async def _run(
    store: Store,
    spec: AggregateSpec[A],
    caller: Caller,
    command: Command,
    attempt: Callable[[UnitOfWork], Awaitable[A]],
) -> A:
    async def replay(done_id: str) -> A:
        return await UnitOfWork(store, actor=caller.actor).get(spec, done_id)

    return await store.run(attempt, actor=caller.actor, command=command, replay=replay)
