"""Keep-alive HTTP/1.1 connections to one origin, as thin as a request can be: one write, one parser, one future.

The HTTP client is the largest part of what a request costs the gateway (docs/decisions/0009), so this one is our own:
requests are a JSON body that is already bytes, answers are read whole, and nothing else of HTTP is needed. httptools
parses (llhttp, which Node and uvicorn use too).
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections import deque

import httptools

from services.gateway.executor.transport import MAX_ANSWER_BYTES, Answer

MAX_HEADERS = 200
CONNECT_SECONDS = 10.0
IDLE_SECONDS = 60.0


class Origin:
    """The connections to one host and port; make it inside the event loop that uses it."""

    def __init__(self, host: str, port: int, *, tls: ssl.SSLContext | None, limit: int) -> None:
        self._host = host
        self._port = port
        self._tls = tls
        self._limit = limit
        self._open: set[_Connection] = set()
        self._opening = 0
        self._idle: list[_Connection] = []
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._loop = asyncio.get_running_loop()
        self._sweep = self._loop.call_later(IDLE_SECONDS, self._close_idle)

    async def ask(self, request: bytes, timeout: float) -> Answer:
        """Send a whole request and read its answer.

        Raises:
            TimeoutError: nothing came within `timeout` seconds.
            ConnectionError: the origin cannot be reached, broke off, or does not speak HTTP.
        """
        if self._idle:
            # The one used last: the others may rest until they are closed.
            return await self._idle.pop().ask(request, timeout)
        expires = self._loop.time() + timeout
        async with asyncio.timeout(timeout):
            connection = await self._connection()
        return await connection.ask(request, expires - self._loop.time())

    async def _connection(self) -> _Connection:
        """A free connection, opened when the limit allows it."""
        while len(self._open) + self._opening >= self._limit:
            turn: asyncio.Future[None] = self._loop.create_future()
            self._waiting.append(turn)
            try:
                await turn
            except asyncio.CancelledError:
                if turn.done() and not turn.cancelled():
                    self._wake()  # it was our turn: now it is another's
                raise
            if self._idle:
                return self._idle.pop()
        self._opening += 1
        try:
            connection = await self._connect()
        except BaseException:
            self._opening -= 1
            self._wake()
            raise
        self._opening -= 1
        self._open.add(connection)
        return connection

    async def _connect(self) -> _Connection:
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                _, connection = await self._loop.create_connection(
                    lambda: _Connection(self), self._host, self._port, ssl=self._tls
                )
        except TimeoutError as err:
            raise ConnectionError("no connection in time") from err
        except OSError as err:  # no such host, nobody listens, a certificate that is not good
            raise ConnectionError(str(err)) from err
        return connection

    def _wake(self) -> None:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return

    def released(self, connection: _Connection) -> None:
        """A connection has answered and may be used again."""
        self._idle.append(connection)
        if self._waiting:
            self._wake()

    def lost(self, connection: _Connection) -> None:
        """A connection is gone."""
        self._open.discard(connection)
        with contextlib.suppress(ValueError):
            self._idle.remove(connection)
        self._wake()

    def _close_idle(self) -> None:
        """Close what nobody used since the last time."""
        for connection in [item for item in self._idle if not item.used]:
            connection.close()
        for connection in self._idle:
            connection.used = False
        self._sweep = self._loop.call_later(IDLE_SECONDS, self._close_idle)

    def close(self) -> None:
        """Close every connection; who still waits for an answer gets a ConnectionError."""
        self._sweep.cancel()
        for connection in list(self._open):
            connection.close()


class _Connection(asyncio.Protocol):
    """One connection, one request at a time."""

    def __init__(self, origin: Origin) -> None:
        self._origin = origin
        self._loop = asyncio.get_running_loop()
        self._parser = httptools.HttpResponseParser(self)
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[Answer] | None = None
        self.used = True
        self._begin()

    def _begin(self) -> None:
        self._headers: list[tuple[str, str]] = []
        self._parts: list[bytes] = []
        self._size = 0
        self._until_close = False

    async def ask(self, request: bytes, timeout: float) -> Answer:
        transport = self._transport
        if transport is None or transport.is_closing():
            raise ConnectionError("the connection was closed")
        self.used = True
        answer: asyncio.Future[Answer] = self._loop.create_future()
        self._answer = answer
        timer = self._loop.call_later(timeout, self._fail, TimeoutError())
        transport.write(request)
        try:
            return await answer
        except asyncio.CancelledError:
            self.close()
            raise
        finally:
            timer.cancel()

    def _fail(self, err: Exception) -> None:
        answer, self._answer = self._answer, None
        if answer is not None and not answer.done():
            answer.set_exception(err)
        self.close()

    def close(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    # asyncio.Protocol ----------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]  # uvloop's is no subclass of asyncio.Transport

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._fail(ConnectionError("the subgraph switches protocols"))
        except httptools.HttpParserError as err:
            self._fail(ConnectionError(str(err.__context__ or err)))  # the context is what a callback raised

    def connection_lost(self, exc: Exception | None) -> None:
        self._origin.lost(self)
        answer, self._answer = self._answer, None
        if answer is None or answer.done():
            return
        if self._until_close and exc is None:
            answer.set_result(self._whole())
        else:
            answer.set_exception(ConnectionError("the subgraph broke off"))

    # httptools -----------------------------------------------------------------------------------

    def on_header(self, name: bytes, value: bytes) -> None:
        if len(self._headers) >= MAX_HEADERS:
            raise ValueError("too many headers")
        self._headers.append((name.decode("latin-1").lower(), value.decode("latin-1")))

    def on_headers_complete(self) -> None:
        names = {name for name, _ in self._headers}
        if "content-encoding" in names:
            raise ValueError("the answer is encoded, which nobody asked for")
        self._until_close = "content-length" not in names and "transfer-encoding" not in names

    def on_body(self, data: bytes) -> None:
        self._size += len(data)
        if self._size > MAX_ANSWER_BYTES:
            raise ValueError("the answer is too large")
        self._parts.append(data)

    def on_message_complete(self) -> None:
        if self._parser.get_status_code() < 200:
            self._begin()  # an interim answer such as 103: the real one follows
            return
        answer, self._answer = self._answer, None
        if answer is None or answer.done():
            self.close()  # nobody asked for this
            return
        answer.set_result(self._whole())
        if self._parser.should_keep_alive():
            self._begin()
            self._origin.released(self)
        else:
            self.close()

    def _whole(self) -> Answer:
        parts = self._parts
        return Answer(self._parser.get_status_code(), parts[0] if len(parts) == 1 else b"".join(parts), self._headers)
