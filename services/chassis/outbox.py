"""From the outbox to the broker: the relay publishes what was committed, in order per aggregate; replay refills an empty broker."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Sequence

from prometheus_client import Gauge
from pymongo import ASCENDING
from pymongo.errors import PyMongoError

from services.chassis.bus import Bus, BusUnavailable
from services.chassis.errors import Unavailable
from services.chassis.leases import Lease
from services.chassis.mongo import Document
from services.chassis.unit_of_work import OUTBOX, Store, envelope

log = logging.getLogger(__name__)

_BATCH = 256
_POLL_SECONDS = 0.25
# A lone event leaves at once; under load what is committed meanwhile leaves together, and is consumed together.
_BREATH_SECONDS = 0.01
_STRAIGHT_FAILURES_SECONDS = 3.0

# The master signal of the suite's health: alert above 60 s.
OLDEST_UNSENT = Gauge("huying_outbox_oldest_unsent_seconds", "Age of the oldest unsent event")


class Relay:
    """One relay per service publishes, whichever replica holds the lease; a crash anywhere is swept up by the next poll."""

    def __init__(self, store: Store, bus: Bus, lease: Lease) -> None:
        self._store = store
        self._bus = bus
        self._lease = lease
        self._failing_since: float | None = None

    async def run(self) -> None:
        """Publish for ever; cancel to stop."""
        while True:
            self._store.committed.clear()
            try:
                if await self._lease.held():
                    published = await self.publish_pending()
                else:
                    published = 0
                    self._observe([])  # another replica publishes, and tells how old its oldest is
            except (Unavailable, PyMongoError) as error:
                published = 0
                log.warning("outbox not readable", extra={"error": type(error).__name__})
            if published:
                await asyncio.sleep(_BREATH_SECONDS)
            else:
                # Not `wait_for`: in Python 3.11 it can swallow a cancellation, and the relay would outlive its service.
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(_POLL_SECONDS):
                        await self._store.committed.wait()

    async def publish_pending(self) -> int:
        """Publish one batch and mark it sent. Returns how many the broker acknowledged."""
        outbox = self._store.mongo[OUTBOX.name]
        rows = await outbox.find({"pending": True}).sort("_id", ASCENDING).limit(_BATCH).to_list(_BATCH)
        self._observe(rows)
        sent = await self.publish(rows)
        if sent:
            await outbox.update_many(
                {"_id": {"$in": sent}},
                {"$unset": {"pending": ""}, "$set": {"sent_at": self._store.clock()}},
            )
        return len(sent)

    async def publish(self, rows: Sequence[Document]) -> list[str]:
        """Publish `rows` in order. Returns the ids acknowledged.

        When one is refused and a later one of the same aggregate is not, consumers park the later until the relay's next round.
        """
        sent = list(await self._bus.publish_all([envelope(row) for row in rows])) if rows else []
        await self._leave_silent_server(bool(rows) and not sent)
        return sent

    async def _leave_silent_server(self, failing: bool) -> None:
        if not failing:
            self._failing_since = None
            return
        self._failing_since = self._failing_since or time.monotonic()
        if time.monotonic() - self._failing_since > _STRAIGHT_FAILURES_SECONDS:
            self._failing_since = None
            await self._bus.reconnect()

    def _observe(self, rows: Sequence[Document]) -> None:
        oldest = min((row["recorded_at"] for row in rows), default=None)
        OLDEST_UNSENT.set((self._store.clock() - oldest).total_seconds() if oldest else 0)


async def replay(relay: Relay, store: Store, progress: Callable[[int], None]) -> int:
    """Publish every event of the outbox again, oldest first, into a broker that lost them. Returns how many.

    Consumers drop what they have seen. Raises BusUnavailable if an event is not acknowledged after several tries.
    """
    total = 0
    batch: list[Document] = []

    async def flush() -> int:
        left = list(batch)
        for attempt in range(10):
            sent = set(await relay.publish(left))
            left = [row for row in left if row["_id"] not in sent]
            if not left:
                return len(batch)
            await asyncio.sleep(0.1 * 2**attempt)
        raise BusUnavailable(f"{len(left)} events were not acknowledged")

    async for row in store.mongo[OUTBOX.name].find({}).sort("_id", ASCENDING):
        batch.append(row)
        if len(batch) == _BATCH:
            total += await flush()
            batch.clear()
            progress(total)
    if batch:
        total += await flush()
    progress(total)
    return total
