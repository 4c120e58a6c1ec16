"""A journey: services, the stages a matter passes through them, and what must be true when it has arrived.

The same class serves both sides of a crash test: the process that is killed in the middle of one stage, and the one that carries on.
"""

import asyncio
import contextlib
import dataclasses
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, Self
from unittest import mock

import nats
from nats.aio.client import Client
from pymongo import AsyncMongoClient

from services.chassis import bus as bus_module
from services.chassis import outbox as outbox_module
from services.chassis.app import Service
from services.chassis.consumer import DEAD_LETTERS, Consumer
from services.chassis.leases import Lease
from services.chassis.outbox import Relay
from services.chassis.unit_of_work import OUTBOX

SHORT_SECONDS = 0.1
SETTLE_SECONDS = 12.0
_POLL_SECONDS = 0.005


@contextlib.contextmanager
def short_waits() -> Iterator[None]:
    """What a dead process held is given to the next one soon, where production waits for the slow."""
    with (
        mock.patch.object(bus_module, "_ACK_WAIT_SECONDS", SHORT_SECONDS),
        mock.patch.object(outbox_module, "_POLL_SECONDS", SHORT_SECONDS / 2),
    ):
        yield


@dataclasses.dataclass(frozen=True)
class Place:
    """Where a journey runs: servers, and the prefix of its databases."""

    mongo_url: str
    nats_url: str
    database: str


@dataclasses.dataclass(frozen=True)
class Stage:
    """One step of a journey in one service. Without `publisher` and `relays`, it is the command itself."""

    name: str
    service: str
    relays: bool = False
    publisher: str = ""


