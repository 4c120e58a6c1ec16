"""A bounded cache that computes a missing value once, however many requests wait for it."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

V = TypeVar("V")


class Cache(Generic[V]):
    """Least recently used values first out; failures are not kept."""

    def __init__(self, size: int, observe: Callable[[bool], None] | None = None) -> None:
        self.size = size
        self._observe = observe
        self._values: OrderedDict[Hashable, V] = OrderedDict()
        self._pending: dict[Hashable, asyncio.Future[V]] = {}

    def __len__(self) -> int:
        return len(self._values)

    def get(self, key: Hashable) -> V | None:
        value = self._values.get(key)
        if value is not None:
            self._values.move_to_end(key)
            if self._observe is not None:
                self._observe(True)
        return value

    def put(self, key: Hashable, value: V) -> None:
        self._values[key] = value
        if len(self._values) > self.size:
            self._values.popitem(last=False)

    async def get_or_make(self, key: Hashable, make: Callable[[], Awaitable[V]]) -> V:
        """The value of `key`; concurrent callers share one `make` and its failure."""
        value = self.get(key)
        if value is not None:
            return value
        pending = self._pending.get(key)
        if pending is None:
            if self._observe is not None:
                self._observe(False)
            # A task of its own: the first client going away must not fail the others.
            pending = self._pending[key] = asyncio.ensure_future(make())
            pending.add_done_callback(lambda done: self._finish(key, done))
        return await asyncio.shield(pending)

    def _finish(self, key: Hashable, done: asyncio.Future[V]) -> None:
        self._pending.pop(key, None)
        if not done.cancelled() and done.exception() is None:
            self.put(key, done.result())
