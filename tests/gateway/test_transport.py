"""The HTTP connections to subgraphs, against servers that misbehave on purpose."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from services.gateway.executor.transport import connections
from services.gateway.executor.transport.http import HttpTransport

Handle = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


async def read_request(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """Head and body of one request."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    return head, await reader.readexactly(length)


@asynccontextmanager
async def serving(handle: Handle, **options: int) -> AsyncIterator[tuple[HttpTransport, str]]:
    async def ended(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await handle(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(ended, "127.0.0.1", 0)
    transport = HttpTransport(**options)
    try:
        yield transport, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/graphql?v=1"
    finally:
        await transport.close()
        server.close()


async def ask(transport: HttpTransport, url: str, *, timeout: float = 5.0) -> bytes:
    return (await transport.post(url, b'{"query":"{a}"}', {"content-type": "application/json"}, timeout)).body


async def test_a_connection_is_used_again_and_carries_the_whole_request() -> None:
    seen: list[tuple[bytes, bytes]] = []
    connections_made = 0

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections_made
        connections_made += 1
        while True:
            seen.append(await read_request(reader))
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-A: b\r\nContent-Length: 2\r\n\r\n{}")

    async with serving(handle) as (transport, url):
        first = await transport.post(url, b"1", {"authorization": "Bearer 好"}, 5)
        assert await ask(transport, url) == b"{}"
    assert connections_made == 1
    assert (first.status, first.headers) == (
        200,
        [("content-type", "application/json"), ("x-a", "b"), ("content-length", "2")],
    )
    head, body = seen[0]
    assert body == b"1"
    assert head.startswith(b"POST /graphql?v=1 HTTP/1.1\r\nhost: 127.0.0.1:")
    assert "authorization: Bearer 好\r\n".encode() in head


@pytest.mark.parametrize(
    "answer",
    [
        b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{"a\r\n4\r\n":1}\r\n0\r\n\r\n',
        b'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{"a":1}',
        b'HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n{"a":1}',
    ],
    ids=["chunked", "until-close", "interim"],
)
async def test_every_form_of_answer_is_read(answer: bytes) -> None:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            await read_request(reader)
            for byte in answer:
                writer.write(bytes([byte]))
                await asyncio.sleep(0)
            await writer.drain()
            if b"Connection: close" in answer:
                return

    async with serving(handle) as (transport, url):
        assert await ask(transport, url) == b'{"a":1}'
        assert await ask(transport, url) == b'{"a":1}'


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 300 + b"Content-Length: 2\r\n\r\n{}",
    ],
    ids=["nothing", "short", "not-http", "encoded", "upgrade", "headers"],
)
async def test_a_bad_answer_is_a_connection_error(answer: bytes) -> None:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(answer)

    async with serving(handle) as (transport, url):
        with pytest.raises(ConnectionError):
            await ask(transport, url)


async def test_an_oversized_answer_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "MAX_ANSWER_BYTES", 100_000)
    sent = 0

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        await read_request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            writer.write(b"10000\r\n" + b"x" * 65536 + b"\r\n")
            sent += 65536
            await writer.drain()

    async with serving(handle) as (transport, url):
        with pytest.raises(ConnectionError, match="too large"):
            await ask(transport, url)
    assert sent < 100_000_000


async def test_nobody_there() -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        raise AssertionError("never started")

    async with serving(refuse) as (_, url):
        pass
    transport = HttpTransport()
    with pytest.raises(ConnectionError):
        await ask(transport, url)
    with pytest.raises(ConnectionError):
        await ask(transport, "http://no-such-host.invalid/graphql")
    await transport.close()


async def test_a_slow_answer_times_out_and_is_never_given_to_the_next() -> None:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            _, body = await read_request(reader)
            if body == b"slow":
                await asyncio.sleep(0.2)
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
            await writer.drain()

    async with serving(handle) as (transport, url):
        with pytest.raises(TimeoutError):
            await transport.post(url, b"slow", {}, 0.05)
        gone = asyncio.create_task(transport.post(url, b"slow", {}, 5))
        await asyncio.sleep(0.05)
        gone.cancel()
        assert (await transport.post(url, b"quick", {}, 5)).body == b"quick"
        await asyncio.sleep(0.2)
        assert (await transport.post(url, b"next", {}, 5)).body == b"next"


async def test_connections_are_limited_and_callers_wait_for_their_turn() -> None:
    open_now = most = 0

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal open_now, most
        open_now += 1
        most = max(most, open_now)
        try:
            while True:
                await read_request(reader)
                await asyncio.sleep(0.01)
                writer.write(OK)
        finally:
            open_now -= 1

    async with serving(handle, connections_per_host=3) as (transport, url):
        asked = [asyncio.create_task(ask(transport, url)) for _ in range(30)]
        await asyncio.sleep(0.005)
        for task in asked[5:15]:
            task.cancel()
        results = await asyncio.gather(*asked, return_exceptions=True)
        assert [item for item in results if not isinstance(item, asyncio.CancelledError)] == [b"{}"] * 20
    assert most <= 3


@pytest.mark.parametrize("value", ["a\r\nx-role: admin", "a\nb", "a\rb", "a\0b"])
async def test_a_header_cannot_smuggle_another(value: str) -> None:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        raise AssertionError("nothing may be sent")

    async with serving(handle) as (transport, url):
        with pytest.raises(ConnectionError):
            await transport.post(url, b"{}", {"authorization": value}, 5)
