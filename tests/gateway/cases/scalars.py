"""Custom scalars that hold objects and lists: carried through untouched, also in keys and requirements."""

from __future__ import annotations

from tests.gateway.cases.harness import Case, Operation, Service

SCALARS = Case(
    lambda: [
        Service(
            "a",
            """
            scalar JSON
            type Query { item: Item items: [Item!] raw: JSON list: [JSON] }
            type Item @key(fields: "ref") { ref: JSON! data: JSON more: [JSON!] }
            """,
            query={
                "item": {
                    "ref": {"a": [1, 2]},
                    "data": {"__typename": "X", "deep": [{"y": None}]},
                    "more": [1, "x", {"k": []}],
                },
                "items": [
                    {"ref": {"a": [1, 2]}, "data": [1, None], "more": None},
                    {"ref": {"a": [1, 2]}, "data": {}, "more": []},
                    {"ref": "text", "data": 5, "more": [[[]]]},
                ],
                "raw": {"id": 1, "item": {"id": 2}},
                "list": [None, {}, [None], 0],
            },
        ),
        Service(
            "b",
            """
            scalar JSON
            type Item @key(fields: "ref") { ref: JSON! data: JSON @external size: Int copy: JSON @requires(fields:
              "data") }
            """,
            entities={"Item": [{"ref": {"a": [1, 2]}, "size": 2}, {"ref": "text", "size": 4}]},
            resolvers={"Item.copy": lambda item: {"copy": item["data"]}},
        ),
    ],
    {
        "untouched": Operation(
            "{ raw list item { ref data more } }",
            {
                "raw": {"id": 1, "item": {"id": 2}},
                "list": [None, {}, [None], 0],
                "item": {
                    "ref": {"a": [1, 2]},
                    "data": {"__typename": "X", "deep": [{"y": None}]},
                    "more": [1, "x", {"k": []}],
                },
            },
            requests={"a": 1},
        ),
        "as a key": Operation("{ items { size } }", {"items": [{"size": 2}, {"size": 2}, {"size": 4}]}),
        "as a requirement": Operation(
            "{ items { copy data } }",
            {
                "items": [
                    {"copy": {"copy": [1, None]}, "data": [1, None]},
                    {"copy": {"copy": {}}, "data": {}},
                    {"copy": {"copy": 5}, "data": 5},
                ]
            },
        ),
    },
)
