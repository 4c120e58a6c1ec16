"""`@requires` of fields with arguments, the same field with different ones, and against the client's own arguments."""

from __future__ import annotations

from typing import Any

from tests.gateway.cases.harness import Case, Operation, Service


def _product(upc: str, weight: int) -> dict[str, Any]:
    return {"upc": upc, "name": f"name {upc}", "weight": weight}


def _price(item: dict[str, Any], currency: str, rounded: bool = False) -> float:
    price: float = {"USD": 11.5, "EUR": 10.25}[currency] * item["weight"]
    return round(price) if rounded else price


CONFLICT = Case(
    lambda: [
        Service(
            "products",
            """
            type Query { products: [Product] product(upc: String!): Product }
            type Product @key(fields: "upc") {
              upc: String! name: String weight: Int
              price(currency: Currency!, rounded: Boolean = false): Float
              tags(filter: Filter): [String!]
              box(kind: String!): Box
            }
            type Box { volume(unit: String!): String label: String }
            enum Currency { USD EUR }
            input Filter { contains: [String!], limit: Int = 10 }
            """,
            query={"products": [_product("p1", 1), _product("p2", 2)], "product": lambda upc: _product(upc, 3)},
            entities={"Product": [_product("p1", 1), _product("p2", 2)]},
            resolvers={
                "Product.price": _price,
                "Product.tags": lambda item, filter=None: [item["upc"], str(filter)],  # noqa: A006
                "Product.box": lambda item, kind: {"kind": f"{kind} {item['upc']}", "label": kind},
                "Box.volume": lambda item, unit: f"{item['kind']} {unit}",
            },
        ),
        Service(
            "inventory",
            """
            type Product @key(fields: "upc") {
              upc: String!
              weight: Int @external
              price(currency: Currency!, rounded: Boolean = false): Float @external
              tags(filter: Filter): [String!] @external
              box(kind: String!): Box @external
              inStock: Boolean
              estimate: Float @requires(fields: "price(currency: USD) weight")
              estimateEUR: Float @requires(fields: "price(currency: EUR)")
              roundEUR: Float @requires(fields: "price(currency: EUR, rounded: true) weight")
              first: String @requires(fields: "tags(filter: { contains: [\\"a\\", \\"b\\"], limit: 2 })")
              wooden: String @requires(fields: "box(kind: \\"wood\\") { volume(unit: \\"l\\") }")
              metal: String @requires(fields: "box(kind: \\"metal\\") { volume(unit: \\"m\\") label }")
            }
            type Box { volume(unit: String!): String @external label: String @external }
            enum Currency { USD EUR }
            input Filter { contains: [String!], limit: Int = 10 }
            """,
            entities={"Product": [{"upc": "p1", "inStock": True}, {"upc": "p2", "inStock": False}]},
            resolvers={
                "Product.estimate": lambda item: item["price"] + item["weight"],
                "Product.estimateEUR": lambda item: item["price"],
                "Product.roundEUR": lambda item: item["price"] * item["weight"],
                "Product.first": lambda item: item["tags"][1],
                "Product.wooden": lambda item: item["box"]["volume"],
                "Product.metal": lambda item: f"{item['box']['volume']} {item['box']['label']}",
            },
        ),
    ],
    {
        "an argument": Operation(
            "{ products { estimate } }",
            {"products": [{"estimate": 12.5}, {"estimate": 25.0}]},
            requests={"products": 1, "inventory": 1},
        ),
        "the client's argument differs": Operation(
            "{ products { price(currency: EUR) estimate upc } }",
            {
                "products": [
                    {"price": 10.25, "estimate": 12.5, "upc": "p1"},
                    {"price": 20.5, "estimate": 25.0, "upc": "p2"},
                ]
            },
            requests={"products": 1, "inventory": 1},
        ),
        "the client's argument is a variable": Operation(
            "query ($c: Currency! = USD) { products { price(currency: $c) estimate price2: price(currency: EUR) } }",
            {
                "products": [
                    {"price": 11.5, "estimate": 12.5, "price2": 10.25},
                    {"price": 23.0, "estimate": 25.0, "price2": 20.5},
                ]
            },
        ),
        "two fields require it with different arguments": Operation(
            "{ products { estimate estimateEUR roundEUR inStock } }",
            {
                "products": [
                    {"estimate": 12.5, "estimateEUR": 10.25, "roundEUR": 10.0, "inStock": True},
                    {"estimate": 25.0, "estimateEUR": 20.5, "roundEUR": 40.0, "inStock": False},
                ]
            },
        ),
        "an input object as an argument": Operation(
            '{ products { first tags(filter: { contains: ["z"] }) } }',
            {
                "products": [
                    {
                        "first": "{'contains': ['a', 'b'], 'limit': 2}",
                        "tags": ["p1", "{'contains': ['z'], 'limit': 10}"],
                    },
                    {
                        "first": "{'contains': ['a', 'b'], 'limit': 2}",
                        "tags": ["p2", "{'contains': ['z'], 'limit': 10}"],
                    },
                ]
            },
        ),
        "nested arguments in conflict everywhere": Operation(
            '{ product(upc: "p1") { wooden metal box(kind: "paper") { volume(unit: "cm") label } } }',
            {
                "product": {
                    "wooden": "wood p1 l",
                    "metal": "metal p1 m metal",
                    "box": {"volume": "paper p1 cm", "label": "paper"},
                }
            },
        ),
        "the client's names are the required fields' names": Operation(
            "{ products { price: upc weight: estimate estimate: estimateEUR } }",
            {
                "products": [
                    {"price": "p1", "weight": 12.5, "estimate": 10.25},
                    {"price": "p2", "weight": 25.0, "estimate": 20.5},
                ]
            },
        ),
    },
)


