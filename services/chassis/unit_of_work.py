"""One command or one event: what it read, what it will write, committed together with its events, or not at all.

A unit of work holds its writes as data and touches nothing until it is committed; so a transaction can be retried, and many units
that arrive together share one transaction and one flush to disk (group commit, decision 0002).
"""

import asyncio
import dataclasses
import hashlib
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar, cast

import msgspec
from opentelemetry import propagate, trace
from pymongo import ASCENDING, DeleteOne, IndexModel, InsertOne, ReplaceOne, UpdateOne

from services.chassis.clock import Clock, utc_now
from services.chassis.errors import (
    Conflict,
    Duplicate,
    IdempotencyKeyReused,
    NotFound,
    Refusal,
    Unavailable,
)
from services.chassis.events import SYSTEM, Actor, Envelope, EventData, name_of, names_in
from services.chassis.ids import new_id
from services.chassis.mongo import CollectionSpec, Document, Mongo, Session, translated

OUTBOX = CollectionSpec(
    "outbox",
    indexes=[
        IndexModel(
            [("pending", ASCENDING), ("_id", ASCENDING)],
            name="pending",
            partialFilterExpression={"pending": True},
        ),
        # S4: an aggregate's events are numbered without gap or repeat, whatever goes wrong above.
        IndexModel([("aggregate_id", ASCENDING), ("sequence", ASCENDING)], name="sequence", unique=True),
        IndexModel(
            [("command.key", ASCENDING)],
            name="command",
            unique=True,
            partialFilterExpression={"command.key": {"$exists": True}},
        ),
    ],
    validator={
        "$jsonSchema": {
            "bsonType": "object",
            "required": ["_id", "type", "aggregate_id", "sequence", "data", "recorded_at"],
            "properties": {
                "_id": {"bsonType": "string"},
                "type": {"bsonType": "string"},
                "aggregate_id": {"bsonType": "string"},
                "sequence": {"bsonType": ["int", "long"]},
                "data": {"bsonType": "string"},
                "recorded_at": {"bsonType": "date"},
            },
        }
    },
)
_ATTEMPTS = 8
_GROUP_LIMIT = 32
_PARALLEL_COMMITS = 1


class Aggregate(Protocol):
    """What an aggregate carries for us: `version` guards against lost updates, `sequence` and `previous` number its events."""

    id: str
    version: int
    sequence: int
    previous: dict[str, int]


A = TypeVar("A", bound=Aggregate)
R = TypeVar("R")


@dataclasses.dataclass(frozen=True)
class Rows:
    """Documents of another collection that follow from an aggregate: written, replaced and deleted with it, in its transaction.

    `of` gives those that an aggregate has as it is, each with an `_id` that no other aggregate's has.
    """

    collection: CollectionSpec
    of: Callable[[Any], Sequence[Document]]


@dataclasses.dataclass(frozen=True)
class AggregateSpec(Generic[A]):
    """Where an aggregate lives and what it is called: `name` is the word in event types, `what` the word for people."""

    collection: CollectionSpec
    type: type[A]
    name: str
    what: str
    rows: Rows | None = None

    def to_document(self, aggregate: A) -> Document:
        """The aggregate as MongoDB keeps it: field names as in the model, `id` as `_id`, times as dates."""
        document: Document = msgspec.to_builtins(aggregate, builtin_types=(datetime,))
        document["_id"] = document.pop("id")
        return document

    def from_document(self, document: Mapping[str, Any]) -> A:
        """The aggregate out of its document. Raises msgspec.ValidationError if the stored shape is wrong."""
        values = dict(document)
        values["id"] = values.pop("_id")
        return msgspec.convert(values, self.type)


class Command(msgspec.Struct, frozen=True):
    """A command's identity: the same key and input from the same person is the same command."""

    key: str
    fingerprint: str

    @classmethod
    def of(cls, person: str, name: str, key: str, given: object) -> "Command":
        """`given` is the whole input; a repeat of `key` with another input or another command is refused."""
        digest = hashlib.blake2b(digest_size=16)
        digest.update(name.encode())
        digest.update(msgspec.json.encode(given, order="sorted"))
        return cls(f"{person}:{key}", digest.hexdigest())


