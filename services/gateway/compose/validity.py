"""Generic validity of one subgraph's SDL, by graphql-core's own rules over the document completed with Federation's definitions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from graphql import (
    DefinitionNode,
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    InterfaceTypeDefinitionNode,
    InterfaceTypeExtensionNode,
    Node,
    ObjectTypeDefinitionNode,
    ObjectTypeExtensionNode,
    OperationType,
    ScalarTypeDefinitionNode,
    SchemaDefinitionNode,
    SchemaExtensionNode,
    TypeDefinitionNode,
    TypeExtensionNode,
    Undefined,
    build_ast_schema,
    print_ast,
    value_from_ast,
)
from graphql.language import (
    EnumTypeDefinitionNode,
    EnumTypeExtensionNode,
    InputObjectTypeDefinitionNode,
    InputObjectTypeExtensionNode,
    ParallelVisitor,
    ScalarTypeExtensionNode,
    UnionTypeDefinitionNode,
    UnionTypeExtensionNode,
    visit,
)
from graphql.language.ast import QUERY_DOCUMENT_KEYS
from graphql.validation.specified_rules import specified_sdl_rules
from graphql.validation.validation_context import SDLValidationContext

from services.gateway.compose.definitions import missing_definitions
from services.gateway.compose.federation import (
    DIRECTIVES,
    MACHINERY_FIELDS,
    MACHINERY_TYPES,
    spelled,
)
from services.gateway.compose.links import Dialect
from services.gateway.compose.results import CompositionError
from services.gateway.schema_validity import schema_errors

_UNKNOWN_DIRECTIVE = re.compile(r"""Unknown directive ['"]@(\w+)['"]""")
_UNKNOWN_ARGUMENT = re.compile(r"""Unknown argument ['"](\w+)['"] on directive ['"]@(\w+)['"]""")

_VISITED = {
    kind: tuple(key for key in keys if key not in ("name", "description")) for kind, keys in QUERY_DOCUMENT_KEYS.items()
}
"""What rules look at below each kind of node. None looks at names and descriptions, half of a document."""

_DEFINITION_OF = {
    ObjectTypeExtensionNode: ObjectTypeDefinitionNode,
    InterfaceTypeExtensionNode: InterfaceTypeDefinitionNode,
    UnionTypeExtensionNode: UnionTypeDefinitionNode,
    EnumTypeExtensionNode: EnumTypeDefinitionNode,
    InputObjectTypeExtensionNode: InputObjectTypeDefinitionNode,
    ScalarTypeExtensionNode: ScalarTypeDefinitionNode,
}


def check_validity(subgraph: str, document: DocumentNode, dialect: Dialect) -> Iterator[CompositionError]:
    """Everything graphql-core finds wrong, as INVALID_GRAPHQL; schema validity only where the document is sound."""
    complete = _with_bases((*without_machinery(document), *missing_definitions(document, dialect)))
    errors: list[GraphQLError] = []
    context = SDLValidationContext(complete, None, errors.append)
    visit(complete, ParallelVisitor([rule(context) for rule in specified_sdl_rules]), _VISITED)
    if not errors:
        errors = _schema_errors(complete)
    for error in errors:
        yield CompositionError(
            "INVALID_GRAPHQL",
            error.message,
            subgraph,
            _line(error, document),
            mend=_mend(error, dialect),
        )


def _schema_errors(document: DocumentNode) -> list[GraphQLError]:
    try:
        schema = build_ast_schema(document, assume_valid_sdl=True)
        errors = [error for error in schema_errors(schema) if not _is_about_roots(error, schema)]
    except (TypeError, GraphQLError) as error:
        # graphql-core raises for what it cannot even build, such as a type in two roles, or a default of what is no input.
        return [GraphQLError(str(error))]
    if not errors:
        errors = [error for node in document.definitions for error in _argument_errors(node, schema)]
    return errors