ENTITIES = Case(
    lambda: [
        Service(
            "feed",
            """
            type Query { feed: [Post] }
            type Post @key(fields: "id") { id: ID! }
            """,
            query={"feed": [{"id": "p1"}, {"id": "p2"}]},
        ),
        Service(
            "comments",
            """
            type Post @key(fields: "id") {
              id: ID!
              comments(limit: Int!): [Comment]
            }
            type Comment @key(fields: "id") { id: ID! }
            """,
            entities={
                "Post": [{"id": "p1"}, {"id": "p2"}],
                "Comment": [{"id": "p1-c1"}, {"id": "p1-c2"}, {"id": "p1-c3"}, {"id": "p2-c1"}],
            },
            resolvers={
                "Post.comments": lambda post, limit: [{"id": f"{post['id']}-c{n + 1}"} for n in range(limit)],
            },
        ),
        Service(
            "authors",
            """
            type Comment @key(fields: "id") { id: ID! authorId: ID body: String! date(format: String = "iso"): String }
            """,
            entities={
                "Comment": lambda item: {"id": item["id"], "authorId": f"a-{item['id']}", "body": f"body {item['id']}"}
            },
            resolvers={"Comment.date": lambda item, format: f"{format} {item['id']}"},  # noqa: A006
        ),
        Service(
            "people",
            """
            type Post @key(fields: "id") {
              id: ID!
              comments(limit: Int!): [Comment] @external
              author: Author @requires(fields: "comments(limit: 3) { authorId }")
              dates: [String] @requires(fields: "comments(limit: 1) { date(format: \\"year\\") }")
            }
            type Comment @key(fields: "id") {
              id: ID! authorId: ID @external date(format: String = "iso"): String @external
              author: Author @requires(fields: "authorId")
            }
            type Author { id: ID! name: String }
            """,
            entities={"Post": [{"id": "p1"}, {"id": "p2"}], "Comment": lambda item: {"id": item["id"]}},
            resolvers={
                "Post.author": lambda post: {
                    "id": ",".join(item["authorId"] for item in post["comments"]),
                    "name": None,
                },
                "Post.dates": lambda post: [item["date"] for item in post["comments"]],
                "Comment.author": lambda item: {"id": item["authorId"], "name": f"name {item['authorId']}"},
            },
        ),
    ],
    {
        "the client asks another number of them": Operation(
            "{ feed { author { id } comments(limit: 1) { author { name } date } } }",
            {
                "feed": [
                    {
                        "author": {"id": "a-p1-c1,a-p1-c2,a-p1-c3"},
                        "comments": [{"author": {"name": "name a-p1-c1"}, "date": "iso p1-c1"}],
                    },
                    {
                        "author": {"id": "a-p2-c1,a-p2-c2,a-p2-c3"},
                        "comments": [{"author": {"name": "name a-p2-c1"}, "date": "iso p2-c1"}],
                    },
                ]
            },
        ),
        "the same number as required": Operation(
            "query ($n: Int!) { feed { dates comments(limit: 3) { id } more: comments(limit: $n) { date body } author { id } } }",
            {
                "feed": [
                    {
                        "dates": ["year p1-c1"],
                        "comments": [{"id": "p1-c1"}, {"id": "p1-c2"}, {"id": "p1-c3"}],
                        "more": [{"date": "iso p1-c1", "body": "body p1-c1"}],
                        "author": {"id": "a-p1-c1,a-p1-c2,a-p1-c3"},
                    },
                    {
                        "dates": ["year p2-c1"],
                        "comments": [{"id": "p2-c1"}, {"id": "p2-c2"}, {"id": "p2-c3"}],
                        "more": [{"date": "iso p2-c1", "body": "body p2-c1"}],
                        "author": {"id": "a-p2-c1,a-p2-c2,a-p2-c3"},
                    },
                ]
            },
            variables={"n": 1},
        ),
    },
)
