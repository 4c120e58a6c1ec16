"""Real servers for gateway tests: ASGI applications on free ports, stopped when the test is over."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import orjson
import uvicorn

from services.gateway.app import Gateway
from services.gateway.compose import Subgraph, compose
from services.gateway.settings import Settings
from tests.gateway.federation import LINK, LocalSubgraph, World

App = Callable[..., Awaitable[None]]


@contextlib.asynccontextmanager
async def running(app: Any) -> AsyncIterator[str]:
    """The application on a free port; yields `host:port`."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        config = uvicorn.Config(
            app, log_config=None, lifespan="on", ws="websockets-sansio", timeout_graceful_shutdown=5
        )
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        async with asyncio.timeout(10):
            while not server.started:
                if serving.done():
                    serving.result()
                    raise RuntimeError("the server did not start")
                await asyncio.sleep(0.005)
        host, port = listener.getsockname()
        try:
            yield f"{host}:{port}"
        finally:
            server.should_exit = True
            await serving


class SubgraphServer:
    """A subgraph over HTTP. Its behaviour can be replaced to play a broken one."""

    def __init__(self, subgraph: LocalSubgraph) -> None:
        self.subgraph = subgraph
        self.headers: list[dict[str, str]] = []
        self.reply: Callable[[bytes], tuple[int, bytes]] | None = None
        self.delay = 0.0
        self.answer_headers: list[tuple[str, str]] = []
        self.events: list[dict[str, Any]] = []
        self.listeners = 0

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            while True:
                message = await receive()
                await send({"type": message["type"] + ".complete"})
                if message["type"] == "lifespan.shutdown":
                    return
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        self.headers.append(headers)
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        if headers.get("accept") == "text/event-stream":
            await self._stream(receive, send)
            return
        await asyncio.sleep(self.delay)
        status, answer = self.reply(body) if self.reply else (200, orjson.dumps(self.subgraph.answer(body)))
        own = [(name.encode(), value.encode()) for name, value in self.answer_headers]
        start = {"type": "http.response.start", "status": status}
        await send({**start, "headers": [(b"content-type", b"application/json"), *own]})
        await send({"type": "http.response.body", "body": answer})

    async def _stream(self, receive: Any, send: Any) -> None:
        """Sends the prepared events, then stays open until the listener goes."""
        self.listeners += 1
        try:
            await send(
                {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]}
            )
            for event in self.events:
                chunk = b"event: next\ndata: " + orjson.dumps(event) + b"\n\n"
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
            while (await receive())["type"] != "http.disconnect":
                pass
        finally:
            self.listeners -= 1


class Suite:
    """Subgraph servers and a gateway in front of them."""

    def __init__(self, gateway: Gateway, host: str, subgraphs: dict[str, SubgraphServer]) -> None:
        self.gateway = gateway
        self.host = host
        self.url = f"http://{host}/graphql"
        self.subgraphs = subgraphs


@contextlib.asynccontextmanager
async def suite(directory: Path, world: World, settings: dict[str, Any], **sdls: str) -> AsyncIterator[Suite]:
    """Compose the subgraphs, serve each and the gateway on free ports."""
    servers = {name: SubgraphServer(LocalSubgraph(name, sdl, world)) for name, sdl in sdls.items()}
    async with contextlib.AsyncExitStack() as stack:
        hosts = {name: await stack.enter_async_context(running(server)) for name, server in servers.items()}
        composition = compose([Subgraph(name, "http://unused", LINK + sdl) for name, sdl in sdls.items()])
        assert composition.supergraph_sdl is not None, composition.errors
        file = directory / "supergraph.graphql"
        file.write_text(composition.supergraph_sdl)
        urls = ",".join(f"{name}=http://{host}/graphql" for name, host in hosts.items())
        gateway = Gateway(Settings(supergraph=str(file), subgraph_urls=urls, **settings))
        host = await stack.enter_async_context(running(gateway))
        yield Suite(gateway, host, servers)
