"""`@override` across subgraphs: one hand-over a field, and none while requirements hang on it."""

from __future__ import annotations

from collections.abc import Iterator

from services.gateway.compose.merge.supergraph import Supergraph
from services.gateway.compose.model import Kind
from services.gateway.compose.results import CompositionError


def check_overrides(supergraph: Supergraph) -> Iterator[CompositionError]:
    """OVERRIDE_SOURCE_HAS_OVERRIDE, OVERRIDE_COLLISION_WITH_ANOTHER_DIRECTIVE."""
    for schema in supergraph.subgraphs.values():
        for owner, field in schema.fields_of(Kind.OBJECT):
            if field.override is None:
                continue
            source = supergraph.subgraphs.get(field.override.source)
            if source is None or owner.name not in source.types:
                continue
            other = source.types[owner.name].fields.get(field.name)
            if other is None:
                continue
            place = f"{owner.name}.{field.name}"
            if other.override is not None:
                yield CompositionError(
                    "OVERRIDE_SOURCE_HAS_OVERRIDE",
                    f'"{place}" is taken over from "{source.name}", which takes it over itself '
                    f'from "{other.override.source}"',
                    schema.name,
                    field.line,
                    place,
                    f'remove @override in "{source.name}"',
                )
            elif field.override.label is not None and (other.requires or other.provides):
                used = "requires" if other.requires else "provides"
                yield CompositionError(
                    "OVERRIDE_COLLISION_WITH_ANOTHER_DIRECTIVE",
                    f'"{place}" is taken over step by step from "{source.name}", where it has @{used}',
                    schema.name,
                    field.line,
                    place,
                    "take it over at once, without a label",
                )
