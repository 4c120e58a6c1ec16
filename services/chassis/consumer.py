"""Other services' events turned into effects here, each exactly once: inbox, order per aggregate, dead letters.

| outcome                       | what happens                                                                   |
| ----------------------------- | ------------------------------------------------------------------------------ |
| done, or seen before          | ack, after the commit                                                          |
| refused by the domain         | ack; the refusal is logged                                                     |
| an earlier event is missing   | parked: nak with a delay, until it comes                                       |
| store not there, conflict     | nak with a delay, without end                                                  |
| not understood                | term; kept as a dead letter with its reason                                    |
| unexpected error, five times  | term; kept as a dead letter                                                    |
"""

import asyncio
import dataclasses
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar

import msgspec
import nats.errors
from nats.aio.msg import Msg
from prometheus_client import Counter, Gauge
from pymongo import ASCENDING, IndexModel
from pymongo.errors import PyMongoError

from services.chassis import telemetry
from services.chassis.bus import Bus, BusUnavailable, Pull
from services.chassis.errors import Conflict, Duplicate, Refusal, StoreError
from services.chassis.events import Actor, Envelope, EventData, name_of
from services.chassis.mongo import CollectionSpec, Document, translate
from services.chassis.unit_of_work import Store, UnitOfWork

log = logging.getLogger(__name__)

# One row per consumer and aggregate: the last event that took effect. A lower or equal sequence was seen; a hole parks.
INBOX = CollectionSpec("inbox")
DEAD_LETTERS = CollectionSpec(
    "dead_letters",
    indexes=[IndexModel([("status", ASCENDING), ("_id", ASCENDING)], name="status")],
)

_BATCH = 64
_UNEXPECTED_LIMIT = 5
_REMEMBERED_FAILURES = 10_000

CONSUMED = Counter("huying_events_consumed_total", "Events by outcome", ["consumer", "outcome"])
PARKED = Gauge("huying_events_parked", "Events waiting for an earlier one", ["consumer"])

D = TypeVar("D", bound=EventData)


@dataclasses.dataclass(frozen=True)
class Event(Generic[D]):
    """A consumed event: its envelope's facts and the fields we read of its data.

    `previous` names the aggregate's earlier event types, so a handler can tell a first event from a repeat without a read.
    """

    id: str
    type: str
    aggregate_id: str
    time: Any
    actor: Actor
    data: D
    previous: Mapping[str, int] = dataclasses.field(default_factory=dict)


Handler = Callable[[Event[Any], UnitOfWork], Awaitable[None]]


@dataclasses.dataclass(frozen=True)
class Subscription:
    """One event type we act on: our own small copy of its data, and the function. `data.type` is the subject."""

    data: type[EventData]
    handle: Handler


class NotUnderstood(Exception):
    """The event is not what its type promises."""


