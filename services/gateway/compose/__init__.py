"""Federation composition: the SDLs of subgraphs in, one supergraph SDL in the join specification out, or what prevents it.

The passes: read each subgraph (`read`), check it alone (`subgraph_rules`), check what merging relies on, `merge`, check the whole
(`supergraph_rules`, satisfiability last), print (`print_supergraph`). Every pass hands plain data to the next.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from services.chassis.process import paused_collector
from services.gateway.compose.hints import hints
from services.gateway.compose.locations import Locator
from services.gateway.compose.merge import merge
from services.gateway.compose.model import SubgraphSchema
from services.gateway.compose.print_supergraph import print_supergraph
from services.gateway.compose.read import read_subgraph
from services.gateway.compose.results import (
    Composition,
    CompositionError,
    CompositionHint,
    Location,
    Subgraph,
)
from services.gateway.compose.subgraph_rules import SUBGRAPH_RULES
from services.gateway.compose.supergraph_rules import AFTER_MERGE, BEFORE_MERGE, WHEN_SOUND
from services.gateway.compose.supergraph_rules.subgraph_names import check_names

__all__ = ["Composition", "CompositionError", "CompositionHint", "Location", "Subgraph", "compose"]


def compose(subgraphs: Sequence[Subgraph]) -> Composition:
    """Compose subgraphs into a supergraph.

    The order of the subgraphs does not matter: the same set gives the same bytes. Bad input is never raised but answered as errors,
    sorted by subgraph and line; a pass that finds errors is the last one.
    """
    with paused_collector():
        return _compose(subgraphs)


def _compose(subgraphs: Sequence[Subgraph]) -> Composition:
    unnamed = list(check_names(subgraphs))
    if unnamed:
        return _refused(unnamed, (), Locator((), {}), everywhere=False)
    schemas: dict[str, SubgraphSchema] = {}
    errors: list[CompositionError] = []
    found: list[CompositionHint] = []
    for subgraph in sorted(subgraphs, key=lambda each: each.name):
        reading = read_subgraph(subgraph)
        errors += reading.errors
        found += reading.hints
        if reading.schema is not None:
            schemas[subgraph.name] = reading.schema
            errors += (error for rule in SUBGRAPH_RULES for error in rule(reading.schema))
    locator = Locator(subgraphs, schemas)
    if errors:
        return _refused(errors, found, locator, everywhere=False)
    errors += (error for before in BEFORE_MERGE for error in before(schemas))
    if errors:
        return _refused(errors, found, locator)
    supergraph = merge(schemas)
    for rules in (AFTER_MERGE, WHEN_SOUND):
        errors += (error for rule in rules for error in rule(supergraph))
        if errors:
            return _refused(errors, found, locator)
    found += hints(supergraph)
    located = tuple(locator.located(hint, everywhere=True) for hint in found)
    return Composition(print_supergraph(supergraph), (), located)


def _refused(
    errors: Iterable[CompositionError], found: Iterable[CompositionHint], locator: Locator, *, everywhere: bool = True
) -> Composition:
    located = tuple(locator.located(error, everywhere=everywhere) for error in _sorted(errors))
    return Composition(None, located, tuple(locator.located(hint, everywhere=everywhere) for hint in found))


def _sorted(errors: Iterable[CompositionError]) -> tuple[CompositionError, ...]:
    distinct = dict.fromkeys(errors)
    return tuple(
        sorted(
            distinct,
            key=lambda error: (error.subgraph or "", error.line or 0, error.code, error.message),
        )
    )
