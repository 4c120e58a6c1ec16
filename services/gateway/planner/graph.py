"""Which subgraph resolves which field of which type, and how to move between subgraphs.

A node is a (type, subgraph) pair; its outgoing edges are computed on first use and kept. One graph serves all
operations of one supergraph and one state of its progressive overrides.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from graphql.language import FieldNode, InlineFragmentNode, SelectionSetNode

from services.gateway.planner.field_set import parse_field_set
from services.gateway.supergraph import FieldJoin, Supergraph, TypeInfo


@dataclass(slots=True)
class Provided:
    """What a `@provides` makes resolvable below one field, by type condition ("" for any)."""

    fields: dict[str, dict[str, Provided]] = field(default_factory=dict)

    def below(self, conditions: Iterable[str], name: str) -> Provided | None:
        """What is provided below a field of a type for which these type conditions hold."""
        result: Provided | None = None
        for condition in ("", *conditions):
            result = _joined(result, self.fields.get(condition, {}).get(name))
        return result

    @staticmethod
    def parse(text: str) -> Provided:
        return Provided._from_set(parse_field_set(text))

    @staticmethod
    def _from_set(selection_set: SelectionSetNode) -> Provided:
        result = Provided()
        result._read(selection_set, "")
        return result

    def _read(self, selection_set: SelectionSetNode, condition: str) -> None:
        for node in selection_set.selections:
            if isinstance(node, FieldNode):
                inner = Provided._from_set(node.selection_set) if node.selection_set else Provided()
                self.fields.setdefault(condition, {})[node.name.value] = inner
            elif isinstance(node, InlineFragmentNode):
                named = node.type_condition.name.value if node.type_condition else condition
                self._read(node.selection_set, named)


@dataclass(frozen=True, slots=True)
class FieldMove:
    """A subgraph resolves a field itself, given what the field requires."""

    type: str
    """The named type in that subgraph, which can be narrower than the supergraph's."""
    requires: str | None
    provides: Provided | None
    doubtful: bool = False
    """A key the subgraph calls external: it should know its own entities' keys, but need not."""


@dataclass(frozen=True, slots=True)
class EntityTarget:
    """Another subgraph that takes a type's representations."""

    graph: str
    type: str
    key: str
    """Empty for a root type: no representation is needed to ask its fields."""
    interface_object: bool
    by_members: bool = False
    """The interface itself is no entity there, but every implementation is: who is asked has to be known by its type."""


