"""Merging objects: fields of all subgraphs, joins only where they say something."""

from __future__ import annotations

from services.gateway.compose import Subgraph, compose
from tests.gateway.compose.harness import codes, composed, definition, fed_1, supergraph


def test_an_entity_has_the_fields_of_all_its_subgraphs() -> None:
    merged = definition(
        "Case",
        intake='type Query { case: Case } type Case @key(fields: "id") { id: ID! title: String }',
        mediation='type Case @key(fields: "id") { id: ID! "Who mediates." mediator: String }',
    )
    assert (
        merged
        == '''\
type Case @join__type(graph: INTAKE, key: "id") @join__type(graph: MEDIATION, key: "id") {
  id: ID!
  title: String @join__field(graph: INTAKE)
  """Who mediates."""
  mediator: String @join__field(graph: MEDIATION)
}'''
    )


def test_a_single_subgraph_needs_no_joins_on_fields() -> None:
    merged = definition("Query", intake="type Query { a(x: Int = 1): Int b: [String!]! }")
    assert (
        merged
        == """\
type Query @join__type(graph: INTAKE) {
  a(x: Int = 1): Int
  b: [String!]!
}"""
    )


def test_root_fields_name_their_subgraph_and_every_subgraph_has_a_query() -> None:
    merged = definition(
        "Query",
        a='type Query { a: T } type T @key(fields: "id") { id: ID! }',
        b='type T @key(fields: "id") { id: ID! b: Int }',
    )
    assert (
        merged
        == """\
type Query @join__type(graph: A) @join__type(graph: B) {
  a: T @join__field(graph: A)
}"""
    )


def test_renamed_roots_get_their_standard_names() -> None:
    sdl = supergraph(
        a="schema { query: Reads mutation: Writes } type Reads { a: Int } type Writes { b: Reads }",
    )
    assert "type Query\n" in sdl
    assert "b: Query" in sdl
    assert "Reads" not in sdl


def test_renamed_roots_are_members_under_their_standard_names() -> None:
    sdl = supergraph(
        a="schema { query: Reads } type Reads { any: Any } type Other { a: Int } union Any = Reads | Other",
    )
    assert '@join__unionMember(graph: A, member: "Query")' in sdl
    assert "Reads" not in sdl


def test_machinery_of_subgraphs_is_dropped() -> None:
    sdl = supergraph(
        a="""
        type Query { _entities(representations: [_Any!]!): [_Entity]! _service: _Service! t: T }
        type T @key(fields: "id") { id: ID! }
        scalar _Any
        union _Entity = T
        type _Service { sdl: String! }
        """,
    )
    assert "_Any" not in sdl
    assert "_entities" not in sdl
    assert "_Service" not in sdl


def test_a_field_with_narrower_types_in_some_subgraphs_records_each() -> None:
    merged = definition(
        "T",
        a='type Query { t: T } type T @key(fields: "id") { id: ID! v: Int! @shareable }',
        b='type T @key(fields: "id") { id: ID! v: Int @shareable }',
    )
    assert 'v: Int @join__field(graph: A, type: "Int!") @join__field(graph: B, type: "Int")' in merged


def test_an_abstract_type_wins_over_its_members() -> None:
    merged = definition(
        "T",
        a="""
        type Query { t: T } type T @key(fields: "id") { id: ID! pet: Cat @shareable }
        type Cat @shareable { name: String }
        """,
        b="""
        type T @key(fields: "id") { id: ID! pet: Pet @shareable }
        union Pet = Cat
        type Cat @shareable { name: String }
        """,
    )
    assert 'pet: Pet @join__field(graph: A, type: "Cat") @join__field(graph: B, type: "Pet")' in merged


def test_incompatible_field_types_are_refused() -> None:
    assert codes(
        a='type Query { t: T } type T @key(fields: "id") { id: ID! v: Int @shareable }',
        b='type T @key(fields: "id") { id: ID! v: String @shareable }',
    ) == ["FIELD_TYPE_MISMATCH"]


