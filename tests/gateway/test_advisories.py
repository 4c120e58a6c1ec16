"""Attacks that were published against other servers, each by its advisory, and the checks of graphql-cop."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import jwt
import orjson
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from services.gateway.compose import Subgraph, compose
from services.gateway.errors import RequestRefused
from services.gateway.stages.limits import Limits, check_limits
from services.gateway.stages.parse import parse_document
from tests.gateway import tokens
from tests.gateway.federation import LINK, Federation, Ref, World, federate
from tests.gateway.servers import Suite, running, suite

SELF = """
type Query { me: Me node: Node login(pin: Int): Boolean secret: String @authenticated }
type Mutation { pay: Boolean }
interface Node { label: String }
type Me implements Node @key(fields: "id") { id: ID! name: String label: String friend: Me wallet: Int @authenticated }
"""


@pytest.fixture
def federation() -> Federation:
    world = World({"me": Ref("Me", "1"), "node": Ref("Me", "1"), "login": True, "secret": "s", "pay": True})
    world.add("Me", "1", name="Li", label="L", friend=Ref("Me", "1"), wallet=7)
    return federate(world, me=SELF)


def refused_for(query: str, **limits: int) -> str:
    with pytest.raises(RequestRefused) as refused:
        check_limits(parse_document(query, max_tokens=10_000), Limits(**limits))
    assert refused.value.code == "OPERATION_LIMIT_EXCEEDED"
    return refused.value.message


# Documents -----------------------------------------------------------------------------------------


async def test_cve_2026_47706_circular_fragments_end_the_counting_of_depth(federation: Federation) -> None:
    with pytest.raises(RequestRefused) as refused:
        await federation.ask(
            "{ me { ...A } } fragment A on Me { friend { ...B } } fragment B on Me { friend { ...A } }"
        )
    assert refused.value.code == "GRAPHQL_VALIDATION_FAILED"


def test_cve_2026_47707_aliases_multiply_through_fragments() -> None:
    query = "{ ...A ...B } fragment A on Query { ...C c: me { ...M } } fragment B on Query { ...C d: me { ...M } }"
    query += " fragment C on Query { a: login b: login } fragment M on Me { x: name y: name }"

    assert "aliases: 10 > 9" in refused_for(query, max_aliases=9)


def test_the_alias_flood_of_one_field_is_bounded() -> None:
    """One field under many names tries many PINs in one request."""
    flood = "{" + " ".join(f"a{pin}: login(pin: {pin})" for pin in range(101)) + "}"

    assert "aliases: 101 > 100" in refused_for(flood, max_root_fields=0)
    assert "root fields: 101 > 100" in refused_for(flood, max_aliases=0)


@pytest.mark.parametrize(
    "query",
    [
        "{ a: login b: login c: login }",
        "{ ... { a: login ... { b: login c: login } } }",
        "{ ...A } fragment A on Query { a: login ...B } fragment B on Query { b: login c: login }",
        "{ login login login }",
    ],
)
def test_root_fields_are_counted_with_fragments_spread(query: str) -> None:
    assert "root fields: 3 > 2" in refused_for(query, max_root_fields=2)


def test_directives_are_counted_wherever_they_stand() -> None:
    query = "query Q($v: Int @d) @d { ...A @d ...A } fragment A on Query @d { ... @d { login @d } }"

    assert "directives: 9 > 8" in refused_for(query, max_directives=8)


async def test_graphql_core_pr_212_overlapping_fields_are_compared_within_a_budget(federation: Federation) -> None:
    with pytest.raises(RequestRefused) as refused:
        await federation.ask("{ me { " + "friend { name } " * 2_000 + "} }")
    assert "aborted" in refused.value.message


@pytest.mark.parametrize("advisory", ["CVE-2025-32380", "GHSA-q2f9-x4p4-7xmh"])
async def test_fragments_that_explode_are_refused_before_validation_and_planning(
    federation: Federation, advisory: str
) -> None:
    if advisory == "CVE-2025-32380":
        body = "".join(f"fragment F{i} on Me {{ friend {{ ...F{i + 1} }} }} " for i in range(60))
    else:
        body = "".join(
            f"fragment F{i} on Me {{ a: friend {{ ...F{i + 1} }} friend {{ ...F{i + 1} }} }} " for i in range(25)
        )
    last = body.count("fragment")
    with pytest.raises(RequestRefused) as refused:
        await federation.ask(f"{{ me {{ ...F0 }} }} {body} fragment F{last} on Me {{ name }}")
    assert refused.value.code == "OPERATION_LIMIT_EXCEEDED"
    assert federation.calls == []


def test_a_chain_of_fragments_cannot_exhaust_the_stack() -> None:
    chain = "".join(f"fragment F{i} on Query {{ ...F{i + 1} }} " for i in range(1_000))

    assert "nests" in refused_for(f"{{ ...F0 }} {chain} fragment F1000 on Query {{ login }}", max_depth=0)
    # In an order in which no single spread is deep.
    spreads = " ".join(f"...F{i}" for i in range(900, -1, -100))
    assert "nests" in refused_for(f"{{ {spreads} }} {chain} fragment F1000 on Query {{ login }}", max_depth=0)


@pytest.mark.parametrize(
    ("depth", "code"),
    [(60, None), (198, None), (500, "GRAPHQL_PARSE_FAILED")],
)
async def test_deep_nesting_is_told_even_when_its_limit_is_off(depth: int, code: str | None) -> None:
    federation = federate(World({"me": None}), me=SELF)
    federation.pipeline.options = dataclasses.replace(federation.pipeline.options, limits=Limits(max_depth=0))

    found = None
    try:
        assert await federation.ask("{ me " + "{ friend " * depth + "{ name } " + "}" * depth + "}") == {
            "data": {"me": None}
        }
    except RequestRefused as err:
        found = err.code
    assert found == code


async def test_ghsa_fmj9_77q8_g6c4_planning_shared_fields_ends() -> None:
    """Every level may be resolved by every subgraph: the combinations must not be tried one by one."""
    sdl = 'type Query { a: T @shareable } type T @key(fields: "id") { id: ID! @shareable t: T @shareable v: Int @shareable }'
    world = World({"a": Ref("T", "1")})
    world.add("T", "1", t=Ref("T", "1"), v=1)
    federation = federate(world, **dict.fromkeys("abcdefgh", sdl))
    depth = 25

    answer = await federation.ask("{ a " + "{ t " * depth + "{ v }" + "}" * depth + " }")

    assert "errors" not in answer


# Authorisation -------------------------------------------------------------------------------------


async def test_ghsa_mx7m_j9xf_62hw_objects_are_no_way_around_what_interfaces_demand_nor_the_reverse() -> None:
    world = World({"me": Ref("Me", "1"), "node": Ref("Me", "1")})
    world.add("Me", "1", label="L")
    federation = federate(
        world,
        me="""
        type Query { me: Me node: Node }
        interface Node { label: String }
        type Me implements Node @key(fields: "id") { id: ID! label: String @authenticated }
        """,
    )
    for field in ("me { label }", "node { label }", "node { ... on Me { label } }", "me { ... on Node { label } }"):
        answer = await federation.ask(f"{{ found: {field} }}")
        assert answer["data"] == {"found": {"label": None}}
        assert answer["errors"][0]["extensions"]["code"] == "UNAUTHORIZED_FIELD_OR_TYPE"
    assert not any("label" in query for _, query in federation.calls)


def test_ghsa_m8jr_fxqx_8xx6_requirements_keep_their_demands() -> None:
    composition = compose(
        [
            Subgraph("a", "", LINK + 'type Query { t: T } type T @key(fields: "id") { id: ID! s: Int @authenticated }'),
            Subgraph(
                "b", "", LINK + 'type T @key(fields: "id") { id: ID! s: Int @external o: Int @requires(fields: "s") }'
            ),
        ]
    )
    assert [error.code for error in composition.errors] == ["MISSING_TRANSITIVE_AUTH_REQUIREMENTS"]


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Suite]:
    world = World({"me": Ref("Me", "1"), "secret": "s", "login": True, "pay": True})
    world.add("Me", "1", name="Li")
    async with (
        running(tokens.ISSUING) as issuer,
        suite(
            tmp_path, world, {**tokens.settings(issuer), "introspection": False, "graphiql": False}, me=SELF
        ) as served,
    ):
        yield served


async def post(
    served: Suite, body: Any, *, method: str = "POST", params: dict[str, str] | None = None, **headers: str
) -> tuple[int, dict[str, str], Any]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    content = body if isinstance(body, bytes) else orjson.dumps(body)
    if method == "POST" and "content-type" not in named:
        named["content-type"] = "application/json"
    async with (
        aiohttp.ClientSession() as session,
        session.request(
            method, served.url, params=params, data=content if method == "POST" else None, headers=named
        ) as answer,
    ):
        return answer.status, dict(answer.headers), orjson.loads(await answer.read())


def codes(answer: Any) -> list[str]:
    return [error["extensions"]["code"] for error in answer.get("errors", ())]


def unsigned(**claims: object) -> str:
    standard: dict[str, Any] = {"iss": tokens.ISSUER, "aud": "huying", "sub": "x", "exp": time.time() + 600}
    return jwt.encode(standard | claims, "", algorithm="none", headers={"kid": "k1"})


def confused() -> str:
    """Signed with the public key as if it were a shared secret; put together by hand, as libraries refuse to."""
    pem = tokens.KEY.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    hmac = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
    head = jwt.utils.base64url_encode(orjson.dumps({"alg": "HS256", "typ": "JWT", "kid": "k1"}))
    claims = {"iss": tokens.ISSUER, "aud": "huying", "sub": "x", "exp": int(time.time()) + 600}
    signed = head + b"." + jwt.utils.base64url_encode(orjson.dumps(claims))
    return (signed + b"." + jwt.utils.base64url_encode(hmac.sign(signed, pem))).decode()


async def test_tokens_are_believed_only_when_all_of_them_is_right(served: Suite) -> None:
    """JWT: algorithm confusion, none, wrong or missing audience, issuer and end, unknown and hostile key ids."""
    other = ec.generate_private_key(ec.SECP256R1())
    bad = [
        unsigned(),
        confused(),
        tokens.token(other),
        tokens.token(aud="another"),
        tokens.token(aud=None),
        tokens.token(iss="https://else.example"),
        tokens.token(exp=time.time() - 60),
        tokens.token(nbf=time.time() + 600),
        tokens.token(kid="k2"),
        tokens.token(kid="../../../dev/null"),
        tokens.token(other, kid="http://evil.example/jwks"),
        tokens.token().rsplit(".", 1)[0] + ".",
        "a.b.c",
        "é" * 50,
    ]
    for claim in ("exp", "iss", "aud", "sub"):
        claims = {"iss": tokens.ISSUER, "aud": "huying", "sub": "x", "exp": int(time.time()) + 600}
        del claims[claim]
        bad.append(jwt.encode(claims, tokens.KEY, algorithm="ES256", headers={"kid": "k1"}))
    for token in bad:
        status, headers, answer = await post(served, {"query": "{ secret }"}, authorization=f"Bearer {token}")
        assert (status, codes(answer), headers["WWW-Authenticate"]) == (401, ["UNAUTHENTICATED"], "Bearer")
    assert served.subgraphs["me"].headers == []

    query = {"query": "{ secret }"}
    assert (await post(served, query, authorization=f"Bearer {tokens.token()}"))[2] == {"data": {"secret": "s"}}
    assert codes((await post(served, query))[2]) == ["UNAUTHORIZED_FIELD_OR_TYPE"]


async def test_tracing_headers_from_outside_reveal_nothing(served: Suite) -> None:
    """FTV1 and debug headers are not passed on, and no answer carries traces or plans."""
    foreign: dict[str, Any] = {
        "apollo_federation_include_trace": "ftv1",
        "apollo_expose_query_plan": "true",
        "apollo_query_plan_experimental": "1",
        "x_debug": "1",
        "x_forwarded_authorization": "Bearer x",
    }
    status, headers, answer = await post(served, {"query": "{ me { name } }"}, **foreign)

    assert (status, answer) == (200, {"data": {"me": {"name": "Li"}}})
    assert not [name for name in headers if "trace" in name.lower() or "plan" in name.lower()]
    sent = served.subgraphs["me"].headers[-1]
    assert not {name.replace("_", "-") for name in foreign} & set(sent)


# graphql-cop ---------------------------------------------------------------------------------------


async def test_graphql_cop_denial_of_service(served: Suite) -> None:
    """Alias overload, array batching, directive overload, field duplication, circular introspection."""
    attacks: list[tuple[Any, set[str]]] = [
        ({"query": "{" + " ".join(f"a{i}: __typename" for i in range(101)) + "}"}, {"OPERATION_LIMIT_EXCEEDED"}),
        ([{"query": "{ __typename }"}] * 10, {"BATCHING_NOT_SUPPORTED"}),
        ({"query": "{ __typename " + "@aa " * 501 + "}"}, {"OPERATION_LIMIT_EXCEEDED"}),
        ({"query": "{" + "__typename " * 500 + "}"}, {"OPERATION_LIMIT_EXCEEDED"}),
        (
            {"query": "{__schema{types" + "{fields{type" * 5 + "{name}" + "}}" * 5 + "}}"},
            {"GRAPHQL_VALIDATION_FAILED", "INTROSPECTION_DISABLED"},
        ),
    ]
    for body, expected in attacks:
        status, _, answer = await post(served, body, accept="application/graphql-response+json")
        assert status == 400
        assert set(codes(answer)) <= expected


async def test_graphql_cop_information_leakage(served: Suite) -> None:
    """Field suggestions, GraphiQL, introspection, trace mode, unhandled error detail."""
    _, _, answer = await post(served, {"query": "{ logn me { nme } }"})
    assert set(codes(answer)) == {"GRAPHQL_VALIDATION_FAILED"}
    assert "login" not in str(answer)
    assert "Did you mean" not in str(answer)

    for query in (
        "{ __schema { types { name } } }",
        '{ __type(name: "Me") { name } }',
        "{ ...A } fragment A on Query { __schema { __typename } }",
    ):
        assert codes((await post(served, {"query": query}))[2]) == ["INTROSPECTION_DISABLED"]

    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://{served.host}/", headers={"accept": "text/html"}) as page,
    ):
        assert page.status == 404

    served.subgraphs["me"].reply = lambda _: (
        200,
        b'{"errors": [{"message": "psycopg2: password=x", "extensions": {"trace": "f.py"}}]}',
    )
    _, _, answer = await post(served, {"query": "{ me { name } }"})
    assert codes(answer) == ["INTERNAL"]
    assert not any(word in str(answer) for word in ("psycopg2", "password", "f.py"))


async def test_graphql_cop_cross_site_requests(served: Suite) -> None:
    """GET mutation, GET query without a preflight, form and text posts."""
    status, _, answer = await post(served, b"", method="GET", params={"query": "mutation { pay }"}, x_graphql_csrf="1")
    assert (status, codes(answer)) == (405, ["MUTATION_NOT_ALLOWED_OVER_HTTP_GET"])

    status, _, answer = await post(
        served, b"", method="GET", params={"query": "{ login }"}, origin="https://evil.example"
    )
    assert (status, codes(answer)) == (403, ["CSRF_PREVENTION_FAILED"])

    for kind in ("application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x"):
        status, _, answer = await post(served, b"query=%7Blogin%7D", content_type=kind, origin="https://evil.example")
        assert (status, codes(answer)) == (403, ["CSRF_PREVENTION_FAILED"])
    assert served.subgraphs["me"].headers == []


async def test_federation_internals_are_not_reachable_through_the_gateway(served: Suite) -> None:
    for query in ("{ _service { sdl } }", '{ _entities(representations: [{__typename: "Me", id: 1}]) { __typename } }'):
        assert set(codes((await post(served, {"query": query}))[2])) == {"GRAPHQL_VALIDATION_FAILED"}
