"""What composes but deserves a look: subgraphs that say different things, and directives that can go."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from services.gateway.compose.merge.overrides import override_hints
from services.gateway.compose.merge.supergraph import Supergraph
from services.gateway.compose.model import Argument, Element, Field, Kind
from services.gateway.compose.results import CompositionHint


def hints(supergraph: Supergraph) -> Iterator[CompositionHint]:
    """All hints on a sound supergraph."""
    yield from override_hints(supergraph.subgraphs)
    for place, declarations in _elements(supergraph):
        yield from _differing(place, declarations, "INCONSISTENT_DESCRIPTION", lambda each: each.description)
        yield from _differing(place, declarations, "INCONSISTENT_DEPRECATION_REASON", lambda each: each.deprecated)
    for merged in supergraph.types.values():
        urls = {each.specified_by for each in merged.by_graph.values() if each.specified_by}
        if len(urls) > 1:
            yield CompositionHint(
                "INCONSISTENT_SPECIFIED_BY",
                f'"{merged.name}" is specified at {" and at ".join(sorted(urls))}; the first is kept',
                merged.name,
            )
    for owner, field in supergraph.fields_of(Kind.OBJECT, Kind.INTERFACE, Kind.INPUT):
        place = f"{owner.name}.{field.name}"
        if owner.kind is Kind.INPUT:
            yield from _dropped_default(place, field.by_graph)
        if not field.complete:
            yield _left_out(place, owner.by_graph, field.by_graph)
        for argument in field.arguments.values():
            coordinate = f"{place}({argument.name}:)"
            yield from _dropped_default(coordinate, argument.by_graph)
            if not argument.complete:
                yield _left_out(coordinate, field.by_graph, argument.by_graph)


def _elements(supergraph: Supergraph) -> Iterator[tuple[str, Mapping[str, Element]]]:
    for merged in supergraph.types.values():
        yield merged.name, merged.by_graph
        for value in merged.values.values():
            yield f"{merged.name}.{value.name}", value.by_graph
        for field in merged.fields.values():
            yield f"{merged.name}.{field.name}", field.by_graph
            for argument in field.arguments.values():
                yield f"{merged.name}.{field.name}({argument.name}:)", argument.by_graph


def _differing(
    place: str,
    declarations: Mapping[str, Element],
    code: str,
    said: Callable[[Element], str | None],
) -> Iterator[CompositionHint]:
    texts = {graph: text for graph, each in declarations.items() if (text := said(each))}
    if len(set(texts.values())) > 1:
        kept = next(iter(texts))
        yield CompositionHint(
            code, f'"{place}" is told differently in {", ".join(texts)}; that of {kept} is kept', place
        )


def _dropped_default(
    place: str, declarations: Mapping[str, Argument] | Mapping[str, Field]
) -> Iterator[CompositionHint]:
    giving = [graph for graph, each in declarations.items() if each.default is not None]
    if giving and len(giving) < len(declarations):
        yield CompositionHint(
            "INCONSISTENT_DEFAULT_VALUE_PRESENCE",
            f'"{place}" has a default in {", ".join(giving)} only, so it has none in the supergraph',
            place,
        )


def _left_out(place: str, wanted: Mapping[str, object], present: Mapping[str, object]) -> CompositionHint:
    lacking = [graph for graph in wanted if graph not in present]
    return CompositionHint(
        "INCONSISTENT_INPUT_PRESENCE",
        f'"{place}" is left out of the supergraph because it is not in {", ".join(lacking)}',
        place,
    )
