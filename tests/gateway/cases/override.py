"""`@override`: fields that moved, keys among them, with requirements, from nowhere, and by labels."""

from __future__ import annotations

from tests.gateway.cases.harness import Case, Operation, Ref, Service

SIMPLE = Case(
    lambda: [
        Service(
            "a",
            """
            type Query { feed: [Post] @shareable aFeed: [Post] }
            type Post @key(fields: "id") { id: ID! createdAt: String }
            """,
            query={"aFeed": [{"id": "1"}, {"id": "2"}], "feed": [{"id": "1"}]},
            entities={"Post": [{"id": "1"}, {"id": "2"}]},
        ),
        Service(
            "b",
            """
            type Query { feed: [Post] @override(from: "a") bFeed: [Post] }
            type Post @key(fields: "id") { id: ID! createdAt: String @override(from: "a") }
            """,
            query={"feed": [Ref("Post", id="2")], "bFeed": [Ref("Post", id="1")]},
            entities={"Post": [{"id": "1", "createdAt": "b1"}, {"id": "2", "createdAt": "b2"}]},
        ),
    ],
    {
        "from its new owner only": Operation(
            "{ aFeed { createdAt id } bFeed { createdAt } }",
            {"aFeed": [{"createdAt": "b1", "id": "1"}, {"createdAt": "b2", "id": "2"}], "bFeed": [{"createdAt": "b1"}]},
        ),
        "a root field": Operation(
            "{ feed { id createdAt } }", {"feed": [{"id": "2", "createdAt": "b2"}]}, requests={"b": 1}
        ),
        "only its key": Operation("{ aFeed { id } }", {"aFeed": [{"id": "1"}, {"id": "2"}]}, requests={"a": 1}),
    },
)

KEY = Case(
    lambda: [
        Service(
            "old",
            """
            type Query { bill: Bill }
            type Bill @key(fields: "id") @key(fields: "code") { id: ID! code: String @shareable amount: Int payer:
              Payer }
            type Payer @key(fields: "id") { id: ID! name: String }
            """,
            query={"bill": {"code": "c1", "payer": {"id": "p1"}}},
            entities={"Bill": [{"id": "b1", "code": "c1", "payer": {"id": "p1"}}], "Payer": [{"id": "p1"}]},
        ),
        Service(
            "new",
            """
            type Query { newest: Bill }
            type Bill @key(fields: "id") @key(fields: "code") {
              id: ID! @override(from: "old") code: String @shareable amount: Int @override(from: "old") }
            type Payer @key(fields: "id") { id: ID! name: String @override(from: "old") }
            """,
            query={"newest": Ref("Bill", id="b1")},
            entities={"Bill": [{"id": "b1", "code": "c1", "amount": 7}], "Payer": [{"id": "p1", "name": "New"}]},
        ),
    ],
    {
        "the other key leads to the moved one": Operation(
            "{ bill { id amount payer { id name } } newest { payer { name } id } }",
            {
                "bill": {"id": "b1", "amount": 7, "payer": {"id": "p1", "name": "New"}},
                "newest": {"payer": {"name": "New"}, "id": "b1"},
            },
        )
    },
)

REQUIRES = Case(
    lambda: [
        Service(
            "a",
            """
            type Query { userInA: User }
            type User @key(fields: "id") { id: ID! name: String! @override(from: "b") aName: String!
              @requires(fields: "cName") cName: String! @external }
            """,
            query={"userInA": {"id": "u1", "name": "a.user.1"}},
            entities={"User": [{"id": "u1", "name": "a.user.1"}]},
            resolvers={"User.aName": lambda user: f"a.aName({user['cName']})"},
        ),
        Service(
            "b",
            """
            type Query { userInB: User }
            type User @key(fields: "id") { id: ID! name: String! }
            """,
            query={"userInB": {"id": "u2"}},
            entities={"User": [{"id": "u1"}, {"id": "u2"}]},
        ),
        Service(
            "c",
            """
            type Query { userInC: User }
            type User @key(fields: "id") { id: ID! name: String! @external cName: String! @requires(fields: "name") }
            """,
            query={"userInC": {"id": "u1"}},
            entities={"User": [{"id": "u1"}, {"id": "u2"}]},
            resolvers={"User.cName": lambda user: f"c.cName({user['name']})"},
        ),
    ],
    {
        "in a": Operation(
            "{ userInA { id name aName cName } }",
            {
                "userInA": {
                    "id": "u1",
                    "name": "a.user.1",
                    "aName": "a.aName(c.cName(a.user.1))",
                    "cName": "c.cName(a.user.1)",
                }
            },
            requests={"a": 2, "c": 1},
        ),
        "in b, of somebody a does not know": Operation(
            "{ userInB { id } }", {"userInB": {"id": "u2"}}, requests={"b": 1}
        ),
        "in c": Operation(
            "{ userInC { aName } }", {"userInC": {"aName": "a.aName(c.cName(a.user.1))"}}, requests={"c": 2, "a": 2}
        ),
        "in c, whole": Operation(
            "{ userInC { cName name aName id } userInA { cName } }",
            {
                "userInC": {
                    "cName": "c.cName(a.user.1)",
                    "name": "a.user.1",
                    "aName": "a.aName(c.cName(a.user.1))",
                    "id": "u1",
                },
                "userInA": {"cName": "c.cName(a.user.1)"},
            },
        ),
    },
)

