"""The graphql-transport-ws protocol towards clients; the legacy graphql-ws subprotocol is not offered."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing
from typing import Any, Protocol

import orjson

from services.gateway.errors import RequestRefused
from services.gateway.registry.persisted_documents import PersistedDocuments
from services.gateway.stages.receive import GraphQLRequest, read_payload
from services.gateway.stages.respond import encode

log = logging.getLogger(__name__)

SUBPROTOCOL = "graphql-transport-ws"
INIT_SECONDS = 10.0
STALLED_SECONDS = 30.0
"""A client that takes nothing for so long is left."""
MAX_OPERATIONS = 100
"""Operations one connection may have running."""
MAX_MESSAGE_BYTES = 1_048_576

Send = Callable[[Any], Awaitable[None]]
Receive = Callable[[], Awaitable[Any]]


class Closed(Exception):
    """The connection has to end with this code."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code


class Session(Protocol):
    """What a connection does for its client."""

    documents: PersistedDocuments

    async def open(self, payload: Mapping[str, Any]) -> None:
        """Take the `connection_init` payload. Raises RequestRefused when the caller may not come in."""
        ...

    def run(self, request: GraphQLRequest) -> AsyncGenerator[dict[str, Any], None]:
        """Responses of one operation. Raises RequestRefused before the first of them."""
        ...


class Connection:
    """One client's WebSocket. A client that is slow holds up its own operations and nobody else's."""

    def __init__(self, receive: Receive, send: Send, session: Session) -> None:
        self._receive = receive
        self._send = send
        self._session = session
        self._running: dict[str, asyncio.Task[None]] = {}
        self._tasks = asyncio.TaskGroup()
        self._until_ready = asyncio.timeout(INIT_SECONDS)
        self._ready = False

    async def serve(self, subprotocols: list[str]) -> None:
        """Serve until the client leaves or breaks the protocol."""
        await self._receive()  # websocket.connect
        if SUBPROTOCOL not in subprotocols:
            await self._send({"type": "websocket.close", "code": 4406, "reason": "Subprotocol not acceptable"})
            return
        await self._send({"type": "websocket.accept", "subprotocol": SUBPROTOCOL})
        try:
            # An operation's task may find that the connection has to end, too.
            async with self._tasks:
                await self._messages()
                for task in self._running.values():
                    task.cancel()
        except* Closed as group:
            await self._close(group)
        except* OSError:
            log.debug("a client went away while something was sent")

    async def _close(self, group: BaseExceptionGroup[Closed]) -> None:
        found = group.exceptions[0]
        assert isinstance(found, Closed)
        # A close frame has room for 123 bytes (RFC 6455 §5.5).
        reason = str(found).encode()[:123].decode(errors="ignore")
        async with asyncio.timeout(STALLED_SECONDS):
            await self._send({"type": "websocket.close", "code": found.code, "reason": reason})

    async def _messages(self) -> None:
        try:
            async with self._until_ready:
                while (message := await self._receive())["type"] != "websocket.disconnect":
                    await self._message(self._decode(message))
        except TimeoutError:
            if not self._until_ready.expired():
                raise
            raise Closed(4408, "Connection initialisation timeout") from None

    @staticmethod
    def _decode(message: Mapping[str, Any]) -> dict[str, Any]:
        text = message.get("text")
        if text is None or len(text) > MAX_MESSAGE_BYTES:
            raise Closed(4400, "Invalid message")
        try:
            decoded = orjson.loads(text)
        except orjson.JSONDecodeError:
            raise Closed(4400, "Invalid message") from None
        if not isinstance(decoded, dict):
            raise Closed(4400, "Invalid message")
        return decoded

    async def _message(self, message: dict[str, Any]) -> None:
        match message.get("type"):
            case "connection_init":
                await self._init(message.get("payload"))
            case "ping":
                await self._write({"type": "pong"})
            case "pong":
                pass
            case "subscribe":
                await self._subscribe(message)
            case "complete":
                task = self._running.pop(str(message.get("id")), None)
                if task is not None:
                    task.cancel()
            case _:
                raise Closed(4400, "Invalid message")

    async def _init(self, payload: Any) -> None:
        if self._ready:
            raise Closed(4429, "Too many initialisation requests")
        try:
            await self._session.open(payload if isinstance(payload, dict) else {})
        except RequestRefused as err:
            raise Closed(4403, err.message) from err
        self._ready = True
        self._until_ready.reschedule(None)
        await self._write({"type": "connection_ack"})

    async def _subscribe(self, message: dict[str, Any]) -> None:
        if not self._ready:
            raise Closed(4401, "Unauthorized")
        identifier = message.get("id")
        if not isinstance(identifier, str) or not identifier:
            raise Closed(4400, "Invalid message")
        if identifier in self._running:
            raise Closed(4409, f"Subscriber for {identifier} already exists")
        if len(self._running) >= MAX_OPERATIONS:
            raise Closed(4429, "Too many operations")
        try:
            request = read_payload(message.get("payload"), self._session.documents)
        except RequestRefused as err:
            if not err.well_formed:
                raise Closed(4400, err.message) from err
            await self._write({"id": identifier, "type": "error", "payload": err.as_graphql()})
            return
        self._running[identifier] = self._tasks.create_task(self._run(identifier, request))

    async def _run(self, identifier: str, request: GraphQLRequest) -> None:
        try:
            async with aclosing(self._session.run(request)) as responses:
                async for response in responses:
                    await self._write({"id": identifier, "type": "next", "payload": response})
            await self._write({"id": identifier, "type": "complete"})
        except RequestRefused as err:
            await self._write({"id": identifier, "type": "error", "payload": err.as_graphql()})
        finally:
            if self._running.get(identifier) is asyncio.current_task():
                del self._running[identifier]

    async def _write(self, message: dict[str, Any]) -> None:
        """Nothing is queued: an operation goes on when the client has room for its response."""
        try:
            async with asyncio.timeout(STALLED_SECONDS):
                await self._send({"type": "websocket.send", "text": encode(message).decode()})
        except TimeoutError:
            raise Closed(4408, "The client takes nothing") from None
