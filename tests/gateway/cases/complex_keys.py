"""Composite, nested and list keys over four subgraphs, and chains of hops between them."""

from __future__ import annotations

from tests.gateway.cases.harness import Case, Operation, Ref, Service


def services() -> list[Service]:
    return [
        Service(
            "products",
            """
            type Query { topProducts: Shelf! }
            type Shelf @key(fields: "products { id }") { products: [Product!]! @shareable }
            type Product @key(fields: "id") { id: ID! category: Category @shareable }
            type Category @key(fields: "id") { id: ID! @shareable tag: String @shareable }
            """,
            query={
                "topProducts": {
                    "products": [
                        {"id": "1", "category": {"id": "c1", "tag": "t1"}},
                        {"id": "2", "category": {"id": "c2", "tag": "t2"}},
                    ]
                }
            },
            entities={
                "Product": [
                    {"id": "1", "category": {"id": "c1", "tag": "t1"}},
                    {"id": "2", "category": {"id": "c2", "tag": "t2"}},
                ]
            },
        ),
        Service(
            "links",
            """
            type Product @key(fields: "id") @key(fields: "id pid") { id: ID! pid: ID! @shareable }
            """,
            entities={"Product": [{"id": "1", "pid": "p1"}, {"id": "2", "pid": "p2"}]},
        ),
        Service(
            "shelves",
            """
            type Shelf @key(fields: "products { id pid category { id tag } } selected { id }")
              @key(fields: "products { id pid }") {
              products: [Product!]! @shareable
              first: Product
              selected: Product @shareable
            }
            type Product @key(fields: "id pid category { id tag }") {
              id: ID! pid: ID! @shareable category: Category @shareable sales: Int
            }
            type Category { id: ID! @shareable tag: String @shareable }
            """,
            entities={
                "Shelf": [
                    {
                        "products": [{"id": "1", "pid": "p1"}, {"id": "2", "pid": "p2"}],
                        "first": Ref("Product", id="1"),
                        "selected": Ref("Product", id="2"),
                    }
                ],
                "Product": [
                    {"id": "1", "pid": "p1", "category": {"id": "c1", "tag": "t1"}, "sales": 10},
                    {"id": "2", "pid": "p2", "category": {"id": "c2", "tag": "t2"}, "sales": None},
                ],
            },
        ),
        Service(
            "prices",
            """
            type Shelf @key(fields: "products { id pid category { id tag } } selected { id }") {
              products: [Product!]! @shareable
              selected: Product @shareable
              value: Int
            }
            type Product @key(fields: "id pid category { id tag }") {
              id: ID! pid: ID! @shareable category: Category @shareable price: Int
            }
            type Category @key(fields: "id tag") { id: ID! tag: String @shareable main: Product }
            """,
            entities={
                "Shelf": [
                    {
                        "products": [
                            {"id": "1", "pid": "p1", "category": {"id": "c1", "tag": "t1"}},
                            {"id": "2", "pid": "p2", "category": {"id": "c2", "tag": "t2"}},
                        ],
                        "selected": Ref("Product", id="2"),
                        "value": 300,
                    }
                ],
                "Product": [
                    {"id": "1", "pid": "p1", "category": Ref("Category", id="c1"), "price": 100},
                    {"id": "2", "pid": "p2", "category": Ref("Category", id="c2"), "price": 200},
                ],
                "Category": [
                    {"id": "c1", "tag": "t1", "main": Ref("Product", id="1")},
                    {"id": "c2", "tag": "t2", "main": Ref("Product", id="1")},
                ],
            },
        ),
    ]


KEYS = Case(
    services,
    {
        "a key of several parts, one of them nested": Operation(
            "{ topProducts { products { id price sales } } }",
            {
                "topProducts": {
                    "products": [{"id": "1", "price": 100, "sales": 10}, {"id": "2", "price": 200, "sales": None}]
                }
            },
        ),
        "a key with a list of objects": Operation(
            "{ topProducts { first { id price } } }", {"topProducts": {"first": {"id": "1", "price": 100}}}
        ),
        "a key that needs another subgraph's key first": Operation(
            "{ topProducts { value } }", {"topProducts": {"value": 300}}
        ),
        "back and forth": Operation(
            "{ topProducts { selected { id price category { main { id pid price } } } products { pid } } }",
            {
                "topProducts": {
                    "selected": {"id": "2", "price": 200, "category": {"main": {"id": "1", "pid": "p1", "price": 100}}},
                    "products": [{"pid": "p1"}, {"pid": "p2"}],
                }
            },
        ),
        "parts of the key under other names": Operation(
            "{ topProducts { products { pid: id id: price category: sales category_: category { tag: id id: tag } } } }",
            {
                "topProducts": {
                    "products": [
                        {"pid": "1", "id": 100, "category": 10, "category_": {"tag": "c1", "id": "t1"}},
                        {"pid": "2", "id": 200, "category": None, "category_": {"tag": "c2", "id": "t2"}},
                    ]
                }
            },
        ),
    },
)
