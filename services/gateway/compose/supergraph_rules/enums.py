"""Enums that are both asked for and answered are the same everywhere; those only asked for keep something."""

from __future__ import annotations

from collections.abc import Iterator

from services.gateway.compose.merge.supergraph import Supergraph
from services.gateway.compose.merge.usage import EnumUse, enum_uses
from services.gateway.compose.model import Kind
from services.gateway.compose.results import CompositionError
from services.gateway.compose.supergraph_rules._wording import subgraphs


def check_enums(supergraph: Supergraph) -> Iterator[CompositionError]:
    """ENUM_VALUE_MISMATCH and EMPTY_MERGED_ENUM_TYPE."""
    uses = enum_uses(supergraph.subgraphs.values())
    for merged in supergraph.types.values():
        if merged.kind is not Kind.ENUM:
            continue
        use = uses.get(merged.name, EnumUse())
        if use.both:
            for name, value in merged.values.items():
                lacking = [graph for graph in merged.by_graph if graph not in value.by_graph]
                if lacking and not value.inaccessible:
                    yield CompositionError(
                        "ENUM_VALUE_MISMATCH",
                        f'"{merged.name}" is an input (as in "{use.as_input}") and an output '
                        f'(as in "{use.as_output}"), but "{name}" of {subgraphs(value.by_graph)} '
                        f"is not in {subgraphs(lacking)}",
                        lacking[0],
                        merged.by_graph[lacking[0]].line,
                        f"{merged.name}.{name}",
                        f'add "{name}" in {subgraphs(lacking)}; mark it @inaccessible while that is rolled out',
                    )
        elif use.only_input and not any(value.complete for value in merged.values.values()):
            yield CompositionError(
                "EMPTY_MERGED_ENUM_TYPE",
                f'{subgraphs(merged.by_graph)} have no value of "{merged.name}" in common, '
                "and of an enum that is only an input only common values are kept",
                coordinate=merged.name,
            )
