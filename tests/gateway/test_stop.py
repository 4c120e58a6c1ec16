"""A gateway that is told to stop lets its clients go to another one at once."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import aiohttp

from dev.processes import free_port
from services.gateway.compose import Subgraph, compose
from tests.gateway.clients import BROKEN, event_stream, until, websocket
from tests.gateway.federation import LINK, LocalSubgraph, World
from tests.gateway.servers import SubgraphServer, running

ROOT = Path(__file__).parents[2]
ORDERS = "type Query { unused: Int } type Subscription { changed: Int }"


async def test_streams_end_so_that_clients_connect_again_and_the_process_ends(tmp_path: Path) -> None:
    composition = compose([Subgraph("orders", "http://unused", LINK + ORDERS)])
    assert composition.supergraph_sdl is not None
    supergraph, port = tmp_path / "supergraph.graphql", free_port()
    supergraph.write_text(composition.supergraph_sdl)
    orders = SubgraphServer(LocalSubgraph("orders", ORDERS, World({})))
    orders.events = [{"data": {"changed": 1}}]
    async with running(orders) as host:
        environment = {key: value for key, value in os.environ.items() if not key.startswith("HUYING_")}
        environment |= {"HUYING_SUPERGRAPH": str(supergraph), "HUYING_LISTEN": f"127.0.0.1:{port}"}
        environment |= {"HUYING_SUBGRAPH_URLS": f"orders=http://{host}/graphql"}
        gateway = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "services.gateway", "serve"), cwd=ROOT, env=environment
        )
        try:
            await _ready(f"http://127.0.0.1:{port}/readyz")
            url = f"http://127.0.0.1:{port}/graphql"
            async with event_stream(url, "subscription { changed }") as events, websocket(url) as client:
                await client.subscribe("subscription { changed }")
                assert await events.next() == {"data": {"changed": 1}}
                assert (await client.next())["payload"] == {"data": {"changed": 1}}
                gateway.send_signal(signal.SIGTERM)

                # Without `complete`, and with "service restart": either client library connects again.
                assert await events.next() == BROKEN
                assert await client.close_code() == 1012
                await until(lambda: orders.listeners == 0)
            async with asyncio.timeout(20):
                assert await gateway.wait() == -signal.SIGTERM
        finally:
            if gateway.returncode is None:
                gateway.kill()
                await gateway.wait()


async def _ready(url: str) -> None:
    async with aiohttp.ClientSession() as session, asyncio.timeout(30):
        while True:
            try:
                async with session.get(url) as response:
                    assert response.status == 200
                    return
            except aiohttp.ClientConnectionError:
                await asyncio.sleep(0.05)
