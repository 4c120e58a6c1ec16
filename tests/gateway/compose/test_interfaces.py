"""Interfaces and `@interfaceObject`."""

from __future__ import annotations

from tests.gateway.compose.harness import codes, definition

OWNER = """
type Query { media: [Media] }
interface Media @key(fields: "id") { id: ID! title: String }
type Book implements Media @key(fields: "id") { id: ID! title: String }
type Film implements Media @key(fields: "id") { id: ID! title: String }
"""


def test_interfaces_have_the_fields_of_all_subgraphs() -> None:
    sdls = {
        "a": 'type Query { t: T } interface N { id: ID! } type T implements N @key(fields: "id") { id: ID! b: Int }',
        "b": """
        interface N { b: Int } type T implements N @key(fields: "id") { id: ID! b: Int @external }
        """,
    }
    assert definition("N", **sdls) == (
        "interface N @join__type(graph: A) @join__type(graph: B) {\n"
        "  id: ID! @join__field(graph: A)\n"
        "  b: Int @join__field(graph: B)\n"
        "}"
    )
    assert definition("T", **sdls).startswith(
        'type T implements N @join__type(graph: A, key: "id") @join__type(graph: B, key: "id")'
        ' @join__implements(graph: A, interface: "N") @join__implements(graph: B, interface: "N")'
    )


def test_every_implementation_has_every_field() -> None:
    assert codes(
        a="type Query { n: N } interface N { id: ID! } type T implements N { id: ID! @shareable }",
        b="""
        type Query { m: N }
        interface N { id: ID! more: Int }
        type S implements N { id: ID! more: Int }
        """,
    ) == ["INTERFACE_FIELD_NO_IMPLEM"]


def test_an_interface_object_adds_its_fields_to_all_implementations() -> None:
    sdls = {
        "catalogue": OWNER,
        "reviews": 'type Media @key(fields: "id") @interfaceObject { id: ID! reviews(first: Int): [String] }',
    }
    assert definition("Media", **sdls) == (
        'interface Media @join__type(graph: CATALOGUE, key: "id")'
        ' @join__type(graph: REVIEWS, key: "id", isInterfaceObject: true) {\n'
        "  id: ID!\n"
        "  title: String @join__field(graph: CATALOGUE)\n"
        "  reviews(first: Int): [String] @join__field(graph: REVIEWS)\n"
        "}"
    )
    assert "reviews(first: Int): [String] @join__field\n" in definition("Book", **sdls)
    assert "reviews(first: Int): [String] @join__field\n" in definition("Film", **sdls)


def test_an_interface_object_needs_a_key() -> None:
    assert codes(catalogue=OWNER, reviews="type Media @interfaceObject { reviews: [String] }") == [
        "INTERFACE_OBJECT_USAGE_ERROR"
    ]


def test_an_interface_object_needs_a_real_interface() -> None:
    assert codes(a='type Query { m: Media } type Media @key(fields: "id") @interfaceObject { id: ID! }') == [
        "INTERFACE_OBJECT_USAGE_ERROR"
    ]


def test_an_interface_object_does_not_live_with_implementations() -> None:
    assert "INTERFACE_OBJECT_USAGE_ERROR" in codes(
        catalogue=OWNER,
        reviews="""
        type Media @key(fields: "id") @interfaceObject { id: ID! reviews: [String] }
        type Book @key(fields: "id") { id: ID! }
        """,
    )


def test_an_interface_object_field_is_not_answered_elsewhere_too() -> None:
    assert codes(
        catalogue=OWNER,
        reviews='type Media @key(fields: "id") @interfaceObject { id: ID! title: String }',
    ) == ["INVALID_FIELD_SHARING"]
