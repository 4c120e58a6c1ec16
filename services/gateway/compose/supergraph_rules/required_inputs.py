"""What one subgraph insists on being sent, all subgraphs must take; and something must be left to send."""

from __future__ import annotations

from collections.abc import Iterator

from services.gateway.compose.merge.supergraph import Supergraph
from services.gateway.compose.model import Kind
from services.gateway.compose.results import CompositionError
from services.gateway.compose.supergraph_rules._wording import subgraphs
from services.gateway.compose.type_refs import is_non_null


def check_required_inputs(supergraph: Supergraph) -> Iterator[CompositionError]:
    """REQUIRED_ARGUMENT_MISSING_IN_SOME_SUBGRAPH, REQUIRED_INPUT_FIELD_MISSING_IN_SOME_SUBGRAPH, EMPTY_MERGED_INPUT_TYPE."""
    for owner, field in supergraph.fields_of(Kind.OBJECT, Kind.INTERFACE):
        for argument in field.arguments.values():
            insisting = [
                graph
                for graph, each in argument.by_graph.items()
                if is_non_null(each.type) and each.default is None and not field.by_graph[graph].external
            ]
            lacking = [
                graph for graph, each in field.by_graph.items() if graph not in argument.by_graph and not each.external
            ]
            if insisting and lacking:
                place = f"{owner.name}.{field.name}({argument.name}:)"
                yield CompositionError(
                    "REQUIRED_ARGUMENT_MISSING_IN_SOME_SUBGRAPH",
                    f'"{place}" is required in {subgraphs(insisting)} but missing in {subgraphs(lacking)}',
                    lacking[0],
                    field.by_graph[lacking[0]].line,
                    place,
                    f"add the argument in {subgraphs(lacking)}, or make it optional",
                )
    for owner, field in supergraph.fields_of(Kind.INPUT):
        insisting = [graph for graph, each in field.by_graph.items() if is_non_null(each.type) and each.default is None]
        lacking = [graph for graph in owner.by_graph if graph not in field.by_graph]
        if insisting and lacking:
            place = f"{owner.name}.{field.name}"
            yield CompositionError(
                "REQUIRED_INPUT_FIELD_MISSING_IN_SOME_SUBGRAPH",
                f'"{place}" is required in {subgraphs(insisting)} but missing in {subgraphs(lacking)}',
                lacking[0],
                owner.by_graph[lacking[0]].line,
                place,
                f"add the field in {subgraphs(lacking)}, or make it optional",
            )
    for merged in supergraph.types.values():
        if merged.kind is Kind.INPUT and not any(each.complete for each in merged.fields.values()):
            yield CompositionError(
                "EMPTY_MERGED_INPUT_TYPE",
                f'{subgraphs(merged.by_graph)} have no field of "{merged.name}" in common, '
                "and only common fields are kept",
                coordinate=merged.name,
            )
