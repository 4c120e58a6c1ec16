"""Types and defaults of fields, arguments and input fields agree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from graphql import print_ast

from services.gateway.compose.merge.supergraph import MergedField, Supergraph
from services.gateway.compose.model import Argument, Field, Kind
from services.gateway.compose.results import CompositionError
from services.gateway.compose.supergraph_rules._wording import by_variant
from services.gateway.compose.type_refs import is_subtype


def check_field_types(supergraph: Supergraph) -> Iterator[CompositionError]:
    """FIELD_TYPE_MISMATCH, FIELD_ARGUMENT_{TYPE,DEFAULT}_MISMATCH, INPUT_FIELD_DEFAULT_MISMATCH."""
    for owner, field in supergraph.fields_of(Kind.OBJECT, Kind.INTERFACE):
        place = f"{owner.name}.{field.name}"
        answered = {graph: each for graph, each in field.by_graph.items() if not each.external}
        types = {graph: each.type for graph, each in {**answered, **field.overridden}.items()}
        if not all(is_subtype(each, field.type, supergraph.is_possible) for each in types.values()):
            yield _mismatch("FIELD_TYPE_MISMATCH", f'the type of "{place}"', types, place)
        yield from _check_arguments(place, field)
    for owner, field in supergraph.fields_of(Kind.INPUT):
        place = f"{owner.name}.{field.name}"
        types = {graph: each.type for graph, each in field.by_graph.items()}
        if not all(is_subtype(field.type, each, _never) for each in types.values()):
            yield _mismatch("FIELD_TYPE_MISMATCH", f'the type of "{place}"', types, place)
        yield from _check_defaults("INPUT_FIELD_DEFAULT_MISMATCH", place, field.by_graph)


def _check_arguments(place: str, field: MergedField) -> Iterator[CompositionError]:
    for argument in field.arguments.values():
        answered = {graph: each for graph, each in argument.by_graph.items() if not field.by_graph[graph].external}
        coordinate = f"{place}({argument.name}:)"
        types = {graph: each.type for graph, each in answered.items()}
        if not all(is_subtype(argument.type, each, _never) for each in types.values()):
            yield _mismatch("FIELD_ARGUMENT_TYPE_MISMATCH", f'the type of "{coordinate}"', types, coordinate)
        yield from _check_defaults("FIELD_ARGUMENT_DEFAULT_MISMATCH", coordinate, answered)


def _check_defaults(
    code: str, place: str, by_graph: Mapping[str, Argument] | Mapping[str, Field]
) -> Iterator[CompositionError]:
    given = {graph: print_ast(each.default) for graph, each in by_graph.items() if each.default is not None}
    if len(set(given.values())) > 1:
        yield _mismatch(code, f'the default of "{place}"', given, place)


def _mismatch(code: str, what: str, variants: Mapping[str, str], place: str) -> CompositionError:
    quoted = {graph: f'"{variant}"' for graph, variant in variants.items()}
    return CompositionError(code, f"{what} is {by_variant(quoted)}", coordinate=place)


def _never(_sub: str, _general: str) -> bool:
    return False