@dataclasses.dataclass(frozen=True)
class _Write:
    collection: str
    operation: InsertOne[Document] | ReplaceOne[Document] | UpdateOne | DeleteOne
    guarded: bool


class UnitOfWork:
    """Collects reads and writes of one decision. Handlers use `get`, `add`, `save`, and for plain documents `insert`, `put`."""

    def __init__(
        self,
        store: "Store",
        *,
        actor: Actor,
        command: Command | None = None,
        cause: str | None = None,
    ) -> None:
        self._store = store
        self._writes: list[_Write] = []
        self._loaded: dict[tuple[str, str], Any] = {}
        self._staged: dict[tuple[str, str], int] = {}  # collection and id → where in `_writes`
        self._rows: dict[tuple[str, str], Mapping[str, Document]] = {}  # as they were when the aggregate was read
        self._row_writes: dict[tuple[str, str], list[_Write]] = {}
        self._command = command
        self._told: list[Document] = []
        self.actor = actor
        self.cause = cause
        self.now = store.clock()

    @property
    def mongo(self) -> Mongo:
        """For reads that a decision needs beside its aggregate."""
        return self._store.mongo

    async def get(self, spec: AggregateSpec[A], aggregate_id: str) -> A:
        """The aggregate as of now, majority-committed, or as this unit has it already. Raises NotFound."""
        if (loaded := self._loaded.get((spec.collection.name, aggregate_id))) is not None:
            return cast(A, loaded)
        document = await self._store.find(spec.collection.name, aggregate_id)
        if document is None:
            raise NotFound(what=spec.what)
        return self.known(spec, document)

    def known(self, spec: AggregateSpec[A], document: Mapping[str, Any]) -> A:
        """The aggregate of a document that a query found, or as this unit has it already: what two parts of one decision change is
        one object, and both changes are saved."""
        key = (spec.collection.name, document["_id"])
        if key not in self._loaded:
            self._loaded[key] = spec.from_document(document)
            self._rows[key] = _rows(spec, self._loaded[key])
        return cast(A, self._loaded[key])

    def add(self, spec: AggregateSpec[A], aggregate: A, events: Sequence[EventData]) -> None:
        """Insert a new aggregate with its first events."""
        self._loaded[spec.collection.name, aggregate.id] = aggregate
        self._record(spec, aggregate, events)
        aggregate.version = 1
        self._write(spec, aggregate, read_at=0)

    def save(self, spec: AggregateSpec[A], aggregate: A, events: Sequence[EventData] = ()) -> None:
        """Replace a loaded aggregate, if nobody else has meanwhile, and record its events. Saved again, it is written once, as it
        is then."""
        self._record(spec, aggregate, events)
        if (spec.collection.name, aggregate.id) not in self._staged:
            aggregate.version += 1
        self._write(spec, aggregate, read_at=aggregate.version - 1)

    def _write(self, spec: AggregateSpec[A], aggregate: A, read_at: int) -> None:
        document = spec.to_document(aggregate)
        write = _Write(
            spec.collection.name,
            ReplaceOne({"_id": aggregate.id, "version": read_at}, document) if read_at else InsertOne(document),
            guarded=bool(read_at),
        )
        at = self._staged.setdefault((spec.collection.name, aggregate.id), len(self._writes))
        self._writes[at : at + 1] = [write]
        if spec.rows:
            self._row_writes[spec.collection.name, aggregate.id] = self._changed_rows(
                spec.rows.collection.name, spec, aggregate
            )

    def _changed_rows(self, collection: str, spec: AggregateSpec[A], aggregate: A) -> list[_Write]:
        before, after = self._rows.get((spec.collection.name, aggregate.id), {}), _rows(spec, aggregate)
        put: list[Any] = [
            ReplaceOne({"_id": row_id}, row, upsert=True) for row_id, row in after.items() if before.get(row_id) != row
        ]
        gone = [DeleteOne({"_id": row_id}) for row_id in before if row_id not in after]
        return [_Write(collection, operation, guarded=False) for operation in (*put, *gone)]

    def insert(self, collection: str, document: Document) -> None:
        """Insert a document that must not exist yet."""
        self._stage(collection, InsertOne(document), guarded=False)

    def put(self, collection: str, document: Document) -> None:
        """Insert or replace a document that only this writer's source speaks for (a local copy)."""
        self._stage(
            collection,
            ReplaceOne({"_id": document["_id"]}, document, upsert=True),
            guarded=False,
        )

    def update(self, collection: str, guard: Document, change: Document) -> None:
        """Change one document found by `guard`; finding none is a Conflict."""
        self._stage(collection, UpdateOne(guard, change), guarded=True)

    def _stage(self, collection: str, operation: Any, *, guarded: bool) -> None:
        self._writes.append(_Write(collection, operation, guarded))

    def _record(self, spec: AggregateSpec[A], aggregate: A, events: Sequence[EventData]) -> None:
        carrier: dict[str, str] = {}
        propagate.inject(carrier)
        for event in events:
            kind = event.type
            aggregate.sequence += 1
            row: Document = {
                "_id": new_id("event"),
                "type": kind,
                "source": f"huying/{self._store.service}",
                "aggregate": spec.name,
                "aggregate_id": aggregate.id,
                "sequence": aggregate.sequence,
                "previous": names_in(kind, aggregate.previous, spec.name),
                "time": self.now,
                "actor": msgspec.to_builtins(self.actor),
                "data": msgspec.json.encode(event).decode(),
                "cause": self.cause,
                "traceparent": carrier.get("traceparent"),
                "recorded_at": self._store.clock(),
                "pending": True,
            }
            aggregate.previous[name_of(kind, spec.name)] = aggregate.sequence
            if self._command:
                row["command"] = msgspec.to_builtins(self._command)
                self._command = None  # the first event of a command carries its key
            self._told.append(row)
            self._stage(OUTBOX.name, InsertOne(row), guarded=False)
        span = trace.get_current_span()
        if span.is_recording():
            span.set_attribute(f"huying.{spec.name}.id", aggregate.id)

    def answer_with(self, aggregate_id: str) -> None:
        """A repeat of the command is answered with this aggregate, also when others were staged before it."""
        carrier = next((row for row in self._told if "command" in row), None)
        answer = next((row for row in self._told if row["aggregate_id"] == aggregate_id), None)
        if carrier is not None and answer is not None and carrier is not answer:
            answer["command"] = carrier.pop("command")

    @property
    def writes(self) -> Sequence[_Write]:
        return [*self._writes, *(write for writes in self._row_writes.values() for write in writes)]


