"""What an interface promises, every implementation has, in a fitting type."""

from __future__ import annotations

from collections.abc import Iterator

from services.gateway.compose.merge.supergraph import MergedType, Supergraph
from services.gateway.compose.model import Kind
from services.gateway.compose.results import CompositionError
from services.gateway.compose.supergraph_rules._wording import subgraphs
from services.gateway.compose.type_refs import is_non_null, is_subtype


def check_interfaces(supergraph: Supergraph) -> Iterator[CompositionError]:
    """INTERFACE_FIELD_NO_IMPLEM, INVALID_GRAPHQL, and the INTERFACE_KEY_* and INTERFACE_OBJECT_* codes across subgraphs."""
    for merged in supergraph.types.values():
        if merged.kind in (Kind.OBJECT, Kind.INTERFACE):
            for name in merged.interfaces:
                interface = supergraph.types.get(name)
                if interface is not None and interface.kind is Kind.INTERFACE:
                    yield from _check_implementation(supergraph, merged, interface)
        if merged.kind is Kind.INTERFACE:
            yield from _check_keys(supergraph, merged)
            yield from _check_interface_objects(supergraph, merged)


def _check_implementation(
    supergraph: Supergraph, merged: MergedType, interface: MergedType
) -> Iterator[CompositionError]:
    for promised in interface.fields.values():
        place = f"{merged.name}.{promised.name}"
        field = merged.fields.get(promised.name)
        if field is None:
            lacking = next(graph for graph, name in merged.implements if name == interface.name)
            yield CompositionError(
                "INTERFACE_FIELD_NO_IMPLEM",
                f'"{interface.name}.{promised.name}" of {subgraphs(promised.by_graph)} is missing on '
                f'"{merged.name}", which implements "{interface.name}"',
                lacking,
                merged.by_graph[lacking].line,
                place,
                f'add "{promised.name}" to "{merged.name}" in some subgraph',
            )
            continue
        if not is_subtype(field.type, promised.type, supergraph.is_possible):
            yield CompositionError(
                "INVALID_GRAPHQL",
                f'"{place}" is "{field.type}", which does not fit "{promised.type}" '
                f'of "{interface.name}.{promised.name}"',
                coordinate=place,
            )
        for argument in promised.arguments.values():
            own = field.arguments.get(argument.name)
            if argument.complete and (own is None or not own.complete):
                yield CompositionError(
                    "INTERFACE_FIELD_NO_IMPLEM",
                    f'argument "{argument.name}" of "{interface.name}.{promised.name}" is missing on "{place}"',
                    coordinate=place,
                )
        for own in field.arguments.values():
            required = is_non_null(own.type) and own.default is None
            if own.complete and required and own.name not in promised.arguments:
                yield CompositionError(
                    "INVALID_GRAPHQL",
                    f'"{place}({own.name}:)" is required, but "{interface.name}.{promised.name}" has no such argument',
                    coordinate=place,
                )


def _check_keys(supergraph: Supergraph, interface: MergedType) -> Iterator[CompositionError]:
    possible = supergraph.possible_types(interface.name)
    for graph, definition in interface.by_graph.items():
        schema = supergraph.subgraphs[graph]
        resolvable = next((key for key in definition.keys if key.resolvable), None)
        if resolvable is None or definition.interface_object or schema.dialect.version < (2, 3):
            continue
        lacking = [name for name in possible if name not in schema.types]
        if lacking:
            yield CompositionError(
                "INTERFACE_KEY_MISSING_IMPLEMENTATION_TYPE",
                f'"{interface.name}" has a resolvable @key(fields: "{resolvable.fields.text}") here, '
                f"but not all of its implementations: {', '.join(lacking)}",
                graph,
                definition.line,
                interface.name,
                f"define {', '.join(lacking)} in this subgraph, or make the key resolvable: false",
            )


def _check_interface_objects(supergraph: Supergraph, interface: MergedType) -> Iterator[CompositionError]:
    graphs = interface.interface_object_graphs()
    if not graphs:
        return
    if len(graphs) == len(interface.by_graph):
        yield CompositionError(
            "INTERFACE_OBJECT_USAGE_ERROR",
            f'"{interface.name}" is @interfaceObject in every subgraph that has it ({subgraphs(graphs)})',
            graphs[0],
            interface.by_graph[graphs[0]].line,
            interface.name,
            "define it as an interface in the subgraph that owns its implementations",
        )
        return
    for graph in graphs:
        known = [
            name for name in supergraph.possible_types(interface.name) if name in supergraph.subgraphs[graph].types
        ]
        if known:
            yield CompositionError(
                "INTERFACE_OBJECT_USAGE_ERROR",
                f'"{interface.name}" is @interfaceObject here, so its implementations '
                f"cannot be defined here too: {', '.join(known)}",
                graph,
                interface.by_graph[graph].line,
                interface.name,
            )
