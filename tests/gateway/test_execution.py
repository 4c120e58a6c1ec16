"""What happens between subgraphs: de-duplication, partial data, error places and null propagation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import aiohttp
import orjson

from tests.gateway.federation import Federation, Ref, World, federate
from tests.gateway.servers import Suite, suite

INTAKE = """
type Query { reports: [Report] first: Report! }
type Report @key(fields: "id") { id: ID! caller: Person near: [Report] }
type Person @key(fields: "id") { id: ID! }
"""
PEOPLE = 'type Person @key(fields: "id") { id: ID! name: String secret: String! }'
ROUTING = 'type Report @key(fields: "id") { id: ID! order: Order! } type Order { state: String }'


def a_world() -> World:
    world = World({"reports": [Ref("Report", "1"), Ref("Report", "2"), None], "first": Ref("Report", "1")})
    world.add("Person", "p", name="Wang", secret="s")
    world.add("Report", "1", caller=Ref("Person", "p"), near=[Ref("Report", "2")], order={"state": "OPEN"})
    world.add("Report", "2", caller=Ref("Person", "p"), near=[], order={"state": "DONE"})
    return world


def a_federation() -> Federation:
    return federate(a_world(), intake=INTAKE, people=PEOPLE, routing=ROUTING)


async def ask(suite: Suite, query: str) -> Any:
    """The answer; its errors without the trace they name, which is another each time."""
    async with (
        aiohttp.ClientSession() as session,
        session.post(suite.url, json={"query": query}) as response,
    ):
        answer = await response.json()
    for error in answer.get("errors", []):
        assert error["extensions"].pop("traceId")
    return answer


async def test_the_same_entity_is_asked_once() -> None:
    federation = a_federation()
    await federation.ask("{ reports { caller { name } near { caller { name } } } }")

    (call,) = federation.transport.subgraphs["local:people"].calls
    assert [value for name, value in call["variables"].items()] == [[{"__typename": "Person", "id": "p"}]] * 2


async def test_nothing_is_asked_when_there_is_no_entity() -> None:
    world = World({"reports": []})
    federation = federate(world, intake=INTAKE, people=PEOPLE, routing=ROUTING)

    assert await federation.ask("{ reports { caller { name } } }") == {"data": {"reports": []}}
    assert not federation.transport.subgraphs["local:people"].calls


async def test_only_used_variables_reach_a_subgraph_and_conditions_are_decided_before() -> None:
    federation = a_federation()
    query = "query ($yes: Boolean!) { reports { id caller @include(if: $yes) { name } } }"

    assert (await federation.ask(query, {"yes": False}))["data"]["reports"][0] == {"id": "1"}
    assert not federation.transport.subgraphs["local:people"].calls
    assert (await federation.ask(query, {"yes": True}))["data"]["reports"][0] == {"id": "1", "caller": {"name": "Wang"}}
    assert "$yes" not in federation.transport.subgraphs["local:intake"].calls[0]["query"]


async def test_an_unreachable_subgraph_leaves_partial_data(tmp_path: Path) -> None:
    async with suite(tmp_path, a_world(), {}, intake=INTAKE, people=PEOPLE, routing=ROUTING) as running:
        running.subgraphs["people"].reply = lambda body: (503, b"try later")

        answer = await ask(running, "{ reports { id caller { id name } } }")

    assert answer["data"]["reports"][0] == {"id": "1", "caller": {"id": "p", "name": None}}
    assert answer["errors"] == [
        {
            "message": "The subgraph answered with status 503 and no GraphQL response.",
            "path": ["reports"],
            "extensions": {"code": "SUBGRAPH_REQUEST_FAILED", "serviceName": "people", "http": {"status": 503}},
        }
    ]


async def test_a_slow_subgraph_is_given_up_after_its_time(tmp_path: Path) -> None:
    settings = {"subgraph_seconds": 0.2}
    async with suite(tmp_path, a_world(), settings, intake=INTAKE, people=PEOPLE, routing=ROUTING) as running:
        running.subgraphs["people"].delay = 2.0

        answer = await ask(running, "{ first { caller { name } } }")

    assert answer["data"] == {"first": {"caller": {"name": None}}}
    assert answer["errors"][0]["extensions"] == {"code": "SUBGRAPH_REQUEST_TIMEOUT", "serviceName": "people"}
    assert answer["errors"][0]["path"] == ["first", "caller"]


async def test_an_entity_s_error_is_told_at_every_place_of_the_entity(tmp_path: Path) -> None:
    async with suite(tmp_path, a_world(), {}, intake=INTAKE, people=PEOPLE, routing=ROUTING) as running:
        error = {"message": "Not for you", "path": ["_entities", 0, "name"], "extensions": {"code": "FORBIDDEN"}}
        reply = orjson.dumps({"data": {"_entities": [{"name": None}]}, "errors": [error]})
        running.subgraphs["people"].reply = lambda body: (200, reply)

        answer = await ask(running, "{ reports { caller { name } } }")

    assert [item["path"] for item in answer["errors"]] == [
        ["reports", 0, "caller", "name"],
        ["reports", 1, "caller", "name"],
    ]
    assert answer["errors"][0]["message"] == "Not for you"
    assert answer["errors"][0]["extensions"] == {"code": "FORBIDDEN", "serviceName": "people"}


async def test_unexpected_subgraph_errors_are_masked(tmp_path: Path) -> None:
    async with suite(tmp_path, a_world(), {}, intake=INTAKE, people=PEOPLE, routing=ROUTING) as running:
        error = {
            "message": "KeyError: 'password' in /app/store.py",
            "path": ["first"],
            "extensions": {"stacktrace": ["line 1"], "exception": "KeyError"},
        }
        reply = orjson.dumps({"data": None, "errors": [error]})
        running.subgraphs["intake"].reply = lambda body: (200, reply)

        answer = await ask(running, "{ first { id } }")

    assert answer == {
        "data": None,
        "errors": [
            {
                "message": "An unexpected error occurred.",
                "path": ["first"],
                "extensions": {"code": "INTERNAL", "serviceName": "intake"},
            }
        ],
    }


async def test_a_refused_field_that_takes_its_neighbours_with_it_is_the_only_error(tmp_path: Path) -> None:
    boards = "type Query { board: Int! mine: Int! }"
    async with suite(tmp_path, a_world(), {}, boards=boards) as running:
        refusal = {"message": "Not for you", "path": ["board"], "extensions": {"code": "NOT_ALLOWED", "reason": "ROLE"}}
        running.subgraphs["boards"].reply = lambda body: (200, orjson.dumps({"data": None, "errors": [refusal]}))

        answer = await ask(running, "{ board mine }")

    assert answer["data"] is None
    assert [(item["path"], item["extensions"]["code"]) for item in answer["errors"]] == [(["board"], "NOT_ALLOWED")]


async def test_null_for_a_non_null_field_takes_the_nearest_nullable_parent_with_it() -> None:
    world = a_world()
    world.objects["Person", "p"]["secret"] = None
    federation = federate(world, intake=INTAKE, people=PEOPLE, routing=ROUTING)
    # The subgraph nulls the entity itself; what is missing then is non-null for the client.
    answer = await federation.ask("{ reports { id caller { id secret } } }")

    assert answer["data"]["reports"][0] == {"id": "1", "caller": None}
    assert [item["path"] for item in answer["errors"]] == [
        ["reports", 0, "caller", "secret"],
        ["reports", 1, "caller", "secret"],
    ]


async def test_an_entity_nobody_knows_is_an_explained_null() -> None:
    world = a_world()
    federation = federate(world, intake=INTAKE, people=PEOPLE, routing=ROUTING)
    world.roots["first"] = {"__typename": "Report", "id": "0"}

    answer = await federation.ask("{ first { id order { state } } }")

    assert answer["data"] is None
    assert [(item["path"], item["message"]) for item in answer["errors"]] == [
        (["first", "order"], "Cannot return null for non-nullable field Report.order.")
    ]
    assert answer["errors"][0]["extensions"] == {"code": "NOT_FOUND"}


async def test_garbage_from_a_subgraph_does_not_break_the_answer(tmp_path: Path) -> None:
    async with suite(tmp_path, a_world(), {}, intake=INTAKE, people=PEOPLE, routing=ROUTING) as running:
        for garbage in (
            b"",
            b"[]",
            b'"x"',
            b'{"data": 5}',
            b'{"data": {"reports": 7}}',
            b'{"data": {"reports": [[1]]}}',
        ):
            running.subgraphs["intake"].reply = lambda body, garbage=garbage: (200, garbage)

            answer = await ask(running, "{ reports { id caller { name } } }")

            assert answer["errors"], garbage
            assert answer["data"]["reports"] in (None, [None])


async def test_introspection_is_answered_beside_data() -> None:
    federation = a_federation()
    query = '{ first { id } __schema { queryType { name } } t: __type(name: "Report") { fields { name } } }'

    answer = await federation.ask(query)

    assert list(answer["data"]) == ["first", "__schema", "t"]
    assert answer["data"]["__schema"] == {"queryType": {"name": "Query"}}
    assert {item["name"] for item in answer["data"]["t"]["fields"]} == {"id", "caller", "near", "order"}


async def test_mutations_run_one_after_another_with_their_follow_ups() -> None:
    order: list[str] = []
    world = World({"a": Ref("N", "1"), "b": Ref("N", "1"), "c": Ref("N", "1")})
    world.add("N", "1", x="x", y="y")
    federation = federate(
        world,
        one='type Query { q: Int } type Mutation { a: N c: N } type N @key(fields: "id") { id: ID! x: String }',
        two='type Mutation { b: N } type N @key(fields: "id") { id: ID! y: String }',
    )
    for url, subgraph in federation.transport.subgraphs.items():
        original = subgraph.answer

        def noted(body: bytes, url: str = url, original: Any = original) -> Any:
            order.append(url.removeprefix("local:"))
            return original(body)

        subgraph.answer = noted  # type: ignore[method-assign]  # to see the order of calls

    answer = await federation.ask("mutation { a { y } b { x } c { x } }")

    assert answer == {"data": {"a": {"y": "y"}, "b": {"x": "x"}, "c": {"x": "x"}}}
    assert order == ["one", "two", "two", "one", "one"]
