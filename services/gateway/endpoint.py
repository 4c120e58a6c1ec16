"""`/graphql`: GraphQL over HTTP, from the request of the ASGI server to its answer."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from services.chassis import telemetry
from services.gateway.bodies import BodyReader
from services.gateway.callers import Callers, trace_id
from services.gateway.cors import METHODS, Cors
from services.gateway.errors import RequestRefused
from services.gateway.executor.fetch import MASKED_MESSAGE
from services.gateway.metrics import Metrics
from services.gateway.pipeline import Pipeline, ReadyOperation, ResponseWithHeaders
from services.gateway.planner.query_plan import print_plan
from services.gateway.registry.persisted_documents import PersistedDocuments
from services.gateway.settings import Settings
from services.gateway.stages.receive import EVENTS, JSON, check_cross_site, negotiate, read_get, read_post
from services.gateway.stages.respond import Answer, answer, refusal
from services.gateway.subscriptions.sse import Receive, Send, send_stream
from services.gateway.subscriptions.streams import Streams

log = logging.getLogger(__name__)

PLAN_HEADER = "x-query-plan"
DRY_RUN = "dry-run"
"""The header's value that asks for the plan only."""
DRAIN_SECONDS = 5.0
DRAIN_BYTES = 32 * 1024 * 1024
"""What is read and thrown away of a body that was refused."""
GRAPHIQL = Path(__file__).parent / "graphiql.html"


class Endpoint:
    """Answers the requests to `/graphql`."""

    def __init__(
        self,
        settings: Settings,
        pipeline: Pipeline,
        callers: Callers,
        streams: Streams,
        cors: Cors,
        documents: PersistedDocuments,
        metrics: Metrics,
    ) -> None:
        self._settings = settings
        self._pipeline = pipeline
        self._callers = callers
        self._streams = streams
        self._cors = cors
        self._documents = documents
        self._metrics = metrics
        self._bodies = BodyReader(settings.max_body_bytes, settings.body_seconds)
        self._graphiql = GRAPHIQL.read_bytes() if settings.graphiql else None

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        headers = headers_of(scope)
        cors = self._cors.headers(headers)
        method = scope["method"]
        if method == "OPTIONS":
            await send_answer(send, self._cors.preflight(headers), cors)
            return
        if method == "GET" and not scope["query_string"] and "text/html" in headers.get("accept", ""):
            await send_answer(send, page(self._graphiql, headers), cors)
            return
        with telemetry.server_span("graphql", headers) as span:
            started = time.perf_counter()
            trace = trace_id(headers)
            media_type = JSON
            operation = "unknown"
            try:
                media_type = negotiate(headers.get("accept"))
                ready, forwarded = await self._prepared(scope, headers, receive)
                operation = ready.prepared.kind
                span.set_attribute("graphql.operation.type", operation)
                if ready.prepared.name:
                    span.set_attribute("graphql.operation.name", ready.prepared.name)
                if media_type == EVENTS:
                    with self._streams.place():
                        responses = self._streams.responses(ready, forwarded, trace)
                        await send_stream(send, receive, responses, cors, self._streams.ending)
                    return
                if operation == "subscription":
                    raise RequestRefused(
                        "SUBSCRIPTIONS_TRANSPORT_NOT_SUPPORTED",
                        f"Ask for {EVENTS} or use a WebSocket to subscribe.",
                        status=406,
                    )
                if self._settings.expose_query_plan and PLAN_HEADER in headers:
                    response = await self._explained(ready, forwarded, headers[PLAN_HEADER])
                else:
                    response = await self._pipeline.execute(ready, forwarded)
                if "errors" in response:
                    self._metrics.errors(response["errors"])
                found = answer(response, media_type, trace, self._settings.status_profile)
                if isinstance(response, ResponseWithHeaders):
                    cors = cors + [(name.encode(), value.encode("latin-1")) for name, value in response.headers]
            except RequestRefused as err:
                self._metrics.errors(err.as_graphql())
                found = refusal(err, media_type, trace, self._settings.status_profile)
            except Exception:
                log.exception("request failed", extra={"operation_type": operation, "trace_id": trace})
                failure = RequestRefused("INTERNAL", MASKED_MESSAGE, status=500)
                self._metrics.errors(failure.as_graphql())
                found = refusal(failure, media_type, trace, self._settings.status_profile)
            if found.status in (408, 413):
                await send_before_drain(send, receive, found, cors)
            else:
                await send_answer(send, found, cors)
            self._metrics.request(operation, time.perf_counter() - started)

    async def _prepared(
        self, scope: dict[str, Any], headers: Mapping[str, str], receive: Receive
    ) -> tuple[ReadyOperation, dict[str, str]]:
        size = len(scope["query_string"]) + sum(map(len, itertools.chain.from_iterable(scope["headers"])))
        if size > self._settings.max_header_bytes:
            raise RequestRefused("REQUEST_HEADER_FIELDS_TOO_LARGE", "The headers are too large.", status=431)
        method = scope["method"]
        if method not in ("GET", "POST"):
            raise RequestRefused("METHOD_NOT_ALLOWED", "Use GET or POST.", status=405, headers={"allow": METHODS})
        check_cross_site(method, headers)
        request = (
            read_post(headers, await self._bodies.read(headers, receive), self._documents)
            if method == "POST"
            else read_get(scope["query_string"], self._documents)
        )
        caller = await self._callers.identify(headers)
        ready = await self._pipeline.prepare(request, caller, allow_mutation=method == "POST")
        return ready, self._callers.forwarded(headers)

    async def _explained(self, ready: ReadyOperation, forwarded: Mapping[str, str], wish: str) -> dict[str, Any]:
        """The response with its query plan, or the plan only; for development."""
        response: dict[str, Any] = {"data": None}
        if wish != DRY_RUN:
            response = await self._pipeline.execute(ready, forwarded)
        extensions = {**response.get("extensions", {}), "queryPlan": print_plan(ready.prepared.plan.plan)}
        return {**response, "extensions": extensions}


