"""Lists of lists of entities, with nulls at every level, non-null items, and requirements inside."""

from __future__ import annotations

from tests.gateway.cases.harness import Case, Operation, Ref, Service

LISTS = Case(
    lambda: [
        Service(
            "a",
            """
            type Query { grid: [[[Cell]]] strict: [[Cell!]!] row: [Row!]! numbers: [[Int!]] }
            type Row { cells: [[Cell!]]! row: Row }
            type Cell @key(fields: "id") { id: ID! }
            """,
            query={
                "grid": [[[{"id": "1"}, None], None], [], None, [[{"id": "2"}, {"id": "1"}], [{"id": "gone"}]]],
                "strict": [[{"id": "1"}], [{"id": "2"}, {"id": "gone"}]],
                "row": [
                    {"cells": [[{"id": "1"}], None], "row": {"cells": [[{"id": "2"}, {"id": "1"}]], "row": None}},
                    {"cells": [], "row": None},
                ],
                "numbers": [[1, 2], None, []],
            },
        ),
        Service(
            "b",
            """
            type Cell @key(fields: "id") { id: ID! value: Int name: String! near: [[Cell!]!] }
            """,
            entities={
                "Cell": [
                    {"id": "1", "value": 10, "name": "one", "near": [[Ref("Cell", id="2")], []]},
                    {"id": "2", "value": None, "name": "two", "near": None},
                ]
            },
        ),
        Service(
            "c",
            """
            type Cell @key(fields: "id") {
              id: ID! value: Int @external near: [[Cell!]!] @external
              double: Int @requires(fields: "value") around: Int @requires(fields: "near { value id }") }
            """,
            entities={"Cell": [{"id": "1"}, {"id": "2"}]},
            resolvers={
                "Cell.double": lambda cell: cell["value"] and cell["value"] * 2,
                "Cell.around": lambda cell: sum(len(row) for row in cell["near"] or ()),
            },
        ),
    ],
    {
        "nulls at every level": Operation(
            "{ grid { value double } }",
            {
                "grid": [
                    [[{"value": 10, "double": 20}, None], None],
                    [],
                    None,
                    [[{"value": None, "double": None}, {"value": 10, "double": 20}], [{"value": None, "double": None}]],
                ]
            },
            requests={"a": 1, "b": 1, "c": 1},
        ),
        "an item that may not be null": Operation("{ strict { name } }", {"strict": None}, errors=("strict.1.1.name",)),
        "lists below lists": Operation(
            "{ row { cells { name near { name around } } row { cells { id around } } } numbers }",
            {
                "row": [
                    {
                        "cells": [[{"name": "one", "near": [[{"name": "two", "around": 0}], []]}], None],
                        "row": {"cells": [[{"id": "2", "around": 0}, {"id": "1", "around": 1}]]},
                    },
                    {"cells": [], "row": None},
                ],
                "numbers": [[1, 2], None, []],
            },
        ),
    },
)
