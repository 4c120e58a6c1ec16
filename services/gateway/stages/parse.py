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
        document = parse(text, max_tokens=max_tokens)
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
    _unchain(document)
    return document


def _unchain(document: DocumentNode) -> None:
    """Separate the tokens that locations hold: chained both ways, only the garbage collector could free a document."""
    token = document.loc.start_token if document.loc else None
    while token is not None:
        after = token.next
        token.prev = token.next = None
        token = after


def with_code(err: GraphQLError, code: str) -> dict[str, object]:
    """A GraphQL error in response form with a stable code."""
    formatted: dict[str, object] = dict(err.formatted)
    formatted["extensions"] = {**(err.extensions or {}), "code": code}
    return formatted
