"""An extended type needs a definition somewhere."""

from __future__ import annotations

from collections.abc import Iterator

from services.gateway.compose.merge.supergraph import Supergraph
from services.gateway.compose.results import CompositionError

_ROOTS = ("Query", "Mutation", "Subscription")


def check_extensions(supergraph: Supergraph) -> Iterator[CompositionError]:
    """EXTENSION_WITH_NO_BASE; Federation 1 subgraphs that all say `@extends` are taken at their word."""
    for merged in supergraph.types.values():
        if merged.name in _ROOTS or any(not each.is_extension for each in merged.by_graph.values()):
            continue
        if len(merged.by_graph) > 1 and all(
            supergraph.subgraphs[graph].dialect.is_fed_1 and each.extends_directive
            for graph, each in merged.by_graph.items()
        ):
            continue
        for graph, each in merged.by_graph.items():
            yield CompositionError(
                "EXTENSION_WITH_NO_BASE",
                f'"{merged.name}" is only extended, no subgraph defines it',
                graph,
                each.line,
                merged.name,
                f'write "type" instead of "extend type" in the subgraph that owns "{merged.name}"',
            )
