"""Parse: query text to a document, refused when it is too long or malformed."""

from __future__ import annotations

from graphql import DocumentNode, GraphQLError, parse

from services.gateway.errors import OperationInvalid


def parse_document(text: str, *, max_tokens: int) -> DocumentNode:
    """Parse query text.

    Raises:
        OperationInvalid: with code GRAPHQL_PARSE_FAILED.
    """
    try:
        return parse(text, max_tokens=max_tokens)
    except GraphQLError as err:
        raise OperationInvalid("GRAPHQL_PARSE_FAILED", [with_code(err, "GRAPHQL_PARSE_FAILED")]) from err
    except RecursionError as err:
        raise OperationInvalid(
            "GRAPHQL_PARSE_FAILED",
            [
                {
                    "message": "The document nests too deeply.",
                    "extensions": {"code": "GRAPHQL_PARSE_FAILED"},
                }
            ],
        ) from err


def with_code(err: GraphQLError, code: str) -> dict[str, object]:
    """A GraphQL error in response form with a stable code."""
    formatted: dict[str, object] = dict(err.formatted)
    formatted["extensions"] = {**(err.extensions or {}), "code": code}
    return formatted
