"""`@authenticated`, `@requiresScopes`, `@policy`: never on interfaces, whose demands follow from the implementations."""

from __future__ import annotations

from collections.abc import Iterator

from services.gateway.compose.model import Element, Kind, SubgraphSchema, TypeDefinition
from services.gateway.compose.results import CompositionError

AUTH_DIRECTIVES = ("authenticated", "requiresScopes", "policy")


def check_auth(schema: SubgraphSchema) -> Iterator[CompositionError]:
    """AUTH_REQUIREMENTS_APPLIED_ON_INTERFACE for interfaces, interface objects and fields of interfaces."""
    for definition in schema.types.values():
        if definition.kind is not Kind.INTERFACE and not definition.interface_object:
            continue
        yield from _check(schema, definition, definition.name)
        if definition.kind is Kind.INTERFACE:
            for field in definition.fields.values():
                yield from _check(schema, field, f"{definition.name}.{field.name}")


def _check(schema: SubgraphSchema, element: Element | TypeDefinition, place: str) -> Iterator[CompositionError]:
    for name in AUTH_DIRECTIVES:
        if name in element.used:
            yield CompositionError(
                "AUTH_REQUIREMENTS_APPLIED_ON_INTERFACE",
                f'@{name} on "{place}": interfaces, their fields and interface objects cannot have it',
                schema.name,
                element.line,
                place,
                "put it on the implementing types or their fields",
            )
