"""Turns selections written as GraphQL into the planner's tree: operations, keys and `@requires`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from graphql import parse, print_ast
from graphql.language import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    ListValueNode,
    Node,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
)

from services.gateway.errors import PlanningFailed, RequestRefused
from services.gateway.node_fields import CONFIRMED, NODE_GRAPH
from services.gateway.planner.selection import Field, Fragment, Selection, typename_field
from services.gateway.supergraph import Supergraph, TypeRef

KeyOf = Callable[[FieldNode, str], str]
"""Gives the data key of a field node, from the node and its printed arguments."""


def variables_in(value: ValueNode) -> Iterable[str]:
    if isinstance(value, VariableNode):
        yield value.name.value
    elif isinstance(value, ListValueNode):
        for item in value.values:
            yield from variables_in(item)
    elif isinstance(value, ObjectValueNode):
        for pair in value.fields:
            yield from variables_in(pair.value)


class ConditionValues:
    """The truth of `@skip` and `@include` for one request: literals, or variables already read."""

    def __init__(self, values: Mapping[str, bool]) -> None:
        self.values = values

    def selected(self, node: Node) -> bool:
        for directive in getattr(node, "directives", None) or ():
            name = directive.name.value
            if name not in ("skip", "include"):
                continue
            condition = directive.arguments[0].value
            truth = self.values[condition.name.value] if isinstance(condition, VariableNode) else bool(condition.value)
            if truth is (name == "skip"):
                return False
        return True


@dataclass(frozen=True, slots=True)
class Forbidden:
    """What of an operation its caller may not see; it is not asked for, and null in the answer."""

    nodes: frozenset[int] = frozenset()
    """Field nodes of the document, by `id`."""
    types: frozenset[str] = frozenset()
    """Object types, where a union or the gateway's Node may hold one."""


NOTHING_FORBIDDEN = Forbidden()


@dataclass(slots=True)
class _Merged:
    """Fields of one response key, before their sub-selections are joined."""

    node: FieldNode
    sets: list[SelectionSetNode]


