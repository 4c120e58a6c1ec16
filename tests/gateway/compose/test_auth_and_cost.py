"""`@authenticated`, `@requiresScopes`, `@policy`, `@cost`, `@listSize`."""

from __future__ import annotations

import pytest

from tests.gateway.compose.harness import codes, definition, supergraph


def test_demands_of_all_subgraphs_are_combined() -> None:
    sdls = {
        "a": 'type Query { v: Int @shareable @requiresScopes(scopes: [["x", "y"], ["z"]]) }',
        "b": 'type Query { v: Int @shareable @requiresScopes(scopes: [["x"]]) @authenticated }',
        "c": 'type Query { v: Int @shareable @policy(policies: "p") }',
    }
    assert (
        'v: Int @authenticated @requiresScopes(scopes: [["x", "y"], ["x", "z"]]) @policy(policies: [["p"]])'
        in definition("Query", **sdls)
    )
    assert '@link(url: "https://specs.apollo.dev/requiresScopes/v0.1", for: SECURITY)' in supergraph(**sdls)


def test_an_empty_list_of_scopes_is_no_demand() -> None:
    merged = definition(
        "Query",
        a="type Query { v: Int @shareable @requiresScopes(scopes: []) }",
        b='type Query { v: Int @shareable @requiresScopes(scopes: [["x"]]) }',
    )
    assert 'v: Int @requiresScopes(scopes: [["x"]])' in merged


@pytest.mark.parametrize("demand", ["@authenticated", '@requiresScopes(scopes: [["x"]])', '@policy(policies: [["x"]])'])
def test_a_field_demands_what_its_requirements_demand(demand: str) -> None:
    owner = f'type Query {{ t: T }} type T @key(fields: "id") {{ id: ID! secret: Int {demand} }}'
    user = 'type T @key(fields: "id") {{ id: ID! secret: Int @external open: Int @requires(fields: "secret") {} }}'
    assert codes(a=owner, b=user.format("")) == ["MISSING_TRANSITIVE_AUTH_REQUIREMENTS"]
    supergraph(a=owner, b=user.format(demand))


def test_the_highest_cost_wins() -> None:
    sdls = {
        "a": """
        type Query { v(n: Int): [Int] @shareable @cost(weight: 3) @listSize(assumedSize: 5, slicingArguments: ["n"]) }
        """,
        "b": """
        type Query { v(n: Int): [Int] @shareable @cost(weight: 7) @listSize(assumedSize: 2) }
        """,
    }
    assert '@cost(weight: 7) @listSize(assumedSize: 5, slicingArguments: ["n"])' in definition("Query", **sdls)
    assert '@link(url: "https://specs.apollo.dev/cost/v0.1", import: ["@cost", "@listSize"])' in supergraph(**sdls)


@pytest.mark.parametrize(
    ("field", "code"),
    [
        ("v: Int @listSize(assumedSize: 3)", "LIST_SIZE_APPLIED_TO_NON_LIST"),
        ("v: [Int] @listSize(assumedSize: -3)", "LIST_SIZE_INVALID_ASSUMED_SIZE"),
        ('v: [Int] @listSize(slicingArguments: ["n"])', "LIST_SIZE_INVALID_SLICING_ARGUMENT"),
        ('v(n: String): [Int] @listSize(slicingArguments: ["n"])', "LIST_SIZE_INVALID_SLICING_ARGUMENT"),
        ('v: Int @listSize(sizedFields: ["n"])', "LIST_SIZE_INVALID_SIZED_FIELD"),
        ('v: T @listSize(sizedFields: ["missing"])', "LIST_SIZE_INVALID_SIZED_FIELD"),
        ('v: T @listSize(sizedFields: ["x"])', "LIST_SIZE_APPLIED_TO_NON_LIST"),
    ],
)
def test_sizes_are_of_lists(field: str, code: str) -> None:
    assert codes(a=f"type Query {{ {field} t: T }} type T {{ x: Int }}") == [code]


def test_interface_objects_have_no_demands() -> None:
    assert "AUTH_REQUIREMENTS_APPLIED_ON_INTERFACE" in codes(
        a="""
        type Query { m: Media }
        interface Media @key(fields: "id") { id: ID! }
        type Book implements Media @key(fields: "id") { id: ID! }
        """,
        b='type Media @key(fields: "id") @interfaceObject @authenticated { id: ID! x: Int }',
    )


