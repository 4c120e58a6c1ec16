"""Keys with `resolvable: false`: references a subgraph hands out but cannot be asked by."""

from __future__ import annotations

from tests.gateway.cases.harness import Case, Operation, Service

REFERENCES = Case(
    lambda: [
        Service(
            "orders",
            """
            type Query { order: Order orders: [Order!] }
            type Order @key(fields: "id") { id: ID! buyer: User product: Product }
            type User @key(fields: "id", resolvable: false) { id: ID! }
            type Product @key(fields: "sku store { id }", resolvable: false) { sku: ID! store: Store! @shareable }
            type Store @key(fields: "id", resolvable: false) { id: ID! }
            """,
            query={
                "order": {"id": "o1", "buyer": {"id": "u1"}, "product": {"sku": "s1", "store": {"id": "b1"}}},
                "orders": [
                    {"id": "o1", "buyer": {"id": "u1"}, "product": None},
                    {"id": "o2", "buyer": None, "product": {"sku": "s2", "store": {"id": "b1"}}},
                ],
            },
            entities={
                "Order": [
                    {"id": "o1", "buyer": {"id": "u1"}, "product": {"sku": "s1", "store": {"id": "b1"}}},
                ]
            },
        ),
        Service(
            "users",
            """
            type Query { me: User }
            type User @key(fields: "id") { id: ID! name: String last: Order }
            type Order @key(fields: "id", resolvable: false) { id: ID! }
            """,
            query={"me": {"id": "u1", "name": "Ann", "last": {"id": "o1"}}},
            entities={"User": [{"id": "u1", "name": "Ann", "last": {"id": "o1"}}]},
        ),
        Service(
            "stores",
            """
            type Product @key(fields: "sku store { id }") { sku: ID! store: Store! @shareable price: Int }
            type Store @key(fields: "id") { id: ID! city: String }
            """,
            entities={
                "Product": [
                    {"sku": "s1", "store": {"id": "b1", "city": "Rome"}, "price": 3},
                    {"sku": "s2", "store": {"id": "b1", "city": "Rome"}, "price": None},
                ],
                "Store": [{"id": "b1", "city": "Rome"}],
            },
        ),
    ],
    {
        "there and not back": Operation(
            "{ order { id buyer { id name } } }", {"order": {"id": "o1", "buyer": {"id": "u1", "name": "Ann"}}}
        ),
        "a nested key": Operation(
            "{ orders { product { price store { city } } buyer { name } } }",
            {
                "orders": [
                    {"product": None, "buyer": {"name": "Ann"}},
                    {"product": {"price": None, "store": {"city": "Rome"}}, "buyer": None},
                ]
            },
            requests={"orders": 1, "users": 1, "stores": 1},
        ),
        "only the reference": Operation(
            "{ me { last { id } } }", {"me": {"last": {"id": "o1"}}}, requests={"users": 1}
        ),
        "an entity the reference leads to": Operation(
            "{ me { last { buyer { name } id product { price } } } }",
            {"me": {"last": {"buyer": {"name": "Ann"}, "id": "o1", "product": {"price": 3}}}},
        ),
    },
)
