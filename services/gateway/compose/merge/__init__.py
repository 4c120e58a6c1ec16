"""Merging subgraphs, each valid alone and agreeing on kinds, into one supergraph; conflicts are left for the rules to report."""

from __future__ import annotations

from collections.abc import Mapping

from services.gateway.compose.federation import FED_1
from services.gateway.compose.graph_names import graph_enum_names
from services.gateway.compose.merge.composites import (
    fill_fields,
    merge_object_or_interface,
    merge_union,
    spread_interface_objects,
)
from services.gateway.compose.merge.directives import (
    composed_directives,
    shared_executable_directives,
)
from services.gateway.compose.merge.inputs import merge_input
from services.gateway.compose.merge.interface_demands import derive_interface_demands
from services.gateway.compose.merge.leaves import merge_enum, merge_scalar
from services.gateway.compose.merge.overrides import overridden_fields
from services.gateway.compose.merge.supergraph import Graph, MergedType, Supergraph
from services.gateway.compose.merge.usage import EnumUse, enum_uses
from services.gateway.compose.model import Kind, SubgraphSchema, TypeDefinition
from services.gateway.compose.read import find_uses


def merge(subgraphs: Mapping[str, SubgraphSchema]) -> Supergraph:
    """Merge the subgraphs, given in the order of their names."""
    enums = graph_enum_names(subgraphs)
    overridden = overridden_fields(subgraphs)
    supergraph = Supergraph(
        version=max((schema.dialect.version for schema in subgraphs.values()), default=FED_1),
        subgraphs=dict(subgraphs),
        graphs={name: Graph(name, enums[name], schema.url) for name, schema in subgraphs.items()},
        uses={name: find_uses(schema, overridden[name]) for name, schema in subgraphs.items()},
        overridden=overridden,
        composed=composed_directives(subgraphs.values()),
        executable=shared_executable_directives(subgraphs.values()),
    )
    uses = enum_uses(subgraphs.values())
    definitions: dict[str, dict[str, TypeDefinition]] = {}
    for graph, schema in subgraphs.items():
        for name, definition in schema.types.items():
            definitions.setdefault(name, {})[graph] = definition
    for name, by_graph in sorted(definitions.items()):
        supergraph.types[name] = _merge_type(name, uses.get(name, EnumUse()), by_graph)
    for merged in supergraph.types.values():
        if merged.kind in (Kind.OBJECT, Kind.INTERFACE):
            fill_fields(supergraph, merged)
    spread_interface_objects(supergraph)
    derive_interface_demands(supergraph)
    return supergraph


def _merge_type(name: str, use: EnumUse, by_graph: Mapping[str, TypeDefinition]) -> MergedType:
    kinds = {Kind.INTERFACE if each.interface_object else each.kind for each in by_graph.values()}
    kind = next(iter(kinds))
    match kind:
        case Kind.OBJECT | Kind.INTERFACE:
            return merge_object_or_interface(name, kind, by_graph)
        case Kind.UNION:
            return merge_union(name, by_graph)
        case Kind.ENUM:
            return merge_enum(name, use, by_graph)
        case Kind.INPUT:
            return merge_input(name, by_graph)
        case Kind.SCALAR:
            return merge_scalar(name, by_graph)
