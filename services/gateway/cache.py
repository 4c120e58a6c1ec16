"""A bounded cache that computes a missing value once, however many requests wait for it."""

from __future__ import annotations

import asyncio
import itertools
import threading
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

V = TypeVar("V")


class Cache(Generic[V]):
    """Least recently used values first out; failures are not kept."""

    def __init__(self, size: int, observe: Callable[[bool], None] | None = None, *, weight: int = 0) -> None:
        """`size` counts values, `weight` bounds the sum of their weights; 0 for no such bound."""
        self.size = size
        self.weight = weight
        self._weights: dict[Hashable, int] = {}
        self._total = 0
        self._observe = observe
        self._values: OrderedDict[Hashable, V] = OrderedDict()
        self._pending: dict[Hashable, asyncio.Future[V]] = {}
        # Operations are prepared in the event loop's thread and in another.
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._values)

    def get(self, key: Hashable) -> V | None:
        with self._lock:
            value = self._values.get(key)
            if value is not None:
                self._values.move_to_end(key)
        if value is not None and self._observe is not None:
            self._observe(True)
        return value

    def put(self, key: Hashable, value: V, weight: int = 0) -> None:
        with self._lock:
            self._total += weight - self._weights.get(key, 0)
            self._values[key] = value
            self._values.move_to_end(key)
            self._weights[key] = weight
            while len(self._values) > self.size or (self.weight and self._total > self.weight):
                oldest, _ = self._values.popitem(last=False)
                self._total -= self._weights.pop(oldest)

    def recent(self, count: int) -> list[Hashable]:
        """The keys used last, the latest first."""
        with self._lock:
            return list(itertools.islice(reversed(self._values), count))

    async def get_or_make(
        self,
        key: Hashable,
        make: Callable[[], Awaitable[V]],
        weight: int = 0,
        *,
        at_once: Callable[[], V | None] | None = None,
    ) -> V:
        """The value of `key`; concurrent callers share one `make` and its failure.

        Args:
            at_once: a quick try before `make`, which may come to nothing.
        """
        value = self.get(key)
        if value is not None:
            return value
        pending = self._pending.get(key)
        if pending is None:
            if self._observe is not None:
                self._observe(False)
            value = at_once() if at_once is not None else None
            if value is not None:
                self.put(key, value, weight)
                return value
            # A task of its own: the first client going away must not fail the others.
            pending = self._pending[key] = asyncio.ensure_future(make())
            pending.add_done_callback(lambda done: self._finish(key, done, weight))
        return await asyncio.shield(pending)

    def _finish(self, key: Hashable, done: asyncio.Future[V], weight: int) -> None:
        self._pending.pop(key, None)
        if not done.cancelled() and done.exception() is None:
            self.put(key, done.result(), weight)
