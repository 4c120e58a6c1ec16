"""`@provides`: fields another subgraph hands along below one of its fields, nested, in lists, and only there."""

from __future__ import annotations

from tests.gateway.cases.harness import Case, Operation, Service

NESTED = Case(
    lambda: [
        Service(
            "a",
            """
            type Query { products: [Product] @shareable }
            type Product @key(fields: "id") { id: ID! name: String }
            type Category @key(fields: "id") { id: ID! name: String parent: Category }
            """,
            query={"products": [{"id": "p1", "name": "n1"}, {"id": "p2", "name": "n2"}]},
            entities={
                "Product": [{"id": "p1", "name": "n1"}, {"id": "p2", "name": "n2"}],
                "Category": [
                    {"id": "c1", "name": "Category 1", "parent": None},
                    {"id": "c3", "name": "Category 3", "parent": {"id": "c1", "name": "Category 1", "parent": None}},
                ],
            },
        ),
        Service(
            "b",
            """
            type Query {
              products: [Product] @provides(fields: "categories { id name } name") @shareable
              first: Product @provides(fields: "categories { parent { name parent { id } } }")
              plain: Product
            }
            type Product @key(fields: "id") { id: ID! name: String @external categories: [Category] @external stock:
              Int }
            type Category @key(fields: "id", resolvable: false) { id: ID! name: String @external parent: Category
              @external }
            """,
            query={
                "products": [
                    {"id": "p1", "name": "n1", "stock": 1, "categories": [{"id": "c1", "name": "Category 1"}]},
                    {"id": "p2", "name": "n2", "stock": 2, "categories": [{"id": "c3", "name": "Category 3"}, None]},
                ],
                "first": {
                    "id": "p1",
                    "stock": 1,
                    "categories": [{"id": "c3", "parent": {"id": "c1", "name": "Category 1", "parent": {"id": "c0"}}}],
                },
                "plain": {"id": "p1", "stock": 1},
            },
            entities={"Product": [{"id": "p1", "stock": 1}, {"id": "p2", "stock": 2}]},
        ),
        Service(
            "c",
            """
            type Product @key(fields: "id") { id: ID! categories: [Category] }
            type Category @key(fields: "id", resolvable: false) { id: ID! }
            """,
            entities={
                "Product": [
                    {"id": "p1", "categories": [{"id": "c1"}]},
                    {"id": "p2", "categories": [{"id": "c3"}, None]},
                ]
            },
        ),
    ],
    {
        "all is provided": Operation(
            "{ products { id name categories { id name } } }",
            {
                "products": [
                    {"id": "p1", "name": "n1", "categories": [{"id": "c1", "name": "Category 1"}]},
                    {"id": "p2", "name": "n2", "categories": [{"id": "c3", "name": "Category 3"}, None]},
                ]
            },
            requests={"b": 1},
        ),
        "more than is provided": Operation(
            "{ products { categories { name parent { id name } } } }",
            {
                "products": [
                    {"categories": [{"name": "Category 1", "parent": None}]},
                    {"categories": [{"name": "Category 3", "parent": {"id": "c1", "name": "Category 1"}}, None]},
                ]
            },
            requests={"b": 1, "a": 1},
        ),
        "three levels down": Operation(
            "{ first { categories { parent { name parent { id } } } } }",
            {"first": {"categories": [{"parent": {"name": "Category 1", "parent": {"id": "c0"}}}]}},
            requests={"b": 1},
        ),
        "a field beside it gives nothing": Operation(
            "{ plain { name stock categories { id name } } }",
            {"plain": {"name": "n1", "stock": 1, "categories": [{"id": "c1", "name": "Category 1"}]}},
        ),
        "the same type under several fields": Operation(
            "{ first { name stock } plain { name } products { name } }",
            {
                "first": {"name": "n1", "stock": 1},
                "plain": {"name": "n1"},
                "products": [{"name": "n1"}, {"name": "n2"}],
            },
            requests={"b": 1, "a": 1},
        ),
    },
)
