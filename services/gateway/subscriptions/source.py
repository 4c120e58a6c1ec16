"""Reads a subgraph's subscription: POST answered with `text/event-stream` (graphql-sse, distinct connections)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

import orjson

from services.gateway.errors import SubgraphFailed
from services.gateway.executor.fetch import CompiledFetch, Execution

MAX_EVENT_BYTES = 16 * 1024 * 1024


async def source_events(fetch: CompiledFetch, execution: Execution) -> AsyncIterator[dict[str, Any]]:
    """GraphQL responses of a subscription's root fetch; closing the iterator ends it at the subgraph.

    Raises:
        SubgraphFailed: the stream cannot be opened, breaks off, or is not what it should be.
    """
    headers = {**execution.headers, "accept": "text/event-stream"}
    stream = execution.traffic.stream(fetch.service, fetch.url, fetch.request_body(execution), headers)
    try:
        async with aclosing(stream) as chunks:  # type: ignore[type-var]  # transports yield from async generators
            async for event, data in read_events(chunks):
                if event == "complete":
                    return
                if event != "next":
                    continue
                payload = orjson.loads(data)
                if not isinstance(payload, dict):
                    raise SubgraphFailed(
                        "SUBGRAPH_REQUEST_FAILED", "The subgraph sent a malformed event.", service=fetch.service
                    )
                yield payload
    except (ConnectionError, orjson.JSONDecodeError) as err:
        raise SubgraphFailed(
            "SUBGRAPH_REQUEST_FAILED", "The subgraph's event stream failed.", service=fetch.service
        ) from err


async def read_events(chunks: AsyncIterator[bytes]) -> AsyncIterator[tuple[str, bytes]]:
    """Event names and data of a server-sent event stream (WHATWG HTML §9.2); comments are dropped."""
    buffer = b""
    event, data = "message", list[bytes]()
    async for chunk in chunks:
        buffer += chunk
        if len(buffer) > MAX_EVENT_BYTES:
            raise ConnectionError("an event is too large")
        *lines, buffer = buffer.replace(b"\r\n", b"\n").split(b"\n")
        for line in lines:
            if not line:
                if data or event != "message":
                    yield event, b"\n".join(data)
                event, data = "message", []
                continue
            name, _, value = line.partition(b":")
            value = value.removeprefix(b" ")
            if name == b"event":
                event = value.decode()
            elif name == b"data":
                data.append(value)
