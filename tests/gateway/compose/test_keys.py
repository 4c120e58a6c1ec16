"""`@key`."""

from __future__ import annotations

import pytest

from tests.gateway.compose.harness import codes, definition, fed_1


def test_every_key_has_its_join() -> None:
    merged = definition(
        "T",
        a="""
        type Query { t: T }
        type T @key(fields: "id") @key(fields: "org { id }  name") { id: ID! name: String org: Org }
        type Org { id: ID! }
        """,
        b='type T @key(fields: "id", resolvable: false) { id: ID! }',
    )
    assert merged.startswith(
        'type T @join__type(graph: A, key: "id") @join__type(graph: A, key: "org { id } name")'
        ' @join__type(graph: B, key: "id", resolvable: false) {'
    )


def test_key_fields_of_federation_1_extensions_are_not_external() -> None:
    merged = definition(
        "T",
        a=fed_1('type Query { t: T } type T @key(fields: "id") { id: ID! }'),
        b=fed_1('extend type T @key(fields: "id") { id: ID! @external b: Int }'),
    )
    assert (
        merged
        == """\
type T @join__type(graph: A, key: "id") @join__type(graph: B, key: "id") {
  id: ID!
  b: Int @join__field(graph: B)
}"""
    )


@pytest.mark.parametrize(
    ("sdl", "code"),
    [
        ('type T @key(fields: "missing") { id: ID! }', "KEY_INVALID_FIELDS"),
        ('type T @key(fields: "id {") { id: ID! }', "KEY_INVALID_FIELDS"),
        ('type T @key(fields: "") { id: ID! }', "KEY_INVALID_FIELDS"),
        ('type T @key(fields: "o") { o: O } type O { id: ID! }', "KEY_INVALID_FIELDS"),
        ("type T @key(fields: 1) { id: ID! }", "KEY_INVALID_FIELDS_TYPE"),
        ('type T @key(fields: ["id"]) { id: ID! }', "KEY_INVALID_FIELDS_TYPE"),
        ('type T @key(fields: "id(x: 1)") { id(x: Int): ID! }', "KEY_FIELDS_HAS_ARGS"),
        ('type T @key(fields: "id @deprecated") { id: ID! }', "KEY_DIRECTIVE_IN_FIELDS_ARG"),
        ('type T @key(fields: "n { id }") { n: N } interface N { id: ID! }', "KEY_FIELDS_SELECT_INVALID_TYPE"),
        (
            'interface N @key(fields: "id") { id: ID! } type T implements N { id: ID! }',
            "INTERFACE_KEY_NOT_ON_IMPLEMENTATION",
        ),
    ],
)
def test_unusable_keys_are_refused(sdl: str, code: str) -> None:
    assert codes(a=f"type Query {{ t: T }} {sdl}") == [code]


def test_interface_keys_need_version_2_3() -> None:
    assert codes(
        a="""
        extend schema @link(url: "https://specs.apollo.dev/federation/v2.2", import: ["@key"])
        type Query { t: T }
        interface T @key(fields: "id") { id: ID! }
        """,
    ) == ["KEY_UNSUPPORTED_ON_INTERFACE"]


def test_an_interface_with_a_key_needs_all_implementations() -> None:
    assert codes(
        a="""
        type Query { n: N }
        interface N @key(fields: "id") { id: ID! }
        type A implements N @key(fields: "id") { id: ID! }
        """,
        b="""
        type Query { m: N }
        interface N { id: ID! }
        type B implements N @key(fields: "id") { id: ID! }
        """,
    ) == ["INTERFACE_KEY_MISSING_IMPLEMENTATION_TYPE"]
