"""Server-sent events towards clients: graphql-sse, distinct connections mode."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import aclosing
from typing import Any

from services.gateway.stages.respond import encode

Send = Callable[[Any], Awaitable[None]]
Receive = Callable[[], Awaitable[Any]]
Responses = AsyncIterator[dict[str, Any]]

KEEP_ALIVE_SECONDS = 12.0
COMPLETE = b"event: complete\ndata:\n\n"


def event(response: Mapping[str, Any]) -> bytes:
    return b"event: next\ndata: " + encode(response) + b"\n\n"


async def send_stream(send: Send, receive: Receive, responses: Responses, headers: list[tuple[bytes, bytes]]) -> None:
    """Write responses as they come until they end or the client goes away; either way `responses` is closed."""
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
    await send({"type": "http.response.body", "body": b":\n\n", "more_body": True})
    writing = asyncio.create_task(_write(send, responses))
    gone = asyncio.create_task(_disconnected(receive))
    try:
        await asyncio.wait({writing, gone}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        gone.cancel()
        if not writing.done():
            writing.cancel()
        await asyncio.gather(writing, gone, return_exceptions=True)
    if not writing.cancelled():
        writing.result()


async def _write(send: Send, responses: Responses) -> None:
    queue: asyncio.Queue[bytes | None] = asyncio.Queue(maxsize=1)

    async def pump() -> None:
        async with aclosing(responses) as items:  # type: ignore[type-var]  # made by async generators
            async for response in items:
                await queue.put(event(response))
        await queue.put(None)

    pumping = asyncio.create_task(pump())
    try:
        while True:
            try:
                chunk = await asyncio.wait_for(queue.get(), KEEP_ALIVE_SECONDS)
            except TimeoutError:
                chunk = b":\n\n"  # a comment tells proxies that the stream lives
            if chunk is None:
                break
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
            if pumping.done() and pumping.exception():
                break
        await send({"type": "http.response.body", "body": COMPLETE, "more_body": False})
    finally:
        pumping.cancel()
        await asyncio.gather(pumping, return_exceptions=True)


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
