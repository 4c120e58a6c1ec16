"""Merging input objects: only the fields all subgraphs know, since any of them may be sent the whole."""

from __future__ import annotations

from collections.abc import Mapping

from services.gateway.compose.merge.elements import merged_element
from services.gateway.compose.merge.fields import common_default, strict_type
from services.gateway.compose.merge.supergraph import (
    JoinField,
    JoinType,
    MergedField,
    MergedType,
)
from services.gateway.compose.model import Kind, TypeDefinition


def merge_input(name: str, by_graph: Mapping[str, TypeDefinition]) -> MergedType:
    merged = MergedType(
        **merged_element(name, list(by_graph.values())),
        kind=Kind.INPUT,
        by_graph=dict(by_graph),
        joins=tuple(JoinType(graph) for graph in by_graph),
        one_of=any(each.one_of for each in by_graph.values()),
    )
    for field in dict.fromkeys(field for each in by_graph.values() for field in each.fields):
        declared = {graph: each.fields[field] for graph, each in by_graph.items() if field in each.fields}
        type_ = strict_type([each.type for each in declared.values()])
        differs = any(each.type != type_ for each in declared.values())
        merged.fields[field] = MergedField(
            **merged_element(field, list(declared.values())),
            type=type_,
            default=common_default([each.default for each in declared.values()]),
            by_graph=declared,
            complete=len(declared) == len(by_graph),
            joins=tuple(JoinField(graph, type=each.type) for graph, each in declared.items()) if differs else (),
        )
    return merged
