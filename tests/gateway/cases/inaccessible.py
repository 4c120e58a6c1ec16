"""`@inaccessible`: hidden from clients, still good for keys, requirements and telling types apart."""

from __future__ import annotations

from tests.gateway.cases.harness import Case, Operation, Service

HIDDEN = Case(
    lambda: [
        Service(
            "a",
            """
            type Query { cases: [Case!] secret: String @inaccessible any: [Thing] }
            type Case @key(fields: "code region { id }") { code: String @inaccessible region: Region @inaccessible
              weight: Int @inaccessible }
            type Region @inaccessible { id: ID! }
            union Thing = Case | Ghost
            type Ghost @inaccessible @key(fields: "id") { id: ID! }
            """,
            query={
                "cases": [
                    {"code": "c1", "region": {"id": "r1"}, "weight": 2},
                    {"code": None, "region": {"id": "r1"}, "weight": 0},
                    {"code": "c2", "region": {"id": "r2"}, "weight": None},
                ],
                "any": [
                    {"__typename": "Case", "code": "c1", "region": {"id": "r1"}, "weight": 2},
                    {"__typename": "Ghost", "id": "g"},
                ],
            },
            entities={"Case": [], "Ghost": []},
        ),
        Service(
            "b",
            """
            type Case @key(fields: "code region { id }") {
              code: String @shareable region: Region @shareable title: String weight: Int @external
              label(short: Boolean, secret: Int @inaccessible): String @requires(fields: "weight") }
            type Region { id: ID! @shareable }
            """,
            entities={
                "Case": [
                    {"code": "c1", "region": {"id": "r1"}, "title": "t1"},
                    {"code": "c2", "region": {"id": "r2"}, "title": "t2"},
                ]
            },
            resolvers={"Case.label": lambda item, short=None, secret=None: f"{item['weight']} {short} {secret}"},
        ),
    ],
    {
        "as a key": Operation(
            "{ cases { title __typename } }",
            {
                "cases": [
                    {"title": "t1", "__typename": "Case"},
                    {"title": None, "__typename": "Case"},
                    {"title": "t2", "__typename": "Case"},
                ]
            },
        ),
        "as a requirement": Operation(
            "{ cases { label(short: true) } }",
            {"cases": [{"label": "2 True None"}, {"label": None}, {"label": "None True None"}]},
        ),
        "an object of a hidden type": Operation(
            "{ any { __typename ... on Case { title } } }",
            {"any": [{"__typename": "Case", "title": "t1"}, None]},
            errors=("any.1",),
        ),
        "introspection": Operation(
            """{ case: __type(name: "Case") { fields { name args { name } } } region: __type(name: "Region") { name }
              thing: __type(name: "Thing") { possibleTypes { name } } }""",
            {
                "case": {"fields": [{"name": "title", "args": []}, {"name": "label", "args": [{"name": "short"}]}]},
                "region": None,
                "thing": {"possibleTypes": [{"name": "Case"}]},
            },
            requests={},
        ),
    },
)
