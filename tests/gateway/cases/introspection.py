"""Introspection beside data: the gateway answers the one from its schema, subgraphs the other."""

from __future__ import annotations

from tests.gateway.cases.harness import Case, Operation, Service

MIXED = Case(
    lambda: [
        Service(
            "a",
            'type Query { item: Item } type Item @key(fields: "id") { id: ID! name: String }',
            query={"item": {"id": "1", "name": "n"}},
        ),
        Service(
            "b", 'type Item @key(fields: "id") { id: ID! extra: Int }', entities={"Item": [{"id": "1", "extra": 5}]}
        ),
    ],
    {
        "with data": Operation(
            """query ($name: String!) {
              item { extra __typename }
              schema: __schema { queryType { name } }
              __type(name: $name) { ...T fields { name type { ofType { name } } } }
              none: __type(name: "Nothing") { name }
              __typename
            }
            fragment T on __Type { kind name }""",
            {
                "item": {"extra": 5, "__typename": "Item"},
                "schema": {"queryType": {"name": "Query"}},
                "__type": {
                    "kind": "OBJECT",
                    "name": "Item",
                    "fields": [
                        {"name": "id", "type": {"ofType": {"name": "ID"}}},
                        {"name": "name", "type": {"ofType": None}},
                        {"name": "extra", "type": {"ofType": None}},
                    ],
                },
                "none": None,
                "__typename": "Query",
            },
            variables={"name": "Item"},
        ),
        "federation's own fields are not the client's": Operation(
            """{ q: __type(name: "Query") { fields { name } } any: __type(name: "_Any") { name } e: __type(name:
              "_Entity") { name } join: __type(name: "join__Graph") { name } }""",
            {"q": {"fields": [{"name": "item"}]}, "any": None, "e": None, "join": None},
            requests={},
        ),
        "skipped": Operation(
            "query ($no: Boolean!) { __schema @include(if: $no) { types { name } } item { id } }",
            {"item": {"id": "1"}},
            variables={"no": False},
        ),
    },
)
