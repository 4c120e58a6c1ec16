"""Merging the fields of objects and interfaces: type, arguments, and the `join__field` of every subgraph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from graphql import ValueNode

from services.gateway.compose.merge.elements import merged_element
from services.gateway.compose.merge.overrides import overridden_field
from services.gateway.compose.merge.supergraph import (
    JoinField,
    MergedArgument,
    MergedField,
    Supergraph,
)
from services.gateway.compose.model import Field, ListSize, TypeDefinition
from services.gateway.compose.type_refs import is_subtype


def merge_fields(supergraph: Supergraph, owner: str, by_graph: Mapping[str, TypeDefinition]) -> dict[str, MergedField]:
    """The union of the fields, in the order in which the subgraphs declare them; joins are set by `settle_joins`."""
    names = dict.fromkeys(name for each in by_graph.values() for name in each.fields)
    merged = {name: _merge_field(supergraph, owner, name, by_graph) for name in names}
    return {name: each for name, each in merged.items() if each.by_graph}


def _merge_field(supergraph: Supergraph, owner: str, name: str, by_graph: Mapping[str, TypeDefinition]) -> MergedField:
    declared = {graph: each.fields[name] for graph, each in by_graph.items() if name in each.fields}
    overridden = {graph: each for graph, each in declared.items() if (owner, name) in supergraph.overridden[graph]}
    kept = {
        graph: each
        for graph, each in declared.items()
        if graph not in overridden and not _is_idle_external(supergraph, owner, graph, each)
    }
    counted = list(kept.values())
    merged = MergedField(
        **merged_element(name, counted),
        type=general_type(supergraph, counted) if counted else "",
        arguments=merge_arguments(kept),
        by_graph=kept,
        overridden=overridden,
    )
    merged.list_size = _with_arguments(merged)
    return merged


def _with_arguments(field: MergedField) -> ListSize | None:
    """The `@listSize` without the slicing arguments that the supergraph leaves out."""
    size = field.list_size
    if size is None or size.slicing_arguments is None:
        return size
    left = tuple(name for name in size.slicing_arguments if name in field.arguments and field.arguments[name].complete)
    return replace(size, slicing_arguments=left)


def _is_idle_external(supergraph: Supergraph, owner: str, graph: str, each: Field) -> bool:
    """An external field nothing (any more) uses: Federation 1 allows it, and an override can leave one behind."""
    return each.external and (owner, each.name) not in supergraph.uses[graph]


def general_type(supergraph: Supergraph, declarations: Sequence[Field]) -> str:
    """The type all declarations fit: nullable wins, an abstract type wins over its possible types.

    Where none fits all, the first one stands and FIELD_TYPE_MISMATCH will be reported.
    """
    if len(declarations) == 1:
        return declarations[0].type
    types = [each.type for each in declarations if not each.external] or [each.type for each in declarations]
    for candidate in types:
        if all(is_subtype(other, candidate, supergraph.is_possible) for other in types):
            return candidate
    return types[0]


def merge_arguments(declarations: Mapping[str, Field]) -> dict[str, MergedArgument]:
    """Arguments by name; those some declaration lacks are told apart by `complete`."""
    names = dict.fromkeys(name for each in declarations.values() for name in each.arguments)
    merged: dict[str, MergedArgument] = {}
    for name in names:
        by_graph = {graph: each.arguments[name] for graph, each in declarations.items() if name in each.arguments}
        declared = list(by_graph.values())
        merged[name] = MergedArgument(
            **merged_element(name, declared),
            type=strict_type([each.type for each in declared]),
            default=common_default([each.default for each in declared]),
            by_graph=by_graph,
            complete=len(declared) == len(declarations),
        )
    return merged


def common_default(defaults: Sequence[ValueNode | None]) -> ValueNode | None:
    """The default all subgraphs give; one that some lack would change what those receive."""
    if any(default is None for default in defaults):
        return None
    return next(iter(defaults), None)


def strict_type(types: Sequence[str]) -> str:
    """The input type all subgraphs accept: non-null wins."""
    for candidate in types:
        if all(is_subtype(candidate, other, lambda _sub, _general: False) for other in types):
            return candidate
    return types[0]


def settle_joins(
    supergraph: Supergraph, owner: str, field: MergedField, graphs: Sequence[str]
) -> tuple[JoinField, ...]:
    """The joins of a field whose type lives in `graphs`; none where they would say nothing."""
    differs = any(each.type != field.type for each in field.by_graph.values())
    labels = _labelled_sources(field)
    joins: list[JoinField] = []
    for graph in graphs:
        each = field.by_graph.get(graph)
        if each is None:
            if graph in field.overridden and (owner, field.name) in supergraph.uses[graph]:
                joins.append(JoinField(graph, used_overridden=True))
            continue
        # An override with nothing to take says nothing.
        override = each.override if overridden_field(supergraph.subgraphs, owner, each) else None
        joins.append(
            JoinField(
                graph,
                requires=each.requires.text if each.requires else None,
                provides=each.provides.text if each.provides else None,
                type=each.type if differs else None,
                external=each.external,
                override=override.source if override else None,
                override_label=override.label if override else labels.get(graph),
            )
        )
    if len(joins) == len(graphs) and all(join.is_bare for join in joins):
        return ()
    return tuple(joins)


def _labelled_sources(field: MergedField) -> dict[str, str]:
    """Subgraphs that still answer a share of a field, with the label that decides."""
    return {
        each.override.source: each.override.label
        for each in field.by_graph.values()
        if each.override is not None and each.override.label is not None
    }
