"""Federation 1 subgraphs: `extend type` and `@extends`, `@external` keys, fields shared without `@shareable`."""

from __future__ import annotations

from tests.gateway.cases.harness import Case, Operation, Service


def products(extension: str, more: str = "") -> list[Service]:
    """A product spread over three Federation 1 subgraphs; the second extends it, in one of the ways there are."""
    return [
        Service(
            "names",
            """
            extend type Query { randomUser: User userById(id: ID): User }
            type User @key(fields: "id") { id: ID! name: String! }
            """,
            query={
                "randomUser": {"id": "u1", "name": "name1"},
                "userById": lambda id=None: {"id": id, "name": f"name of {id}"},  # noqa: A006
            },
            entities={"User": [{"id": "u1", "name": "name1"}, {"id": "u2", "name": "name2"}]},
            fed_1=True,
        ),
        Service(
            "ratings",
            extension,
            query={
                "providedRandomUser": {"id": "u1", "name": "name1", "rid": "r1", "rating": 1},
                "unprovided": {"id": "u2", "rid": "r2", "rating": None},
            },
            entities={"User": [{"id": "u1", "rid": "r1", "rating": 1}, {"id": "u2", "rid": "r2", "rating": None}]},
            fed_1=True,
        ),
        Service(
            "tags",
            f"""
            {more}
            extend type User @key(fields: "rid") {{ rid: ID @external tag: String }}
            """,
            entities={"User": [{"rid": "r1", "tag": "t1"}]},
            fed_1=True,
        ),
    ]


OPERATIONS = {
    "there": Operation("{ randomUser { id name rating } }", {"randomUser": {"id": "u1", "name": "name1", "rating": 1}}),
    "provided": Operation(
        "{ providedRandomUser { name rating } }",
        {"providedRandomUser": {"name": "name1", "rating": 1}},
        requests={"ratings": 1},
    ),
    "not provided": Operation(
        "{ unprovided { name rating id } }",
        {"unprovided": {"name": "name2", "rating": None, "id": "u2"}},
        requests={"ratings": 1, "names": 1},
    ),
    "a second key": Operation(
        "{ randomUser { tag rid } unprovided { tag name } }",
        {"randomUser": {"tag": "t1", "rid": "r1"}, "unprovided": {"tag": None, "name": "name2"}},
    ),
    "an argument given or not": Operation(
        'query ($id: ID) { a: userById { name } b: userById(id: "u2") { rating } c: userById(id: $id) { id tag } }',
        {"a": {"name": "name of None"}, "b": {"rating": None}, "c": {"id": "u1", "tag": "t1"}},
        variables={"id": "u1"},
    ),
}

EXTEND_TYPE = Case(
    lambda: products(
        """
        extend type Query { providedRandomUser: User @provides(fields: "name") unprovided: User }
        extend type User @key(fields: "id") @key(fields: "rid") {
          id: ID! @external name: String! @external rid: ID rating: Int }
        """
    ),
    OPERATIONS,
)

EXTENDS_DIRECTIVE = Case(
    lambda: products(
        """
        type Query @extends { providedRandomUser: User @provides(fields: "name") unprovided: User }
        type User @extends @key(fields: "id") @key(fields: "rid") {
          id: ID! @external name: String! @external rid: ID rating: Int }
        """
    ),
    OPERATIONS,
)

WITH_DEFINITION = Case(
    lambda: products(
        """
        type Query { providedRandomUser: User @provides(fields: "name") unprovided: User }
        type User @key(fields: "id") { id: ID! name: String! @external rid: ID rating: Int }
        extend type User @key(fields: "rid")
        """
    ),
    OPERATIONS,
)

REQUIRES = Case(
    lambda: [
        Service(
            "products",
            """
            type Query { products(first: Int = 2): [Product] }
            type Product @key(fields: "upc") { upc: String! weight: Int price: Int dimensions: Dimensions }
            type Dimensions { size: Int unit: String }
            """,
            query={
                "products": lambda first: [
                    {"upc": "1", "weight": 10, "price": 5, "dimensions": {"size": 3, "unit": "m"}},
                    {"upc": "2", "weight": None, "price": 7, "dimensions": None},
                ][:first]
            },
            fed_1=True,
        ),
        Service(
            "inventory",
            """
            extend type Product @key(fields: "upc") {
              upc: String! @external
              weight: Int @external
              price: Int @external
              dimensions: Dimensions @external
              inStock: Boolean
              estimate: Int @requires(fields: "price weight")
              box: String @requires(fields: "dimensions { size unit }")
            }
            extend type Dimensions { size: Int @external unit: String @external }
            """,
            entities={"Product": [{"upc": "1", "inStock": True}, {"upc": "2", "inStock": False}]},
            resolvers={
                "Product.estimate": lambda item: item["price"] * (item["weight"] or 0),
                "Product.box": lambda item: (
                    item["dimensions"] and f"{item['dimensions']['size']}{item['dimensions']['unit']}"
                ),
            },
            fed_1=True,
        ),
    ],
    {
        "requires": Operation(
            "{ products { upc estimate inStock } }",
            {
                "products": [
                    {"upc": "1", "estimate": 50, "inStock": True},
                    {"upc": "2", "estimate": 0, "inStock": False},
                ]
            },
            requests={"products": 1, "inventory": 1},
        ),
        "requires an object": Operation(
            "{ products { box dimensions { size } } }",
            {"products": [{"box": "3m", "dimensions": {"size": 3}}, {"box": None, "dimensions": None}]},
            requests={"products": 1, "inventory": 1},
        ),
    },
)
