"""Validate: the document against the consumer schema, with the specification's rules."""

from __future__ import annotations

from graphql import DocumentNode, GraphQLSchema, validate
from graphql.language import FieldNode, Visitor, visit

from services.gateway.errors import OperationInvalid
from services.gateway.stages.parse import with_code

CODE = "GRAPHQL_VALIDATION_FAILED"


class _ReservedAlias(Visitor):
    """An alias `__typename` would hide what the gateway needs to know about an object."""

    def __init__(self) -> None:
        super().__init__()
        self.found: FieldNode | None = None

    def enter_field(self, node: FieldNode, *_: object) -> None:
        if node.alias and node.alias.value == "__typename" and node.name.value != "__typename":
            self.found = node


def validate_document(schema: GraphQLSchema, document: DocumentNode, *, suggestions: bool = False) -> None:
    """Validate a document.

    Args:
        suggestions: keep "Did you mean"; off outside development, as it leaks the schema.

    Raises:
        OperationInvalid: with code GRAPHQL_VALIDATION_FAILED and every error found, up to twenty.
    """
    errors = validate(schema, document, max_errors=20)
    if errors:
        formatted = [with_code(err, CODE) for err in errors]
        if not suggestions:
            for item in formatted:
                item["message"] = str(item["message"]).split(" Did you mean", 1)[0]
        raise OperationInvalid(CODE, formatted)
    reserved = _ReservedAlias()
    visit(document, reserved)
    if reserved.found is not None:
        message = "The alias '__typename' is reserved."
        raise OperationInvalid(CODE, [{"message": message, "extensions": {"code": CODE}}])