def test_interfaces_demand_what_their_implementations_demand() -> None:
    """INVARIANT: asking through an interface is no way around the demands of a type or its field."""
    merged = definition(
        "N",
        a="""
        type Query { n: N }
        interface N { x: Int }
        type S implements N @authenticated { x: Int @requiresScopes(scopes: [["a"]]) }
        type T implements N { x: Int @requiresScopes(scopes: [["b"]]) @policy(policies: [["p"]]) }
        """,
    )
    assert merged.startswith("interface N @join__type(graph: A) @authenticated {")
    assert 'x: Int @requiresScopes(scopes: [["a", "b"]]) @policy(policies: [["p"]])' in merged


def test_demands_on_types_count_for_requirements_too() -> None:
    assert codes(
        a='type Query { t: T } type T @key(fields: "id") { id: ID! s: S } type S @authenticated { v: Int }',
        b="""
        type T @key(fields: "id") { id: ID! s: S @external open: Int @requires(fields: "s { v }") }
        type S { v: Int @external }
        """,
    ) == ["MISSING_TRANSITIVE_AUTH_REQUIREMENTS"]


def test_lists_are_sliced_by_the_arguments_all_subgraphs_have() -> None:
    sdls = {
        "a": 'type Query { v(n: Int, m: Int): [Int] @shareable @listSize(slicingArguments: ["n", "m"]) }',
        "b": "type Query { v(m: Int): [Int] @shareable }",
    }
    assert 'v(m: Int): [Int] @listSize(slicingArguments: ["m"])' in definition("Query", **sdls)
    sdls["c"] = "type Query { v: [Int] @shareable }"
    assert codes(**sdls) == ["LIST_SIZE_INVALID_SLICING_ARGUMENT"]


def test_sizes_of_several_subgraphs_are_merged() -> None:
    merged = definition(
        "Query",
        a="""
        type Query {
          v(n: Int): P @shareable
            @listSize(slicingArguments: ["n"], sizedFields: ["x"], requireOneSlicingArgument: false)
        }
        type P @shareable { x: [Int] y: [Int] }
        """,
        b="""
        type Query { v(n: Int): P @shareable @listSize(assumedSize: 4, sizedFields: ["y"]) }
        type P @shareable { x: [Int] y: [Int] }
        """,
    )
    assert (
        '@listSize(assumedSize: 4, slicingArguments: ["n"], sizedFields: ["x", "y"], requireOneSlicingArgument: false)'
        in merged
    )


def test_demands_pass_from_interface_to_interface() -> None:
    merged = definition(
        "M",
        a="""
        type Query { m: M }
        interface M { x: Int }
        interface N implements M { x: Int }
        type T implements N & M { x: Int @requiresScopes(scopes: [["a"]]) }
        """,
    )
    assert 'x: Int @requiresScopes(scopes: [["a"]])' in merged


def test_requirements_behind_an_interface_count_with_the_demands_of_its_implementations() -> None:
    a = """
    type Query { t: T }
    type T @key(fields: "id") { id: ID! n: N }
    interface N { x: Int }
    type A implements N { x: Int @authenticated }
    """
    b = """
    type T @key(fields: "id") { id: ID! n: N @external y: Int %s @requires(fields: "n { x }") }
    interface N { x: Int }
    type A implements N { x: Int @external }
    """
    assert codes(a=a, b=b % "") == ["MISSING_TRANSITIVE_AUTH_REQUIREMENTS"]
    supergraph(a=a, b=b % "@authenticated")


def test_demands_reach_implementations_through_interface_objects() -> None:
    sdls = {
        "a": """
        type Query { n: N }
        interface N @key(fields: "id") { id: ID! }
        type T implements N @key(fields: "id") { id: ID! }
        """,
        "b": 'type N @key(fields: "id") @interfaceObject { id: ID! x: Int @requiresScopes(scopes: [["a"]]) }',
    }
    assert 'x: Int @join__field(graph: B) @requiresScopes(scopes: [["a"]])' in definition("N", **sdls)
    assert 'x: Int @join__field @requiresScopes(scopes: [["a"]])' in definition("T", **sdls)
