"""`@shareable`: for fields of objects only."""

from __future__ import annotations

from collections.abc import Iterator

from services.gateway.compose.model import Kind, SubgraphSchema
from services.gateway.compose.results import CompositionError


def check_shareable(schema: SubgraphSchema) -> Iterator[CompositionError]:
    """INVALID_SHAREABLE_USAGE for a field of an interface."""
    for owner, field in schema.fields_of(Kind.INTERFACE):
        if "shareable" in field.used:
            place = f"{owner.name}.{field.name}"
            yield CompositionError(
                "INVALID_SHAREABLE_USAGE",
                f'"{place}" is a field of an interface and cannot be @shareable',
                schema.name,
                field.line,
                place,
                "mark the fields of the implementations",
            )
