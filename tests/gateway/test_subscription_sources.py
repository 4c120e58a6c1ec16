"""Both protocols towards subgraphs, their rules and what a subgraph may do wrong."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from services.gateway.executor.transport import event_stream as events_transport
from services.gateway.executor.transport import websocket as socket_transport
from services.gateway.executor.transport.event_stream import read_events, read_responses
from tests.gateway.clients import COMPLETE, event_stream, until
from tests.gateway.federation import World
from tests.gateway.servers import App, Receive, Send, Suite, suite

ORDERS = "type Query { unused: Int } type Subscription { orderChanged(area: ID): Order } type Order { state: String }"
SUBSCRIPTION = "subscription Watch { orderChanged { state } }"
EVENT = {"data": {"orderChanged": {"state": "OPEN"}}}


@pytest.fixture
async def over_events(tmp_path: Path) -> AsyncIterator[Suite]:
    async with suite(tmp_path, World({}), {}, orders=ORDERS) as running:
        yield running


@pytest.fixture
async def over_socket(tmp_path: Path) -> AsyncIterator[Suite]:
    async with suite(tmp_path, World({}), {}, sockets=["orders"], orders=ORDERS) as running:
        yield running


def code(response: Any) -> str:
    return str(response["errors"][0]["extensions"]["code"])


def messages(*texts: str, close: bool = False) -> App:
    """A subgraph that accepts, says this whatever it hears, and then waits for the end or closes."""

    async def app(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept", "subprotocol": "graphql-transport-ws"})
        for text in texts:
            await send({"type": "websocket.send", "text": text})
        if close:
            await send({"type": "websocket.close", "code": 1011})
        while (await receive())["type"] != "websocket.disconnect":
            pass

    return app


ACK = '{"type": "connection_ack"}'
NEXT = orjson.dumps({"id": "1", "type": "next", "payload": EVENT}).decode()


async def test_forwarded_headers_are_in_the_handshake_and_in_connection_init(over_socket: Suite) -> None:
    orders = over_socket.subgraphs["orders"]
    orders.events = [EVENT]
    parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    headers = {"authorization": "Bearer t", "accept-language": "zh-CN", "traceparent": parent}
    async with event_stream(over_socket.url, SUBSCRIPTION, **headers, cookie="c") as events:
        assert await events.next() == EVENT

    (init,) = orders.inits
    assert {name: orders.headers[0][name] for name in init} == init
    assert (init["authorization"], init["accept-language"]) == ("Bearer t", "zh-CN")
    assert init["traceparent"].split("-")[1] == parent.split("-")[1]
    assert "cookie" not in orders.headers[0]
    assert orders.told[0]["payload"] == {
        "query": "subscription Watch__orders__0 { orderChanged { state } }",
        "operationName": "Watch__orders__0",
        "variables": {},
    }


async def test_the_subgraph_is_told_complete_when_the_client_leaves(over_socket: Suite) -> None:
    orders = over_socket.subgraphs["orders"]
    orders.events = [EVENT]
    async with event_stream(over_socket.url, SUBSCRIPTION) as events:
        await events.next()

    await until(lambda: orders.listeners == 0)
    assert orders.told[1:] == [{"id": orders.told[0]["id"], "type": "complete"}]


async def test_pings_of_the_subgraph_are_answered(over_socket: Suite) -> None:
    heard: list[Any] = []

    async def app(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        async def hear() -> None:
            heard.append(orjson.loads((await receive())["text"]))

        await receive()
        await send({"type": "websocket.accept", "subprotocol": "graphql-transport-ws"})
        await send({"type": "websocket.send", "text": '{"type": "ping", "payload": {"n": 1}}'})
        await hear()
        await hear()
        for text in (ACK, '{"type": "ping"}', NEXT):
            await send({"type": "websocket.send", "text": text})
        await hear()
        await hear()
        await send({"type": "websocket.send", "text": '{"id": "1", "type": "complete"}'})
        await receive()

    over_socket.subgraphs["orders"].stream = app
    async with event_stream(over_socket.url, SUBSCRIPTION) as events:
        assert [await events.next(), await events.next()] == [EVENT, COMPLETE]

    assert sorted(message["type"] for message in heard) == ["connection_init", "pong", "pong", "subscribe"]


async def test_errors_of_the_subgraph_are_told_as_its_errors_and_end_the_stream(over_socket: Suite) -> None:
    shown = {"message": "Not yours", "extensions": {"code": "NOT_ALLOWED"}}
    hidden = {"message": "db://secret", "extensions": {}}
    refusal = orjson.dumps({"id": "1", "type": "error", "payload": [shown, hidden]}).decode()
    over_socket.subgraphs["orders"].stream = messages(ACK, refusal)
    async with event_stream(over_socket.url, SUBSCRIPTION) as events:
        response = await events.next()
        end = await events.next()

    assert [error["message"] for error in response["errors"]] == ["Not yours", "An unexpected error occurred."]
    assert code(response) == "NOT_ALLOWED"
    assert response["data"] == {"orderChanged": None}
    assert end == COMPLETE


@pytest.mark.parametrize(
    "subgraph",
    [
        messages(ACK, close=True),
        messages(ACK, "{"),
        messages(ACK, "[]"),
        messages(ACK, '{"type": "unknown"}'),
        messages(ACK, ACK),
        messages(ACK, '{"id": "1", "type": "next", "payload": 7}'),
        messages(NEXT),
        messages(close=True),
    ],
    ids=["closed", "no JSON", "no message", "unknown", "second ack", "no response", "event before ack", "closed early"],
)
async def test_a_broken_websocket_source_is_one_error_and_the_end(over_socket: Suite, subgraph: App) -> None:
    over_socket.subgraphs["orders"].stream = subgraph
    async with event_stream(over_socket.url, SUBSCRIPTION) as events:
        assert code(await events.next()) == "SUBGRAPH_REQUEST_FAILED"
        assert await events.next() == COMPLETE


async def test_a_subgraph_that_never_acknowledges_is_given_up(
    over_socket: Suite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket_transport, "OPEN_SECONDS", 0.2)
    over_socket.subgraphs["orders"].stream = messages()
    async with event_stream(over_socket.url, SUBSCRIPTION) as events:
        assert code(await events.next()) == "SUBGRAPH_REQUEST_FAILED"


async def test_another_subprotocol_is_refused(over_socket: Suite) -> None:
    async def app(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        await receive()

    over_socket.subgraphs["orders"].stream = app
    async with event_stream(over_socket.url, SUBSCRIPTION) as events:
        assert code(await events.next()) == "SUBGRAPH_REQUEST_FAILED"


async def test_a_redirect_is_not_followed(over_socket: Suite) -> None:
    paths: list[str] = []

    async def app(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        paths.append(scope["path"])
        location = [(b"location", b"http://%b/elsewhere" % dict(scope["headers"])[b"host"])]
        await receive()
        await send({"type": "websocket.http.response.start", "status": 302, "headers": location})
        await send({"type": "websocket.http.response.body", "body": b""})

    over_socket.subgraphs["orders"].stream = app
    async with event_stream(over_socket.url, SUBSCRIPTION) as events:
        assert code(await events.next()) == "SUBGRAPH_REQUEST_FAILED"
    assert paths == ["/graphql"]


# Server-sent events -------------------------------------------------------------------------------


def http(status: int, kind: str, *parts: bytes) -> App:
    async def app(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", kind.encode())]})
        for part in parts:
            await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    return app


@pytest.mark.parametrize(
    "subgraph",
    [
        http(200, "multipart/mixed; boundary=-", b"---\r\ncontent-type: application/json\r\n\r\n{}\r\n-----"),
        http(200, "application/json", orjson.dumps(EVENT)),
        http(200, "application/json", b"{"),
        http(500, "text/event-stream", b"event: next\ndata: {}\n\n"),
        http(302, "text/plain", b""),
        http(200, "text/event-stream", b"event: next\ndata: [1]\n\n"),
        http(200, "text/event-stream", b":\n\n"),
    ],
    ids=["multipart", "JSON", "no JSON", "status", "redirect", "no response", "no complete"],
)
async def test_what_is_no_event_stream_is_one_error_and_the_end(over_events: Suite, subgraph: App) -> None:
    over_events.subgraphs["orders"].stream = subgraph
    async with event_stream(over_events.url, SUBSCRIPTION) as events:
        response = await events.next()
        end = await events.next()

    extensions = response["errors"][0]["extensions"]
    assert (extensions["code"], extensions["serviceName"]) == ("SUBGRAPH_REQUEST_FAILED", "orders")
    assert "data" not in response
    assert end == COMPLETE


async def test_a_refusal_as_json_is_told_as_the_subgraph_s_errors(over_events: Suite) -> None:
    error = {"message": "The token has expired", "extensions": {"code": "UNAUTHENTICATED"}}
    over_events.subgraphs["orders"].stream = http(401, "application/json", orjson.dumps({"errors": [error]}))
    async with event_stream(over_events.url, SUBSCRIPTION) as events:
        assert code(await events.next()) == "UNAUTHENTICATED"
        assert await events.next() == COMPLETE


async def test_a_subgraph_that_never_answers_is_given_up(over_events: Suite, monkeypatch: pytest.MonkeyPatch) -> None:
    async def silent(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        await receive()

    monkeypatch.setattr(events_transport, "OPEN_SECONDS", 0.2)
    over_events.subgraphs["orders"].stream = silent
    async with event_stream(over_events.url, SUBSCRIPTION) as events:
        assert code(await events.next()) == "SUBGRAPH_REQUEST_FAILED"


async def chunks(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


STREAM = b"event: next\r\ndata: {\r\ndata:1}\r\n\r\n: comment\n\nevent:next\ndata: 2\n\nevent: complete\ndata:\n\nrest"


@pytest.mark.parametrize("size", [1, 2, 3, 7, len(STREAM)])
async def test_events_are_read_however_they_are_cut(size: int) -> None:
    parts = [STREAM[start : start + size] for start in range(0, len(STREAM), size)]

    assert [item async for item in read_events(chunks(*parts))] == [
        (b"next", b"{\n1}"),
        (b"next", b"2"),
        (b"complete", b""),
    ]
    assert [item async for item in read_responses(chunks(*parts))] == [b"{\n1}", b"2"]


@pytest.mark.parametrize("text", [b"x" * 11, b"data: 12345678901\n", b"data: 123456\ndata: 123456\n"])
async def test_an_event_has_a_bounded_size(text: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events_transport, "MAX_EVENT_BYTES", 10)

    with pytest.raises(ConnectionError):
        [item async for item in read_responses(chunks(text))]
