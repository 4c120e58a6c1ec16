"""Leases: one replica at a time does a thing, and another takes over when it stops renewing.

`Lease` is for a role (the relay); `claim_due` is for timed work, claimed in batches so that replicas share it.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError, PyMongoError

from services.chassis.ids import new_id
from services.chassis.mongo import CollectionSpec, Document, translate
from services.chassis.unit_of_work import Store

log = logging.getLogger(__name__)

LEASES = CollectionSpec("leases")

Step = Callable[[str], Awaitable[None]]


class Lease:
    """A named role. Times come from one clock a replica; the lease is long against any difference between clocks."""

    def __init__(self, store: Store, name: str, seconds: float = 5.0) -> None:
        self._store = store
        self._name = name
        self._duration = timedelta(seconds=seconds)
        self._owner = new_id("owner")
        self._renew_at: datetime | None = None

    async def held(self) -> bool:
        """Take or renew the lease if it is free or ours. Raises Unavailable."""
        now = self._store.clock()
        if self._renew_at and now < self._renew_at:
            return True
        try:
            await self._store.mongo[LEASES.name].find_one_and_update(
                {"_id": self._name, "$or": [{"owner": self._owner}, {"until": {"$lt": now}}]},
                {"$set": {"owner": self._owner, "until": now + self._duration}},
                upsert=True,
                return_document=ReturnDocument.AFTER,
            )
        except DuplicateKeyError:
            self._renew_at = None
            return False  # somebody else holds it
        except PyMongoError as error:
            self._renew_at = None
            raise translate(error) from error
        self._renew_at = now + self._duration / 3
        return True

    async def release(self) -> None:
        """Give it back, so that the next replica need not wait."""
        self._renew_at = None
        await self._store.mongo[LEASES.name].delete_one({"_id": self._name, "owner": self._owner})


async def claim_due(store: Store, collection: str, limit: int = 100, lease_seconds: float = 30.0) -> list[Document]:
    """Documents whose `next_step_at` has come, claimed for this caller until the lease ends.

    The claim moves `next_step_at` on by the lease: if the worker dies, the work is due again by itself. What it costs grows with
    what is due, not with what is open. The step itself must still be guarded by the aggregate's version.
    """
    now = store.clock()
    due = (
        await store.mongo[collection]
        .find({"next_step_at": {"$lte": now}}, {"next_step_at": 1})
        .sort("next_step_at", 1)
        .limit(limit)
        .to_list(limit)
    )
    claimed = []
    for document in due:
        guard = {"_id": document["_id"], "next_step_at": document["next_step_at"]}
        change = {"$set": {"next_step_at": now + timedelta(seconds=lease_seconds)}}
        result = await store.mongo[collection].update_one(guard, change)
        if result.modified_count:
            claimed.append(document)
    return claimed


async def run_due(
    store: Store,
    collection: str,
    step: Step,
    poll_seconds: float = 1.0,
) -> None:
    """For ever: claim what is due in `collection` and do `step(id)` for each; cancel to stop.

    `step` decides again on the loaded aggregate and sets its next `next_step_at`; an error leaves it to the lease.
    """
    while True:
        try:
            claimed = await claim_due(store, collection)
        except PyMongoError as error:  # the store will be back; timed work must not stop for good
            log.warning("due work not readable", extra={"collection": collection, "error": type(error).__name__})
            await asyncio.sleep(poll_seconds)
            continue
        results = await asyncio.gather(*(step(document["_id"]) for document in claimed), return_exceptions=True)
        for result in results:
            if isinstance(result, Exception):
                log.error("timed step failed", exc_info=result)
        if not claimed:
            await asyncio.sleep(poll_seconds)
