"""Real servers for gateway tests: ASGI applications on free ports, stopped when the test is over."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from pathlib import Path
from typing import Any

import nats
import orjson
import uvicorn

from services.chassis.request_reply import Responder
from services.gateway.app import Gateway
from services.gateway.compose import Subgraph, compose
from services.gateway.executor.transport.in_process import InProcessTransport
from services.gateway.settings import Settings
from tests.broker import subscribed
from tests.gateway.federation import LINK, LocalSubgraph, World

App = Callable[..., Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


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
        """What every listener is told at once."""
        self.inits: list[Any] = []
        """Payloads of `connection_init`."""
        self.told: list[dict[str, Any]] = []
        """What listeners over WebSockets said after `connection_init`."""
        self._listening: set[asyncio.Queue[dict[str, Any] | None]] = set()
        self.stream: App | None = None
        """Answers subscriptions instead."""

    @property
    def listeners(self) -> int:
        return len(self._listening)

    def push(self, event: dict[str, Any] | None) -> None:
        """Tell every listener; None completes the subscription."""
        for queue in self._listening:
            queue.put_nowait(event)

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            while True:
                message = await receive()
                await send({"type": message["type"] + ".complete"})
                if message["type"] == "lifespan.shutdown":
                    return
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        self.headers.append(headers)
        if scope["type"] == "websocket":
            await (self.stream or self._socket)(scope, receive, send)
            return
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        if headers.get("accept") == "text/event-stream":
            await (self.stream or self._stream)(scope, receive, send)
            return
        await asyncio.sleep(self.delay)
        status, answer = self.reply(body) if self.reply else (200, orjson.dumps(self.subgraph.answer(body)))
        own = [(name.encode(), value.encode()) for name, value in self.answer_headers]
        start = {"type": "http.response.start", "status": status}
        await send({**start, "headers": [(b"content-type", b"application/json"), *own]})
        await send({"type": "http.response.body", "body": answer})

    async def _stream(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Server-sent events until the listener goes or `push(None)`."""
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]})

        async def tell(event: dict[str, Any] | None) -> None:
            text = (
                b"event: complete\ndata:\n\n" if event is None else b"event: next\ndata: %b\n\n" % orjson.dumps(event)
            )
            await send({"type": "http.response.body", "body": text, "more_body": event is not None})

        async def left() -> None:
            while (await receive())["type"] != "http.disconnect":
                pass

        await self._listen(tell, left)

    async def _socket(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """graphql-transport-ws with one operation, until the listener goes or `push(None)`."""
        await receive()
        await send({"type": "websocket.accept", "subprotocol": "graphql-transport-ws"})
        self.inits.append(orjson.loads((await receive())["text"])["payload"])
        await send({"type": "websocket.send", "text": '{"type": "connection_ack"}'})
        subscribe = orjson.loads((await receive())["text"])
        self.told.append(subscribe)

        async def tell(event: dict[str, Any] | None) -> None:
            message = {"id": subscribe["id"], "type": "complete" if event is None else "next", "payload": event}
            await send({"type": "websocket.send", "text": orjson.dumps(message).decode()})

        async def left() -> None:
            while (message := await receive())["type"] != "websocket.disconnect":
                self.told.append(orjson.loads(message["text"]))

        await self._listen(tell, left)

    async def _listen(
        self, tell: Callable[[dict[str, Any] | None], Awaitable[None]], left: Callable[[], Awaitable[None]]
    ) -> None:
        queue: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()
        for event in self.events:
            queue.put_nowait(event)

        async def telling() -> None:
            while (event := await queue.get()) is not None:
                await tell(event)
            await tell(None)

        tasks = {asyncio.create_task(telling()), asyncio.ensure_future(left())}
        self._listening.add(queue)
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._listening.discard(queue)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


class Suite:
    """Subgraph servers and a gateway in front of them."""

    def __init__(self, gateway: Gateway, host: str, subgraphs: dict[str, SubgraphServer]) -> None:
        self.gateway = gateway
        self.host = host
        self.url = f"http://{host}/graphql"
        self.subgraphs = subgraphs


@contextlib.asynccontextmanager
async def suite(
    directory: Path,
    world: World,
    settings: dict[str, Any],
    *,
    sockets: Collection[str] = (),
    in_process: bool = False,
    nats_url: str = "",
    **sdls: str,
) -> AsyncIterator[Suite]:
    """Compose the subgraphs, serve each and the gateway on free ports.

    Args:
        sockets: the subgraphs that are asked for subscriptions over WebSockets.
        in_process: call the subgraphs without servers.
        nats_url: ask the subgraphs over this NATS server.
    """
    servers = {name: SubgraphServer(LocalSubgraph(name, sdl, world)) for name, sdl in sdls.items()}
    async with contextlib.AsyncExitStack() as stack:
        transport: InProcessTransport | None = None
        if in_process:
            transport = InProcessTransport(servers)
            urls = {name: f"http://{name}/graphql" for name in servers}
        elif nats_url:
            urls = await stack.enter_async_context(responding(nats_url, servers))
            settings = {**settings, "nats_url": nats_url}
        else:
            hosts = {name: await stack.enter_async_context(running(server)) for name, server in servers.items()}
            urls = {name: f"http://{host}/graphql" for name, host in hosts.items()}
        composition = compose([Subgraph(name, "http://unused", LINK + sdl) for name, sdl in sdls.items()])
        assert composition.supergraph_sdl is not None, composition.errors
        file = directory / "supergraph.graphql"
        file.write_text(composition.supergraph_sdl)
        if sockets:
            streams = ",".join(f"{name}={urls[name].replace('http', 'ws', 1)}" for name in sockets)
            settings = {**settings, "subscription_urls": streams}
        subgraph_urls = ",".join(f"{name}={url}" for name, url in urls.items())
        configured = Settings(supergraph=str(file), subgraph_urls=subgraph_urls, **settings)
        gateway = Gateway(configured, transport=transport)
        host = await stack.enter_async_context(running(gateway))
        yield Suite(gateway, host, servers)


@contextlib.asynccontextmanager
async def responding(nats_url: str, servers: Mapping[str, SubgraphServer]) -> AsyncIterator[dict[str, str]]:
    """Each server answers on a subject of its own; yields their URLs."""
    client = await nats.connect(nats_url)
    applications = InProcessTransport(servers)
    run = uuid.uuid4().hex
    responders: list[Responder] = []
    try:
        for name in servers:

            async def respond(headers: Mapping[str, str], body: bytes, name: str = name) -> bytes:
                return (await applications.post(f"http://{name}/graphql", body, headers, 60)).body

            responder = Responder(client, respond)
            await responder.open(f"test.{run}.{name}", name)
            responders.append(responder)
        await subscribed(client)
        yield {name: f"nats://test.{run}.{name}" for name in servers}
    finally:
        for responder in responders:
            await responder.close()
        await client.close()
