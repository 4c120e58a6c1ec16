"""`@requires`: what requires is itself required, in circles of subgraphs, through objects, lists and fragments."""

from __future__ import annotations

from typing import Any

from graphql import GraphQLError

from tests.gateway.cases.harness import Case, Operation, Ref, Service

CHAIN = Case(
    lambda: [
        Service(
            "a",
            'type Product @key(fields: "id") { id: ID! price: Float! }',
            entities={"Product": [{"id": "p1", "price": 5.5}]},
        ),
        Service(
            "b",
            'type Product @key(fields: "id") { id: ID! hasDiscount: Boolean! }',
            entities={"Product": [{"id": "p1", "hasDiscount": True}]},
        ),
        Service(
            "c",
            """
            type Product @key(fields: "id") {
              id: ID!
              price: Float! @external
              hasDiscount: Boolean! @external
              isExpensive: Boolean! @requires(fields: "price")
              isExpensiveWithDiscount: Boolean! @requires(fields: "price hasDiscount")
            }
            """,
            entities={"Product": [{"id": "p1"}]},
            resolvers={
                "Product.isExpensive": lambda item: item["price"] > 5,
                "Product.isExpensiveWithDiscount": lambda item: item["hasDiscount"] and item["price"] > 7,
            },
        ),
        Service(
            "d",
            """
            type Query { product: Product }
            type Product @key(fields: "id") {
              id: ID!
              isExpensive: Boolean! @external
              isExpensiveWithDiscount: Boolean! @external
              canAfford: Boolean! @requires(fields: "isExpensive")
              canAffordWithDiscount: Boolean! @requires(fields: "isExpensiveWithDiscount")
              note: String
            }
            """,
            query={"product": {"id": "p1", "note": "n"}},
            entities={"Product": [{"id": "p1", "note": "n"}]},
            resolvers={
                "Product.canAfford": lambda item: not item["isExpensive"],
                "Product.canAffordWithDiscount": lambda item: not item["isExpensiveWithDiscount"],
            },
        ),
    ],
    {
        "both": Operation(
            "{ product { canAfford canAffordWithDiscount } }",
            {"product": {"canAfford": False, "canAffordWithDiscount": True}},
            requests={"d": 2, "a": 1, "b": 1, "c": 1},
        ),
        "first": Operation(
            "{ product { canAfford } }", {"product": {"canAfford": False}}, requests={"d": 2, "a": 1, "c": 1}
        ),
        "second": Operation(
            "{ product { canAffordWithDiscount } }",
            {"product": {"canAffordWithDiscount": True}},
            requests={"d": 2, "a": 1, "b": 1, "c": 1},
        ),
        "in any order, with what they require": Operation(
            "{ product { canAfford isExpensive price note canAffordWithDiscount hasDiscount isExpensiveWithDiscount id } }",
            {
                "product": {
                    "canAfford": False,
                    "isExpensive": True,
                    "price": 5.5,
                    "note": "n",
                    "canAffordWithDiscount": True,
                    "hasDiscount": True,
                    "isExpensiveWithDiscount": False,
                    "id": "p1",
                }
            },
            requests={"d": 2, "a": 1, "b": 1, "c": 1},
        ),
        "required fields are named otherwise by the client": Operation(
            "{ product { isExpensive: price price: isExpensive id: canAfford hasDiscount: note } }",
            {"product": {"isExpensive": 5.5, "price": True, "id": False, "hasDiscount": "n"}},
        ),
    },
)

