"""The planner's own small selection tree; graphql-core's nodes are too slow to walk repeatedly."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field, replace

from services.gateway.supergraph import TypeRef


@dataclass(frozen=True, slots=True)
class Field:
    """One selected field, its fragments already spread and its conditions already decided."""

    parent: str
    """The type the field is selected on."""
    name: str
    key: str
    """Where its value lies in the response data: the client's response key, or an internal one."""
    type: TypeRef
    arguments: str = ""
    """Printed arguments without parentheses; empty for none."""
    variables: frozenset[str] = frozenset()
    """Variables the arguments use."""
    selections: tuple[Selection, ...] | None = None
    """None for a leaf."""
    _hash: int = field(init=False, repr=False, compare=False)
    """Computed once: a field is looked up often, and all its selections go into it."""

    def __post_init__(self) -> None:
        own = hash((self.parent, self.name, self.key, self.arguments, self.selections))
        object.__setattr__(self, "_hash", own)

    def __hash__(self) -> int:
        return self._hash

    @property
    def is_leaf(self) -> bool:
        return self.selections is None

    @property
    def identity(self) -> tuple[str, str, str]:
        """What makes two selections of a field on one object the same data."""
        return (self.key, self.name, self.arguments)


@dataclass(frozen=True, slots=True)
class Fragment:
    """Selections that hold for one object type among those an abstract type may be."""

    type_name: str
    selections: tuple[Selection, ...]


Selection = Field | Fragment


def sources(selections: Iterable[Selection], place: tuple[str, ...] = ()) -> dict[tuple[str, ...], str]:
    """Where each field of a representation is taken from: the data key, by the field's place."""
    found: dict[tuple[str, ...], str] = {}
    for item in selections:
        if isinstance(item, Fragment):
            found |= sources(item.selections, place)
        else:
            own = (*place, item.name)
            found[own] = item.key
            found |= sources(item.selections or (), own)
    return found


def asked_of(item: Field, selections: Iterable[Selection], members: Set[str]) -> Set[str]:
    """Those of some object types that selections on an abstract type ask the same as a fragment asks, `item`."""
    asking: set[str] = set()
    for other in selections:
        if isinstance(other, Fragment):
            if any(
                isinstance(each, Field) and _includes(each, item) and _includes(item, each) for each in other.selections
            ):
                asking.add(other.type_name)
        elif _includes(other, item):
            return members
    return members & asking


def _includes(field: Field, other: Field) -> bool:
    """Whether asking for one field answers the other."""
    return field.identity == other.identity and set(field.selections or ()) >= set(other.selections or ())


def clashing_keys(selections: Iterable[Selection]) -> frozenset[str]:
    """Data keys that mean one thing for one object type and another for another."""
    meaning: dict[str, Field] = {}
    clashing: set[str] = set()
    for fragment in selections:
        if isinstance(fragment, Fragment):
            for item in fragment.selections:
                if isinstance(item, Field) and not _agree(meaning.setdefault(item.key, item), item):
                    clashing.add(item.key)
    return frozenset(clashing)


def _agree(one: Field, other: Field) -> bool:
    """Whether both can be asked of one object."""
    if one.identity != other.identity:
        return False
    known = {item.key: item for item in _fields(one.selections or ())}
    return all(_agree(known.get(item.key, item), item) for item in _fields(other.selections or ()))


def _fields(selections: Iterable[Selection]) -> Iterator[Field]:
    for item in selections:
        if isinstance(item, Fragment):
            yield from _fields(item.selections)
        else:
            yield item


def joined(first: Sequence[Selection], second: Iterable[Selection]) -> tuple[Selection, ...]:
    """Both selections as one, without doubles; what shares a data key is the same field."""
    result = list(first)
    for item in second:
        alike = next((known for known in result if _alike(known, item)), None)
        if alike is None:
            result.append(item)
        elif item.selections:
            nested = joined(alike.selections or (), item.selections)
            result[result.index(alike)] = replace(alike, selections=nested)
    return tuple(result)


def _alike(one: Selection, other: Selection) -> bool:
    if isinstance(one, Field):
        return isinstance(other, Field) and one.identity == other.identity
    return isinstance(other, Fragment) and one.type_name == other.type_name


@dataclass(frozen=True, slots=True)
class VariableDeclaration:
    type: str
    default: str | None


@dataclass(frozen=True)
class Operation:
    """What the planner plans: one operation with one outcome of its conditions."""

    kind: str
    name: str | None
    root: str
    selections: tuple[Selection, ...]
    variables: dict[str, VariableDeclaration]
    taken_keys: frozenset[str] = field(default_factory=frozenset)
    """Response keys that, somewhere, do not mean the plain field of that name."""


def typename_field(parent: str) -> Field:
    return Field(parent, "__typename", "__typename", TypeRef("String", True))
