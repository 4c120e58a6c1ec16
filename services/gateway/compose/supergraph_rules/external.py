"""`@external` fields: some other subgraph answers them, in the same shape."""

from __future__ import annotations

from collections.abc import Iterator

from graphql import print_ast

from services.gateway.compose.merge.fields import merge_arguments
from services.gateway.compose.merge.supergraph import MergedField, MergedType, Supergraph
from services.gateway.compose.model import Kind
from services.gateway.compose.results import CompositionError
from services.gateway.compose.supergraph_rules._wording import subgraphs
from services.gateway.compose.type_refs import is_subtype


def check_external_fields(supergraph: Supergraph) -> Iterator[CompositionError]:
    """EXTERNAL_MISSING_ON_BASE, EXTERNAL_TYPE_MISMATCH and the EXTERNAL_ARGUMENT_* family."""
    for owner, field in supergraph.fields_of(Kind.OBJECT):
        external = [graph for graph, each in field.by_graph.items() if each.external]
        if not external or field.from_interface_object:
            continue
        if len(external) == len(field.by_graph):
            if not _comes_from_interface_object(supergraph, owner, field):
                yield _missing_on_base(owner, field, external)
            continue
        yield from _check_shape(supergraph, owner, field, external)


def _comes_from_interface_object(supergraph: Supergraph, owner: MergedType, field: MergedField) -> bool:
    for name in owner.interfaces:
        interface = supergraph.types[name]
        promised = interface.fields.get(field.name)
        if promised is not None and any(
            graph in promised.by_graph and not promised.by_graph[graph].external
            for graph in interface.interface_object_graphs()
        ):
            return True
    return False


def _missing_on_base(owner: MergedType, field: MergedField, external: list[str]) -> CompositionError:
    first = field.by_graph[external[0]]
    return CompositionError(
        "EXTERNAL_MISSING_ON_BASE",
        f'"{owner.name}.{field.name}" is @external in every subgraph that has it ({subgraphs(external)})',
        external[0],
        first.line,
        f"{owner.name}.{field.name}",
        "remove @external where the field is answered",
    )


def _check_shape(
    supergraph: Supergraph, owner: MergedType, field: MergedField, external: list[str]
) -> Iterator[CompositionError]:
    base = {graph: each for graph, each in field.by_graph.items() if not each.external}
    arguments = merge_arguments(base)
    for graph in external:
        each = field.by_graph[graph]
        place = f"{owner.name}.{field.name}"
        if not is_subtype(each.type, field.type, supergraph.is_possible):
            yield CompositionError(
                "EXTERNAL_TYPE_MISMATCH",
                f'"{place}" is "{each.type}" where @external, but "{field.type}" in {subgraphs(base)}',
                graph,
                each.line,
                place,
                f'declare it as "{field.type}"',
            )
        for argument in arguments.values():
            declared = each.arguments.get(argument.name)
            coordinate = f"{place}({argument.name}:)"
            if declared is None:
                yield CompositionError(
                    "EXTERNAL_ARGUMENT_MISSING",
                    f'"{coordinate}" is declared in {subgraphs(argument.by_graph)}, '
                    "but not where the field is @external",
                    graph,
                    each.line,
                    coordinate,
                    f'add the argument "{argument.name}: {argument.type}"',
                )
                continue
            if not is_subtype(argument.type, declared.type, supergraph.is_possible):
                yield CompositionError(
                    "EXTERNAL_ARGUMENT_TYPE_MISMATCH",
                    f'"{coordinate}" is "{declared.type}" where @external, but "{argument.type}" in '
                    f"{subgraphs(argument.by_graph)}",
                    graph,
                    declared.line,
                    coordinate,
                )
            here = print_ast(declared.default) if declared.default else None
            there = print_ast(argument.default) if argument.default else None
            if here is not None and here != there:
                yield CompositionError(
                    "EXTERNAL_ARGUMENT_DEFAULT_MISMATCH",
                    f'"{coordinate}" defaults to {here} where @external, but to {there} elsewhere',
                    graph,
                    declared.line,
                    coordinate,
                )
