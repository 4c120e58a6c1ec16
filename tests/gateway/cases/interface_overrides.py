"""`@override` on some implementations of an interface, and circles of interfaces."""

from __future__ import annotations

from tests.gateway.cases.harness import Case, Operation, Ref, Service


def services() -> list[Service]:
    return [
        Service(
            "old",
            """
            type Query { feed: [Post] images: [ImagePost] pinned: Pinned }
            union Pinned = ImagePost | TextPost
            interface Post { id: ID! createdAt: String author: Author likes: Int }
            type ImagePost implements Post @key(fields: "id") { id: ID! createdAt: String author: Author likes: Int }
            type TextPost implements Post @key(fields: "id") { id: ID! createdAt: String author: Author likes: Int body: String }
            interface Author { name: String posts: [Post] }
            type Writer implements Author @key(fields: "name") { name: String posts: [Post] }
            type Painter implements Author @key(fields: "name") { name: String posts: [Post] }
            """,
            query={
                "feed": [Ref("ImagePost", id="i1"), Ref("TextPost", id="t1"), None],
                "images": [Ref("ImagePost", id="i1")],
                "pinned": Ref("ImagePost", id="i1"),
            },
            entities={
                "ImagePost": [{"id": "i1", "createdAt": "stale", "author": Ref("Painter", name="Pia"), "likes": -1}],
                "TextPost": [
                    {"id": "t1", "createdAt": "2001", "author": Ref("Writer", name="Wim"), "likes": -1, "body": "b"}
                ],
                "Writer": [{"name": "Wim", "posts": [Ref("ImagePost", id="i1"), Ref("TextPost", id="t1")]}],
                "Painter": [{"name": "Pia", "posts": []}],
            },
        ),
        Service(
            "new",
            """
            type Query { another: AnotherPost }
            interface Post { id: ID! createdAt: String likes: Int }
            type ImagePost implements Post @key(fields: "id") {
              id: ID! createdAt: String @override(from: "old") likes: Int @override(from: "old")
            }
            type TextPost implements Post @key(fields: "id") {
              id: ID! createdAt: String @external likes: Int @override(from: "old") summary: String @requires(fields: "createdAt")
            }
            interface AnotherPost { id: ID! createdAt: String! }
            type Clip implements AnotherPost @key(fields: "id") { id: ID! createdAt: String! }
            type Painter @key(fields: "name") { name: String posts: [Post] @override(from: "old") }
            """,
            query={"another": Ref("Clip", id="k")},
            entities={
                "ImagePost": [{"id": "i1", "createdAt": "2002", "likes": 5}],
                "TextPost": [{"id": "t1", "likes": 6}],
                "Clip": [{"id": "k", "createdAt": "2003"}],
                "Painter": [{"name": "Pia", "posts": [Ref("ImagePost", id="i1")]}],
            },
            resolvers={"TextPost.summary": lambda post: f"of {post['createdAt']}"},
        ),
    ]


INTERFACE_OVERRIDES = Case(
    services,
    {
        "one implementation's field moved": Operation(
            "{ feed { id createdAt } }",
            {"feed": [{"id": "i1", "createdAt": "2002"}, {"id": "t1", "createdAt": "2001"}, None]},
            requests={"old": 1, "new": 1},
        ),
        "all implementations' field moved": Operation(
            "{ feed { likes } images { likes createdAt } }",
            {"feed": [{"likes": 5}, {"likes": 6}, None], "images": [{"likes": 5, "createdAt": "2002"}]},
            requests={"old": 1, "new": 1},
        ),
        "only what did not move": Operation(
            "{ feed { ... on TextPost { createdAt body } } pinned { __typename } }",
            {"feed": [{}, {"createdAt": "2001", "body": "b"}, None], "pinned": {"__typename": "ImagePost"}},
            requests={"old": 1},
        ),
        "through a union": Operation(
            "{ pinned { ... on Post { createdAt } ... on TextPost { summary } } }", {"pinned": {"createdAt": "2002"}}
        ),
        "required by the subgraph that does not have it": Operation(
            "{ feed { ... on TextPost { summary likes } } another { id createdAt } }",
            {"feed": [{}, {"summary": "of 2001", "likes": 6}, None], "another": {"id": "k", "createdAt": "2003"}},
        ),
        "round through interfaces": Operation(
            "{ feed { author { name posts { createdAt author { __typename posts { id likes } } } } } }",
            {
                "feed": [
                    {
                        "author": {
                            "name": "Pia",
                            "posts": [
                                {
                                    "createdAt": "2002",
                                    "author": {"__typename": "Painter", "posts": [{"id": "i1", "likes": 5}]},
                                }
                            ],
                        }
                    },
                    {
                        "author": {
                            "name": "Wim",
                            "posts": [
                                {
                                    "createdAt": "2002",
                                    "author": {"__typename": "Painter", "posts": [{"id": "i1", "likes": 5}]},
                                },
                                {
                                    "createdAt": "2001",
                                    "author": {
                                        "__typename": "Writer",
                                        "posts": [{"id": "i1", "likes": 5}, {"id": "t1", "likes": 6}],
                                    },
                                },
                            ],
                        }
                    },
                    None,
                ]
            },
        ),
    },
)


