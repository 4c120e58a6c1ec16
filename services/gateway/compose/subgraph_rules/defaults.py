"""Default values must fit their types."""

from __future__ import annotations

from collections.abc import Iterator

from graphql import (
    EnumValueNode,
    ListValueNode,
    NullValueNode,
    ObjectValueNode,
    StringValueNode,
    Undefined,
    ValueNode,
    print_ast,
    specified_scalar_types,
    value_from_ast,
)

from services.gateway.compose.model import Kind, SubgraphSchema
from services.gateway.compose.results import CompositionError
from services.gateway.compose.type_refs import is_list, is_non_null, item, nullable


def check_defaults(schema: SubgraphSchema) -> Iterator[CompositionError]:
    """INVALID_GRAPHQL for a default of an argument or input field that its type does not accept."""
    for owner, field in schema.fields_of(Kind.OBJECT, Kind.INTERFACE, Kind.INPUT):
        places = [(f"{owner.name}.{field.name}", field.type, field.default, field.line)]
        places += [
            (f"{owner.name}.{field.name}({each.name}:)", each.type, each.default, each.line)
            for each in field.arguments.values()
        ]
        for place, ref, default, line in places:
            if default is not None and not _accepts(schema, ref, default):
                yield CompositionError(
                    "INVALID_GRAPHQL",
                    f'default {print_ast(default)} of "{place}" is not a "{ref}"',
                    schema.name,
                    line,
                    place,
                )


def _accepts(schema: SubgraphSchema, ref: str, value: ValueNode) -> bool:
    if isinstance(value, NullValueNode):
        return not is_non_null(ref)
    ref = nullable(ref)
    if is_list(ref):
        items = value.values if isinstance(value, ListValueNode) else (value,)
        return all(_accepts(schema, item(ref), each) for each in items)
    if ref in specified_scalar_types:
        return value_from_ast(value, specified_scalar_types[ref]) is not Undefined
    definition = schema.types.get(ref)
    if definition is None or definition.kind is Kind.SCALAR:
        return True
    if definition.kind is Kind.ENUM:
        # Some frameworks print enum defaults as strings.
        return isinstance(value, EnumValueNode | StringValueNode) and value.value in definition.values
    if not isinstance(value, ObjectValueNode):
        return False
    given = {each.name.value: each.value for each in value.fields}
    return set(given) <= set(definition.fields) and all(
        _accepts(schema, field.type, given[field.name])
        if field.name in given
        else not is_non_null(field.type) or field.default is not None
        for field in definition.fields.values()
    )
