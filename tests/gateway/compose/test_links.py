"""`@link`: versions, imports, names."""

from __future__ import annotations

import pytest

from tests.gateway.compose.harness import codes, composed, definition, fed_1, supergraph


def test_a_schema_without_links_is_federation_1() -> None:
    sdl = supergraph(
        a=fed_1('type Query { t: T } type T @key(fields: "id") { id: ID! v: V } type V { x: Int }'),
        b=fed_1('extend type T @key(fields: "id") { id: ID! @external w: V } type V { x: Int }'),
    )
    assert "join/v0.3" in sdl


@pytest.mark.parametrize(
    ("version", "join"), [("v2.0", "v0.3"), ("v2.6", "v0.3"), ("v2.7", "v0.4"), ("v2.8", "v0.5"), ("v2.12", "v0.5")]
)
def test_the_join_version_follows_the_highest_federation_version(version: str, join: str) -> None:
    sdl = supergraph(
        a=f'extend schema @link(url: "https://specs.apollo.dev/federation/{version}") type Query {{ a: Int }}',
        b="# schema of federation 1\ntype Query { b: Int }",
    )
    assert f"https://specs.apollo.dev/join/{join}" in sdl


def test_directives_can_be_imported_under_other_names() -> None:
    merged = definition(
        "T",
        a="""
        extend schema @link(url: "https://specs.apollo.dev/federation/v2.3",
                            import: [{ name: "@key", as: "@pk" }, "@shareable"])
        type Query { t: T }
        type T @pk(fields: "id") { id: ID! }
        """,
    )
    assert '@join__type(graph: A, key: "id")' in merged


def test_directives_that_are_not_imported_have_a_prefix() -> None:
    merged = definition(
        "T",
        a="""
        extend schema @link(url: "https://specs.apollo.dev/federation/v2.3")
        type Query { t: T }
        type T @federation__key(fields: "id") { id: ID! }
        """,
    )
    assert '@join__type(graph: A, key: "id")' in merged


def test_the_namespace_can_be_renamed() -> None:
    merged = definition(
        "T",
        a="""
        extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", as: "fed")
        type Query { t: T }
        type T @fed__key(fields: "id") { id: ID! }
        """,
    )
    assert '@join__type(graph: A, key: "id")' in merged


def test_definitions_in_the_sdl_are_tolerated() -> None:
    sdl = supergraph(
        a="""
        schema @link(url: "https://specs.apollo.dev/link/v1.0")
               @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "FieldSet"])
        { query: Query }
        directive @link(url: String!, as: String, for: link__Purpose, import: [link__Import]) repeatable on SCHEMA
        scalar link__Import
        enum link__Purpose { SECURITY EXECUTION }
        directive @key(fields: FieldSet!, resolvable: Boolean = true) repeatable on OBJECT | INTERFACE
        scalar FieldSet
        type Query { t: T }
        type T @key(fields: "id") { id: ID! }
        """,
    )
    assert "scalar FieldSet" not in sdl


def test_a_directive_needs_its_import() -> None:
    composition = composed(
        a="""
        extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])
        type Query { a: Int @shareable }
        """,
    )
    [error] = composition.errors
    assert error.code == "INVALID_GRAPHQL"
    assert error.mend is not None
    assert "@shareable" in error.mend


def test_a_directive_is_not_available_before_its_version() -> None:
    assert codes(
        a="""
        extend schema @link(url: "https://specs.apollo.dev/federation/v2.2", import: ["@interfaceObject"])
        type Query { a: Int }
        """,
    ) == ["INVALID_LINK_DIRECTIVE_USAGE"]


def test_other_majors_are_refused() -> None:
    assert codes(a='extend schema @link(url: "https://specs.apollo.dev/federation/v3.0") type Query { a: Int }') == [
        "UNKNOWN_FEDERATION_LINK_VERSION"
    ]


def test_later_minors_are_read_with_a_hint() -> None:
    composition = composed(
        a='extend schema @link(url: "https://specs.apollo.dev/federation/v2.99") type Query { a: Int }'
    )
    assert composition.supergraph_sdl is not None
    assert [hint.code for hint in composition.hints] == ["NEWER_FEDERATION_VERSION"]


def test_a_specification_is_linked_once() -> None:
    assert codes(
        a="""
        extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])
                      @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@tag"])
        type Query { a: Int }
        """,
    ) == ["INVALID_LINK_DIRECTIVE_USAGE"]


def test_directives_and_types_are_not_imported_as_each_other() -> None:
    assert codes(
        a="""
        extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: [{ name: "@key", as: "key" }])
        type Query { a: Int }
        """,
    ) == ["INVALID_LINK_DIRECTIVE_USAGE"]


def test_kept_directives_have_one_name_in_all_subgraphs() -> None:
    assert codes(
        a="""
        extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [{ name: "@cost", as: "@price" }])
        type Query { a: Int @price(weight: 1) }
        """,
        b="""
        extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@cost"])
        type Query { b: Int @cost(weight: 1) }
        """,
    ) == ["LINK_IMPORT_NAME_MISMATCH"]


def test_contexts_are_refused() -> None:
    assert codes(
        a="""
        extend schema @link(url: "https://specs.apollo.dev/federation/v2.8", import: ["@context", "@fromContext", "@key"])
        type Query { t: T }
        type T @key(fields: "id") @context(name: "c") { id: ID! u: U }
        type U @key(fields: "id") { id: ID! v(x: ID @fromContext(field: "$c { id }")): Int }
        """,
    ) == ["UNSUPPORTED_FEATURE"]
