"""A gateway called in this process with any bytes, before subgraphs that answer with any bytes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from services.gateway.app import Gateway
from services.gateway.compose import Subgraph, compose
from services.gateway.executor.transport import Answer
from services.gateway.settings import Settings
from tests.gateway.federation import LINK

Reply = Callable[[str, bytes], bytes]
"""URL and request body to the answer's body."""


@dataclass
class HostileTransport:
    """Answers what it is told to, after a while or never."""

    reply: Reply
    seconds: float = 0.0
    dead: frozenset[str] = frozenset()
    """URLs that never answer."""
    calls: list[str] = field(default_factory=list)

    async def post(self, url: str, body: bytes, headers: Mapping[str, str], timeout: float) -> Answer:
        self.calls.append(url)
        async with asyncio.timeout(timeout):
            if url in self.dead:
                await asyncio.Event().wait()
            await asyncio.sleep(self.seconds)
        return Answer(200, self.reply(url, body), [])

    async def stream(self, url: str, body: bytes, headers: Mapping[str, str]) -> AsyncIterator[bytes]:
        yield self.reply(url, body)

    async def close(self) -> None:
        return None


async def open_gateway(
    directory: Path, transport: HostileTransport, sdls: Mapping[str, str], **settings: Any
) -> Gateway:
    """A started gateway over these subgraphs; whoever opens it stops it."""
    composition = compose([Subgraph(name, f"local:{name}", LINK + sdl) for name, sdl in sdls.items()])
    assert composition.supergraph_sdl is not None, composition.errors
    file = directory / "supergraph.graphql"
    file.write_text(composition.supergraph_sdl)
    gateway = Gateway(Settings(supergraph=str(file), **settings), transport=transport)
    await gateway.start()
    return gateway


async def call(
    gateway: Gateway, body: bytes, *, method: str = "POST", query_string: bytes = b"", **headers: str
) -> tuple[int, Any]:
    """Status and decoded answer of one request."""
    sent: list[dict[str, Any]] = []
    incoming = [{"type": "http.request", "body": body}]

    async def receive() -> dict[str, Any]:
        return incoming.pop() if incoming else {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    named = {"content-type": "application/json", **{name.replace("_", "-"): value for name, value in headers.items()}}
    scope = {
        "type": "http",
        "method": method,
        "path": "/graphql",
        "query_string": query_string,
        "headers": [(name.encode(), value.encode("utf-8", "surrogatepass")) for name, value in named.items()],
    }
    await gateway(scope, receive, send)
    content = b"".join(message.get("body", b"") for message in sent[1:])
    return sent[0]["status"], orjson.loads(content)
