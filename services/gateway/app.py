"""The gateway as an ASGI application: routes, HTTP rules and what is opened and closed with the process."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import random
import time
from collections.abc import AsyncGenerator, Iterator, Mapping
from pathlib import Path
from typing import Any

from opentelemetry.propagate import inject

from services.chassis import telemetry
from services.chassis.bus import connect_options
from services.chassis.errors import Unauthenticated
from services.chassis.identity import Caller, Verifier
from services.chassis.process import calm_collector
from services.chassis.request_reply import Requester
from services.gateway.bodies import BodyReader
from services.gateway.errors import RequestRefused, SubgraphFailed, SubscriptionEnded, SupergraphInvalid
from services.gateway.executor.fetch import MASKED_MESSAGE
from services.gateway.executor.transport import Transport
from services.gateway.executor.transport.dispatch import DispatchingTransport
from services.gateway.executor.transport.http import HttpTransport
from services.gateway.executor.transport.nats import NatsTransport
from services.gateway.executor.transport.websocket import WebSocketTransport
from services.gateway.header_rules import FORWARDED
from services.gateway.metrics import Metrics
from services.gateway.pipeline import Pipeline, PipelineOptions, ReadyOperation, ResponseWithHeaders
from services.gateway.planner.query_plan import print_plan
from services.gateway.reload import Reloader
from services.gateway.settings import Settings
from services.gateway.stages.demand import DemandControl
from services.gateway.stages.limits import Limits
from services.gateway.stages.receive import (
    EVENTS,
    GRAPHQL,
    JSON,
    PREFLIGHT_HEADERS,
    GraphQLRequest,
    check_cross_site,
    negotiate,
    read_get,
    read_post,
)
from services.gateway.stages.respond import Answer, answer, encode, refusal, with_trace
from services.gateway.subscriptions.sse import Receive, Send, send_stream
from services.gateway.subscriptions.websocket import Connection
from services.gateway.supergraph import Supergraph, load_supergraph

log = logging.getLogger(__name__)

ACCEPT = f"{GRAPHQL}, {JSON};q=0.9"
SIMPLE_HEADERS = ("accept", "content-type")
_VARY = (b"vary", b"origin")
_EXPOSED = (b"access-control-expose-headers", b"retry-after")
PLAN_HEADER = "x-query-plan"
DRY_RUN = "dry-run"
"""The header's value that asks for the plan only."""
DRAIN_SECONDS = 5.0
DRAIN_BYTES = 32 * 1024 * 1024
"""What is read and thrown away of a body that was refused."""
GRAPHIQL = Path(__file__).parent / "graphiql.html"


