"""Failures of a subgraph: the rest of the answer stays, and every error says where it belongs."""

from __future__ import annotations

from graphql import GraphQLError

from tests.gateway.cases.harness import Case, Operation, Service


def _fail(*_: object, **__: object) -> object:
    raise GraphQLError("failed", extensions={"code": "FAILED"})


ERRORS = Case(
    lambda: [
        Service(
            "a",
            """
            type Query { items: [Item] bad: String item: Item strict: Item! broken: Item }
            type Item @key(fields: "id") { id: ID! weight: Int }
            """,
            query={
                "items": [
                    {"id": "1", "weight": 1},
                    {"id": "2", "weight": GraphQLError("no weight")},
                    {"id": "3", "weight": 3},
                ],
                "bad": _fail,
                "item": {"id": "1", "weight": 1},
                "strict": {"id": "4", "weight": 4},
                "broken": _fail,
            },
        ),
        Service(
            "b",
            """
            type Item @key(fields: "id") {
              id: ID! name: String must: String! weight: Int @external double: Int @requires(fields: "weight") }
            """,
            entities={
                "Item": lambda item: {
                    "1": {"id": "1", "name": "one", "must": "m"},
                    "2": {"id": "2", "name": GraphQLError("no name"), "must": GraphQLError("no must")},
                    "3": GraphQLError("no item"),
                }.get(item["id"])
            },
            resolvers={"Item.double": lambda item: item["weight"] and item["weight"] * 2},
        ),
        Service(
            "c",
            'type Item @key(fields: "id") { id: ID! stock: Int tags: [String] } type Query { c: Int }',
            query={"c": 1},
            entities={"Item": lambda item: {"id": item["id"], "stock": 9, "tags": ["t", GraphQLError("no tag")]}},
        ),
    ],
    {
        "one of parallel fetches": Operation(
            "{ items { name stock } }",
            {"items": [{"name": "one", "stock": 9}, {"name": None, "stock": 9}, {"name": None, "stock": 9}]},
            errors=("items.1.name", "items.2"),
        ),
        "a field that may not be null": Operation(
            "{ items { id must } item { must } }",
            {"items": [{"id": "1", "must": "m"}, None, None], "item": {"must": "m"}},
            errors=("items.1.must", "items.2"),
        ),
        "up to the root": Operation("{ strict { id must } c }", None, errors=("strict.must",)),
        "a root field": Operation(
            "{ bad item { name } broken { name } c }",
            {"bad": None, "item": {"name": "one"}, "broken": None, "c": 1},
            errors=("bad", "broken"),
        ),
        "what a requirement failed to bring": Operation(
            "{ items { double } }",
            {"items": [{"double": 2}, {"double": None}, {"double": None}]},
            errors=("items.1.weight", "items.2"),
        ),
        "inside a list": Operation(
            "{ item { tags } items { tags } }",
            {
                "item": {"tags": ["t", None]},
                "items": [{"tags": ["t", None]}, {"tags": ["t", None]}, {"tags": ["t", None]}],
            },
            errors=("item.tags.1", "items.0.tags.1", "items.1.tags.1", "items.2.tags.1"),
        ),
        "the same entity in two places": Operation(
            "{ a: items { x: name } b: items { name } }",
            {
                "a": [{"x": "one"}, {"x": None}, {"x": None}],
                "b": [{"name": "one"}, {"name": None}, {"name": None}],
            },
            errors=("a.1.x", "a.2", "b.1.name", "b.2"),
        ),
    },
)
