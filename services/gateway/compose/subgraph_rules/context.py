"""`@context` and `@fromContext`: refused, so that no contextual argument turns into one clients must give."""

from __future__ import annotations

from collections.abc import Iterator

from services.gateway.compose.model import Element, Kind, SubgraphSchema
from services.gateway.compose.results import CompositionError


def check_context(schema: SubgraphSchema) -> Iterator[CompositionError]:
    """UNSUPPORTED_FEATURE."""
    elements: list[tuple[str, Element]] = [(definition.name, definition) for definition in schema.types.values()]
    elements += [
        (f"{owner.name}.{field.name}({argument.name}:)", argument)
        for owner, field in schema.fields_of(Kind.OBJECT, Kind.INTERFACE)
        for argument in field.arguments.values()
    ]
    for place, element in elements:
        for name in sorted(element.used & {"context", "fromContext"}):
            yield CompositionError(
                "UNSUPPORTED_FEATURE",
                f'@{name} on "{place}" is not supported',
                schema.name,
                element.line,
                place,
                "pass the value as an argument or through @requires",
            )