REQUIRED_OVERRIDDEN = Case(
    lambda: [
        Service(
            "old",
            """
            type Query { item: Item }
            type Item @key(fields: "id") { id: ID! weight: Int cost: Int @requires(fields: "rate") rate: Int @external }
            """,
            query={"item": {"id": "1"}},
            entities={"Item": [{"id": "1"}]},
            resolvers={"Item.cost": lambda item: item["rate"] * 2},
        ),
        Service(
            "new",
            """
            type Item @key(fields: "id") {
              id: ID! weight: Int @override(from: "old") rate: Int label: String @requires(fields: "cost") cost: Int
                @external }
            """,
            entities={"Item": [{"id": "1", "weight": 9, "rate": 4}]},
            resolvers={"Item.label": lambda item: f"costs {item['cost']}"},
        ),
        Service(
            "third",
            """
            type Item @key(fields: "id weight") { id: ID! weight: Int @external heavy: Boolean }
            """,
            entities={"Item": [{"id": "1", "weight": 9, "heavy": True}]},
        ),
    ],
    {
        "a key whose part moved": Operation("{ item { heavy weight } }", {"item": {"heavy": True, "weight": 9}}),
        "back and forth": Operation(
            "{ item { label cost rate } }",
            {"item": {"label": "costs 8", "cost": 8, "rate": 4}},
            requests={"old": 2, "new": 2},
        ),
    },
)

UNAVAILABLE = Case(
    lambda: [
        Service(
            "a",
            """
            type Query { feed: [Post] @shareable }
            type Post @key(fields: "id") { id: ID! @shareable createdAt: String @shareable }
            """,
            query={"feed": [{"id": "1", "createdAt": "a1"}]},
            entities={"Post": [{"id": "1", "createdAt": "a1"}]},
        ),
        Service(
            "b",
            """
            type Query { bFeed: [Post] anotherFeed: [Post] @override(from: "nobody") }
            type Post @key(fields: "id") { id: ID! @shareable createdAt: String @shareable @override(from: "gone")
              likes: Int @override(from: "gone") }
            """,
            query={"bFeed": [{"id": "1", "createdAt": "a1", "likes": 3}], "anotherFeed": []},
            entities={"Post": [{"id": "1", "createdAt": "a1", "likes": 3}]},
        ),
    ],
    {
        "as if nothing was overridden": Operation(
            "{ feed { id likes } bFeed { likes createdAt } anotherFeed { id } }",
            {"feed": [{"id": "1", "likes": 3}], "bFeed": [{"likes": 3, "createdAt": "a1"}], "anotherFeed": []},
        ),
        "without leaving": Operation("{ feed { createdAt } }", {"feed": [{"createdAt": "a1"}]}, requests={"a": 1}),
    },
)


def labelled(label: str) -> list[Service]:
    """A field on its way from `old` to `new`."""
    return [
        Service(
            "old",
            """
            type Query { item: Item }
            type Item @key(fields: "id") { id: ID! price: String name: String }
            """,
            query={"item": {"id": "1", "price": "old", "name": "n"}},
            entities={"Item": [{"id": "1", "price": "old", "name": "n"}]},
        ),
        Service(
            "new",
            f"""
            type Query {{ fresh: Item }}
            type Item @key(fields: "id") {{ id: ID! price: String @override(from: "old", label: "{label}") }}
            """,
            query={"fresh": {"id": "1", "price": "new"}},
            entities={"Item": [{"id": "1", "price": "new"}]},
        ),
        Service(
            "tax",
            """
            type Item @key(fields: "id") { id: ID! price: String @external tax: String @requires(fields: "price") }
            """,
            entities={"Item": [{"id": "1"}]},
            resolvers={"Item.tax": lambda item: f"tax of {item['price']}"},
        ),
    ]


def _answers(owner: str) -> dict[str, Operation]:
    return {
        "there": Operation("{ item { price name } }", {"item": {"price": owner, "name": "n"}}),
        "here": Operation("{ fresh { price } }", {"fresh": {"price": owner}}),
        "required": Operation(
            "{ fresh { tax } item { tax } }", {"fresh": {"tax": f"tax of {owner}"}, "item": {"tax": f"tax of {owner}"}}
        ),
    }


ALWAYS = Case(lambda: labelled("percent(100)"), _answers("new"))
NEVER = Case(lambda: labelled("percent(0)"), _answers("old"))
INACTIVE = Case(lambda: labelled("not-active"), _answers("old"))
