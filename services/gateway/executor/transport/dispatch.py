"""Chooses the transport of a subgraph by its URL's scheme."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping

from services.gateway.errors import SupergraphInvalid
from services.gateway.executor.transport import Answer, Transport
from services.gateway.executor.transport.http import HttpTransport
from services.gateway.node_fields import NODE_GRAPH
from services.gateway.settings import Settings
from services.gateway.supergraph import Supergraph


async def open_transport(settings: Settings) -> DispatchingTransport:
    """The ways to subgraphs; NATS when there is a server for it.

    Clients that most gateways never use are imported when they are: each is megabytes of an idle process.
    """

    def websocket() -> Transport:
        from services.gateway.executor.transport.websocket import WebSocketTransport

        return WebSocketTransport()

    http = HttpTransport()
    opened: dict[str, Transport] = {"http": http, "https": http}
    if settings.nats_url:
        from services.gateway.executor.transport.nats import connect

        opened["nats"] = await connect(settings)
    return DispatchingTransport(opened, {"ws": websocket, "wss": websocket})


class DispatchingTransport:
    """Several transports as one; it closes them with itself."""

    def __init__(
        self, opened: Mapping[str, Transport], on_demand: Mapping[str, Callable[[], Transport]] | None = None
    ) -> None:
        """
        Args:
            opened: transports by scheme.
            on_demand: what opens the transport of a scheme when its first URL is asked.
        """
        self._opened = dict(opened)
        self._on_demand = dict(on_demand or {})

    def require(self, supergraph: Supergraph) -> None:
        """Raises SupergraphInvalid naming every subgraph whose URL no transport serves."""
        strange = [
            f"{subgraph.name} at {url!r}"
            for subgraph in supergraph.subgraphs.values()
            for url in dict.fromkeys((subgraph.url, subgraph.subscription_url))
            if subgraph.id != NODE_GRAPH and _scheme(url) not in {*self._opened, *self._on_demand}
        ]
        if strange:
            known = ", ".join(f"{scheme}://" for scheme in (*self._opened, *self._on_demand))
            raise SupergraphInvalid(f"There is no way to {', '.join(strange)}; known here: {known}.")

    async def post(self, url: str, body: bytes, headers: Mapping[str, str], timeout: float) -> Answer:
        return await self._of(url).post(url, body, headers, timeout)

    def stream(self, url: str, body: bytes, headers: Mapping[str, str]) -> AsyncIterator[bytes]:
        return self._of(url).stream(url, body, headers)

    async def close(self) -> None:
        for transport in dict.fromkeys(self._opened.values()):
            await transport.close()

    def _of(self, url: str) -> Transport:
        scheme = _scheme(url)
        transport = self._opened.get(scheme)
        if transport is None:
            transport = self._opened[scheme] = self._on_demand[scheme]()
        return transport


def _scheme(url: str) -> str:
    return url.partition("://")[0]
