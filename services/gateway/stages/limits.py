"""Limits: depth, aliases, directives, root fields and selections, counted as if every fragment were spread.

One pass with memoised totals per fragment, so a document cannot make the counting itself expensive.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

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


MAX_NESTING = 200
"""How deep fields and fragments may lie in one another, whatever the settings: later stages recurse over them."""

CAP = 10**9
"""Totals stop growing here: nested fragments can multiply into astronomically large integers."""


@dataclass(frozen=True, slots=True)
class Totals:
    """What a selection set comes to with every fragment spread."""

    nesting: int = 0
    depth: int = 0
    aliases: int = 0
    directives: int = 0
    own_fields: int = 0
    """Fields of the set itself; those of the operation's are its root fields."""
    fields: int = 0


class _Counter:
    def __init__(self, fragments: dict[str, FragmentDefinitionNode]) -> None:
        self.fragments = fragments
        self.known: dict[str, Totals] = {}

    def count(self, selection_set: SelectionSetNode | None, level: int = 0) -> Totals:
        nesting = depth = aliases = directives = own = fields = 0
        if level > MAX_NESTING:
            raise _too_deep()
        for node in selection_set.selections if selection_set else ():
            directives += len(node.directives or ())
            if isinstance(node, FieldNode):
                inner = self.count(node.selection_set, level + 1)
                depth = max(depth, 1 + inner.depth)
                aliases += node.alias is not None
                own += 1
                fields += 1
            else:
                if isinstance(node, FragmentSpreadNode):
                    inner = self.fragment(node.name.value, level + 1)
                else:
                    inner = self.count(node.selection_set, level + 1)  # type: ignore[attr-defined]  # an inline fragment
                depth = max(depth, inner.depth)
                own += inner.own_fields
            nesting = max(nesting, 1 + inner.nesting)
            aliases += inner.aliases
            directives += inner.directives
            fields += inner.fields
        if nesting > MAX_NESTING:
            raise _too_deep()
        return Totals(nesting, depth, min(aliases, CAP), min(directives, CAP), min(own, CAP), min(fields, CAP))

    def fragment(self, name: str, level: int) -> Totals:
        known = self.known.get(name)
        if known is None:
            definition = self.fragments.get(name)
            if definition is None:
                return Totals()  # validation says so
            self.known[name] = Totals()  # a cycle ends here; validation says so
            known = self.count(definition.selection_set, level)
            known = self.known[name] = replace(known, directives=known.directives + len(definition.directives or ()))
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
        declared = sum(len(variable.directives or ()) for variable in item.variable_definitions or ())
        for label, value, limit in (
            ("depth", totals.depth, limits.max_depth),
            ("aliases", totals.aliases, limits.max_aliases),
            ("directives", totals.directives + len(item.directives or ()) + declared, limits.max_directives),
            ("root fields", totals.own_fields, limits.max_root_fields),
            ("selections", totals.fields, limits.max_selections),
        ):
            if limit and value > limit:
                raise _exceeded(f"The operation exceeds the limit on {label}: {value} > {limit}.")


def _too_deep() -> OperationInvalid:
    return _exceeded(f"The operation nests more than {MAX_NESTING} fields and fragments.")


def _exceeded(message: str) -> OperationInvalid:
    code = "OPERATION_LIMIT_EXCEEDED"
    return OperationInvalid(code, [{"message": message, "extensions": {"code": code}}])
