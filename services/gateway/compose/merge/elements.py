"""Merging what every element may carry: description, tags, visibility, deprecation, demands, cost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from graphql import DirectiveNode, print_ast

from services.gateway.compose.model import Element, ListSize
from services.gateway.demands import conjunction


def merged_element(name: str, declarations: Sequence[Element]) -> dict[str, Any]:
    """The attributes of the merged element, its declarations given in the order of the subgraphs' names."""
    if len(declarations) == 1 and not (declarations[0].used or declarations[0].foreign):
        # Most elements: one subgraph has them, and says nothing of them.
        return {"name": name, "description": declarations[0].description}
    return {
        "name": name,
        "description": _first(each.description for each in declarations),
        "tags": frozenset().union(*(each.tags for each in declarations)),
        "inaccessible": any(each.inaccessible for each in declarations),
        "deprecated": _first(each.deprecated for each in declarations),
        "authenticated": any(each.authenticated for each in declarations),
        "scopes": conjunction(each.scopes for each in declarations),
        "policies": conjunction(each.policies for each in declarations),
        "cost": max((each.cost for each in declarations if each.cost is not None), default=None),
        "list_size": _merged_list_size(each.list_size for each in declarations),
        "used": frozenset().union(*(each.used for each in declarations)),
        "foreign": _distinct(node for each in declarations for node in each.foreign),
    }


def _first(texts: Iterable[str | None]) -> str | None:
    return next((text for text in texts if text is not None), None)


def _merged_list_size(sizes: Iterable[ListSize | None]) -> ListSize | None:
    """Largest assumed size, all arguments and fields named anywhere; one slicing argument only if all ask for it."""
    present = [size for size in sizes if size is not None]
    if not present:
        return None
    return ListSize(
        assumed_size=max((size.assumed_size for size in present if size.assumed_size is not None), default=None),
        slicing_arguments=_all_names(size.slicing_arguments for size in present),
        sized_fields=_all_names(size.sized_fields for size in present),
        require_one_slicing_argument=all(size.require_one_slicing_argument for size in present),
    )


def _all_names(names: Iterable[tuple[str, ...] | None]) -> tuple[str, ...] | None:
    present = [each for each in names if each is not None]
    return tuple(sorted({name for each in present for name in each})) if present else None


def _distinct(nodes: Iterable[DirectiveNode]) -> tuple[DirectiveNode, ...]:
    return tuple({print_ast(node): node for node in nodes}.values())
