"""What changes for consumers between two supergraphs."""

from __future__ import annotations

import pytest

from services.gateway.compose.diff import changes
from tests.gateway.compose.harness import supergraph

BEFORE = """
type Query { v(x: Int, f: Filter): V old: Int @deprecated e(e: E): E u: U }
type V { a: Int! b: String c: Int @authenticated }
input Filter { x: Int y: Int = 1 }
enum E { X Y }
union U = V
"""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("b: String", "", "breaking FIELD_REMOVED"),
        ("a: Int!", "a: Int", "breaking FIELD_CHANGED_KIND"),
        ("x: Int, f", "x: Int!, f", "breaking ARG_CHANGED_KIND"),
        ("enum E { X Y }", "enum E { X }", "breaking VALUE_REMOVED_FROM_ENUM"),
        ("input Filter { x: Int", "input Filter { z: Int! x: Int", "breaking REQUIRED_INPUT_FIELD_ADDED"),
        ("input Filter { x: Int y: Int = 1 }", "input Filter @oneOf { x: Int y: Int }", "breaking ONE_OF_ADDED"),
        ("b: String", "b: String @authenticated", "breaking DEMAND_ADDED"),
        ("c: Int @authenticated", 'c: Int @requiresScopes(scopes: [["s"]])', "breaking DEMAND_ADDED"),
        ("type V {", "type V @authenticated {", "breaking DEMAND_ADDED"),
        ("b: String", "b: String @inaccessible", "breaking FIELD_REMOVED"),
        ("enum E { X Y }", "enum E { X Y Z }", "dangerous VALUE_ADDED_TO_ENUM"),
        ("y: Int = 1", "y: Int = 2", "dangerous INPUT_FIELD_DEFAULT_VALUE_CHANGE"),
        ("union U = V", "union U = V | W type W { a: Int }", "dangerous TYPE_ADDED_TO_UNION"),
        ("b: String", "b: String d: Int", "safe FIELD_ADDED"),
        ("b: String", "b: String d: Int @authenticated", "safe FIELD_ADDED"),
        ("b: String", "b: String!", "safe FIELD_CHANGED_KIND_SAFE"),
        ("b: String", "b: String @deprecated", "safe DEPRECATION_ADDED"),
        ("old: Int @deprecated", "old: Int", "safe DEPRECATION_REMOVED"),
        ("c: Int @authenticated", "c: Int", "safe DEMAND_REMOVED"),
        ("b: String", 'b: String @tag(name: "x")', ""),
    ],
)
def test_every_change_has_its_weight(old: str, new: str, said: str) -> None:
    directive = "directive @oneOf on INPUT_OBJECT "
    assert old in BEFORE

    found = changes(supergraph(a=directive + BEFORE), supergraph(a=directive + BEFORE.replace(old, new, 1)))

    worst = [f"{each.criticality} {each.code}" for each in found][:1]
    assert worst == ([said] if said else [])


def test_moving_a_field_between_subgraphs_changes_nothing_for_consumers() -> None:
    a = 'type Query { t: T } type T @key(fields: "id") { id: ID! %s }'
    b = 'type T @key(fields: "id") { id: ID! %s }'

    assert changes(supergraph(a=a % "x: Int", b=b % "y: Int"), supergraph(a=a % "", b=b % "y: Int x: Int")) == ()
