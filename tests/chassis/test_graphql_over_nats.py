"""A service answers GraphQL over NATS as over HTTP: one process of its group each request, none lost when one stops."""

import asyncio
import dataclasses
import uuid
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import nats
import orjson
import pytest
import strawberry
from nats.aio.client import Client

from services.chassis.app import Service
from services.chassis.bus import connect_options
from services.chassis.graphql.context import RequestContext
from services.chassis.graphql.schema import Schema
from services.chassis.request_reply import Requester, Responder
from services.chassis.settings import Secret, SettingsError
from tests.broker import subscribed
from tests.chassis import toy


@strawberry.type
class Query:
    @strawberry.field
    def greeting(self, info: strawberry.Info[RequestContext, None]) -> str:
        return {"en": "hello", "zh": "您好"}[info.context.language]

    @strawberry.field
    def who(self, info: strawberry.Info[RequestContext, None]) -> str:
        return info.context.viewer.person

    @strawberry.field
    def secret_failure(self) -> str:
        raise RuntimeError("password=hunter2")


SCHEMA = Schema(query=Query)


@pytest.fixture
def subject() -> str:
    return f"graphql.{uuid.uuid4().hex}"


@pytest.fixture
async def requester(nats_url: str) -> AsyncIterator[Requester]:
    requester = Requester(connect_options("gateway", nats_url, "", Secret("")))
    await requester.start()
    yield requester
    await requester.close()


@pytest.fixture
async def client(nats_url: str) -> AsyncIterator[Client]:
    client = await nats.connect(nats_url)
    yield client
    await client.close()


def a_service(mongo_url: str, nats_url: str, database: str, subject: str) -> Service:
    settings = dataclasses.replace(toy.settings(mongo_url, nats_url, database), graphql_subject=subject)
    return Service("raiser", settings, [])


