"""`@override`: which fields have left which subgraph."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from services.gateway.compose.model import Coordinate, Kind, SubgraphSchema


def overridden_fields(subgraphs: Mapping[str, SubgraphSchema]) -> dict[str, frozenset[Coordinate]]:
    """Per subgraph, the fields another one has taken over for good; a labelled override leaves both in place."""
    taken: defaultdict[str, set[Coordinate]] = defaultdict(set)
    for schema in subgraphs.values():
        for owner, field in schema.fields_of(Kind.OBJECT):
            if field.override is None or field.override.label is not None:
                continue
            source = subgraphs.get(field.override.source)
            if source is None or source is schema or owner.name not in source.types:
                continue
            if field.name in source.types[owner.name].fields:
                taken[source.name].add((owner.name, field.name))
    return {name: frozenset(taken[name]) for name in subgraphs}
