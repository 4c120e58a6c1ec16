"""`@override`: which fields have left which subgraph, and which overrides have nothing to take."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from services.gateway.compose.model import Coordinate, Field, Kind, SubgraphSchema
from services.gateway.compose.results import CompositionHint


def overridden_fields(subgraphs: Mapping[str, SubgraphSchema]) -> dict[str, frozenset[Coordinate]]:
    """Per subgraph, the fields another one has taken over for good; a labelled override leaves both in place."""
    taken: defaultdict[str, set[Coordinate]] = defaultdict(set)
    for schema in subgraphs.values():
        for owner, field in schema.fields_of(Kind.OBJECT):
            if field.override is None or field.override.label is not None:
                continue
            source = overridden_field(subgraphs, owner.name, field)
            if source is not None and not source.external:
                taken[field.override.source].add((owner.name, field.name))
    return {name: frozenset(taken[name]) for name in subgraphs}


def overridden_field(subgraphs: Mapping[str, SubgraphSchema], owner: str, field: Field) -> Field | None:
    """The declaration an override takes over, if there is one."""
    if field.override is None:
        return None
    source = subgraphs.get(field.override.source)
    definition = source.types.get(owner) if source else None
    return definition.fields.get(field.name) if definition else None


def override_hints(subgraphs: Mapping[str, SubgraphSchema]) -> Iterator[CompositionHint]:
    """What is left to clean up around overrides."""
    for schema in subgraphs.values():
        for owner, field in schema.fields_of(Kind.OBJECT):
            if field.override is None:
                continue
            place = f"{owner.name}.{field.name}"
            source = field.override.source
            if source not in subgraphs:
                yield CompositionHint(
                    "FROM_SUBGRAPH_DOES_NOT_EXIST",
                    f'"{place}" is taken over from "{source}", which does not exist',
                    place,
                    schema.name,
                    field.line,
                )
            elif overridden_field(subgraphs, owner.name, field) is None:
                yield CompositionHint(
                    "OVERRIDE_DIRECTIVE_CAN_BE_REMOVED",
                    f'"{place}" is no longer in "{source}": @override has done its work',
                    place,
                    schema.name,
                    field.line,
                )
