"""Clients of a gateway's subscriptions."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp
import orjson

COMPLETE = "complete"
BROKEN = "broken off"


class EventStream:
    """A client of one subscription over server-sent events."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self.response = response

    async def next(self) -> Any:
        """The next response, COMPLETE, or BROKEN when the stream ended without it."""
        event = b""
        async with asyncio.timeout(10):
            async for line in self.response.content:
                if line.startswith(b"event: "):
                    event = line[7:].strip()
                elif event == b"next" and line.startswith(b"data: "):
                    return orjson.loads(line[6:])
                elif event == b"complete" and line.startswith(b"data:"):
                    return COMPLETE
        return BROKEN


@contextlib.asynccontextmanager
async def event_stream(url: str, query: str, **headers: str) -> AsyncIterator[EventStream]:
    named = {"accept": "text/event-stream", **{name.replace("_", "-"): value for name, value in headers.items()}}
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, json={"query": query}, headers=named) as response,
    ):
        assert response.content_type == "text/event-stream", await response.text()
        yield EventStream(response)


class Socket:
    """A graphql-transport-ws client."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.raw = socket

    async def send(self, **message: Any) -> None:
        await self.raw.send_json(message)

    async def subscribe(self, query: str, id: str = "a") -> None:  # noqa: A002  # the protocol's name
        await self.send(id=id, type="subscribe", payload={"query": query})

    async def next(self) -> Any:
        """The next message."""
        async with asyncio.timeout(10):
            return await self.raw.receive_json()

    async def close_code(self) -> int | None:
        """The code the gateway closes with; messages before it are dropped."""
        async with asyncio.timeout(10):
            while (message := await self.raw.receive()).type is aiohttp.WSMsgType.TEXT:
                pass
        # From the frame itself: aiohttp says 1006 when the gateway had left before aiohttp could answer the frame.
        return message.data if message.type is aiohttp.WSMsgType.CLOSE else self.raw.close_code


@contextlib.asynccontextmanager
async def websocket(url: str, *, init: Any = None, wait: bool = True) -> AsyncIterator[Socket]:
    """A connection, initialised unless `wait` is false."""
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(url, protocols=("graphql-transport-ws",)) as socket,
    ):
        client = Socket(socket)
        if wait:
            await client.send(type="connection_init", payload=init or {})
            assert await client.next() == {"type": "connection_ack"}
        yield client


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.01)
