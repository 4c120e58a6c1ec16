"""Chooses the transport of a subgraph by its URL's scheme."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

from services.gateway.errors import SupergraphInvalid
from services.gateway.executor.transport import Answer, Transport
from services.gateway.node_fields import NODE_GRAPH
from services.gateway.supergraph import Supergraph


class DispatchingTransport:
    """Several transports as one; it closes them with itself."""

    def __init__(self, by_scheme: Mapping[str, Transport]) -> None:
        self._by_scheme = dict(by_scheme)

    def require(self, supergraph: Supergraph) -> None:
        """Raises SupergraphInvalid naming every subgraph whose URL no transport serves."""
        strange = [
            f"{subgraph.name} at {url!r}"
            for subgraph in supergraph.subgraphs.values()
            for url in dict.fromkeys((subgraph.url, subgraph.subscription_url))
            if subgraph.id != NODE_GRAPH and _scheme(url) not in self._by_scheme
        ]
        if strange:
            known = ", ".join(f"{scheme}://" for scheme in self._by_scheme)
            raise SupergraphInvalid(f"There is no way to {', '.join(strange)}; known here: {known}.")

    async def post(self, url: str, body: bytes, headers: Mapping[str, str], timeout: float) -> Answer:
        return await self._of(url).post(url, body, headers, timeout)

    def stream(self, url: str, body: bytes, headers: Mapping[str, str]) -> AsyncIterator[bytes]:
        return self._of(url).stream(url, body, headers)

    async def close(self) -> None:
        for transport in dict.fromkeys(self._by_scheme.values()):
            await transport.close()

    def _of(self, url: str) -> Transport:
        return self._by_scheme[_scheme(url)]


def _scheme(url: str) -> str:
    return url.partition("://")[0]
