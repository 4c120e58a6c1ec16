"""`@external` in Federation 2: on keys, declared and never used, on nested keys, on extensions; who may be asked for what."""

from __future__ import annotations

from tests.gateway.cases.harness import Case, Operation, Service

MYSTERIOUS = Case(
    lambda: [
        Service(
            "products",
            """
            type Query { product: Product }
            type Product @key(fields: "id") { id: ID! price: Float! }
            """,
            query={"product": {"id": "p1", "price": 12.5}},
            entities={"Product": [{"id": "p1", "price": 12.5}]},
        ),
        Service(
            "discounts",
            """
            extend type Product @key(fields: "id") {
              id: ID!
              price: Float! @external
              discountedPrice: Float! @requires(fields: "price")
            }
            extend type Query { cheapest: Product }
            """,
            query={"cheapest": {"id": "p1"}},
            entities={"Product": [{"id": "p1"}]},
            resolvers={"Product.discountedPrice": lambda item: item["price"] / 2},
        ),
    ],
    {
        "an external field is asked from its owner": Operation(
            "{ cheapest { id price } }",
            {"cheapest": {"id": "p1", "price": 12.5}},
            requests={"discounts": 1, "products": 1},
        ),
        "and brought back for a computed one": Operation(
            "{ cheapest { discountedPrice } product { discountedPrice price } }",
            {"cheapest": {"discountedPrice": 6.25}, "product": {"discountedPrice": 6.25, "price": 12.5}},
        ),
    },
)

KEYS = Case(
    lambda: [
        Service(
            "users",
            """
            extend type Query { userWithId(id: ID!): User }
            extend type User @key(fields: "id") { id: ID! @external name: String @shareable rid: ID @shareable }
            """,
            query={"userWithId": lambda id: {"id": id, "name": f"name {id}", "rid": "r1"}},  # noqa: A006
            entities={"User": [{"id": "u1", "name": "name u1", "rid": "r1"}]},
        ),
        Service(
            "ratings",
            """
            type Query { random: User provided: User @provides(fields: "name") }
            type User @key(fields: "rid") @key(fields: "id") {
              id: ID! rid: ID @shareable name: String @external rating: Int @shareable }
            """,
            query={
                "random": {"id": "u1", "rid": "r1", "rating": 4},
                "provided": {"id": "u1", "rid": "r1", "rating": 4, "name": "x"},
            },
            entities={"User": [{"id": "u1", "rid": "r1", "rating": 4}]},
        ),
        Service(
            "nicknames",
            """
            type User @key(fields: "id profile { code }") { id: ID! profile: Profile @external nickname: String }
            type Profile { code: String @external }
            """,
            entities={"User": [{"id": "u1", "profile": {"code": "c"}, "nickname": "nick"}]},
        ),
        Service(
            "profiles",
            """
            type User @key(fields: "id") { id: ID! profile: Profile }
            type Profile { code: String colour: String }
            """,
            entities={"User": [{"id": "u1", "profile": {"code": "c", "colour": "red"}}]},
        ),
    ],
    {
        "an external key on an extension is the extension's own": Operation(
            '{ userWithId(id: "u1") { id rid name } }',
            {"userWithId": {"id": "u1", "rid": "r1", "name": "name u1"}},
            requests={"users": 1},
        ),
        "an external field that is not provided here": Operation(
            "{ random { name rating } }",
            {"random": {"name": "name u1", "rating": 4}},
            requests={"ratings": 1, "users": 1},
        ),
        "an external field that is": Operation(
            "{ provided { name rating } }", {"provided": {"name": "x", "rating": 4}}, requests={"ratings": 1}
        ),
        "a nested key of external fields": Operation(
            "{ random { nickname profile { colour code } } }",
            {"random": {"nickname": "nick", "profile": {"colour": "red", "code": "c"}}},
            requests={"ratings": 1, "profiles": 1, "nicknames": 1},
        ),
    },
)

EXTENSION_FIELDS = Case(
    lambda: [
        Service(
            "base",
            """
            type Query { item: Item }
            type Item @key(fields: "id") { id: ID! base: String part: Part @shareable }
            type Part @shareable { a: String b: String }
            """,
            query={"item": {"id": "1", "base": "base", "part": {"a": "a", "b": "b"}}},
            entities={"Item": [{"id": "1", "base": "base", "part": {"a": "a", "b": "b"}}]},
        ),
        Service(
            "more",
            """
            type Item @key(fields: "id") { id: ID! }
            extend type Item { extra: String @shareable list: [Item!] part: Part @shareable }
            type Part @shareable { a: String c: String }
            """,
            entities={
                "Item": [{"id": "1", "extra": "e", "list": [{"id": "1"}, {"id": "2"}], "part": {"a": "a", "c": "c"}}]
            },
        ),
        Service(
            "all_external",
            """
            type Query { stub: Item }
            type Item @key(fields: "id") { id: ID! base: String @external sum: String @requires(fields: "base part { a b }")
              part: Part @external }
            type Part @external { a: String b: String }
            """,
            query={"stub": {"id": "1"}},
            entities={"Item": [{"id": "1"}]},
            resolvers={"Item.sum": lambda item: item["base"] + item["part"]["a"] + item["part"]["b"]},
        ),
    ],
    {
        "a whole type is external": Operation(
            "{ stub { part { a b c } sum } }", {"stub": {"part": {"a": "a", "b": "b", "c": "c"}, "sum": "baseab"}}
        ),
        "fields of the extension": Operation(
            "{ item { base extra list { id base } } }",
            {"item": {"base": "base", "extra": "e", "list": [{"id": "1", "base": "base"}, {"id": "2", "base": None}]}},
        ),
    },
)
