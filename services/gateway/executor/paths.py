"""Finds the objects a response path stands for: compiled for speed, or with their real places for errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from services.gateway.planner.fetch_steps import LIST, OnType, ResponsePath
from services.gateway.supergraph import Supergraph

Collect = Callable[[dict[str, Any]], list[dict[str, Any]]]


def compile_collect(supergraph: Supergraph, path: ResponsePath) -> Collect:
    """A function from the data to the objects at `path`, in document order.

    The generated source holds only indices; keys and type names are passed in as constants.
    """
    constants: dict[str, Any] = {}
    lines = ["def collect(v0):", "    out = []"]
    indent = 1
    variable = 0

    def emit(text: str) -> None:
        lines.append("    " * indent + text)

    skip = "return out"
    for position, segment in enumerate(path):
        name = f"c{position}"
        if isinstance(segment, OnType):
            constants[name] = frozenset({segment.name}) | supergraph.possible_types(segment.name)
            emit(f"if v{variable}.get('__typename') not in {name}: {skip}")
        elif segment == LIST:
            emit(f"for v{variable + 1} in v{variable}:")
            indent += 1
            variable += 1
            skip = "continue"
            emit(f"if v{variable} is None: {skip}")
        else:
            constants[name] = segment
            emit(f"v{variable + 1} = v{variable}.get({name})")
            variable += 1
            emit(f"if v{variable} is None: {skip}")
    emit(f"out.append(v{variable})")
    lines.append("    return out")
    scope: dict[str, Any] = dict(constants)
    exec("\n".join(lines), scope)  # our own source, built from integers only
    found: Collect = scope["collect"]
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
