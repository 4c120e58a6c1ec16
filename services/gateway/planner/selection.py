"""The planner's own small selection tree; graphql-core's nodes are too slow to walk repeatedly."""

from __future__ import annotations

from dataclasses import dataclass, field

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