class Gateway:
    """One gateway process. Tests give it a transport of their own."""

    def __init__(self, settings: Settings, *, transport: Transport | None = None) -> None:
        self.settings = settings
        self.metrics = Metrics()
        self.pipeline: Pipeline | None = None
        self.verifier = (
            Verifier(
                jwks_url=settings.jwks_url,
                issuer=settings.jwt_issuer,
                audience=settings.jwt_audience,
                policies_claim=settings.jwt_policies_claim,
            )
            if settings.jwks_url
            else None
        )
        self._transport = transport
        self._bodies = BodyReader(settings.max_body_bytes, settings.body_seconds)
        self.documents = settings.documents(self.metrics.persisted_document)
        self._origins = frozenset(origin.strip() for origin in settings.cors_origins.split(",") if origin.strip())
        self._graphiql = GRAPHIQL.read_bytes() if settings.graphiql else None
        self._streams = 0
        self._streams_end = asyncio.Event()
        self._stopping = False
        self._watching: asyncio.Task[None] | None = None

    # Life ----------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Open the transport and load the supergraph. Raises SupergraphInvalid or ConfigurationInvalid."""
        settings = self.settings
        options = PipelineOptions(
            limits=Limits(
                max_depth=settings.max_depth,
                max_aliases=settings.max_aliases,
                max_directives=settings.max_directives,
                max_root_fields=settings.max_root_fields,
                max_tokens=settings.max_tokens,
                max_selections=settings.max_selections,
            ),
            request_seconds=settings.request_seconds,
            subgraph_seconds=settings.subgraph_seconds,
            planning_seconds=settings.planning_seconds,
            cache_size=settings.cache_size,
            introspection=settings.introspection,
            share_client_requests=settings.share_client_requests,
            share_subgraph_requests=settings.share_subgraph_requests,
            traffic=settings.traffic_rules(),
            authorization=settings.authorization,
            demand=DemandControl(settings.max_cost, settings.list_size, settings.cost_mode),
            show_cost=settings.show_cost,
        )
        if self._transport is None:
            self._transport = await self._open_transport()
        self.pipeline = Pipeline(options, self._transport, self.metrics)
        reloader = Reloader(
            self.pipeline,
            Path(settings.supergraph),
            self._read_supergraph,
            self.metrics,
            poll_seconds=settings.supergraph_poll_seconds,
            warm_up=settings.warm_up_operations,
        )
        try:
            await reloader.load()
        except SupergraphInvalid as err:
            if not settings.supergraph_optional:
                raise
            log.warning("no supergraph yet", extra={"reason": str(err)})
        self._watching = asyncio.create_task(reloader.run())

    async def _open_transport(self) -> DispatchingTransport:
        """The ways to subgraphs, by the scheme of their URL; NATS when there is a server for it."""
        settings = self.settings
        http, websocket = HttpTransport(), WebSocketTransport()
        by_scheme: dict[str, Transport] = {"http": http, "https": http, "ws": websocket, "wss": websocket}
        if settings.nats_url:
            options = connect_options("gateway", settings.nats_url, settings.nats_user, settings.nats_password)
            requester = Requester(options)
            await requester.start()
            by_scheme["nats"] = NatsTransport(requester)
        return DispatchingTransport(by_scheme)

    def _read_supergraph(self, sdl: str) -> Supergraph:
        settings = self.settings
        supergraph = load_supergraph(
            sdl, settings.url_overrides(), settings.subscription_url_overrides(), node_fields=settings.node
        )
        if isinstance(self._transport, DispatchingTransport):
            self._transport.require(supergraph)
        known = {subgraph.name for subgraph in supergraph.subgraphs.values()}
        if self.pipeline is not None and (unknown := self.pipeline.traffic.rules.named.keys() - known):
            log.warning("traffic rules for subgraphs that are not there", extra={"subgraphs": sorted(unknown)})
        return supergraph

    async def stop(self) -> None:
        self._stopping = True
        if self._watching is not None:
            self._watching.cancel()
        if self.pipeline is not None:
            self.pipeline.close()
        if self._transport is not None:
            await self._transport.close()

    # ASGI ----------------------------------------------------------------------------------------

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        kind = scope["type"]
        if kind == "http":
            if scope["path"] == "/graphql":
                await self._graphql(scope, receive, send)
            else:
                await self._other(scope, send)
        elif kind == "websocket":
            await self._websocket(scope, receive, send)
        elif kind == "lifespan":
            await self._lifespan(receive, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            await self.start()
            calm_collector()
        except Exception as err:
            await self.stop()
            await send({"type": "lifespan.startup.failed", "message": str(err)})
            return
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.stop()
        await send({"type": "lifespan.shutdown.complete"})

    async def _other(self, scope: dict[str, Any], send: Send) -> None:
        path, method = scope["path"], scope["method"]
        if method not in ("GET", "HEAD"):
            found = Answer(405, "text/plain", b"Method not allowed", {"allow": "GET, HEAD"})
        elif path == "/":
            found = self._page(_headers(scope))
        elif path == "/livez":
            found = Answer(200, "text/plain", b"ok")
        elif path == "/readyz":
            found = self._readiness()
        elif path == "/metrics":
            found = Answer(200, "text/plain; version=0.0.4; charset=utf-8", self.metrics.render())
        else:
            found = Answer(404, "text/plain", b"Not found")
        await _send_answer(send, found, [])

    def _readiness(self) -> Answer:
        generation = self.pipeline.generation if self.pipeline is not None else None
        ready = generation is not None and not self._stopping
        state = {
            "ready": ready,
            "supergraph": generation.supergraph.digest if generation is not None else None,
            "stopping": self._stopping,
        }
        return Answer(200 if ready else 503, JSON, encode(state))

    def _page(self, headers: Mapping[str, str]) -> Answer:
        if self._graphiql is None:
            return Answer(404, "text/plain", b"Not found")
        if "text/html" not in headers.get("accept", "") and "*/*" not in headers.get("accept", "*/*"):
            return Answer(406, "text/plain", b"Not acceptable")
        # The page is one file without foreign resources; the policy keeps it so.
        policy = "default-src 'none'; connect-src 'self'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; frame-ancestors 'none'"
        return Answer(200, "text/html; charset=utf-8", self._graphiql, {"content-security-policy": policy})

    # GraphQL over HTTP ---------------------------------------------------------------------------

    async def _graphql(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        headers = _headers(scope)
        cors = self._cors(headers)
        method = scope["method"]
        if method == "OPTIONS":
            await _send_answer(send, self._preflight(headers), cors)
            return
        if method == "GET" and not scope["query_string"] and "text/html" in headers.get("accept", ""):
            await _send_answer(send, self._page(headers), cors)
            return
        with telemetry.server_span("graphql", headers) as span:
            started = time.perf_counter()
            trace_id = _trace_id(headers)
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
                    await self._stream(ready, forwarded, trace_id, receive, send, cors)
                    return
                if operation == "subscription":
                    raise RequestRefused(
                        "SUBSCRIPTIONS_TRANSPORT_NOT_SUPPORTED",
                        f"Ask for {EVENTS} or use a WebSocket to subscribe.",
                        status=406,
                    )
                assert self.pipeline is not None
                if self.settings.expose_query_plan and PLAN_HEADER in headers:
                    response = await self._explained(ready, forwarded, headers[PLAN_HEADER])
                else:
                    response = await self.pipeline.execute(ready, forwarded)
                if "errors" in response:
                    self.metrics.errors(response["errors"])
                found = answer(response, media_type, trace_id, self.settings.status_profile)
                if isinstance(response, ResponseWithHeaders):
                    cors = cors + [(name.encode(), value.encode("latin-1")) for name, value in response.headers]
            except RequestRefused as err:
                self.metrics.errors(err.as_graphql())
                found = refusal(err, media_type, trace_id, self.settings.status_profile)
            except Exception:
                log.exception("request failed", extra={"operation_type": operation, "trace_id": trace_id})
                failure = RequestRefused("INTERNAL", MASKED_MESSAGE, status=500)
                self.metrics.errors(failure.as_graphql())
                found = refusal(failure, media_type, trace_id, self.settings.status_profile)
            if found.status in (408, 413):
                await _send_before_drain(send, receive, found, cors)
            else:
                await _send_answer(send, found, cors)
            self.metrics.request(operation, time.perf_counter() - started)

    async def _prepared(
        self, scope: dict[str, Any], headers: Mapping[str, str], receive: Receive
    ) -> tuple[ReadyOperation, dict[str, str]]:
        size = len(scope["query_string"]) + sum(map(len, itertools.chain.from_iterable(scope["headers"])))
        if size > self.settings.max_header_bytes:
            raise RequestRefused("REQUEST_HEADER_FIELDS_TOO_LARGE", "The headers are too large.", status=431)
        method = scope["method"]
        if method not in ("GET", "POST"):
            raise RequestRefused(
                "METHOD_NOT_ALLOWED", "Use GET or POST.", status=405, headers={"allow": "GET, POST, OPTIONS"}
            )
        check_cross_site(method, headers)
        request = (
            read_post(headers, await self._bodies.read(headers, receive), self.documents)
            if method == "POST"
            else read_get(scope["query_string"], self.documents)
        )
        caller = await self._identify(headers.get("authorization"))
        assert self.pipeline is not None
        ready = await self.pipeline.prepare(request, caller, allow_mutation=method == "POST")
        return ready, self._forwarded(headers)

    async def _explained(self, ready: ReadyOperation, forwarded: Mapping[str, str], wish: str) -> dict[str, Any]:
        """The response with its query plan, or the plan only; for development."""
        assert self.pipeline is not None
        response: dict[str, Any] = {"data": None}
        if wish != DRY_RUN:
            response = await self.pipeline.execute(ready, forwarded)
        extensions = {**response.get("extensions", {}), "queryPlan": print_plan(ready.prepared.plan.plan)}
        return {**response, "extensions": extensions}

    def _forwarded(self, headers: Mapping[str, str]) -> dict[str, str]:
        """The headers every subgraph receives; a span of our own becomes the parent of theirs."""
        assert self.pipeline is not None
        forwarded = {name: headers[name] for name in FORWARDED if name in headers}
        if self.pipeline.traffic.pick is not None:
            forwarded |= self.pipeline.traffic.pick(headers)
        forwarded["content-type"] = JSON
        forwarded["accept"] = ACCEPT
        if telemetry.traced():
            inject(forwarded)
        return forwarded

    async def _identify(self, authorization: str | None) -> Caller | None:
        """Who is calling; a token that is not good is refused. Without a verifier nobody is known."""
        if self.verifier is None or authorization is None:
            return None
        try:
            return await self.verifier.caller({"authorization": authorization})
        except Unauthenticated as err:
            raise RequestRefused(
                "UNAUTHENTICATED", str(err), status=401, headers={"www-authenticate": "Bearer"}
            ) from err

    # Streams -------------------------------------------------------------------------------------

    async def _stream(
        self,
        ready: ReadyOperation,
        headers: Mapping[str, str],
        trace_id: str,
        receive: Receive,
        send: Send,
        cors: list[tuple[bytes, bytes]],
    ) -> None:
        with self._listening():
            await send_stream(send, receive, self._responses(ready, headers, trace_id), cors, self._streams_end)

    @contextlib.contextmanager
    def _listening(self) -> Iterator[None]:
        """A place among the streams. Raises RequestRefused when there is none left."""
        if self._streams >= self.settings.max_streams:
            raise RequestRefused("TOO_MANY_STREAMS", "Too many clients are listening.", status=503)
        self._streams += 1
        self.metrics.streams.set(self._streams)
        try:
            yield
        finally:
            self._streams -= 1
            self.metrics.streams.set(self._streams)

    def end_streams(self) -> None:
        """Let event streams end, for their clients to connect to another process; call it before waiting for requests."""
        self._stopping = True
        self._streams_end.set()

    async def _responses(
        self, ready: ReadyOperation, headers: Mapping[str, str], trace_id: str
    ) -> AsyncGenerator[dict[str, Any], None]:
        """Responses of an operation over a stream: one for a query or mutation, one per event otherwise."""
        assert self.pipeline is not None
        try:
            if ready.prepared.kind != "subscription":
                yield self._traced(await self.pipeline.execute(ready, headers), trace_id)
                return
            async with contextlib.aclosing(self.pipeline.subscribe(ready, headers)) as responses:
                async for response in responses:
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
        self.metrics.errors(response["errors"])
        return {**response, "errors": with_trace(response["errors"], trace_id)}

    async def _websocket(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        headers = _headers(scope)
        origin = headers.get("origin")
        foreign = origin is not None and origin.partition("://")[2] != headers.get("host")
        if scope["path"] != "/graphql" or (foreign and not self._allows(origin)):
            await receive()
            await send({"type": "websocket.close", "code": 4403, "reason": "Forbidden"})
            return
        await Connection(receive, send, _WebSocketSession(self, headers)).serve(scope.get("subprotocols", []))

    # CORS ----------------------------------------------------------------------------------------

    def _allows(self, origin: str | None) -> bool:
        return origin is not None and ("*" in self._origins or origin in self._origins)

    def _cors(self, headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
        if not self._origins:
            return []
        origin = headers.get("origin")
        if origin is None or not self._allows(origin):
            return [_VARY]  # or a cache would give this answer, without permission, to an origin that has it
        return [(b"access-control-allow-origin", origin.encode("latin-1")), _EXPOSED, _VARY]

    def _preflight(self, headers: Mapping[str, str]) -> Answer:
        """What browsers ask before a request from another origin (Fetch, CORS preflight)."""
        allowed = [*SIMPLE_HEADERS, *FORWARDED, *PREFLIGHT_HEADERS]
        pick = self.pipeline.traffic.pick if self.pipeline is not None else None
        if pick is not None:
            asked = headers.get("access-control-request-headers", "").lower().split(",")
            allowed += pick({name.strip(): "" for name in asked})
        answered = {
            "access-control-allow-methods": "GET, POST, OPTIONS",
            "access-control-allow-headers": ", ".join(dict.fromkeys(allowed)),
            "access-control-max-age": "86400",
            "allow": "GET, POST, OPTIONS",
        }
        return Answer(204, "text/plain", b"", answered)


class _WebSocketSession:
    """What one WebSocket client may do, with the headers of its handshake and the token of its first message."""

    def __init__(self, gateway: Gateway, headers: Mapping[str, str]) -> None:
        self._gateway = gateway
        self._headers = dict(headers)
        self.documents = gateway.documents

    async def open(self, payload: Mapping[str, Any]) -> None:
        for name, value in payload.items():
            # Browsers cannot set headers on a handshake; clients send them as connection parameters.
            if name.lower() in ("authorization", "accept-language") and isinstance(value, str):
                if not (value.isascii() and value.isprintable()):
                    raise RequestRefused("BAD_REQUEST", f"The value of {name.lower()} is not one of a header.")
                self._headers[name.lower()] = value
        await self._gateway._identify(self._headers.get("authorization"))

    async def run(self, request: GraphQLRequest) -> AsyncGenerator[dict[str, Any], None]:
        with self._gateway._listening():
            ready = await self._prepared(request)
            responses = self._gateway._responses(
                ready, self._gateway._forwarded(self._headers), _trace_id(self._headers)
            )
            async with contextlib.aclosing(responses):
                async for response in responses:
                    yield response

    async def _prepared(self, request: GraphQLRequest) -> ReadyOperation:
        gateway = self._gateway
        assert gateway.pipeline is not None
        try:
            caller = await gateway._identify(self._headers.get("authorization"))
            return await gateway.pipeline.prepare(request, caller)
        except RequestRefused:
            raise
        except Exception as err:
            log.exception("request failed")
            raise RequestRefused("INTERNAL", MASKED_MESSAGE, status=500) from err


def _headers(scope: Mapping[str, Any]) -> dict[str, str]:
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}


def _trace_id(headers: Mapping[str, str]) -> str:
    """The trace of this request: ours, or the one the caller is in (W3C Trace Context), or at least a name for it."""
    own = telemetry.trace_id()
    if own is not None:
        return own
    parts = headers.get("traceparent", "").split("-")
    if len(parts) >= 4 and len(parts[1]) == 32 and parts[1].isalnum():
        return parts[1]
    return f"{random.getrandbits(128):032x}"


async def _send_before_drain(send: Send, receive: Receive, found: Answer, cors: list[tuple[bytes, bytes]]) -> None:
    """Answer at once but read on for a while: a client still sending would see a reset instead of the answer."""
    await _send_answer(send, found, cors, more=True)
    drained = 0
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(DRAIN_SECONDS):
            while drained < DRAIN_BYTES:
                message = await receive()
                drained += len(message.get("body", b""))
                if message["type"] == "http.disconnect" or not message.get("more_body"):
                    break
    await send({"type": "http.response.body", "body": b""})


async def _send_answer(send: Send, found: Answer, cors: list[tuple[bytes, bytes]], *, more: bool = False) -> None:
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
