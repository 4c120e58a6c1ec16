"""One subgraph as plain data: what its SDL says, with Federation's directives understood and their local names resolved.

Nothing here knows other subgraphs; `merge` puts several of these together.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from graphql import (
    DirectiveDefinitionNode,
    DirectiveNode,
    DocumentNode,
    SelectionSetNode,
    ValueNode,
)

from services.gateway.compose.links import Dialect
from services.gateway.demands import Groups

Coordinate = tuple[str, str]


class Kind(StrEnum):
    SCALAR = "scalar"
    OBJECT = "object"
    INTERFACE = "interface"
    UNION = "union"
    ENUM = "enum"
    INPUT = "input object"


COMPOSITE = frozenset({Kind.OBJECT, Kind.INTERFACE, Kind.UNION})
LEAF = frozenset({Kind.SCALAR, Kind.ENUM})


@dataclass(frozen=True, slots=True)
class ListSize:
    """`@listSize`."""

    assumed_size: int | None
    slicing_arguments: tuple[str, ...] | None
    sized_fields: tuple[str, ...] | None
    require_one_slicing_argument: bool


@dataclass(slots=True, kw_only=True)
class Element:
    """What every named part of a schema may carry.

    `used` names the Federation directives applied, by the specification's name; `foreign` are applications of
    directives imported from other specifications.
    """

    name: str
    line: int | None = None
    description: str | None = None
    tags: frozenset[str] = frozenset()
    inaccessible: bool = False
    deprecated: str | None = None
    authenticated: bool = False
    scopes: Groups = ()
    policies: Groups = ()
    cost: int | None = None
    list_size: ListSize | None = None
    used: frozenset[str] = frozenset()
    foreign: tuple[DirectiveNode, ...] = ()


@dataclass(slots=True, kw_only=True)
class Argument(Element):
    type: str
    default: ValueNode | None = None


@dataclass(frozen=True, slots=True)
class FieldSet:
    """The `fields` of `@key`, `@requires` or `@provides`; `selection` is missing when the text does not parse."""

    text: str
    selection: SelectionSetNode | None
    problem: str | None
    is_string: bool
    line: int | None


@dataclass(frozen=True, slots=True)
class Key:
    fields: FieldSet
    resolvable: bool
    on_extension: bool


@dataclass(frozen=True, slots=True)
class Override:
    source: str
    label: str | None


@dataclass(slots=True, kw_only=True)
class Field(Element):
    """A field of an object, interface or input object (which has a default and none of the rest).

    `external` holds for `@external` with effect: the key fields of an extended type are answered by the subgraph, whatever the
    directive says; `marked_external` is the directive on the field itself.
    """

    type: str
    arguments: dict[str, Argument] = field(default_factory=dict)
    default: ValueNode | None = None
    external: bool = False
    marked_external: bool = False
    shareable: bool = False
    on_extension: bool = False
    requires: FieldSet | None = None
    provides: FieldSet | None = None
    override: Override | None = None


@dataclass(slots=True, kw_only=True)
class TypeDefinition(Element):
    kind: Kind
    has_definition: bool = False
    has_extension: bool = False
    extends_directive: bool = False
    interface_object: bool = False
    external: bool = False
    one_of: bool = False
    specified_by: str | None = None
    interfaces: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    values: dict[str, Element] = field(default_factory=dict)
    fields: dict[str, Field] = field(default_factory=dict)
    keys: tuple[Key, ...] = ()

    @property
    def is_extension(self) -> bool:
        return self.extends_directive or not self.has_definition


@dataclass(slots=True)
class Uses:
    """Fields a subgraph needs of its own types: in keys, requires, provides, or because an interface has them."""

    by_key: set[Coordinate] = field(default_factory=set)
    by_requires: set[Coordinate] = field(default_factory=set)
    by_provides: set[Coordinate] = field(default_factory=set)
    by_interface: set[Coordinate] = field(default_factory=set)

    def __contains__(self, coordinate: Coordinate) -> bool:
        return (
            coordinate in self.by_key
            or coordinate in self.by_requires
            or coordinate in self.by_provides
            or coordinate in self.by_interface
        )


@dataclass(slots=True)
class SubgraphSchema:
    """A subgraph read into data; root types have their standard names whatever the SDL calls them."""

    name: str
    url: str
    document: DocumentNode
    dialect: Dialect
    types: dict[str, TypeDefinition]
    directives: dict[str, DirectiveDefinitionNode]
    composed: tuple[tuple[str, int | None], ...]
    misnamed_roots: dict[str, str]
    uses: Uses = field(default_factory=Uses)

    def fields_of(self, *kinds: Kind) -> Iterator[tuple[TypeDefinition, Field]]:
        """Every field of every type of these kinds."""
        for definition in self.types.values():
            if definition.kind in kinds:
                for each in definition.fields.values():
                    yield definition, each

    def elements(self) -> Iterator[Element]:
        """Every type, field, argument and enum value."""
        for definition in self.types.values():
            yield definition
            yield from definition.values.values()
            for each in definition.fields.values():
                yield each
                yield from each.arguments.values()

    def possible_types(self, name: str) -> list[str]:
        """The object types a value of this composite type can have here."""
        definition = self.types.get(name)
        if definition is None:
            return []
        if definition.kind is Kind.UNION:
            return list(definition.members)
        if definition.kind is Kind.INTERFACE:
            return [
                other.name for other in self.types.values() if other.kind is Kind.OBJECT and name in other.interfaces
            ]
        return [name]

    def is_possible(self, sub: str, general: str) -> bool:
        """Whether `sub` is a member or an implementation of the abstract type `general` here."""
        definition, other = self.types.get(general), self.types.get(sub)
        if definition is None or other is None:
            return False
        if definition.kind is Kind.UNION:
            return sub in definition.members
        return definition.kind is Kind.INTERFACE and general in other.interfaces
