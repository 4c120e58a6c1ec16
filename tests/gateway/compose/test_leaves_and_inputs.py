"""Enums, scalars, input objects, unions."""

from __future__ import annotations

from tests.gateway.compose.harness import codes, composed, definition


def test_an_enum_that_is_only_answered_has_all_values() -> None:
    merged = definition(
        "E",
        a="type Query { a: E } enum E { X Y }",
        b="type Query { b: E } enum E { Y Z }",
    )
    assert (
        merged
        == """\
enum E @join__type(graph: A) @join__type(graph: B) {
  X @join__enumValue(graph: A)
  Y @join__enumValue(graph: A) @join__enumValue(graph: B)
  Z @join__enumValue(graph: B)
}"""
    )


def test_an_enum_that_is_only_asked_for_has_the_common_values() -> None:
    merged = definition(
        "E",
        a="type Query { a(e: E): Int } enum E { X Y }",
        b="type Query { b(e: E): Int } enum E { Y Z }",
    )
    assert "Y @join__enumValue(graph: A) @join__enumValue(graph: B)" in merged
    assert "X" not in merged
    assert "Z" not in merged


def test_something_must_be_left_to_ask_for() -> None:
    assert codes(
        a="type Query { a(e: E): Int } enum E { X }",
        b="type Query { b(e: E): Int } enum E { Z }",
    ) == ["EMPTY_MERGED_ENUM_TYPE"]


def test_an_enum_that_is_both_must_be_the_same() -> None:
    assert codes(
        a="type Query { a(e: E): Int } enum E { X Y }",
        b="type Query { b: E } enum E { X }",
    ) == ["ENUM_VALUE_MISMATCH"]


def test_a_hidden_value_may_be_missing_somewhere() -> None:
    merged = definition(
        "E",
        a="type Query { a(e: E): Int } enum E { X Y @inaccessible }",
        b="type Query { b: E } enum E { X }",
    )
    assert "Y @join__enumValue(graph: A) @inaccessible" in merged


def test_input_objects_keep_common_fields_in_their_strictest_type_and_common_defaults() -> None:
    merged = definition(
        "I",
        a="type Query { a(i: I): Int } input I { x: Int! y: Int = 3 z: Int w: Int = 1 }",
        b="type Query { b(i: I): Int } input I { x: Int y: Int = 3 w: Int }",
    )
    assert (
        merged
        == """\
input I @join__type(graph: A) @join__type(graph: B) {
  x: Int! @join__field(graph: A, type: "Int!") @join__field(graph: B, type: "Int")
  y: Int = 3
  w: Int
}"""
    )


def test_required_input_fields_must_be_everywhere() -> None:
    assert codes(
        a="type Query { a(i: I): Int } input I { x: Int! y: Int }",
        b="type Query { b(i: I): Int } input I { y: Int }",
    ) == ["REQUIRED_INPUT_FIELD_MISSING_IN_SOME_SUBGRAPH"]


def test_input_objects_need_a_common_field() -> None:
    assert codes(
        a="type Query { a(i: I): Int } input I { x: Int }",
        b="type Query { b(i: I): Int } input I { y: Int }",
    ) == ["EMPTY_MERGED_INPUT_TYPE"]


def test_input_types_and_defaults_must_agree() -> None:
    assert codes(
        a="type Query { a(i: I): Int } input I { x: Int y: Int = 1 }",
        b="type Query { b(i: I): Int } input I { x: String y: Int = 2 }",
    ) == ["FIELD_TYPE_MISMATCH", "INPUT_FIELD_DEFAULT_MISMATCH"]


def test_one_of_is_kept() -> None:
    assert "@oneOf" in definition(
        "I", a="directive @oneOf on INPUT_OBJECT type Query { a(i: I): Int } input I @oneOf { x: Int y: Int }"
    )


def test_scalars_keep_where_they_are_specified() -> None:
    merged = definition(
        "DateTime",
        a='type Query { a: DateTime } scalar DateTime @specifiedBy(url: "https://scalars.graphql.org/x")',
        b='type Query { b: DateTime } "A moment." scalar DateTime',
    )
    assert merged == (
        '"""A moment."""\nscalar DateTime @join__type(graph: A) @join__type(graph: B)'
        ' @specifiedBy(url: "https://scalars.graphql.org/x")'
    )


def test_unions_have_the_members_of_all_subgraphs() -> None:
    merged = definition(
        "U",
        a="type Query { a: U } union U = A | B type A { a: Int } type B @shareable { b: Int }",
        b="type Query { b: U } union U = B | C type B @shareable { b: Int } type C { c: Int }",
    )
    assert merged == (
        "union U @join__type(graph: A) @join__type(graph: B)"
        ' @join__unionMember(graph: A, member: "A") @join__unionMember(graph: A, member: "B")'
        ' @join__unionMember(graph: B, member: "B") @join__unionMember(graph: B, member: "C") = A | B | C'
    )


def test_executable_directives_need_all_subgraphs() -> None:
    sdl = composed(
        a="directive @live on QUERY | FIELD directive @own on FIELD type Query { a: Int }",
        b="directive @live on QUERY type Query { b: Int }",
    ).supergraph_sdl
    assert sdl is not None
    assert "directive @live on QUERY\n" in sdl
    assert "@own" not in sdl
