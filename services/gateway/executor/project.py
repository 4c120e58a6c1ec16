"""Writes merged data in the client's shape and order, propagating nulls by the supergraph's types.

Functions are generated per operation. Their fast form only counts violations; when there are any, or the data does not
have the expected shape, a second form of the same functions runs that knows every value's place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from graphql.language import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    SelectionSetNode,
)

from services.gateway.executor.source import Function
from services.gateway.planner.field_set import NOTHING_FORBIDDEN, ConditionValues, Forbidden
from services.gateway.supergraph import Supergraph, TypeRef

Place = tuple[str | int, ...]

UNAUTHORIZED = "UNAUTHORIZED_FIELD_OR_TYPE"


@dataclass(frozen=True, slots=True)
class Violation:
    """A value the schema does not allow, replaced by null."""

    path: Place
    message: str
    code: str = "INTERNAL"


class Projection:
    """The projection of one operation; each of its forms is compiled when it is first needed."""

    def __init__(self, compile_form: Callable[[bool], Any]) -> None:
        self._compile = compile_form

    @cached_property
    def _fast(self) -> Callable[[Any, list[Any]], Any]:
        form: Callable[[Any, list[Any]], Any] = self._compile(False)
        return form

    @cached_property
    def _careful(self) -> Callable[[Any, list[Violation], Place], Any]:
        form: Callable[[Any, list[Violation], Place], Any] = self._compile(True)
        return form

    def compile(self) -> None:
        """Make the form that most answers take, ahead of the first."""
        _ = self._fast

    def __call__(self, data: dict[str, Any]) -> tuple[dict[str, Any] | None, list[Violation]]:
        """The client's `data`, and what had to be replaced by null on the way."""
        bad: list[Any] = []
        try:
            result = self._fast(data, bad)
            if not bad:
                return result, []
        except (AttributeError, TypeError, KeyError):
            pass  # not the expected shape: the careful form says where
        violations: list[Violation] = []
        return self._careful(data, violations, ()), violations


@dataclass(slots=True)
class SelectedField:
    """What a selection set asks under one response key: the first field, and every selection below."""

    node: FieldNode
    sets: list[SelectionSetNode]
    allowed: bool
    """False when the caller may not see it, however it was asked for."""


def collect_fields(
    supergraph: Supergraph,
    type_name: str,
    sets: list[SelectionSetNode],
    fragments: Mapping[str, FragmentDefinitionNode],
    conditions: ConditionValues,
    forbidden: Forbidden = NOTHING_FORBIDDEN,
) -> dict[str, SelectedField]:
    """The fields of an object by response key, in the order of the answer (CollectFields of the GraphQL specification)."""
    collected: dict[str, SelectedField] = {}
    visited: set[str] = set()
    for selection_set in sets:
        _collect(supergraph, type_name, selection_set, fragments, conditions, forbidden, collected, visited)
    return collected


def _collect(
    supergraph: Supergraph,
    type_name: str,
    selection_set: SelectionSetNode,
    fragments: Mapping[str, FragmentDefinitionNode],
    conditions: ConditionValues,
    forbidden: Forbidden,
    collected: dict[str, SelectedField],
    visited: set[str],
) -> None:
    for node in selection_set.selections:
        if node.directives and not conditions.selected(node):
            continue
        if isinstance(node, FieldNode):
            key = node.alias.value if node.alias else node.name.value
            allowed = id(node) not in forbidden.nodes
            item = collected.get(key)
            if item is None:
                item = collected[key] = SelectedField(node, [], allowed)
            elif allowed and not item.allowed:
                item.node, item.allowed = node, True
            if allowed and node.selection_set:
                item.sets.append(node.selection_set)
            continue
        if isinstance(node, FragmentSpreadNode):
            if node.name.value in visited:
                continue
            visited.add(node.name.value)
            definition = fragments[node.name.value]
            condition: str | None = definition.type_condition.name.value
            inner = definition.selection_set
        else:
            named = node.type_condition  # type: ignore[attr-defined]  # an inline fragment
            condition = named.name.value if named else None
            inner = node.selection_set  # type: ignore[attr-defined]  # an inline fragment
        if condition is None or type_name in supergraph.possible_types(condition):
            _collect(supergraph, type_name, inner, fragments, conditions, forbidden, collected, visited)


