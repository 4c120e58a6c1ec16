"""Satisfiability: everything a client can ask of the supergraph can be gathered from the subgraphs."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from services.gateway.compose.merge.supergraph import (
    MergedArgument,
    MergedField,
    MergedType,
    Supergraph,
)
from services.gateway.compose.model import COMPOSITE, Kind
from services.gateway.compose.moves import Moves, Position
from services.gateway.compose.results import CompositionError
from services.gateway.compose.type_refs import is_list, is_non_null, named, nullable

_ROOTS = (("query", "Query"), ("mutation", "Mutation"), ("subscription", "Subscription"))
MAX_STATES = 100_000


@dataclass(frozen=True, slots=True)
class _Path:
    """The operation that leads to a state: its last field (or narrowing), and what came before."""

    before: _Path | None
    text: str


@dataclass(frozen=True, slots=True)
class _State:
    """A value of this object type that may be at any of these positions."""

    type: str
    positions: frozenset[Position]
    path: _Path


_Places = dict[str, dict[str, list[Position]]]
"""Positions by the type their value has there, and by subgraph."""


def check_satisfiability(supergraph: Supergraph) -> Iterator[CompositionError]:
    """SATISFIABILITY_ERROR for every field some query reaches but no subgraph can answer there."""
    moves = Moves(supergraph)
    # Breadth first, so that the example is among the shortest.
    queue = deque(_roots(supergraph))
    settled: dict[str, list[frozenset[Position]]] = {}
    reported: set[tuple[str, str]] = set()
    states = 0
    while queue:
        state = queue.popleft()
        known = settled.setdefault(state.type, [])
        if any(positions <= state.positions for positions in known):
            # More places to be can only make more reachable.
            continue
        known.append(state.positions)
        states += 1
        if states > MAX_STATES:
            yield CompositionError(
                "MAX_VALIDATION_SUBGRAPH_PATHS_EXCEEDED",
                f"more than {MAX_STATES} states to check: too many fields are shared between subgraphs",
            )
            return
        merged = supergraph.types[state.type]
        places: _Places = {}
        for position in {each for start in state.positions for each in moves.reach(state.type, start)}:
            places.setdefault(position.host, {}).setdefault(position.graph, []).append(position)
        for field in merged.fields.values():
            if field.inaccessible:
                continue
            targets = frozenset(
                target
                for position in _declaring(supergraph, field.name, places)
                if (target := moves.step(state.type, field.name, position)) is not None
            )
            if not targets:
                if (state.type, field.name) not in reported:
                    reported.add((state.type, field.name))
                    yield _unsatisfiable(supergraph, moves, state, merged, field)
                continue
            queue.extend(_next_states(supergraph, moves, state, field, targets))


def _declaring(supergraph: Supergraph, name: str, places: _Places) -> Iterator[Position]:
    """The positions whose subgraphs have a field of this name: often one of many."""
    for host, by_graph in places.items():
        declared = supergraph.types[host].fields.get(name)
        for graph in declared.by_graph if declared is not None else ():
            yield from by_graph.get(graph, ())


def _roots(supergraph: Supergraph) -> Iterator[_State]:
    for operation, name in _ROOTS:
        merged = supergraph.types.get(name)
        if merged is not None:
            positions = frozenset(Position(graph, name) for graph in merged.by_graph)
            yield _State(name, positions, _Path(None, operation))


def _next_states(
    supergraph: Supergraph,
    moves: Moves,
    state: _State,
    field: MergedField,
    targets: frozenset[Position],
) -> Iterator[_State]:
    target = supergraph.types.get(named(field.type))
    if target is None or target.kind not in COMPOSITE or target.inaccessible:
        return
    path = _Path(state.path, f"{field.name}{_arguments(supergraph, field)}")
    possible: dict[str, set[Position]] = {}
    for position in sorted(targets, key=lambda each: (each.graph, each.host)):
        for name, narrowed in moves.narrowed(position).items():
            possible.setdefault(name, set()).add(narrowed)
    for name in sorted(possible):
        if supergraph.types[name].inaccessible:
            continue
        here = path if name == target.name else _Path(path, f"... on {name}")
        yield _State(name, frozenset(possible[name]), here)


def _arguments(supergraph: Supergraph, field: MergedField) -> str:
    required = [
        f"{argument.name}: {_example(supergraph, argument)}"
        for argument in field.arguments.values()
        if argument.complete and is_non_null(argument.type) and argument.default is None
    ]
    return f"({', '.join(required)})" if required else ""


def _example(supergraph: Supergraph, argument: MergedArgument) -> str:
    ref = nullable(argument.type)
    if is_list(ref):
        return "[]"
    merged = supergraph.types.get(ref)
    if merged is not None and merged.kind is Kind.ENUM:
        return next(iter(merged.values), "null")
    if merged is not None and merged.kind is Kind.INPUT:
        return "{}"
    return {"Int": "0", "Float": "0.0", "Boolean": "true", "ID": '"an id"'}.get(ref, '"a string"')


def _unsatisfiable(
    supergraph: Supergraph, moves: Moves, state: _State, merged: MergedType, field: MergedField
) -> CompositionError:
    place = f"{merged.name}.{field.name}"
    reasons = [
        f'from subgraph "{start.graph}": {reason}'
        for start in sorted(state.positions, key=lambda each: (each.graph, each.host))
        for reason in _reasons(supergraph, moves, merged.name, field.name, start)
    ]
    return CompositionError(
        "SATISFIABILITY_ERROR",
        "\n".join(
            [
                "the following query can be asked of the supergraph but not be answered by the subgraphs:",
                _query(supergraph, state.path, field),
                *(f"- {reason}" for reason in dict.fromkeys(reasons)),
            ]
        ),
        coordinate=place,
        mend=_mend(moves, merged, field, state),
    )


def _reasons(supergraph: Supergraph, moves: Moves, type_name: str, field: str, start: Position) -> Iterator[str]:
    place = f'"{type_name}.{field}"'
    reached = moves.reach(type_name, start)
    if moves.field_at(type_name, field, start) is None:
        yield f"cannot find field {place}"
    elif not moves.answers(type_name, field, start):
        yield f"field {place} is not answered there (@external or overridden)"
    for target in moves.hosts(type_name):
        if not moves.answers(type_name, field, target):
            continue
        if target in reached or target.graph == start.graph:
            yield f'cannot satisfy the @requires of {place} in subgraph "{target.graph}"'
            continue
        keys = moves.keys(target)
        if not keys:
            yield (
                f'cannot move to subgraph "{target.graph}", which has field {place}, '
                f'because type "{target.host}" has no resolvable @key there'
            )
        for join in keys:
            yield (
                f'cannot move to subgraph "{target.graph}" using @key(fields: "{join.key}") of '
                f'"{target.host}": the key field(s) cannot be resolved from subgraph "{start.graph}"'
            )


def _mend(moves: Moves, merged: MergedType, field: MergedField, state: _State) -> str | None:
    answering = sorted(
        {position.graph for position in moves.hosts(merged.name) if moves.answers(merged.name, field.name, position)}
    )
    starts = sorted({position.graph for position in state.positions})
    if not answering or not starts:
        return None
    return (
        f'give "{merged.name}" a @key in {", ".join(answering)} whose fields {", ".join(starts)} '
        f"can answer, or answer {merged.name}.{field.name} (as @shareable) in {', '.join(starts)}"
    )


def _query(supergraph: Supergraph, path: _Path, field: MergedField) -> str:
    target = supergraph.types.get(named(field.type))
    leaf = target is None or target.kind not in COMPOSITE
    steps = [f"{field.name}{_arguments(supergraph, field)}" + ("" if leaf else " { __typename }")]
    at: _Path | None = path
    while at is not None:
        steps.append(at.text)
        at = at.before
    steps.reverse()
    lines = [f"{'  ' * depth}{step}" for depth, step in enumerate(steps)]
    opened = [f"{line} {{" for line in lines[:-1]]
    closed = [f"{'  ' * depth}}}" for depth in range(len(steps) - 2, -1, -1)]
    return "\n".join([*opened, lines[-1], *closed])
