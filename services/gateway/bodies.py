"""Request bodies: read whole, refused when they are too large or do not come."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from services.gateway.errors import RequestRefused

Receive = Callable[[], Awaitable[Any]]

_CLOSE = {"connection": "close"}


class BodyReader:
    """Reads bodies. One timer serves all requests: one each would cost a small request a tenth of its time."""

    def __init__(self, max_bytes: int, seconds: float) -> None:
        self._max_bytes = max_bytes
        self._seconds = seconds
        self._reading: dict[asyncio.Task[Any], float] = {}
        self._late: set[asyncio.Task[Any]] = set()
        self._sweep: asyncio.TimerHandle | None = None

    async def read(self, headers: Mapping[str, str], receive: Receive) -> bytes:
        """The body of a request.

        Raises:
            RequestRefused: 408, it did not come in time; 413, it is too large, said as soon as that is known.
        """
        declared = headers.get("content-length", "")
        if declared.isdigit() and int(declared) > self._max_bytes:
            raise self._too_large()
        task = asyncio.current_task()
        assert task is not None
        loop = asyncio.get_running_loop()
        self._reading[task] = loop.time() + self._seconds
        if self._sweep is None:
            self._sweep = loop.call_later(self._seconds / 4, self._end_late, loop)
        try:
            return await self._whole(receive)
        except asyncio.CancelledError as err:
            if task not in self._late:
                raise
            task.uncancel()
            message = "The body did not come in time."
            raise RequestRefused("REQUEST_TIMEOUT", message, status=408, headers=_CLOSE) from err
        finally:
            self._late.discard(task)
            del self._reading[task]

    async def _whole(self, receive: Receive) -> bytes:
        parts: list[bytes] = []
        size = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise RequestRefused("BAD_REQUEST", "The client went away.")
            chunk = message.get("body", b"")
            size += len(chunk)
            if size > self._max_bytes:
                raise self._too_large()
            parts.append(chunk)
            if not message.get("more_body"):
                return parts[0] if len(parts) == 1 else b"".join(parts)

    def _end_late(self, loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time()
        for task, deadline in self._reading.items():
            if deadline <= now and task not in self._late:
                self._late.add(task)
                task.cancel()
        waiting = bool(self._reading)
        self._sweep = loop.call_later(self._seconds / 4, self._end_late, loop) if waiting else None

    def _too_large(self) -> RequestRefused:
        message = f"The body exceeds {self._max_bytes} bytes."
        return RequestRefused("PAYLOAD_TOO_LARGE", message, status=413, headers=_CLOSE)
