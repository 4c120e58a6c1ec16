"""One entity reached in several ways in one operation: each place gets what it asked for, in as few requests as can be."""

from __future__ import annotations

from tests.gateway.cases.harness import Case, Operation, Ref, Service

PATHS = Case(
    lambda: [
        Service(
            "a",
            """
            type Query { me: User best: Post posts: [Post!]! }
            type User @key(fields: "id") { id: ID! friends: [User!] best: Post }
            type Post @key(fields: "id") { id: ID! author: User related: [Post!] }
            """,
            query={
                "me": Ref("User", id="1"),
                "best": Ref("Post", id="p1"),
                "posts": [Ref("Post", id="p1"), Ref("Post", id="p2")],
            },
            entities={
                "User": [
                    {"id": "1", "friends": [Ref("User", id="2"), Ref("User", id="1")], "best": Ref("Post", id="p1")},
                    {"id": "2", "friends": [], "best": None},
                ],
                "Post": [
                    {"id": "p1", "author": Ref("User", id="1"), "related": [Ref("Post", id="p2")]},
                    {"id": "p2", "author": Ref("User", id="2"), "related": None},
                ],
            },
        ),
        Service(
            "b",
            """
            type User @key(fields: "id") { id: ID! name: String age: Int pinned: Post }
            type Post @key(fields: "id") { id: ID! title: String likes(of: String): Int }
            """,
            entities={
                "User": [
                    {"id": "1", "name": "Ann", "age": 30, "pinned": Ref("Post", id="p2")},
                    {"id": "2", "name": "Bob", "age": 40, "pinned": Ref("Post", id="p1")},
                ],
                "Post": [{"id": "p1", "title": "T1"}, {"id": "p2", "title": "T2"}],
            },
            resolvers={"Post.likes": lambda post, of=None: len(of or "") + 1},
        ),
        Service(
            "c",
            """
            type User @key(fields: "id") {
              id: ID! name: String @external title: String @requires(fields: "name") badge: String }
            type Post @key(fields: "id") { id: ID! views: Int }
            """,
            entities={
                "User": [{"id": "1", "badge": "gold"}, {"id": "2", "badge": None}],
                "Post": [{"id": "p1", "views": 1}, {"id": "p2", "views": 2}],
            },
            resolvers={"User.title": lambda user: f"Dr {user['name']}"},
        ),
    ],
    {
        "one request for all places of a wave": Operation(
            "{ me { name } best { title author { age } } posts { author { name } title } }",
            {
                "me": {"name": "Ann"},
                "best": {"title": "T1", "author": {"age": 30}},
                "posts": [{"author": {"name": "Ann"}, "title": "T1"}, {"author": {"name": "Bob"}, "title": "T2"}],
            },
            requests={"a": 1, "b": 1},
        ),
        "at different depths": Operation(
            "{ me { name friends { name friends { name best { title } } } } }",
            {
                "me": {
                    "name": "Ann",
                    "friends": [
                        {"name": "Bob", "friends": []},
                        {
                            "name": "Ann",
                            "friends": [{"name": "Bob", "best": None}, {"name": "Ann", "best": {"title": "T1"}}],
                        },
                    ],
                }
            },
            requests={"a": 1, "b": 1},
        ),
        "there and back again": Operation(
            "{ me { pinned { author { name pinned { title author { age } } } views } } }",
            {
                "me": {
                    "pinned": {
                        "author": {"name": "Bob", "pinned": {"title": "T1", "author": {"age": 30}}},
                        "views": 2,
                    }
                }
            },
        ),
        "with requirements at some of them": Operation(
            """{ me { title badge friends { title name } } posts { author { badge } views likes(of: "xy") } best {
              likes author { title } } }""",
            {
                "me": {
                    "title": "Dr Ann",
                    "badge": "gold",
                    "friends": [{"title": "Dr Bob", "name": "Bob"}, {"title": "Dr Ann", "name": "Ann"}],
                },
                "posts": [
                    {"author": {"badge": "gold"}, "views": 1, "likes": 3},
                    {"author": {"badge": None}, "views": 2, "likes": 3},
                ],
                "best": {"likes": 1, "author": {"title": "Dr Ann"}},
            },
        ),
    },
)
