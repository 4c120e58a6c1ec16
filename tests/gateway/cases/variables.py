"""Variables: defaults, absent and null, in the first request and in those that follow."""

from __future__ import annotations

from typing import Any

from tests.gateway.cases.harness import Case, Operation, Service


def _show(*_: Any, **arguments: Any) -> str:
    return str(arguments)


VARIABLES = Case(
    lambda: [
        Service(
            "a",
            """
            type Query { echo(text: String = "default", number: Int, list: [Int!]): String item(id: ID = "1"): Item }
            type Item @key(fields: "id") { id: ID! }
            """,
            query={"echo": _show, "item": lambda id: {"id": id}},  # noqa: A006
        ),
        Service(
            "b",
            """
            type Item @key(fields: "id") { id: ID! say(text: String = "b", flag: Boolean): String also(text: String!
              = "c"): String
              when(at: When): When count: Int }
            scalar When
            """,
            entities={"Item": lambda item: item},
            resolvers={"Item.say": _show, "Item.also": _show, "Item.when": lambda item, at=None: at},
        ),
    ],
    {
        "absent, with a default in the schema": Operation(
            "query ($t: String) { echo(text: $t) item { say(text: $t) } }",
            {"echo": "{'text': 'default'}", "item": {"say": "{'text': 'b'}"}},
        ),
        "null is not absent": Operation(
            "query ($t: String, $n: Int) { echo(text: $t, number: $n) item { say(text: $t, flag: null) } }",
            {"echo": "{'text': None, 'number': None}", "item": {"say": "{'text': None, 'flag': None}"}},
            variables={"t": None, "n": None},
        ),
        "a default in the operation": Operation(
            """query ($t: String = "op", $id: ID = "7", $f: Boolean = true) { echo(text: $t) item(id: $id) { id
              say(text: $t, flag: $f) } }""",
            {"echo": "{'text': 'op'}", "item": {"id": "7", "say": "{'text': 'op', 'flag': True}"}},
        ),
        "null in spite of a default": Operation(
            'query ($t: String = "op") { echo(text: $t) item { say(text: $t) } }',
            {"echo": "{'text': None}", "item": {"say": "{'text': None}"}},
            variables={"t": None},
        ),
        "a nullable variable where null is not allowed, with a default": Operation(
            'query ($t: String = "x") { item { also(text: $t) b: also } }',
            {"item": {"also": "{'text': 'x'}", "b": "{'text': 'c'}"}},
        ),
        "one value for a list": Operation(
            "query ($l: [Int!], $n: Int! = 3) { echo(list: $l) b: echo(list: [$n, 2]) c: echo(list: $l, number: $n) }",
            {
                "echo": "{'text': 'default', 'list': [1]}",
                "b": "{'text': 'default', 'list': [3, 2]}",
                "c": "{'text': 'default', 'number': 3, 'list': [1]}",
            },
            variables={"l": 1},
        ),
        "the same variable in several subgraphs, another in one": Operation(
            """query ($t: String!, $id: ID!, $f: Boolean!, $unused: Int) { echo(text: $t) item(id: $id) { id
              say(text: $t, flag: $f) } x: echo(number: $unused) }""",
            {
                "echo": "{'text': 'v'}",
                "item": {"id": "v", "say": "{'text': 'v', 'flag': False}"},
                "x": "{'text': 'default'}",
            },
            variables={"t": "v", "id": "v", "f": False},
        ),
        "variables called like the gateway's own": Operation(
            'query ($representations: String, $_r0: String! = "r") { item { say(text: $representations) a: also(text: $_r0) } }',
            {"item": {"say": "{'text': 'R'}", "a": "{'text': 'r'}"}},
            variables={"representations": "R"},
        ),
        "a scalar of many parts": Operation(
            "query ($w: When, $d: Int) { item { when(at: $w) b: when(at: { day: $d, list: [1, { x: null }] }) } }",
            {"item": {"when": {"y": [1, {"z": None}]}, "b": {"day": 5, "list": [1, {"x": None}]}}},
            variables={"w": {"y": [1, {"z": None}]}, "d": 5},
        ),
    },
)
