"""NATS JetStream: connect, own a stream, publish, pull. Only this module and `request_reply` speak to NATS."""

import asyncio
import contextlib
import itertools
import logging
from collections.abc import AsyncIterator, Sequence
from typing import Any

import aiohttp
import msgspec
import nats
import nats.errors
import nats.js.errors
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription as NatsSubscription
from nats.js.api import (
    AckPolicy,
    ConsumerConfig,
    DeliverPolicy,
    DiscardPolicy,
    RetentionPolicy,
    StorageType,
    StreamConfig,
)

from services.chassis import telemetry
from services.chassis.events import Envelope
from services.chassis.ids import new_id
from services.chassis.request_reply import Respond, Responder
from services.chassis.settings import Secret, ServiceSettings

log = logging.getLogger(__name__)

STREAM_SUBJECTS = "huying."
_DUPLICATE_WINDOW_SECONDS = 120.0
_ACK_WAIT_SECONDS = 30.0
_MAX_ACK_PENDING = 1024
_PULL_EXPIRES_SECONDS = 30.0
_HEARTBEAT_SECONDS = 1.0
_SILENT_SECONDS = 3.5
_PUBLISH_SECONDS = 2.0


class BusUnavailable(Exception):
    """The broker, or the stream asked for, is not there now."""


class UnsafeBroker(Exception):
    """The broker would lose acknowledged messages in a power cut (`sync_interval` is not `always`)."""


def stream_name(service: str) -> str:
    """A service's own stream: `INTAKE` holds `huying.intake.>`."""
    return service.upper()


def connect_options(name: str, urls: str, user: str, password: Secret) -> dict[str, Any]:
    """How a service connects, for nats-py. A silent server is left after four seconds, by pings."""
    options: dict[str, Any] = {
        "servers": urls.split(","),
        "name": f"huying-{name}",
        "inbox_prefix": f"_INBOX.{name}".encode(),
        "max_reconnect_attempts": -1,
        "reconnect_time_wait": 0.2,
        "connect_timeout": 2,
        "ping_interval": 2,
        "max_outstanding_pings": 2,
        "error_cb": _on_error,
    }
    if user:
        options |= {"user": user, "password": password.value}
    return options


async def _on_error(error: Exception) -> None:
    log.warning("broker", extra={"error": type(error).__name__})


class _Batch:
    """Events published together that wait for their acknowledgements."""

    def __init__(self, size: int) -> None:
        self.outstanding = size
        self.acknowledged: set[str] = set()
        self.no_stream = False
        self.answered = asyncio.Event()


