"""What subscriptions watch: this service's own events as they are committed, whichever replica committed them.

One change stream a process on the outbox, opened while somebody watches; each watcher has a bounded queue.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, Callable, Mapping
from typing import Any

from prometheus_client import Counter, Gauge
from pymongo.errors import PyMongoError

from services.chassis.events import Envelope
from services.chassis.mongo import Mongo, maybe_await
from services.chassis.unit_of_work import OUTBOX, envelope

log = logging.getLogger(__name__)

_QUEUE_LIMIT = 1024
_ONE_IS_ENOUGH = 1
_AWAIT_MS = 200

WATCHERS = Gauge("huying_subscriptions_active", "Open subscriptions")
DROPPED = Counter("huying_subscription_events_dropped_total", "Events a slow watcher missed")

Wanted = Callable[[Envelope], bool]


class Live:
    """Fans committed events out to subscriptions."""

    def __init__(self, mongo: Mongo) -> None:
        self._mongo = mongo
        self._watchers: dict[asyncio.Queue[Envelope], Wanted] = {}
        self._tail: asyncio.Task[None] | None = None
        self._open = asyncio.Event()

    async def watch(self, wanted: Wanted) -> AsyncGenerator[Envelope, None]:
        """Events from now on for which `wanted` holds. A watcher that falls 1024 events behind misses the newest; a counter tells."""
        async with self._watching(wanted, _QUEUE_LIMIT) as queue:
            while True:
                yield await queue.get()

    async def pulses(self, wanted: Wanted, seconds: float) -> AsyncGenerator[None, None]:
        """Once at the start, and again after events for which `wanted` holds, at most every `seconds`: for who reads anew each time."""
        async with self._watching(wanted, _ONE_IS_ENOUGH) as queue:
            yield
            while True:
                await queue.get()
                yield
                await asyncio.sleep(seconds)

    @contextlib.asynccontextmanager
    async def _watching(self, wanted: Wanted, limit: int) -> AsyncGenerator[asyncio.Queue[Envelope], None]:
        """A queue that gets the events from here on."""
        queue: asyncio.Queue[Envelope] = asyncio.Queue(limit)
        self._watchers[queue] = wanted
        WATCHERS.set(len(self._watchers))
        if self._tail is None or self._tail.done():
            self._open.clear()
            self._tail = asyncio.create_task(self._follow())
        try:
            await self._open.wait()
            yield queue
        finally:
            del self._watchers[queue]
            WATCHERS.set(len(self._watchers))
            if not self._watchers and self._tail is not None:
                self._tail.cancel()
                self._tail = None  # the next watcher starts another, even before this one has ended

    async def _follow(self) -> None:
        pipeline = [{"$match": {"operationType": "insert"}}]
        resume: Mapping[str, Any] | None = None
        while True:
            try:
                stream = await maybe_await(
                    self._mongo[OUTBOX.name].watch(pipeline, resume_after=resume, max_await_time_ms=_AWAIT_MS)
                )
                async with stream:
                    while True:
                        change = await stream.try_next()
                        self._open.set()  # the first answer says the cursor is open: events from here on are seen
                        resume = stream.resume_token
                        if change is not None:
                            self._hand_out(envelope(change["fullDocument"]))
            except PyMongoError as error:
                log.warning("change stream reopened", extra={"error": type(error).__name__})
                resume = None if error.has_error_label("NonResumableChangeStreamError") else resume
                await asyncio.sleep(0.5)

    def _hand_out(self, event: Envelope) -> None:
        for queue, wanted in list(self._watchers.items()):
            if wanted(event):
                try:
                    queue.put_nowait(event)
                except asyncio.QueueFull:
                    if queue.maxsize != _ONE_IS_ENOUGH:
                        DROPPED.inc()

    async def close(self) -> None:
        """Stop following."""
        if self._tail is not None:
            self._tail.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._tail
