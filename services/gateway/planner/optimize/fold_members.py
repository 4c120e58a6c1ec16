"""Asks once what a step asks of every member of an interface, or again of a member: smaller operations, same data."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from services.gateway.planner.fetch_steps import FetchStep, StepField, StepSelections
from services.gateway.planner.graph import Graph


def fold_members(graph: Graph, steps: Sequence[FetchStep], keep_to_deadline: Callable[[], None]) -> None:
    """Fold the selections of every step in place; nothing may be added to them afterwards."""
    for step in steps:
        keep_to_deadline()
        _fold(graph, step.graph, step.selections)


def _fold(graph: Graph, service: str, selections: StepSelections) -> None:
    for scope in (selections, *selections.fragments.values()):
        for item in scope.fields.values():
            if item.selections is not None:
                _fold(graph, service, item.selections)
    members = graph.members(selections.type, service)
    if selections.fragments.keys() >= members and graph.supergraph.types[selections.type].kind == "interface":
        fragments = [selections.fragments[name] for name in members]
        for item in list(fragments[0].fields.values()) if fragments else ():
            alike = all(_asks_the_same(item, fragment.fields.get(item.key)) for fragment in fragments)
            if alike and _holds_for_all(graph, service, selections, item):
                selections.fields.setdefault(item.key, item)
    for fragment in selections.fragments.values():
        for key, item in list(fragment.fields.items()):
            if _asks_the_same(item, selections.fields.get(key)):
                del fragment.fields[key]


def _asks_the_same(item: StepField, other: StepField | None) -> bool:
    return (
        other is not None
        and (item.name, item.key, item.arguments) == (other.name, other.key, other.arguments)
        and item.selections == other.selections
    )


def _holds_for_all(graph: Graph, service: str, selections: StepSelections, item: StepField) -> bool:
    """Whether the subgraph's interface has the field, with the type and arguments its members give it."""
    if item.arguments or graph.resolve(selections.type, service, item.name) is None:
        return False
    if not graph.uniform(selections.type, service, item.name):
        return False
    types = {
        str(join.type) if (join := graph.supergraph.types[name].fields[item.name].joins.get(service)) else None
        for name in (selections.type, *graph.members(selections.type, service))
    }
    return len(types) == 1 and None not in types
