"""Identical work under way is done once; only for callers who may see the same, and never for work already done."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping
from typing import Generic, TypeVar

V = TypeVar("V")

_OWN_TRACE = frozenset({"traceparent", "tracestate"})


class InFlight(Generic[V]):
    """Work by key. The first caller of a key does it, those who come meanwhile wait for it.

    The value is shared, so nobody may change it.
    """

    def __init__(self) -> None:
        self._running: dict[Hashable, asyncio.Future[V]] = {}

    async def share(self, key: Hashable, work: Callable[[], Awaitable[V]], timeout: float) -> V:
        """The result of `work`, own or another's; its exceptions are shared too.

        Raises:
            TimeoutError: another's work took longer than `timeout` seconds.
        """
        while (running := self._running.get(key)) is not None:
            async with asyncio.timeout(timeout):
                await asyncio.wait([running])
            if not running.cancelled():
                return running.result()
            # Whoever did the work went away in the middle of it.
        mine: asyncio.Future[V] = asyncio.get_running_loop().create_future()
        self._running[key] = mine
        try:
            value = await work()
        except asyncio.CancelledError:
            mine.cancel()
            raise
        except BaseException as err:
            mine.set_exception(err)
            mine.exception()  # it is raised here; nobody else has to fetch it
            raise
        else:
            mine.set_result(value)
            return value
        finally:
            # After a change (`forget`) the key may be another's.
            if self._running.get(key) is mine:
                del self._running[key]

    def forget(self) -> None:
        """Let nobody join what is under way: something has changed since it began."""
        self._running.clear()


def audience(headers: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Who may see an answer: everything that subgraphs hear of the caller, except the trace."""
    return tuple(sorted(item for item in headers.items() if item[0] not in _OWN_TRACE))
