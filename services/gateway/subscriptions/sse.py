"""Server-sent events towards clients: graphql-sse, distinct connections mode."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing
from typing import Any

from services.gateway.stages.respond import encode

log = logging.getLogger(__name__)

Send = Callable[[Any], Awaitable[None]]
Receive = Callable[[], Awaitable[Any]]
Responses = AsyncGenerator[dict[str, Any], None]

KEEP_ALIVE_SECONDS = 12.0
STALLED_SECONDS = 30.0
"""A client that takes nothing for so long is left."""
COMMENT = b":\n\n"
COMPLETE = b"event: complete\ndata:\n\n"


def event(response: Mapping[str, Any]) -> bytes:
    return b"event: next\ndata: " + encode(response) + b"\n\n"


async def send_stream(
    send: Send, receive: Receive, responses: Responses, headers: list[tuple[bytes, bytes]], stopping: asyncio.Event
) -> None:
    """Write responses until they end, the client goes away or takes nothing, or `stopping` is set; `responses` is closed.

    Nothing is queued: while the client is slow, `responses` waits, and with it the source. A stream that is stopped ends
    without `complete`, for which a client connects again.
    """
    await send(
        {
            "type": "http.response.start",
            "status": 200,
            "headers": [
                (b"content-type", b"text/event-stream; charset=utf-8"),
                (b"cache-control", b"no-cache"),
                (b"x-accel-buffering", b"no"),
                *headers,
            ],
        }
    )
    writing = asyncio.create_task(_write(send, responses))
    gone = asyncio.create_task(_disconnected(receive))
    stopped = asyncio.create_task(stopping.wait())
    try:
        await asyncio.wait({writing, gone, stopped}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (writing, gone, stopped):
            task.cancel()
        await asyncio.gather(writing, gone, stopped, return_exceptions=True)
    if not writing.cancelled():
        writing.result()
    elif stopping.is_set():
        await _send(send, b"", more=False)


async def _write(send: Send, responses: Responses) -> None:
    async with aclosing(responses) as items:
        pending = asyncio.ensure_future(anext(items, None))
        try:
            await _send(send, COMMENT)
            while True:
                # Waiting for longer must not cancel what is waited for.
                done, _ = await asyncio.wait({pending}, timeout=KEEP_ALIVE_SECONDS)
                if not done:
                    await _send(send, COMMENT)
                    continue
                response = pending.result()
                if response is None:
                    break
                await _send(send, event(response))
                pending = asyncio.ensure_future(anext(items, None))
            await _send(send, COMPLETE, more=False)
        except TimeoutError:
            log.info("a client takes nothing of its stream")
        finally:
            pending.cancel()
            await asyncio.gather(pending, return_exceptions=True)


async def _send(send: Send, body: bytes, *, more: bool = True) -> None:
    async with asyncio.timeout(STALLED_SECONDS):
        await send({"type": "http.response.body", "body": body, "more_body": more})


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
