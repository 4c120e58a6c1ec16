"""Subscriptions of a subgraph that answers with server-sent events (graphql-sse, distinct connections mode)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping

import aiohttp
import orjson

from services.gateway.executor.transport import MAX_EVENT_BYTES, OPEN_SECONDS

EVENTS = "text/event-stream"
JSON_TYPES = ("application/json", "application/graphql-response+json")


class EventStreams:
    """A connection for each subscription, beside the pool of queries, which they would use up."""

    def __init__(self) -> None:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, force_close=True),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None),
            headers={"user-agent": "huying-gateway"},
        )

    async def stream(self, url: str, body: bytes, headers: Mapping[str, str]) -> AsyncIterator[bytes]:
        headers = {**headers, "accept": EVENTS}
        try:
            async with asyncio.timeout(OPEN_SECONDS):
                opened = await self._session.post(url, data=body, headers=headers, allow_redirects=False)
            async with opened as answer:
                kind = answer.headers.get("content-type", "")
                async for response in read_answer(answer.status, kind, answer.content.iter_any()):
                    yield response
        except (aiohttp.ClientError, OSError) as err:
            if type(err) is ConnectionError:
                raise
            raise ConnectionError(type(err).__name__) from err

    async def close(self) -> None:
        await self._session.close()


async def read_answer(status: int, content_type: str, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Responses of an event stream. A JSON answer that only has errors is the subgraph's refusal, and the one response.

    Raises:
        ConnectionError: it is neither, or as `read_responses`.
    """
    media = content_type.partition(";")[0].strip().lower()
    if status == 200 and media == EVENTS:
        async for response in read_responses(chunks):
            yield response
    elif media in JSON_TYPES and _is_refusal(refusal := await _whole(chunks)):
        yield refusal
    else:
        raise ConnectionError(f"status {status}, {media or 'no content type'}")


async def read_responses(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The data of every `next` event up to `complete`.

    Raises:
        ConnectionError: the stream ended without `complete`, or an event is too large.
    """
    async for event, data in read_events(chunks):
        if event == b"next":
            yield data
        elif event == b"complete":
            return
    raise ConnectionError("the stream ended without being complete")


async def read_events(chunks: AsyncIterator[bytes]) -> AsyncIterator[tuple[bytes, bytes]]:
    """Event names and data of a server-sent event stream (WHATWG HTML §9.2); comments are dropped."""
    buffer = b""
    event, data, size = b"message", list[bytes](), 0
    async for chunk in chunks:
        buffer += chunk
        *lines, buffer = buffer.replace(b"\r\n", b"\n").split(b"\n")
        for line in lines:
            if not line:
                if data or event != b"message":
                    yield event, b"\n".join(data)
                event, data, size = b"message", [], 0
                continue
            name, _, value = line.partition(b":")
            value = value.removeprefix(b" ")
            if name == b"event":
                event = value
            elif name == b"data":
                data.append(value)
                size += len(value)
        if size + len(buffer) > MAX_EVENT_BYTES:
            raise ConnectionError("an event is too large")


async def _whole(chunks: AsyncIterator[bytes]) -> bytes:
    body = b""
    async with asyncio.timeout(OPEN_SECONDS):
        async for chunk in chunks:
            body += chunk
            if len(body) > MAX_EVENT_BYTES:
                raise ConnectionError("the answer is too large")
    return body


def _is_refusal(body: bytes) -> bool:
    try:
        answer = orjson.loads(body)
    except orjson.JSONDecodeError:
        return False
    return isinstance(answer, dict) and bool(answer.get("errors")) and answer.get("data") is None