class Bus:
    """A service's connection. Staying without a broker is a state, not an error: publishing waits, consuming resumes."""

    def __init__(self, settings: ServiceSettings, service: str) -> None:
        self._settings = settings
        self.service = service
        self._client = Client()
        self._ack_inbox = f"_INBOX.{service}.acks.{new_id('inbox')}"
        self._acks: NatsSubscription | None = None
        self._awaited: dict[str, tuple[_Batch, str]] = {}
        self._tokens = itertools.count()
        self.connecting: asyncio.Task[None]
        self._reconnections = 0

    async def start(self) -> None:
        """Begin connecting in the background; the service does not wait for it."""
        self.connecting = asyncio.create_task(self._connect())
        await asyncio.sleep(0)  # let it begin: a client that never tried to connect cannot be closed

    @property
    def connected(self) -> bool:
        return self._client.is_connected

    async def _connect(self) -> None:
        while True:
            try:
                if not self._client.is_connected:
                    await self._client.connect(**self._options())
                await self._check_broker()
                if self._settings.nats_manage_streams:
                    await self.ensure_stream()
                return
            except (OSError, TimeoutError, BusUnavailable, aiohttp.ClientError, nats.errors.Error) as error:
                log.warning("broker not reachable", extra={"error": type(error).__name__})
                await asyncio.sleep(0.5)

    def _options(self) -> dict[str, Any]:
        s = self._settings
        options = connect_options(self.service, s.nats_url, s.nats_user, s.nats_password)
        return {**options, "reconnected_cb": self._on_reconnected}

    async def _check_broker(self) -> None:
        if not self._settings.nats_monitor_url:
            return
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=3)) as http,
            http.get(f"{self._settings.nats_monitor_url}/varz") as answer,
        ):
            varz = await answer.json()
        if not varz.get("jetstream", {}).get("config", {}).get("sync_always"):
            raise UnsafeBroker("set `sync_interval: always` in the broker's jetstream block")

    async def _on_reconnected(self) -> None:
        self._reconnections += 1

    async def ensure_stream(self) -> None:
        """Create this service's stream if it is missing: file storage, facts are never discarded, deleted or purged."""
        name = stream_name(self.service)
        config = StreamConfig(
            name=name,
            subjects=[f"{STREAM_SUBJECTS}{self.service}.>"],
            storage=StorageType.FILE,
            retention=RetentionPolicy.LIMITS,
            discard=DiscardPolicy.NEW,
            num_replicas=self._settings.nats_replicas,
            duplicate_window=_DUPLICATE_WINDOW_SECONDS,
            deny_delete=True,
            deny_purge=True,
        )
        try:
            js = self._client.jetstream(timeout=5)
            try:
                await js.stream_info(name)
            except nats.js.errors.NotFoundError:
                await js.add_stream(config)
        except (TimeoutError, nats.errors.Error) as error:
            raise BusUnavailable(f"stream {name}: {type(error).__name__}") from error

    async def publish(self, event: Envelope) -> None:
        """Publish one event. Raises BusUnavailable when it is not acknowledged; then publish the same event again."""
        if not await self.publish_all([event]):
            raise BusUnavailable("not acknowledged")

    async def publish_all(self, events: Sequence[Envelope]) -> set[str]:
        """Publish events in this order and wait until the broker has them on disk. Returns the ids it acknowledged; publish the
        others again. One subscription takes all acknowledgements, where nats-py would make a request of each.
        """
        batch = _Batch(len(events))
        try:
            if self._acks is None:
                self._acks = await self._client.subscribe(f"{self._ack_inbox}.*", cb=self._on_ack)
            for event in events:
                token = str(next(self._tokens))
                self._awaited[token] = (batch, event.id)
                with telemetry.producer_span(event):
                    reply = f"{self._ack_inbox}.{token}"
                    await self._client.publish(event.type, event.data.encode(), reply, event.headers())
            async with asyncio.timeout(_PUBLISH_SECONDS):
                await batch.answered.wait()
        except (TimeoutError, nats.errors.Error):
            self._awaited = {token: wait for token, wait in self._awaited.items() if wait[0] is not batch}
        if batch.no_stream and self._settings.nats_manage_streams:
            with contextlib.suppress(BusUnavailable):
                await self.ensure_stream()  # the broker lost everything, or is new
        return batch.acknowledged

    async def _on_ack(self, message: Msg) -> None:
        batch, event_id = self._awaited.pop(message.subject.rpartition(".")[2], (None, ""))
        if batch is None:
            return
        if (message.headers or {}).get("Status") == "503":
            batch.no_stream = True
        elif "error" not in msgspec.json.decode(message.data):
            batch.acknowledged.add(event_id)
        batch.outstanding -= 1
        if not batch.outstanding:
            batch.answered.set()

    async def reconnect(self, pull: "Pull | None" = None) -> None:
        """Leave a server that does not answer: an isolated one keeps the connection open and silent.

        With the pull that fell silent, only if its connection is still the present one: a new connection has forgotten the pull, and
        leaving it would silence everybody else's.
        """
        if pull and pull.connection != self._reconnections:
            return
        with contextlib.suppress(nats.errors.Error, OSError, TimeoutError):
            if self._client.is_connected:
                await self._client.force_reconnect()

    async def pull(self, stream: str, durable: str, subjects: Sequence[str]) -> "Pull":
        """A durable pull consumer on another service's stream. Raises BusUnavailable while it is not there."""
        config = ConsumerConfig(
            durable_name=durable,
            filter_subjects=list(subjects),
            ack_policy=AckPolicy.EXPLICIT,
            deliver_policy=DeliverPolicy.ALL,
            ack_wait=_ACK_WAIT_SECONDS,
            max_ack_pending=_MAX_ACK_PENDING,
        )
        try:
            js = self._client.jetstream(timeout=3)
            await js.add_consumer(stream, config)
            return await Pull.open(self._client, stream, durable, self._reconnections)
        except (TimeoutError, nats.errors.Error) as error:
            raise BusUnavailable(f"{stream}: {type(error).__name__}") from error

    async def respond(self, subject: str, respond: Respond) -> None:
        """Answer requests on a subject, together with the service's other processes, until cancelled. Raises UnsafeBroker."""
        await self.ready()
        responder = Responder(self._client, respond)
        await responder.open(subject, self.service)
        try:
            await asyncio.Event().wait()
        finally:
            await responder.close()

    async def stream_counts(self, stream: str) -> dict[str, int]:
        """Messages per subject in a stream. Raises BusUnavailable."""
        try:
            js = self._client.jetstream(timeout=5)
            info = await js.stream_info(stream, subjects_filter=">")
            return dict(info.state.subjects or {})
        except (TimeoutError, nats.errors.Error) as error:
            raise BusUnavailable(f"{stream}: {type(error).__name__}") from error

    async def ready(self) -> None:
        """Wait until connected. Raises UnsafeBroker."""
        await asyncio.shield(self.connecting)

    async def close(self) -> None:
        """Send what is buffered and close."""
        self.connecting.cancel()
        with contextlib.suppress(asyncio.CancelledError, UnsafeBroker):
            await self.connecting
        if self._client.is_connected:
            with contextlib.suppress(TimeoutError, nats.errors.Error):
                await self._client.flush(timeout=2)
        with contextlib.suppress(nats.errors.Error):
            await self._client.close()


