"""A field must demand at least what the fields it `@requires` demand, or it would be a way around them (GHSA-m8jr-fxqx-8xx6)."""

from __future__ import annotations

from collections.abc import Iterator

from services.gateway.compose.field_sets import walk
from services.gateway.compose.merge.supergraph import MergedField, MergedType, Supergraph
from services.gateway.compose.model import Element, FieldSet, Kind
from services.gateway.compose.results import CompositionError
from services.gateway.compose.type_refs import named
from services.gateway.demands import Groups, conjunction


def check_auth_on_requires(supergraph: Supergraph) -> Iterator[CompositionError]:
    """MISSING_TRANSITIVE_AUTH_REQUIREMENTS."""
    for owner, field in supergraph.fields_of(Kind.OBJECT):
        for graph, each in field.by_graph.items():
            if each.requires is None:
                continue
            lacking = sorted(
                {
                    coordinate
                    for coordinate, demands in _required(supergraph, graph, owner, each.requires)
                    if not _covers([owner, field, supergraph.types.get(named(field.type))], demands)
                }
            )
            if lacking:
                place = f"{owner.name}.{field.name}"
                yield CompositionError(
                    "MISSING_TRANSITIVE_AUTH_REQUIREMENTS",
                    f'"{place}" does not demand what the fields it requires demand: {", ".join(lacking)}',
                    graph,
                    each.line,
                    place,
                    "repeat their @authenticated, @requiresScopes and @policy on the field",
                )


def _required(supergraph: Supergraph, graph: str, owner: MergedType, fields: FieldSet) -> Iterator[tuple[str, Element]]:
    """Everything with demands that is touched by the selection: fields, their types, the types of conditions."""
    if fields.selection is None:
        return
    for step in walk(supergraph.subgraphs[graph], owner.name, fields.selection):
        if step.field is None:
            continue
        for name in (step.parent, *supergraph.possible_types(step.parent)):
            parent = supergraph.types[name]
            required = parent.fields.get(step.field.name)
            if required is None:
                continue
            yield f"{name}.{required.name}", required
            if name != owner.name:
                yield name, parent
            target = supergraph.types.get(named(required.type))
            if target is not None:
                yield target.name, target


def _covers(elements: list[MergedType | MergedField | None], demands: Element) -> bool:
    present = [element for element in elements if element is not None]
    if demands.authenticated and not any(element.authenticated for element in present):
        return False
    return _implies(conjunction(element.scopes for element in present), demands.scopes) and _implies(
        conjunction(element.policies for element in present), demands.policies
    )


def _implies(have: Groups, need: Groups) -> bool:
    """Whether every way to satisfy `have` also satisfies `need`."""
    if not need:
        return True
    return bool(have) and all(any(group <= other for group in need) for other in have)
