"""Enums and inputs that differ between subgraphs: what only one knows, what clients must not see."""

from __future__ import annotations

from tests.gateway.cases.harness import Case, Operation, Service

INTERSECTION = Case(
    lambda: [
        Service(
            "a",
            """
            type Query { users: [User] usersB: [User!] only(type: UserType): String }
            type User @key(fields: "id") { id: ID! type: UserType kinds: [UserType] must: UserType! }
            enum UserType { REGULAR ADMIN @inaccessible }
            """,
            query={
                "users": [
                    {"id": "u1", "type": "REGULAR", "kinds": ["REGULAR", "ADMIN", None], "must": "REGULAR"},
                    {"id": "u2", "type": "ADMIN", "kinds": ["ADMIN"], "must": "ADMIN"},
                    {"id": "u3", "type": None, "kinds": None, "must": "REGULAR"},
                ],
                "usersB": [{"id": "u1", "type": "REGULAR", "kinds": [], "must": "ADMIN"}],
                "only": lambda type=None: str(type),  # noqa: A006
            },
        ),
        Service(
            "b",
            """
            type User @key(fields: "id") { id: ID! type: UserType @external label: String @requires(fields: "type") }
            enum UserType { REGULAR ADMIN }
            """,
            entities={"User": [{"id": "u1"}, {"id": "u2"}, {"id": "u3"}]},
            resolvers={"User.label": lambda user: f"is {user['type']}"},
        ),
    ],
    {
        "a hidden value is null and an error": Operation(
            "{ users { id type } }",
            {"users": [{"id": "u1", "type": "REGULAR"}, {"id": "u2", "type": None}, {"id": "u3", "type": None}]},
            errors=("users.1.type",),
        ),
        "in a list": Operation(
            "{ users { kinds } }",
            {"users": [{"kinds": ["REGULAR", None, None]}, {"kinds": [None]}, {"kinds": None}]},
            errors=("users.0.kinds.1", "users.1.kinds.0"),
        ),
        "where null is not allowed": Operation(
            "{ users { id must } }",
            {"users": [{"id": "u1", "must": "REGULAR"}, None, {"id": "u3", "must": "REGULAR"}]},
            errors=("users.1.must",),
        ),
        "in a list of objects that may not be null": Operation(
            "{ usersB { must } }", {"usersB": None}, errors=("usersB.0.must",)
        ),
        "subgraphs may still tell each other": Operation(
            "{ users { label } }", {"users": [{"label": "is REGULAR"}, {"label": "is ADMIN"}, {"label": "is None"}]}
        ),
        "as an argument": Operation("{ only(type: REGULAR) }", {"only": "REGULAR"}),
    },
)

DIFFERENT_VALUES = Case(
    lambda: [
        Service(
            "a",
            """
            type Query { shapes: [Shape!] shape: Shape }
            type Shape @key(fields: "id") { id: ID! kind: Kind @shareable }
            enum Kind { ROUND FLAT }
            """,
            query={
                "shapes": [{"id": "1", "kind": "ROUND"}, {"id": "2", "kind": "FLAT"}],
                "shape": {"id": "3", "kind": None},
            },
            entities={"Shape": [{"id": "1", "kind": "ROUND"}]},
        ),
        Service(
            "b",
            """
            type Query { byB: [Shape] }
            type Shape @key(fields: "id") { id: ID! kind: Kind @shareable other: [Kind!] }
            enum Kind { ROUND TALL }
            """,
            query={"byB": [{"id": "1", "kind": "TALL", "other": ["ROUND", "TALL"]}]},
            entities={
                "Shape": [{"id": "1", "kind": "TALL", "other": ["TALL"]}, {"id": "2", "kind": "ROUND", "other": []}]
            },
        ),
    ],
    {
        "an output enum has all values": Operation(
            "{ byB { kind other } shapes { kind other } }",
            {
                "byB": [{"kind": "TALL", "other": ["ROUND", "TALL"]}],
                "shapes": [{"kind": "ROUND", "other": ["TALL"]}, {"kind": "FLAT", "other": []}],
            },
        ),
        "null stays null": Operation("{ shape { kind other } }", {"shape": {"kind": None, "other": None}}),
    },
)

INPUTS = Case(
    lambda: [
        Service(
            "a",
            """
            type Query { usersInA(filter: UsersFilter): [User!]! sorted(by: [Order!] = [UP], filter: UsersFilter):
              String }
            input UsersFilter { first: Int = 5 offset: Int nested: UsersFilter names: [String!] }
            enum Order { UP DOWN SIDEWAYS }
            type User @key(fields: "id") { id: ID! }
            """,
            query={
                "usersInA": lambda filter=None: [{"id": f"u{n}"} for n in range((filter or {}).get("first", 0))],  # noqa: A006
                "sorted": lambda by, filter=None: f"{by} {filter}",  # noqa: A006
            },
        ),
        Service(
            "b",
            """
            type Query { usersInB(filter: UsersFilter!, by: Order): [User!] }
            input UsersFilter { first: Int = 5 nested: UsersFilter names: [String!] hidden: String @inaccessible }
            enum Order { UP DOWN }
            type User @key(fields: "id") { id: ID! name(style: Style = { upper: true, more: { upper: false } }):
              String }
            input Style { upper: Boolean! = false suffix: String = "!" more: Style }
            """,
            query={"usersInB": lambda filter, by=None: [{"id": f"{filter} {by}"}]},  # noqa: A006
            entities={"User": lambda item: {"id": item["id"]}},
            resolvers={"User.name": lambda user, style=None: f"{user['id']} {style}"},
        ),
    ],
    {
        "what both know": Operation(
            '{ usersInB(filter: { first: 1, nested: { first: 2, names: ["x"] } }, by: DOWN) { id } }',
            {"usersInB": [{"id": "{'first': 1, 'nested': {'first': 2, 'names': ['x']}} DOWN"}]},
        ),
        "variables inside": Operation(
            """query ($n: Int = 1, $o: Order! = UP, $s: Style) { usersInA(filter: { first: $n }) { id name(style: $s)
              } sorted(by: [$o, DOWN]) }""",
            {
                "usersInA": [{"id": "u0", "name": "u0 {'upper': True, 'suffix': '?'}"}],
                "sorted": "['UP', 'DOWN'] None",
            },
            variables={"s": {"upper": True, "suffix": "?"}},
        ),
        "a variable of the input type": Operation(
            "query ($f: UsersFilter) { usersInA(filter: $f) { name } sorted(filter: $f) }",
            {
                "usersInA": [
                    {"name": "u0 {'upper': True, 'suffix': '!', 'more': {'upper': False, 'suffix': '!'}}"},
                ],
                "sorted": "['UP'] {'first': 1, 'names': ['a']}",
            },
            variables={"f": {"first": 1, "names": ["a"]}},
        ),
    },
)
