"""A subscription under way: it outlives the generation it began with, as long as its source asks the same."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from services.gateway.errors import SubscriptionEnded

_RELOADED = SubscriptionEnded(
    "SUBSCRIPTION_SCHEMA_RELOAD", "The schema has changed in a way that ends this subscription. Subscribe again."
)


class RunningSubscription:
    """Waits for events and can be told to stop waiting."""

    def __init__(self) -> None:
        self._ended = False
        self._waiting: asyncio.Timeout | None = None

    def end(self) -> None:
        """The schema no longer allows it: an event being answered is the last one."""
        self._ended = True
        if self._waiting is not None:
            self._waiting.reschedule(asyncio.get_running_loop().time())

    async def next(self, events: AsyncIterator[dict[str, Any]]) -> dict[str, Any] | None:
        """The next event; None when the source has ended.

        Raises:
            SubscriptionEnded: `end` was called.
            SubgraphFailed: the source cannot be opened or broke off.
        """
        if self._ended:
            raise _RELOADED
        try:
            async with asyncio.timeout(None) as self._waiting:
                return await anext(events, None)
        except TimeoutError:
            raise _RELOADED from None
        finally:
            self._waiting = None
