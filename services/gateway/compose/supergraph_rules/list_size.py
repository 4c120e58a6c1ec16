"""`@listSize` across subgraphs: something must be left to slice by."""

from __future__ import annotations

from collections.abc import Iterator

from services.gateway.compose.merge.supergraph import Supergraph
from services.gateway.compose.model import Kind
from services.gateway.compose.results import CompositionError


def check_slicing_arguments(supergraph: Supergraph) -> Iterator[CompositionError]:
    """LIST_SIZE_INVALID_SLICING_ARGUMENT where no slicing argument is in all subgraphs that have the field."""
    for owner, field in supergraph.fields_of(Kind.OBJECT, Kind.INTERFACE):
        named = any(each.list_size and each.list_size.slicing_arguments for each in field.by_graph.values())
        if named and field.list_size is not None and not field.list_size.slicing_arguments:
            place = f"{owner.name}.{field.name}"
            yield CompositionError(
                "LIST_SIZE_INVALID_SLICING_ARGUMENT",
                f'no slicing argument of "{place}" is in all subgraphs that have the field',
                coordinate=place,
                mend="add the argument in every subgraph that has the field",
            )
