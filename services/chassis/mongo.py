"""MongoDB through motor or PyMongo's async client, the same to the caller: connect, declare collections, run transactions.

Majority writes, bounded timeouts, so that a frozen primary is left in seconds.
Transactions are retried whole, by us: motor's `with_transaction` leaks commit errors (decision 0001).
"""

import asyncio
import contextlib
import dataclasses
import inspect
import random
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar, cast

from bson.codec_options import CodecOptions
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo import AsyncMongoClient, IndexModel
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import (
    AutoReconnect,
    BulkWriteError,
    CollectionInvalid,
    DuplicateKeyError,
    OperationFailure,
    PyMongoError,
)
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from services.chassis.errors import Duplicate, Unavailable
from services.chassis.settings import ServiceSettings

Document = dict[str, Any]
Session = AsyncClientSession
T = TypeVar("T")

_OPTIONS: dict[str, Any] = {
    "w": "majority",
    "journal": True,
    "readConcernLevel": "majority",
    "retryWrites": True,
    "retryReads": True,
    "serverSelectionTimeoutMS": 15_000,
    "connectTimeoutMS": 2_000,
    "socketTimeoutMS": 5_000,
    "heartbeatFrequencyMS": 2_000,
    "waitQueueTimeoutMS": 5_000,
    "maxPoolSize": 50,
}
_GIVE_UP_SECONDS = 20.0
_PATIENCE_AT_START_SECONDS = 60.0
_CREATED_AT_ONCE = 8
_MAX_TIME_MS_EXPIRED = 50
_NAMESPACE_EXISTS = 48


@dataclasses.dataclass(frozen=True)
class CollectionSpec:
    """A collection as the code declares it: made at start with its validator and indexes, never altered by hand."""

    name: str
    indexes: Sequence[IndexModel] = ()
    validator: Mapping[str, Any] | None = None


