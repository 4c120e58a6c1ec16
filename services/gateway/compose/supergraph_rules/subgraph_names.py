"""Names of subgraphs: present, unique, and none the specification reserves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from services.gateway.compose.results import CompositionError, Subgraph


def check_names(subgraphs: Sequence[Subgraph]) -> Iterator[CompositionError]:
    """INVALID_SUBGRAPH_NAME."""
    for name, count in sorted(Counter(each.name for each in subgraphs).items()):
        if not name.strip():
            yield CompositionError("INVALID_SUBGRAPH_NAME", "a subgraph needs a name")
        elif name in ("_", "__"):
            yield CompositionError("INVALID_SUBGRAPH_NAME", f'"{name}" is reserved', name)
        elif count > 1:
            yield CompositionError(
                "INVALID_SUBGRAPH_NAME",
                f"{count} subgraphs have the same name",
                name,
                mend="give every subgraph a name of its own",
            )
