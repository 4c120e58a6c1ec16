"""Objects without a key of their own: their other fields come through the entity above them."""

from __future__ import annotations

from tests.gateway.cases.harness import Case, Operation, Service


def services() -> list[Service]:
    return [
        Service(
            "a",
            """
            type Query { products: [Product] product: Product }
            type Product @key(fields: "id") @key(fields: "id pid") { id: ID! pid: ID! @shareable }
            """,
            query={
                "products": [{"id": "1", "pid": "p1"}, {"id": "2", "pid": "p2"}],
                "product": {"id": "1", "pid": "p1"},
            },
        ),
        Service(
            "b",
            """
            type Product @key(fields: "id") { id: ID! category: Category @shareable }
            type Category { id: ID! @shareable name: String! @shareable maker: Maker @shareable }
            type Maker { city: String }
            """,
            entities={
                "Product": [
                    {"id": "1", "category": {"id": "c1", "name": "n1", "maker": {"city": "Paris"}}},
                    {"id": "2", "category": None},
                ]
            },
        ),
        Service(
            "c",
            """
            type Product @key(fields: "id pid") { id: ID! pid: ID! @shareable category: Category @shareable }
            type Category { id: ID! @shareable details: Details maker: Maker @shareable }
            type Maker { street: String }
            type Details { products: Int notes: [Note!] }
            type Note { text: String! }
            """,
            entities={
                "Product": [
                    {
                        "id": "1",
                        "pid": "p1",
                        "category": {
                            "id": "c1",
                            "details": {"products": 5, "notes": [{"text": "x"}]},
                            "maker": {"street": "Rue"},
                        },
                    },
                    {"id": "2", "pid": "p2", "category": None},
                ]
            },
        ),
    ]


PARENT = Case(
    services,
    {
        "fields of two holders": Operation(
            "{ products { id category { id name details { products } } } }",
            {
                "products": [
                    {"id": "1", "category": {"id": "c1", "name": "n1", "details": {"products": 5}}},
                    {"id": "2", "category": None},
                ]
            },
            requests={"a": 1, "b": 1, "c": 1},
        ),
        "one holder is enough": Operation(
            "{ product { category { id details { notes { text } } } } }",
            {"product": {"category": {"id": "c1", "details": {"notes": [{"text": "x"}]}}}},
            requests={"a": 1, "c": 1},
        ),
        "two levels below the entity": Operation(
            "{ product { category { maker { city street } } } }",
            {"product": {"category": {"maker": {"city": "Paris", "street": "Rue"}}}},
            requests={"a": 1, "b": 1, "c": 1},
        ),
        "twice under different names": Operation(
            "{ product { one: category { name } two: category { details { products } } } }",
            {"product": {"one": {"name": "n1"}, "two": {"details": {"products": 5}}}},
            requests={"a": 1, "b": 1, "c": 1},
        ),
    },
)

COMPLEX = Case(
    lambda: [
        Service(
            "a",
            'type Product @key(fields: "id") @key(fields: "pid") { id: ID! @shareable pid: ID! @shareable }',
            entities={"Product": [{"id": "1", "pid": "p1"}]},
        ),
        Service(
            "b",
            """
            type Product @key(fields: "id pid") { id: ID! @shareable pid: ID! @shareable category: Category @shareable }
            type Category @shareable { details: String }
            """,
            entities={"Product": [{"id": "1", "pid": "p1", "category": {"details": "d1"}}]},
        ),
        Service(
            "c",
            """
            type Product @key(fields: "pid") { pid: ID! @shareable category: Category @shareable }
            type Category @key(fields: "id") @shareable { id: ID! }
            """,
            entities={"Product": [{"pid": "p1", "category": {"id": "c1"}}], "Category": [{"id": "c1"}]},
        ),
        Service(
            "d",
            """
            type Query { productFromD(id: ID!): Product }
            type Product @key(fields: "id") { id: ID! @shareable name: String }
            type Category @key(fields: "id") { id: ID! @shareable name: String }
            """,
            query={"productFromD": lambda id: {"id": id, "name": f"product {id}"}},  # noqa: A006
            entities={"Category": [{"id": "c1", "name": "category c1"}]},
        ),
    ],
    {
        "a parent's key, two hops away": Operation(
            '{ productFromD(id: "1") { id name category { id name details } } }',
            {
                "productFromD": {
                    "id": "1",
                    "name": "product 1",
                    "category": {"id": "c1", "name": "category c1", "details": "d1"},
                }
            },
        ),
        "only what lies behind": Operation(
            '{ productFromD(id: "1") { category { details } } }', {"productFromD": {"category": {"details": "d1"}}}
        ),
        "an unknown product": Operation(
            '{ productFromD(id: "7") { name category { name details } } }',
            {"productFromD": {"name": "product 7", "category": None}},
        ),
    },
)
