"""Keys that are null, nulls in lists of entities, and entities a subgraph does not have."""

from __future__ import annotations

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