class Pull:
    """A standing pull request: messages arrive the moment they exist, in batches of what is there.

    nats-py's own `fetch(n)` waits for the n-th message or the time-out; this hands over at the first.
    """

    def __init__(self, client: Client, stream: str, durable: str, connection: int, batch: int) -> None:
        self._client = client
        self.connection = connection
        self._subject = f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{durable}"
        self._batch = batch
        self._queue: asyncio.Queue[Msg] = asyncio.Queue()
        self._outstanding = 0
        self._inbox = client.new_inbox()
        self._subscription: NatsSubscription | None = None

    @classmethod
    async def open(cls, client: Client, stream: str, durable: str, connection: int, batch: int = 256) -> "Pull":
        pull = cls(client, stream, durable, connection, batch)
        pull._subscription = await client.subscribe(pull._inbox, cb=pull._queue.put)
        return pull

    async def batches(self, limit: int) -> AsyncIterator[list[Msg]]:
        """Batches of 1..limit messages, for ever. Raises BusUnavailable when the consumer is gone or the broker silent."""
        while True:
            if self._outstanding <= 0:
                request = {
                    "batch": self._batch,
                    "expires": int(_PULL_EXPIRES_SECONDS * 1e9),
                    "idle_heartbeat": int(_HEARTBEAT_SECONDS * 1e9),
                }
                self._outstanding = self._batch
                try:
                    await self._client.publish(self._subject, msgspec.json.encode(request), self._inbox)
                except nats.errors.Error as error:
                    raise BusUnavailable(type(error).__name__) from error
            try:
                # Not `wait_for`: in Python 3.11 it can swallow a cancellation, and the consumer would outlive its service.
                async with asyncio.timeout(_SILENT_SECONDS):
                    first = await self._queue.get()
            except TimeoutError:
                raise BusUnavailable("silent") from None
            batch: list[Msg] = []
            message: Msg | None = first
            while message is not None:
                if self._is_message(message):
                    batch.append(message)
                    self._outstanding -= 1
                message = self._queue.get_nowait() if len(batch) < limit and not self._queue.empty() else None
            if batch:
                yield batch

    def _is_message(self, message: Msg) -> bool:
        status = (message.headers or {}).get("Status")
        if status is None:
            return True
        if status == "100":  # heartbeat
            return False
        if status in ("404", "408"):  # the request ended; ask again
            self._outstanding = 0
            return False
        if status == "409" and "Consumer Deleted" not in str(message.headers):
            self._outstanding = 0
            return False
        raise BusUnavailable(f"consumer status {status}")

    async def close(self) -> None:
        if self._subscription:
            with contextlib.suppress(nats.errors.Error):
                await self._subscription.unsubscribe()
