"""A supergraph needs a query."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from services.gateway.compose.model import SubgraphSchema
from services.gateway.compose.results import CompositionError


def check_query(schemas: Mapping[str, SubgraphSchema]) -> Iterator[CompositionError]:
    """NO_QUERIES."""
    if not any("Query" in schema.types for schema in schemas.values()):
        yield CompositionError(
            "NO_QUERIES",
            "no subgraph has a query",
            mend="give at least one subgraph a Query type with a field",
        )
