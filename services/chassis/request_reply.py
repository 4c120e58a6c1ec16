"""One request, one answer, over NATS: the side that asks and the side that answers."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import nats.errors
import orjson
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription

log = logging.getLogger(__name__)

_FIRST_CONNECTION_SECONDS = 2.0
_HEADER_LINE = len("NATS/1.0\r\n") + len("\r\n")

Respond = Callable[[Mapping[str, str], bytes], Awaitable[bytes]]


class RequestTooLarge(Exception):
    """The request exceeds what the broker takes (its `max_payload`); it was not sent."""


class Requester:
    """A connection that asks. Staying without a broker is a state: requests fail until it is back."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        """`options` as `bus.connect_options` makes them."""
        self._options = options
        self._client = Client()
        self._connecting: asyncio.Task[None]

    async def start(self) -> None:
        """Connect; when the broker is away, go on trying in the background."""
        self._connecting = asyncio.create_task(self._client.connect(**self._options))
        done, _ = await asyncio.wait({self._connecting}, timeout=_FIRST_CONNECTION_SECONDS)
        if not done:
            log.warning("broker not reachable")

    async def request(self, subject: str, body: bytes, headers: Mapping[str, str], timeout: float) -> bytes:
        """The answer of one of those who respond on `subject`.

        Raises:
            TimeoutError: nobody answered within `timeout` seconds.
            RequestTooLarge: the request was not sent.
            ConnectionError: nobody responds on this subject, or the broker is away.
        """
        client = self._client
        if not client.is_connected:
            raise ConnectionError("the broker is away")
        # The broker counts headers too, and closes the connection of whom sends more.
        size = len(body) + _HEADER_LINE + sum(len(f"{name}: {value}\r\n".encode()) for name, value in headers.items())
        if size > client.max_payload:
            raise RequestTooLarge(f"{size} bytes where the broker takes {client.max_payload}")
        try:
            message = await client.request(subject, body, timeout=timeout, headers=dict(headers))
        except TimeoutError:
            raise TimeoutError from None
        except nats.errors.Error as err:
            raise ConnectionError(type(err).__name__) from err
        return message.data

    async def close(self) -> None:
        self._connecting.cancel()
        await asyncio.gather(self._connecting, return_exceptions=True)
        with contextlib.suppress(nats.errors.Error):
            await self._client.close()


class Responder:
    """Answers requests on a subject side by side, in a queue group: each request goes to one member."""

    def __init__(self, client: Client, respond: Respond) -> None:
        self._client = client
        self._respond = respond
        self._tasks: set[asyncio.Task[None]] = set()
        self._subscription: Subscription

    async def open(self, subject: str, group: str) -> None:
        self._subscription = await self._client.subscribe(subject, queue=group, cb=self._on_request)

    async def _on_request(self, message: Msg) -> None:
        task = asyncio.create_task(self._answer(message))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, message: Msg) -> None:
        if not message.reply:
            return
        headers = {name.lower(): value for name, value in (message.headers or {}).items()}
        try:
            answer = await self._respond(headers, message.data)
        except Exception:
            log.exception("request failed", extra={"subject": message.subject})
            answer = _error("INTERNAL", "Internal error.")
        if len(answer) > self._client.max_payload:
            log.warning("answer too large", extra={"subject": message.subject, "bytes": len(answer)})
            answer = _error("ANSWER_TOO_LARGE", "The answer is too large for the broker. Ask for less.")
        with contextlib.suppress(nats.errors.Error):
            await self._client.publish(message.reply, answer)

    async def close(self) -> None:
        """Take no more requests and finish those under way."""
        with contextlib.suppress(nats.errors.Error, TimeoutError):
            await self._subscription.drain()  # type: ignore[no-untyped-call]
        await asyncio.gather(*self._tasks, return_exceptions=True)


def _error(code: str, message: str) -> bytes:
    return orjson.dumps({"errors": [{"message": message, "extensions": {"code": code}}]})
