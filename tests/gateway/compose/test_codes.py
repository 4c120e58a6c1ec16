"""Every code of the tables: subgraphs that raise it, and subgraphs that differ in little and do not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dev import compose_errors
from services.gateway.compose import satisfiability
from services.gateway.compose.codes import ERRORS, HINTS
from tests.gateway.compose.harness import composed, fed_1

Sdls = dict[str, str]

QUERY = "type Query { a: Int } "
OWNER = 'type Query { t: T } type T @key(fields: "id") { id: ID! size: Int weight: Int }'
INTERFACE = 'type Query { n: N } interface N { id: ID! %s } type T implements N @key(fields: "id") { id: ID! b: Int }'
AUDIT = """
extend schema @link(url: "https://example.org/audit/%s", import: ["@audited"])
  @link(url: "https://specs.apollo.dev/federation/v2.1", import: ["@composeDirective", "@shareable"])
  @composeDirective(name: "@audited")
directive @audited on FIELD_DEFINITION
type Query { v: Int @shareable @audited }
"""


def linked(version: str, *imports: str) -> str:
    names = ", ".join(f'"{name}"' for name in imports)
    return f'extend schema @link(url: "https://specs.apollo.dev/federation/{version}", import: [{names}]) '


def entity(fields: str, key: str = '@key(fields: "id")') -> str:
    return f"type T {key} {{ id: ID! {fields} }} "


def beside(fields: str) -> Sdls:
    """A subgraph that adds to the entity of another, which has the fields `size` and `weight`."""
    return {"a": OWNER, "b": entity(fields)}


def shared(a: str, b: str, types: str = "") -> Sdls:
    return {"a": f"type Query {{ {a} }} {types}", "b": f"type Query {{ {b} }} {types}"}


CASES: dict[str, tuple[Sdls, Sdls]] = {
    "INVALID_GRAPHQL": ({"a": "type Query { a: Missing }"}, {"a": QUERY}),
    "INVALID_SUBGRAPH_NAME": ({"_": QUERY}, {"_a": QUERY}),
    "TYPE_DEFINITION_INVALID": (
        {"a": QUERY + "enum federation__FieldSet { A }"},
        {"a": QUERY + "scalar federation__FieldSet"},
    ),
    "DIRECTIVE_DEFINITION_INVALID": (
        {"a": QUERY + "directive @key(fields: Int!) on OBJECT"},
        {"a": QUERY + "scalar FieldSet directive @key(fields: FieldSet!) on OBJECT"},
    ),
    "UNSUPPORTED_FEATURE": (
        {"a": linked("v2.8", "@context", "@key") + OWNER.replace("@key", '@context(name: "c") @key')},
        {"a": linked("v2.8", "@context", "@key") + OWNER},
    ),
    "NO_QUERIES": ({"a": "type T { a: Int }"}, {"a": "type Query { a: Int }"}),
    "ROOT_QUERY_USED": (
        {"a": "schema { query: Q } type Q { a: Int } type Query { b: Int }"},
        {"a": "schema { query: Q } type Q { a: Int } type Mutation { b: Int }"},
    ),
    "ROOT_MUTATION_USED": (
        {"a": f"schema {{ query: Query mutation: M }} {QUERY} type M {{ a: Int }} type Mutation {{ b: Int }}"},
        {"a": f"schema {{ query: Query mutation: M }} {QUERY} type M {{ a: Int }}"},
    ),
    "ROOT_SUBSCRIPTION_USED": (
        {"a": f"schema {{ query: Query subscription: S }} {QUERY} type S {{ a: Int }} type Subscription {{ b: Int }}"},
        {"a": f"schema {{ query: Query subscription: S }} {QUERY} type S {{ a: Int }}"},
    ),
    "INVALID_LINK_DIRECTIVE_USAGE": (
        {"a": linked("v2.9", "@missing") + QUERY},
        {"a": linked("v2.9", "@key") + QUERY},
    ),
    "INVALID_LINK_IDENTIFIER": (
        {"a": 'extend schema @link(url: "nonsense") ' + QUERY},
        {"a": 'extend schema @link(url: "https://example.org/nonsense/v1.0") ' + QUERY},
    ),
    "UNKNOWN_LINK_VERSION": (
        {"a": 'extend schema @link(url: "https://specs.apollo.dev/link/v2.0") ' + QUERY},
        {"a": 'extend schema @link(url: "https://specs.apollo.dev/link/v1.0") ' + QUERY},
    ),
    "UNKNOWN_FEDERATION_LINK_VERSION": ({"a": linked("v3.0") + QUERY}, {"a": linked("v2.12") + QUERY}),
    "UNSUPPORTED_LINKED_FEATURE": (
        {"a": 'extend schema @link(url: "https://example.org/seal/v1.0", for: SECURITY) ' + QUERY},
        {"a": 'extend schema @link(url: "https://example.org/seal/v1.0") ' + QUERY},
    ),
    "LINK_IMPORT_NAME_MISMATCH": (
        {
            "a": linked("v2.9", "@tag") + QUERY.replace("Int", 'Int @tag(name: "x")'),
            "b": linked("v2.9").replace("[]", '[{ name: "@tag", as: "@label" }]')
            + 'type Query { b: Int @label(name: "x") }',
        },
        {
            "a": linked("v2.9", "@tag") + QUERY,
            "b": linked("v2.9").replace("[]", '[{ name: "@tag", as: "@label" }]')
            + 'type Query { b: Int @label(name: "x") }',
        },
    ),
    "DIRECTIVE_COMPOSITION_ERROR": (
        {"a": AUDIT % "v1.0", "b": AUDIT % "v2.0"},
        {"a": AUDIT % "v1.0", "b": AUDIT % "v1.1"},
    ),
    "KEY_DIRECTIVE_IN_FIELDS_ARG": (
        {"a": OWNER.replace('"id"', '"id @deprecated"')},
        {"a": OWNER.replace('"id"', '"id size"')},
    ),
    "KEY_INVALID_FIELDS": ({"a": OWNER.replace('"id"', '"id {"')}, {"a": OWNER.replace('"id"', '"{ id }"')}),
    "KEY_INVALID_FIELDS_TYPE": ({"a": OWNER.replace('"id"', "true")}, {"a": OWNER}),
    "KEY_FIELDS_HAS_ARGS": (
        {"a": 'type Query { t: T } type T @key(fields: "id") { id(x: Int): ID! }'},
        {"a": 'type Query { t: T } type T @key(fields: "id") { id: ID! size(x: Int): Int }'},
    ),
    "KEY_FIELDS_SELECT_INVALID_TYPE": (
        {"a": 'type Query { t: T } type T @key(fields: "n { id }") { n: N } interface N { id: ID! }'},
        {"a": 'type Query { t: T } type T @key(fields: "n { id }") { n: N } type N { id: ID! }'},
    ),
    "KEY_UNSUPPORTED_ON_INTERFACE": (
        {"a": linked("v2.2", "@key") + (INTERFACE % "").replace("interface N", 'interface N @key(fields: "id")')},
        {"a": linked("v2.3", "@key") + (INTERFACE % "").replace("interface N", 'interface N @key(fields: "id")')},
    ),
    "REQUIRES_DIRECTIVE_IN_FIELDS_ARG": (
        beside('size: Int @external b: Int @requires(fields: "size @deprecated")'),
        beside('size: Int @external b: Int @requires(fields: "size")'),
    ),
    "REQUIRES_INVALID_FIELDS": (
        beside('b: Int @requires(fields: "size")'),
        beside('size: Int @external b: Int @requires(fields: "size")'),
    ),
    "REQUIRES_INVALID_FIELDS_TYPE": (
        beside("size: Int @external b: Int @requires(fields: 1)"),
        beside('size: Int @external b: Int @requires(fields: "size")'),
    ),
    "REQUIRES_FIELDS_MISSING_EXTERNAL": (
        beside('c: Int b: Int @requires(fields: "c")'),
        beside('weight: Int @external b: Int @requires(fields: "weight")'),
    ),
    "REQUIRES_UNSUPPORTED_ON_INTERFACE": (
        {"a": INTERFACE % 'b: Int @requires(fields: "id")'},
        {"a": INTERFACE % "b: Int"},
    ),
    "PROVIDES_DIRECTIVE_IN_FIELDS_ARG": (
        beside('b: T @provides(fields: "size @deprecated") size: Int @external'),
        beside('b: T @provides(fields: "size") size: Int @external'),
    ),
    "PROVIDES_INVALID_FIELDS": (
        beside('b: T @provides(fields: "size")'),
        beside('b: T @provides(fields: "size") size: Int @external'),
    ),
    "PROVIDES_INVALID_FIELDS_TYPE": (
        beside("b: T @provides(fields: 1)"),
        beside('b: T @provides(fields: "size") size: Int @external'),
    ),
    "PROVIDES_FIELDS_HAS_ARGS": (
        {
            "a": 'type Query { t: T } type T @key(fields: "id") { id: ID! size(x: Int): Int }',
            "b": entity('b: T @provides(fields: "size") size(x: Int): Int @external'),
        },
        beside('b: T @provides(fields: "size") size: Int @external'),
    ),
    "PROVIDES_FIELDS_MISSING_EXTERNAL": (
        beside('b: T @provides(fields: "own") own: Int'),
        beside('b: T @provides(fields: "size") size: Int @external'),
    ),
    "PROVIDES_ON_NON_OBJECT_FIELD": (
        beside('b: Int @provides(fields: "size") size: Int @external'),
        beside('b: T @provides(fields: "size") size: Int @external'),
    ),
    "PROVIDES_UNSUPPORTED_ON_INTERFACE": (
        {
            "a": 'type Query { n: N } interface N { q: Query @provides(fields: "n { __typename }") } type T implements N { q: Query }'
        },
        {"a": "type Query { n: N } interface N { q: Query } type T implements N { q: Query }"},
    ),
    "EXTERNAL_ARGUMENT_DEFAULT_MISMATCH": (
        {
            "a": "type Query { t: T } " + entity("size(x: Int = 1): Int"),
            "b": entity('size(x: Int = 2): Int @external b: Int @requires(fields: "size")'),
        },
        {
            "a": "type Query { t: T } " + entity("size(x: Int = 1): Int"),
            "b": entity('size(x: Int = 1): Int @external b: Int @requires(fields: "size")'),
        },
    ),
    "EXTERNAL_ARGUMENT_MISSING": (
        {
            "a": "type Query { t: T } " + entity("size(x: Int): Int"),
            "b": entity('size: Int @external b: Int @requires(fields: "size")'),
        },
        {
            "a": "type Query { t: T } " + entity("size: Int"),
            "b": entity('size: Int @external b: Int @requires(fields: "size")'),
        },
    ),
    "EXTERNAL_ARGUMENT_TYPE_MISMATCH": (
        {
            "a": "type Query { t: T } " + entity("size(x: Int): Int"),
            "b": entity('size(x: ID): Int @external b: Int @requires(fields: "size")'),
        },
        {
            "a": "type Query { t: T } " + entity("size(x: Int!): Int"),
            "b": entity('size(x: Int): Int @external b: Int @requires(fields: "size(x: 1)")'),
        },
    ),
    "EXTERNAL_COLLISION_WITH_ANOTHER_DIRECTIVE": (
        beside(
            'weight: Int @external size: Int @external @requires(fields: "weight") b: Int @requires(fields: "size")'
        ),
        beside('weight: Int @external size: Int @external b: Int @requires(fields: "size weight")'),
    ),
    "EXTERNAL_MISSING_ON_BASE": (
        beside('nowhere: Int @external b: Int @requires(fields: "nowhere")'),
        beside('size: Int @external b: Int @requires(fields: "size")'),
    ),
    "EXTERNAL_ON_INTERFACE": ({"a": INTERFACE % "b: Int @external"}, {"a": INTERFACE % "b: Int"}),
    "EXTERNAL_TYPE_MISMATCH": (
        beside('size: ID @external b: Int @requires(fields: "size")'),
        beside('size: Int! @external b: Int @requires(fields: "size")'),
    ),
    "EXTERNAL_UNUSED": (
        beside("size: Int @external"),
        beside('size: Int @external b: Int @requires(fields: "size")'),
    ),
    "MERGED_DIRECTIVE_APPLICATION_ON_EXTERNAL": (
        beside('size: Int @external @tag(name: "x") b: Int @requires(fields: "size")'),
        beside('size: Int @external b: Int @requires(fields: "size") @tag(name: "x")'),
    ),
    "TYPE_WITH_ONLY_UNUSED_EXTERNAL": (
        {"a": fed_1(OWNER), "b": fed_1("extend type T { size: Int @external }")},
        {"a": fed_1(OWNER), "b": fed_1('extend type T @key(fields: "id") { id: ID! @external size: Int @external }')},
    ),
    "INVALID_FIELD_SHARING": (shared("v: Int", "v: Int @shareable"), shared("v: Int @shareable", "v: Int @shareable")),
    "INVALID_SHAREABLE_USAGE": ({"a": INTERFACE % "b: Int @shareable"}, {"a": INTERFACE % "b: Int"}),
    "SHAREABLE_HAS_MISMATCHED_RUNTIME_TYPES": (
        {
            "a": "type Query { u: U @shareable } union U = A type A { a: Int }",
            "b": "type Query { u: U @shareable } union U = B type B { b: Int }",
        },
        shared(
            "u: U @shareable",
            "u: U @shareable",
            "union U = A | B type A @shareable { a: Int } type B @shareable { b: Int }",
        ),
    ),
    "OVERRIDE_COLLISION_WITH_ANOTHER_DIRECTIVE": (
        beside('size: Int @override(from: "a") @external b: Int @requires(fields: "size")'),
        beside('size: Int @override(from: "a") b: Int'),
    ),
    "OVERRIDE_FROM_SELF_ERROR": (beside('size: Int @override(from: "b")'), beside('size: Int @override(from: "a")')),
    "OVERRIDE_LABEL_INVALID": (
        beside('size: Int @override(from: "a", label: "percent(101)")'),
        beside('size: Int @override(from: "a", label: "percent(100)")'),
    ),
    "OVERRIDE_ON_INTERFACE": ({"a": INTERFACE % 'b: Int @override(from: "c")'}, {"a": INTERFACE % "b: Int"}),
    "OVERRIDE_SOURCE_HAS_OVERRIDE": (
        {**beside('size: Int @override(from: "c")'), "c": entity('size: Int @override(from: "a")')},
        {**beside('size: Int @override(from: "a")'), "c": entity("c: Int")},
    ),
    "TYPE_KIND_MISMATCH": (
        {"a": "type Query { a: V } type V { x: Int }", "b": "type Query { b: V } scalar V"},
        {"a": "type Query { a: V } scalar V", "b": "type Query { b: V } scalar V"},
    ),
    "EXTENSION_WITH_NO_BASE": (
        {"a": 'type Query { t: T } extend type T @key(fields: "id") { id: ID! }'},
        {"a": OWNER, "b": 'extend type T @key(fields: "id") { id: ID! b: Int }'},
    ),
    "FIELD_TYPE_MISMATCH": (
        shared("v: Int @shareable", "v: String @shareable"),
        shared("v: Int @shareable", "v: Int! @shareable"),
    ),
    "FIELD_ARGUMENT_TYPE_MISMATCH": (
        shared("v(x: Int): Int @shareable", "v(x: ID): Int @shareable"),
        shared("v(x: Int): Int @shareable", "v(x: Int!): Int @shareable"),
    ),
    "FIELD_ARGUMENT_DEFAULT_MISMATCH": (
        shared("v(x: Int = 1): Int @shareable", "v(x: Int = 2): Int @shareable"),
        shared("v(x: Int = 1): Int @shareable", "v(x: Int): Int @shareable"),
    ),
    "INPUT_FIELD_DEFAULT_MISMATCH": (
        {
            "a": "type Query { a(i: I): Int } input I { x: Int = 1 }",
            "b": "type Query { b(i: I): Int } input I { x: Int = 2 }",
        },
        {
            "a": "type Query { a(i: I): Int } input I { x: Int = 1 }",
            "b": "type Query { b(i: I): Int } input I { x: Int = 1 }",
        },
    ),
    "REQUIRED_ARGUMENT_MISSING_IN_SOME_SUBGRAPH": (
        shared("v(x: Int!): Int @shareable", "v: Int @shareable"),
        shared("v(x: Int): Int @shareable", "v: Int @shareable"),
    ),
    "REQUIRED_INPUT_FIELD_MISSING_IN_SOME_SUBGRAPH": (
        {
            "a": "type Query { a(i: I): Int } input I { x: Int! y: Int }",
            "b": "type Query { b(i: I): Int } input I { y: Int }",
        },
        {
            "a": "type Query { a(i: I): Int } input I { x: Int y: Int }",
            "b": "type Query { b(i: I): Int } input I { y: Int }",
        },
    ),
    "EMPTY_MERGED_INPUT_TYPE": (
        {"a": "type Query { a(i: I): Int } input I { x: Int }", "b": "type Query { b(i: I): Int } input I { y: Int }"},
        {"a": "type Query { a(i: I): Int } input I { x: Int }", "b": "type Query { b(i: I): Int } input I { x: Int }"},
    ),
    "EMPTY_MERGED_ENUM_TYPE": (
        {"a": "type Query { a(e: E): Int } enum E { X }", "b": "type Query { b(e: E): Int } enum E { Y }"},
        {"a": "type Query { a: E } enum E { X }", "b": "type Query { b: E } enum E { Y }"},
    ),
    "ENUM_VALUE_MISMATCH": (
        {"a": "type Query { a(e: E): E } enum E { X Y }", "b": "type Query { b(e: E): Int } enum E { X }"},
        {
            "a": "type Query { a(e: E): E } enum E { X Y @inaccessible }",
            "b": "type Query { b(e: E): Int } enum E { X }",
        },
    ),
    "INTERFACE_FIELD_NO_IMPLEM": (
        {
            "a": "type Query { n: N } interface N { x: Int } type T implements N @shareable { x: Int }",
            "b": "type Query { m: N } interface N { x: Int y: Int } type U implements N { x: Int y: Int }",
        },
        {
            "a": "type Query { n: N } interface N { x: Int } type T implements N @shareable { x: Int }",
            "b": "type Query { m: N } interface N { x: Int } type U implements N { x: Int y: Int }",
        },
    ),
    "INTERFACE_KEY_NOT_ON_IMPLEMENTATION": (
        {"a": 'type Query { n: N } interface N @key(fields: "id") { id: ID! } type T implements N { id: ID! }'},
        {"a": (INTERFACE % "").replace("interface N", 'interface N @key(fields: "id")')},
    ),
    "INTERFACE_KEY_MISSING_IMPLEMENTATION_TYPE": (
        {
            "a": (INTERFACE % "").replace("interface N", 'interface N @key(fields: "id")'),
            "b": 'type Query { m: N } interface N { id: ID! } type U implements N @key(fields: "id") { id: ID! }',
        },
        {
            "a": (INTERFACE % "").replace("interface N", 'interface N @key(fields: "id", resolvable: false)'),
            "b": 'type Query { m: N } interface N { id: ID! } type U implements N @key(fields: "id") { id: ID! }',
        },
    ),
    "INTERFACE_OBJECT_USAGE_ERROR": (
        {
            "a": (INTERFACE % "").replace("interface N", 'interface N @key(fields: "id")'),
            "b": "type N @interfaceObject { c: Int }",
        },
        {
            "a": (INTERFACE % "").replace("interface N", 'interface N @key(fields: "id")'),
            "b": 'type N @interfaceObject @key(fields: "id") { id: ID! c: Int }',
        },
    ),
    "DISALLOWED_INACCESSIBLE": (
        {"a": QUERY + "directive @marked(x: Int @inaccessible) on OBJECT"},
        {"a": QUERY + "directive @marked(x: Int @inaccessible) on FIELD"},
    ),
    "QUERY_ROOT_TYPE_INACCESSIBLE": (
        {"a": "type Query @inaccessible { a: Int }"},
        {"a": QUERY + "type Mutation @inaccessible { a: Int }"},
    ),
    "REFERENCED_INACCESSIBLE": (
        {"a": "type Query { a: Int t: T } type T @inaccessible { x: Int }"},
        {"a": "type Query { a: Int t: T @inaccessible } type T @inaccessible { x: Int }"},
    ),
    "REQUIRED_INACCESSIBLE": (
        {"a": "type Query { a(x: Int! @inaccessible): Int }"},
        {"a": "type Query { a(x: Int! = 1 @inaccessible): Int }"},
    ),
    "IMPLEMENTED_BY_INACCESSIBLE": (
        {"a": "type Query { n: N } interface N { x: Int y: Int } type T implements N { x: Int y: Int @inaccessible }"},
        {
            "a": "type Query { n: N } interface N { x: Int y: Int @inaccessible } "
            "type T implements N { x: Int y: Int @inaccessible }"
        },
    ),
    "ONLY_INACCESSIBLE_CHILDREN": (
        {"a": "type Query { e: E } enum E { X @inaccessible }"},
        {"a": "type Query { e: E } enum E { X @inaccessible Y }"},
    ),
    "DEFAULT_VALUE_USES_INACCESSIBLE": (
        {"a": "type Query { a(e: E = X): Int } enum E { X @inaccessible Y }"},
        {"a": "type Query { a(e: E = Y): Int } enum E { X @inaccessible Y }"},
    ),
    "AUTH_REQUIREMENTS_APPLIED_ON_INTERFACE": (
        {"a": (INTERFACE % "").replace("interface N", "interface N @authenticated")},
        {"a": (INTERFACE % "").replace("implements N", "implements N @authenticated")},
    ),
    "MISSING_TRANSITIVE_AUTH_REQUIREMENTS": (
        {
            "a": OWNER.replace("size: Int", 'size: Int @requiresScopes(scopes: [["s"]])'),
            "b": entity('size: Int @external b: Int @authenticated @requires(fields: "size")'),
        },
        {
            "a": OWNER.replace("size: Int", 'size: Int @requiresScopes(scopes: [["s"]])'),
            "b": entity('size: Int @external b: Int @requiresScopes(scopes: [["s"]]) @requires(fields: "size")'),
        },
    ),
    "COST_APPLIED_TO_INTERFACE_FIELD": (
        {"a": INTERFACE % "b: Int @cost(weight: 1)"},
        {
            "a": (INTERFACE % "b: Int")
            .replace("b: Int }", "b: Int @cost(weight: 1) }")
            .replace(" @cost(weight: 1)", "", 1)
        },
    ),
    "LIST_SIZE_APPLIED_TO_NON_LIST": (
        {"a": "type Query { v: Int @listSize(assumedSize: 1) }"},
        {"a": "type Query { v: [Int] @listSize(assumedSize: 1) }"},
    ),
    "LIST_SIZE_INVALID_ASSUMED_SIZE": (
        {"a": "type Query { v: [Int] @listSize(assumedSize: -1) }"},
        {"a": "type Query { v: [Int] @listSize(assumedSize: 0) }"},
    ),
    "LIST_SIZE_INVALID_SIZED_FIELD": (
        {"a": 'type Query { p: P @listSize(sizedFields: ["missing"], assumedSize: 1) } type P { nodes: [Int] }'},
        {"a": 'type Query { p: P @listSize(sizedFields: ["nodes"], assumedSize: 1) } type P { nodes: [Int] }'},
    ),
    "LIST_SIZE_INVALID_SLICING_ARGUMENT": (
        {"a": 'type Query { v(first: String): [Int] @listSize(slicingArguments: ["first"]) }'},
        {"a": 'type Query { v(first: Int!): [Int] @listSize(slicingArguments: ["first"]) }'},
    ),
    "SATISFIABILITY_ERROR": (
        {
            "a": "type Query { t: T } type T @shareable { x: Int }",
            "b": "type Query { u: T } type T @shareable { x: Int y: Int }",
        },
        {"a": OWNER, "b": entity("y: Int")},
    ),
    "MAX_VALIDATION_SUBGRAPH_PATHS_EXCEEDED": (
        {"a": "type Query { t: T } type T { t: T u: U } type U { t: T }"},
        {"a": QUERY},
    ),
}

HINTED: dict[str, tuple[Sdls, Sdls]] = {
    "NEWER_FEDERATION_VERSION": ({"a": linked("v2.99") + QUERY}, {"a": linked("v2.12") + QUERY}),
    "FROM_SUBGRAPH_DOES_NOT_EXIST": (beside('b: Int @override(from: "gone")'), beside("b: Int")),
    "OVERRIDE_DIRECTIVE_CAN_BE_REMOVED": (
        beside('b: Int @override(from: "a")'),
        beside('size: Int @override(from: "a")'),
    ),
    "INCONSISTENT_DESCRIPTION": (
        shared('"One." v: Int @shareable', '"Two." v: Int @shareable'),
        shared('"One." v: Int @shareable', "v: Int @shareable"),
    ),
    "INCONSISTENT_DEPRECATION_REASON": (
        shared('v: Int @shareable @deprecated(reason: "x")', 'v: Int @shareable @deprecated(reason: "y")'),
        shared('v: Int @shareable @deprecated(reason: "x")', "v: Int @shareable"),
    ),
    "INCONSISTENT_SPECIFIED_BY": (
        {
            "a": 'type Query { a: S } scalar S @specifiedBy(url: "https://x")',
            "b": 'type Query { b: S } scalar S @specifiedBy(url: "https://y")',
        },
        {"a": 'type Query { a: S } scalar S @specifiedBy(url: "https://x")', "b": "type Query { b: S } scalar S"},
    ),
    "INCONSISTENT_DEFAULT_VALUE_PRESENCE": (
        shared("v(x: Int = 1): Int @shareable", "v(x: Int): Int @shareable"),
        shared("v(x: Int = 1): Int @shareable", "v(x: Int = 1): Int @shareable"),
    ),
    "INCONSISTENT_INPUT_PRESENCE": (
        shared("v(x: Int): Int @shareable", "v: Int @shareable"),
        shared("v: Int @shareable", "v: Int @shareable"),
    ),
}


def test_the_tables_and_the_cases_have_the_same_codes() -> None:
    assert list(CASES) == list(ERRORS)
    assert list(HINTED) == list(HINTS)


def test_the_tables_have_every_code_in_the_code() -> None:
    source = Path(satisfiability.__file__).parent
    found = {
        code
        for file in source.rglob("*.py")
        for code in re.findall(r'"([A-Z]{2,}(?:_[A-Z]+)+)"', file.read_text(encoding="utf-8"))
        if file.name not in ("codes.py", "diff.py", "_field_set_checks.py")
    }
    locations = {"ARGUMENT_DEFINITION", "FIELD_DEFINITION"}
    assert found - locations <= set(ERRORS) | set(HINTS)


def test_the_page_is_what_the_tables_say() -> None:
    assert compose_errors.PAGE.read_text(encoding="utf-8") == compose_errors.page()


@pytest.mark.parametrize("code", ERRORS)
def test_every_error_is_raised_and_says_where_and_how_to_mend(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    raising, sound = CASES[code]
    if code.startswith("MAX_VALIDATION"):
        monkeypatch.setattr(satisfiability, "MAX_STATES", 1)

    composition = composed(**raising)
    found = [error for error in composition.errors if error.code == code]

    assert found, composition.errors
    assert all(error.mend for error in found)
    if code not in ("NO_QUERIES", "INVALID_SUBGRAPH_NAME", "MAX_VALIDATION_SUBGRAPH_PATHS_EXCEEDED"):
        assert all(error.locations for error in found), found
    assert composed(**sound).errors == ()


@pytest.mark.parametrize("code", HINTS)
def test_every_hint_is_given_and_says_where_and_what_to_do(code: str) -> None:
    raising, sound = HINTED[code]

    found = [hint for hint in composed(**raising).hints if hint.code == code]

    assert found
    assert all(hint.mend and hint.locations for hint in found)
    assert code not in [hint.code for hint in composed(**sound).hints]
