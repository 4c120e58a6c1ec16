"""One key, one hop: an entity's fields from another subgraph, below objects, lists and arguments."""

from __future__ import annotations

from tests.gateway.cases.harness import Case, Operation, Ref, Service


def services() -> list[Service]:
    return [
        Service(
            "email",
            """
            type Query { user: User users(first: Int = 2): [User!]! }
            type User @key(fields: "id") @key(fields: "email") { id: ID! email: String! @shareable }
            """,
            query={
                "user": {"id": "u1", "email": "u1@example"},
                "users": lambda first: [{"id": f"u{n + 1}", "email": f"u{n + 1}@example"} for n in range(first)],
            },
        ),
        Service(
            "nickname",
            """
            type User @key(fields: "email") { email: String! nickname: String! friends: [User!]! }
            """,
            entities={
                "User": [
                    {
                        "email": "u1@example",
                        "nickname": "one",
                        "friends": [Ref("User", email="u2@example"), Ref("User", email="u2@example")],
                    },
                    {"email": "u2@example", "nickname": "two", "friends": [Ref("User", email="u1@example")]},
                ]
            },
        ),
        Service(
            "directory",
            """
            type User @key(fields: "email") @key(fields: "id") { id: ID! email: String! @shareable }
            """,
            entities={"User": [{"id": "u1", "email": "u1@example"}, {"id": "u2", "email": "u2@example"}]},
        ),
    ]


BY_EMAIL = Case(
    services,
    {
        "one object": Operation(
            "{ user { id nickname } }",
            {"user": {"id": "u1", "nickname": "one"}},
            requests={"email": 1, "nickname": 1},
        ),
        "a list": Operation(
            "{ users { nickname } }",
            {"users": [{"nickname": "one"}, {"nickname": "two"}]},
            requests={"email": 1, "nickname": 1},
        ),
        "an empty list asks nobody": Operation(
            "{ users(first: 0) { nickname } }", {"users": []}, requests={"email": 1}
        ),
        "the same entity twice is asked once and comes back by its own subgraph": Operation(
            "{ user { friends { id nickname friends { id } } } }",
            {
                "user": {
                    "friends": [
                        {"id": "u2", "nickname": "two", "friends": [{"id": "u1"}]},
                        {"id": "u2", "nickname": "two", "friends": [{"id": "u1"}]},
                    ]
                }
            },
        ),
        "an entity the other subgraph does not have": Operation(
            "query ($n: Int) { users(first: $n) { email nickname } }",
            None,
            errors=("users.2.nickname",),
            variables={"n": 3},
        ),
        "only the key": Operation(
            "{ user { id email } }", {"user": {"id": "u1", "email": "u1@example"}}, requests={"email": 1}
        ),
    },
)
