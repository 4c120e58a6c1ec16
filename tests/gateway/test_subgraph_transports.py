"""Nobody above a transport notices which it is: the same cases over HTTP, NATS and in this process."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import nats
import orjson
import pytest

from dev.processes import free_port
from dev.servers import NatsServer
from services.chassis.bus import connect_options
from services.chassis.request_reply import Requester, Responder
from services.chassis.settings import Secret
from services.gateway.errors import SupergraphInvalid
from services.gateway.executor.transport import RequestTooLarge, Transport
from services.gateway.executor.transport.dispatch import DispatchingTransport
from services.gateway.executor.transport.http import HttpTransport
from services.gateway.executor.transport.in_process import InProcessTransport
from services.gateway.executor.transport.nats import NatsTransport
from services.gateway.supergraph import load_supergraph
from tests.broker import subscribed
from tests.gateway.clients import event_stream, until
from tests.gateway.federation import LocalSubgraph, Ref, World
from tests.gateway.servers import SubgraphServer, Suite, running, suite

REPORTS = """
type Query { reports: [Report] report(id: ID!): Report }
type Mutation { close(id: ID!): Report }
type Subscription { closed: Report }
type Report @key(fields: "id") { id: ID! title: String }
"""
POSTS = 'type Report @key(fields: "id") { id: ID! post: String }'


@pytest.fixture(params=["HTTP", "NATS", "in process"])
async def reports(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Suite]:
    world = World({"reports": [Ref("Report", "1"), Ref("Report", "2")], "report": Ref("Report", "1"), "close": None})
    world.add("Report", "1", title="Broken lamp", post="Street 7")
    world.add("Report", "2", title="路灯 🚦", post="Street 8")
    nats_url = request.getfixturevalue("nats_url") if request.param == "NATS" else ""
    in_process = request.param == "in process"
    settings = {"subgraph_seconds": 3.0}
    async with suite(
        tmp_path, world, settings, in_process=in_process, nats_url=nats_url, reports=REPORTS, posts=POSTS
    ) as started:
        yield started


async def ask(suite: Suite, query: str, **variables: Any) -> Any:
    headers = {"authorization": "Bearer t", "accept-language": "zh-CN"}
    body = {"query": query, "variables": variables}
    async with aiohttp.ClientSession() as session, session.post(suite.url, json=body, headers=headers) as response:
        return await response.json()


def codes(answer: Any) -> list[str]:
    return [error["extensions"]["code"] for error in answer["errors"]]


QUERY = "query Screen($id: ID!) { report(id: $id) { title post } reports { title post } }"
LAMP, LIGHT = {"title": "Broken lamp", "post": "Street 7"}, {"title": "路灯 🚦", "post": "Street 8"}


async def test_a_query_is_answered_whole(reports: Suite) -> None:
    assert await ask(reports, QUERY, id="1") == {"data": {"report": LAMP, "reports": [LAMP, LIGHT]}}
    (call,) = reports.subgraphs["reports"].subgraph.calls
    assert (call["operationName"], call["variables"]) == ("Screen__reports__0", {"id": "1"})


async def test_a_mutation_is_answered(reports: Suite) -> None:
    assert await ask(reports, "mutation { close(id: 1) { id } }") == {"data": {"close": None}}


async def test_many_requests_at_once_get_their_own_answers(reports: Suite) -> None:
    answers = await asyncio.gather(*(ask(reports, f"{{ a{n}: reports {{ post }} }}") for n in range(50)))

    assert [list(answer["data"]) for answer in answers] == [[f"a{n}"] for n in range(50)]
    assert all("errors" not in answer for answer in answers)


async def test_subgraphs_receive_the_forwarded_headers(reports: Suite) -> None:
    await ask(reports, "{ reports { post } }")

    for name in ("reports", "posts"):
        received = reports.subgraphs[name].headers[0]
        assert (received["authorization"], received["accept-language"]) == ("Bearer t", "zh-CN")
        assert received["content-type"] == "application/json"


async def test_a_subgraph_that_is_too_slow_leaves_the_rest(reports: Suite) -> None:
    reports.subgraphs["posts"].delay = 6
    answer = await ask(reports, "{ report(id: 1) { title post } }")

    assert answer["data"] == {"report": {"title": "Broken lamp", "post": None}}
    assert codes(answer) == ["SUBGRAPH_REQUEST_TIMEOUT"]


@pytest.mark.parametrize("garbage", [b"", b"{", b"[]", b'"x"', b"{}"])
async def test_what_is_no_response_has_the_same_code(reports: Suite, garbage: bytes) -> None:
    reports.subgraphs["posts"].reply = lambda body: (200, garbage)
    answer = await ask(reports, "{ report(id: 1) { title post } }")

    assert answer["data"] == {"report": {"title": "Broken lamp", "post": None}}
    assert codes(answer) == ["SUBGRAPH_REQUEST_FAILED"]


async def test_errors_of_a_subgraph_are_at_their_place(reports: Suite) -> None:
    error = {
        "message": "Not yours",
        "path": ["_entities", 0, "post"],
        "extensions": {"code": "NOT_ALLOWED", "reason": "ROLE"},
    }
    response = {"data": {"_entities": [{"post": None}]}, "errors": [error]}
    reports.subgraphs["posts"].reply = lambda body: (200, orjson.dumps(response))
    answer = await ask(reports, "{ report(id: 1) { title post } }")

    assert [(item["path"], item["message"]) for item in answer["errors"]] == [(["report", "post"], "Not yours")]
    assert codes(answer) == ["NOT_ALLOWED"]
    assert [item["extensions"]["reason"] for item in answer["errors"]] == ["ROLE"]


# What is not there, and what is too large ----------------------------------------------------------


def nats_options(url: str) -> dict[str, Any]:
    return connect_options("gateway", url, "", Secret(""))


async def started(url: str) -> NatsTransport:
    requester = Requester(nats_options(url))
    await requester.start()
    return NatsTransport(requester)


async def opened(kind: str, nats_url: str) -> tuple[Transport, str]:
    """A transport and a URL where nobody is."""
    if kind == "NATS":
        return await started(nats_url), "nats://test.nobody.here"
    if kind == "HTTP":
        return HttpTransport(), f"http://127.0.0.1:{free_port()}/graphql"
    return InProcessTransport({}), "http://nobody/graphql"


@pytest.mark.parametrize("kind", ["HTTP", "NATS", "in process"])
async def test_nobody_there_is_a_connection_error_at_once(nats_url: str, kind: str) -> None:
    transport, url = await opened(kind, nats_url)
    try:
        async with asyncio.timeout(10):
            with pytest.raises(ConnectionError):
                await transport.post(url, b"{}", {}, 60)
            with pytest.raises(ConnectionError):
                await anext(aiter(transport.stream(url, b"{}", {})))
    finally:
        await transport.close()


async def test_a_broker_that_is_away_is_a_connection_error_and_its_return_is_noticed(tmp_path: Path) -> None:
    server = NatsServer(tmp_path / "nats", free_port(), free_port())
    transport = await started(server.url)
    try:
        with pytest.raises(ConnectionError):
            await transport.post("nats://test.a", b"{}", {}, 60)
        await asyncio.to_thread(server.start)
        client = await nats.connect(server.url)

        async def respond(headers: object, body: bytes) -> bytes:
            return body

        responder = Responder(client, respond)
        await responder.open("test.a", "a")
        await subscribed(client)
        answer = None
        async with asyncio.timeout(20):
            while answer is None:
                with contextlib.suppress(ConnectionError):
                    answer = await transport.post("nats://test.a", b'{"data": {}}', {}, 5)
                await asyncio.sleep(0.01)
        assert (answer.status, answer.body) == (200, b'{"data": {}}')
        await client.close()
    finally:
        await transport.close()
        await asyncio.to_thread(server.stop)


async def test_too_large_for_the_broker_is_refused_before_it_is_sent_and_told_when_answered(
    tmp_path: Path, nats_url: str
) -> None:
    world = World({"report": Ref("Report", "1"), "reports": []})
    world.add("Report", "1", title="x" * 1_100_000)
    async with suite(tmp_path, world, {}, nats_url=nats_url, reports=REPORTS) as reports:
        sent = await ask(reports, "query ($id: ID!) { report(id: $id) { id } }", id="x" * (2**20 - 120))
        assert codes(sent) == ["SUBGRAPH_REQUEST_TOO_LARGE"]
        assert reports.subgraphs["reports"].headers == []

        answered = await ask(reports, "{ report(id: 1) { title } }")
        assert codes(answered) == ["ANSWER_TOO_LARGE"]
        # The connection has outlived both.
        assert await ask(reports, "{ reports { id } }") == {"data": {"reports": []}}


async def test_headers_count_for_what_the_broker_takes(nats_url: str) -> None:
    transport = await started(nats_url)
    try:
        with pytest.raises(RequestTooLarge):
            await transport.post("nats://test.a", b"x" * 1_000_000, {"authorization": "x" * 50_000}, 5)
        with pytest.raises(ConnectionError):
            await transport.post("nats://test.a", b"x" * 1_000_000, {"authorization": "x" * 40_000}, 5)
    finally:
        await transport.close()


async def test_subscriptions_of_a_subgraph_over_nats_are_refused_cleanly(tmp_path: Path, nats_url: str) -> None:
    async with (
        suite(tmp_path, World({}), {}, nats_url=nats_url, reports=REPORTS) as reports,
        event_stream(reports.url, "subscription { closed { id } }") as events,
    ):
        assert codes(await events.next()) == ["SUBGRAPH_REQUEST_FAILED"]


async def test_a_subgraph_over_nats_may_serve_subscriptions_over_http(tmp_path: Path, nats_url: str) -> None:
    world = World({})
    world.add("Report", "1", title="Broken lamp", post="Street 7")
    source = SubgraphServer(LocalSubgraph("reports", REPORTS, world))
    async with running(source) as host:
        settings = {"subscription_urls": f"reports=http://{host}/graphql"}
        async with (
            suite(tmp_path, world, settings, nats_url=nats_url, reports=REPORTS, posts=POSTS) as reports,
            event_stream(reports.url, "subscription { closed { title post } }") as events,
        ):
            await until(lambda: source.listeners == 1)
            source.push({"data": {"closed": {"title": "Broken lamp", "__typename": "Report", "id": "1"}}})
            assert await events.next() == {"data": {"closed": {"title": "Broken lamp", "post": "Street 7"}}}


async def test_in_process_streams_end_with_their_reader() -> None:
    world = World({})
    source = SubgraphServer(LocalSubgraph("reports", REPORTS, world))
    source.events = [{"data": {"closed": None}}]
    transport = InProcessTransport({"reports": source})
    responses = transport.stream("http://reports/graphql", b"{}", {})

    assert orjson.loads(await anext(aiter(responses))) == {"data": {"closed": None}}
    assert source.listeners == 1
    await responses.aclose()  # type: ignore[attr-defined]  # an asynchronous generator
    assert source.listeners == 0


def test_a_url_that_no_transport_serves_is_refused_when_the_supergraph_is_loaded() -> None:
    transport = DispatchingTransport({"http": InProcessTransport({})})
    sdl = (Path(__file__).parents[2] / "schema" / "supergraph.graphql").read_text()
    supergraph = load_supergraph(sdl, {"intake": "nats://graphql.intake"}, {"routing": "ws://routing/graphql"})

    with pytest.raises(SupergraphInvalid) as refused:
        transport.require(supergraph)

    assert "intake at 'nats://graphql.intake', routing at 'ws://routing/graphql'" in str(refused.value)
    assert "mediation" not in str(refused.value)