CIRCLE = Case(
    lambda: [
        Service(
            "posts",
            """
            type Query { feed: [Post] }
            type Post @key(fields: "id") {
              id: ID!
              author: Author!
              byNovice: Boolean! @external
              byExpert: Boolean! @requires(fields: "byNovice")
            }
            type Author @key(fields: "id") { id: ID! }
            """,
            query={"feed": [{"id": "1", "author": {"id": "a1"}}, {"id": "2", "author": {"id": "a2"}}]},
            entities={
                "Post": [{"id": "1", "author": {"id": "a1"}}, {"id": "2", "author": {"id": "a2"}}],
                "Author": [{"id": "a1"}, {"id": "a2"}],
            },
            resolvers={"Post.byExpert": lambda post: not post["byNovice"]},
        ),
        Service(
            "authors",
            """
            type Post @key(fields: "id") {
              id: ID!
              author: Author! @external
              byNovice: Boolean! @requires(fields: "author { years }")
            }
            type Author @key(fields: "id") { id: ID! years: Int! name: String! }
            """,
            entities={
                "Post": [{"id": "1"}, {"id": "2"}],
                "Author": [{"id": "a1", "years": 5, "name": "A"}, {"id": "a2", "years": 20, "name": "B"}],
            },
            resolvers={"Post.byNovice": lambda post: post["author"]["years"] < 10},
        ),
    ],
    {
        "once around": Operation(
            "{ feed { id byNovice } }",
            {"feed": [{"id": "1", "byNovice": True}, {"id": "2", "byNovice": False}]},
            requests={"posts": 1, "authors": 2},
        ),
        "twice around": Operation(
            "{ feed { byExpert } }",
            {"feed": [{"byExpert": False}, {"byExpert": True}]},
            requests={"posts": 2, "authors": 2},
        ),
        "everything": Operation(
            "{ feed { byExpert author { name years id } byNovice } }",
            {
                "feed": [
                    {"byExpert": False, "author": {"name": "A", "years": 5, "id": "a1"}, "byNovice": True},
                    {"byExpert": True, "author": {"name": "B", "years": 20, "id": "a2"}, "byNovice": False},
                ]
            },
            requests={"posts": 2, "authors": 2},
        ),
    },
)


def _line(item: dict[str, Any]) -> str:
    parts = ",".join(f"{part['name']}:{part['maker'] and part['maker']['city']}" for part in item["parts"] or ())
    return f"{item['size']['height']}x{item['size']['width']} {parts}"


NESTED = Case(
    lambda: [
        Service(
            "items",
            """
            type Query { items: [Item!]! }
            type Item @key(fields: "id") { id: ID! size: Size! parts: [Part!] grid: [[Part]] }
            type Size { height: Int! width: Int! depth: Int }
            type Part { name: String! maker: Maker }
            type Maker @key(fields: "id") { id: ID! }
            """,
            query={
                "items": [
                    {
                        "id": "1",
                        "size": {"height": 2, "width": 3, "depth": 4},
                        "parts": [{"name": "p1", "maker": {"id": "m1"}}, {"name": "p2", "maker": None}],
                        "grid": [[{"name": "x", "maker": {"id": "m1"}}, None], [], None],
                    },
                    {"id": "2", "size": {"height": 5, "width": 6, "depth": None}, "parts": None, "grid": None},
                ]
            },
            entities={"Item": []},
        ),
        Service(
            "makers",
            'type Maker @key(fields: "id") { id: ID! city: String owner: Maker }',
            entities={
                "Maker": [
                    {"id": "m1", "city": "Rome", "owner": Ref("Maker", id="m2")},
                    {"id": "m2", "city": "Bonn", "owner": None},
                ]
            },
        ),
        Service(
            "lines",
            """
            type Item @key(fields: "id") {
              id: ID!
              size: Size! @external
              parts: [Part!] @external
              grid: [[Part]] @external
              line: String @requires(fields: "size { height width } parts { name maker { city } }")
              owners: String @requires(fields: "parts { maker { owner { city } } }")
              cells: String @requires(fields: "grid { name maker { city } }")
            }
            type Size { height: Int! @external width: Int! @external }
            type Part { name: String! @external maker: Maker @external }
            type Maker @key(fields: "id") { id: ID! city: String @external owner: Maker @external }
            """,
            entities={"Item": [{"id": "1"}, {"id": "2"}], "Maker": []},
            resolvers={
                "Item.line": _line,
                "Item.owners": lambda item: str(
                    [part["maker"] and part["maker"]["owner"]["city"] for part in item["parts"] or ()]
                ),
                "Item.cells": lambda item: str(
                    [
                        [cell and (cell["name"], cell["maker"]["city"]) for cell in row or ()]
                        for row in item["grid"] or ()
                    ]
                ),
            },
        ),
    ],
    {
        "objects and lists": Operation(
            "{ items { line } }",
            {"items": [{"line": "2x3 p1:Rome,p2:None"}, {"line": "5x6 "}]},
            requests={"items": 1, "makers": 1, "lines": 1},
        ),
        "an entity behind an entity in a list": Operation(
            "{ items { owners } }", {"items": [{"owners": "['Bonn', None]"}, {"owners": "[]"}]}
        ),
        "lists of lists": Operation(
            "{ items { cells } }", {"items": [{"cells": "[[('x', 'Rome'), None], [], []]"}, {"cells": "[]"}]}
        ),
        "the client asks parts of the same": Operation(
            "{ items { parts { maker { city: id } } size { depth } line owners } }",
            {
                "items": [
                    {
                        "parts": [{"maker": {"city": "m1"}}, {"maker": None}],
                        "size": {"depth": 4},
                        "line": "2x3 p1:Rome,p2:None",
                        "owners": "['Bonn', None]",
                    },
                    {"parts": None, "size": {"depth": None}, "line": "5x6 ", "owners": "[]"},
                ]
            },
            requests={"items": 1, "makers": 1, "lines": 1},
        ),
    },
)

