"""`@cost`: not on fields of interfaces."""

from __future__ import annotations

from collections.abc import Iterator

from services.gateway.compose.model import Kind, SubgraphSchema
from services.gateway.compose.results import CompositionError


def check_cost(schema: SubgraphSchema) -> Iterator[CompositionError]:
    """COST_APPLIED_TO_INTERFACE_FIELD."""
    for owner, field in schema.fields_of(Kind.INTERFACE):
        if "cost" in field.used:
            place = f"{owner.name}.{field.name}"
            yield CompositionError(
                "COST_APPLIED_TO_INTERFACE_FIELD",
                f'@cost on "{place}": fields of interfaces cannot have it',
                schema.name,
                field.line,
                place,
                "put it on the fields of the implementations",
            )
