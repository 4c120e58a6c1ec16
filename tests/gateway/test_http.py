"""GraphQL over HTTP as clients see it: statuses, media types, limits and cross-site rules."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.gateway.federation import Ref, World
from tests.gateway.servers import Suite, suite

GRAPHQL = "application/graphql-response+json"
REPORTS = """
type Query { report(id: ID!): Report }
type Mutation { close(id: ID!): Report }
type Report @key(fields: "id") { id: ID! title: String }
"""
POSTS = 'type Report @key(fields: "id") { id: ID! post: String }'


@pytest.fixture
async def reports(tmp_path: Path) -> AsyncIterator[Suite]:
    world = World({"report": Ref("Report", "1"), "close": Ref("Report", "1")})
    world.add("Report", "1", title="Broken lamp", post="Street 7")
    async with suite(
        tmp_path, world, {"max_body_bytes": 10_000}, in_process=True, reports=REPORTS, posts=POSTS
    ) as running:
        yield running


async def send(
    suite: Suite, body: Any = None, *, method: str = "POST", params: dict[str, str] | None = None, **headers: str
) -> tuple[int, str, Any]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    async with (
        aiohttp.ClientSession() as session,
        session.request(
            method,
            suite.url,
            params=params,
            data=body if isinstance(body, bytes) else None,
            json=None if isinstance(body, bytes) else body,
            headers=named,
        ) as response,
    ):
        kind = response.headers.get("content-type", "")
        return response.status, kind, await (response.json() if "json" in kind else response.text())


def code_of(answer: Any) -> str:
    return str(answer["errors"][0]["extensions"]["code"])


QUERY = {"query": "{ report(id: 1) { title post } }"}
ANSWER = {"data": {"report": {"title": "Broken lamp", "post": "Street 7"}}}


async def test_post_is_answered_in_the_media_type_asked_for(reports: Suite) -> None:
    assert await send(reports, QUERY) == (200, "application/json; charset=utf-8", ANSWER)
    assert await send(reports, QUERY, accept=GRAPHQL) == (200, f"{GRAPHQL}; charset=utf-8", ANSWER)
    assert (await send(reports, QUERY, accept=f"{GRAPHQL};q=0.1, application/json"))[1].startswith("application/json")
    status, _, answer = await send(reports, QUERY, accept="image/png")
    assert (status, code_of(answer)) == (406, "NOT_ACCEPTABLE")


async def test_get_reads_queries_and_refuses_mutations(reports: Suite) -> None:
    status, _, answer = await send(reports, method="GET", params={"query": QUERY["query"]})
    assert (status, answer) == (200, ANSWER)

    status, _, answer = await send(reports, method="GET", params={"query": "mutation { close(id: 1) { id } }"})
    assert (status, code_of(answer)) == (405, "MUTATION_NOT_ALLOWED_OVER_HTTP_GET")


@pytest.mark.parametrize(
    ("body", "code", "legacy_status"),
    [
        (b"{", "BAD_REQUEST", 400),
        (b"[]", "BATCHING_NOT_SUPPORTED", 400),
        (b'{"query": 7}', "BAD_REQUEST", 400),
        (b'{"query": "{"}', "GRAPHQL_PARSE_FAILED", 200),
        (b'{"query": "{ unknown }"}', "GRAPHQL_VALIDATION_FAILED", 200),
        (b'{"query": "query A { __typename } query B { __typename }"}', "OPERATION_RESOLUTION_FAILURE", 200),
        (b'{"query": "query ($id: ID!) { report(id: $id) { id } }"}', "BAD_USER_INPUT", 200),
    ],
)
async def test_refused_requests_have_a_code_and_the_profile_s_status(
    reports: Suite, body: bytes, code: str, legacy_status: int
) -> None:
    status, _, answer = await send(reports, body, content_type="application/json", accept=GRAPHQL)
    assert (status, code_of(answer)) == (400, code)
    assert "data" not in answer

    status, _, answer = await send(reports, body, content_type="application/json")
    assert (status, code_of(answer)) == (legacy_status, code)


async def test_other_content_types_are_refused(reports: Suite) -> None:
    status, _, answer = await send(reports, b"{ a }", content_type="application/graphql")
    assert (status, code_of(answer)) == (415, "UNSUPPORTED_CONTENT_TYPE")


async def test_what_a_foreign_page_can_send_without_preflight_is_refused(reports: Suite) -> None:
    body = b'{"query": "{ __typename }"}'
    status, _, answer = await send(reports, body, content_type="text/plain")
    assert (status, code_of(answer)) == (403, "CSRF_PREVENTION_FAILED")

    params = {"query": "{ __typename }"}
    status, _, answer = await send(reports, method="GET", params=params, sec_fetch_site="cross-site")
    assert (status, code_of(answer)) == (403, "CSRF_PREVENTION_FAILED")
    status, _, answer = await send(
        reports, method="GET", params=params, sec_fetch_site="cross-site", x_graphql_csrf="1"
    )
    assert status == 200


async def test_a_body_over_the_limit_is_refused_declared_or_not(reports: Suite) -> None:
    status, _, answer = await send(reports, b"x" * 10_001, content_type="application/json")
    assert (status, code_of(answer)) == (413, "PAYLOAD_TOO_LARGE")

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"x" * 1_000

    async with (
        aiohttp.ClientSession() as session,
        session.post(reports.url, data=chunks(), headers={"content-type": "application/json"}) as response,
    ):
        assert (response.status, code_of(await response.json())) == (413, "PAYLOAD_TOO_LARGE")


@pytest.mark.parametrize(
    "query",
    [
        "{" + " ".join(f"a{i}: __typename" for i in range(200)) + "}",
        "{ a: report(id: 1) { " + "...F " + "} } fragment F on Report { " + "id " * 9 + "...G } "
        "fragment G on Report { " + " ".join(f"b{i}: id" for i in range(101)) + " }",
        "{ report(id: 1) { id " + "@skip(if: false) " * 201 + "} }",
        "{ a " * 40 + "}" * 40,
    ],
    ids=["aliases", "aliases in fragments", "directives", "depth"],
)
async def test_an_operation_over_a_limit_is_refused(reports: Suite, query: str) -> None:
    _, _, answer = await send(reports, {"query": query})

    assert code_of(answer) == "OPERATION_LIMIT_EXCEEDED"


async def test_fragments_that_multiply_are_refused_before_planning(reports: Suite) -> None:
    spreads = "".join(f"fragment F{i} on Report {{ a{i}: id ...F{i + 1} b{i}: id ...F{i + 1} }}" for i in range(40))
    _, _, answer = await send(reports, {"query": "{ report(id: 1) { ...F0 } } fragment F40 on Report { id }" + spreads})

    assert code_of(answer) == "OPERATION_LIMIT_EXCEEDED"


async def test_subgraphs_receive_the_forwarded_headers_and_a_legible_operation_name(reports: Suite) -> None:
    query = {"query": "query Lamp { report(id: 1) { post } }"}
    parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    await send(reports, query, authorization="Bearer t", accept_language="zh-CN", traceparent=parent, x_other="no")

    received = reports.subgraphs["posts"].headers[0]
    assert received["authorization"] == "Bearer t"
    assert received["accept-language"] == "zh-CN"
    assert received["traceparent"].split("-")[1] == parent.split("-")[1]
    assert "x-other" not in received
    calls = [call["operationName"] for name in ("reports", "posts") for call in reports.subgraphs[name].subgraph.calls]
    assert calls == ["Lamp__reports__0", "Lamp__posts__1"]


async def test_errors_carry_the_trace_they_belong_to(reports: Suite) -> None:
    parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    _, _, answer = await send(reports, {"query": "{ unknown }"}, traceparent=parent)

    assert answer["errors"][0]["extensions"]["traceId"] == "0af7651916cd43dd8448eb211c80319c"


async def test_probes_metrics_and_the_page_are_served(reports: Suite) -> None:
    await send(reports, QUERY)
    async with aiohttp.ClientSession(f"http://{reports.host}") as session:
        texts = {}
        for path in ("/livez", "/readyz", "/metrics", "/"):
            async with session.get(path, headers={"accept": "text/html"}) as response:
                assert response.status == 200
                texts[path] = await response.text()
        async with session.get("/nothing") as response:
            assert response.status == 404

    assert 'subgraph_request_duration_seconds_count{outcome="ok",service="posts"} 1.0' in texts["/metrics"]
    assert "<script>" in texts["/"]
    assert "src=" not in texts["/"]
    assert "https://" not in texts["/"]
