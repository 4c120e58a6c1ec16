"""`@inaccessible`: what remains visible must still be a schema."""

from __future__ import annotations

from collections.abc import Iterator

from graphql import EnumValueNode, ListValueNode, ObjectValueNode, StringValueNode, ValueNode

from services.gateway.compose.merge.supergraph import MergedField, MergedType, Supergraph
from services.gateway.compose.model import Element, Kind
from services.gateway.compose.results import CompositionError
from services.gateway.compose.type_refs import is_non_null, named


def check_inaccessible(supergraph: Supergraph) -> Iterator[CompositionError]:
    """REFERENCED_, REQUIRED_, IMPLEMENTED_BY_INACCESSIBLE, ONLY_INACCESSIBLE_CHILDREN, DEFAULT_VALUE_USES_INACCESSIBLE."""
    for merged in supergraph.types.values():
        if merged.inaccessible or not merged.joins:
            continue
        yield from _check_children(supergraph, merged)
        for field in merged.fields.values():
            yield from _check_field(supergraph, merged, field)


def _check_children(supergraph: Supergraph, merged: MergedType) -> Iterator[CompositionError]:
    children: list[Element] = [
        *(value for value in merged.values.values() if value.complete),
        *(field for field in merged.fields.values() if field.complete),
        *(supergraph.types[member] for member in merged.members if member in supergraph.types),
    ]
    if children and all(child.inaccessible for child in children):
        yield CompositionError(
            "ONLY_INACCESSIBLE_CHILDREN",
            f'"{merged.name}" is visible, but everything in it is @inaccessible',
            coordinate=merged.name,
            mend=f'mark "{merged.name}" @inaccessible too',
        )


def _check_field(supergraph: Supergraph, owner: MergedType, field: MergedField) -> Iterator[CompositionError]:
    place = f"{owner.name}.{field.name}"
    if field.inaccessible:
        if owner.kind is Kind.INPUT and is_non_null(field.type) and field.default is None:
            yield _required(place, "a required field of its input")
        for name in owner.interfaces:
            interface = supergraph.types[name]
            promised = interface.fields.get(field.name)
            if promised and not promised.inaccessible and not interface.inaccessible:
                yield CompositionError(
                    "IMPLEMENTED_BY_INACCESSIBLE",
                    f'"{place}" is @inaccessible but implements "{name}.{field.name}", which is visible',
                    coordinate=place,
                    mend=f'mark "{name}.{field.name}" @inaccessible too',
                )
        return
    yield from _check_reference(supergraph, place, field.type)
    yield from _check_default(supergraph, place, field.type, field.default)
    for argument in field.arguments.values():
        coordinate = f"{place}({argument.name}:)"
        if argument.inaccessible:
            if is_non_null(argument.type) and argument.default is None:
                yield _required(coordinate, "a required argument of its field")
            continue
        yield from _check_reference(supergraph, coordinate, argument.type)
        yield from _check_default(supergraph, coordinate, argument.type, argument.default)


def _required(place: str, what: str) -> CompositionError:
    return CompositionError(
        "REQUIRED_INACCESSIBLE",
        f'"{place}" is @inaccessible but {what}',
        coordinate=place,
        mend="make it optional or give it a default",
    )


def _check_reference(supergraph: Supergraph, place: str, ref: str) -> Iterator[CompositionError]:
    target = supergraph.types.get(named(ref))
    if target is not None and target.inaccessible:
        yield CompositionError(
            "REFERENCED_INACCESSIBLE",
            f'"{target.name}" is @inaccessible but the type of "{place}", which is visible',
            coordinate=place,
            mend=f'mark "{place}" @inaccessible too',
        )


def _check_default(
    supergraph: Supergraph, place: str, ref: str, default: ValueNode | None
) -> Iterator[CompositionError]:
    target = supergraph.types.get(named(ref))
    if target is None or default is None:
        return
    if isinstance(default, ListValueNode):
        for item in default.values:
            yield from _check_default(supergraph, place, ref, item)
    elif isinstance(default, ObjectValueNode):
        for each in default.fields:
            field = target.fields.get(each.name.value)
            if field is None:
                continue
            if field.inaccessible:
                yield _hidden_default(f"{target.name}.{field.name}", place)
            else:
                yield from _check_default(supergraph, place, field.type, each.value)
    elif isinstance(default, EnumValueNode | StringValueNode):
        value = target.values.get(default.value)
        if value is not None and value.inaccessible:
            yield _hidden_default(f"{target.name}.{value.name}", place)


def _hidden_default(hidden: str, place: str) -> CompositionError:
    return CompositionError(
        "DEFAULT_VALUE_USES_INACCESSIBLE",
        f'"{hidden}" is @inaccessible but in the default of "{place}", which is visible',
        coordinate=place,
    )
