"""The catalogue of Federation: versions, directives with the version that introduced them, and their definitions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

SPECS = "https://specs.apollo.dev/"
FEDERATION = f"{SPECS}federation"
LINK = f"{SPECS}link"

# The minors after 2.9 add connectors and cache tags only; subgraph frameworks emit them without using either.
NEWEST_MINOR = 12

FED_1 = (1, 0)
Version = tuple[int, int]

_TYPE_SYSTEM_ELEMENTS = (
    "FIELD_DEFINITION | OBJECT | INTERFACE | UNION | ARGUMENT_DEFINITION | SCALAR | ENUM | ENUM_VALUE"
    " | INPUT_OBJECT | INPUT_FIELD_DEFINITION"
)
_GUARDED_ELEMENTS = "FIELD_DEFINITION | OBJECT | INTERFACE | SCALAR | ENUM"
_COSTED_ELEMENTS = "ARGUMENT_DEFINITION | ENUM | FIELD_DEFINITION | INPUT_FIELD_DEFINITION | OBJECT | SCALAR"


@dataclass(frozen=True, slots=True)
class FederationDirective:
    """One directive of the specification.

    `arguments` holds the argument definitions with `{FieldSet}`-like placeholders for the scalars, whose names depend on imports;
    `later_arguments` those that came after the directive itself, with the version they came in.
    """

    name: str
    since: Version
    arguments: str
    locations: str
    repeatable: bool = False
    in_fed_1: bool = False
    later_arguments: tuple[Version, str] | None = None

    def definition(self, local_name: str, scalars: Mapping[str, str], version: Version) -> str:
        """The SDL of the definition as subgraphs of this version have it."""
        known = self.arguments
        if self.later_arguments is not None and version >= self.later_arguments[0]:
            known = f"{known}, {self.later_arguments[1]}"
        arguments = f"({known.format_map(scalars)})" if known else ""
        repeatable = " repeatable" if self.repeatable else ""
        return f"directive @{local_name}{arguments}{repeatable} on {self.locations}"


DIRECTIVES: dict[str, FederationDirective] = {
    directive.name: directive
    for directive in (
        FederationDirective(
            "key",
            (2, 0),
            "fields: {FieldSet}!, resolvable: Boolean = true",
            "OBJECT | INTERFACE",
            repeatable=True,
            in_fed_1=True,
        ),
        FederationDirective("requires", (2, 0), "fields: {FieldSet}!", "FIELD_DEFINITION", in_fed_1=True),
        FederationDirective("provides", (2, 0), "fields: {FieldSet}!", "FIELD_DEFINITION", in_fed_1=True),
        FederationDirective("external", (2, 0), "reason: String", "OBJECT | FIELD_DEFINITION", in_fed_1=True),
        FederationDirective("extends", (2, 0), "", "OBJECT | INTERFACE", in_fed_1=True),
        FederationDirective("shareable", (2, 0), "", "FIELD_DEFINITION | OBJECT", repeatable=True),
        FederationDirective(
            "override",
            (2, 0),
            "from: String!",
            "FIELD_DEFINITION",
            in_fed_1=True,
            later_arguments=((2, 7), "label: String"),
        ),
        FederationDirective("inaccessible", (2, 0), "", _TYPE_SYSTEM_ELEMENTS, in_fed_1=True),
        FederationDirective(
            "tag",
            (2, 0),
            "name: String!",
            _TYPE_SYSTEM_ELEMENTS + " | SCHEMA",
            repeatable=True,
            in_fed_1=True,
        ),
        FederationDirective("composeDirective", (2, 1), "name: String!", "SCHEMA", repeatable=True),
        FederationDirective("interfaceObject", (2, 3), "", "OBJECT"),
        FederationDirective("authenticated", (2, 5), "", _GUARDED_ELEMENTS),
        FederationDirective("requiresScopes", (2, 5), "scopes: [[{Scope}!]!]!", _GUARDED_ELEMENTS),
        FederationDirective("policy", (2, 6), "policies: [[{Policy}!]!]!", _GUARDED_ELEMENTS),
        FederationDirective("context", (2, 8), "name: String!", "INTERFACE | OBJECT | UNION", repeatable=True),
        FederationDirective("fromContext", (2, 8), "field: {ContextFieldValue}", "ARGUMENT_DEFINITION"),
        FederationDirective("cost", (2, 9), "weight: Int!", _COSTED_ELEMENTS),
        FederationDirective(
            "listSize",
            (2, 9),
            "assumedSize: Int, slicingArguments: [String!], sizedFields: [String!],"
            " requireOneSlicingArgument: Boolean = true",
            "FIELD_DEFINITION",
        ),
    )
}

# Scalars the definitions need, with the version that introduced them.
SCALARS: dict[str, Version] = {
    "FieldSet": (2, 0),
    "Scope": (2, 5),
    "Policy": (2, 6),
    "ContextFieldValue": (2, 8),
}

# Specifications that may also be linked on their own, with the directives each brings.
STANDALONE_SPECS: dict[str, tuple[str, ...]] = {
    "https://specs.apollo.dev/tag": ("tag",),
    "https://specs.apollo.dev/inaccessible": ("inaccessible",),
    "https://specs.apollo.dev/authenticated": ("authenticated",),
    "https://specs.apollo.dev/requiresScopes": ("requiresScopes",),
    "https://specs.apollo.dev/policy": ("policy",),
    "https://specs.apollo.dev/cost": ("cost", "listSize"),
}

LINK_DEFINITIONS = """
directive @{link}(url: String!, as: String, for: link__Purpose, import: [link__Import]) repeatable on SCHEMA
scalar link__Import
enum link__Purpose {{ SECURITY EXECUTION }}
"""

# Features of the specification that change what subgraphs are asked; they are not executed here.
UNSUPPORTED_SPECS = frozenset({"https://specs.apollo.dev/connect"})

# What `_service` and `_entities` need; subgraphs print them or not, composition always drops them.
MACHINERY_FIELDS = frozenset({"_service", "_entities"})
MACHINERY_TYPES = frozenset({"_Any", "_Entity", "_Service", "_FieldSet"})


def available(version: Version) -> list[FederationDirective]:
    """The directives a subgraph of this version may use."""
    if version == FED_1:
        return [directive for directive in DIRECTIVES.values() if directive.in_fed_1]
    return [directive for directive in DIRECTIVES.values() if directive.since <= version]


def spelled(version: Version) -> str:
    return f"v{version[0]}.{version[1]}"
