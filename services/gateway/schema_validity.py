"""Whether a schema is valid, for subgraphs and for what consumers see."""

from __future__ import annotations

import re

from graphql import DocumentNode, GraphQLError, GraphQLSchema, build_ast_schema, validate_schema

# A rule of September 2025, younger than most of the libraries that write subgraphs. It cannot be kept over subgraphs either: each
# deprecates its own fields.
_YOUNG_RULE = re.compile(r"Interface field .* is not deprecated, so implementation field .* must not be deprecated\.")


def schema_errors(schema: GraphQLSchema) -> list[GraphQLError]:
    """What graphql-core finds wrong, but for a deprecated field whose interface does not deprecate it."""
    return [error for error in validate_schema(schema) if not _YOUNG_RULE.fullmatch(error.message)]


def valid_schema(document: DocumentNode) -> GraphQLSchema:
    """The schema, in a form that graphql-core executes although it may break the rule left out.

    Raises TypeError, as graphql-core does, for a schema that is not valid.
    """
    schema = build_ast_schema(document, assume_valid_sdl=True)
    if errors := schema_errors(schema):
        raise TypeError("\n\n".join(error.message for error in errors))
    return build_ast_schema(document, assume_valid=True) if validate_schema(schema) else schema
