"""Keys that are null, nulls in lists of entities, and entities a subgraph does not have."""

from __future__ import annotations

from typing import Any

from tests.gateway.cases.harness import Case, Operation, Service


def services() -> list[Service]:
    return [
        Service(
            "a",
            """
            type Query { containers: [Container] first: Book matrix: [[Book]] }
            type Container { book: Book }
            type Book @key(fields: "upc") { upc: ID }
            """,
            query={
                "containers": [
                    {"book": {"upc": "b1"}},
                    {"book": {"upc": None}},
                    None,
                    {"book": None},
                    {"book": {"upc": "gone"}},
                ],
                "first": {"upc": None},
                "matrix": [[{"upc": "b1"}, None], None, [], [{"upc": "gone"}, {"upc": "b2"}]],
            },
        ),
        Service(
            "b",
            'type Book @key(fields: "upc") @key(fields: "id") { upc: ID id: ID }',
            entities={"Book": [{"upc": "b1", "id": "1"}, {"upc": "b2", "id": None}]},
        ),
        Service(
            "c",
            """
            type Book @key(fields: "id") { id: ID author: Author }
            type Author { name: String! }
            """,
            entities={"Book": [{"id": "1", "author": {"name": "Alice"}}, {"id": "2", "author": {"name": "Bob"}}]},
        ),
    ]


NULL_KEYS = Case(
    services,
    {
        "a null key leads nowhere": Operation(
            "{ containers { book { upc author { name } } } }",
            {
                "containers": [
                    {"book": {"upc": "b1", "author": {"name": "Alice"}}},
                    {"book": {"upc": None, "author": None}},
                    None,
                    {"book": None},
                    {"book": {"upc": "gone", "author": None}},
                ]
            },
            requests={"a": 1, "b": 1, "c": 1},
        ),
        "nothing is asked for a null key": Operation(
            "{ first { upc author { name } } }", {"first": {"upc": None, "author": None}}, requests={"a": 1}
        ),
        "lists of lists keep their nulls": Operation(
            "{ matrix { id author { name } } }",
            {
                "matrix": [
                    [{"id": "1", "author": {"name": "Alice"}}, None],
                    None,
                    [],
                    [{"id": None, "author": None}, {"id": None, "author": None}],
                ]
            },
            requests={"a": 1, "b": 1, "c": 1},
        ),
    },
)


def _named(item: dict[str, Any]) -> dict[str, Any]:
    """Whatever is asked has a name, so that an answer tells what was asked."""
    return {**item, "name": f"{item['site']}-{item.get('number')}-{item.get('owner')}"}


PARTS = Case(
    lambda: [
        Service(
            "a",
            """
            type Query { rooms: [Room] desks: [Desk] }
            type Room @key(fields: "site number") { site: ID! number: ID }
            type Desk @key(fields: "site owner { id }") { site: ID! owner: Owner }
            type Owner { id: ID @shareable }
            """,
            query={
                "rooms": [{"site": "s", "number": "1"}, {"site": "s", "number": None}],
                "desks": [
                    {"site": "s", "owner": {"id": "1"}},
                    {"site": "s", "owner": {"id": None}},
                    {"site": "s", "owner": None},
                ],
            },
        ),
        Service(
            "b",
            """
            type Room @key(fields: "site number") { site: ID! number: ID name: String }
            type Desk @key(fields: "site owner { id }") { site: ID! owner: Owner name: String }
            type Owner { id: ID @shareable }
            """,
            entities={"Room": _named, "Desk": _named},
        ),
    ],
    {
        "a key is null when a part of it is": Operation(
            "{ rooms { name } }", {"rooms": [{"name": "s-1-None"}, {"name": None}]}, requests={"a": 1, "b": 1}
        ),
        "or a part of a part": Operation(
            "{ desks { name } }",
            {"desks": [{"name": "s-None-{'id': '1'}"}, {"name": None}, {"name": None}]},
            requests={"a": 1, "b": 1},
        ),
    },
)