class _Compiler:
    """Generates one function per selection set and type, the innermost first."""

    def __init__(
        self,
        supergraph: Supergraph,
        fragments: Mapping[str, FragmentDefinitionNode],
        conditions: ConditionValues,
        forbidden: Forbidden,
        careful: bool,
    ) -> None:
        self.supergraph = supergraph
        self.fragments = fragments
        self.conditions = conditions
        self.forbidden = forbidden
        self.careful = careful
        self._functions: dict[object, Callable[..., Any] | None] = {}

    def _begin(self) -> Function:
        return Function("o", "bad", "q") if self.careful else Function("o", "bad")

    def _call(self, function: str, value: str, place: str) -> str:
        return f"{function}({value}, bad, {place})" if self.careful else f"{function}({value}, bad)"

    def _report(self, function: Function, message: str, place: str, code: str = "INTERNAL") -> str:
        """An expression that notes a violation and is None."""
        if self.careful:
            names = (function.bind(Violation), function.bind(message), function.bind(code))
            return "bad.append({0}({place}, {1}, {2}))".format(*names, place=place)
        return "bad.append(None)"

    def _refuse(self, function: Function, what: str, place: str) -> str:
        return self._report(function, f"You are not allowed to see this {what}.", place, UNAUTHORIZED)

    # Selection sets ------------------------------------------------------------------------------

    def composite(self, type_name: str, sets: list[SelectionSetNode]) -> Callable[..., Any]:
        """The function that projects a value of this type."""
        memo_key = (type_name, tuple(map(id, sets)))
        known = self._functions.get(memo_key)
        if known is None:
            if self.supergraph.types[type_name].is_abstract:
                known = self._abstract(type_name, sets)
            else:
                known = self._object(type_name, self._collect(type_name, sets))
            self._functions[memo_key] = known
        return known

    def _collect(self, type_name: str, sets: list[SelectionSetNode]) -> dict[str, SelectedField]:
        return collect_fields(self.supergraph, type_name, sets, self.fragments, self.conditions, self.forbidden)

    def _abstract(self, type_name: str, sets: list[SelectionSetNode]) -> Callable[..., Any]:
        possible = self.supergraph.possible_types(type_name)
        visible = [name for name in sorted(possible) if not self.supergraph.types[name].inaccessible]
        shapes: dict[object, Callable[..., Any]] = {}
        functions: dict[str, Callable[..., Any]] = {}
        for member in visible:
            if member in self.forbidden.types:
                function = shapes.get("forbidden")
                if function is None:
                    function = shapes["forbidden"] = self._forbidden_object()
                functions[member] = function
                continue
            collected = self._collect(member, sets)
            shape = self._shape(member, collected)
            function = shapes.get(shape)
            if function is None:
                function = shapes[shape] = self._object(member, collected)
            functions[member] = function
        is_uniform = len(shapes) == 1 and len(visible) == len(possible)
        if is_uniform and not self.careful:
            return next(iter(shapes.values()))
        chooser = self._begin()
        if self.careful:
            expected = self._report(chooser, f"Expected an object of type {type_name}.", "q")
            chooser.line(f"if type(o) is not dict: return {expected}")
        otherwise = chooser.bind(next(iter(shapes.values())) if self.careful and is_uniform else None)
        chooser.line("t = o.get('__typename')")
        if self.careful:
            chooser.line("if type(t) is not str: t = None")
        chooser.line(f"f = {chooser.bind(functions)}.get(t, {otherwise})")
        unknown = self._report(chooser, f"A value of type {type_name} has an unknown object type.", "q")
        chooser.line(f"if f is None: return {unknown}")
        chooser.line(f"return {self._call('f', 'o', 'q')}")
        made: Callable[..., Any] = chooser.build()
        return made

    def _forbidden_object(self) -> Callable[..., Any]:
        function = self._begin()
        function.line(f"return {self._refuse(function, 'object', 'q')}")
        made: Callable[..., Any] = function.build()
        return made

    def _shape(self, type_name: str, collected: Mapping[str, SelectedField]) -> object:
        """What two members must share to be projected by one function."""
        info = self.supergraph.types[type_name]
        shape: list[object] = []
        for key, item in collected.items():
            name = item.node.name.value
            if not item.allowed:
                shape.append((key, type_name, name))
            elif name == "__typename":
                shape.append((key, type_name))
            else:
                sets = tuple(map(id, item.sets))
                shape.append((key, str(info.fields[name].type), sets))
        return tuple(shape)

    def _object(self, type_name: str, collected: Mapping[str, SelectedField]) -> Callable[..., Any]:
        function = self._begin()
        if self.careful:
            expected = self._report(function, f"Expected an object of type {type_name}.", "q")
            function.line(f"if type(o) is not dict: return {expected}")
        function.line("r = {}")
        info = self.supergraph.types[type_name]
        for response_key, item in collected.items():
            name = item.node.name.value
            key = function.bind(response_key)
            if not item.allowed:
                refusal = self._refuse(function, "field", f"(*q, {key})")
                is_nullable = name != "__typename" and not info.fields[name].type.non_null
                function.line(f"r[{key}] = {refusal}" if is_nullable else f"return {refusal}")
                continue
            if name == "__typename":
                function.line(f"r[{key}] = {function.bind(type_name)}")
                continue
            if name in ("__schema", "__type"):
                function.line(f"r[{key}] = o.get({key})")
                continue
            ref = info.fields[name].type
            place = f"(*q, {key})"
            value = self._value(function, ref, "v", item.sets, place)
            function.line(f"v = o.get({key})")
            if not ref.non_null:
                function.line(f"r[{key}] = v" if value == "v" else f"r[{key}] = None if v is None else {value}")
                continue
            message = f"Cannot return null for non-nullable field {type_name}.{name}."
            function.line(f"if v is None: return {self._report(function, message, place)}")
            if value != "v":
                function.line(f"v = {value}")
                function.line("if v is None: return None")
            function.line(f"r[{key}] = v")
        function.line("return r")
        made: Callable[..., Any] = function.build()
        return made

    # Values --------------------------------------------------------------------------------------

    def _value(self, function: Function, ref: TypeRef, value: str, sets: list[SelectionSetNode], place: str) -> str:
        """An expression for a value that is not null."""
        if ref.item is not None:
            each = self._list(ref, sets)
            return value if each is None else self._call(function.bind(each), value, place)
        if sets:
            return self._call(function.bind(self.composite(ref.name, sets)), value, place)
        info = self.supergraph.types[ref.name]
        if info.kind == "enum":
            allowed = function.bind(frozenset(info.enum_values))
            unknown = self._report(function, f"Enum {ref.name} has no such value.", place)
            if self.careful:
                return f"({value} if type({value}) is str and {value} in {allowed} else {unknown})"
            return f"({value} if {value} in {allowed} else {unknown})"
        return value

    def _list(self, ref: TypeRef, sets: list[SelectionSetNode]) -> Callable[..., Any] | None:
        """The function for a list's items, or None when items are passed through."""
        assert ref.item is not None
        memo_key = ("list", str(ref), tuple(map(id, sets)))
        if memo_key in self._functions:
            return self._functions[memo_key]
        function = self._begin()
        item = self._value(function, ref.item, "x", sets, "(*q, i)")
        if item == "x" and not ref.item.non_null and not self.careful:
            self._functions[memo_key] = None
            return None
        if ref.item.non_null:
            message = f"Cannot return null for a non-nullable item of [{ref.item}]."
            empty = self._report(function, message, "(*q, i)")
        else:
            empty = "None"
        if self.careful:
            function.line(f"if type(o) is not list: return {self._report(function, 'Expected a list.', 'q')}")
        if item == "x" and not self.careful:
            function.line(f"if None in o: return {empty}")
            function.line("return o")
        else:
            loop = "for i, x in enumerate(o)" if self.careful else "for x in o"
            function.line(f"r = [{empty} if x is None else {item} {loop}]")
            if ref.item.non_null:
                function.line("if None in r: return None")
            function.line("return r")
        made: Callable[..., Any] = function.build()
        self._functions[memo_key] = made
        return made


def compile_projection(
    supergraph: Supergraph,
    root: str,
    selection_set: SelectionSetNode,
    fragments: Mapping[str, FragmentDefinitionNode],
    conditions: ConditionValues,
    forbidden: Forbidden = NOTHING_FORBIDDEN,
) -> Projection:
    """The projection of an operation whose conditions are decided; what is forbidden is null."""

    def compile_form(careful: bool) -> Any:
        return _Compiler(supergraph, fragments, conditions, forbidden, careful).composite(root, [selection_set])

    return Projection(compile_form)