class Journey(ABC):
    """Several services' running parts, driven stage by stage."""

    stages: ClassVar[Sequence[Stage]]
    skipped: ClassVar[int] = 0
    """How many of the first stages are another journey's, and crash there."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.services: Mapping[str, Service] = self.build()
        for service in self.services.values():
            service.relay_lease = Lease(service.store, "relay", seconds=SHORT_SECONDS)
            service.relay = Relay(service.store, service.bus, service.relay_lease)
        self.open_services: Sequence[Service] = ()
        self._nats = Client()
        self._mongo: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(place.mongo_url)
        self._checked: dict[str, str] = {}

    @abstractmethod
    def build(self) -> Mapping[str, Service]:
        """The services by name."""

    @abstractmethod
    async def prepare(self) -> None:
        """Load what the first command needs; once for each place."""

    async def refresh(self) -> None:
        """Read what the open services keep in memory, as they do when they start."""
        for service in self.open_services:
            for prepare in service._at_start:
                await prepare()

    @abstractmethod
    async def submit(self, key: str, acknowledge: Callable[[str], None] = lambda _: None) -> str:
        """Send the command with this idempotency key; returns the id it answers with.

        `acknowledge` gets it too, at the moment the caller would.
        """

    @abstractmethod
    async def violations(self, matter: str) -> list[str]:
        """What is wrong with the matter that `submit` answered with, now that everything has arrived."""

    @classmethod
    def stage(cls, name: str) -> Stage:
        return next(stage for stage in cls.stages if stage.name == name)

    @contextlib.asynccontextmanager
    async def opened(self) -> AsyncIterator[Self]:
        """All services, warm: for the process that carries on."""
        async with contextlib.AsyncExitStack() as stack:
            for service in self.services.values():
                await stack.enter_async_context(service.opened())
                await service.bus.ready()
            self._nats = await nats.connect(self.place.nats_url)
            stack.push_async_callback(self._nats.close)
            stack.push_async_callback(self._mongo.close)
            await self.prepare()
            async with self.flowing():
                await self.quiet()
            self.open_services = list(self.services.values())
            await self.refresh()
            yield self

    @contextlib.asynccontextmanager
    async def watching(self) -> AsyncIterator[Self]:
        """Nothing runs here: for looking at services that run elsewhere."""
        self._nats = await nats.connect(self.place.nats_url)
        try:
            yield self
        finally:
            await self._nats.close()
            await self._mongo.close()
            for service in self.services.values():
                await service.mongo.close()

    @contextlib.asynccontextmanager
    async def opened_for(self, stage: Stage) -> AsyncIterator[Self]:
        """One service, and only what the stage needs of it: for the process that is killed."""
        service = self.services[stage.service]
        async with contextlib.AsyncExitStack() as stack:
            self.open_services = [service]
            await self.refresh()
            if stage.relays or stage.publisher:
                await service.bus.start()
                await service.bus.ready()
                self._nats = await nats.connect(self.place.nats_url)
                stack.push_async_callback(self._nats.close)
            yield self

    async def run(self, stage: Stage, key: str, acknowledge: Callable[[str], None] = lambda _: None) -> None:
        """Do one stage to its end."""
        service = self.services[stage.service]
        if stage.relays:
            while not await service.relay_lease.held():
                await asyncio.sleep(_POLL_SECONDS)
            while await service.relay.publish_pending():
                pass
            await service.relay_lease.release()
        elif stage.publisher:
            consumer = self._consumer(stage)
            async with _running(consumer.run()):
                await self._until(lambda: self._idle(consumer))
        else:
            before = asyncio.all_tasks()
            await self.submit(key, acknowledge)
            # The process lives on after its answer.
            if rest := asyncio.all_tasks() - before:
                await asyncio.wait(rest, timeout=1)

    def _consumer(self, stage: Stage) -> Consumer:
        durable = f"{stage.service}-from-{stage.publisher}"
        return next(c for c in self.services[stage.service].consumers if c.durable == durable)

    @contextlib.asynccontextmanager
    async def flowing(self) -> AsyncIterator[None]:
        """Relays and consumers of all services run."""
        async with contextlib.AsyncExitStack() as stack:
            for service in self.services.values():
                stack.push_async_callback(service.relay_lease.release)
                await stack.enter_async_context(_running(service.relay.run()))
                for consumer in service.consumers:
                    await stack.enter_async_context(_running(consumer.run()))
            yield

    async def quiet(self, seconds: float = SETTLE_SECONDS) -> None:
        """Return when nothing is under way: outboxes sent, every delivery acknowledged. Raises TimeoutError."""
        await self._until(self._is_quiet, seconds)

    async def _is_quiet(self) -> bool:
        """Nothing moved between two looks. Twice, because the broker counts a new event a moment after it acknowledged it."""
        before = await self._positions()
        for _ in range(2):
            if before is None or await self._unsent() or before != await self._positions():
                return False
            await asyncio.sleep(_POLL_SECONDS)
        return True

    async def _unsent(self) -> int:
        counts = [await s.mongo[OUTBOX.name].count_documents({"pending": True}) for s in self.services.values()]
        return sum(counts)

    async def _positions(self) -> dict[str, int] | None:
        """How far each stream and each consumer is; None while one has something to do."""
        positions = {}
        for name in self.services:
            try:
                stream = await self._nats.jetstream().stream_info(bus_module.stream_name(name))
            except nats.js.errors.NotFoundError:
                return None
            positions[name] = stream.state.last_seq
        for service in self.services.values():
            for consumer in service.consumers:
                position = await self._position(consumer)
                if position is None:
                    return None
                positions[consumer.durable] = position
        return positions

    async def _position(self, consumer: Consumer) -> int | None:
        stream = bus_module.stream_name(consumer.durable.partition("-from-")[2])
        try:
            info = await self._nats.jetstream().consumer_info(stream, consumer.durable)
        except nats.js.errors.NotFoundError:
            return None
        if info.num_pending or info.num_ack_pending or info.delivered is None:
            return None
        position: int = info.delivered.stream_seq
        return position

    async def _idle(self, consumer: Consumer) -> bool:
        return await self._position(consumer) is not None

    async def _until(self, condition: Callable[[], Any], seconds: float = SETTLE_SECONDS) -> None:
        async with asyncio.timeout(seconds):
            while not await condition():
                await asyncio.sleep(_POLL_SECONDS)

    async def end_orphaned_transactions(self) -> None:
        """Abort what a killed process left open.

        The server does so by itself after `transactionLifetimeLimitSeconds`; until then a repeat of the same command conflicts with it.
        """
        if sessions := await self.orphaned_transactions():
            await self._mongo.admin.command({"killSessions": sessions})

    async def orphaned_transactions(self) -> list[dict[str, Any]]:
        """Open transactions nobody works on, by the sessions they are in."""
        pipeline: list[Mapping[str, Any]] = [
            {"$currentOp": {"allUsers": True, "idleSessions": True}},
            {"$match": {"type": "idleSession", "transaction": {"$exists": True}}},
        ]
        cursor = await self._mongo.admin.aggregate(pipeline)
        return [{"id": operation["lsid"]["id"]} async for operation in cursor]

    async def check(self, matter: str) -> list[str]:
        """Everything that is wrong with `matter` and with the events since the last check."""
        found = await self.violations(matter)
        for name, service in self.services.items():
            if letters := await service.mongo[DEAD_LETTERS.name].count_documents({"status": "dead"}):
                found.append(f"{letters} dead letters in {name}")
            if unsent := await service.mongo[OUTBOX.name].count_documents({"pending": True}):
                found.append(f"{unsent} unsent events in {name}")
            found += await self._gaps(name, service)
        return found

    async def _gaps(self, name: str, service: Service) -> list[str]:
        """Aggregates with an event since the last check whose events are not numbered 1, 2, 3, …"""
        outbox = service.mongo[OUTBOX.name]
        since = {"_id": {"$gt": self._checked.get(name, "")}}
        newest = await outbox.find({}, {"_id": 1}).sort("_id", -1).limit(1).to_list(1)
        changed = await outbox.distinct("aggregate_id", since)
        rows = outbox.find({"aggregate_id": {"$in": changed}}, {"aggregate_id": 1, "sequence": 1})
        numbers: dict[str, list[int]] = {}
        async for row in rows:
            numbers.setdefault(row["aggregate_id"], []).append(row["sequence"])
        self._checked[name] = newest[0]["_id"] if newest else ""
        return [
            f"events of {aggregate} are numbered {sorted(found)}"
            for aggregate, found in numbers.items()
            if sorted(found) != list(range(1, len(found) + 1))
        ]


@contextlib.asynccontextmanager
async def _running(work: Any) -> AsyncIterator[None]:
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
