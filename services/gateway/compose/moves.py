"""Where execution can be and where it can go: positions in subgraphs, fields they answer, moves by key.

The semantics of the planner's graph, kept to what satisfiability asks of it.
"""

from __future__ import annotations

from dataclasses import dataclass

from graphql import FieldNode, InlineFragmentNode, OperationDefinitionNode, SelectionSetNode, parse

from services.gateway.compose.merge.supergraph import JoinField, JoinType, MergedField, Supergraph
from services.gateway.compose.model import COMPOSITE, SubgraphSchema
from services.gateway.compose.type_refs import named


@dataclass(frozen=True, slots=True)
class Provided:
    """One field a `@provides` makes available below it, and what is provided below that."""

    condition: str | None
    field: str
    below: frozenset[Provided]


@dataclass(frozen=True, slots=True, order=False)
class Position:
    """A place execution can be: a subgraph and what the value is there.

    `host` is the name of the type in the subgraph: an interface object stands for all implementations of its interface.
    """

    graph: str
    host: str
    provided: frozenset[Provided] = frozenset()


class Moves:
    """Answers what can be resolved from where; everything is remembered, so one instance serves one supergraph."""

    def __init__(self, supergraph: Supergraph) -> None:
        self.supergraph = supergraph
        self._reached: dict[tuple[str, Position], frozenset[Position]] = {}
        self._active: set[tuple[str, Position]] = set()
        self._cut_at: set[tuple[str, Position]] = set()
        self._hosts: dict[str, tuple[Position, ...]] = {}
        self._keys: dict[str, dict[str, list[JoinType]]] = {}
        self._selections: dict[str, SelectionSetNode] = {}

    def hosts(self, type_name: str) -> tuple[Position, ...]:
        """Every subgraph that knows an object type, by itself or through an interface object."""
        if type_name not in self._hosts:
            merged = self.supergraph.types[type_name]
            found = [Position(graph, type_name) for graph in merged.graphs]
            for name in merged.interfaces:
                interface = self.supergraph.types[name]
                found += [Position(graph, name) for graph in interface.interface_object_graphs()]
            self._hosts[type_name] = tuple(found)
        return self._hosts[type_name]

    def reach(self, type_name: str, start: Position) -> frozenset[Position]:
        """All positions of a value of this object type that keys lead to, the start among them."""
        state = (type_name, start)
        if state in self._reached:
            return self._reached[state]
        if type_name == "Query":
            # A subgraph's Query can always be asked anew.
            return frozenset({start, *self.hosts(type_name)})
        if state in self._active:
            self._cut_at.add(state)
            return frozenset({start})
        self._active.add(state)
        reached = self._follow_keys(type_name, start)
        self._active.discard(state)
        self._cut_at.discard(state)
        if not self._cut_at:
            # Otherwise an unfinished answer went into this one.
            self._reached[state] = reached
        return reached

    def _follow_keys(self, type_name: str, start: Position) -> frozenset[Position]:
        reached = {start}
        growing = True
        while growing:
            growing = False
            for target in self.hosts(type_name):
                if target in reached:
                    continue
                if any(
                    self.selects(type_name, self.selection(join.key), frozenset(reached))
                    for join in self._doors(type_name, target, reached)
                    if join.key is not None
                ):
                    reached.add(target)
                    growing = True
        return frozenset(reached)

    def _doors(self, type_name: str, target: Position, reached: set[Position]) -> list[JoinType]:
        """The resolvable keys by which a value can be looked up at the target.

        While only interface objects have been visited the concrete type is not known, so only keys of an interface help.
        """
        if any(each.host == type_name for each in reached):
            if target.host == type_name or any(each.host == type_name and self._is_entity(each) for each in reached):
                return self.keys(target)
            return []
        interfaces = {each.host for each in reached}
        if target.host in interfaces:
            return self.keys(target)
        return [join for name in sorted(interfaces) for join in self.keys(Position(target.graph, name))]

    def _is_entity(self, position: Position) -> bool:
        definition = self.supergraph.types[position.host].by_graph.get(position.graph)
        return definition is not None and bool(definition.keys)

    def keys(self, position: Position) -> list[JoinType]:
        """The resolvable keys of a type in a subgraph."""
        by_graph = self._keys.get(position.host)
        if by_graph is None:
            by_graph = self._keys[position.host] = {}
            for join in self.supergraph.types[position.host].joins:
                if join.key is not None and join.resolvable:
                    by_graph.setdefault(join.graph, []).append(join)
        return by_graph.get(position.graph, [])

    def selection(self, text: str) -> SelectionSetNode:
        """A field set as selection; the rules have made sure it parses."""
        if text not in self._selections:
            operation = parse(f"{{ {text} }}", no_location=True).definitions[0]
            if not isinstance(operation, OperationDefinitionNode):
                raise TypeError(f"not a field set: {text}")
            self._selections[text] = operation.selection_set
        return self._selections[text]

    def field_at(self, type_name: str, field: str, position: Position) -> MergedField | None:
        """The field as the position's subgraph knows it, answered or not."""
        merged = self.supergraph.types[position.host].fields.get(field)
        if merged is None or position.graph not in merged.by_graph:
            return None
        return merged

    def step(self, type_name: str, field: str, position: Position) -> Position | None:
        """Resolve a field right at the position."""
        merged = self.field_at(type_name, field, position)
        if merged is None:
            return None
        join = merged.join_of(position.graph)
        below = self._provided_below(type_name, field, position)
        if below is None:
            if join is None or join.external or join.used_overridden:
                return None
            if join.requires is not None and not self._requirement_met(type_name, join.requires, position):
                return None
            below = frozenset()
        target = named(merged.by_graph[position.graph].type)
        return Position(position.graph, target, below | self._provides(position, target, join))

    def _requirement_met(self, type_name: str, requires: str, position: Position) -> bool:
        """What is required can be gathered starting right here, and a key leads back with it."""
        requirement = (requires, position)
        if requirement in self._active:
            self._cut_at.add(requirement)
            return False
        self._active.add(requirement)
        reached = self.reach(type_name, position)
        met = self.selects(type_name, self.selection(requires), reached) and any(
            self.selects(type_name, self.selection(join.key), reached)
            for join in self.keys(position)
            if join.key is not None
        )
        self._active.discard(requirement)
        self._cut_at.discard(requirement)
        return met

    def selects(self, type_name: str, selection: SelectionSetNode, reached: frozenset[Position]) -> bool:
        """Whether everything selected on a value of this object type can be gathered from these positions."""
        for node in selection.selections:
            if isinstance(node, InlineFragmentNode):
                condition = node.type_condition.name.value if node.type_condition else type_name
                applies = type_name in self.supergraph.possible_types(condition)
                if applies and not self.selects(type_name, node.selection_set, reached):
                    return False
            elif isinstance(node, FieldNode) and not self._selects_field(type_name, node, reached):
                return False
        return True

    def _selects_field(self, type_name: str, node: FieldNode, reached: frozenset[Position]) -> bool:
        if node.name.value == "__typename":
            return True
        for position in reached:
            target = self.step(type_name, node.name.value, position)
            if target is not None and (node.selection_set is None or self._selects_below(target, node.selection_set)):
                return True
        return False

    def _selects_below(self, position: Position, selection: SelectionSetNode) -> bool:
        """Whether the selection can be gathered whatever object the value turns out to be."""
        return all(
            self.selects(name, selection, self.reach(name, here)) for name, here in self.narrowed(position).items()
        )

    def narrowed(self, position: Position) -> dict[str, Position]:
        """The position for every object type the value can be there."""
        host = self.supergraph.types.get(position.host)
        if host is None or host.kind not in COMPOSITE:
            return {}
        schema = self.supergraph.subgraphs[position.graph]
        definition = schema.types[position.host]
        if definition.interface_object:
            return dict.fromkeys(self.supergraph.possible_types(position.host), position)
        return {
            name: Position(position.graph, name, self._provided_for(schema, name, position))
            for name in schema.possible_types(position.host)
        }

    def _provided_for(self, schema: SubgraphSchema, name: str, position: Position) -> frozenset[Provided]:
        return frozenset(
            each
            for each in position.provided
            if each.condition is None or name in schema.possible_types(each.condition)
        )

    def _provided_below(self, type_name: str, field: str, position: Position) -> frozenset[Provided] | None:
        """What is provided below a field that is provided here; nothing at all if it is not."""
        found = [
            each.below
            for each in position.provided
            if each.field == field
            and (each.condition is None or type_name in self.supergraph.possible_types(each.condition))
        ]
        return frozenset().union(*found) if found else None

    def _provides(self, position: Position, target: str, join: JoinField | None) -> frozenset[Provided]:
        if join is None or join.provides is None:
            return frozenset()
        return _read_provided(self.selection(join.provides), None)

    def answers(self, type_name: str, field: str, position: Position) -> bool:
        """Whether the subgraph resolves the field by itself, requirements aside."""
        merged = self.field_at(type_name, field, position)
        join = merged.join_of(position.graph) if merged else None
        return join is not None and not join.external and not join.used_overridden


def _read_provided(selection: SelectionSetNode, condition: str | None) -> frozenset[Provided]:
    found: set[Provided] = set()
    for node in selection.selections:
        if isinstance(node, InlineFragmentNode):
            inner = node.type_condition.name.value if node.type_condition else condition
            found |= _read_provided(node.selection_set, inner)
        elif isinstance(node, FieldNode):
            below = _read_provided(node.selection_set, None) if node.selection_set else frozenset()
            found.add(Provided(condition, node.name.value, below))
    return frozenset(found)
