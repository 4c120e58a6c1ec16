"""Phrases error messages share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def listed(names: Iterable[str]) -> str:
    """`"a", "b" and "c"`."""
    quoted = [f'"{name}"' for name in names]
    if len(quoted) < 2:
        return "".join(quoted)
    return f"{', '.join(quoted[:-1])} and {quoted[-1]}"


def subgraphs(names: Iterable[str]) -> str:
    """`subgraph "a"` or `subgraphs "a" and "b"`."""
    each = list(names)
    return f"subgraph{'s' if len(each) > 1 else ''} {listed(each)}"


def by_variant(variants: Mapping[str, str]) -> str:
    """From subgraph -> variant: `X in subgraph "a" but Y in subgraph "b"`."""
    groups: dict[str, list[str]] = {}
    for graph, variant in variants.items():
        groups.setdefault(variant, []).append(graph)
    return " but ".join(f"{variant} in {subgraphs(graphs)}" for variant, graphs in groups.items())
