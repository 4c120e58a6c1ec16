"""Subgraphs that are ASGI applications in this process."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from services.gateway.executor.transport import Answer
from services.gateway.executor.transport.event_stream import EVENTS, read_answer

log = logging.getLogger(__name__)

Message = dict[str, Any]
Application = Callable[
    [Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]
]


class InProcessTransport:
    """Calls applications by the host of their URL: `http://intake/graphql` is the application `intake`."""

    def __init__(self, applications: Mapping[str, Application]) -> None:
        self._applications = applications

    async def post(self, url: str, body: bytes, headers: Mapping[str, str], timeout: float) -> Answer:
        async with asyncio.timeout(timeout):
            async with _Call(self._applications, url, body, headers) as call:
                start = await call.start()
                parts = [part async for part in call.chunks()]
        named = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in start.get("headers", ())]
        return Answer(start["status"], b"".join(parts), named)

    async def stream(self, url: str, body: bytes, headers: Mapping[str, str]) -> AsyncIterator[bytes]:
        async with _Call(self._applications, url, body, {**headers, "accept": EVENTS}) as call:
            start = await call.start()
            kind = dict(start.get("headers", ())).get(b"content-type", b"").decode("latin-1")
            async for response in read_answer(start["status"], kind, call.chunks()):
                yield response

    async def close(self) -> None:
        return None


class _Call:
    """One request to an application, which is cancelled when the call is left; it waits for each chunk to be taken."""

    def __init__(
        self, applications: Mapping[str, Application], url: str, body: bytes, headers: Mapping[str, str]
    ) -> None:
        parts = urlsplit(url)
        self._application = applications.get(parts.netloc)
        self._scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "POST",
            "scheme": parts.scheme,
            "path": parts.path,
            "raw_path": parts.path.encode(),
            "query_string": parts.query.encode(),
            "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()],
        }
        self._requests: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]
        self._sent: asyncio.Queue[Message | None] = asyncio.Queue(1)
        self._running: asyncio.Task[None]

    async def __aenter__(self) -> _Call:
        if self._application is None:
            raise ConnectionError("there is no such application")
        self._running = asyncio.create_task(self._run(self._application))
        return self

    async def __aexit__(self, *_: object) -> None:
        self._running.cancel()
        await asyncio.gather(self._running, return_exceptions=True)

    async def _run(self, application: Application) -> None:
        try:
            await application(self._scope, self._receive, self._sent.put)
        except Exception:
            log.exception("application failed")
        await self._sent.put(None)

    async def _receive(self) -> Message:
        if self._requests:
            return self._requests.pop()
        await asyncio.Event().wait()  # the caller stays until the call is left
        raise AssertionError

    async def _next(self) -> Message:
        message = await self._sent.get()
        if message is None:
            raise ConnectionError("the application gave no whole answer")
        return message

    async def start(self) -> Message:
        return await self._next()

    async def chunks(self) -> AsyncIterator[bytes]:
        more = True
        while more:
            message = await self._next()
            more = message.get("more_body", False)
            yield message.get("body", b"")
