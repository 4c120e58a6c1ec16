"""Validate: the document against the consumer schema, with the specification's rules."""

from __future__ import annotations

from collections.abc import Iterable

from graphql import DocumentNode, GraphQLSchema, validate
from graphql.language import (
    FieldNode,
    FragmentDefinitionNode,
    ObjectValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    ValueNode,
)
from graphql.validation import (
    ASTValidationRule,
    DeferStreamDirectiveLabel,
    DeferStreamDirectiveOnRootField,
    DeferStreamDirectiveOnValidOperationsRule,
    FragmentsOnCompositeTypesRule,
    KnownArgumentNamesRule,
    KnownDirectivesRule,
    KnownFragmentNamesRule,
    KnownTypeNamesRule,
    LoneAnonymousOperationRule,
    MaxIntrospectionDepthRule,
    NoFragmentCyclesRule,
    NoUndefinedVariablesRule,
    NoUnusedFragmentsRule,
    NoUnusedVariablesRule,
    OverlappingFieldsCanBeMergedRule,
    PossibleFragmentSpreadsRule,
    SingleFieldSubscriptionsRule,
    StreamDirectiveOnListField,
    UniqueArgumentNamesRule,
    UniqueDirectivesPerLocationRule,
    UniqueFragmentNamesRule,
    UniqueInputFieldNamesRule,
    UniqueOperationNamesRule,
    UniqueVariableNamesRule,
    ValuesOfCorrectTypeRule,
    VariablesAreInputTypesRule,
    VariablesInAllowedPositionRule,
    specified_rules,
)
from graphql.validation.rules import overlapping_fields_can_be_merged
from graphql.validation.validate import query_document_keys_to_validate

from services.gateway.errors import OperationInvalid
from services.gateway.stages.parse import with_code

CODE = "GRAPHQL_VALIDATION_FAILED"

# Comparing fields of one response key is quadratic (graphql-core PR #212): a tenth of the default work stops it after
# a tenth of a second, and is far above what real operations need.
overlapping_fields_can_be_merged.MAX_COMPLEXITY_BUDGET = 50_000

# No rule looks at name nodes, almost half of a document: they are passed over.
query_document_keys_to_validate.update(
    {kind: tuple(key for key in keys if key != "name") for kind, keys in query_document_keys_to_validate.items()}
)

Rule = type[ASTValidationRule]

# What a document must contain for a rule to find anything wrong. A rule that is not listed always runs.
_FRAGMENTS: tuple[Rule, ...] = (
    FragmentsOnCompositeTypesRule,
    KnownFragmentNamesRule,
    NoFragmentCyclesRule,
    NoUnusedFragmentsRule,
    PossibleFragmentSpreadsRule,
    UniqueFragmentNamesRule,
)
_VARIABLES: tuple[Rule, ...] = (
    NoUndefinedVariablesRule,
    NoUnusedVariablesRule,
    UniqueVariableNamesRule,
    VariablesAreInputTypesRule,
    VariablesInAllowedPositionRule,
)
_DIRECTIVES: tuple[Rule, ...] = (
    DeferStreamDirectiveLabel,
    DeferStreamDirectiveOnRootField,
    DeferStreamDirectiveOnValidOperationsRule,
    KnownDirectivesRule,
    StreamDirectiveOnListField,
    UniqueDirectivesPerLocationRule,
)
_ARGUMENTS: tuple[Rule, ...] = (KnownArgumentNamesRule, UniqueArgumentNamesRule, ValuesOfCorrectTypeRule)


class _Survey:
    """What an executable document contains, from one quick pass over it."""

    def __init__(self, document: DocumentNode) -> None:
        self.fragments = False
        self.variables = False
        self.directives = False
        self.arguments = False
        self.objects = False
        self.introspection = False
        self.repeated = False
        """Whether a selection set has two fields of one response key."""
        self.reserved_alias = False
        self.operations: list[OperationDefinitionNode] = []
        self.executable = True
        for node in document.definitions:
            if isinstance(node, OperationDefinitionNode):
                self.operations.append(node)
                self.variables |= bool(node.variable_definitions)
                self.directives |= any(each.directives for each in node.variable_definitions or ())
            elif isinstance(node, FragmentDefinitionNode):
                self.fragments = True
            else:
                self.executable = False
                continue
            self.directives |= bool(node.directives)
            self._selections(node.selection_set)

    def _selections(self, selection_set: SelectionSetNode) -> None:
        keys: set[str] = set()
        for node in selection_set.selections:
            if node.directives:
                self.directives = True
            if not isinstance(node, FieldNode):
                self.fragments = True
                inner: SelectionSetNode | None = getattr(node, "selection_set", None)
            else:
                name = node.name.value
                key = name
                if node.alias:
                    key = node.alias.value
                    self.reserved_alias |= key == "__typename" != name
                if key in keys:
                    self.repeated = True
                keys.add(key)
                if name in ("__schema", "__type"):
                    self.introspection = True
                if node.arguments:
                    self.arguments = True
                    self.objects |= any(_has_objects(argument.value) for argument in node.arguments)
                inner = node.selection_set
            if inner is not None:
                self._selections(inner)

    def rules(self) -> Iterable[Rule]:
        """The specified rules without those that cannot find anything wrong in this document."""
        if not self.executable:
            return specified_rules
        idle: set[Rule] = set()
        if len(self.operations) == 1:
            idle |= {UniqueOperationNamesRule, LoneAnonymousOperationRule}
        if all(node.operation is not OperationType.SUBSCRIPTION for node in self.operations):
            idle.add(SingleFieldSubscriptionsRule)
        if not self.introspection:
            idle.add(MaxIntrospectionDepthRule)
        if not self.fragments:
            idle.update(_FRAGMENTS)
            if not self.repeated:
                idle.add(OverlappingFieldsCanBeMergedRule)
        if not self.directives:
            idle.update(_DIRECTIVES)
            if not self.variables:
                if not self.arguments:
                    # Variables are used in arguments only, and types are named by fragments and variables only.
                    idle.update((*_VARIABLES, *_ARGUMENTS))
                if not self.fragments:
                    idle.add(KnownTypeNamesRule)
                if not self.objects:
                    idle.add(UniqueInputFieldNamesRule)
        return [rule for rule in specified_rules if rule not in idle]


def _has_objects(value: ValueNode) -> bool:
    if isinstance(value, ObjectValueNode):
        return True
    return any(map(_has_objects, getattr(value, "values", None) or ()))


def validate_document(schema: GraphQLSchema, document: DocumentNode, *, suggestions: bool = False) -> None:
    """Validate a document.

    Args:
        suggestions: keep "Did you mean"; off outside development, as it leaks the schema.

    Raises:
        OperationInvalid: with code GRAPHQL_VALIDATION_FAILED and every error found, up to twenty.
    """
    survey = _Survey(document)
    errors = validate(schema, document, tuple(survey.rules()), max_errors=20)
    if errors:
        formatted = [with_code(err, CODE) for err in errors]
        if not suggestions:
            for item in formatted:
                item["message"] = str(item["message"]).split(" Did you mean", 1)[0]
        raise OperationInvalid(CODE, formatted)
    if survey.reserved_alias:
        # It would hide what the gateway needs to know about an object.
        message = "The alias '__typename' is reserved."
        raise OperationInvalid(CODE, [{"message": message, "extensions": {"code": CODE}}])