async def ask(requester: Requester, subject: str, query: str, **headers: str) -> Any:
    """Waits until somebody responds: a service connects beside its start."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    async with asyncio.timeout(20):
        while True:
            try:
                return orjson.loads(await requester.request(subject, orjson.dumps({"query": query}), named, 10))
            except ConnectionError:
                await asyncio.sleep(0.01)


def code(answer: Any) -> str:
    return str(answer["errors"][0]["extensions"]["code"])


async def test_a_service_answers_on_its_subject_until_it_stops(
    requester: Requester, subject: str, mongo_url: str, nats_url: str, mongo_database: str
) -> None:
    app = a_service(mongo_url, nats_url, mongo_database, subject).app(SCHEMA, RequestContext)
    async with app.router.lifespan_context(app):
        assert await ask(requester, subject, "{ greeting }", accept_language="en") == {"data": {"greeting": "hello"}}
        assert await ask(requester, subject, "{ greeting }") == {"data": {"greeting": "您好"}}
        assert code(await ask(requester, subject, "{ who }")) == "UNAUTHENTICATED"
        assert code(await ask(requester, subject, "{ greeting }", authorization="Bearer x")) == "UNAUTHENTICATED"
        assert code(await ask(requester, subject, "{ nothing }")) == "GRAPHQL_VALIDATION_FAILED"
        failed = await ask(requester, subject, "{ secretFailure }")
        assert code(failed) == "INTERNAL"
        assert "hunter2" not in str(failed)
        broken = orjson.loads(await requester.request(subject, b"{", {}, 10))
        assert code(broken) == "BAD_REQUEST"
        large = await requester.request(subject, b"x" * 1_048_000, {}, 10)
        assert code(orjson.loads(large)) == "BAD_REQUEST"

    with pytest.raises(ConnectionError):
        await requester.request(subject, b"{}", {}, 10)


async def test_a_body_over_the_services_limit_is_refused(
    requester: Requester, subject: str, mongo_url: str, nats_url: str, mongo_database: str
) -> None:
    service = a_service(mongo_url, nats_url, mongo_database, subject)
    service.settings = dataclasses.replace(service.settings, max_body_bytes=100)
    app = service.app(SCHEMA, RequestContext)
    async with app.router.lifespan_context(app):
        answer = await ask(requester, subject, "{ greeting }" + " " * 100)

    assert code(answer) == "PAYLOAD_TOO_LARGE"


def test_a_subject_that_streams_keep_is_refused(mongo_database: str) -> None:
    """JetStream would acknowledge a request there, and the gateway would take that for the answer."""
    service = a_service(
        "mongodb://127.0.0.1:1/?replicaSet=x", "nats://127.0.0.1:1", mongo_database, "huying.raiser.api"
    )

    with pytest.raises(SettingsError):
        service.app(SCHEMA, RequestContext)


async def answering(client: Client, subject: str, respond: Callable[[bytes], Any]) -> Responder:
    async def answer(headers: Mapping[str, str], body: bytes) -> bytes:
        found: bytes = await respond(body)
        return found

    responder = Responder(client, answer)
    await responder.open(subject, "group")
    await subscribed(client)
    return responder


async def test_each_request_goes_to_one_of_the_group(requester: Requester, client: Client, subject: str) -> None:
    taken: list[tuple[int, bytes]] = []

    def member(number: int) -> Callable[[bytes], Any]:
        async def respond(body: bytes) -> bytes:
            taken.append((number, body))
            return body

        return respond

    members = [await answering(client, subject, member(number)) for number in range(3)]
    bodies = [str(number).encode() for number in range(60)]
    answers = await asyncio.gather(*(requester.request(subject, body, {}, 10) for body in bodies))

    assert answers == bodies
    assert sorted(body for _, body in taken) == sorted(bodies)
    assert {number for number, _ in taken} == {0, 1, 2}
    for each in members:
        await each.close()


async def test_requests_are_answered_side_by_side(requester: Requester, client: Client, subject: str) -> None:
    both = asyncio.Barrier(2)

    async def respond(body: bytes) -> bytes:
        await both.wait()
        return body

    responder = await answering(client, subject, respond)
    answers = await asyncio.gather(*(requester.request(subject, body, {}, 10) for body in (b"a", b"b")))

    assert answers == [b"a", b"b"]
    await responder.close()


async def test_a_request_under_way_is_answered_before_the_responder_ends(
    requester: Requester, client: Client, subject: str
) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def respond(body: bytes) -> bytes:
        begun.set()
        await go_on.wait()
        return b"late"

    responder = await answering(client, subject, respond)
    asking = asyncio.create_task(requester.request(subject, b"", {}, 10))
    await begun.wait()
    closing = asyncio.create_task(responder.close())
    await asyncio.sleep(0)
    go_on.set()
    await closing

    assert await asking == b"late"
    with pytest.raises(ConnectionError):
        await requester.request(subject, b"", {}, 10)


async def test_an_unexpected_failure_is_masked_and_an_answer_too_large_is_told(
    requester: Requester, client: Client, subject: str
) -> None:
    async def respond(body: bytes) -> bytes:
        if body:
            return b"x" * 2_000_000
        raise RuntimeError("password=hunter2")

    responder = await answering(client, subject, respond)
    failed = await requester.request(subject, b"", {}, 10)
    large = await requester.request(subject, b"x", {}, 10)

    assert (code(orjson.loads(failed)), b"hunter2" in failed) == ("INTERNAL", False)
    assert code(orjson.loads(large)) == "ANSWER_TOO_LARGE"
    await responder.close()


async def test_nobody_answering_in_time_is_a_time_out(requester: Requester, client: Client, subject: str) -> None:
    async def respond(body: bytes) -> bytes:
        await asyncio.Event().wait()
        return body

    responder = await answering(client, subject, respond)
    with pytest.raises(TimeoutError):
        await requester.request(subject, b"", {}, 0.1)
    for task in responder._tasks:
        task.cancel()
    await responder.close()
