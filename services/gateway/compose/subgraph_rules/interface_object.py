"""`@interfaceObject`: an object that stands for another subgraph's interface must be an entity."""

from __future__ import annotations

from collections.abc import Iterator

from services.gateway.compose.model import SubgraphSchema
from services.gateway.compose.results import CompositionError


def check_interface_objects(schema: SubgraphSchema) -> Iterator[CompositionError]:
    """INTERFACE_OBJECT_USAGE_ERROR where there is no `@key`."""
    for definition in schema.types.values():
        if definition.interface_object and not definition.keys:
            yield CompositionError(
                "INTERFACE_OBJECT_USAGE_ERROR",
                f'"{definition.name}" is @interfaceObject and has no @key',
                schema.name,
                definition.line,
                definition.name,
                "give it the key of the interface",
            )
