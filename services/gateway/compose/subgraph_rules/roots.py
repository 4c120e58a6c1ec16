"""Root types: the standard names must not be taken by other types, and `Query` must stay visible."""

from __future__ import annotations

from collections.abc import Iterator

from services.gateway.compose.model import SubgraphSchema
from services.gateway.compose.results import CompositionError


def check_roots(schema: SubgraphSchema) -> Iterator[CompositionError]:
    """ROOT_*_USED and QUERY_ROOT_TYPE_INACCESSIBLE."""
    for standard, local in sorted(schema.misnamed_roots.items()):
        yield CompositionError(
            f"ROOT_{standard.upper()}_USED",
            f'the {standard.lower()} root is "{local}", but there is also a type "{standard}"',
            schema.name,
            schema.types[standard].line if standard in schema.types else None,
            standard,
            f'rename one of them: the supergraph calls the root "{standard}"',
        )
    query = schema.types.get("Query")
    if query is not None and query.inaccessible:
        yield CompositionError(
            "QUERY_ROOT_TYPE_INACCESSIBLE",
            "the query root cannot be @inaccessible: without it there is no API",
            schema.name,
            query.line,
            "Query",
        )
