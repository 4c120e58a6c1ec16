"""`@composeDirective` across subgraphs: one feature, one major version, one meaning for a name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from services.gateway.compose.links import Link
from services.gateway.compose.merge.directives import feature_imports
from services.gateway.compose.model import SubgraphSchema
from services.gateway.compose.results import CompositionError
from services.gateway.compose.supergraph_rules._wording import by_variant


def check_composed_features(schemas: Mapping[str, SubgraphSchema]) -> Iterator[CompositionError]:
    """DIRECTIVE_COMPOSITION_ERROR where subgraphs disagree."""
    for name in sorted({name for schema in schemas.values() for name, _ in schema.composed}):
        links: dict[str, Link] = {}
        for graph, schema in schemas.items():
            found = next(feature_imports(schema, name), None)
            if found is not None:
                links[graph] = found[0]
        identities = {graph: link.identity for graph, link in links.items()}
        if len(set(identities.values())) > 1:
            yield CompositionError(
                "DIRECTIVE_COMPOSITION_ERROR",
                f"{name} belongs to different specifications: {by_variant(identities)}",
                coordinate=name,
            )
            continue
        majors = {graph: f"v{link.version[0]}" for graph, link in links.items() if link.version is not None}
        if len(set(majors.values())) > 1:
            yield CompositionError(
                "DIRECTIVE_COMPOSITION_ERROR",
                f"{name} is linked in incompatible major versions: {by_variant(majors)}",
                coordinate=name,
                mend="link the same major version everywhere",
            )
