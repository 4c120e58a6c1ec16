"""`node(id:)` fields of subgraphs: the id is the only common ground, whichever subgraph answers."""

from __future__ import annotations

from tests.gateway.cases.harness import Case, Operation, Ref, Service

NODES = Case(
    lambda: [
        Service(
            "accounts",
            """
            type Query { node(id: ID!): Node @shareable account(id: String!): Account }
            interface Node { id: ID! }
            type Account implements Node @key(fields: "id") { id: ID! username: String! }
            type Chat implements Node @key(fields: "id") { id: ID! }
            """,
            query={
                "node": lambda id: {"__typename": "Account" if id[0] == "a" else "Chat", "id": id, "username": "u"},  # noqa: A006
                "account": lambda id: Ref("Account", id=id),  # noqa: A006
            },
            entities={
                "Account": [{"id": "a1", "username": "u1"}, {"id": "a2", "username": "u2"}],
                "Chat": [{"id": "c1"}],
            },
        ),
        Service(
            "chats",
            """
            type Query { node(id: ID!): Node @shareable chat(id: String!): Chat }
            interface Node { id: ID! }
            type Account implements Node @key(fields: "id") { id: ID! chats: [Chat!]! }
            type Chat implements Node @key(fields: "id") { id: ID! account: Account! text: String! }
            """,
            query={
                "node": lambda id: Ref("Account" if id[0] == "a" else "Chat", id=id),  # noqa: A006
                "chat": lambda id: Ref("Chat", id=id),  # noqa: A006
            },
            entities={
                "Account": [{"id": "a1", "chats": [Ref("Chat", id="c1")]}, {"id": "a2", "chats": []}],
                "Chat": [{"id": "c1", "account": Ref("Account", id="a1"), "text": "hello"}],
            },
        ),
    ],
    {
        "an account's chats": Operation(
            '{ account(id: "a1") { id username chats { id text account { username } } } }',
            {
                "account": {
                    "id": "a1",
                    "username": "u1",
                    "chats": [{"id": "c1", "text": "hello", "account": {"username": "u1"}}],
                }
            },
        ),
        "a chat's account": Operation(
            '{ chat(id: "c1") { id account { id username chats { text } } } }',
            {"chat": {"id": "c1", "account": {"id": "a1", "username": "u1", "chats": [{"text": "hello"}]}}},
        ),
        "a node of one type": Operation(
            '{ node(id: "c1") { id __typename ... on Chat { text account { id } } } }',
            {"node": {"id": "c1", "__typename": "Chat", "text": "hello", "account": {"id": "a1"}}},
            requests={"chats": 1},
        ),
        "a node of either": Operation(
            """{ one: node(id: "a1") { ...F } two: node(id: "c1") { ...F } } fragment F on Node { id ... on Account {
              username chats { id } } ... on Chat { text } }""",
            {"one": {"id": "a1", "username": "u1", "chats": [{"id": "c1"}]}, "two": {"id": "c1", "text": "hello"}},
        ),
    },
)
