"""Joins subgraph answers into one tree of dicts."""

from __future__ import annotations

from typing import Any


def deep_merge(target: dict[str, Any], source: dict[str, Any]) -> None:
    """Merge `source` into `target`: objects key by key, lists item by item, null changes nothing."""
    for key, value in source.items():
        known = target.get(key)
        if known is None:
            target[key] = value
        elif value is None or known is value:
            continue
        elif type(known) is dict and type(value) is dict:
            deep_merge(known, value)
        elif type(known) is list and type(value) is list and len(known) == len(value):
            _merge_lists(known, value)
        else:
            target[key] = value


def _merge_lists(target: list[Any], source: list[Any]) -> None:
    for index, value in enumerate(source):
        known = target[index]
        if known is None:
            target[index] = value
        elif type(known) is dict and type(value) is dict:
            deep_merge(known, value)
        elif type(known) is list and type(value) is list and len(known) == len(value):
            _merge_lists(known, value)
        elif value is not None:
            target[index] = value
