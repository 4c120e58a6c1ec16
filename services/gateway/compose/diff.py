"""What changes for consumers from one supergraph to the next: breaking, dangerous (may break some), safe."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from graphql import (
    BreakingChange,
    DangerousChange,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    find_schema_changes,
)

from services.gateway.directives import Demand
from services.gateway.supergraph import load_supergraph


class Criticality(StrEnum):
    """Worst first."""

    BREAKING = "breaking"
    DANGEROUS = "dangerous"
    SAFE = "safe"


@dataclass(frozen=True, slots=True)
class Change:
    """One change of the consumer schema; `code` is graphql-core's, or one of ours for what graphql-core does not look at."""

    criticality: Criticality
    code: str
    message: str

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


def changes(earlier: str, later: str) -> tuple[Change, ...]:
    """The changes between the consumer schemas of two supergraph SDLs, worst first and then by message.

    graphql-core finds those of types; demands of callers, `@oneOf` and `@deprecated` are compared here. Raises SupergraphInvalid.
    """
    old, new = load_supergraph(earlier), load_supergraph(later)
    found = [
        *_of_types(old.schema, new.schema),
        *_of_demands(old.directives.demands, new.directives.demands, old.schema),
        *_of_one_of(old.schema, new.schema),
        *_of_deprecations(old.schema, new.schema),
    ]
    order = list(Criticality)
    return tuple(sorted(set(found), key=lambda each: (order.index(each.criticality), each.message, each.code)))


def _of_types(old: GraphQLSchema, new: GraphQLSchema) -> Iterator[Change]:
    for change in find_schema_changes(old, new):
        if isinstance(change, BreakingChange):
            criticality = Criticality.BREAKING
        elif isinstance(change, DangerousChange):
            criticality = Criticality.DANGEROUS
        else:
            criticality = Criticality.SAFE
        yield Change(criticality, change.type.name, change.description)


def _of_demands(
    old: dict[str, frozenset[Demand]], new: dict[str, frozenset[Demand]], schema: GraphQLSchema
) -> Iterator[Change]:
    for place in sorted({*old, *new}):
        before, after = old.get(place, frozenset()), new.get(place, frozenset())
        if before == after or not _exists(schema, place):
            continue
        if after <= before:
            yield Change(Criticality.SAFE, "DEMAND_REMOVED", f"{place} demands less of callers.")
        else:
            yield Change(Criticality.BREAKING, "DEMAND_ADDED", f"{place} demands more, or something else, of callers.")


def _exists(schema: GraphQLSchema, place: str) -> bool:
    """Whether a type or field was there before; what is new cannot break anyone."""
    name, _, field = place.partition(".")
    definition = schema.get_type(name)
    return definition is not None and (not field or field in getattr(definition, "fields", {}))


def _of_one_of(old: GraphQLSchema, new: GraphQLSchema) -> Iterator[Change]:
    for name, before in old.type_map.items():
        after = new.get_type(name)
        if not isinstance(before, GraphQLInputObjectType) or not isinstance(after, GraphQLInputObjectType):
            continue
        if after.is_one_of and not before.is_one_of:
            yield Change(Criticality.BREAKING, "ONE_OF_ADDED", f"{name} takes exactly one field now.")
        elif before.is_one_of and not after.is_one_of:
            yield Change(Criticality.SAFE, "ONE_OF_REMOVED", f"{name} takes any number of its fields now.")


def _of_deprecations(old: GraphQLSchema, new: GraphQLSchema) -> Iterator[Change]:
    before, after = dict(_deprecated(old)), dict(_deprecated(new))
    for place in sorted({*before, *after}):
        if before.get(place) and after.get(place) is None and place in after:
            yield Change(Criticality.SAFE, "DEPRECATION_REMOVED", f"{place} is no longer deprecated.")
        elif after.get(place) and before.get(place) is None and place in before:
            yield Change(Criticality.SAFE, "DEPRECATION_ADDED", f"{place} is deprecated: {after[place]}")


def _deprecated(schema: GraphQLSchema) -> Iterator[tuple[str, str | None]]:
    """Every field and enum value with the reason of its deprecation, if it is deprecated."""
    for name, definition in schema.type_map.items():
        if isinstance(definition, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
            for field_name, field in definition.fields.items():
                yield f"{name}.{field_name}", field.deprecation_reason
        for value_name, value in getattr(definition, "values", {}).items():
            yield f"{name}.{value_name}", value.deprecation_reason