class Store:
    """Commits units of work, alone or grouped, and answers a repeated command with its first result."""

    def __init__(self, mongo: Mongo, service: str, clock: Clock = utc_now) -> None:
        self.mongo = mongo
        self.service = service
        self.clock = clock
        self.committed = asyncio.Event()  # wakes the relay
        self._waiting: list[tuple[UnitOfWork, asyncio.Future[None]]] = []
        self._flushing = 0
        self._wanted: dict[str, dict[str, asyncio.Future[Document | None]]] = {}

    async def find(self, collection: str, document_id: str) -> Document | None:
        """One document by id. Reads asked for in the same turn of the event loop, as by a batch of events, are one query."""
        wanted = self._wanted.setdefault(collection, {})
        if not wanted:
            asyncio.get_running_loop().call_soon(self._start_read, collection)
        if document_id not in wanted:
            wanted[document_id] = asyncio.get_running_loop().create_future()
        found = await asyncio.shield(wanted[document_id])
        return dict(found) if found else None

    def _start_read(self, collection: str) -> None:
        task = asyncio.create_task(self._read(collection, self._wanted.pop(collection)))
        task.add_done_callback(_raise_unexpected)

    async def _read(self, collection: str, wanted: "dict[str, asyncio.Future[Document | None]]") -> None:
        try:
            cursor = self.mongo[collection].find({"_id": {"$in": list(wanted)}})
            found = {document["_id"]: document for document in await cursor.to_list(len(wanted))}
        except Exception as error:
            for future in wanted.values():
                future.set_exception(error)
        else:
            for document_id, future in wanted.items():
                future.set_result(found.get(document_id))

    async def run(
        self,
        attempt: Callable[[UnitOfWork], Awaitable[R]],
        *,
        actor: Actor = SYSTEM,
        command: Command | None = None,
        replay: Callable[[str], Awaitable[R]] | None = None,
    ) -> R:
        """Decide and commit; decide again when somebody else was faster.

        `replay` gives the result of a command that was done before, from the id of the aggregate it changed; needed with `command`.
        Raises Refusal (the domain's no), Unavailable, Conflict when the contention does not end.
        """
        with translated():  # reads of the decision; the commit speaks our words already
            for _ in range(_ATTEMPTS):
                unit = UnitOfWork(self, actor=actor, command=command)
                try:
                    result = await attempt(unit)
                    await self.commit(unit)
                    return result
                except Conflict:
                    await asyncio.sleep(random.uniform(0.001, 0.02))
                except (Duplicate, Refusal) as error:
                    # Perhaps because this very command was done before; its first result is then the answer.
                    if command and replay and (done := await self._find(command)):
                        return await self._first_result(command, done, replay)
                    if isinstance(error, Refusal):
                        raise
                    # A human number drawn twice: decide again.
        raise Conflict("too many writers")

    async def _find(self, command: Command) -> Document | None:
        return await self.mongo[OUTBOX.name].find_one({"command.key": command.key}, {"aggregate_id": 1, "command": 1})

    async def _first_result(self, command: Command, done: Document, replay: Callable[[str], Awaitable[R]]) -> R:
        if done["command"]["fingerprint"] != command.fingerprint:
            raise IdempotencyKeyReused(path=("idempotencyKey",))
        return await replay(done["aggregate_id"])

    async def commit(self, unit: UnitOfWork) -> None:
        """Make the unit's writes durable on a majority. Raises Conflict, Duplicate, Unavailable: then nothing was written,
        but for Unavailable, where it may be unknown."""
        if not unit.writes:
            return
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((unit, done))
        if self._flushing < _PARALLEL_COMMITS:
            self._flushing += 1
            task = asyncio.create_task(self._flush())
            task.add_done_callback(_raise_unexpected)
        await done

    async def _flush(self) -> None:
        try:
            while self._waiting:
                group, self._waiting = self._waiting[:_GROUP_LIMIT], self._waiting[_GROUP_LIMIT:]
                if len(group) > 1:
                    try:
                        await self.commit_together([unit for unit, _ in group])
                    except Unavailable as error:
                        # Trying each would only make them wait longer; each caller may send the command again.
                        for _, done in group:
                            if not done.done():
                                done.set_exception(error)
                    except Exception:
                        # One of them spoils the group; each gets its own transaction and its own answer.
                        await asyncio.gather(*(self._commit_one(unit, done) for unit, done in group))
                    else:
                        for _, done in group:
                            if not done.done():
                                done.set_result(None)
                else:
                    await self._commit_one(*group[0])
        finally:
            self._flushing -= 1

    async def _commit_one(self, unit: UnitOfWork, done: "asyncio.Future[None]") -> None:
        try:
            await self.commit_together([unit])
        except Exception as error:
            if not done.done():
                done.set_exception(error)
        else:
            if not done.done():
                done.set_result(None)

    async def commit_together(self, units: Sequence[UnitOfWork]) -> None:
        """All units in one transaction, or none. Raises as `commit`."""
        grouped: dict[tuple[str, bool], list[Any]] = {}
        for unit in units:
            for write in unit.writes:
                grouped.setdefault((write.collection, write.guarded), []).append(write.operation)

        async def body(session: Session) -> None:
            for (name, guarded), operations in grouped.items():
                result = await self.mongo[name].bulk_write(operations, session=session)
                if guarded and result.matched_count < len(operations):
                    raise Conflict(name)

        await self.mongo.transaction(body)
        self.committed.set()


def _rows(spec: AggregateSpec[A], aggregate: A) -> Mapping[str, Document]:
    return {row["_id"]: row for row in spec.rows.of(aggregate)} if spec.rows else {}


def envelope(row: Document) -> Envelope:
    """An outbox row as it travels."""
    return Envelope(
        id=row["_id"],
        type=row["type"],
        source=row["source"],
        aggregate=row["aggregate"],
        aggregate_id=row["aggregate_id"],
        sequence=row["sequence"],
        previous=row["previous"],
        time=row["time"],
        actor=msgspec.convert(row["actor"], Actor),
        data=row["data"],
        cause=row.get("cause"),
        traceparent=row.get("traceparent"),
    )


def _raise_unexpected(task: "asyncio.Task[None]") -> None:
    if not task.cancelled() and (error := task.exception()):
        raise error
