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
    if not can_walk(path):
        return lambda data: [found for _, found in locate(supergraph, data, path)]
    function = Function("v0")
    function.line("done = []")
    walk = Walk(function, supergraph, path)
    walk.line(f"done.append({walk.target})")
    function.line("return done")
    found: Collect = function.build()
    return found


def can_walk(path: ResponsePath) -> bool:
    """Whether a path has few enough lists for a `Walk`."""
    return path.count(LIST) <= MAX_LOOPS


class Walk:
    """The loops from `v0` to the objects at a path, in a function that returns `done`; more lines go inside them."""

    def __init__(self, function: Function, supergraph: Supergraph, path: ResponsePath) -> None:
        self.function = function
        self.skip = "return done"
        """Goes on with the next object."""
        self._indent = variable = 0
        for segment in path:
            if isinstance(segment, OnType):
                names = function.bind(_allowed(supergraph, segment))
                self.line(f"if v{variable}.get('__typename') not in {names}: {self.skip}")
                continue
            if segment == LIST:
                self.line(f"for v{variable + 1} in v{variable}:")
                self._indent += 1
                self.skip = "continue"
            else:
                self.line(f"v{variable + 1} = v{variable}.get({function.bind(segment)})")
            variable += 1
            self.line(f"if v{variable} is None: {self.skip}")
        self.target = f"v{variable}"
        """The variable that holds an object found."""

    def line(self, text: str) -> None:
        self.function.line(text, self._indent)


def _allowed(supergraph: Supergraph, segment: OnType) -> frozenset[str]:
    """What the `__typename` of an object may be that a segment keeps."""
    return frozenset(segment.names).union(*map(supergraph.possible_types, segment.names))


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
            name = value.get("__typename")
            if isinstance(name, str) and name in _allowed(supergraph, segment):
                yield from walk(value, position + 1, place)
        else:
            yield from walk(value.get(segment), position + 1, (*place, segment))

    yield from walk(data, 0, ())