SIMPLE = Case(
    lambda: [
        Service(
            "accounts",
            """
            type Query { me: User }
            type User @key(fields: "id") { id: ID! name: String username: String @shareable }
            """,
            query={"me": {"id": "u1", "name": "name 1", "username": "user 1"}},
            entities={"User": [{"id": "u1", "name": "name 1", "username": "user 1"}]},
        ),
        Service(
            "products",
            """
            type Query { products: [Product] }
            type Product @key(fields: "upc") { upc: String! weight: Int price: Int name: String }
            """,
            query={
                "products": [
                    {"upc": "p1", "weight": 1, "price": 11, "name": "P1"},
                    {"upc": "p2", "weight": 2, "price": 22, "name": "P2"},
                ]
            },
            entities={
                "Product": [
                    {"upc": "p1", "weight": 1, "price": 11, "name": "P1"},
                    {"upc": "p2", "weight": 2, "price": 22, "name": "P2"},
                ]
            },
        ),
        Service(
            "inventory",
            """
            type Product @key(fields: "upc") {
              upc: String! weight: Int @external price: Int @external inStock: Boolean
              shippingEstimate: Int @requires(fields: "price weight")
              shippingEstimateTag: String @requires(fields: "price weight")
            }
            """,
            entities={"Product": [{"upc": "p1", "inStock": True}]},
            resolvers={
                "Product.shippingEstimate": lambda item: item["price"] * item["weight"] * 10,
                "Product.shippingEstimateTag": lambda item: f"#{item['upc']}#{item['price'] * item['weight'] * 10}#",
            },
        ),
        Service(
            "reviews",
            """
            type Review @key(fields: "id") { id: ID! body: String author: User @provides(fields: "username") product: Product }
            type User @key(fields: "id") { id: ID! username: String @external reviews: [Review] }
            type Product @key(fields: "upc") { upc: String! reviews: [Review] }
            """,
            entities={
                "User": [{"id": "u1", "reviews": [Ref("Review", id="r1")]}],
                "Product": [{"upc": "p1", "reviews": [Ref("Review", id="r1")]}, {"upc": "p2", "reviews": []}],
                "Review": [
                    {"id": "r1", "body": "good", "author": {"id": "u1", "username": "user 1"}, "product": {"upc": "p1"}}
                ],
            },
        ),
    ],
    {
        "requires beside a missing entity": Operation(
            "{ products { inStock shippingEstimate shippingEstimateTag } }",
            {
                "products": [
                    {"inStock": True, "shippingEstimate": 110, "shippingEstimateTag": "#p1#110#"},
                    {"inStock": None, "shippingEstimate": None, "shippingEstimateTag": None},
                ]
            },
            requests={"products": 1, "inventory": 1},
        ),
        "reviews of mine, with their products' estimates": Operation(
            "{ me { reviews { author { id username } product { inStock shippingEstimate } } } }",
            {
                "me": {
                    "reviews": [
                        {
                            "author": {"id": "u1", "username": "user 1"},
                            "product": {"inStock": True, "shippingEstimate": 110},
                        }
                    ]
                }
            },
            requests={"accounts": 1, "reviews": 1, "products": 1, "inventory": 1},
        ),
        "the same product by two ways": Operation(
            """{ products { upc reviews { product { name shippingEstimate } author { name } } }
              me { reviews { product { shippingEstimate } } } }""",
            {
                "products": [
                    {
                        "upc": "p1",
                        "reviews": [{"product": {"name": "P1", "shippingEstimate": 110}, "author": {"name": "name 1"}}],
                    },
                    {"upc": "p2", "reviews": []},
                ],
                "me": {"reviews": [{"product": {"shippingEstimate": 110}}]},
            },
            requests={"accounts": 2, "reviews": 1, "products": 2, "inventory": 1},
        ),
    },
)


