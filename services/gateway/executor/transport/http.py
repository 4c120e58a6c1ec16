"""Subgraph requests over HTTP/1.1 keep-alive."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from services.gateway.executor.transport import Answer
from services.gateway.executor.transport.connections import Origin

if TYPE_CHECKING:
    from services.gateway.executor.transport.event_stream import EventStreams


class HttpTransport:
    """A pool of connections to every subgraph, and event streams beside it; make and close it inside the event loop."""

    def __init__(self, *, connections_per_host: int = 256) -> None:
        self._limit = connections_per_host
        self._origins: dict[tuple[str, str, int], Origin] = {}
        self._targets: dict[str, tuple[Origin, str]] = {}
        self._streams: EventStreams | None = None

    async def post(self, url: str, body: bytes, headers: Mapping[str, str], timeout: float) -> Answer:
        target = self._targets.get(url) or self._target(url)
        lines = "".join([f"{name}: {value}\r\n" for name, value in headers.items()])
        if lines.count("\n") != len(headers) or lines.count("\r") != len(headers) or "\0" in lines:
            raise ConnectionError("a header's value would break out of its line")
        head = f"{target[1]}{lines}content-length: {len(body)}\r\n\r\n"
        return await target[0].ask(head.encode() + body, timeout)

    def _target(self, url: str) -> tuple[Origin, str]:
        """The origin of a URL, and the first lines of a request to it."""
        parts = urlsplit(url)
        secure = parts.scheme == "https"
        host, port = parts.hostname or "", parts.port or (443 if secure else 80)
        origin = self._origins.get((parts.scheme, host, port))
        if origin is None:
            tls = ssl.create_default_context() if secure else None
            origin = self._origins[parts.scheme, host, port] = Origin(host, port, tls=tls, limit=self._limit)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        name = parts.netloc.rpartition("@")[2]
        found = origin, f"POST {path} HTTP/1.1\r\nhost: {name}\r\nuser-agent: huying-gateway\r\n"
        self._targets[url] = found
        return found

    def stream(self, url: str, body: bytes, headers: Mapping[str, str]) -> AsyncIterator[bytes]:
        if self._streams is None:
            # With the first subscription: aiohttp is a sixth of an idle gateway's memory.
            from services.gateway.executor.transport.event_stream import EventStreams

            self._streams = EventStreams()
        return self._streams.stream(url, body, headers)

    async def close(self) -> None:
        for origin in self._origins.values():
            origin.close()
        if self._streams is not None:
            await self._streams.close()
