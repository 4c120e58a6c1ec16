"""Federation's own directives and types: what they are in one subgraph's dialect, whether the SDL gives them or not.

A subgraph may leave the definitions out; those it gives must be the specification's, or its directives would mean something else
than it says.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from graphql import (
    DefinitionNode,
    DirectiveDefinitionNode,
    DocumentNode,
    ScalarTypeDefinitionNode,
    TypeDefinitionNode,
    TypeNode,
    parse,
    print_ast,
)

from services.gateway.compose.federation import DIRECTIVES, LINK_DEFINITIONS, STANDALONE_SPECS, available
from services.gateway.compose.links import Dialect
from services.gateway.compose.results import CompositionError
from services.gateway.compose.type_refs import named

_STANDALONE = {name for names in STANDALONE_SPECS.values() for name in names}


def federation_definitions(dialect: Dialect) -> list[DirectiveDefinitionNode | TypeDefinitionNode]:
    """Every definition Federation and `@link` bring, under the names they have in this subgraph."""
    scalars = {name: names[-1] for name, names in dialect.scalars.items()}
    scalars.setdefault("FieldSet", "_FieldSet")
    for name in ("Scope", "Policy", "ContextFieldValue"):
        scalars.setdefault(name, f"federation__{name}")
    every_scalar = {local for names in dialect.scalars.values() for local in names} | set(scalars.values())
    lines = [LINK_DEFINITIONS.format(link=dialect.link_name)]
    lines += [f"scalar {name}" for name in sorted(every_scalar | {"_Any"})]
    known = {directive.name for directive in available(dialect.version)} | _STANDALONE
    for local, canonical in dialect.directives.items():
        if canonical in known:
            lines.append(DIRECTIVES[canonical].definition(local, scalars, dialect.version))
    return [
        node
        for node in _parsed("\n".join(lines)).definitions
        if isinstance(node, DirectiveDefinitionNode | TypeDefinitionNode)
    ]


@lru_cache(64)
def _parsed(text: str) -> DocumentNode:
    """Most subgraphs link Federation in the same way."""
    return parse(text, no_location=True)


def missing_definitions(document: DocumentNode, dialect: Dialect) -> list[DefinitionNode]:
    """Those the document does not give."""
    directives = {node.name.value for node in document.definitions if isinstance(node, DirectiveDefinitionNode)}
    types = {node.name.value for node in document.definitions if isinstance(node, TypeDefinitionNode)}
    return [
        node
        for node in federation_definitions(dialect)
        if node.name.value not in (directives if isinstance(node, DirectiveDefinitionNode) else types)
    ]


def check_definitions(subgraph: str, document: DocumentNode, dialect: Dialect) -> Iterator[CompositionError]:
    """DIRECTIVE_DEFINITION_INVALID and TYPE_DEFINITION_INVALID for those the document gives."""
    expected = {(_namespace(node), node.name.value): node for node in federation_definitions(dialect)}
    for node in document.definitions:
        if not isinstance(node, DirectiveDefinitionNode | TypeDefinitionNode):
            continue
        ours = expected.get((_namespace(node), node.name.value))
        if ours is None:
            continue
        if isinstance(node, DirectiveDefinitionNode) and isinstance(ours, DirectiveDefinitionNode):
            problems, code, name = list(_directive_problems(node, ours)), "DIRECTIVE_DEFINITION_INVALID", "@"
        else:
            problems, code, name = list(_type_problems(node, ours)), "TYPE_DEFINITION_INVALID", ""
        for problem in problems:
            yield CompositionError(
                code,
                f'definition of "{name}{node.name.value}": {problem}',
                subgraph,
                node.loc.start_token.line if node.loc else None,
                f"{name}{node.name.value}",
                f"leave the definition out, or write: {' '.join(print_ast(ours).split())}",
            )


def _namespace(node: DefinitionNode) -> str:
    return "directive" if isinstance(node, DirectiveDefinitionNode) else "type"


def _directive_problems(given: DirectiveDefinitionNode, ours: DirectiveDefinitionNode) -> Iterator[str]:
    """What would change the meaning of an application; fewer optional arguments, fewer locations and stricter types do not."""
    arguments = {each.name.value: each for each in ours.arguments or ()}
    for argument in given.arguments or ():
        name = argument.name.value
        wanted = arguments.pop(name, None)
        if wanted is None:
            yield f'there is no argument "{name}"'
        elif not _same_type(argument.type, wanted.type):
            yield f'argument "{name}" is of type "{print_ast(wanted.type)}", not "{print_ast(argument.type)}"'
        elif (
            argument.default_value
            and wanted.default_value
            and print_ast(argument.default_value) != print_ast(wanted.default_value)
        ):
            yield f'argument "{name}" defaults to {print_ast(wanted.default_value)}'
    for name, wanted in arguments.items():
        if print_ast(wanted.type).endswith("!"):
            yield f'argument "{name}" is missing'
    locations = {each.value for each in ours.locations}
    for location in given.locations:
        if location.value not in locations:
            yield f"{location.value} is not a location of it"
    if given.repeatable and not ours.repeatable:
        yield "it is not repeatable"


def _same_type(given: TypeNode, ours: TypeNode) -> bool:
    """The same up to non-null and to the name of a scalar of Federation, which older subgraphs call `_FieldSet` or `String`."""
    mine, theirs = print_ast(given), print_ast(ours)
    if mine.count("[") != theirs.count("["):
        return False
    built_in = ("Int", "Boolean", "String", "Float", "ID")
    if named(theirs) in built_in:
        return named(mine) == named(theirs)
    return named(mine) == "String" or named(mine) not in built_in


def _type_problems(
    given: DirectiveDefinitionNode | TypeDefinitionNode, ours: DirectiveDefinitionNode | TypeDefinitionNode
) -> Iterator[str]:
    if type(given) is not type(ours):
        yield "it is a scalar" if isinstance(ours, ScalarTypeDefinitionNode) else "it is an enum"
        return
    values = {each.name.value for each in getattr(given, "values", None) or ()}
    for value in getattr(ours, "values", None) or ():
        if value.name.value not in values:
            yield f"value {value.name.value} is missing"
