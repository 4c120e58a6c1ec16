"""Many keys that overlap in part; each subgraph knows another selection of them."""

from __future__ import annotations

from tests.gateway.cases.harness import Case, Operation, Ref, Service


def services() -> list[Service]:
    return [
        Service(
            "a",
            """
            type Query { b: B }
            type A @key(fields: "id") @key(fields: "id pid") @key(fields: "compositeId { two three }") @key(fields: "pid") {
              id: ID! @shareable pid: ID! @shareable compositeId: Composite @shareable name: String!
            }
            type Composite @shareable { two: ID! three: ID! }
            type B @key(fields: "id") { id: ID! a: [A!]! }
            """,
            query={"b": {"id": "100", "a": [Ref("A", id="1"), Ref("A", id="2")]}},
            entities={
                "A": [
                    {"id": "1", "pid": "p1", "compositeId": {"two": "2-1", "three": "3-1"}, "name": "a1"},
                    {"id": "2", "pid": "p2", "compositeId": {"two": "2-2", "three": "3-2"}, "name": "a2"},
                ]
            },
        ),
        Service(
            "b",
            """
            type A @key(fields: "compositeId { three }") { compositeId: Composite @shareable nameInB: String! rank: Int }
            type Composite @shareable { three: ID! }
            """,
            entities={
                "A": [
                    {"compositeId": {"three": "3-1"}, "nameInB": "b1", "rank": 1},
                    {"compositeId": {"three": "3-2"}, "nameInB": "b2", "rank": None},
                ]
            },
        ),
        Service(
            "c",
            """
            type A @key(fields: "pid") @key(fields: "code", resolvable: false) { pid: ID! @shareable code: String @shareable }
            """,
            entities={"A": [{"pid": "p1", "code": "c1"}, {"pid": "p2", "code": "c2"}]},
        ),
        Service(
            "d",
            """
            type Query { byCode: [A] }
            type A @key(fields: "code") { code: String @shareable size(unit: String = "mm"): String }
            """,
            query={"byCode": [Ref("A", code="c1")]},
            entities={
                "A": [
                    {"code": "c1", "size": None},
                    {"code": "c2", "size": None},
                ]
            },
            resolvers={"A.size": lambda item, unit: f"{item['code']} in {unit}"},
        ),
        Service(
            "e",
            """
            type A @key(fields: "code") @key(fields: "id") { id: ID! @shareable code: String @shareable }
            """,
            entities={"A": [{"code": "c1", "id": "1"}, {"code": "c2", "id": "2"}]},
        ),
    ]


MASHUP = Case(
    services,
    {
        "part of a composite key": Operation(
            "{ b { id a { id name nameInB } } }",
            {
                "b": {
                    "id": "100",
                    "a": [{"id": "1", "name": "a1", "nameInB": "b1"}, {"id": "2", "name": "a2", "nameInB": "b2"}],
                }
            },
            requests={"a": 1, "b": 1},
        ),
        "a key only another subgraph translates": Operation(
            '{ b { a { mm: size cm: size(unit: "cm") } } }',
            {"b": {"a": [{"mm": "c1 in mm", "cm": "c1 in cm"}, {"mm": "c2 in mm", "cm": "c2 in cm"}]}},
            requests={"a": 1, "c": 1, "d": 1},
        ),
        "the long way round": Operation(
            "{ byCode { name nameInB pid rank } }",
            {"byCode": [{"name": "a1", "nameInB": "b1", "pid": "p1", "rank": 1}]},
            requests={"d": 1, "e": 1, "a": 1, "b": 1},
        ),
        "keys shadowed by aliases": Operation(
            "{ byCode { id: code code: name compositeId: rank pid: nameInB } }",
            {"byCode": [{"id": "c1", "code": "a1", "compositeId": 1, "pid": "b1"}]},
            requests={"d": 1, "e": 1, "a": 1, "b": 1},
        ),
        "a composite key the client also asks in part": Operation(
            "{ b { a { compositeId { two } nameInB } } }",
            {
                "b": {
                    "a": [
                        {"compositeId": {"two": "2-1"}, "nameInB": "b1"},
                        {"compositeId": {"two": "2-2"}, "nameInB": "b2"},
                    ]
                }
            },
        ),
    },
)