def test_list_and_item_are_incompatible() -> None:
    assert codes(
        a='type Query { t: T } type T @key(fields: "id") { id: ID! v: [Int] @shareable }',
        b='type T @key(fields: "id") { id: ID! v: Int @shareable }',
    ) == ["FIELD_TYPE_MISMATCH"]


def test_kinds_must_agree() -> None:
    assert codes(
        a="type Query { t: T } type T { id: ID! }",
        b="scalar T type Query { u: T }",
    ) == ["TYPE_KIND_MISMATCH"]


def test_some_subgraph_must_have_a_query() -> None:
    assert codes(a='type T @key(fields: "id") { id: ID! }') == ["NO_QUERIES"]


def test_arguments_that_some_subgraph_lacks_are_left_out() -> None:
    merged = definition(
        "Query",
        a="type Query { v(x: Int, y: Int!): Int @shareable }",
        b="type Query { v(y: Int): Int @shareable }",
    )
    assert "v(y: Int!): Int" in merged


def test_a_required_argument_must_be_everywhere() -> None:
    assert codes(
        a="type Query { v(x: Int!): Int @shareable }",
        b="type Query { v: Int @shareable }",
    ) == ["REQUIRED_ARGUMENT_MISSING_IN_SOME_SUBGRAPH"]


def test_argument_types_must_agree() -> None:
    assert codes(
        a="type Query { v(x: Int): Int @shareable }",
        b="type Query { v(x: String): Int @shareable }",
    ) == ["FIELD_ARGUMENT_TYPE_MISMATCH"]


def test_argument_defaults_must_agree() -> None:
    assert codes(
        a="type Query { v(x: Int = 1): Int @shareable }",
        b="type Query { v(x: Int = 2): Int @shareable }",
    ) == ["FIELD_ARGUMENT_DEFAULT_MISMATCH"]


def test_an_extension_needs_a_definition_somewhere() -> None:
    assert codes(
        a='type Query { t: T } extend type T @key(fields: "id") { id: ID! }',
        b='extend type T @key(fields: "id") { id: ID! b: Int }',
    ) == ["EXTENSION_WITH_NO_BASE"]


def test_the_first_description_and_deprecation_win() -> None:
    merged = definition(
        "T",
        a='type Query { t: T } type T { v: Int @shareable @deprecated(reason: "old") }',
        b='"From b." type T { "Also b." v: Int @shareable } type Query { u: T }',
        c='"From c." type T { v: Int @shareable @deprecated(reason: "older") } type Query { w: T }',
    )
    assert merged.startswith('"""From b."""')
    assert '"""Also b."""' in merged
    assert 'v: Int @deprecated(reason: "old")' in merged


def test_the_order_of_subgraphs_does_not_matter() -> None:
    subgraphs = [
        Subgraph("c", "http://c", fed_1('extend type T @key(fields: "id") { id: ID! @external c: Int }')),
        Subgraph("a", "http://a", fed_1('type Query { t: T } type T @key(fields: "id") { id: ID! }')),
        Subgraph("b", "http://b", fed_1('type Query { u: T } extend type T @key(fields: "id") { id: ID! }')),
    ]
    first = compose(subgraphs)
    assert first.supergraph_sdl is not None
    assert first == compose(subgraphs[::-1])
    assert first == compose([subgraphs[1], subgraphs[2], subgraphs[0]])


def test_errors_say_where_and_how_to_mend() -> None:
    composition = composed(
        a='type Query { t: T }\ntype T @key(fields: "id") {\n  id: ID!\n  title: String\n}',
        b='type T @key(fields: "id") { id: ID! title: String }',
    )
    [error] = composition.errors
    assert error.coordinate == "T.title"
    assert error.subgraph == "a"
    assert "add @shareable" in str(error)
