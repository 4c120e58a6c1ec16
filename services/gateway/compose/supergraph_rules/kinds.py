"""A name means the same kind of type everywhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from services.gateway.compose.model import Kind, SubgraphSchema
from services.gateway.compose.results import CompositionError
from services.gateway.compose.supergraph_rules._wording import by_variant


def check_kinds(schemas: Mapping[str, SubgraphSchema]) -> Iterator[CompositionError]:
    """TYPE_KIND_MISMATCH; an interface object counts as the interface it stands for."""
    kinds: dict[str, dict[str, str]] = {}
    for graph, schema in schemas.items():
        for definition in schema.types.values():
            kind = "interface object" if definition.interface_object else definition.kind.value
            kinds.setdefault(definition.name, {})[graph] = kind
    for name, by_graph in sorted(kinds.items()):
        if len({Kind.INTERFACE if kind == "interface object" else kind for kind in by_graph.values()}) > 1:
            yield CompositionError(
                "TYPE_KIND_MISMATCH",
                f'"{name}" is of different kinds: it is {by_variant(by_graph)}',
                coordinate=name,
            )
