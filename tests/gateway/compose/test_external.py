"""`@external`, `@requires`, `@provides`."""

from __future__ import annotations

import pytest

from tests.gateway.compose.harness import codes, definition, fed_1

OWNER = 'type Query { t: T } type T @key(fields: "id") { id: ID! size: Int weight: Int }'


def test_required_fields_are_external_joins() -> None:
    merged = definition(
        "T",
        a=OWNER,
        b="""
        type T @key(fields: "id") {
          id: ID!
          size: Int @external
          weight: Int @external
          shipping: Int @requires(fields: "size weight")
        }
        """,
    )
    assert (
        merged
        == """\
type T @join__type(graph: A, key: "id") @join__type(graph: B, key: "id") {
  id: ID!
  size: Int @join__field(graph: A) @join__field(graph: B, external: true)
  weight: Int @join__field(graph: A) @join__field(graph: B, external: true)
  shipping: Int @join__field(graph: B, requires: "size weight")
}"""
    )


def test_provided_fields_are_external_joins() -> None:
    sdls = {
        "a": OWNER,
        "b": """
        type Query { best: T @provides(fields: "size") }
        type T @key(fields: "id") { id: ID! size: Int @external }
        """,
    }
    assert 'best: T @join__field(graph: B, provides: "size")' in definition("Query", **sdls)
    assert "size: Int @join__field(graph: A) @join__field(graph: B, external: true)" in definition("T", **sdls)


def test_unused_external_fields_of_federation_1_are_dropped() -> None:
    merged = definition(
        "T",
        a=fed_1(OWNER),
        b=fed_1('extend type T @key(fields: "id") { id: ID! @external size: Int @external b: Int }'),
    )
    assert "size: Int @join__field(graph: A)\n" in merged


def test_unused_external_fields_are_refused() -> None:
    assert codes(a=OWNER, b='type T @key(fields: "id") { id: ID! size: Int @external }') == ["EXTERNAL_UNUSED"]


def test_external_fields_of_an_interface_are_used_by_it() -> None:
    merged = definition(
        "T",
        a=OWNER,
        b="""
        type Query { n: N }
        interface N { size: Int }
        type T implements N @key(fields: "id") { id: ID! size: Int @external }
        """,
    )
    assert "size: Int @join__field(graph: A) @join__field(graph: B, external: true)" in merged


def test_some_subgraph_must_answer_an_external_field() -> None:
    assert codes(
        a='type Query { t: T } type T @key(fields: "id") { id: ID! }',
        b='type T @key(fields: "id") { id: ID! size: Int @external b: Int @requires(fields: "size") }',
    ) == ["EXTERNAL_MISSING_ON_BASE"]


def test_an_external_field_has_the_type_of_its_base() -> None:
    assert codes(
        a=OWNER,
        b='type T @key(fields: "id") { id: ID! size: String @external b: Int @requires(fields: "size") }',
    ) == ["EXTERNAL_TYPE_MISMATCH"]


@pytest.mark.parametrize(
    ("declared", "code"),
    [
        ("size", "EXTERNAL_ARGUMENT_MISSING"),
        ("size(unit: Int)", "EXTERNAL_ARGUMENT_TYPE_MISMATCH"),
        ('size(unit: String = "m")', "EXTERNAL_ARGUMENT_DEFAULT_MISMATCH"),
    ],
)
def test_an_external_field_has_the_arguments_of_its_base(declared: str, code: str) -> None:
    assert codes(
        a='type Query { t: T } type T @key(fields: "id") { id: ID! size(unit: String): Int }',
        b=f'type T @key(fields: "id") {{ id: ID! {declared}: Int @external b: Int @requires(fields: "size") }}',
    ) == [code]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ('b: Int @requires(fields: "missing")', "REQUIRES_INVALID_FIELDS"),
        ('b: Int @requires(fields: "id {")', "REQUIRES_INVALID_FIELDS"),
        ("b: Int @requires(fields: 1)", "REQUIRES_INVALID_FIELDS_TYPE"),
        ('b: Int @requires(fields: "c") c: Int', "REQUIRES_FIELDS_MISSING_EXTERNAL"),
        ('b: Int @requires(fields: "size @deprecated") size: Int @external', "REQUIRES_DIRECTIVE_IN_FIELDS_ARG"),
        ('b: O @provides(fields: "missing")', "PROVIDES_INVALID_FIELDS"),
        ('b: O @provides(fields: "c {")', "PROVIDES_INVALID_FIELDS"),
        ("b: O @provides(fields: 1)", "PROVIDES_INVALID_FIELDS_TYPE"),
        ('b: O @provides(fields: "c")', "PROVIDES_FIELDS_MISSING_EXTERNAL"),
        ('b: Int @provides(fields: "c")', "PROVIDES_ON_NON_OBJECT_FIELD"),
    ],
)
def test_unusable_selections_are_refused(fields: str, code: str) -> None:
    result = codes(a=OWNER, b=f'type T @key(fields: "id") {{ id: ID! {fields} }} type O {{ c: Int }}')
    assert code in result
    assert set(result) <= {code, "EXTERNAL_UNUSED"}


@pytest.mark.parametrize(
    ("field", "code"),
    [
        ("b: Int @external", "EXTERNAL_ON_INTERFACE"),
        ('b: Int @requires(fields: "id")', "REQUIRES_UNSUPPORTED_ON_INTERFACE"),
        ('b: O @provides(fields: "c")', "PROVIDES_UNSUPPORTED_ON_INTERFACE"),
        ("b: Int @shareable", "INVALID_SHAREABLE_USAGE"),
        ('b: Int @override(from: "a")', "OVERRIDE_ON_INTERFACE"),
        ("b: Int @cost(weight: 1)", "COST_APPLIED_TO_INTERFACE_FIELD"),
        ("b: Int @authenticated", "AUTH_REQUIREMENTS_APPLIED_ON_INTERFACE"),
    ],
)
def test_fields_of_interfaces_cannot_have_them(field: str, code: str) -> None:
    assert codes(a=f"type Query {{ n: N }} interface N {{ id: ID! {field} }} type O {{ c: Int }}") == [code]


def test_what_is_external_cannot_be_described() -> None:
    assert codes(
        a=OWNER,
        b='type T @key(fields: "id") { id: ID! size: Int @external @tag(name: "x") b: Int @requires(fields: "size") }',
    ) == ["MERGED_DIRECTIVE_APPLICATION_ON_EXTERNAL"]


def test_a_type_marked_external_marks_all_its_fields() -> None:
    assert codes(a=OWNER, b='type T @key(fields: "id") @external { id: ID! size: Int }') == ["EXTERNAL_UNUSED"]


def test_fields_of_interfaces_are_provided_where_implementations_have_them_external() -> None:
    merged = definition(
        "Query",
        a='type Query { n: N @provides(fields: "size") } interface N { size: Int } '
        'type T implements N @key(fields: "id") { id: ID! size: Int @external }',
        b='type T @key(fields: "id") { id: ID! size: Int }',
    )
    assert 'n: N @join__field(graph: A, provides: "size")' in merged
