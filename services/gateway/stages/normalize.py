"""Normalise: one operation with its conditions decided, fragments spread and introspection set apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from graphql import DocumentNode, OperationType, print_ast
from graphql.language import (
    BooleanValueNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
)

from services.gateway.directives import Demand
from services.gateway.errors import RequestRefused
from services.gateway.planner.field_set import NOTHING_FORBIDDEN, ConditionValues, Expansion, Forbidden
from services.gateway.planner.selection import Operation, VariableDeclaration
from services.gateway.supergraph import Supergraph


@dataclass(frozen=True)
class SelectedOperation:
    """The operation a request names, with what its document says about it."""

    document: DocumentNode
    node: OperationDefinitionNode
    fragments: Mapping[str, FragmentDefinitionNode]
    condition_variables: tuple[str, ...]
    """Variables that decide `@skip` and `@include`; their values are part of the plan's identity."""
    introspects: bool
    demands: frozenset[Demand] = frozenset()
    """Everything its fields demand of a caller."""
    forbidden: Forbidden = NOTHING_FORBIDDEN

    @property
    def kind(self) -> str:
        return self.node.operation.value

    @property
    def name(self) -> str | None:
        return self.node.name.value if self.node.name else None

    def default_conditions(self) -> dict[str, bool]:
        """Values of the condition variables without a request: defaults, else everything is included."""
        values = {name: not self._skips(name) for name in self.condition_variables}
        for item in self.node.variable_definitions or ():
            name = item.variable.name.value
            if name in values and isinstance(item.default_value, BooleanValueNode):
                values[name] = item.default_value.value
        return values

    def _skips(self, name: str) -> bool:
        return f"@skip(if: ${name})" in print_ast(self.document)


class _Survey:
    """What an operation contains, its fragments included."""

    def __init__(self, operation: OperationDefinitionNode, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self.fragments = fragments
        self.conditions: dict[str, None] = {}
        self.introspects = False
        self._seen: set[str] = set()
        self._read(operation.selection_set)

    def _read(self, selection_set: SelectionSetNode) -> None:
        for node in selection_set.selections:
            for directive in node.directives or ():
                if directive.name.value in ("skip", "include"):
                    value = directive.arguments[0].value if directive.arguments else None
                    if isinstance(value, VariableNode):
                        self.conditions[value.name.value] = None
            inner: SelectionSetNode | None
            if isinstance(node, FragmentSpreadNode):
                name = node.name.value
                inner = None if name in self._seen else self.fragments[name].selection_set
                self._seen.add(name)
            else:
                inner = getattr(node, "selection_set", None)
                if isinstance(node, FieldNode) and node.name.value in ("__schema", "__type"):
                    self.introspects = True
            if inner is not None:
                self._read(inner)


def select_operation(document: DocumentNode, name: str | None) -> SelectedOperation:
    """Pick the operation to run.

    Raises:
        RequestRefused: with code OPERATION_RESOLUTION_FAILURE.
    """
    operations = [item for item in document.definitions if isinstance(item, OperationDefinitionNode)]
    if name:
        operations = [item for item in operations if item.name and item.name.value == name]
    if len(operations) != 1:
        if name:
            message = f"The document has no operation named {name!r}."
        elif operations:
            message = "The document has several operations; operationName must choose one."
        else:
            message = "The document has no operation."
        raise RequestRefused("OPERATION_RESOLUTION_FAILURE", message, well_formed=True)
    fragments = {item.name.value: item for item in document.definitions if isinstance(item, FragmentDefinitionNode)}
    survey = _Survey(operations[0], fragments)
    return SelectedOperation(document, operations[0], fragments, tuple(survey.conditions), survey.introspects)


class _ClientKeys:
    """Data keys of client fields are their response keys; those that shadow a field name are noted."""

    def __init__(self) -> None:
        self.taken: set[str] = set()

    def __call__(self, node: FieldNode, arguments: str) -> str:
        key = node.alias.value if node.alias else node.name.value
        if arguments or key != node.name.value:
            self.taken.add(key)
        return key


def normalize(
    supergraph: Supergraph,
    selected: SelectedOperation,
    conditions: Mapping[str, bool],
    *,
    max_selections: int,
) -> Operation:
    """The planner's view of an operation.

    Raises:
        RequestRefused: expanding its fragments passes the limit.
    """
    keys = _ClientKeys()
    expansion = Expansion(
        supergraph,
        fragments=selected.fragments,
        conditions=ConditionValues(conditions),
        key_of=keys,
        limit=max_selections,
        forbidden=selected.forbidden,
    )
    root = supergraph.roots[selected.kind]
    selections = expansion.expand(root, [selected.node.selection_set])
    variables = {
        item.variable.name.value: VariableDeclaration(
            print_ast(item.type), print_ast(item.default_value) if item.default_value else None
        )
        for item in selected.node.variable_definitions or ()
    }
    return Operation(selected.kind, selected.name, root, selections, variables, frozenset(keys.taken))


def introspection_document(selected: SelectedOperation, conditions: ConditionValues) -> DocumentNode | None:
    """The part of a query that asks about the schema, as a document of its own."""
    if not selected.introspects or selected.node.operation is not OperationType.QUERY:
        return None
    fields: list[FieldNode] = []
    visited: set[str] = set()

    def visit_set(selection_set: SelectionSetNode) -> None:
        for node in selection_set.selections:
            if not conditions.selected(node):
                continue
            if isinstance(node, FieldNode):
                if node.name.value in ("__schema", "__type"):
                    fields.append(node)
            elif isinstance(node, FragmentSpreadNode):
                if node.name.value not in visited:
                    visited.add(node.name.value)
                    visit_set(selected.fragments[node.name.value].selection_set)
            else:
                visit_set(node.selection_set)  # type: ignore[attr-defined]  # an inline fragment

    visit_set(selected.node.selection_set)
    if not fields:
        return None
    node = OperationDefinitionNode(
        operation=OperationType.QUERY,
        name=selected.node.name,
        variable_definitions=selected.node.variable_definitions,
        directives=(),
        selection_set=SelectionSetNode(selections=tuple(fields)),
    )
    return DocumentNode(definitions=(node, *selected.fragments.values()))
