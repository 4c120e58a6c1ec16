"""Reads the subscription of the subgraph that has the root field; which protocol it speaks is its transport's concern."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import orjson

from services.gateway.errors import SubgraphFailed
from services.gateway.executor.fetch import CompiledFetch, Execution


def same_source(first: CompiledFetch, second: CompiledFetch) -> bool:
    """Whether two root fetches send the same subgraph the same request, and read its events alike."""
    return (first.url, first.head, first.fetch.renames) == (second.url, second.head, second.fetch.renames)


async def source_events(fetch: CompiledFetch, execution: Execution) -> AsyncGenerator[dict[str, Any], None]:
    """GraphQL responses of a subscription's root fetch; closing the iterator ends it at the subgraph.

    Raises:
        SubgraphFailed: the stream cannot be opened, breaks off, or is not what it should be.
    """
    stream = execution.traffic.stream(fetch.service, fetch.url, fetch.request_body(execution), execution.headers)
    try:
        async with aclosing(stream) as responses:  # type: ignore[type-var]  # transports yield from async generators
            async for response in responses:
                payload = orjson.loads(response)
                if not isinstance(payload, dict):
                    raise SubgraphFailed(
                        "SUBGRAPH_REQUEST_FAILED", "The subgraph sent a malformed event.", service=fetch.service
                    )
                yield payload
    except (ConnectionError, orjson.JSONDecodeError) as err:
        raise SubgraphFailed(
            "SUBGRAPH_REQUEST_FAILED", "The subgraph's event stream failed.", service=fetch.service
        ) from err
