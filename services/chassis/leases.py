"""Leases: one replica at a time does a thing, and another takes over when it stops renewing.

`Lease` is for a role (the relay); `run_due` is for timed work, claimed in batches so that replicas share it (decision 0017).
"""

import asyncio
import contextlib
import logging
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta

from prometheus_client import Counter, Histogram
from pymongo import ASCENDING, ReturnDocument
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import DuplicateKeyError, PyMongoError

from services.chassis.errors import Unavailable
from services.chassis.ids import new_id
from services.chassis.mongo import CollectionSpec, Document, translate
from services.chassis.unit_of_work import Store

log = logging.getLogger(__name__)

LEASES = CollectionSpec("leases")

Step = Callable[[str], Awaitable[None]]

# A worker that lives does a step in milliseconds; after this long it is taken for dead.
_CLAIM_SECONDS = 30.0
_LONGEST_CLAIM_SECONDS = 3600.0
# Steps of one collection under way in one process: two groups of the group commit, one being read while the other is written.
# More would only stand in the queue before the requests.
_AT_ONCE = 64
_BREATH_SECONDS = (0.05, 0.15)
_FINISH_SECONDS = 5.0

CLAIMED = Counter("huying_timed_steps_claimed_total", "Due steps claimed by this process", ["collection"])
STEPS = Counter(
    "huying_timed_steps_total", "Due steps tried by this process, done or failed", ["collection", "outcome"]
)
LATENESS = Histogram(
    "huying_timed_step_lateness_seconds",
    "From the moment a step was due until it was committed",
    ["collection"],
    buckets=(0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 3600),
)


class Lease:
    """A named role. The store's own clock says when it ends, so that no replica's clock can take it away from another."""

    def __init__(self, store: Store, name: str, seconds: float = 5.0) -> None:
        self._store = store
        self._name = name
        self._seconds = seconds
        self._owner = new_id("owner")
        self._renew_at = 0.0  # on the monotonic clock

    async def held(self) -> bool:
        """Take or renew the lease if it is free or ours. Raises Unavailable."""
        asked_at = time.monotonic()
        if asked_at < self._renew_at:
            return True
        self._renew_at = 0.0
        free_or_ours = {
            "$or": [{"$eq": ["$owner", self._owner]}, {"$lt": ["$until", "$$NOW"]}]
        }  # nothing is less than a date
        ours = {"owner": self._owner, "until": {"$add": ["$$NOW", self._seconds * 1000]}}
        try:
            lease = await self._store.mongo[LEASES.name].find_one_and_update(
                {"_id": self._name},
                [{"$set": {name: {"$cond": [free_or_ours, value, f"${name}"]} for name, value in ours.items()}}],
                upsert=True,
                return_document=ReturnDocument.AFTER,
            )
        except DuplicateKeyError:
            return False  # somebody else was first
        except PyMongoError as error:
            raise translate(error) from error
        if lease is None or lease["owner"] != self._owner:
            return False
        self._renew_at = asked_at + self._seconds / 3
        return True

    @contextlib.asynccontextmanager
    async def kept(self) -> AsyncIterator[bool]:
        """Whether it is ours; if so it is renewed until the end, however long that takes, and given back. Raises Unavailable."""
        if not await self.held():
            yield False
            return
        renewing = asyncio.create_task(self._renew())
        try:
            yield True
        finally:
            renewing.cancel()
            await self.release()

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(self._seconds / 3)
            try:
                await self.held()
            except Unavailable as error:
                log.warning("lease not renewed", extra={"lease": self._name, "error": type(error).__name__})

    async def release(self) -> None:
        """Give it back, so that the next replica need not wait."""
        self._renew_at = 0.0
        await self._store.mongo[LEASES.name].delete_one({"_id": self._name, "owner": self._owner})


async def claim_due(store: Store, collection: str, limit: int = _AT_ONCE) -> list[Document]:
    """At most `limit` documents whose `next_step_at` has come, claimed for this caller: their `_id` and `next_step_at`.

    A claim is the field `step_claim` beside the aggregate's own: any save of the aggregate drops it, and when it ends, because
    the worker died or the step failed, the document is due again by itself, later each time. Documents that are not due are not
    looked at, but for some of the next second. Two replicas may still do one step: the aggregate's version lets one of them.
    """
    return (await _claim_due(store, collection, limit, 0))[0]


