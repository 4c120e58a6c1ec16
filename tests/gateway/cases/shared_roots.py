"""Root fields of several subgraphs: one selection spread over them, and queries reached from below."""

from __future__ import annotations

from typing import Any

from tests.gateway.cases.harness import Case, Operation, Service


def _service(subgraph: str, fields: str, types: str, **parts: Any) -> Service:
    product = {"id": "1", **parts}
    return Service(
        subgraph,
        f"""
        type Query {{ product: Product @shareable products: [Product] @shareable }}
        type Product @shareable {{ id: ID! {fields} }}
        {types}
        """,
        query={"product": product, "products": [product, None, {**product, "id": "2"}]},
    )


SPREAD = Case(
    lambda: [
        _service(
            "category",
            "category: Category",
            "type Category @shareable { id: ID! name: String }",
            category={"id": "c1", "name": "Category 1"},
        ),
        _service(
            "name",
            "name: Name category: Category",
            "type Name { id: ID! brand: String model: String } type Category @shareable { id: ID! details: String }",
            name={"id": "n1", "brand": "B", "model": None},
            category={"id": "c1", "details": "D"},
        ),
        _service(
            "price",
            "price: Price",
            "type Price @shareable { id: ID! amount: Int currency: String }",
            price={"id": "p1", "amount": 1000, "currency": "USD"},
        ),
    ],
    {
        "one object, three subgraphs": Operation(
            "{ product { id name { id brand model } category { id name } price { id amount currency } } }",
            {
                "product": {
                    "id": "1",
                    "name": {"id": "n1", "brand": "B", "model": None},
                    "category": {"id": "c1", "name": "Category 1"},
                    "price": {"id": "p1", "amount": 1000, "currency": "USD"},
                }
            },
            requests={"category": 1, "name": 1, "price": 1},
        ),
        "a list": Operation(
            "{ products { id name { brand } category { name details } price { amount } } }",
            {
                "products": [
                    {
                        "id": "1",
                        "name": {"brand": "B"},
                        "category": {"name": "Category 1", "details": "D"},
                        "price": {"amount": 1000},
                    },
                    None,
                    {
                        "id": "2",
                        "name": {"brand": "B"},
                        "category": {"name": "Category 1", "details": "D"},
                        "price": {"amount": 1000},
                    },
                ]
            },
            requests={"category": 1, "name": 1, "price": 1},
        ),
        "one subgraph is enough": Operation(
            "{ product { id category { id } } }", {"product": {"id": "1", "category": {"id": "c1"}}}
        ),
        "under two names": Operation(
            "{ a: product { price { amount } } b: product { category { details } } product { id __typename } }",
            {
                "a": {"price": {"amount": 1000}},
                "b": {"category": {"details": "D"}},
                "product": {"id": "1", "__typename": "Product"},
            },
        ),
    },
)

NESTED_QUERY = Case(
    lambda: [
        Service(
            "first",
            """
            type Query { start: Wrapper only: String }
            type Wrapper { n: Int query: Query! deep: [Wrapper!] }
            """,
            query={
                "start": {"n": 1, "query": {}, "deep": [{"n": 2, "query": {}}, {"n": 3, "query": {}}]},
                "only": "first",
            },
        ),
        Service(
            "second",
            "type Query { other(n: Int): Other me: String } type Other { value: Int query: Query }",
            query={"other": lambda n=0: {"value": n, "query": {}}, "me": "second"},
        ),
    ],
    {
        "into another subgraph": Operation(
            "{ start { n query { me only other(n: 3) { value query { only me } } } } }",
            {
                "start": {
                    "n": 1,
                    "query": {
                        "me": "second",
                        "only": "first",
                        "other": {"value": 3, "query": {"only": "first", "me": "second"}},
                    },
                }
            },
        ),
        "in a list": Operation(
            "query ($n: Int) { start { deep { n query { me x: other(n: $n) { value } } } } }",
            {
                "start": {
                    "deep": [
                        {"n": 2, "query": {"me": "second", "x": {"value": 9}}},
                        {"n": 3, "query": {"me": "second", "x": {"value": 9}}},
                    ]
                }
            },
            variables={"n": 9},
            requests={"first": 1, "second": 1},
        ),
        "with its type name": Operation(
            "{ __typename start { query { __typename start { n } } } }",
            {"__typename": "Query", "start": {"query": {"__typename": "Query", "start": {"n": 1}}}},
            requests={"first": 1},
        ),
    },
)
