"""Subscriptions: a subgraph's event stream, completed from the others, towards SSE and WebSocket clients."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import pytest

from tests.gateway import tokens
from tests.gateway.federation import World
from tests.gateway.servers import Suite, running, suite

ROUTING = """
type Query { unused: Int }
type Subscription { orderChanged: Order }
type Order @key(fields: "id") { id: ID! state: String }
"""
INTAKE = 'type Order @key(fields: "id") { id: ID! title: String }'
SUBSCRIPTION = "subscription Watch { orderChanged { state title } }"
EVENTS = [
    {"data": {"orderChanged": {"id": "1", "state": "OPEN"}}},
    {"data": {"orderChanged": {"id": "2", "state": "DONE"}}},
]
RESPONSES = [
    {"data": {"orderChanged": {"state": "OPEN", "title": "Lamp"}}},
    {"data": {"orderChanged": {"state": "DONE", "title": "Noise"}}},
]


@pytest.fixture
async def orders(tmp_path: Path) -> AsyncIterator[Suite]:
    world = World({})
    world.add("Order", "1", title="Lamp")
    world.add("Order", "2", title="Noise")
    async with suite(tmp_path, world, {}, routing=ROUTING, intake=INTAKE) as running:
        running.subgraphs["routing"].events = EVENTS
        yield running


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.01)


async def test_sse_client_gets_every_event_completed_from_other_subgraphs(orders: Suite) -> None:
    received: list[Any] = []
    headers = {"accept": "text/event-stream"}
    async with (
        aiohttp.ClientSession() as session,
        session.post(orders.url, json={"query": SUBSCRIPTION}, headers=headers) as response,
    ):
        assert response.content_type == "text/event-stream"
        async for line in response.content:
            if line.startswith(b"data: "):
                received.append(orjson.loads(line[6:]))
            if len(received) == 2:
                break
        assert orders.subgraphs["routing"].listeners == 1

    assert received == RESPONSES
    await until(lambda: orders.subgraphs["routing"].listeners == 0)


async def test_query_over_sse_is_one_event_and_complete(orders: Suite) -> None:
    headers = {"accept": "text/event-stream"}
    async with (
        aiohttp.ClientSession() as session,
        session.post(orders.url, json={"query": "{ __typename }"}, headers=headers) as response,
    ):
        text = await response.text()

    assert 'event: next\ndata: {"data":{"__typename":"Query"}}\n\n' in text
    assert text.endswith("event: complete\ndata:\n\n")


async def test_websocket_client_gets_events_and_leaving_ends_the_source(orders: Suite) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(orders.url, protocols=("graphql-transport-ws",)) as socket,
    ):
        await socket.send_json({"type": "connection_init"})
        assert await socket.receive_json() == {"type": "connection_ack"}
        await socket.send_json({"type": "ping"})
        assert await socket.receive_json() == {"type": "pong"}
        await socket.send_json({"id": "a", "type": "subscribe", "payload": {"query": SUBSCRIPTION}})
        received = [await socket.receive_json(), await socket.receive_json()]
        await socket.send_json({"id": "b", "type": "subscribe", "payload": {"query": "{ __typename }"}})
        query = [await socket.receive_json(), await socket.receive_json()]

    assert received == [{"id": "a", "type": "next", "payload": response} for response in RESPONSES]
    assert query == [
        {"id": "b", "type": "next", "payload": {"data": {"__typename": "Query"}}},
        {"id": "b", "type": "complete"},
    ]
    await until(lambda: orders.subgraphs["routing"].listeners == 0)


async def test_websocket_completing_one_operation_ends_its_source(orders: Suite) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(orders.url, protocols=("graphql-transport-ws",)) as socket,
    ):
        await socket.send_json({"type": "connection_init"})
        await socket.receive_json()
        await socket.send_json({"id": "a", "type": "subscribe", "payload": {"query": SUBSCRIPTION}})
        await socket.receive_json()
        await socket.send_json({"id": "a", "type": "complete"})

        await until(lambda: orders.subgraphs["routing"].listeners == 0)


async def test_websocket_without_init_is_closed(orders: Suite) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(orders.url, protocols=("graphql-transport-ws",)) as socket,
    ):
        await socket.send_json({"id": "a", "type": "subscribe", "payload": {"query": SUBSCRIPTION}})
        await socket.receive()

        assert socket.close_code == 4401


async def test_the_legacy_websocket_protocol_is_not_offered(orders: Suite) -> None:
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(orders.url, protocols=("graphql-ws",))


async def test_unreachable_source_is_told_as_an_error(orders: Suite) -> None:
    orders.subgraphs["routing"].reply = lambda body: (500, b"")
    orders.subgraphs["routing"].events = [{"nothing": "useful"}]
    headers = {"accept": "text/event-stream"}
    async with (
        aiohttp.ClientSession() as session,
        session.post(orders.url, json={"query": "subscription { nope }"}, headers=headers) as response,
    ):
        answer = await response.json()

    assert answer["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


GUARDED = """
type Query { unused: Int }
type Subscription { orderChanged: Order @requiresScopes(scopes: [["orders"]]) }
type Order @key(fields: "id") { id: ID! state: String }
"""


async def test_a_stream_ends_when_an_event_comes_after_its_token_has_expired(tmp_path: Path) -> None:
    async with (
        running(tokens.ISSUING) as issuer,
        suite(tmp_path, World({}), tokens.settings(issuer), routing=GUARDED) as guarded,
        aiohttp.ClientSession() as session,
    ):
        guarded.subgraphs["routing"].events = EVENTS

        async def events(expires_in: float, scope: str) -> tuple[int, str]:
            bearer = tokens.token(exp=time.time() + expires_in, scope=scope)
            headers = {"accept": "text/event-stream", "authorization": f"Bearer {bearer}"}
            body = {"query": "subscription { orderChanged { state } }"}
            async with session.post(guarded.url, json=body, headers=headers) as response:
                text = ""
                async for line in response.content:
                    text += line.decode()
                    if "DONE" in text:
                        break
                return response.status, text

        status, text = await events(60, "orders other")
        assert status == 200
        assert "OPEN" in text
        # Within the leeway it still verifies, but it is over.
        status, text = await events(-1, "orders")
        assert (status, text.count("event: next")) == (200, 1)
        assert '"code":"UNAUTHENTICATED"' in text
        assert text.endswith("event: complete\ndata:\n\n")
        status, text = await events(60, "other")
        assert (status, orjson.loads(text)["errors"][0]["extensions"]["code"]) == (403, "UNAUTHORIZED_OPERATION")
