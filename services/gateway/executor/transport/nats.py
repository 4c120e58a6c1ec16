"""Subgraph requests by NATS request-reply: `nats://graphql.intake` is asked on the subject `graphql.intake`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

from services.chassis import request_reply
from services.chassis.bus import connect_options
from services.gateway.executor.transport import Answer, RequestTooLarge
from services.gateway.settings import Settings


async def connect(settings: Settings) -> NatsTransport:
    """A connection to the NATS server of the settings; when it is away, it goes on trying."""
    options = connect_options("gateway", settings.nats_url, settings.nats_user, settings.nats_password)
    requester = request_reply.Requester(options)
    await requester.start()
    return NatsTransport(requester)


class NatsTransport:
    """The same JSON as over HTTP, headers as NATS headers, the response as the answer."""

    def __init__(self, requester: request_reply.Requester) -> None:
        """`requester` is started, and closed with this."""
        self._requester = requester

    async def post(self, url: str, body: bytes, headers: Mapping[str, str], timeout: float) -> Answer:
        try:
            # One connection carries everything: a URL has no server, and nothing after its subject.
            answer = await self._requester.request(url.removeprefix("nats://"), body, headers, timeout)
        except request_reply.RequestTooLarge as err:
            raise RequestTooLarge(str(err)) from err
        return Answer(200, answer, [])

    async def stream(self, url: str, body: bytes, headers: Mapping[str, str]) -> AsyncIterator[bytes]:
        raise ConnectionError("a request over NATS has one answer: subscriptions need a URL of their own")
        yield b""  # type: ignore[unreachable]  # makes it an asynchronous generator

    async def close(self) -> None:
        await self._requester.close()