def page(graphiql: bytes | None, headers: Mapping[str, str]) -> Answer:
    """The page to try operations in, for browsers."""
    if graphiql is None:
        return Answer(404, "text/plain", b"Not found")
    if "text/html" not in headers.get("accept", "") and "*/*" not in headers.get("accept", "*/*"):
        return Answer(406, "text/plain", b"Not acceptable")
    # The page is one file without foreign resources; the policy keeps it so.
    policy = "default-src 'none'; connect-src 'self'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; frame-ancestors 'none'"
    return Answer(200, "text/html; charset=utf-8", graphiql, {"content-security-policy": policy})


def headers_of(scope: Mapping[str, Any]) -> dict[str, str]:
    """An ASGI scope's headers; the last of a name counts."""
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}


async def send_before_drain(send: Send, receive: Receive, found: Answer, cors: list[tuple[bytes, bytes]]) -> None:
    """Answer at once but read on for a while: a client still sending would see a reset instead of the answer."""
    await send_answer(send, found, cors, more=True)
    drained = 0
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(DRAIN_SECONDS):
            while drained < DRAIN_BYTES:
                message = await receive()
                drained += len(message.get("body", b""))
                if message["type"] == "http.disconnect" or not message.get("more_body"):
                    break
    await send({"type": "http.response.body", "body": b""})


async def send_answer(send: Send, found: Answer, cors: list[tuple[bytes, bytes]], *, more: bool = False) -> None:
    media = found.media_type
    if media.startswith("application/"):
        media += "; charset=utf-8"
    headers = [
        (b"content-type", media.encode("latin-1")),
        (b"content-length", str(len(found.body)).encode()),
        *((name.encode("latin-1"), value.encode("latin-1")) for name, value in found.headers.items()),
        *cors,
    ]
    await send({"type": "http.response.start", "status": found.status, "headers": headers})
    await send({"type": "http.response.body", "body": found.body, "more_body": more})
