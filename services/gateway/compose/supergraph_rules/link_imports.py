"""Directives that reach the supergraph have one name in all subgraphs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from services.gateway.compose.federation import FEDERATION
from services.gateway.compose.model import SubgraphSchema
from services.gateway.compose.results import CompositionError
from services.gateway.compose.supergraph_rules._wording import by_variant

_KEPT = ("@tag", "@inaccessible", "@authenticated", "@requiresScopes", "@policy", "@cost", "@listSize")


def check_link_imports(schemas: Mapping[str, SubgraphSchema]) -> Iterator[CompositionError]:
    """LINK_IMPORT_NAME_MISMATCH for Federation's directives, where they are applied, and for composed ones."""
    names: dict[tuple[str, str], dict[str, str]] = {}
    for graph, schema in schemas.items():
        composed = {name for name, _ in schema.composed}
        for link in schema.dialect.links:
            for source, local in link.imports.items():
                if (link.identity == FEDERATION and source in _KEPT) or local in composed:
                    names.setdefault((link.identity, source), {})[graph] = local
    for (identity, source), imported in sorted(names.items()):
        if len(set(imported.values())) == 1:
            continue
        by_graph = {
            graph: local
            for graph, local in imported.items()
            if source not in _KEPT or any(source[1:] in element.used for element in schemas[graph].elements())
        }
        if len(set(by_graph.values())) > 1:
            yield CompositionError(
                "LINK_IMPORT_NAME_MISMATCH",
                f'"{source}" of {identity} is imported under different names: as {by_variant(by_graph)}',
                coordinate=source,
                mend="import it under the same name everywhere",
            )
