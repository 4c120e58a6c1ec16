"""What Federation 1 subgraphs may say, and what becomes of it."""

from __future__ import annotations

from tests.gateway.compose.harness import FED_2, codes, definition, fed_1

OWNER = fed_1('type Query { t: T } type T @key(fields: "id") { id: ID! x: Int }')


def test_keys_of_interfaces_mean_nothing() -> None:
    merged = definition(
        "N",
        a=fed_1(
            'type Query { n: N } interface N @key(fields: "id") { id: ID! } '
            'type T implements N @key(fields: "id") { id: ID! }'
        ),
    )
    assert merged == "interface N @join__type(graph: A) {\n  id: ID!\n}"


def test_external_fields_of_interfaces_are_fields() -> None:
    merged = definition(
        "N",
        a=OWNER,
        b=fed_1(
            "interface N { id: ID! @external } type Query { n: N } "
            'extend type T implements N @key(fields: "id") { id: ID! @external }'
        ),
    )
    assert merged == "interface N @join__type(graph: B) {\n  id: ID!\n}"


def test_what_a_subgraph_answers_anyway_is_neither_required_nor_provided() -> None:
    sdl = fed_1(
        'type Query { t: T @provides(fields: "x") } '
        'type T @key(fields: "id") { id: ID! x: Int y: Int @requires(fields: "id x") }'
    )
    assert "provides" not in definition("Query", a=sdl)
    assert "requires" not in definition("T", a=sdl)


def test_what_another_subgraph_answers_is_required_and_provided() -> None:
    sdls = {
        "a": OWNER,
        "b": fed_1(
            'type Query { best: T @provides(fields: "x") } '
            'extend type T @key(fields: "id") { id: ID! @external x: Int @external y: Int @requires(fields: "id x") }'
        ),
    }
    assert 'best: T @join__field(graph: B, provides: "x")' in definition("Query", **sdls)
    assert 'y: Int @join__field(graph: B, requires: "id x")' in definition("T", **sdls)


def test_its_fields_are_shared_only_with_those_who_share() -> None:
    value = "type Query { %s: V } type V { x: Int %s }"
    a = fed_1(value % ("a", ""))

    assert "join__field" not in definition("V", a=a, b=FED_2 + value % ("b", "@shareable"))
    assert codes(a=a, b=FED_2 + value % ("b", "")) == ["INVALID_FIELD_SHARING"]


def test_keys_may_be_lists_of_fields() -> None:
    assert '@join__type(graph: A, key: "id x")' in definition(
        "T", a=fed_1('type Query { t: T } type T @key(fields: ["id", "x"]) { id: ID! x: Int }')
    )
