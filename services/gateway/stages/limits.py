"""Limits: depth, aliases, directives and root fields, counted as if every fragment were spread.

One pass with memoised totals per fragment, so a document cannot make the counting itself expensive.
"""

from __future__ import annotations

from dataclasses import dataclass

from graphql import DocumentNode
from graphql.language import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

from services.gateway.errors import OperationInvalid


@dataclass(frozen=True, slots=True)
class Limits:
    """What one operation may cost before it is planned. 0 switches a limit off."""

    max_depth: int = 30
    max_aliases: int = 100
    max_directives: int = 200
    max_root_fields: int = 100
    max_tokens: int = 10_000
    max_selections: int = 20_000
    """Fields after fragments and abstract types are expanded; checked while normalising."""


@dataclass(frozen=True, slots=True)
class Totals:
    depth: int
    aliases: int
    directives: int
    fields: int


_CYCLE = Totals(0, 0, 0, 0)
CAP = 10**9
"""Totals stop growing here: nested fragments can multiply into astronomically large integers."""


class _Counter:
    def __init__(self, fragments: dict[str, FragmentDefinitionNode]) -> None:
        self.fragments = fragments
        self.known: dict[str, Totals] = {}

    def count(self, selection_set: SelectionSetNode | None) -> Totals:
        depth = aliases = directives = fields = 0
        for node in selection_set.selections if selection_set else ():
            directives += len(node.directives or ())
            if isinstance(node, FieldNode):
                inner = self.count(node.selection_set)
                depth = max(depth, 1 + inner.depth)
                aliases += node.alias is not None
                fields += 1
            elif isinstance(node, FragmentSpreadNode):
                inner = self.fragment(node.name.value)
                depth = max(depth, inner.depth)
            else:
                inner = self.count(node.selection_set)  # type: ignore[attr-defined]  # an inline fragment
                depth = max(depth, inner.depth)
            aliases += inner.aliases
            directives += inner.directives
            fields += inner.fields
        return Totals(depth, min(aliases, CAP), min(directives, CAP), min(fields, CAP))

    def fragment(self, name: str) -> Totals:
        known = self.known.get(name)
        if known is None:
            definition = self.fragments.get(name)
            if definition is None:
                return _CYCLE  # validation says so
            self.known[name] = _CYCLE
            known = self.known[name] = self.count(definition.selection_set)
        return known


def check_limits(document: DocumentNode, limits: Limits) -> None:
    """Refuse a document one of whose operations exceeds a limit.

    Raises:
        OperationInvalid: with code OPERATION_LIMIT_EXCEEDED.
    """
    counter = _Counter(
        {item.name.value: item for item in document.definitions if isinstance(item, FragmentDefinitionNode)}
    )
    for item in document.definitions:
        if not isinstance(item, OperationDefinitionNode):
            continue
        totals = counter.count(item.selection_set)
        for label, value, limit in (
            ("depth", totals.depth, limits.max_depth),
            ("aliases", totals.aliases, limits.max_aliases),
            ("directives", totals.directives + len(item.directives or ()), limits.max_directives),
            ("root fields", len(item.selection_set.selections), limits.max_root_fields),
            ("selections", totals.fields, limits.max_selections),
        ):
            if limit and value > limit:
                raise _exceeded(f"The operation exceeds the limit on {label}: {value} > {limit}.")


def _exceeded(message: str) -> OperationInvalid:
    code = "OPERATION_LIMIT_EXCEEDED"
    return OperationInvalid(code, [{"message": message, "extensions": {"code": code}}])
