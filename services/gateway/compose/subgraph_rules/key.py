"""`@key`: a selection of plain fields, on interfaces from 2.3 only and then on every implementation."""

from __future__ import annotations

from collections.abc import Iterator

from services.gateway.compose.field_sets import walk
from services.gateway.compose.model import Key, Kind, SubgraphSchema, TypeDefinition
from services.gateway.compose.results import CompositionError
from services.gateway.compose.subgraph_rules._field_set_checks import check_field_set
from services.gateway.compose.type_refs import named


def check_keys(schema: SubgraphSchema) -> Iterator[CompositionError]:
    """The KEY_* family and INTERFACE_KEY_NOT_ON_IMPLEMENTATION."""
    for definition in schema.types.values():
        for key in definition.keys:
            fed_1 = schema.dialect.is_fed_1
            if definition.kind is Kind.INTERFACE and not fed_1 and schema.dialect.version < (2, 3):
                yield CompositionError(
                    "KEY_UNSUPPORTED_ON_INTERFACE",
                    f'@key on interface "{definition.name}" needs federation v2.3',
                    schema.name,
                    key.fields.line,
                    definition.name,
                    "link federation v2.3 or later",
                )
                continue
            yield from check_field_set(schema, "key", definition.name, definition.name, key.fields, list_allowed=fed_1)
            yield from _check_selected_types(schema, definition, key)
            if definition.kind is Kind.INTERFACE and not fed_1:
                yield from _check_implementations(schema, definition, key)


def _check_selected_types(schema: SubgraphSchema, definition: TypeDefinition, key: Key) -> Iterator[CompositionError]:
    if key.fields.selection is None:
        return
    for step in walk(schema, definition.name, key.fields.selection):
        if step.field is None:
            continue
        target = schema.types.get(named(step.field.type))
        if target is not None and target.kind in (Kind.INTERFACE, Kind.UNION):
            yield CompositionError(
                "KEY_FIELDS_SELECT_INVALID_TYPE",
                f'on {definition.name}, for @key(fields: "{key.fields.text}"): '
                f'"{step.parent}.{step.field.name}" is of {target.kind} type "{target.name}"',
                schema.name,
                key.fields.line,
                definition.name,
            )


def _check_implementations(schema: SubgraphSchema, interface: TypeDefinition, key: Key) -> Iterator[CompositionError]:
    for name in schema.possible_types(interface.name):
        implementation = schema.types[name]
        if any(other.fields.text == key.fields.text for other in implementation.keys):
            continue
        yield CompositionError(
            "INTERFACE_KEY_NOT_ON_IMPLEMENTATION",
            f'key "{key.fields.text}" of interface "{interface.name}" is missing on its implementation "{name}"',
            schema.name,
            implementation.line,
            name,
            f'add @key(fields: "{key.fields.text}") to "{name}"',
        )
