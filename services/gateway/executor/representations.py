"""Builds entity representations from merged data, compiled once per entity lookup."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import orjson

from services.gateway.executor.merge import deep_merge
from services.gateway.executor.paths import Walk, can_walk, compile_collect
from services.gateway.executor.source import Function
from services.gateway.planner.query_plan import EntityLookup
from services.gateway.planner.selection import Field, Fragment, Selection
from services.gateway.supergraph import Supergraph

Represent = Callable[[dict[str, Any]], dict[str, Any] | None]
"""An object to its representation; None when it has none, as a key is null or a field never came."""

_MISSING: Any = object()


Prepared = tuple[list[dict[str, Any]], list[tuple[dict[str, Any], int]], list[dict[str, Any]]]
"""Distinct representations, every object with the position of its own, and the objects that have none."""


def compile_prepare(supergraph: Supergraph, lookup: EntityLookup) -> Callable[[dict[str, Any]], Prepared]:
    """A function from the data to the representations a lookup sends, in one walk.

    It raises AttributeError or TypeError for data of another shape than subgraphs promise, and for values that have no
    hash: `prepare` does the same, slower, for any data.
    """
    fields = _flat_fields(lookup)
    if fields is None or not can_walk(lookup.path):
        collect, represent = compile_collect(supergraph, lookup.path), compile_represent(lookup)
        return lambda data: prepare(collect(data), represent)
    function = Function("v0")
    for line in ("known = {}", "distinct = []", "found = []", "lost = []", "done = distinct, found, lost"):
        function.line(line)
    walk = Walk(function, supergraph, lookup.path)
    if lookup.typename is None:
        walk.line(f"t = {walk.target}.get('__typename')")
        walk.line(f"if t is None: {walk.skip}")
        parts, identity = ["'__typename': t"], ["t"]
    else:
        parts, identity = [f"'__typename': {function.bind(lookup.typename)}"], []
    for index, (field, strict) in enumerate(fields):
        missing = "None" if strict else function.bind(_MISSING)
        walk.line(f"f{index} = {walk.target}.get({function.bind(field.key)}, {missing})")
        walk.line(f"if f{index} is {missing}: lost.append({walk.target}); {walk.skip}")
        parts.append(f"{function.bind(field.name)}: f{index}")
        identity.append(f"f{index}")
    walk.line(f"k = {identity[0] if len(identity) == 1 else '(' + ', '.join(identity) + ',)'}")
    walk.line("i = known.get(k)")
    walk.line("if i is None:")
    walk.line("    i = known[k] = len(distinct)")
    walk.line(f"    distinct.append({{{', '.join(parts)}}})")
    walk.line(f"found.append(({walk.target}, i))")
    function.line("return done")
    made: Callable[[dict[str, Any]], Prepared] = function.build()
    return made


def prepare(targets: Sequence[dict[str, Any]], represent: Represent) -> Prepared:
    """The representations of the objects found, whatever their values are."""
    distinct: list[dict[str, Any]] = []
    found: list[tuple[dict[str, Any], int]] = []
    lost: list[dict[str, Any]] = []
    known: dict[bytes, int] = {}
    for target in targets:
        representation = represent(target)
        if representation is None:
            lost.append(target)
            continue
        position = known.setdefault(orjson.dumps(representation), len(distinct))
        if position == len(distinct):
            distinct.append(representation)
        found.append((target, position))
    return distinct, found, lost


def _flat_fields(lookup: EntityLookup) -> list[tuple[Field, bool]] | None:
    """The fields of a representation that has no objects, and whether each is part of the key; None for others."""
    fields = [(item, strict) for item, strict in _selections(lookup) if isinstance(item, Field) and item.is_leaf]
    return fields if len(fields) == len(_selections(lookup)) else None


def _selections(lookup: EntityLookup) -> list[tuple[Selection, bool]]:
    required = [(item, False) for item in lookup.required if item not in lookup.key]
    return [*((item, True) for item in lookup.key), *required]


def compile_represent(lookup: EntityLookup) -> Represent:
    """The representation builder of a lookup. Null key fields mean no entity; null required fields are sent."""
    typename = lookup.typename
    parts = _selections(lookup)

    def represent(target: dict[str, Any]) -> dict[str, Any] | None:
        name = typename or target.get("__typename")
        if not isinstance(name, str):
            return None
        result: dict[str, Any] = {"__typename": name}
        try:
            for selection, strict in parts:
                _copy(selection, target, result, strict)
        except _Absent:
            return None
        return result

    return represent


class _Absent(Exception):
    """A field the representation needs is not there."""


def _copy(selection: Selection, source: dict[str, Any], result: dict[str, Any], strict: bool) -> None:
    if isinstance(selection, Fragment):
        if source.get("__typename") == selection.type_name:
            for item in selection.selections:
                _copy(item, source, result, strict)
        return
    value = source.get(selection.key, _MISSING)
    if value is _MISSING or (value is None and strict):
        raise _Absent
    if selection.selections is not None and value is not None:
        value = _copy_value(selection.selections, value, strict)
    deep_merge(result, {selection.name: value})


def _copy_value(selections: tuple[Selection, ...], value: Any, strict: bool) -> Any:
    if value is None:
        return None
    if type(value) is list:
        return [_copy_value(selections, item, strict) for item in value]
    if type(value) is not dict:
        raise _Absent
    result: dict[str, Any] = {}
    if "__typename" in value:
        result["__typename"] = value["__typename"]
    for item in selections:
        _copy(item, value, result, strict)
    return result