class Graph:
    """Lookups over one supergraph, memoised."""

    def __init__(self, supergraph: Supergraph, active_labels: frozenset[str] = frozenset()) -> None:
        self.supergraph = supergraph
        self.active_labels = active_labels
        self.root_types = frozenset(supergraph.roots.values())
        self._moves: dict[tuple[str, str, str], FieldMove | None] = {}
        self._targets: dict[str, tuple[EntityTarget, ...]] = {}
        self._members: dict[tuple[str, str], frozenset[str]] = {}
        self._behind: dict[tuple[str, str], tuple[str, ...]] = {}
        self._key_fields: dict[tuple[str, str], frozenset[str]] = {}
        self._uniform: dict[tuple[str, str, str], bool] = {}
        self._owners: dict[tuple[str, str], frozenset[str]] = {}

    def is_interface_object(self, type_name: str, graph: str) -> bool:
        join = self.supergraph.types[type_name].joins.get(graph)
        return join is not None and join.is_interface_object

    def resolve(self, type_name: str, graph: str, name: str) -> FieldMove | None:
        """The move of a field in a subgraph, or None when the subgraph cannot resolve it."""
        key = (type_name, graph, name)
        try:
            return self._moves[key]
        except KeyError:
            move = self._moves[key] = self._resolve(*key)
            return move

    def _resolve(self, type_name: str, graph: str, name: str) -> FieldMove | None:
        info = self.supergraph.types[type_name]
        item = info.fields.get(name)
        if item is None or graph not in info.joins:
            return None
        join = item.joins.get(graph)
        if join is None:
            # Federation 1 names only the owner of a key field.
            is_key = item.joins and name in self._own_key_fields(type_name, graph)
            return FieldMove(item.type.name, None, None) if is_key else None
        if not self._available(type_name, graph, name, join):
            return None
        provides = Provided.parse(join.provides) if join.provides else None
        doubtful = join.external and not info.joins[graph].extension
        return FieldMove(join.type.name, join.requires, provides, doubtful)

    def provided(self, type_name: str, graph: str, name: str, provided: Provided) -> FieldMove | None:
        """The move of an external field that a `@provides` above made resolvable."""
        item = self.supergraph.types[type_name].fields.get(name)
        below = provided.below(self.supergraph.conditions_on(type_name), name)
        if item is None or below is None:
            return None
        join = item.joins.get(graph)
        nested = Provided.parse(join.provides) if join is not None and join.provides else None
        named = (join or item).type.name
        return FieldMove(named, None, _joined(below, nested))

    def _available(self, type_name: str, graph: str, name: str, join: FieldJoin) -> bool:
        # A subgraph always knows the key fields by which its own entities are found elsewhere.
        if join.external and name not in self._own_key_fields(type_name, graph):
            return False
        # Composers put a progressive override's label on both sides: the new owner's says whom it overrides.
        if join.override_label and (join.override_label in self.active_labels) is (join.override is None):
            return False
        return not self._overridden_away(type_name, graph, name)

    def _overridden_away(self, type_name: str, graph: str, name: str) -> bool:
        own_name = self.supergraph.subgraphs[graph].name
        for other, join in self.supergraph.types[type_name].fields[name].joins.items():
            if other == graph or join.override != own_name:
                continue
            if join.override_label is None or join.override_label in self.active_labels:
                return True
        return False

    def _own_key_fields(self, type_name: str, graph: str) -> frozenset[str]:
        memo_key = (type_name, graph)
        known = self._key_fields.get(memo_key)
        if known is None:
            names: set[str] = set()
            for key in self.supergraph.types[type_name].joins[graph].keys:
                names |= _top_level(key.fields)
            known = self._key_fields[memo_key] = frozenset(names)
        return known

    def members(self, type_name: str, graph: str) -> frozenset[str]:
        """Object types a value of this type can be when this subgraph returns it."""
        memo_key = (type_name, graph)
        known = self._members.get(memo_key)
        if known is None:
            known = self._members[memo_key] = self._read_members(type_name, graph)
        return known

    def _read_members(self, type_name: str, graph: str) -> frozenset[str]:
        info = self.supergraph.types[type_name]
        if info.kind == "object":
            return frozenset({type_name})
        if info.kind == "union":
            return frozenset(info.members.get(graph, ()))
        return frozenset(
            name
            for name in self.supergraph.possible_types(type_name)
            if type_name in self.supergraph.types[name].implements.get(graph, ())
        )

    def interface_objects(self, type_name: str, graph: str) -> tuple[str, ...]:
        """Interface objects a value of this type can be in this subgraph: the type itself, or what implements it."""
        memo_key = (type_name, graph)
        known = self._behind.get(memo_key)
        if known is None:
            if self.is_interface_object(type_name, graph):
                known = (type_name,)
            elif self.supergraph.types[type_name].kind == "interface":
                known = tuple(
                    info.name
                    for info in self.supergraph.types.values()
                    if type_name in info.implements.get(graph, ()) and self.is_interface_object(info.name, graph)
                )
            else:
                known = ()
            self._behind[memo_key] = known
        return known

    def uniform(self, type_name: str, graph: str, name: str) -> bool:
        """Whether every member of an interface resolves the field in this subgraph, so that it can be
        asked on the interface itself."""
        memo_key = (type_name, graph, name)
        known = self._uniform.get(memo_key)
        if known is None:
            known = not self.supergraph.types[type_name].is_presumed
            for member in (*self.members(type_name, graph), *self.interface_objects(type_name, graph)):
                move = self.resolve(member, graph, name)
                if move is None or move.requires:
                    known = False
                    break
            self._uniform[memo_key] = known
        return known

    def owners(self, type_name: str, name: str) -> frozenset[str]:
        """Every subgraph that can resolve the field, on the type or through an interface object."""
        memo_key = (type_name, name)
        known = self._owners.get(memo_key)
        if known is None:
            info = self.supergraph.types[type_name]
            names = (type_name, *info.interfaces) if info.kind == "object" else (type_name,)
            known = self._owners[memo_key] = frozenset(
                graph
                for candidate in names
                for graph in self.supergraph.types[candidate].joins
                if (candidate == type_name or self.is_interface_object(candidate, graph))
                and self.resolve(candidate, graph, name) is not None
            )
        return known

    def entity_targets(self, type_name: str) -> tuple[EntityTarget, ...]:
        """Subgraphs an object of this type can be asked from, one entry for each resolvable key."""
        known = self._targets.get(type_name)
        if known is None:
            known = self._targets[type_name] = tuple(self._read_targets(type_name))
        return known

    def _read_targets(self, type_name: str) -> list[EntityTarget]:
        info = self.supergraph.types[type_name]
        if type_name == self.supergraph.roots["query"]:
            return [EntityTarget(graph, type_name, "", False) for graph in info.joins]
        targets = [
            EntityTarget(graph, type_name, key.fields, join.is_interface_object)
            for graph, join in info.joins.items()
            for key in join.keys
            if key.resolvable
        ]
        if info.kind == "interface":
            known = {(target.graph, target.key) for target in targets}
            targets += [
                EntityTarget(graph, type_name, key, False, by_members=True)
                for graph, join in info.joins.items()
                if not join.is_interface_object
                for key in self._shared_keys(info, graph)
                if (graph, key) not in known
            ]
        if info.kind == "object":
            for interface in info.interfaces:
                for graph, join in self.supergraph.types[interface].joins.items():
                    if join.is_interface_object:
                        targets += [
                            EntityTarget(graph, interface, key.fields, True) for key in join.keys if key.resolvable
                        ]
        return targets

    def _shared_keys(self, interface: TypeInfo, graph: str) -> list[str]:
        """Keys by which a subgraph finds the entities of an interface, whichever implementation they are."""
        members = sorted(self.supergraph.possible_types(interface.name))
        if len(members) < 2 or self.members(interface.name, graph) != frozenset(members):
            return []
        shared = [key.fields for key in self.supergraph.types[members[0]].joins[graph].keys]
        for member in members:
            resolvable = {key.fields for key in self.supergraph.types[member].joins[graph].keys if key.resolvable}
            shared = [key for key in shared if key in resolvable]
        return [key for key in shared if _top_level(key) <= interface.fields.keys()]


def _top_level(key: str) -> set[str]:
    return {node.name.value for node in parse_field_set(key).selections if isinstance(node, FieldNode)}


def _joined(first: Provided | None, second: Provided | None) -> Provided | None:
    if first is None or second is None:
        return first or second
    result = Provided({condition: dict(fields) for condition, fields in first.fields.items()})
    for condition, fields in second.fields.items():
        result.fields.setdefault(condition, {}).update(fields)
    return result
