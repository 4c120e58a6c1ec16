"""Merging objects, interfaces and unions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from services.gateway.compose.merge.elements import merged_element
from services.gateway.compose.merge.fields import merge_fields, settle_joins
from services.gateway.compose.merge.supergraph import (
    JoinField,
    JoinType,
    MergedField,
    MergedType,
    Supergraph,
)
from services.gateway.compose.model import Kind, TypeDefinition


def merge_object_or_interface(name: str, kind: Kind, by_graph: Mapping[str, TypeDefinition]) -> MergedType:
    """The type without its fields: their types can only be compared once all types are known (`fill_fields`)."""
    implements = tuple((graph, interface) for graph, each in by_graph.items() for interface in each.interfaces)
    return MergedType(
        **merged_element(name, list(by_graph.values())),
        kind=kind,
        by_graph=dict(by_graph),
        interfaces=tuple(sorted({interface for _, interface in implements})),
        implements=tuple(sorted(implements)),
    )


def merge_union(name: str, by_graph: Mapping[str, TypeDefinition]) -> MergedType:
    """The union of the members."""
    members = tuple((graph, member) for graph, each in by_graph.items() for member in each.members)
    return MergedType(
        **merged_element(name, list(by_graph.values())),
        kind=Kind.UNION,
        by_graph=dict(by_graph),
        joins=tuple(JoinType(graph) for graph in by_graph),
        members=tuple(sorted({member for _, member in members})),
        union_members=tuple(sorted(members)),
    )


def fill_fields(supergraph: Supergraph, merged: MergedType) -> None:
    """Merge the fields and say in which subgraphs the type and each field live."""
    merged.fields = merge_fields(supergraph, merged.name, merged.by_graph)
    if merged.name == "Query":
        # Every subgraph has a Query, if only to be asked for entities.
        merged.joins = tuple(JoinType(graph) for graph in supergraph.graphs)
    else:
        merged.joins = tuple(
            join for graph, each in merged.by_graph.items() for join in _joins(supergraph, graph, merged, each)
        )
    graphs = merged.graphs
    for field in merged.fields.values():
        field.joins = settle_joins(supergraph, merged.name, field, graphs)


def _is_extension(supergraph: Supergraph, graph: str, definition: TypeDefinition) -> bool:
    """Whether the join says so; `extend type` of Federation 1 was merely its way to reference an entity."""
    if definition.extends_directive:
        return True
    return not definition.has_definition and not supergraph.subgraphs[graph].dialect.is_fed_1


def _joins(supergraph: Supergraph, graph: str, merged: MergedType, definition: TypeDefinition) -> list[JoinType]:
    if definition.keys:
        joins = [
            JoinType(
                graph,
                key=key.fields.text,
                extension=_is_extension(supergraph, graph, definition),
                resolvable=key.resolvable,
                is_interface_object=definition.interface_object,
            )
            for key in sorted(definition.keys, key=lambda key: key.fields.text)
        ]
        return list(dict.fromkeys(joins))
    left = any(graph in field.by_graph for field in merged.fields.values())
    if not left and not definition.has_definition and definition.fields:
        # Only an extension whose fields other subgraphs answer.
        return []
    return [JoinType(graph, is_interface_object=definition.interface_object)]


def spread_interface_objects(supergraph: Supergraph) -> None:
    """Give every implementation the fields interface objects add to their interface."""
    for interface in list(supergraph.types.values()):
        graphs = interface.interface_object_graphs()
        if interface.kind is not Kind.INTERFACE or not graphs:
            continue
        added = [
            field
            for field in interface.fields.values()
            if any(graph in field.by_graph and not field.by_graph[graph].external for graph in graphs)
        ]
        for name in supergraph.possible_types(interface.name):
            implementation = supergraph.types[name]
            for field in added:
                if field.name not in implementation.fields:
                    implementation.fields[field.name] = _inherited(interface.name, field)


def _inherited(interface: str, field: MergedField) -> MergedField:
    """The field as an implementation has it: no subgraph declares it there."""
    return replace(
        field,
        arguments={name: replace(each, by_graph={}) for name, each in field.arguments.items()},
        joins=(JoinField(None),),
        by_graph={},
        overridden={},
        from_interface_object=interface,
    )
