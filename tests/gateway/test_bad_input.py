"""Whatever clients and subgraphs send: a typed error, bounded work, and others are served."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.gateway.app import Gateway
from tests.gateway.hostile import HostileTransport, call, open_gateway

A = """
type Query {
  reports(first: Int): [Report!]
  report(id: ID!): Report
  node: Node
  hit: Hit
  n(x: Int, f: Float, s: String, b: Boolean, id: ID, e: E, i: In, l: [[Int!]!], j: Json): Int
  json: Json
}
type Mutation { close(id: ID!): Report }
interface Node { id: ID! title: String }
union Hit = Report | Person
enum E { A B }
scalar Json
input In { a: Int! = 3 b: [In!] c: E s: String }
type Report implements Node @key(fields: "id") {
  id: ID! title: String tags: [String!]! place: Place! author: Person json: Json
}
type Place { lat: Float! lon: Float! }
type Person implements Node @key(fields: "id") { id: ID! title: String friends: [Person!]! }
"""
B = """
scalar Json
type Report @key(fields: "id") {
  id: ID! note: String! orders: [Order!]! json: Json @external told: Json @requires(fields: "json")
}
type Order @key(fields: "id") { id: ID! state: E author: Person }
enum E { A B }
type Person @key(fields: "id") { id: ID! name: String! }
"""
QUERIES = (
    "{ reports { id title tags place { lat lon } note orders { state author { name friends { name } } } } }",
    "{ report(id: 1) { author { name friends { id name } } note told json } }",
    "{ node { id title ... on Report { note tags } ... on Person { name } } }",
    "{ hit { __typename ... on Report { note place { lat } } ... on Person { name friends { name } } } json }",
    "query Q($n: Int = 1, $b: Boolean!) { n(x: $n) @skip(if: $b) reports(first: $n) @include(if: $b) { id } }",
    "query ($i: In, $l: [[Int!]!], $e: E = A, $f: Float, $s: String, $j: Json) { n(i: $i, l: $l, e: $e, f: $f, s: $s, j: $j) }",
    "{ ...F } fragment F on Query { report(id: 1) { ...G } } fragment G on Report { id title }",
    "mutation { close(id: 1) { note title } }",
)
CODE = re.compile(r"[A-Z][A-Z_]*")
SLOW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def good_answer(url: str, body: bytes) -> Any:
    """What a subgraph of A and B might say to any of the queries."""
    person = {"__typename": "Person", "id": "9", "title": "p", "friends": [{"__typename": "Person", "id": "8"}]}
    place = {"lat": 1.5, "lon": 2.5}
    report = {
        "__typename": "Report",
        "id": "1",
        "title": "t",
        "tags": ["a"],
        "place": place,
        "author": person,
        "json": {},
    }
    order = {"__typename": "Order", "id": "o", "state": "A", "author": person}
    entity = {"__typename": "Report", "note": "n", "orders": [order], "name": "N", "told": 1}
    if url == "local:a":
        roots = {
            "reports": [report],
            "report": report,
            "node": report,
            "hit": person,
            "n": 1,
            "close": report,
            "json": 1,
        }
        return {"data": roots}
    data = {}
    for name, value in orjson.loads(body)["variables"].items():
        data["_entities" if name == "representations" else name.replace("_r", "_e")] = [entity for _ in value]
    return {"data": data}


class Place:
    """One event loop and one gateway for all examples of a test."""

    def __init__(self, directory: Path) -> None:
        self.transport = HostileTransport(lambda url, body: orjson.dumps(good_answer(url, body)))
        self.loop = asyncio.new_event_loop()
        self.gateway: Gateway = self.run(
            open_gateway(directory, self.transport, {"a": A, "b": B}, max_cost=100_000, graphiql=False)
        )

    def run(self, work: Any) -> Any:
        return self.loop.run_until_complete(work)

    def ask(self, body: bytes, **options: Any) -> tuple[int, Any]:
        """An answer, after checking that it is a GraphQL response whose errors have codes."""
        status, answer = self.run(call(self.gateway, body, **options))
        assert status < 500, answer
        assert "data" in answer or answer["errors"]
        for error in answer.get("errors", ()):
            assert isinstance(error["message"], str)
            assert CODE.fullmatch(error["extensions"]["code"])
        return status, answer


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    place = Place(tmp_path)
    yield place
    place.run(place.gateway.stop())
    place.loop.close()


# From clients --------------------------------------------------------------------------------------

numbers = st.sampled_from(["0", "-1", "2147483648", "1e400", "1" * 40, "NaN", "-Infinity", "1.5", "true", "null"])
texts = st.sampled_from([r'"\ud800"', r'"\udc00\ud800"', r'"\u0000"', '"A"', '""', r'"\x"', '"é"'])
json_texts = st.recursive(
    numbers | texts,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{','.join(items)}]")
        | st.lists(st.tuples(st.sampled_from("abcsa"), inner), max_size=3).map(
            lambda pairs: "{" + ",".join(f'"{key}":{value}' for key, value in pairs) + "}"
        )
    ),
    max_leaves=8,
)
"""JSON with everything that is not quite JSON, and with keys that come twice."""
MARKS = ("{", "}", "(", ")", ":", "$", "!", "[", "]", "...", "&", "=", "-", "#c\n", "\ufeff", "\x00")
VALUES = ("1e400", "null", '"x"', '"""b"""', r'"\ud800"', r'"\u{110000}"')
WORDS = (
    "on",
    "fragment",
    "query",
    "@skip",
    "@include",
    "@defer",
    "if",
    "reports",
    "n",
    "x",
    "Report",
    "Node",
    "F",
    "Query",
)
RESERVED = ("__typename", "__schema", "__type", "_entities")
tokens = st.sampled_from((*MARKS, *VALUES, *WORDS, *RESERVED))


@st.composite
def documents(draw: st.DrawFn) -> str:
    """A good document with a few of its words changed, dropped or doubled."""
    words = re.findall(r'\.\.\.|"[^"]*"|\w+|\S', draw(st.sampled_from(QUERIES)))
    for _ in range(draw(st.integers(0, 5))):
        start = draw(st.integers(0, len(words)))
        end = draw(st.integers(start, min(len(words), start + 6)))
        replacement = draw(st.just([]) | st.lists(tokens, max_size=2) | st.just(words[start:end] * 2))
        words[start:end] = replacement
    return " ".join(words)


@SLOW
@given(body=st.binary(max_size=60) | json_texts.map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_are_answered(place: Place, body: bytes) -> None:
    status, answer = place.ask(body)

    assert status == 400
    assert answer["errors"][0]["extensions"]["code"] in ("BAD_REQUEST", "BATCHING_NOT_SUPPORTED")


@SLOW
@given(document=documents(), variables=json_texts, name=st.sampled_from(["null", '"Q"', '""', "7", "[]"]))
def test_any_document_and_any_variables_are_answered(place: Place, document: str, variables: str, name: str) -> None:
    query = orjson.dumps(document).decode()
    place.ask(
        f'{{"query": {query}, "variables": {variables}, "operationName": {name}}}'.encode("utf-8", "surrogatepass")
    )


@SLOW
@given(query_string=st.binary(max_size=60) | st.builds(lambda text: b"query=" + text, st.binary(max_size=40)))
def test_any_url_is_answered(place: Place, query_string: bytes) -> None:
    place.ask(b"", method="GET", query_string=query_string, x_graphql_csrf="1")


@pytest.mark.parametrize("depth", [20, 99, 150, 2_000, 300_000])
@pytest.mark.parametrize(
    ("declared", "opening", "closing"),
    [
        ("$l: [[Int!]!]", '{"l":' + "[", "]" + "}"),
        ("$i: In", '{"i":' + '{"b":[', "]}" + "}"),
        ("$j: Json", '{"j":[', "]}"),
    ],
)
def test_variables_may_nest_only_so_deep(place: Place, declared: str, opening: str, closing: str, depth: int) -> None:
    name = declared[1]
    nest, unnest = ('{"b":[', "]}") if name == "i" else ("[", "]")
    variables = opening + nest * depth + unnest * depth + closing
    query = f"query ({declared}) {{ n({name}: ${name}) }}"

    _, answer = place.ask(b'{"query": %s, "variables": %s}' % (orjson.dumps(query), variables.encode()))

    if depth > 100:
        assert answer["errors"][0]["extensions"]["code"] in ("BAD_REQUEST", "PAYLOAD_TOO_LARGE")


def test_huge_variables_are_coerced_or_refused(place: Place) -> None:
    query = orjson.dumps("query ($l: [[Int!]!], $s: String) { n(l: $l, s: $s) }")
    for variables in (
        {"l": [[1] * 1_000] * 100},
        {"l": [["x"] * 1_000] * 100},
        {"s": "x" * 900_000},
        {f"unknown{number}": number for number in range(50_000)},
    ):
        place.ask(b'{"query": %s, "variables": %s}' % (query, orjson.dumps(variables)))


# From subgraphs ------------------------------------------------------------------------------------

garbage = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["", "A", "Report", "Person", "1", "\x00", "é"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "title", "__typename", "author", "a", "message", "path"]), inner, max_size=4
        )
    ),
    max_leaves=6,
)
paths: st.SearchStrategy[Any] = garbage | st.lists(
    st.sampled_from(["_entities", "reports", 0, 1, 99, -1, None, "x", {}, [], True]), max_size=4
)
errors = garbage | st.lists(
    st.fixed_dictionaries({"message": garbage, "path": paths, "extensions": garbage}), max_size=3
)


@st.composite
def damaged(draw: st.DrawFn, value: Any) -> Any:
    """A good answer with garbage at some places."""
    if draw(st.integers(0, 11)) == 0:
        return draw(garbage)
    if isinstance(value, dict):
        return {key: draw(damaged(item)) for key, item in value.items() if draw(st.integers(0, 19))}
    if isinstance(value, list):
        return [draw(damaged(item)) for item in value] * draw(st.sampled_from([1, 1, 1, 0, 2]))
    return value


@SLOW
@given(query=st.sampled_from(QUERIES), data=st.data())
def test_answers_of_any_shape_leave_a_good_answer(place: Place, query: str, data: st.DataObject) -> None:
    def reply(url: str, body: bytes) -> bytes:
        answer = data.draw(damaged(good_answer(url, body)))
        if isinstance(answer, dict) and data.draw(st.booleans()):
            answer["errors"] = data.draw(errors)
        return orjson.dumps(answer)

    place.transport.reply = reply
    status, answer = place.ask(orjson.dumps({"query": query, "variables": {"b": True}}))

    assert status == 200
    for path in (error["path"] for error in answer.get("errors", ()) if "path" in error):
        assert all(isinstance(part, str | int) for part in path)


@SLOW
@given(query=st.sampled_from(QUERIES), body=st.binary(max_size=40))
def test_answers_of_any_bytes_are_a_failed_subgraph(place: Place, query: str, body: bytes) -> None:
    place.transport.reply = lambda url, _: body if url == "local:a" else b"{}"
    _, answer = place.ask(orjson.dumps({"query": query, "variables": {"b": True}}))

    assert {error["extensions"]["code"] for error in answer["errors"]} <= {"SUBGRAPH_REQUEST_FAILED", "INTERNAL"}


@pytest.mark.parametrize("depth", [200, 260, 900, 1_020, 5_000, 500_000])
@pytest.mark.parametrize(
    "query", ["{ json }", "{ report(id: 1) { json } }", "{ report(id: 1) { told json } }", QUERIES[0]]
)
def test_answers_that_nest_too_deeply_are_a_failed_subgraph(place: Place, query: str, depth: int) -> None:
    nested = b"[" * depth + b"]" * depth
    entity = b'{"__typename":"Report","id":"1","told":%s}' % nested
    replies = {
        "local:a": b'{"data":{"json":%s,"reports":%s,"report":{"__typename":"Report","id":"1","json":%s}}}'
        % (nested, nested, nested),
        "local:b": b'{"data":{"_entities":[%s]}}' % entity,
    }
    place.transport.reply = lambda url, _: replies[url]

    place.ask(orjson.dumps({"query": query}))


def test_every_entity_may_fail(place: Place) -> None:
    """INVARIANT: placing errors is linear; when each of many entities has an error, the gateway still answers."""
    count = 5_000
    reports = [{"__typename": "Report", "id": str(number), "place": {}, "tags": []} for number in range(count)]
    failed = [
        {"message": "gone", "path": ["_entities", at, "note"], "extensions": {"code": "GONE"}} for at in range(count)
    ]
    replies = {
        "local:a": orjson.dumps({"data": {"reports": reports}}),
        "local:b": orjson.dumps({"data": {"_entities": [None] * count}, "errors": failed}),
    }
    place.transport.reply = lambda url, _: replies[url]

    _, answer = place.ask(b'{"query": "{ reports { id note } }"}')

    assert answer["data"] == {"reports": None}
    assert [error["path"] for error in answer["errors"]] == [["reports", at, "note"] for at in range(count)]


def test_a_dead_and_a_slow_subgraph_hold_up_nobody_else(tmp_path: Path) -> None:
    """Two hundred requests hang on a subgraph that never answers, while others are answered and planned."""

    async def scene() -> None:
        transport = HostileTransport(
            lambda url, body: orjson.dumps(good_answer(url, body)), dead=frozenset({"local:b"})
        )
        gateway = await open_gateway(tmp_path, transport, {"a": A, "b": B}, subgraph_seconds=30.0, request_seconds=30.0)
        hanging = [
            asyncio.create_task(call(gateway, b'{"query": "{ report(id: 1) { id note } }"}')) for _ in range(200)
        ]
        while transport.calls.count("local:b") < 200:
            await asyncio.sleep(0.01)

        for number in range(20):
            query = f"query Q{number} {{ reports {{ id title a{number}: title }} }}"
            status, answer = await call(gateway, orjson.dumps({"query": query}))
            assert (status, "errors" in answer) == (200, False)
        assert not any(task.done() for task in hanging)

        for task in hanging:
            task.cancel()
        await asyncio.gather(*hanging, return_exceptions=True)
        await gateway.stop()

    asyncio.run(scene())


async def test_what_is_late_is_told_and_the_rest_stands(tmp_path: Path) -> None:
    transport = HostileTransport(lambda url, body: orjson.dumps(good_answer(url, body)), dead=frozenset({"local:b"}))
    gateway = await open_gateway(tmp_path, transport, {"a": A, "b": B}, subgraph_seconds=0.05)

    status, answer = await call(gateway, b'{"query": "{ report(id: 1) { id told } }"}')

    assert (status, answer["data"]) == (200, {"report": {"id": "1", "told": None}})
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["SUBGRAPH_REQUEST_TIMEOUT"]
    await gateway.stop()
