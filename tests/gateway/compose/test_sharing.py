"""`@shareable` and `@override`."""

from __future__ import annotations

import pytest

from tests.gateway.compose.harness import codes, composed, definition, fed_1


def test_a_field_of_several_subgraphs_must_be_shareable_in_all() -> None:
    assert codes(
        a='type Query { t: T } type T @key(fields: "id") { id: ID! v: Int @shareable }',
        b='type T @key(fields: "id") { id: ID! v: Int }',
    ) == ["INVALID_FIELD_SHARING"]


def test_a_value_type_may_be_shared_as_a_whole() -> None:
    merged = definition(
        "V",
        a="type Query { a: V } type V @shareable { x: Int y: Int }",
        b="type Query { b: V } type V @shareable { x: Int y: Int }",
    )
    assert merged == "type V @join__type(graph: A) @join__type(graph: B) {\n  x: Int\n  y: Int\n}"


def test_federation_1_shares_implicitly() -> None:
    merged = definition(
        "V",
        a=fed_1("type Query { a: V } type V { x: Int }"),
        b=fed_1("type Query { b: V } type V { x: Int }"),
    )
    assert "join__field" not in merged


def test_key_fields_are_shared_implicitly() -> None:
    merged = definition(
        "T",
        a='type Query { t: T } type T @key(fields: "id") { id: ID! }',
        b='type T @key(fields: "id") { id: ID! }',
    )
    assert "join__field" not in merged


def test_subscriptions_are_never_shared() -> None:
    assert codes(
        a="type Query { a: Int } type Subscription { s: Int @shareable }",
        b="type Subscription { s: Int @shareable }",
    ) == ["INVALID_FIELD_SHARING"]


def test_shared_fields_have_a_possible_type_in_common() -> None:
    assert codes(
        a="type Query { u: U @shareable } union U = A type A { a: Int }",
        b="type Query { u: U @shareable } union U = B type B { b: Int }",
    ) == ["SHAREABLE_HAS_MISMATCHED_RUNTIME_TYPES"]


def test_an_overridden_field_leaves_its_source() -> None:
    merged = definition(
        "T",
        a='type Query { t: T } type T @key(fields: "id") { id: ID! v: Int }',
        b='type T @key(fields: "id") { id: ID! v: Int @override(from: "a") }',
    )
    assert 'v: Int @join__field(graph: B, override: "a")\n' in merged


def test_an_overridden_key_field_stays_known_to_its_source() -> None:
    merged = definition(
        "T",
        a='type Query { t: T } type T @key(fields: "id") @key(fields: "v") { id: ID! v: Int }',
        b='type T @key(fields: "id") { id: ID! v: Int @override(from: "a") }',
    )
    assert 'v: Int @join__field(graph: A, usedOverridden: true) @join__field(graph: B, override: "a")' in merged


def test_a_labelled_override_keeps_both() -> None:
    merged = definition(
        "T",
        a='type Query { t: T } type T @key(fields: "id") { id: ID! v: Int }',
        b='type T @key(fields: "id") { id: ID! v: Int @override(from: "a", label: "percent(12.5)") }',
    )
    assert (
        'v: Int @join__field(graph: A, overrideLabel: "percent(12.5)")'
        ' @join__field(graph: B, override: "a", overrideLabel: "percent(12.5)")'
    ) in merged


def test_overriding_an_unknown_subgraph_changes_nothing() -> None:
    merged = definition(
        "T",
        a='type Query { t: T } type T @key(fields: "id") { id: ID! }',
        b='type T @key(fields: "id") { id: ID! v: Int @override(from: "gone") }',
    )
    assert "v: Int @join__field(graph: B)\n" in merged


def test_an_overridden_field_that_was_external_stays_so() -> None:
    merged = definition(
        "T",
        a='type Query { t: T } type T @key(fields: "id") { id: ID! v: Int @override(from: "b") }',
        b='type T @key(fields: "id") { id: ID! v: Int @external w: Int @requires(fields: "v") }',
    )
    assert 'v: Int @join__field(graph: A, override: "b") @join__field(graph: B, external: true)' in merged


def test_overrides_that_have_done_their_work_are_hinted_at() -> None:
    composition = composed(
        a='type Query { t: T } type T @key(fields: "id") { id: ID! }',
        b='type T @key(fields: "id") { id: ID! v: Int @override(from: "a") w: Int @override(from: "gone") }',
    )
    assert [hint.code for hint in composition.hints] == [
        "OVERRIDE_DIRECTIVE_CAN_BE_REMOVED",
        "FROM_SUBGRAPH_DOES_NOT_EXIST",
    ]


@pytest.mark.parametrize("label", ["percent(101)", "percent(-1)", "percent(1.123456789)", "1st", "", "a b"])
def test_labels_are_names_or_percentages(label: str) -> None:
    assert codes(
        a='type Query { t: T } type T @key(fields: "id") { id: ID! v: Int }',
        b=f'type T @key(fields: "id") {{ id: ID! v: Int @override(from: "a", label: "{label}") }}',
    ) == ["OVERRIDE_LABEL_INVALID"]


@pytest.mark.parametrize("label", ["percent(0)", "percent(100.00)", "percent(1.12345678)", "a-b_c:d./e"])
def test_sound_labels_compose(label: str) -> None:
    merged = definition(
        "T",
        a='type Query { t: T } type T @key(fields: "id") { id: ID! v: Int }',
        b=f'type T @key(fields: "id") {{ id: ID! v: Int @override(from: "a", label: "{label}") }}',
    )
    assert f'overrideLabel: "{label}"' in merged


def test_nothing_is_overridden_from_itself() -> None:
    assert codes(a='type Query { v: Int @override(from: "a") }') == ["OVERRIDE_FROM_SELF_ERROR"]


def test_overrides_do_not_form_chains() -> None:
    assert codes(
        a='type Query { t: T } type T @key(fields: "id") { id: ID! v: Int @override(from: "b") }',
        b='type T @key(fields: "id") { id: ID! v: Int @override(from: "a") }',
    ) == ["OVERRIDE_SOURCE_HAS_OVERRIDE"]


def test_a_field_is_not_overridden_and_external() -> None:
    assert "OVERRIDE_COLLISION_WITH_ANOTHER_DIRECTIVE" in codes(
        a='type Query { t: T } type T @key(fields: "id") { id: ID! v: Int }',
        b="""
        type T @key(fields: "id") {
          id: ID!
          v: Int @override(from: "a") @external
          w: Int @requires(fields: "v")
        }
        """,
    )


def test_a_field_with_requirements_is_not_taken_over_step_by_step() -> None:
    assert codes(
        a="""
        type T @key(fields: "id") { id: ID! w: Int @external v: Int @requires(fields: "w") }
        """,
        b='type T @key(fields: "id") { id: ID! v: Int @override(from: "a", label: "x") }',
        c='type Query { t: T } type T @key(fields: "id") { id: ID! w: Int }',
    ) == ["OVERRIDE_COLLISION_WITH_ANOTHER_DIRECTIVE"]
