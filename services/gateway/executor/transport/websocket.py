"""Subscriptions of a subgraph that speaks graphql-transport-ws, a connection each."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from typing import Literal

import aiohttp
import msgspec
import orjson

from services.gateway.executor.transport import MAX_EVENT_BYTES, OPEN_SECONDS, Answer

SUBPROTOCOL = "graphql-transport-ws"
HEARTBEAT_SECONDS = 15.0
CLOSE_SECONDS = 2.0
_OPERATION = "1"
_NOT_IN_A_HANDSHAKE = frozenset({"content-type", "accept"})
"""They describe an HTTP body that is not there."""

Socket = aiohttp.ClientWebSocketResponse


class _Message(msgspec.Struct):
    type: Literal["connection_ack", "ping", "pong", "next", "error", "complete"]
    payload: msgspec.Raw = msgspec.Raw(b"null")


class WebSocketTransport:
    """Make and close it inside the event loop."""

    def __init__(self) -> None:
        tracing = aiohttp.TraceConfig()
        tracing.on_request_redirect.append(_refuse_redirect)
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"user-agent": "huying-gateway"},
            trace_configs=[tracing],
        )

    async def post(self, url: str, body: bytes, headers: Mapping[str, str], timeout: float) -> Answer:
        raise ConnectionError("a WebSocket URL serves subscriptions only")

    async def stream(self, url: str, body: bytes, headers: Mapping[str, str]) -> AsyncIterator[bytes]:
        """The forwarded headers go into the handshake and, for servers that look there, into `connection_init`."""
        forwarded = {name: value for name, value in headers.items() if name not in _NOT_IN_A_HANDSHAKE}
        socket: Socket | None = None
        ended = False
        try:
            async with asyncio.timeout(OPEN_SECONDS):
                socket = await self._session.ws_connect(
                    url,
                    protocols=(SUBPROTOCOL,),
                    headers=forwarded,
                    heartbeat=HEARTBEAT_SECONDS,
                    max_msg_size=MAX_EVENT_BYTES,
                    timeout=aiohttp.ClientWSTimeout(ws_close=CLOSE_SECONDS),
                )
                if socket.protocol != SUBPROTOCOL:
                    raise ConnectionError(f"the subgraph does not speak {SUBPROTOCOL}")
                await _send(socket, type="connection_init", payload=forwarded)
                if (message := await _receive(socket)).type != "connection_ack":
                    raise ConnectionError(f"{message.type} before connection_ack")
            await _send(socket, id=_OPERATION, type="subscribe", payload=orjson.Fragment(body))
            while True:
                message = await _receive(socket)
                if message.type == "next":
                    yield bytes(message.payload)
                    continue
                ended = message.type in ("complete", "error")
                if message.type == "error":
                    yield b'{"errors":' + bytes(message.payload) + b"}"
                if ended:
                    return
                raise ConnectionError(f"unexpected {message.type}")
        except (aiohttp.ClientError, OSError) as err:
            if type(err) is ConnectionError:
                raise
            raise ConnectionError(type(err).__name__) from err
        finally:
            if socket is not None:
                await _leave(socket, tell=not ended)

    async def close(self) -> None:
        await self._session.close()


async def _receive(socket: Socket) -> _Message:
    """The next message that is no ping or pong. Raises ConnectionError when there is none, or no such thing."""
    while True:
        received = await socket.receive()
        if received.type is not aiohttp.WSMsgType.TEXT:
            raise ConnectionError(f"closed with code {socket.close_code}")
        try:
            message = msgspec.json.decode(received.data, type=_Message)
        except msgspec.MsgspecError:
            raise ConnectionError("not a graphql-transport-ws message") from None
        if message.type == "ping":
            await _send(socket, type="pong")
        elif message.type != "pong":
            return message


async def _send(socket: Socket, **message: object) -> None:
    await socket.send_str(orjson.dumps(message).decode())


async def _leave(socket: Socket, *, tell: bool) -> None:
    """Close the connection; `tell` when the subgraph does not know yet that nobody listens."""
    with suppress(aiohttp.ClientError, OSError):
        async with asyncio.timeout(CLOSE_SECONDS):
            if tell and not socket.closed:
                await _send(socket, id=_OPERATION, type="complete")
            await socket.close()


async def _refuse_redirect(*_: object) -> None:
    raise ConnectionError("the subgraph redirects")
