"""Generic validity of a subgraph's SDL."""

from __future__ import annotations

import pytest
from graphql import parse

from services.gateway.stages.validate import validate_document
from services.gateway.supergraph import load_supergraph
from tests.gateway.compose.harness import codes, composed, supergraph


@pytest.mark.parametrize(
    "sdl",
    [
        "type Query {",
        "type Query { a: Missing }",
        "type Query { a: Int a: Int }",
        "type Query { a(x: T): Int } type T { a: Int }",
        "type Query { a: I } input I { a: Int }",
        "interface N { id: ID! } type Query implements N { a: Int }",
        "type Query { a: Int @missing }",
        "type Query { a: T } type T",
        "type Query { a(x: Int = true): Int }",
        "enum E { A } type Query { a(x: E = B): Int }",
        "type Query { a: U } union U = E enum E { A }",
        "type Query { __a: Int }",
        "type Query { a(x: U = 1): Int } union U = T type T { a: Int }",
        "type Query { a(x: I): Int } input I { u: U = 1 } union U = T type T { a: Int }",
        "type Query { a: Int @tag(name: 1) }",
        "type Query { a: Int @cost(weight: true) }",
        "extend interface Query { a: Int } type Query { a: Int }",
    ],
)
def test_invalid_sdl_is_refused(sdl: str) -> None:
    assert codes(a=sdl) == ["INVALID_GRAPHQL"]


def test_the_line_counts_in_the_sdl_of_the_subgraph() -> None:
    composition = composed(a="# schema\ntype Query {\n  a: Missing\n}")
    [error] = composition.errors
    assert (error.subgraph, error.line) == ("a", 3)
    assert str(error).startswith("INVALID_GRAPHQL: [a:3] ")


@pytest.mark.parametrize(
    ("sdl", "code"),
    [
        ("schema { query: Q } type Q { a: Int } type Query { b: Int }", "ROOT_QUERY_USED"),
        (
            "schema { query: Query mutation: M } type Query { a: Int } type M { a: Int } type Mutation { b: Int }",
            "ROOT_MUTATION_USED",
        ),
    ],
)
def test_root_names_are_not_for_other_types(sdl: str, code: str) -> None:
    assert codes(a=sdl) == [code]


def test_the_query_root_cannot_be_hidden() -> None:
    assert codes(a="type Query @inaccessible { a: Int }") == ["QUERY_ROOT_TYPE_INACCESSIBLE"]


def test_each_subgraph_deprecates_its_own_fields() -> None:
    sdl = supergraph(
        a='type Query { n: N } interface N { x: Int } type T implements N @key(fields: "id") { id: ID! x: Int @shareable }',
        b='type T @key(fields: "id") { id: ID! x: Int @shareable @deprecated }',
    )

    validate_document(load_supergraph(sdl).schema, parse("{ n { x } }"))