def circles() -> list[Service]:
    return [
        Service(
            "a",
            """
            type Query { product: Product node: Node }
            interface Node { id: ID! self: Node }
            interface Product implements Node { id: ID! self: Node samePrice: Product }
            type Book implements Product & Node @key(fields: "id") { id: ID! self: Node samePrice: Product }
            type Pen implements Product & Node @key(fields: "id") { id: ID! self: Node samePrice: Book ink: String }
            """,
            query={"product": Ref("Book", id="1"), "node": Ref("Pen", id="2")},
            entities={
                "Book": [{"id": "1", "self": Ref("Book", id="1"), "samePrice": Ref("Pen", id="2")}],
                "Pen": [{"id": "2", "self": Ref("Pen", id="2"), "samePrice": Ref("Book", id="1"), "ink": "blue"}],
            },
        ),
        Service(
            "b",
            """
            interface Product { id: ID! price: Float similar: [Product!] }
            type Book implements Product @key(fields: "id") { id: ID! price: Float similar: [Product!] }
            type Pen implements Product @key(fields: "id") { id: ID! price: Float similar: [Pen!] }
            """,
            entities={
                "Book": [{"id": "1", "price": 2.0, "similar": [Ref("Pen", id="2"), Ref("Book", id="1")]}],
                "Pen": [{"id": "2", "price": 2.5, "similar": [Ref("Pen", id="2")]}],
            },
        ),
    ]


CIRCLES = Case(
    circles,
    {
        "over and over in one subgraph": Operation(
            "{ product { samePrice { samePrice { samePrice { id ... on Pen { ink } } } } } }",
            {"product": {"samePrice": {"samePrice": {"samePrice": {"id": "2", "ink": "blue"}}}}},
            requests={"a": 1},
        ),
        "through both subgraphs in turn": Operation(
            "{ product { price samePrice { price samePrice { price similar { samePrice { id price } } } } } }",
            {
                "product": {
                    "price": 2.0,
                    "samePrice": {
                        "price": 2.5,
                        "samePrice": {
                            "price": 2.0,
                            "similar": [
                                {"samePrice": {"id": "1", "price": 2.0}},
                                {"samePrice": {"id": "2", "price": 2.5}},
                            ],
                        },
                    },
                }
            },
        ),
        "from the wider interface into the narrower": Operation(
            "{ node { self { self { id ... on Product { price samePrice { __typename price } } } } } }",
            {"node": {"self": {"self": {"id": "2", "price": 2.5, "samePrice": {"__typename": "Book", "price": 2.0}}}}},
        ),
        "a member that returns more narrowly": Operation(
            "{ node { ... on Pen { samePrice { similar { ... on Pen { ink similar { ink } } price } } } } }",
            {
                "node": {
                    "samePrice": {
                        "similar": [{"ink": "blue", "similar": [{"ink": "blue"}], "price": 2.5}, {"price": 2.0}],
                    }
                }
            },
        ),
    },
)