class Consumer:
    """A durable consumer of one stream. `stream` is the publishing service's; `durable` names us there."""

    def __init__(
        self,
        store: Store,
        bus: Bus,
        *,
        stream: str,
        durable: str,
        subscriptions: Sequence[Subscription],
    ) -> None:
        self._store = store
        self._bus = bus
        self.stream = stream
        self.durable = durable
        self._subscriptions = {sub.data.type: sub for sub in subscriptions}
        self._names: dict[str, set[str]] = {}  # of the events we act on, beside those of an aggregate
        self._failures: OrderedDict[str, int] = OrderedDict()
        self._parked: set[str] = set()
        self.busy = asyncio.Lock()  # held while a batch takes effect; a stop waits for it

    @property
    def reads(self) -> dict[str, type[EventData]]:
        """Event types consumed, each with our copy of its data."""
        return {kind: subscription.data for kind, subscription in self._subscriptions.items()}

    async def run(self) -> None:
        """Consume for ever; cancel to stop."""
        while True:
            pull: Pull | None = None
            try:
                await self._bus.ready()
                pull = await self._bus.pull(self.stream, self.durable, list(self._subscriptions))
                async for batch in pull.batches(_BATCH):
                    async with self.busy:
                        await self.take(batch)
            except BusUnavailable as error:
                log.warning("consumer waits", extra={"durable": self.durable, "reason": str(error)})
                if str(error) == "silent":
                    await self._bus.reconnect(pull)
                await asyncio.sleep(0.5)
            except nats.errors.Error as error:  # an acknowledgement could not be sent: the event comes again
                log.warning("consumer waits", extra={"durable": self.durable, "reason": type(error).__name__})
                await asyncio.sleep(0.5)
            finally:
                if pull:
                    await pull.close()

    async def take(self, batch: Sequence[Msg]) -> None:
        """Give each message its effect and its acknowledgement."""
        waiting: list[tuple[Msg, Envelope]] = []
        for message in batch:
            try:
                waiting.append((message, Envelope.from_message(message.headers, message.data)))
            except msgspec.ValidationError as error:
                await self._bury(message, None, str(error))
        # At most one event of an aggregate in a round, so that the next sees what this one did.
        while waiting:
            seen: set[str] = set()
            this_round: list[tuple[Msg, Envelope]] = []
            rest: list[tuple[Msg, Envelope]] = []
            for pair in waiting:
                key = pair[1].aggregate_id
                (rest if key in seen else this_round).append(pair)
                seen.add(key)
            await self._round(this_round)
            waiting = rest

    async def _round(self, pairs: Sequence[tuple[Msg, Envelope]]) -> None:
        try:
            cursors = await self._cursors([event for _, event in pairs])
        except Exception as error:
            for message, event in pairs:
                await self._failed(message, event, error)
            return
        await asyncio.gather(
            *(self._one(message, event, cursors.get(event.aggregate_id, 0)) for message, event in pairs)
        )

    async def _cursors(self, events: Sequence[Envelope]) -> dict[str, int]:
        ids = [self._inbox_id(event.aggregate_id) for event in events]
        rows = await self._store.mongo[INBOX.name].find({"_id": {"$in": ids}}).to_list(len(ids))
        return {row["aggregate_id"]: row["sequence"] for row in rows}

    def _inbox_id(self, aggregate_id: str) -> str:
        return f"{self.durable}/{aggregate_id}"

    async def _one(self, message: Msg, event: Envelope, cursor: int) -> None:
        if event.sequence <= cursor:
            await self._ack(message, event, "seen")
            return
        if self._expects(event) > cursor:
            await self._park(message, event)
            return
        with telemetry.consumer_span(event, self.durable):
            try:
                outcome, unit = await self.decide(event, lambda: self._unit(event, cursor))
                await self._store.commit(unit)
            except NotUnderstood as error:
                await self._bury(message, event, str(error))
            except Duplicate as error:
                if error.collection == INBOX.name:
                    await self._ack(message, event, "seen")
                else:
                    await self._failed(message, event, error)
            except Exception as error:
                await self._failed(message, event, error)
            else:
                await self._ack(message, event, outcome)

    def _expects(self, event: Envelope) -> int:
        """The sequence of the last event before this one that we would have received."""
        ours = self._names.get(event.aggregate)
        if ours is None:
            ours = self._names[event.aggregate] = {name_of(kind, event.aggregate) for kind in self._subscriptions}
        return max((number for name, number in event.previous.items() if name in ours), default=0)

    def _unit(self, event: Envelope, cursor: int) -> UnitOfWork:
        unit = UnitOfWork(self._store, actor=event.actor, cause=event.id)
        key = self._inbox_id(event.aggregate_id)
        row: Document = {
            "_id": key,
            "aggregate_id": event.aggregate_id,
            "sequence": event.sequence,
            "event_id": event.id,
            "at": unit.now,
        }
        if cursor:
            unit.update(INBOX.name, {"_id": key, "sequence": cursor}, {"$set": row})
        else:
            unit.insert(INBOX.name, row)
        return unit

    async def decide(self, event: Envelope, begin: Callable[[], UnitOfWork]) -> tuple[str, UnitOfWork]:
        """Stage the event's effect on a unit that `begin` gives; returns the outcome's name and what to commit: of an effect that is
        refused nothing, also of what was staged before the refusal. Raises NotUnderstood, StoreError.
        """
        subscription = self._subscriptions.get(event.type)
        if subscription is None:
            raise NotUnderstood(f"no schema for {event.type}")
        try:
            data = msgspec.json.decode(event.data, type=subscription.data)
        except msgspec.DecodeError as error:
            raise NotUnderstood(str(error)) from error
        consumed = Event(event.id, event.type, event.aggregate_id, event.time, event.actor, data, event.previous)
        unit = begin()
        try:
            await subscription.handle(consumed, unit)
        except Refusal as refusal:
            log.info("event refused", extra={"event_id": event.id, "code": refusal.code})
            return "refused", begin()
        return "done", unit

    async def _ack(self, message: Msg, event: Envelope, outcome: str) -> None:
        self._failures.pop(event.id, None)
        self._parked.discard(event.id)
        PARKED.labels(self.durable).set(len(self._parked))
        CONSUMED.labels(self.durable, outcome).inc()
        await message.ack()

    async def _park(self, message: Msg, event: Envelope) -> None:
        self._parked.add(event.id)
        PARKED.labels(self.durable).set(len(self._parked))
        CONSUMED.labels(self.durable, "parked").inc()
        await message.nak(delay=_delay(message))

    async def _failed(self, message: Msg, event: Envelope, error: Exception) -> None:
        if isinstance(error, PyMongoError):
            error = translate(error)  # a read of the handler's, or of ours
        expected = isinstance(error, StoreError)
        if not expected:
            count = self._failures[event.id] = self._failures.get(event.id, 0) + 1
            if len(self._failures) > _REMEMBERED_FAILURES:
                self._failures.popitem(last=False)
            log.error("handler failed", exc_info=error, extra={"event_id": event.id, "attempt": count})
            if count >= _UNEXPECTED_LIMIT:
                await self._bury(message, event, f"{type(error).__name__} in handler")
                return
        CONSUMED.labels(self.durable, "retry").inc()
        again_now = isinstance(error, Conflict | Duplicate)
        await message.nak(delay=0.01 if again_now else _delay(message))

    async def _bury(self, message: Msg, event: Envelope | None, reason: str) -> None:
        """Keep the message as a dead letter and let its successors pass; the stream still has it."""
        sequence = message.metadata.sequence.stream
        letter: Document = {
            "_id": f"{self.durable}/{sequence}",
            "status": "dead",
            "durable": self.durable,
            "subject": message.subject,
            "headers": dict(message.headers or {}),
            "data": message.data,
            "reason": reason,
            "at": self._store.clock(),
        }
        unit = UnitOfWork(self._store, actor=Actor())
        try:
            if event:
                row = (await self._cursors([event])).get(event.aggregate_id, 0)
                if row < event.sequence:
                    unit = self._unit(event, row)
            unit.put(DEAD_LETTERS.name, letter)
            await self._store.commit(unit)
        except (StoreError, PyMongoError):
            await message.nak(delay=_delay(message))
            return
        CONSUMED.labels(self.durable, "dead").inc()
        log.error("dead letter", extra={"letter": letter["_id"], "reason": reason})
        await message.term()

    async def replay_dead_letter(self, letter: Document) -> str:
        """Try a dead letter again, once: the effect and the letter's new status are one commit. Returns the outcome.

        Raises NotUnderstood or what the handler raises; then the letter stays as it was.
        """
        event = Envelope.from_message(letter["headers"], letter["data"])

        def begin() -> UnitOfWork:
            unit = UnitOfWork(self._store, actor=event.actor, cause=event.id)
            replayed = {"$set": {"status": "replayed", "replayed_at": unit.now}}
            unit.update(DEAD_LETTERS.name, {"_id": letter["_id"], "status": "dead"}, replayed)
            return unit

        outcome, unit = await self.decide(event, begin)
        await self._store.commit(unit)
        return outcome


def _delay(message: Msg) -> float:
    """Seconds until the broker tries again: doubling from 0.05 to 5."""
    delivered = message.metadata.num_delivered or 1
    return float(min(5.0, 0.05 * 2 ** min(delivered, 10)))
