"""A service put together: store, bus, relay, consumers, timers and the HTTP routes, opened in order and closed in reverse."""

import asyncio
import contextlib
import logging
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from typing import Any

import prometheus_client
import uvicorn
from pymongo.errors import PyMongoError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from services.chassis import telemetry
from services.chassis.bus import STREAM_SUBJECTS, Bus, stream_name
from services.chassis.clock import Clock, SteadyClock
from services.chassis.consumer import DEAD_LETTERS, INBOX, Consumer, Subscription
from services.chassis.graphql.endpoint import GraphQLEndpoint, MakeContext
from services.chassis.graphql.schema import Schema
from services.chassis.identity import Verifier
from services.chassis.leases import LEASES, Lease, Step, run_due
from services.chassis.live import Live
from services.chassis.mongo import CollectionSpec, Mongo
from services.chassis.outbox import Relay
from services.chassis.process import calm_collector
from services.chassis.settings import ServiceSettings, SettingsError, address
from services.chassis.unit_of_work import OUTBOX, Store

log = logging.getLogger(__name__)

CHASSIS_COLLECTIONS = (OUTBOX, INBOX, DEAD_LETTERS, LEASES)
_READY_SECONDS = 2.0
_DRAIN_SECONDS = 20


class Service:
    """The running parts of one service. `app.py` of each service fills it; `app()` makes it an ASGI application.

    Without a `clock` the time is the store's.
    """

    def __init__(
        self,
        name: str,
        settings: ServiceSettings,
        collections: Sequence[CollectionSpec],
        clock: Clock | None = None,
    ) -> None:
        self.name = name
        self.settings = settings
        self.collections = (*CHASSIS_COLLECTIONS, *collections)
        self.mongo = Mongo.connect(settings, name)
        steady = SteadyClock()
        self._steady = None if clock else steady
        self.store = Store(self.mongo, name, clock or steady)
        self.bus = Bus(settings, name)
        self.relay_lease = Lease(self.store, "relay")
        self.relay = Relay(self.store, self.bus, self.relay_lease)
        self.live = Live(self.mongo)
        self.verifier = Verifier.of(settings)
        self.consumers: list[Consumer] = []
        self.due: list[tuple[str, Step]] = []
        self._poll_seconds: dict[str, float] = {}
        self._at_start: list[Callable[[], Awaitable[None]]] = []
        self._timers: list[Callable[[], Coroutine[Any, Any, None]]] = []
        self._reports: dict[str, Callable[[], object]] = {}
        self._stopping = False

    def consume(self, publisher: str, subscriptions: Sequence[Subscription]) -> None:
        """Act on events of another service; the list in `app.py` is the whole story."""
        self.consumers.append(
            Consumer(
                self.store,
                self.bus,
                stream=stream_name(publisher),
                durable=f"{self.name}-from-{publisher}",
                subscriptions=subscriptions,
            )
        )

    def at_start(self, prepare: Callable[[], Awaitable[None]]) -> None:
        """Run once the store is ready, before the first request."""
        self._at_start.append(prepare)

    def when_due(self, collection: str, step: Step, *, poll_seconds: float = 1.0) -> None:
        """Do `step(id)` for each document of `collection` whose `next_step_at` has come; replicas share the work.

        What is due later than in `poll_seconds` is done on time; what was not known so long before, at most so much late.
        """
        self.due.append((collection, step))
        self._poll_seconds[collection] = poll_seconds

    def report(self, name: str, say: Callable[[], object]) -> None:
        """Show under `name` in `/readyz` what `say` gives (JSON); it does not decide whether the service is ready."""
        self._reports[name] = say

    def keep_running(self, timer: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """A loop of timed work that runs beside the requests."""
        self._timers.append(timer)

    @contextlib.asynccontextmanager
    async def opened(self) -> AsyncIterator["Service"]:
        """Store and bus only: for commands."""
        async with contextlib.AsyncExitStack() as closing:
            closing.push_async_callback(self.mongo.close)
            await self.mongo.ensure(self.collections)
            if self._steady:
                await self._steady.sample(self.mongo.time)
            await self.bus.start()
            closing.push_async_callback(self.bus.close)
            yield self

    @contextlib.asynccontextmanager
    async def running(self, *, steps: bool = True) -> AsyncIterator["Service"]:
        """Everything; leaving stops taking work, finishes what is under way, then closes.

        Without `steps` nothing is done when it is due: that is then for who moves the clock.
        """
        async with self.opened():
            for prepare in self._at_start:
                await prepare()
            relay = asyncio.create_task(self.relay.run())
            consumers = [(consumer, asyncio.create_task(consumer.run())) for consumer in self.consumers]
            timers = [asyncio.create_task(timer()) for timer in self._timers]
            if steps:
                timers += [
                    asyncio.create_task(run_due(self.store, name, step, self._poll_seconds[name]))
                    for name, step in self.due
                ]
            if self._steady:
                timers.append(asyncio.create_task(self._steady.follow(self.mongo.time)))
            for task in (self.bus.connecting, relay, *timers, *(task for _, task in consumers)):
                task.add_done_callback(_stop_if_dead)
            calm_collector()
            try:
                yield self
            finally:
                self._stopping = True
                for consumer, task in consumers:
                    async with consumer.busy:
                        task.cancel()
                for task in (relay, *timers):
                    task.cancel()
                tasks = (relay, *timers, *(task for _, task in consumers))
                await asyncio.gather(*tasks, return_exceptions=True)
                with contextlib.suppress(Exception):  # what is left is published by the next to hold the lease
                    if await self.relay_lease.held() and self.bus.connected:
                        await self.relay.publish_pending()
                    await self.relay_lease.release()
                await self.live.close()

    def app(self, schema: Schema, make_context: MakeContext) -> Starlette:
        """The ASGI application: `/graphql`, `/livez`, `/readyz`, `/metrics`."""
        endpoint = GraphQLEndpoint(schema, make_context, self.verifier, self.settings.max_body_bytes)
        if subject := self.settings.graphql_subject:
            if subject.startswith(STREAM_SUBJECTS):
                raise SettingsError(
                    f"HUYING_GRAPHQL_SUBJECT={subject!r}: what is below {STREAM_SUBJECTS} is kept in streams"
                )
            self.keep_running(lambda: self.bus.respond(subject, endpoint.answer))

        @contextlib.asynccontextmanager
        async def lifespan(_: Starlette) -> AsyncIterator[None]:
            async with self.running():
                yield

        return Starlette(
            routes=[
                Route("/graphql", endpoint),
                Route("/livez", _livez),
                Route("/readyz", self._readyz),
                Route("/metrics", _metrics),
            ],
            lifespan=lifespan,
        )

    async def _readyz(self, _: Request) -> Response:
        """Ready when its own store answers; the broker is reported, not required."""
        store = "ok"
        try:
            await asyncio.wait_for(self.mongo.ping(), _READY_SECONDS)
        except (PyMongoError, TimeoutError) as error:
            store = type(error).__name__
        ready = store == "ok" and not self._stopping
        body = {
            "ready": ready,
            "mongo": store,
            "nats": "ok" if self.bus.connected else "not connected",
            "stopping": self._stopping,
            **{name: say() for name, say in self._reports.items()},
        }
        return JSONResponse(body, 200 if ready else 503)


async def _livez(_: Request) -> Response:
    return PlainTextResponse("ok")


async def _metrics(_: Request) -> Response:
    return Response(prometheus_client.generate_latest(), media_type="text/plain; version=0.0.4")


def _stop_if_dead(task: "asyncio.Task[None]") -> None:
    """A service without one of its parts is worse than none: it ends, and whoever runs it starts it again."""
    if not task.cancelled() and (error := task.exception()):
        log.critical("a part of the service died: %s", error, exc_info=error)
        signal.raise_signal(signal.SIGTERM)


def serve(app: Starlette, settings: ServiceSettings) -> None:
    """Serve until SIGTERM or SIGINT; requests under way are finished."""
    host, port = address(settings.listen)
    uvicorn.run(
        app,
        host=host,
        port=port,
        loop="uvloop",
        http="httptools",
        log_config=None,
        access_log=False,
        # The gateway is the only client: nothing here wants these headers.
        proxy_headers=False,
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=_DRAIN_SECONDS,
    )
    telemetry.shutdown()