class Expansion:
    """Spreads fragments and merges fields, type by type.

    The result on an object type is a list of fields. On an abstract type it is the fields that hold for
    every member, then one fragment for each object type that has more.
    """

    def __init__(
        self,
        supergraph: Supergraph,
        *,
        fragments: Mapping[str, FragmentDefinitionNode],
        conditions: ConditionValues,
        key_of: KeyOf,
        limit: int,
        typed: bool = False,
        forbidden: Forbidden = NOTHING_FORBIDDEN,
    ) -> None:
        """`typed` asks the object type below every field of an abstract type, as representations tell it."""
        self.supergraph = supergraph
        self.fragments = fragments
        self.conditions = conditions
        self.key_of = key_of
        self.forbidden = forbidden
        self.budget = limit
        self.limit = limit
        self.typed = typed
        self._memo: dict[tuple[str, tuple[int, ...]], tuple[Selection, ...]] = {}

    def expand(self, parent: str, sets: list[SelectionSetNode]) -> tuple[Selection, ...]:
        memo_key = (parent, tuple(map(id, sets)))
        known = self._memo.get(memo_key)
        if known is not None:
            self._spend(len(known))
            return known
        if self.supergraph.types[parent].is_abstract:
            result = self._expand_abstract(parent, sets)
        else:
            result = self._fields(parent, self._collect_object(parent, sets))
        self._memo[memo_key] = result
        return result

    def _spend(self, amount: int) -> None:
        self.budget -= amount
        if self.budget < 0:
            raise RequestRefused(
                "OPERATION_TOO_LARGE",
                f"The operation selects more than {self.limit} fields once its fragments are expanded.",
                well_formed=True,
            )

    def _collect_object(self, parent: str, sets: list[SelectionSetNode]) -> dict[str, _Merged]:
        merged: dict[str, _Merged] = {}
        visited: set[str] = set()
        for selection_set in sets:
            self._collect(parent, selection_set, merged, visited)
        return merged

    def _collect(
        self, parent: str, selection_set: SelectionSetNode, merged: dict[str, _Merged], visited: set[str]
    ) -> None:
        for node in selection_set.selections:
            if node.directives and not self.conditions.selected(node):
                continue
            if isinstance(node, FieldNode):
                self._add(merged, node)
                continue
            nested = self._spread(node, visited)
            if nested is None:
                continue
            condition, inner = nested
            if condition is None or parent in self.supergraph.possible_types(condition):
                self._collect(parent, inner, merged, visited)

    def _expand_abstract(self, parent: str, sets: list[SelectionSetNode]) -> tuple[Selection, ...]:
        merged: dict[str, _Merged] = {}
        narrower: list[tuple[str, SelectionSetNode]] = []
        visited: set[str] = set()
        possible = self.supergraph.possible_types(parent)

        def visit(selection_set: SelectionSetNode) -> None:
            for node in selection_set.selections:
                if not self.conditions.selected(node):
                    continue
                if isinstance(node, FieldNode):
                    self._add(merged, node)
                    continue
                nested = self._spread(node, visited)
                if nested is None:
                    continue
                condition, inner = nested
                if condition is None or condition == parent or condition in self.supergraph.types[parent].interfaces:
                    visit(inner)
                else:
                    narrower.append((condition, inner))

        for selection_set in sets:
            visit(selection_set)
        fragments: list[Selection] = []
        reached = {name for condition, _ in narrower for name in self.supergraph.possible_types(condition) & possible}
        is_node = NODE_GRAPH in self.supergraph.types[parent].joins
        for member in sorted((possible if is_node and merged else reached) - self.forbidden.types):
            inner_sets = [inner for condition, inner in narrower if member in self.supergraph.possible_types(condition)]
            selections = self.expand(member, inner_sets)
            if is_node:
                selections = (*selections, Field(member, CONFIRMED, CONFIRMED, TypeRef("String", True)))
            if selections:
                self._spend(1)
                fragments.append(Fragment(member, selections))
        fields = self._fields(parent, merged)
        if reached or (not self.typed and self._members_differ(parent, merged.values())):
            fields = (typename_field(parent), *(item for item in fields if item != typename_field(parent)))
        return fields + tuple(fragments)

    def _members_differ(self, parent: str, merged: Iterable[_Merged]) -> bool:
        """Whether an answer can only be completed knowing the object type."""
        names = {item.node.name.value for item in merged} - {"__typename"}
        return self.supergraph.hides_members(parent) or any(self.supergraph.varies(parent, name) for name in names)

    def _spread(self, node: Node, visited: set[str]) -> tuple[str | None, SelectionSetNode] | None:
        if isinstance(node, InlineFragmentNode):
            condition = node.type_condition.name.value if node.type_condition else None
            return condition, node.selection_set
        assert isinstance(node, FragmentSpreadNode)
        name = node.name.value
        if name in visited:
            return None
        visited.add(name)
        definition = self.fragments[name]
        return definition.type_condition.name.value, definition.selection_set

    def _add(self, merged: dict[str, _Merged], node: FieldNode) -> None:
        if id(node) in self.forbidden.nodes:
            return
        response_key = node.alias.value if node.alias else node.name.value
        known = merged.get(response_key)
        if known is None:
            known = merged[response_key] = _Merged(node, [])
        if node.selection_set:
            known.sets.append(node.selection_set)

    def _fields(self, parent: str, merged: dict[str, _Merged]) -> tuple[Selection, ...]:
        self._spend(len(merged))
        info = self.supergraph.types[parent]
        fields: list[Selection] = []
        for item in merged.values():
            node = item.node
            name = node.name.value
            if name == "__typename":
                if info.is_abstract:
                    fields.append(typename_field(parent))
                continue
            if name in ("__schema", "__type"):
                continue  # answered by the gateway itself
            definition = info.fields.get(name)
            if definition is None:
                raise PlanningFailed(f"{parent} has no field {name}.")
            arguments, used = _arguments(node) if node.arguments else ("", _NO_VARIABLES)
            key = self.key_of(node, arguments)
            selections: tuple[Selection, ...] | None = None
            if item.sets:
                selections = self.expand(definition.type.name, item.sets)
                hidden = typename_field(definition.type.name)
                told = self.typed and self.supergraph.types[definition.type.name].is_abstract
                # Without selections only whether the object is there matters to the client.
                if not selections or (told and hidden not in selections):
                    selections = (hidden, *selections)
            fields.append(Field(parent, name, key, definition.type, arguments, used, selections))
        return tuple(_unique(fields))


_NO_VARIABLES: frozenset[str] = frozenset()


def _arguments(node: FieldNode) -> tuple[str, frozenset[str]]:
    """The printed arguments of a field, and the variables they use."""
    printed = ", ".join(f"{arg.name.value}: {print_ast(arg.value)}" for arg in node.arguments or ())
    return printed, frozenset(v for arg in node.arguments or () for v in variables_in(arg.value))


def _unique(fields: list[Selection]) -> list[Selection]:
    return list(dict.fromkeys(fields))


@lru_cache(8192)
def parse_field_set(text: str) -> SelectionSetNode:
    """Parse a field set such as `id organization { id }`; callers share the result and leave it as it is."""
    definition = parse("{" + text + "}", no_location=True).definitions[0]
    assert isinstance(definition, OperationDefinitionNode)
    return definition.selection_set


class RequirementKeys:
    """Data keys for fields the gateway needs itself, kept apart from what the client named otherwise."""

    def __init__(self, taken: frozenset[str]) -> None:
        self.taken = taken
        self._numbers: dict[tuple[str, str], int] = {}

    def __call__(self, node: FieldNode, arguments: str) -> str:
        name = node.name.value
        if arguments:
            number = self._numbers.setdefault((name, arguments), len(self._numbers))
            return f"_hy{number}_{name}"
        return f"_hy_{name}" if name in self.taken else name


def expand_field_set(supergraph: Supergraph, parent: str, text: str, key_of: KeyOf) -> tuple[Selection, ...]:
    """A key or `@requires` field set as selections on `parent`."""
    expansion = Expansion(
        supergraph, fragments={}, conditions=ConditionValues({}), key_of=key_of, limit=10_000, typed=True
    )
    return expansion.expand(parent, [parse_field_set(text)])
