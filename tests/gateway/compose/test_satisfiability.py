"""Everything the supergraph promises can be gathered."""

from __future__ import annotations

from tests.gateway.compose.harness import codes, composed, supergraph


def test_a_field_behind_a_missing_key_cannot_be_reached() -> None:
    composition = composed(
        a='type Query { t(id: ID!): T } type T @key(fields: "id") { id: ID! }',
        b='type T @key(fields: "sku") { sku: ID! name: String }',
    )
    first, second = composition.errors
    assert {first.code, second.code} == {"SATISFIABILITY_ERROR"}
    assert (
        first.message
        == '''\
the following query can be asked of the supergraph but not be answered by the subgraphs:
query {
  t(id: "an id") {
    name
  }
}
- from subgraph "a": cannot find field "T.name"
- from subgraph "a": cannot move to subgraph "b" using @key(fields: "sku") of "T": \
the key field(s) cannot be resolved from subgraph "a"'''
    )
    assert first.mend is not None


def test_keys_may_be_chained() -> None:
    supergraph(
        a='type Query { t: T } type T @key(fields: "id") { id: ID! }',
        b='type T @key(fields: "id") @key(fields: "sku") { id: ID! sku: ID! }',
        c='type T @key(fields: "sku") { sku: ID! name: String }',
    )


def test_a_key_may_be_gathered_from_two_subgraphs() -> None:
    supergraph(
        a='type Query { t: T } type T @key(fields: "id") { id: ID! x: Int @shareable }',
        b='type T @key(fields: "id") { id: ID! y: Int @shareable }',
        c='type T @key(fields: "x y") { x: Int @shareable y: Int @shareable z: Int }',
    )


def test_an_unresolvable_key_leads_nowhere() -> None:
    assert codes(
        a='type Query { t: T } type T @key(fields: "id") { id: ID! }',
        b='type T @key(fields: "id", resolvable: false) { id: ID! name: String }',
    ) == ["SATISFIABILITY_ERROR"]


def test_nested_keys_are_followed() -> None:
    supergraph(
        a="""
        type Query { t: T }
        type T @key(fields: "org { id }") { org: Org }
        type Org @key(fields: "id") { id: ID! }
        """,
        b='type T @key(fields: "org { id }") { org: Org name: String } type Org @key(fields: "id") { id: ID! }',
    )


def test_value_types_cannot_be_completed_elsewhere() -> None:
    assert codes(
        a="type Query { v: V } type V { x: Int @shareable }",
        b="type Query { w: V } type V { x: Int @shareable y: Int }",
    ) == ["SATISFIABILITY_ERROR"]


def test_a_shared_root_field_may_be_asked_of_both() -> None:
    supergraph(
        a="type Query { v: V @shareable } type V { x: Int @shareable z: Int }",
        b="type Query { v: V @shareable } type V { x: Int @shareable y: Int }",
    )


def test_requirements_must_be_reachable() -> None:
    owner = 'type T @key(fields: "{key}") {{ {key}: ID! size: Int }}'
    user = """
    type Query { t: T }
    type T @key(fields: "id") { id: ID! size: Int @external shipping: Int @requires(fields: "size") }
    """
    supergraph(a=user, b=owner.format(key="id"))
    assert codes(a=user, b=owner.format(key="sku")) == ["SATISFIABILITY_ERROR"]


def test_a_field_with_requirements_needs_a_way_back() -> None:
    assert codes(
        a='type Query { t: T } type T @key(fields: "id") { id: ID! size: Int }',
        b="""
        type Query { u: T }
        type T @key(fields: "id", resolvable: false) {
          id: ID!
          size: Int @external
          shipping: Int @requires(fields: "size")
        }
        """,
    ) == ["SATISFIABILITY_ERROR"]


def test_requirements_may_depend_on_each_other() -> None:
    supergraph(
        a='type Query { t: T } type T @key(fields: "id") { id: ID! one: Int }',
        b='type T @key(fields: "id") { id: ID! one: Int @external two: Int @requires(fields: "one") }',
        c='type T @key(fields: "id") { id: ID! two: Int @external three: Int @requires(fields: "two") }',
    )


def test_circular_requirements_cannot_be_met() -> None:
    assert codes(
        a='type Query { t: T } type T @key(fields: "id") { id: ID! }',
        b='type T @key(fields: "id") { id: ID! one: Int @external two: Int @requires(fields: "one") }',
        c='type T @key(fields: "id") { id: ID! two: Int @external one: Int @requires(fields: "two") }',
    ) == ["SATISFIABILITY_ERROR"]


def test_provided_fields_are_reachable_where_they_are_provided() -> None:
    supergraph(
        a='type Query { a: T @provides(fields: "name") } type T { name: String @external }',
        b="type Query { b: T } type T { name: String }",
    )
    assert codes(
        a="""
        type Query { a: T @provides(fields: "name") other: T }
        type T { name: String @external }
        """,
        b="type Query { b: T } type T { name: String }",
    ) == ["SATISFIABILITY_ERROR"]


def test_every_implementation_must_be_completed() -> None:
    assert codes(
        a="""
        type Query { n: N }
        interface N { id: ID! }
        type T implements N @key(fields: "id") { id: ID! }
        """,
        b='type T @key(fields: "sku") { sku: ID! name: String }',
    ) == ["SATISFIABILITY_ERROR"]


def test_interface_objects_are_entered_and_left_through_the_interface() -> None:
    catalogue = """
    type Query { media: [Media] }
    interface Media @key(fields: "id") { id: ID! title: String }
    type Book implements Media @key(fields: "id") { id: ID! title: String pages: Int }
    """
    supergraph(
        catalogue=catalogue,
        reviews="""
        type Query { reviewed: [Media] }
        type Media @key(fields: "id") @interfaceObject { id: ID! reviews: [String] }
        """,
    )
    assert codes(
        catalogue=catalogue.replace('interface Media @key(fields: "id")', "interface Media"),
        reviews="""
        type Query { reviewed: [Media] }
        type Media @key(fields: "id") @interfaceObject { id: ID! reviews: [String] }
        """,
    ) == ["SATISFIABILITY_ERROR"]


def test_a_mutation_may_answer_with_the_query() -> None:
    supergraph(
        a="type Query { a: Int } type Mutation { m: Payload } type Payload { query: Query }",
        b="type Query { b: Int }",
    )
