"""Faults put in on purpose, to see that the checker finds them. They patch the running test, never the code."""

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from typing import Any
from unittest import mock

from nats.aio.msg import Msg
from pymongo import InsertOne

from services.chassis.consumer import Consumer
from services.chassis.events import Envelope
from services.chassis.unit_of_work import OUTBOX, Store, UnitOfWork, envelope
from tests.faults.journey import Journey

Plant = Callable[[Journey], contextlib.AbstractContextManager[Any]]


def _no_inbox(_: Journey) -> contextlib.AbstractContextManager[Any]:
    async def cursors(*_: object) -> dict[str, int]:
        return {}

    def unit(self: Consumer, event: Envelope, _: int) -> UnitOfWork:
        return UnitOfWork(self._store, actor=event.actor, cause=event.id)

    return mock.patch.multiple(Consumer, _cursors=cursors, _unit=unit, _expects=lambda *_: 0)


def _answer_before_commit(_: Journey) -> contextlib.AbstractContextManager[Any]:
    commit = Store.commit
    tasks = []

    async def later(self: Store, unit: UnitOfWork) -> None:
        tasks.append(asyncio.create_task(commit(self, unit)))

    return mock.patch.object(Store, "commit", later)


def _acknowledge_before_commit(_: Journey) -> contextlib.AbstractContextManager[Any]:
    one = Consumer._one

    async def acknowledged(*_: object, **__: object) -> None:
        pass

    async def eager(self: Consumer, message: Msg, event: Envelope, cursor: int) -> None:
        await message.ack()
        with mock.patch.multiple(message, ack=acknowledged, nak=acknowledged, term=acknowledged):
            await one(self, message, event, cursor)

    return mock.patch.object(Consumer, "_one", eager)


def _publish_before_commit(journey: Journey) -> contextlib.AbstractContextManager[Any]:
    buses = {service.store: service.bus for service in journey.services.values()}
    commit = Store.commit

    async def eager(self: Store, unit: UnitOfWork) -> None:
        bus = buses[self]
        if not bus.connected:
            await bus.start()
        await bus.ready()
        for write in unit.writes:
            if write.collection == OUTBOX.name and isinstance(write.operation, InsertOne):
                await bus.publish(envelope(write.operation._doc))
        await commit(self, unit)

    return mock.patch.object(Store, "commit", eager)


PLANTS: dict[str, Plant] = {
    "": lambda _: contextlib.nullcontext(),
    "no inbox": _no_inbox,
    "answer before commit": _answer_before_commit,
    "acknowledge before commit": _acknowledge_before_commit,
    "publish before commit": _publish_before_commit,
}


# Faults of the process that dies alone: the one beside it, which repeats and drains, works as it should.
OF_THE_KILLED = frozenset({"answer before commit"})


@contextlib.contextmanager
def planted(name: str, journey: Journey) -> Iterator[None]:
    """The fault of that name is there; none for an empty name."""
    with PLANTS[name](journey):
        yield