async def _claim_due(store: Store, collection: str, limit: int, poll_seconds: float) -> tuple[list[Document], float]:
    """As `claim_due`, and in how many seconds to ask again, at most `poll_seconds`; 0 when more is due."""
    now = store.clock()
    free = {"step_claim.until": {"$not": {"$gt": now}}}
    documents = store.mongo[collection]
    soon = now + timedelta(seconds=poll_seconds)
    cursor = documents.find({"next_step_at": {"$lte": soon}, **free}, {"next_step_at": 1})
    rows = await cursor.sort("next_step_at", ASCENDING).limit(2 * limit).to_list(2 * limit)
    due = [row for row in rows if row["next_step_at"] <= now]
    if len(due) > limit:  # there is a queue: replicas that look at its head at once should not take the same
        return await _claim(documents, random.sample(due, limit), free, now), 0
    claimed = await _claim(documents, due, free, now) if due else []
    next_at = rows[len(due)]["next_step_at"] if len(rows) > len(due) else soon
    return claimed, (next_at - now).total_seconds()


async def _claim(
    documents: AsyncCollection[Document], due: list[Document], free: Document, now: datetime
) -> list[Document]:
    owner = new_id("claim")
    tries = {"$ifNull": ["$step_claim.tries", 0]}
    milliseconds = {
        "$min": [{"$multiply": [_CLAIM_SECONDS * 1000, {"$pow": [2, tries]}]}, _LONGEST_CLAIM_SECONDS * 1000]
    }
    claim = {"owner": owner, "until": {"$add": [now, milliseconds]}, "tries": {"$add": [tries, 1]}}
    ids = [row["_id"] for row in due]
    result = await documents.update_many(
        {"_id": {"$in": ids}, "next_step_at": {"$lte": now}, **free},
        [{"$set": {"step_claim": claim}}],
        hint=[("_id", ASCENDING)],  # by the time index it would walk past all that is due
    )
    if result.modified_count == len(due):
        return due
    ours = documents.find({"_id": {"$in": ids}, "step_claim.owner": owner}, {"next_step_at": 1})
    return await ours.to_list(len(ids))


async def run_due(store: Store, collection: str, step: Step, poll_seconds: float = 1.0) -> None:
    """For ever: claim what is due in `collection` and do `step(id)` for each; cancel to stop, which finishes the steps begun.

    `step` decides again on the loaded aggregate and sets its next `next_step_at`. One that fails, or changes nothing, is tried
    again after half a minute, then one, two, … up to an hour. Asked at least every `poll_seconds`, and when the next is due.
    """
    running: set[asyncio.Task[None]] = set()
    ended = asyncio.Event()

    def forget(task: asyncio.Task[None]) -> None:
        running.discard(task)
        ended.set()

    try:
        while True:
            try:
                due, seconds = await _claim_due(store, collection, _AT_ONCE - len(running), poll_seconds)
            except PyMongoError as error:  # the store will be back; timed work must not stop for good
                log.warning("due work not readable", extra={"collection": collection, "error": type(error).__name__})
                due, seconds = [], poll_seconds
            CLAIMED.labels(collection).inc(len(due))
            for row in due:
                task = asyncio.create_task(_do(store, collection, step, row))
                running.add(task)
                task.add_done_callback(forget)
            if seconds or not due:
                # A breath, not the same for all: what comes due meanwhile is claimed together, and replicas do not meet.
                await asyncio.sleep(seconds + random.uniform(*_BREATH_SECONDS))
            while len(running) > _AT_ONCE // 2:
                ended.clear()
                await ended.wait()
    finally:
        if running:
            _, left = await asyncio.wait(running, timeout=_FINISH_SECONDS)
            for task in left:
                task.cancel()


async def _do(store: Store, collection: str, step: Step, due: Document) -> None:
    try:
        async with asyncio.timeout(_CLAIM_SECONDS):
            await step(due["_id"])
    except Exception:
        STEPS.labels(collection, "failed").inc()
        log.exception("timed step failed", extra={"collection": collection, "id": due["_id"]})
    else:
        STEPS.labels(collection, "done").inc()
        LATENESS.labels(collection).observe((store.clock() - due["next_step_at"]).total_seconds())
