"""Directive definitions of the supergraph: executable ones all subgraphs share, and those `@composeDirective` keeps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from graphql import DirectiveDefinitionNode, DirectiveLocation, NameNode, print_ast

from services.gateway.compose.links import Link
from services.gateway.compose.merge.supergraph import ComposedDirective
from services.gateway.compose.model import SubgraphSchema

EXECUTABLE_LOCATIONS = frozenset(
    location.name
    for location in (
        DirectiveLocation.QUERY,
        DirectiveLocation.MUTATION,
        DirectiveLocation.SUBSCRIPTION,
        DirectiveLocation.FIELD,
        DirectiveLocation.FRAGMENT_DEFINITION,
        DirectiveLocation.FRAGMENT_SPREAD,
        DirectiveLocation.INLINE_FRAGMENT,
        DirectiveLocation.VARIABLE_DEFINITION,
    )
)


def shared_executable_directives(
    subgraphs: Iterable[SubgraphSchema],
) -> dict[str, DirectiveDefinitionNode]:
    """Executable directives every subgraph defines with the same arguments; locations are those all allow."""
    schemas = list(subgraphs)
    result: dict[str, DirectiveDefinitionNode] = {}
    for name, first in schemas[0].directives.items():
        declared = [schema.directives[name] for schema in schemas if name in schema.directives]
        if len(declared) < len(schemas) or schemas[0].dialect.directives.get(name) is not None:
            continue
        if len({_arguments(each) for each in declared}) > 1:
            continue
        locations = EXECUTABLE_LOCATIONS.intersection(
            *({location.value for location in each.locations} for each in declared)
        )
        if locations:
            result[name] = DirectiveDefinitionNode(
                name=first.name,
                description=first.description,
                arguments=first.arguments,
                repeatable=all(each.repeatable for each in declared),
                locations=tuple(NameNode(value=each) for each in sorted(locations)),
            )
    return result


def _arguments(definition: DirectiveDefinitionNode) -> tuple[str, ...]:
    return tuple(
        sorted(
            f"{each.name.value}: {print_ast(each.type)}"
            + (f" = {print_ast(each.default_value)}" if each.default_value else "")
            for each in definition.arguments or ()
        )
    )


def composed_directives(subgraphs: Iterable[SubgraphSchema]) -> dict[str, ComposedDirective]:
    """Every directive some subgraph composes, in the definition of the newest version of its feature."""
    result: dict[str, ComposedDirective] = {}
    for schema in subgraphs:
        for local, _line in schema.composed:
            name = local.removeprefix("@")
            definition = schema.directives.get(name)
            found = next(feature_imports(schema, local), None)
            if definition is None or found is None:
                continue
            link, source = found
            known = result.get(name)
            if known is None or (link.version or (0, 0)) > (known.version or (0, 0)):
                result[name] = ComposedDirective(name, definition, link.identity, link.version, source)
    return result


def feature_imports(schema: SubgraphSchema, local: str) -> Iterator[tuple[Link, str]]:
    """The links that import something under this local name, with the name it has there."""
    for link in schema.dialect.links:
        for source, imported in link.imports.items():
            if imported == local:
                yield link, source
