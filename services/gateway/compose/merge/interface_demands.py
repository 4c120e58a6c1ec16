"""Demands of interfaces: forbidden in subgraphs, they follow from the implementations, or an interface would be a way around."""

from __future__ import annotations

from collections.abc import Sequence

from services.gateway.compose.merge.supergraph import Supergraph
from services.gateway.compose.model import Element, Kind
from services.gateway.demands import conjunction


def derive_interface_demands(supergraph: Supergraph) -> None:
    """Let every interface and each of its fields demand all that any implementation of it demands (GHSA-mx7m-j9xf-62hw)."""
    for interface in supergraph.types.values():
        if interface.kind is not Kind.INTERFACE:
            continue
        implementations = [supergraph.types[name] for name in supergraph.possible_types(interface.name)]
        _add(interface, implementations)
        for field in interface.fields.values():
            _add(field, [each.fields[field.name] for each in implementations if field.name in each.fields])


def _add(element: Element, implementations: Sequence[Element]) -> None:
    together = (element, *implementations)
    element.authenticated = any(each.authenticated for each in together)
    element.scopes = conjunction(each.scopes for each in together)
    element.policies = conjunction(each.policies for each in together)
