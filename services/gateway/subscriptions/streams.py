"""Answers that go on: how many there may be, what they say, and how they end."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, Iterator, Mapping
from typing import Any

from services.gateway.errors import RequestRefused, SubgraphFailed, SubscriptionEnded
from services.gateway.executor.fetch import MASKED_MESSAGE
from services.gateway.metrics import Metrics
from services.gateway.pipeline import Pipeline, ReadyOperation
from services.gateway.stages.respond import with_trace

log = logging.getLogger(__name__)


class Streams:
    """The streams of this process, over SSE and WebSockets."""

    def __init__(self, pipeline: Pipeline, metrics: Metrics, most: int) -> None:
        self._pipeline = pipeline
        self._metrics = metrics
        self._most = most
        self._open = 0
        self.ending = asyncio.Event()
        """Set when clients should go elsewhere."""

    @contextlib.contextmanager
    def place(self) -> Iterator[None]:
        """A place among the streams. Raises RequestRefused when there is none left."""
        if self._open >= self._most:
            raise RequestRefused("TOO_MANY_STREAMS", "Too many clients are listening.", status=503)
        self._open += 1
        self._metrics.streams.set(self._open)
        try:
            yield
        finally:
            self._open -= 1
            self._metrics.streams.set(self._open)

    async def responses(
        self, ready: ReadyOperation, headers: Mapping[str, str], trace_id: str
    ) -> AsyncGenerator[dict[str, Any], None]:
        """Responses of an operation over a stream: one for a query or mutation, one per event otherwise."""
        try:
            if ready.prepared.kind != "subscription":
                yield self._traced(await self._pipeline.execute(ready, headers), trace_id)
                return
            async with contextlib.aclosing(self._pipeline.subscribe(ready, headers)) as events:
                async for response in events:
                    yield self._traced(response, trace_id)
        except SubscriptionEnded as err:
            yield self._traced({"errors": [{"message": err.message, "extensions": {"code": err.code}}]}, trace_id)
        except SubgraphFailed as err:
            log.warning("subscription source failed", extra={"service": err.service, "reason": str(err.__cause__)})
            error = {"message": err.message, "extensions": {"code": err.code, "serviceName": err.service}}
            yield self._traced({"errors": [error]}, trace_id)
        except RequestRefused as err:
            yield self._traced({"errors": err.as_graphql()}, trace_id)
        except Exception:
            log.exception("stream failed", extra={"trace_id": trace_id})
            yield self._traced({"errors": [{"message": MASKED_MESSAGE, "extensions": {"code": "INTERNAL"}}]}, trace_id)

    def _traced(self, response: dict[str, Any], trace_id: str) -> dict[str, Any]:
        if "errors" not in response:
            return response
        self._metrics.errors(response["errors"])
        return {**response, "errors": with_trace(response["errors"], trace_id)}
