"""Finds the objects a response path stands for: compiled for speed, or with their real places for errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from services.gateway.executor.source import Function
from services.gateway.planner.fetch_steps import LIST, OnType, ResponsePath
from services.gateway.supergraph import Supergraph

Collect = Callable[[dict[str, Any]], list[dict[str, Any]]]

MAX_LOOPS = 18
"""Python nests at most twenty blocks."""


def compile_collect(supergraph: Supergraph, path: ResponsePath) -> Collect:
    """A function from the data to the objects at `path`, in document order."""
    if path.count(LIST) > MAX_LOOPS:
        return lambda data: [found for _, found in locate(supergraph, data, path)]
    function = Function("v0")
    function.line("out = []")
    indent = variable = 0
    skip = "return out"
    for segment in path:
        if isinstance(segment, OnType):
            name = function.bind(frozenset({segment.name}) | supergraph.possible_types(segment.name))
            function.line(f"if v{variable}.get('__typename') not in {name}: {skip}", indent)
        elif segment == LIST:
            function.line(f"for v{variable + 1} in v{variable}:", indent)
            indent += 1
            variable += 1
            skip = "continue"
            function.line(f"if v{variable} is None: {skip}", indent)
        else:
            function.line(f"v{variable + 1} = v{variable}.get({function.bind(segment)})", indent)
            variable += 1
            function.line(f"if v{variable} is None: {skip}", indent)
    function.line(f"out.append(v{variable})", indent)
    function.line("return out")
    found: Collect = function.build()
    return found


def locate(
    supergraph: Supergraph, data: Any, path: ResponsePath
) -> Iterator[tuple[tuple[str | int, ...], dict[str, Any]]]:
    """The same objects in the same order, each with its place; data of an unexpected shape is passed over."""

    def walk(
        value: Any, position: int, place: tuple[str | int, ...]
    ) -> Iterator[tuple[tuple[str | int, ...], dict[str, Any]]]:
        if value is None:
            return
        if position == len(path):
            if isinstance(value, dict):
                yield place, value
            return
        segment = path[position]
        if segment == LIST:
            for index, item in enumerate(value if isinstance(value, list) else ()):
                yield from walk(item, position + 1, (*place, index))
        elif not isinstance(value, dict):
            return
        elif isinstance(segment, OnType):
            allowed = frozenset({segment.name}) | supergraph.possible_types(segment.name)
            if value.get("__typename") in allowed:
                yield from walk(value, position + 1, place)
        else:
            yield from walk(value.get(segment), position + 1, (*place, segment))

    yield from walk(data, 0, ())