def _argument_errors(node: Node, schema: GraphQLSchema) -> Iterator[GraphQLError]:
    """Arguments of the directives on a definition or below it whose values do not fit; graphql-core checks operations only."""
    for directive in getattr(node, "directives", None) or ():
        definition = schema.get_directive(directive.name.value)
        if definition is None:
            continue
        for argument in directive.arguments or ():
            expected = definition.args[argument.name.value].type
            if value_from_ast(argument.value, expected) is Undefined:
                yield GraphQLError(
                    f"{print_ast(argument.value)} is not a {expected}, as argument "
                    f'"{argument.name.value}" of @{directive.name.value} must be.',
                    directive,
                )
    for part in ("fields", "arguments", "values"):
        for each in getattr(node, part, None) or ():
            yield from _argument_errors(each, schema)


def _is_about_roots(error: GraphQLError, schema: GraphQLSchema) -> bool:
    """A subgraph needs no query, and one that only extends `Query` has an empty one once the machinery is gone."""
    if error.message == "Query root type must be provided.":
        return True
    return any(
        root is not None and error.message == f"Type {root.name} must define one or more fields."
        for root in (schema.query_type, schema.mutation_type, schema.subscription_type)
    )


def without_machinery(document: DocumentNode) -> Iterator[DefinitionNode]:
    """The definitions without `_Any`, `_Entity`, `_Service` and the two fields of the query root that use them."""
    queries = {
        each.type.name.value
        for node in document.definitions
        if isinstance(node, SchemaDefinitionNode | SchemaExtensionNode)
        for each in node.operation_types or ()
        if each.operation is OperationType.QUERY
    } or {"Query"}
    for node in document.definitions:
        if isinstance(node, TypeDefinitionNode | TypeExtensionNode) and node.name.value in (
            MACHINERY_TYPES - {"_FieldSet", "_Any"}
        ):
            continue
        if isinstance(node, ObjectTypeDefinitionNode | ObjectTypeExtensionNode) and node.name.value in queries:
            fields = tuple(each for each in node.fields or () if each.name.value not in MACHINERY_FIELDS)
            yield type(node)(
                **{key: getattr(node, key) for key in node.keys if key != "fields"},
                fields=fields,
            )
        else:
            yield node


def _with_bases(nodes: Sequence[DefinitionNode]) -> DocumentNode:
    """A document with the first extension of each type that has no definition turned into one."""
    defined = {node.name.value for node in nodes if isinstance(node, TypeDefinitionNode)}
    definitions: list[DefinitionNode] = []
    has_schema = any(isinstance(node, SchemaDefinitionNode) for node in nodes)
    for node in nodes:
        if isinstance(node, TypeExtensionNode) and node.name.value not in defined:
            defined.add(node.name.value)
            values = {key: getattr(node, key) for key in node.keys}
            definitions.append(_DEFINITION_OF[type(node)](**values))
        elif isinstance(node, SchemaExtensionNode) and not has_schema and node.operation_types:
            has_schema = True
            definitions.append(
                SchemaDefinitionNode(directives=node.directives, operation_types=node.operation_types, loc=node.loc)
            )
        else:
            definitions.append(node)
    return DocumentNode(definitions=tuple(definitions))


def _line(error: GraphQLError, document: DocumentNode) -> int | None:
    for node in error.nodes or ():
        if node.loc is not None:
            return node.loc.start_token.line
    return error.locations[0].line if error.locations else None


def _mend(error: GraphQLError, dialect: Dialect) -> str | None:
    """For a Federation directive that is not imported or too young, or an argument that is: how to get it."""
    if (match := _UNKNOWN_ARGUMENT.match(error.message)) is not None:
        directive = DIRECTIVES.get(dialect.directives.get(match[2], ""))
        later = directive.later_arguments if directive else None
        return f"link federation {spelled(later[0])} or later" if later and later[1].startswith(match[1]) else None
    match = _UNKNOWN_DIRECTIVE.match(error.message)
    if match is None or match[1] not in DIRECTIVES:
        return None
    name = match[1]
    since = DIRECTIVES[name].since
    if dialect.version < since:
        return f"link federation {spelled(since)} or later and import @{name}"
    return f'import "@{name}" in the federation @link, or write @federation__{name}'
