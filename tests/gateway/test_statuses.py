"""Statuses, negotiation, cross-origin answers and time-outs of GraphQL over HTTP."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from services.gateway.errors import RequestRefused
from services.gateway.stages.receive import EVENTS, GRAPHQL, JSON, negotiate
from tests.gateway.federation import Ref, World
from tests.gateway.servers import Suite, suite

SDL = """
type Query { report(id: ID!): Report }
type Mutation { close: Report }
type Report @key(fields: "id") { id: ID! title: String }
"""
POSTS = 'type Report @key(fields: "id") { id: ID! post: String must: String! }'


def serving(tmp_path: Path, **settings: Any) -> Any:
    world = World({"report": Ref("Report", "1"), "close": Ref("Report", "1")})
    world.add("Report", "1", title="Broken lamp", post="Street 7", must="yes")
    return suite(tmp_path, world, settings, reports=SDL, posts=POSTS)


async def send(started: Suite, body: bytes, **headers: str) -> tuple[int, Any]:
    named = {"content-type": "application/json", **{name.replace("_", "-"): item for name, item in headers.items()}}
    async with (
        aiohttp.ClientSession() as session,
        session.post(started.url, data=body, headers=named) as response,
    ):
        return response.status, await response.json()


PROFILES = [
    (b"{", "BAD_REQUEST", 400, 400, 400),
    (b"[]", "BATCHING_NOT_SUPPORTED", 400, 400, 422),
    (b'"text"', "BAD_REQUEST", 400, 400, 422),
    (b'{"query": 7}', "BAD_REQUEST", 400, 400, 422),
    (b'{"query": "{ __typename }", "variables": []}', "BAD_REQUEST", 400, 400, 422),
    (b'{"query": "{"}', "GRAPHQL_PARSE_FAILED", 200, 400, 400),
    (b'{"query": "{ unknown }"}', "GRAPHQL_VALIDATION_FAILED", 200, 400, 422),
    (b'{"query": "query A { __typename } query B { __typename }"}', "OPERATION_RESOLUTION_FAILURE", 200, 400, 422),
    (b'{"query": "query ($id: ID!) { report(id: $id) { id } }"}', "BAD_USER_INPUT", 200, 400, 422),
    (b'{"documentId": "none"}', "PERSISTED_DOCUMENT_NOT_FOUND", 200, 400, 422),
]


@pytest.fixture(params=["2025", "2026"])
async def profiled(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[tuple[Suite, str]]:
    async with serving(tmp_path, status_profile=request.param) as started:
        yield started, request.param


async def test_what_is_refused_has_the_status_of_the_profile(profiled: tuple[Suite, str]) -> None:
    started, profile = profiled
    for body, code, legacy, older, newer in PROFILES:
        status, answer = await send(started, body, accept=JSON)
        assert (status, answer["errors"][0]["extensions"]["code"]) == (legacy, code), body
        status, answer = await send(started, body, accept=GRAPHQL)
        assert (status, answer["errors"][0]["extensions"]["code"]) == (older if profile == "2025" else newer, code)
        assert "data" not in answer


async def test_what_is_answered_has_the_status_of_the_profile(profiled: tuple[Suite, str]) -> None:
    started, profile = profiled
    started.subgraphs["posts"].reply = lambda body: (500, b"broken")
    partly = json.dumps({"query": "{ report(id: 1) { title post } }"}).encode()
    nothing = json.dumps({"query": "{ report(id: 1) { title must } }"}).encode()
    whole = json.dumps({"query": "{ report(id: 1) { title } }"}).encode()

    for body in (partly, nothing):
        assert (await send(started, body, accept=JSON))[0] == 200
        assert (await send(started, body, accept=GRAPHQL))[0] == (200 if profile == "2025" else 294)
    assert (await send(started, whole, accept=GRAPHQL))[0] == 200


async def test_methods_and_media_types_are_refused_alike_in_both(profiled: tuple[Suite, str]) -> None:
    started, _ = profiled
    body = b'{"query": "{ __typename }"}'
    assert (await send(started, body, accept="image/png"))[0] == 406
    assert (await send(started, body, accept=GRAPHQL, content_type="application/xml"))[0] == 415
    async with aiohttp.ClientSession() as session:
        params = {"query": "mutation { close { id } }"}
        async with session.get(started.url, params=params, headers={"accept": GRAPHQL}) as response:
            assert (response.status, response.headers["allow"]) == (405, "POST")
        async with session.put(started.url, data=body) as response:
            assert (response.status, response.headers["allow"]) == (405, "GET, POST, OPTIONS")


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        (GRAPHQL, GRAPHQL),
        (f"{GRAPHQL}, {JSON}", GRAPHQL),
        (f"{JSON}, {GRAPHQL}", JSON),
        (f"{JSON};q=0.8, {GRAPHQL}", GRAPHQL),
        (f"{GRAPHQL};q=0.1, */*;q=0.5", JSON),
        (f"{JSON};q=0, */*", GRAPHQL),
        (f"{JSON}; charset=utf-8; q=0.2, {GRAPHQL}; q=0.1", JSON),
        ("Application/JSON", JSON),
        (f"{EVENTS}, {JSON};q=0.9", EVENTS),
        (f"{EVENTS};q=0, {JSON}", JSON),
        ("text/html, */*;q=0.1", JSON),
    ],
)
def test_the_media_type_is_the_one_preferred(accept: str | None, expected: str) -> None:
    assert negotiate(accept) == expected


@pytest.mark.parametrize("accept", ["image/png", f"{JSON};q=0", "*/*;q=0", "text/*", f"{JSON};q=nonsense", ","])
def test_what_we_cannot_write_is_refused(accept: str) -> None:
    with pytest.raises(RequestRefused) as raised:
        negotiate(accept)
    assert raised.value.status == 406


async def test_preflights_say_what_may_be_sent_and_caches_are_told(tmp_path: Path) -> None:
    traffic = tmp_path / "traffic.toml"
    traffic.write_text('request_headers = [{ propagate = "x-tenant-*" }]')
    origin = "https://app.example"
    async with (
        serving(tmp_path, cors_origins=origin, traffic=str(traffic)) as started,
        aiohttp.ClientSession() as session,
    ):
        asked = {
            "access-control-request-method": "POST",
            "access-control-request-headers": "Content-Type, X-Tenant-Id, X-Other",
        }
        async with session.options(started.url, headers={"origin": origin, **asked}) as response:
            assert response.status == 204
            assert response.headers["access-control-allow-origin"] == origin
            assert response.headers["access-control-allow-methods"] == "GET, POST, OPTIONS"
            assert response.headers["vary"] == "origin"
            allowed = response.headers["access-control-allow-headers"].split(", ")
            assert {"content-type", "authorization", "x-tenant-id"} <= set(allowed)
            assert "x-other" not in allowed
        for stranger in (
            {"origin": "https://evil.example"},
            {"origin": origin + ".evil.example"},
            {"origin": "null"},
            {},
        ):
            async with session.post(started.url, json={"query": "{ __typename }"}, headers=stranger) as response:
                assert "access-control-allow-origin" not in response.headers
                assert response.headers["vary"] == "origin"
        async with session.post(started.url, json={"query": "{"}, headers={"origin": origin}) as response:
            assert response.headers["access-control-allow-origin"] == origin


async def test_a_body_that_does_not_come_is_answered(tmp_path: Path) -> None:
    async with serving(tmp_path, body_seconds=0.1) as started:
        host, port = started.host.split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(
            b"POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"
        )
        async with asyncio.timeout(10):
            head = await reader.readuntil(b"\r\n\r\n")
            answer = json.loads(await reader.readuntil(b"}]}"))
        writer.close()

    assert head.startswith(b"HTTP/1.1 408")
    assert answer["errors"][0]["extensions"]["code"] == "REQUEST_TIMEOUT"


async def test_headers_over_the_limit_are_refused(tmp_path: Path) -> None:
    async with serving(tmp_path, max_header_bytes=2_000) as started:
        status, answer = await send(started, b'{"query": "{ __typename }"}', x_long="a" * 2_000)

    assert (status, answer["errors"][0]["extensions"]["code"]) == (431, "REQUEST_HEADER_FIELDS_TOO_LARGE")


async def test_errors_name_a_trace_even_when_the_caller_has_none(tmp_path: Path) -> None:
    async with serving(tmp_path) as started:
        named = [
            (await send(started, b'{"query": "{ unknown }"}'))[1]["errors"][0]["extensions"]["traceId"]
            for _ in range(2)
        ]
        malformed = (await send(started, b"{", traceparent="nonsense"))[1]["errors"][0]["extensions"]["traceId"]

    assert all(len(item) == 32 and int(item, 16) for item in (*named, malformed))
    assert named[0] != named[1]


async def test_the_query_plan_is_shown_in_development_only(tmp_path: Path) -> None:
    body = b'{"query": "{ report(id: 1) { post } }"}'
    async with serving(tmp_path) as started:
        assert await send(started, body, x_query_plan="1") == (200, {"data": {"report": {"post": "Street 7"}}})
    async with serving(tmp_path, expose_query_plan=True) as started:
        _, answer = await send(started, body, x_query_plan="1")
        assert answer["data"] == {"report": {"post": "Street 7"}}
        assert 'Fetch(service: "posts")' in answer["extensions"]["queryPlan"]
        calls = len(started.subgraphs["posts"].headers)

        _, answer = await send(started, body, x_query_plan="dry-run")
        assert answer["data"] is None
        assert 'Fetch(service: "posts")' in answer["extensions"]["queryPlan"]
        assert len(started.subgraphs["posts"].headers) == calls
        assert "extensions" not in (await send(started, body))[1]
