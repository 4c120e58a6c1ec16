"""Aliases: names that are other fields' names, one field with several arguments, type names under any name."""

from __future__ import annotations

from tests.gateway.cases.harness import Case, Operation, Ref, Service


def services() -> list[Service]:
    return [
        Service(
            "a",
            """
            type Query { user(id: ID = "1"): User users: [User!]! me: User }
            type User @key(fields: "id") { id: ID! name(lang: String = "en"): String friends(first: Int = 10): [User!] }
            """,
            query={
                "user": lambda id: Ref("User", id=id),  # noqa: A006
                "users": [Ref("User", id="1"), Ref("User", id="2")],
                "me": Ref("User", id="2"),
            },
            entities={"User": [{"id": "1"}, {"id": "2"}]},
            resolvers={
                "User.name": lambda user, lang: f"{lang}-{user['id']}",
                "User.friends": lambda user, first: [Ref("User", id="2"), Ref("User", id="1")][:first],
            },
        ),
        Service(
            "b",
            """
            type User @key(fields: "id") { id: ID! age: Int box: Box }
            type Box { size: Int owner: User }
            """,
            entities={
                "User": [
                    {"id": "1", "age": 10, "box": {"size": 1, "owner": Ref("User", id="2")}},
                    {"id": "2", "age": 20, "box": {"size": 2, "owner": Ref("User", id="1")}},
                ]
            },
        ),
    ]


ALIASES = Case(
    services,
    {
        "names swapped": Operation(
            "{ users { id: age age: id name: __typename n: name } }",
            {
                "users": [
                    {"id": 10, "age": "1", "name": "User", "n": "en-1"},
                    {"id": 20, "age": "2", "name": "User", "n": "en-2"},
                ]
            },
        ),
        "roots with several arguments": Operation(
            """{ a: user { age } b: user(id: "2") { age } user { name } me: user(id: "2") { id } user2: me { box {
              id: size } } }""",
            {
                "a": {"age": 10},
                "b": {"age": 20},
                "user": {"name": "en-1"},
                "me": {"id": "2"},
                "user2": {"box": {"id": 2}},
            },
            requests={"a": 1, "b": 1},
        ),
        "one field with several arguments": Operation(
            '{ me { name(lang: "zh") en: name two: friends(first: 1) { age name(lang: "x") } friends { age } } }',
            {
                "me": {
                    "name": "zh-2",
                    "en": "en-2",
                    "two": [{"age": 20, "name": "x-2"}],
                    "friends": [{"age": 20}, {"age": 10}],
                }
            },
            requests={"a": 1, "b": 1},
        ),
        "type names everywhere": Operation(
            """{ t: __typename __typename users { t: __typename age box { __typename u: __typename owner { id:
              __typename } } } }""",
            {
                "t": "Query",
                "__typename": "Query",
                "users": [
                    {"t": "User", "age": 10, "box": {"__typename": "Box", "u": "Box", "owner": {"id": "User"}}},
                    {"t": "User", "age": 20, "box": {"__typename": "Box", "u": "Box", "owner": {"id": "User"}}},
                ],
            },
            requests={"a": 1, "b": 1},
        ),
        "only type names": Operation(
            "{ __typename x: __typename }", {"__typename": "Query", "x": "Query"}, requests={}
        ),
        "composites shadow scalars": Operation(
            "{ me { id: box { age: owner { id: name box: age } } name: friends(first: 1) { id } box: id } }",
            {"me": {"id": {"age": {"id": "en-1", "box": 10}}, "name": [{"id": "2"}], "box": "2"}},
        ),
        "the gateway's own names as the client's": Operation(
            "{ me { _hy_id: age id: name _e0: id _entities: box { representations: size } } }",
            {"me": {"_hy_id": 20, "id": "en-2", "_e0": "2", "_entities": {"representations": 2}}},
        ),
        "the same field merged from several places": Operation(
            """{ me { friends(first: 1) { id } ...F ... { friends(first: 1) { age } } } me { box { size } } }
            fragment F on User { friends(first: 1) { name box { owner { age } } } box { owner { name } } }""",
            {
                "me": {
                    "friends": [{"id": "2", "name": "en-2", "box": {"owner": {"age": 10}}, "age": 20}],
                    "box": {"owner": {"name": "en-1"}, "size": 2},
                }
            },
        ),
    },
)

MEMBERS = Case(
    lambda: [
        Service(
            "a",
            """
            type Query { accounts: [Account] }
            interface Account @key(fields: "id") { id: ID! }
            type Admin implements Account @key(fields: "id") { id: ID! name: String }
            type Guest implements Account @key(fields: "id") { id: ID! name: String }
            """,
            query={
                "accounts": [
                    {"__typename": "Admin", "id": "1", "name": "admin"},
                    {"__typename": "Guest", "id": "2", "name": "guest"},
                ]
            },
            entities={"Admin": [{"id": "1", "name": "admin"}], "Guest": [{"id": "2", "name": "guest"}]},
        ),
        Service(
            "b",
            """
            type Account @key(fields: "id") @interfaceObject { id: ID! likes: Int rank: String box: Box }
            type Box { size: Int weight: Int }
            """,
            entities={
                "Account": [
                    {"id": "1", "likes": 4, "rank": "r1", "box": {"size": 1, "weight": 10}},
                    {"id": "2", "likes": 5, "rank": "r2", "box": {"size": 2, "weight": 20}},
                ]
            },
        ),
    ],
    {
        "one name, another meaning for each member": Operation(
            "{ accounts { ... on Admin { n: rank box { x: size } } ... on Guest { n: name box { x: weight } } } }",
            {"accounts": [{"n": "r1", "box": {"x": 1}}, {"n": "guest", "box": {"x": 20}}]},
        ),
        "one name, one meaning": Operation(
            "{ accounts { ... on Admin { n: likes box { size } } ... on Guest { n: likes box { size weight } } } }",
            {"accounts": [{"n": 4, "box": {"size": 1}}, {"n": 5, "box": {"size": 2, "weight": 20}}]},
            requests={"a": 1, "b": 1},
        ),
    },
)