class Mongo:
    """One service's database."""

    def __init__(self, client: Any, database: AsyncDatabase[Document]) -> None:
        self._client = client
        self.database = database

    @classmethod
    def connect(cls, settings: ServiceSettings, service: str) -> "Mongo":
        """A client for the service's own database; no I/O yet."""
        kind: Any = AsyncIOMotorClient if settings.mongo_driver == "motor" else AsyncMongoClient
        client = kind(settings.mongo_url.value, appname=f"huying-{service}", **_OPTIONS)
        name = settings.mongo_database or f"huying_{service}"
        codec: CodecOptions[Document] = CodecOptions(tz_aware=True, tzinfo=UTC)
        # motor's classes answer to the same calls; they are typed as PyMongo's from here on.
        database = cast("AsyncDatabase[Document]", client.get_database(name, codec_options=codec))
        return cls(client, database)

    def __getitem__(self, collection: str) -> AsyncCollection[Document]:
        return self.database[collection]

    async def ping(self) -> None:
        """Ask the primary for a majority-committed read. Raises PyMongoError when it does not answer."""
        await self.database.command("ping")
        await self.database["outbox"].find_one({}, {"_id": 1})

    async def time(self) -> datetime:
        """The clock of the primary. Raises PyMongoError."""
        hello = await self.database.command("hello", codec_options=self.database.codec_options)
        now: datetime = hello["localTime"]
        return now

    async def ensure(self, specs: Sequence[CollectionSpec]) -> None:
        """Create what is missing; bring validators in step. Safe to run from several replicas at once. Raises PyMongoError.

        A server that is busy, with an empty database of another service perhaps, may take longer than one answer is waited for.
        """
        listed = await self.database.command({"listCollections": 1, "cursor": {"batchSize": 1000}})
        existing = {found["name"]: found.get("options", {}) for found in listed["cursor"]["firstBatch"]}
        slots = asyncio.Semaphore(_CREATED_AT_ONCE)
        give_up = time.monotonic() + _PATIENCE_AT_START_SECONDS

        async def ensure(spec: CollectionSpec) -> None:
            async with slots:
                while True:
                    try:
                        return await self._ensure(spec, existing.get(spec.name))
                    except AutoReconnect:
                        if time.monotonic() > give_up:
                            raise

        await asyncio.gather(*(ensure(spec) for spec in specs))

    async def _ensure(self, spec: CollectionSpec, options: Mapping[str, Any] | None) -> None:
        validator: dict[str, Any] = {"validator": dict(spec.validator)} if spec.validator else {}
        if options is None:
            try:
                await self.database.create_collection(spec.name, **validator)
            except CollectionInvalid:
                pass  # another replica was first
            except OperationFailure as error:
                if error.code != _NAMESPACE_EXISTS:
                    raise
        elif validator and options.get("validator") != validator["validator"]:
            # Only when it differs: it waits for every transaction on the collection, also one that a dead process left open.
            await self.database.command({"collMod": spec.name, **validator})
        if spec.indexes:
            await self[spec.name].create_indexes(list(spec.indexes))

    async def transaction(self, body: Callable[[Session], Awaitable[T]]) -> T:
        """Run `body` in a majority transaction and commit, the whole again after a transient error.

        `body` may run many times: it must only read and write through its session. Raises Duplicate, Unavailable, or what `body`
        raises. When it raises Unavailable the outcome may be unknown: send the same idempotent command again.
        """
        give_up = time.monotonic() + _GIVE_UP_SECONDS
        session = cast("Session", await maybe_await(self._client.start_session()))
        async with session:
            while True:
                try:
                    return await self._attempt(session, body, give_up)
                except PyMongoError as error:
                    transient = error.has_error_label("TransientTransactionError")
                    if not transient or time.monotonic() > give_up:
                        raise translate(error) from error
                    await asyncio.sleep(random.uniform(0.001, 0.02))

    async def _attempt(self, session: Session, body: Callable[[Session], Awaitable[T]], give_up: float) -> T:
        await maybe_await(
            session.start_transaction(
                read_concern=ReadConcern("snapshot"),
                write_concern=WriteConcern("majority"),
                max_commit_time_ms=5_000,
            )
        )
        try:
            result = await body(session)
        except BaseException:
            if session.in_transaction:
                with contextlib.suppress(
                    PyMongoError
                ):  # the server drops it by itself; the first error is the one to report
                    await session.abort_transaction()
            raise
        while True:
            try:
                await session.commit_transaction()
                return result
            except PyMongoError as error:
                unknown = error.has_error_label("UnknownTransactionCommitResult")
                if not unknown or time.monotonic() > give_up or _is_max_time(error):
                    raise

    async def close(self) -> None:
        """Close every connection."""
        await maybe_await(self._client.close())


def translate(error: PyMongoError) -> Exception:
    """A driver's error in our words (`errors.py`); anything else is returned as it is."""
    if isinstance(error, BulkWriteError):
        details: Any = error.details or {}
        for failed in details.get("writeErrors", []):
            if failed.get("code") == 11000:
                return _duplicate(failed.get("errmsg", ""))
        return error
    if isinstance(error, DuplicateKeyError):
        return _duplicate(str(error.details.get("errmsg", "") if error.details else error))
    if isinstance(error, OperationFailure) and not error.has_error_label("TransientTransactionError"):
        return error
    return Unavailable(type(error).__name__)


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """Driver errors inside leave in our words."""
    try:
        yield
    except PyMongoError as error:
        raise translate(error) from error


def _duplicate(message: str) -> Duplicate:
    # "E11000 duplicate key error collection: db.reports index: number_1 dup key: …"; the key itself is not repeated.
    collection = message.partition("collection: ")[2].partition(" ")[0].partition(".")[2]
    return Duplicate(collection, message.partition("index: ")[2].partition(" ")[0])


def _is_max_time(error: PyMongoError) -> bool:
    return isinstance(error, OperationFailure) and error.code == _MAX_TIME_MS_EXPIRED


async def maybe_await(value: Any) -> Any:
    """Calls that are coroutines in one driver and plain in the other."""
    return await value if inspect.isawaitable(value) else value
