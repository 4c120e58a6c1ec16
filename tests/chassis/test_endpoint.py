"""The edge of a subgraph: what is wrong is answered with a typed error, what is unexpected tells nothing."""

import asyncio
import json
from collections.abc import AsyncGenerator, Iterator
from typing import Any

import aiohttp
import pytest
import strawberry
import strawberry.federation
from graphql import GraphQLError
from pymongo.errors import AutoReconnect, OperationFailure
from starlette.applications import Starlette
from starlette.routing import Route

from dev.background import Background
from dev.processes import free_port
from services.chassis.errors import NotFound, Unavailable
from services.chassis.graphql.context import RequestContext
from services.chassis.graphql.endpoint import GraphQLEndpoint
from services.chassis.graphql.errors import formatted
from services.chassis.graphql.schema import Schema
from services.chassis.identity import Verifier

closed = asyncio.Event()


@strawberry.federation.type(keys=["id"])
class Thing:
    id: strawberry.ID

    @classmethod
    async def resolve_reference(cls, info: strawberry.Info, id: strawberry.ID) -> "Thing | None":  # noqa: A002 - the key
        if id == "broken":
            raise RuntimeError("password=hunter2")
        return cls(id=id) if id != "gone" else None


@strawberry.type
class Query:
    @strawberry.field
    def who(self, info: strawberry.Info[RequestContext, None]) -> str:
        return info.context.viewer.person

    @strawberry.field
    def secret_failure(self) -> str:
        raise RuntimeError("password=hunter2")

    @strawberry.field
    def missing(self) -> str:
        raise NotFound(what="thing")

    @strawberry.field
    def down(self) -> str:
        raise Unavailable("AutoReconnect")


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def ticks(self) -> AsyncGenerator[int, None]:
        try:
            for number in (1, 2):
                yield number
            await asyncio.sleep(60)
        finally:
            closed.set()


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    schema = Schema(query=Query, subscription=Subscription, types=[Thing])
    verifier = Verifier(jwks_url="http://127.0.0.1:1/", issuer="x", audience="y")
    endpoint = GraphQLEndpoint(schema, RequestContext, verifier, max_body_bytes=10_000)
    port = free_port()
    server = Background(Starlette(routes=[Route("/graphql", endpoint)]), port, "subgraph")
    server.start()
    yield f"http://127.0.0.1:{port}/graphql"
    server.stop()


async def post(url: str, query: str, **headers: str) -> tuple[int, dict[str, Any]]:
    async with aiohttp.ClientSession() as http, http.post(url, json={"query": query}, headers=headers) as answer:
        return answer.status, await answer.json()


async def code(url: str, query: str, **headers: str) -> str:
    _, answer = await post(url, query, **headers)
    found: str = answer["errors"][0]["extensions"]["code"]
    return found


async def test_an_unexpected_failure_is_masked(url: str) -> None:
    _, answer = await post(url, "{ secretFailure }")

    assert answer["errors"][0]["extensions"]["code"] == "INTERNAL"
    assert "hunter2" not in json.dumps(answer)


async def test_expected_failures_have_their_codes(url: str) -> None:
    assert await code(url, "{ missing }") == "NOT_FOUND"
    assert await code(url, "{ down }") == "UNAVAILABLE"
    assert await code(url, "{ nothing }") == "GRAPHQL_VALIDATION_FAILED"
    assert await code(url, "{ ") == "GRAPHQL_VALIDATION_FAILED"
    assert await code(url, "{ who }") == "UNAUTHENTICATED"


async def test_messages_follow_the_callers_language(url: str) -> None:
    _, chinese = await post(url, "{ missing }")
    _, english = await post(url, "{ missing }", **{"accept-language": "en-GB,en;q=0.8"})

    assert chinese["errors"][0]["message"] == "未找到该记录。"
    assert english["errors"][0]["message"] == "There is no such thing."


async def test_a_bad_token_is_answered_before_anything_runs(url: str) -> None:
    status, answer = await post(url, "{ who }", authorization="Bearer nonsense")

    assert status == 401
    assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "BAD_REQUEST"),
        (b"[]", 400, "BAD_REQUEST"),
        (b'{"query": 1}', 400, "BAD_REQUEST"),
        (b'{"query": "' + b"x" * 20_000 + b'"}', 413, "PAYLOAD_TOO_LARGE"),
    ],
)
async def test_a_bad_body_is_refused(url: str, body: bytes, status: int, code: str) -> None:
    async with aiohttp.ClientSession() as http, http.post(url, data=body) as answer:
        assert answer.status == status
        assert (await answer.json())["errors"][0]["extensions"]["code"] == code


async def test_one_bad_representation_does_not_spoil_the_others(url: str) -> None:
    query = """{ _entities(representations: [
        {__typename: "Thing", id: "1", extra: true}, {__typename: "Nothing", id: "2"},
        {__typename: "Thing", id: "gone"}, {__typename: "Thing", id: "broken"}, {__typename: "Thing"}
    ]) { ... on Thing { id } } }"""

    _, answer = await post(url, query)

    assert answer["data"]["_entities"] == [{"id": "1"}, None, None, None, None]
    assert sorted(error["path"][1] for error in answer["errors"]) == [1, 3, 4]


async def test_a_subscription_is_a_stream_that_ends_with_its_client(url: str) -> None:
    closed.clear()
    async with (
        aiohttp.ClientSession() as http,
        http.post(url, json={"query": "subscription { ticks }"}, headers={"accept": "text/event-stream"}) as answer,
    ):
        lines = [line async for line in _data(answer, 2)]
    assert lines == [{"data": {"ticks": 1}}, {"data": {"ticks": 2}}]
    async with asyncio.timeout(10):
        while not closed.is_set():
            await asyncio.sleep(0.01)


async def _data(answer: aiohttp.ClientResponse, count: int) -> AsyncGenerator[dict[str, Any], None]:
    async for line in answer.content:
        if line.startswith(b"data: {"):
            yield json.loads(line[6:])
            count -= 1
            if not count:
                return


@pytest.mark.parametrize(
    ("failure", "code"), [(AutoReconnect("10.0.0.1:27017 gone"), "UNAVAILABLE"), (OperationFailure("no"), "INTERNAL")]
)
def test_a_read_that_finds_no_store_may_be_sent_again(failure: Exception, code: str) -> None:
    (answer,) = formatted([GraphQLError("10.0.0.1", original_error=failure)], "en")

    assert answer["extensions"]["code"] == code
    assert "10.0.0.1" not in answer["message"]
