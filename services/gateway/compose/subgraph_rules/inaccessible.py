"""`@inaccessible`: not on what belongs to GraphQL or Federation, nor where the API could not do without it."""

from __future__ import annotations

from collections.abc import Iterator

from graphql import (
    DirectiveDefinitionNode,
    DirectiveNode,
    InputValueDefinitionNode,
    Node,
    TypeDefinitionNode,
    TypeExtensionNode,
    specified_scalar_types,
)

from services.gateway.compose.federation import MACHINERY_TYPES
from services.gateway.compose.merge.directives import EXECUTABLE_LOCATIONS
from services.gateway.compose.model import SubgraphSchema
from services.gateway.compose.results import CompositionError


def check_disallowed_inaccessible(schema: SubgraphSchema) -> Iterator[CompositionError]:
    """DISALLOWED_INACCESSIBLE: built-in and Federation types, arguments of directives that schemas are written with."""
    hidden = set(schema.dialect.local_names("inaccessible"))
    scalars = {name for names in schema.dialect.scalars.values() for name in names}
    for node in schema.document.definitions:
        if isinstance(node, DirectiveDefinitionNode):
            name = node.name.value
            type_system = [each.value for each in node.locations if each.value not in EXECUTABLE_LOCATIONS]
            if type_system and any(_is_hidden(each, hidden) for each in node.arguments or ()):
                why = f"it may be applied to {' and '.join(type_system)}"
                yield _disallowed(schema, node, f"@{name}", why)
        elif isinstance(node, TypeDefinitionNode | TypeExtensionNode):
            name = node.name.value
            is_built_in = name in specified_scalar_types or name in MACHINERY_TYPES or name in scalars
            if (is_built_in or schema.dialect.owns(name)) and _is_hidden(node, hidden):
                yield _disallowed(schema, node, name, "it is not a type of this subgraph")


def _is_hidden(node: Node, names: set[str]) -> bool:
    """Whether the node or a part of it is marked."""
    applied: tuple[DirectiveNode, ...] = getattr(node, "directives", None) or ()
    parts: tuple[InputValueDefinitionNode, ...] = getattr(node, "values", None) or ()
    return any(each.name.value in names for each in applied) or any(_is_hidden(each, names) for each in parts)


def _disallowed(
    schema: SubgraphSchema, node: DirectiveDefinitionNode | TypeDefinitionNode | TypeExtensionNode, name: str, why: str
) -> CompositionError:
    return CompositionError(
        "DISALLOWED_INACCESSIBLE",
        f'"{name}" cannot use @inaccessible: {why}',
        schema.name,
        node.loc.start_token.line if node.loc else None,
        name,
        "remove @inaccessible",
    )
