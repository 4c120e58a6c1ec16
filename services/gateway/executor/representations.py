"""Builds entity representations from merged data, compiled once per entity lookup."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from services.gateway.executor.merge import deep_merge
from services.gateway.executor.source import Function
from services.gateway.planner.query_plan import EntityLookup
from services.gateway.planner.selection import Field, Fragment, Selection

Represent = Callable[[dict[str, Any]], dict[str, Any] | None]
"""An object to its representation; None when it has none, as a key is null or a field never came."""

_MISSING: Any = object()


def compile_represent(lookup: EntityLookup) -> Represent:
    """The representation builder of a lookup. Null key fields mean no entity; null required fields are sent."""
    selections: list[tuple[Selection, bool]] = [(item, True) for item in lookup.key]
    selections += [(item, False) for item in lookup.required if item not in lookup.key]
    if all(isinstance(item, Field) and item.is_leaf for item, _ in selections):
        return _flat([(item, strict) for item, strict in selections if isinstance(item, Field)], lookup)
    return _nested(selections, lookup)


def _flat(fields: Sequence[tuple[Field, bool]], lookup: EntityLookup) -> Represent:
    function = Function("o")
    if lookup.typename is None:
        function.line("t = o.get('__typename')")
        function.line("if t is None: return None")
        parts = ["'__typename': t"]
    else:
        parts = [f"'__typename': {function.bind(lookup.typename)}"]
    for index, (field, strict) in enumerate(fields):
        key = function.bind(field.key)
        missing = "None" if strict else function.bind(_MISSING)
        function.line(f"v{index} = o.get({key}, {missing})")
        function.line(f"if v{index} is {missing}: return None")
        parts.append(f"{function.bind(field.name)}: v{index}")
    function.line(f"return {{{', '.join(parts)}}}")
    found: Represent = function.build()
    return found


class _Absent(Exception):
    """A field the representation needs is not there."""


def _nested(selections: Sequence[tuple[Selection, bool]], lookup: EntityLookup) -> Represent:
    typename = lookup.typename
    parts = list(selections)

    def represent(target: dict[str, Any]) -> dict[str, Any] | None:
        name = typename or target.get("__typename")
        if name is None:
            return None
        result: dict[str, Any] = {"__typename": name}
        try:
            for selection, strict in parts:
                _copy(selection, target, result, strict)
        except _Absent:
            return None
        return result

    return represent


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
