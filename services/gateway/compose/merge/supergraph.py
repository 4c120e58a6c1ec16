"""The supergraph as plain data: merged types with, on each element, what the join specification says of every subgraph."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from graphql import DirectiveDefinitionNode, ValueNode

from services.gateway.compose.federation import Version
from services.gateway.compose.model import (
    Argument,
    Coordinate,
    Element,
    Field,
    Kind,
    SubgraphSchema,
    TypeDefinition,
    Uses,
)


@dataclass(frozen=True, slots=True)
class Graph:
    """A subgraph as a value of `join__Graph`."""

    name: str
    enum: str
    url: str


@dataclass(frozen=True, slots=True)
class JoinType:
    graph: str
    key: str | None = None
    extension: bool = False
    resolvable: bool = True
    is_interface_object: bool = False


@dataclass(frozen=True, slots=True)
class JoinField:
    """`graph` is missing on the fields an interface object adds to the implementations."""

    graph: str | None
    requires: str | None = None
    provides: str | None = None
    type: str | None = None
    external: bool = False
    override: str | None = None
    used_overridden: bool = False
    override_label: str | None = None

    @property
    def is_bare(self) -> bool:
        return self == JoinField(self.graph)


@dataclass(slots=True, kw_only=True)
class MergedArgument(Element):
    """`by_graph` has every subgraph that declares it; it is printed only where `complete`."""

    type: str
    default: ValueNode | None = None
    by_graph: dict[str, Argument] = field(default_factory=dict)
    complete: bool = True


@dataclass(slots=True, kw_only=True)
class MergedField(Element):
    """A field and its subgraphs.

    `by_graph` are the declarations that still count, `overridden` those another subgraph has taken over for good. `joins` is empty
    where every subgraph of the type has the field and nothing is to be said of it. `complete` is false for an input field that
    some subgraph lacks.
    """

    type: str
    arguments: dict[str, MergedArgument] = field(default_factory=dict)
    default: ValueNode | None = None
    by_graph: dict[str, Field] = field(default_factory=dict)
    overridden: dict[str, Field] = field(default_factory=dict)
    joins: tuple[JoinField, ...] = ()
    complete: bool = True
    from_interface_object: str | None = None

    def join_of(self, graph: str) -> JoinField | None:
        """What is said of one subgraph; for a field without joins, a bare one."""
        if not self.joins:
            return JoinField(graph) if graph in self.by_graph else None
        return next((join for join in self.joins if join.graph == graph), None)


@dataclass(slots=True, kw_only=True)
class MergedValue(Element):
    by_graph: dict[str, Element] = field(default_factory=dict)
    complete: bool = True


@dataclass(slots=True, kw_only=True)
class MergedType(Element):
    kind: Kind
    by_graph: dict[str, TypeDefinition] = field(default_factory=dict)
    joins: tuple[JoinType, ...] = ()
    one_of: bool = False
    specified_by: str | None = None
    interfaces: tuple[str, ...] = ()
    implements: tuple[tuple[str, str], ...] = ()
    members: tuple[str, ...] = ()
    union_members: tuple[tuple[str, str], ...] = ()
    values: dict[str, MergedValue] = field(default_factory=dict)
    fields: dict[str, MergedField] = field(default_factory=dict)

    @property
    def graphs(self) -> tuple[str, ...]:
        """The subgraphs that have the type, in order."""
        return tuple(dict.fromkeys(join.graph for join in self.joins))

    @property
    def is_entity(self) -> bool:
        return any(join.key is not None for join in self.joins)

    def interface_object_graphs(self) -> tuple[str, ...]:
        return tuple(name for name, each in self.by_graph.items() if each.interface_object)


@dataclass(frozen=True, slots=True)
class ComposedDirective:
    """A directive kept by `@composeDirective`, with the feature it belongs to."""

    name: str
    definition: DirectiveDefinitionNode
    identity: str
    version: Version | None
    imported_as: str


@dataclass(slots=True)
class Supergraph:
    version: Version
    subgraphs: dict[str, SubgraphSchema]
    graphs: dict[str, Graph]
    uses: dict[str, Uses]
    overridden: dict[str, frozenset[Coordinate]]
    types: dict[str, MergedType] = field(default_factory=dict)
    composed: dict[str, ComposedDirective] = field(default_factory=dict)
    executable: dict[str, DirectiveDefinitionNode] = field(default_factory=dict)
    _implementations: dict[str, list[str]] = field(default_factory=dict, repr=False, compare=False)

    def fields_of(self, *kinds: Kind) -> Iterator[tuple[MergedType, MergedField]]:
        """Every field of every type of these kinds."""
        for merged in self.types.values():
            if merged.kind in kinds:
                for each in merged.fields.values():
                    yield merged, each

    def possible_types(self, name: str) -> list[str]:
        """The object types a value of this composite type can have."""
        merged = self.types.get(name)
        if merged is None:
            return []
        if merged.kind is Kind.UNION:
            return list(merged.members)
        if merged.kind is Kind.INTERFACE:
            if not self._implementations:
                # First asked when every type is there; what they implement does not change afterwards.
                for other in self.types.values():
                    if other.kind is Kind.OBJECT:
                        for interface in other.interfaces:
                            self._implementations.setdefault(interface, []).append(other.name)
            return self._implementations.get(name, [])
        return [name]

    def is_possible(self, sub: str, general: str) -> bool:
        """Whether `sub` is a member or an implementation of the abstract type `general`."""
        merged, other = self.types.get(general), self.types.get(sub)
        if merged is None or other is None:
            return False
        if merged.kind is Kind.UNION:
            return sub in merged.members
        return merged.kind is Kind.INTERFACE and general in other.interfaces