def _priced(item: dict[str, Any]) -> Any:
    """The price of what has one; the second product is not known, the third fails."""
    found = {"p1": {"id": "p1", "price": 5}, "p2": None, "p3": GraphQLError("failed", extensions={"code": "FAILED"})}
    return found[item["id"]]


NEIGHBOURS = Case(
    lambda: [
        Service(
            "a",
            'type Query { products(ids: [ID!]!): [Product] } type Product @key(fields: "id") { id: ID! }',
            query={"products": lambda ids: [{"id": item} for item in ids]},
        ),
        Service("b", 'type Product @key(fields: "id") { id: ID! price: Int }', entities={"Product": _priced}),
        Service(
            "c",
            """
            type Product @key(fields: "id") {
              id: ID! price: Int @external stock: Int maker: Maker
              label: String @requires(fields: "price")
            }
            type Maker { name: String town: String }
            """,
            entities={"Product": lambda item: {"id": item["id"], "stock": 9, "maker": {"name": "M", "town": "T"}}},
            resolvers={"Product.label": lambda item: f"{item['id']} for {item['price']}"},
        ),
    ],
    {
        "all that is required is there": Operation(
            '{ products(ids: ["p1"]) { stock label } }',
            {"products": [{"stock": 9, "label": "p1 for 5"}]},
            requests={"a": 1, "b": 1, "c": 1},
        ),
        "what requires nothing is answered where the requirement did not come": Operation(
            '{ products(ids: ["p1", "p2", "p3"]) { stock label maker { name } } }',
            {
                "products": [
                    {"stock": 9, "label": "p1 for 5", "maker": {"name": "M"}},
                    {"stock": 9, "label": None, "maker": {"name": "M"}},
                    {"stock": 9, "label": None, "maker": {"name": "M"}},
                ]
            },
            errors=("products.2",),
            requests={"a": 1, "b": 1, "c": 2},
        ),
        "where it came for none": Operation(
            '{ products(ids: ["p2"]) { label again: label maker { town } } }',
            {"products": [{"label": None, "again": None, "maker": {"town": "T"}}]},
            requests={"a": 1, "b": 1, "c": 1},
        ),
        "nothing is asked again when all require": Operation(
            '{ products(ids: ["p1", "p2"]) { label } }',
            {"products": [{"label": "p1 for 5"}, {"label": None}]},
            requests={"a": 1, "b": 1, "c": 1},
        ),
    },
)
