"""The definitions a supergraph carries: link, join, and the specifications its elements use."""

from __future__ import annotations

from services.gateway.compose.federation import SPECS, Version

LINK_DIRECTIVE = (
    "directive @link(url: String, as: String, for: link__Purpose, import: [link__Import]) repeatable on SCHEMA"
)
LINK_TYPES = {
    "link__Import": "scalar link__Import",
    "link__Purpose": "enum link__Purpose {\n  SECURITY\n  EXECUTION\n}",
}


def join_version(federation: Version) -> str:
    """The join specification a supergraph of this federation version is written in."""
    if federation >= (2, 8):
        return "v0.5"
    if federation >= (2, 7):
        return "v0.4"
    return "v0.3"


def join_directives(federation: Version) -> list[str]:
    field_arguments = [
        "graph: join__Graph",
        "requires: join__FieldSet",
        "provides: join__FieldSet",
        "type: String",
        "external: Boolean",
        "override: String",
        "usedOverridden: Boolean",
    ]
    if federation >= (2, 7):
        field_arguments.append("overrideLabel: String")
    if federation >= (2, 8):
        field_arguments.append("contextArguments: [join__ContextArgument!]")
    return [
        "directive @join__enumValue(graph: join__Graph!) repeatable on ENUM_VALUE",
        f"directive @join__field({', '.join(field_arguments)}) repeatable on FIELD_DEFINITION | INPUT_FIELD_DEFINITION",
        "directive @join__graph(name: String!, url: String!) on ENUM_VALUE",
        "directive @join__implements(graph: join__Graph!, interface: String!) repeatable on OBJECT | INTERFACE",
        "directive @join__type(graph: join__Graph!, key: join__FieldSet, extension: Boolean! = false,"
        " resolvable: Boolean! = true, isInterfaceObject: Boolean! = false)"
        " repeatable on OBJECT | INTERFACE | UNION | ENUM | INPUT_OBJECT | SCALAR",
        "directive @join__unionMember(graph: join__Graph!, member: String!) repeatable on UNION",
    ]


def join_types(federation: Version) -> dict[str, str]:
    types = {"join__FieldSet": "scalar join__FieldSet"}
    if federation >= (2, 8):
        types["join__FieldValue"] = "scalar join__FieldValue"
        types["join__ContextArgument"] = (
            "input join__ContextArgument {\n  name: String!\n  type: String!\n  context: String!\n"
            "  selection: join__FieldValue!\n}"
        )
    return types


_GUARDED = "FIELD_DEFINITION | OBJECT | INTERFACE | SCALAR | ENUM"
_ANY_ELEMENT = (
    "FIELD_DEFINITION | OBJECT | INTERFACE | UNION | ARGUMENT_DEFINITION | SCALAR | ENUM | ENUM_VALUE"
    " | INPUT_OBJECT | INPUT_FIELD_DEFINITION"
)

# Directive of a feature: its `@link` and its definition.
FEATURES: dict[str, tuple[str, str]] = {
    "inaccessible": (
        f'@link(url: "{SPECS}inaccessible/v0.2", for: SECURITY)',
        f"directive @inaccessible on {_ANY_ELEMENT}",
    ),
    "tag": (
        f'@link(url: "{SPECS}tag/v0.3")',
        f"directive @tag(name: String!) repeatable on {_ANY_ELEMENT} | SCHEMA",
    ),
    "authenticated": (
        f'@link(url: "{SPECS}authenticated/v0.1", for: SECURITY)',
        f"directive @authenticated on {_GUARDED}",
    ),
    "requiresScopes": (
        f'@link(url: "{SPECS}requiresScopes/v0.1", for: SECURITY)',
        f"directive @requiresScopes(scopes: [[requiresScopes__Scope!]!]!) on {_GUARDED}",
    ),
    "policy": (
        f'@link(url: "{SPECS}policy/v0.1", for: SECURITY)',
        f"directive @policy(policies: [[policy__Policy!]!]!) on {_GUARDED}",
    ),
    "cost": (
        f'@link(url: "{SPECS}cost/v0.1", import: ["@cost", "@listSize"])',
        "directive @cost(weight: Int!) on ARGUMENT_DEFINITION | ENUM | FIELD_DEFINITION"
        " | INPUT_FIELD_DEFINITION | OBJECT | SCALAR",
    ),
    "listSize": (
        f'@link(url: "{SPECS}cost/v0.1", import: ["@cost", "@listSize"])',
        "directive @listSize(assumedSize: Int, slicingArguments: [String!], sizedFields: [String!],"
        " requireOneSlicingArgument: Boolean = true) on FIELD_DEFINITION",
    ),
    "oneOf": ("", "directive @oneOf on INPUT_OBJECT"),
}
FEATURE_SCALARS = {"requiresScopes": "requiresScopes__Scope", "policy": "policy__Policy"}
