"""Subscriptions: a subgraph's events, completed from the others, towards SSE and WebSocket clients."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import pytest

from services.gateway.subscriptions import sse
from services.gateway.subscriptions import websocket as server_socket
from tests.gateway import tokens
from tests.gateway.clients import COMPLETE, event_stream, until, websocket
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


@pytest.fixture(params=["server-sent events", "graphql-transport-ws"])
async def orders(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Suite]:
    """Orders, with a source that speaks either protocol: clients must not see which."""
    world = World({})
    world.add("Order", "1", title="Lamp")
    world.add("Order", "2", title="Noise")
    sockets = ["routing"] if request.param == "graphql-transport-ws" else []
    async with suite(tmp_path, world, {"max_streams": 3}, sockets=sockets, routing=ROUTING, intake=INTAKE) as running:
        running.subgraphs["routing"].events = EVENTS
        yield running


async def test_sse_client_gets_every_event_completed_from_other_subgraphs(orders: Suite) -> None:
    routing = orders.subgraphs["routing"]
    async with event_stream(orders.url, SUBSCRIPTION) as events:
        assert [await events.next(), await events.next()] == RESPONSES
        routing.push(EVENTS[0])
        assert await events.next() == RESPONSES[0]
        routing.push(None)

        assert await events.next() == COMPLETE


async def test_websocket_client_gets_every_event_completed_from_other_subgraphs(orders: Suite) -> None:
    async with websocket(orders.url) as client:
        await client.subscribe(SUBSCRIPTION)
        received = [await client.next(), await client.next()]
        orders.subgraphs["routing"].push(None)

        assert received == [{"id": "a", "type": "next", "payload": response} for response in RESPONSES]
        assert await client.next() == {"id": "a", "type": "complete"}


async def test_a_client_that_leaves_ends_the_source(orders: Suite) -> None:
    routing = orders.subgraphs["routing"]
    async with event_stream(orders.url, SUBSCRIPTION) as events:
        await events.next()
        assert routing.listeners == 1
    await until(lambda: routing.listeners == 0)

    async with websocket(orders.url) as client:
        await client.subscribe(SUBSCRIPTION)
        await client.next()
        assert routing.listeners == 1
    await until(lambda: routing.listeners == 0)
    assert orders.gateway.metrics.registry.get_sample_value("subscriptions_clients_active") == 0


async def test_completing_one_operation_ends_its_source_only(orders: Suite) -> None:
    async with websocket(orders.url) as client:
        for name in ("a", "b"):
            await client.subscribe(SUBSCRIPTION, name)
            await client.next()
            await client.next()
        await client.send(id="a", type="complete")
        await until(lambda: orders.subgraphs["routing"].listeners == 1)
        orders.subgraphs["routing"].push(EVENTS[0])

        assert await client.next() == {"id": "b", "type": "next", "payload": RESPONSES[0]}


async def test_queries_are_answered_on_either_protocol(orders: Suite) -> None:
    async with event_stream(orders.url, "{ __typename }") as events:
        assert await events.next() == {"data": {"__typename": "Query"}}
        assert await events.next() == COMPLETE
    async with websocket(orders.url) as client:
        await client.send(type="ping")
        assert await client.next() == {"type": "pong"}
        await client.subscribe("{ __typename }")
        assert await client.next() == {"id": "a", "type": "next", "payload": {"data": {"__typename": "Query"}}}
        assert await client.next() == {"id": "a", "type": "complete"}


async def test_a_source_that_breaks_off_is_told_and_ends_the_stream(orders: Suite) -> None:
    async def break_off(scope: dict[str, Any], receive: Any, send: Any) -> None:
        raise OSError

    orders.subgraphs["routing"].stream = break_off
    async with event_stream(orders.url, SUBSCRIPTION) as events:
        response = await events.next()
        extensions = response["errors"][0]["extensions"]
        assert extensions.pop("traceId")
        assert extensions == {"code": "SUBGRAPH_REQUEST_FAILED", "serviceName": "routing"}
        assert await events.next() == COMPLETE
    async with websocket(orders.url) as client:
        await client.subscribe(SUBSCRIPTION)
        message = await client.next()
        assert message["payload"]["errors"][0]["extensions"]["code"] == "SUBGRAPH_REQUEST_FAILED"
        assert await client.next() == {"id": "a", "type": "complete"}


async def test_a_refused_operation_has_its_errors_on_either_protocol(orders: Suite) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.post(
            orders.url, json={"query": "subscription { nope }"}, headers={"accept": "text/event-stream"}
        ) as response,
    ):
        assert (await response.json())["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"
    async with websocket(orders.url) as client:
        await client.subscribe("subscription { nope }")
        message = await client.next()
        assert (message["id"], message["type"]) == ("a", "error")
        assert message["payload"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


async def test_no_more_clients_listen_than_the_setting_says(orders: Suite) -> None:
    async with websocket(orders.url) as client:
        for name in ("a", "b", "c"):
            await client.subscribe(SUBSCRIPTION, name)
            await client.next()
            await client.next()
        await client.subscribe(SUBSCRIPTION, "d")
        message = await client.next()

        assert (message["id"], message["type"]) == ("d", "error")
        assert message["payload"][0]["extensions"]["code"] == "TOO_MANY_STREAMS"
        async with (
            aiohttp.ClientSession() as session,
            session.post(orders.url, json={"query": SUBSCRIPTION}, headers={"accept": "text/event-stream"}) as response,
        ):
            assert response.status == 503


async def test_an_idle_stream_is_kept_alive(orders: Suite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sse, "KEEP_ALIVE_SECONDS", 0.01)
    orders.subgraphs["routing"].events = []
    async with event_stream(orders.url, SUBSCRIPTION) as events, asyncio.timeout(10):
        lines = [await events.response.content.readline() for _ in range(6)]
        orders.subgraphs["routing"].push(EVENTS[0])

        assert lines == [b":\n", b"\n"] * 3
        assert await events.next() == RESPONSES[0]


# The rules of graphql-transport-ws ----------------------------------------------------------------


async def test_nothing_runs_before_init(orders: Suite) -> None:
    """CVE-2026-35523: an operation before `connection_init` went past the check of the token."""
    async with websocket(orders.url, wait=False) as client:
        await client.subscribe(SUBSCRIPTION)

        assert await client.close_code() == 4401
    assert orders.subgraphs["routing"].headers == []


async def test_a_client_that_only_pings_is_not_initialised(orders: Suite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_socket, "INIT_SECONDS", 0.2)
    async with websocket(orders.url, wait=False) as client:

        async def ping() -> None:
            while True:
                await client.send(type="ping")
                await asyncio.sleep(0.01)

        pinging = asyncio.create_task(ping())
        try:
            assert await client.close_code() == 4408
        finally:
            pinging.cancel()
            await asyncio.gather(pinging, return_exceptions=True)


async def test_the_legacy_protocol_is_not_offered(orders: Suite) -> None:
    """CVE-2026-35523 was in the handler of the legacy protocol."""
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(orders.url, protocols=("graphql-ws",))


async def test_operations_of_a_connection_are_bounded(orders: Suite, monkeypatch: pytest.MonkeyPatch) -> None:
    """CVE-2026-35526: one connection could start any number of subscriptions."""
    monkeypatch.setattr(server_socket, "MAX_OPERATIONS", 2)
    routing = orders.subgraphs["routing"]
    async with websocket(orders.url) as client:
        for name in ("a", "b"):
            await client.subscribe(SUBSCRIPTION, name)
            await client.next()
            await client.next()
        assert routing.listeners == 2
        await client.subscribe(SUBSCRIPTION, "c")

        assert await client.close_code() == 4429
    await until(lambda: routing.listeners == 0)


@pytest.mark.parametrize("name", ["a", "x" * 200])
async def test_an_id_in_use_closes_the_connection(orders: Suite, name: str) -> None:
    async with websocket(orders.url) as client:
        await client.subscribe(SUBSCRIPTION, name)
        await client.next()
        await client.subscribe(SUBSCRIPTION, name)

        assert await client.close_code() == 4409
    await until(lambda: orders.subgraphs["routing"].listeners == 0)


async def test_an_id_can_be_used_again_after_its_end(orders: Suite) -> None:
    async with websocket(orders.url) as client:
        for _ in range(2):
            await client.subscribe("{ __typename }")
            assert (await client.next())["type"] == "next"
            assert await client.next() == {"id": "a", "type": "complete"}


async def test_a_second_init_closes_the_connection(orders: Suite) -> None:
    async with websocket(orders.url) as client:
        await client.send(type="connection_init")

        assert await client.close_code() == 4429


@pytest.mark.parametrize(
    "message",
    ["{", "[]", '{"type": "start"}', '{"type": "subscribe"}', '{"id": "a", "type": "subscribe", "payload": {}}'],
)
async def test_what_is_no_message_closes_the_connection(orders: Suite, message: str) -> None:
    async with websocket(orders.url) as client:
        await client.raw.send_str(message)

        assert await client.close_code() == 4400


async def test_connection_parameters_become_headers_and_cannot_break_out_of_them(orders: Suite) -> None:
    async with websocket(orders.url, init={"Authorization": "Bearer t", "cookie": "c"}) as client:
        await client.subscribe(SUBSCRIPTION)
        await client.next()
    for name in ("routing", "intake"):
        received = orders.subgraphs[name].headers[0]
        assert received["authorization"] == "Bearer t"
        assert "cookie" not in received

    async with websocket(orders.url, wait=False) as client:
        await client.send(type="connection_init", payload={"authorization": "Bearer t\r\nx-other: y"})
        assert await client.close_code() == 4403


# Slow clients -------------------------------------------------------------------------------------

LARGE = {"data": {"orderChanged": {"id": "1", "state": "x" * 500_000}}}


@pytest.mark.parametrize("protocol", ["sse", "websocket"])
async def test_a_client_that_takes_nothing_is_left_and_others_are_not_held_up(
    orders: Suite, monkeypatch: pytest.MonkeyPatch, protocol: str
) -> None:
    monkeypatch.setattr(sse if protocol == "sse" else server_socket, "STALLED_SECONDS", 1.0)
    routing = orders.subgraphs["routing"]
    routing.events = []
    async with contextlib.AsyncExitStack() as stack:
        # A client that does not read has room for some hundred kilobytes.
        if protocol == "sse":
            await stack.enter_async_context(event_stream(orders.url, SUBSCRIPTION))
        else:
            client = await stack.enter_async_context(websocket(orders.url))
            await client.subscribe(SUBSCRIPTION)
        await until(lambda: routing.listeners == 1)
        other = await stack.enter_async_context(event_stream(orders.url, SUBSCRIPTION))
        await until(lambda: routing.listeners == 2)
        for _ in range(40):
            routing.push(LARGE)
        for _ in range(40):
            assert (await other.next())["data"]["orderChanged"]["title"] == "Lamp"
        await until(lambda: routing.listeners == 1)
        routing.push(EVENTS[0])
        assert await other.next() == RESPONSES[0]


# Tokens -------------------------------------------------------------------------------------------

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
