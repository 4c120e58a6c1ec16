"""Generic validity of one subgraph's SDL, by graphql-core's own rules over the document completed with Federation's definitions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from graphql import (
    DefinitionNode,
    DirectiveDefinitionNode,
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    InterfaceTypeDefinitionNode,
    InterfaceTypeExtensionNode,
    Node,
    ObjectTypeDefinitionNode,
    ObjectTypeExtensionNode,
    ScalarTypeDefinitionNode,
    SchemaDefinitionNode,
    SchemaExtensionNode,
    TypeDefinitionNode,
    TypeExtensionNode,
    Undefined,
    build_ast_schema,
    parse,
    print_ast,
    validate_schema,
    value_from_ast,
)
from graphql.language import (
    EnumTypeDefinitionNode,
    EnumTypeExtensionNode,
    InputObjectTypeDefinitionNode,
    InputObjectTypeExtensionNode,
    ScalarTypeExtensionNode,
    UnionTypeDefinitionNode,
    UnionTypeExtensionNode,
)
from graphql.validation.validate import validate_sdl

from services.gateway.compose.federation import (
    DIRECTIVES,
    LINK_DEFINITIONS,
    MACHINERY_FIELDS,
    MACHINERY_TYPES,
    available,
)
from services.gateway.compose.links import Dialect
from services.gateway.compose.results import CompositionError

_UNKNOWN_DIRECTIVE = re.compile(r"""Unknown directive ['"]@(\w+)['"]""")

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
    errors = validate_sdl(complete)
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
    except (TypeError, GraphQLError) as error:
        # graphql-core raises for what it cannot even build, such as a type in two roles.
        return [GraphQLError(str(error))]
    errors = [error for error in validate_schema(schema) if not _is_about_roots(error, schema)]
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
    """The definitions without `_Any`, `_Entity`, `_Service` and the two fields that use them."""
    for node in document.definitions:
        if isinstance(node, TypeDefinitionNode | TypeExtensionNode) and node.name.value in (
            MACHINERY_TYPES - {"_FieldSet", "_Any"}
        ):
            continue
        if isinstance(node, ObjectTypeDefinitionNode | ObjectTypeExtensionNode) and any(
            each.name.value in MACHINERY_FIELDS for each in node.fields or ()
        ):
            fields = tuple(each for each in node.fields or () if each.name.value not in MACHINERY_FIELDS)
            yield type(node)(
                **{key: getattr(node, key) for key in node.keys if key != "fields"},
                fields=fields,
            )
        else:
            yield node


def missing_definitions(document: DocumentNode, dialect: Dialect) -> list[DefinitionNode]:
    """Federation's own definitions that the document uses without giving them."""
    present_types = {node.name.value for node in document.definitions if isinstance(node, TypeDefinitionNode)}
    present_directives = {node.name.value for node in document.definitions if isinstance(node, DirectiveDefinitionNode)}
    scalars = {name: names[-1] for name, names in dialect.scalars.items()}
    scalars.setdefault("FieldSet", "_FieldSet")
    for name in ("Scope", "Policy", "ContextFieldValue"):
        scalars.setdefault(name, f"federation__{name}")
    lines = [LINK_DEFINITIONS.format(link=dialect.link_name)]
    wanted_scalars = {local for names in dialect.scalars.values() for local in names} | set(scalars.values())
    lines += [f"scalar {name}" for name in sorted(wanted_scalars | {"_Any"})]
    catalogue = {directive.name for directive in available(dialect.version)}
    for local, canonical in dialect.directives.items():
        if canonical in DIRECTIVES and (canonical in catalogue or canonical in _STANDALONE):
            lines.append(DIRECTIVES[canonical].definition(local, scalars))
    result: list[DefinitionNode] = []
    for node in _parsed("\n".join(lines)).definitions:
        if isinstance(node, DirectiveDefinitionNode):
            if node.name.value not in present_directives:
                result.append(node)
        elif isinstance(node, TypeDefinitionNode) and node.name.value not in present_types:
            result.append(node)
    return result


@lru_cache(64)
def _parsed(text: str) -> DocumentNode:
    """Most subgraphs link Federation in the same way."""
    return parse(text, no_location=True)


_STANDALONE = frozenset({"tag", "inaccessible", "authenticated", "requiresScopes", "policy", "cost", "listSize"})


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
    """For a Federation directive that is not imported or too young: how to get it."""
    match = _UNKNOWN_DIRECTIVE.match(error.message)
    if match is None:
        return None
    name = match[1]
    if name not in DIRECTIVES:
        return None
    since = DIRECTIVES[name].since
    if dialect.version < since:
        return f"link federation v{since[0]}.{since[1]} or later and import @{name}"
    return f'import "@{name}" in the federation @link, or write @federation__{name}'
