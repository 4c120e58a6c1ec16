"""A field several subgraphs answer must be `@shareable` in all of them."""

from __future__ import annotations

from collections.abc import Iterator

from services.gateway.compose.merge.supergraph import MergedField, MergedType, Supergraph
from services.gateway.compose.model import Kind
from services.gateway.compose.results import CompositionError
from services.gateway.compose.supergraph_rules._wording import subgraphs
from services.gateway.compose.type_refs import named


def check_field_sharing(supergraph: Supergraph) -> Iterator[CompositionError]:
    """INVALID_FIELD_SHARING and SHAREABLE_HAS_MISMATCHED_RUNTIME_TYPES."""
    for owner, field in supergraph.fields_of(Kind.OBJECT, Kind.INTERFACE):
        place = f"{owner.name}.{field.name}"
        answers = _answers(supergraph, owner, field)
        if owner.name == "Subscription":
            if len(answers) > 1:
                yield CompositionError(
                    "INVALID_FIELD_SHARING",
                    f'"{place}" is answered by {subgraphs(answers)}: a subscription cannot be shared',
                    coordinate=place,
                )
            continue
        if owner.kind is Kind.OBJECT:
            answers |= _answers_through_interface_objects(supergraph, owner, field)
        alone = [graph for graph, shareable in answers.items() if not shareable]
        if len(answers) > 1 and alone:
            line = field.by_graph[alone[0]].line if alone[0] in field.by_graph else None
            yield CompositionError(
                "INVALID_FIELD_SHARING",
                f'"{place}" is answered by {subgraphs(answers)}, but is not @shareable in {subgraphs(alone)}',
                alone[0],
                line,
                place,
                f"add @shareable to {place} in {subgraphs(alone)}, or @override it, or mark it @external",
            )
        elif len(answers) > 1:
            yield from _check_runtime_types(supergraph, place, field, list(answers))


def _answers(supergraph: Supergraph, owner: MergedType, field: MergedField) -> dict[str, bool]:
    """The subgraphs that answer the field, with whether they may share it; for an interface, its interface objects."""
    answers: dict[str, bool] = {}
    for graph, each in field.by_graph.items():
        if each.external or (owner.kind is Kind.INTERFACE and not owner.by_graph[graph].interface_object):
            continue
        source = each.override.source if each.override else None
        if source in field.by_graph:
            # Both ends of a labelled override answer, each its share.
            continue
        in_key = (owner.name, field.name) in supergraph.uses[graph].by_key
        answers[graph] = each.shareable or in_key
    return answers


def _answers_through_interface_objects(
    supergraph: Supergraph, owner: MergedType, field: MergedField
) -> dict[str, bool]:
    answers: dict[str, bool] = {}
    if field.from_interface_object:
        return answers
    for name in owner.interfaces:
        interface = supergraph.types[name]
        promised = interface.fields.get(field.name)
        if promised is not None and interface.interface_object_graphs():
            answers |= _answers(supergraph, interface, promised)
    return answers


def _check_runtime_types(
    supergraph: Supergraph, place: str, field: MergedField, graphs: list[str]
) -> Iterator[CompositionError]:
    target = supergraph.types.get(named(field.type))
    if target is None or target.kind not in (Kind.INTERFACE, Kind.UNION):
        return
    possible = {
        graph: set(supergraph.subgraphs[graph].possible_types(named(field.by_graph[graph].type)))
        for graph in graphs
        if graph in field.by_graph
        and not supergraph.subgraphs[graph].types[named(field.by_graph[graph].type)].interface_object
    }
    if len(possible) > 1 and not set.intersection(*possible.values()):
        yield CompositionError(
            "SHAREABLE_HAS_MISMATCHED_RUNTIME_TYPES",
            f'"{place}" is shared by {subgraphs(possible)}, '
            f'but they have no possible type of "{target.name}" in common',
            coordinate=place,
        )
