"""`@inaccessible` and `@tag`."""

from __future__ import annotations

import pytest

from tests.gateway.compose.harness import codes, definition, supergraph


def test_one_subgraph_suffices_to_hide() -> None:
    sdls = {
        "a": "type Query { v: V @shareable } type V @shareable { x: Int y: Int @inaccessible }",
        "b": "type Query { v: V @shareable } type V @shareable { x: Int y: Int }",
    }
    assert "y: Int @inaccessible" in definition("V", **sdls)
    assert '@link(url: "https://specs.apollo.dev/inaccessible/v0.2", for: SECURITY)' in supergraph(**sdls)


def test_tags_of_all_subgraphs_are_kept() -> None:
    sdls = {
        "a": 'type Query { v: Int @shareable @tag(name: "x") @tag(name: "y") }',
        "b": 'type Query { v(n: Int @tag(name: "n")): Int @shareable @tag(name: "z") @tag(name: "x") }',
    }
    assert 'v: Int @tag(name: "x") @tag(name: "y") @tag(name: "z")' in definition("Query", **sdls)
    assert '@link(url: "https://specs.apollo.dev/tag/v0.3")' in supergraph(**sdls)


@pytest.mark.parametrize(
    ("sdl", "code"),
    [
        ("type Query { a: T b: Int } type T @inaccessible { x: Int }", "REFERENCED_INACCESSIBLE"),
        ("type Query { a(e: E): Int b: Int } enum E @inaccessible { X }", "REFERENCED_INACCESSIBLE"),
        (
            "type Query { a(i: I): Int } input I { e: E x: Int } enum E @inaccessible { X }",
            "REFERENCED_INACCESSIBLE",
        ),
        ("type Query { a(x: Int! @inaccessible): Int }", "REQUIRED_INACCESSIBLE"),
        ("type Query { a(i: I): Int } input I { x: Int! @inaccessible y: Int }", "REQUIRED_INACCESSIBLE"),
        ("type Query { a: T } type T { x: Int @inaccessible }", "ONLY_INACCESSIBLE_CHILDREN"),
        ("type Query { a: E } enum E { X @inaccessible }", "ONLY_INACCESSIBLE_CHILDREN"),
        ("type Query { a: U } union U = T type T @inaccessible { x: Int }", "ONLY_INACCESSIBLE_CHILDREN"),
        (
            "type Query { a: N } interface N { x: Int } type T implements N { x: Int @inaccessible y: Int }",
            "IMPLEMENTED_BY_INACCESSIBLE",
        ),
        ("type Query { a(e: E = X): Int } enum E { X @inaccessible Y }", "DEFAULT_VALUE_USES_INACCESSIBLE"),
    ],
)
def test_what_stays_visible_must_be_a_schema(sdl: str, code: str) -> None:
    assert codes(a=sdl) == [code]


def test_what_is_hidden_as_a_whole_may_refer_to_itself() -> None:
    supergraph(a="type Query { a: Int b: T @inaccessible } type T @inaccessible { x: Int t: T }")
