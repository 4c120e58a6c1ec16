"""The gateway as an ASGI application: its parts, opened and closed with the process, and its routes."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Any

from services.chassis.process import calm_collector
from services.gateway.callers import Callers
from services.gateway.cors import Cors
from services.gateway.endpoint import GRAPHIQL, Endpoint, headers_of, page, send_answer
from services.gateway.errors import SupergraphInvalid
from services.gateway.executor.transport import Transport
from services.gateway.executor.transport.dispatch import DispatchingTransport, open_transport
from services.gateway.metrics import Metrics
from services.gateway.pipeline import Pipeline
from services.gateway.reload import Reloader
from services.gateway.settings import Settings
from services.gateway.stages.receive import JSON
from services.gateway.stages.respond import Answer, encode
from services.gateway.subscriptions.session import WebSocketSession
from services.gateway.subscriptions.sse import Receive, Send
from services.gateway.subscriptions.streams import Streams
from services.gateway.subscriptions.websocket import Connection
from services.gateway.supergraph import Supergraph, load_supergraph

log = logging.getLogger(__name__)


class Gateway:
    """One gateway process. Tests give it a transport of their own."""

    def __init__(self, settings: Settings, *, transport: Transport | None = None) -> None:
        self.settings = settings
        self.metrics = Metrics()
        self.pipeline: Pipeline | None = None
        self.documents = settings.documents(self.metrics.persisted_document)
        self._graphiql = GRAPHIQL.read_bytes() if settings.graphiql else None
        self._transport = transport
        self._stopping = False
        self._watching: asyncio.Task[None] | None = None
        self._parts: _Parts

    # Life ----------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Open the transport and load the supergraph. Raises SupergraphInvalid or ConfigurationInvalid."""
        settings = self.settings
        if self._transport is None:
            self._transport = await open_transport(settings)
        pipeline = self.pipeline = Pipeline(settings.pipeline_options(), self._transport, self.metrics)
        self._parts = _Parts(self, pipeline)
        reloader = Reloader(
            pipeline,
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

    def end_streams(self) -> None:
        """Let event streams end, for their clients to connect to another process; call it before waiting for requests."""
        self._stopping = True
        self._parts.streams.ending.set()

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
                await self._parts.endpoint(scope, receive, send)
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
            found = page(self._graphiql, headers_of(scope))
        elif path == "/livez":
            found = Answer(200, "text/plain", b"ok")
        elif path == "/readyz":
            found = self._readiness()
        elif path == "/metrics":
            found = Answer(200, "text/plain; version=0.0.4; charset=utf-8", self.metrics.render())
        else:
            found = Answer(404, "text/plain", b"Not found")
        await send_answer(send, found, [])

    def _readiness(self) -> Answer:
        generation = self.pipeline.generation if self.pipeline is not None else None
        ready = generation is not None and not self._stopping
        state = {
            "ready": ready,
            "supergraph": generation.supergraph.digest if generation is not None else None,
            "stopping": self._stopping,
        }
        return Answer(200 if ready else 503, JSON, encode(state))

    async def _websocket(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        headers, parts = headers_of(scope), self._parts
        origin = headers.get("origin")
        foreign = origin is not None and origin.partition("://")[2] != headers.get("host")
        if scope["path"] != "/graphql" or (foreign and not parts.cors.allows(origin)):
            await receive()
            await send({"type": "websocket.close", "code": 4403, "reason": "Forbidden"})
            return
        session = WebSocketSession(headers, parts.pipeline, parts.callers, parts.streams, self.documents)
        await Connection(receive, send, session).serve(scope.get("subprotocols", []))


class _Parts:
    """What exists once the pipeline does."""

    def __init__(self, gateway: Gateway, pipeline: Pipeline) -> None:
        settings, metrics = gateway.settings, gateway.metrics
        self.pipeline = pipeline
        self.callers = Callers(settings, pipeline.traffic)
        self.cors = Cors(settings.cors_origins, pipeline.traffic.pick)
        self.streams = Streams(pipeline, metrics, settings.max_streams)
        self.endpoint = Endpoint(settings, pipeline, self.callers, self.streams, self.cors, gateway.documents, metrics)
