"""Merging scalars and enums."""

from __future__ import annotations

from collections.abc import Mapping

from services.gateway.compose.merge.elements import merged_element
from services.gateway.compose.merge.supergraph import JoinType, MergedType, MergedValue
from services.gateway.compose.merge.usage import EnumUse
from services.gateway.compose.model import Kind, TypeDefinition


def merge_scalar(name: str, by_graph: Mapping[str, TypeDefinition]) -> MergedType:
    return MergedType(
        **merged_element(name, list(by_graph.values())),
        kind=Kind.SCALAR,
        by_graph=dict(by_graph),
        joins=tuple(JoinType(graph) for graph in by_graph),
        specified_by=next((each.specified_by for each in by_graph.values() if each.specified_by), None),
    )


def merge_enum(name: str, use: EnumUse, by_graph: Mapping[str, TypeDefinition]) -> MergedType:
    """Every value where the enum is only answered; only the common ones where it is only asked for."""
    merged = MergedType(
        **merged_element(name, list(by_graph.values())),
        kind=Kind.ENUM,
        by_graph=dict(by_graph),
        joins=tuple(JoinType(graph) for graph in by_graph),
    )
    for value in dict.fromkeys(value for each in by_graph.values() for value in each.values):
        declared = {graph: each.values[value] for graph, each in by_graph.items() if value in each.values}
        merged.values[value] = MergedValue(
            **merged_element(value, list(declared.values())),
            by_graph=declared,
            complete=not use.only_input or len(declared) == len(by_graph),
        )
    return merged
