"""Writes merged data in the client's shape and order, propagating nulls by the supergraph's types.

Source is generated once per operation. The fast form only counts violations; when there are any, or the data does
not have the expected shape, a second form of the same source runs that knows every value's place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from graphql.language import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    SelectionSetNode,
)

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


@dataclass(frozen=True)
class Projection:
    """The compiled projection of one operation."""

    _fast: Callable[[Any, list[Any]], Any]
    _careful: Callable[[], Callable[[Any, list[Violation], Place], Any]]

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
        return self._careful()(data, violations, ()), violations


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

    def visit(selection_set: SelectionSetNode) -> None:
        for node in selection_set.selections:
            if not conditions.selected(node):
                continue
            if isinstance(node, FieldNode):
                key = node.alias.value if node.alias else node.name.value
                allowed = id(node) not in forbidden.nodes
                item = collected.setdefault(key, SelectedField(node, [], allowed))
                if allowed and not item.allowed:
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
                visit(inner)

    for selection_set in sets:
        visit(selection_set)
    return collected


class _Compiler:
    """Generates one function per selection set and type; strings reach the source as constants."""

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
        self.scope: dict[str, Any] = {"Violation": Violation}
        self.lines: list[str] = []
        self._constants: dict[object, str] = {}
        self._functions: dict[object, str] = {}
        self._count = 0

    # Names ---------------------------------------------------------------------------------------

    def constant(self, value: Any) -> str:
        name = self._constants.get((type(value), value))
        if name is None:
            name = f"c{len(self._constants)}"
            self._constants[type(value), value] = name
            self.scope[name] = value
        return name

    def _fresh(self, prefix: str) -> str:
        self._count += 1
        return f"{prefix}{self._count}"

    @property
    def _parameters(self) -> str:
        return "o, bad, q" if self.careful else "o, bad"

    def _call(self, function: str, value: str, place: str) -> str:
        return f"{function}({value}, bad, {place})" if self.careful else f"{function}({value}, bad)"

    def _report(self, message: str, place: str, code: str = "INTERNAL") -> str:
        """An expression that notes a violation and is None."""
        if self.careful:
            return f"bad.append(Violation({place}, {self.constant(message)}, {self.constant(code)}))"
        return "bad.append(None)"

    def _refuse(self, what: str, place: str) -> str:
        return self._report(f"You are not allowed to see this {what}.", place, UNAUTHORIZED)

    # Selection sets ------------------------------------------------------------------------------

    def composite(self, type_name: str, sets: list[SelectionSetNode]) -> str:
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

    def _abstract(self, type_name: str, sets: list[SelectionSetNode]) -> str:
        possible = self.supergraph.possible_types(type_name)
        visible = [name for name in sorted(possible) if not self.supergraph.types[name].inaccessible]
        shapes: dict[object, str] = {}
        functions: dict[str, str] = {}
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
        if len(shapes) == 1 and len(visible) == len(possible) and not self.careful:
            return next(iter(shapes.values()))
        name = self._fresh("a")
        table = self._fresh("d")
        self.lines.append(f"{table} = {{{', '.join(f'{self.constant(m)}: {f}' for m, f in functions.items())}}}")
        only = next(iter(shapes.values())) if len(shapes) == 1 else "None"
        unknown = self._report(f"A value of type {type_name} has an unknown object type.", "q")
        self.lines += [f"def {name}({self._parameters}):"]
        if self.careful:
            self.lines += [
                "    if type(o) is not dict:",
                f"        return {self._report(f'Expected an object of type {type_name}.', 'q')}",
            ]
            if len(visible) == len(possible):
                self.lines += [f"    f = {table}.get(o.get('__typename'), {only})"]
            else:
                self.lines += [f"    f = {table}.get(o.get('__typename'))"]
        else:
            self.lines += [f"    f = {table}.get(o.get('__typename'))"]
        self.lines += [
            "    if f is None:",
            f"        return {unknown}",
            f"    return {self._call('f', 'o', 'q')}",
        ]
        return name

    def _forbidden_object(self) -> str:
        function = self._fresh("p")
        self.lines.append(f"def {function}({self._parameters}): return {self._refuse('object', 'q')}")
        return function

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

    def _object(self, type_name: str, collected: Mapping[str, SelectedField]) -> str:
        body: list[str] = []
        info = self.supergraph.types[type_name]
        for response_key, item in collected.items():
            name = item.node.name.value
            key = self.constant(response_key)
            if not item.allowed:
                refusal = self._refuse("field", f"(*q, {key})")
                is_nullable = name != "__typename" and not info.fields[name].type.non_null
                body.append(f"r[{key}] = {refusal}" if is_nullable else f"return {refusal}")
                continue
            if name == "__typename":
                body.append(f"r[{key}] = {self.constant(type_name)}")
                continue
            if name in ("__schema", "__type"):
                body.append(f"r[{key}] = o.get({key})")
                continue
            ref = info.fields[name].type
            place = f"(*q, {key})"
            value = self._value(ref, "v", item.sets, place)
            body.append(f"v = o.get({key})")
            if not ref.non_null:
                body.append(f"r[{key}] = v" if value == "v" else f"r[{key}] = None if v is None else {value}")
                continue
            message = f"Cannot return null for non-nullable field {type_name}.{name}."
            body.append(f"if v is None: return {self._report(message, place)}")
            if value != "v":
                body.append(f"v = {value}")
                body.append("if v is None: return None")
            body.append(f"r[{key}] = v")
        function = self._fresh("p")
        self.lines.append(f"def {function}({self._parameters}):")
        if self.careful:
            expected = f"Expected an object of type {type_name}."
            self.lines.append(f"    if type(o) is not dict: return {self._report(expected, 'q')}")
        self.lines.append("    r = {}")
        self.lines += [f"    {line}" for line in body]
        self.lines.append("    return r")
        return function

    # Values --------------------------------------------------------------------------------------

    def _value(self, ref: TypeRef, value: str, sets: list[SelectionSetNode], place: str) -> str:
        """An expression for a value that is not null."""
        if ref.item is not None:
            function = self._list(ref, sets)
            return value if function is None else self._call(function, value, place)
        if sets:
            return self._call(self.composite(ref.name, sets), value, place)
        info = self.supergraph.types[ref.name]
        if info.kind == "enum":
            allowed = self.constant(frozenset(info.enum_values))
            unknown = self._report(f"Enum {ref.name} has no such value.", place)
            if self.careful:
                return f"({value} if type({value}) is str and {value} in {allowed} else {unknown})"
            return f"({value} if {value} in {allowed} else {unknown})"
        return value

    def _list(self, ref: TypeRef, sets: list[SelectionSetNode]) -> str | None:
        """The function for a list's items, or None when items are passed through."""
        assert ref.item is not None
        memo_key = ("list", str(ref), tuple(map(id, sets)))
        known = self._functions.get(memo_key)
        if known is not None:
            return known
        item = self._value(ref.item, "x", sets, "(*q, i)")
        if item == "x" and not ref.item.non_null and not self.careful:
            return None
        function = self._fresh("l")
        if ref.item.non_null:
            message = f"Cannot return null for a non-nullable item of [{ref.item}]."
            empty = self._report(message, "(*q, i)")
        else:
            empty = "None"
        loop = "for i, x in enumerate(o)" if self.careful else "for x in o"
        self.lines.append(f"def {function}({self._parameters}):")
        if self.careful:
            expected = self._report("Expected a list.", "q")
            self.lines.append(f"    if type(o) is not list: return {expected}")
        if item == "x" and not self.careful:
            self.lines.append(f"    if None in o: return {empty}")
            self.lines.append("    return o")
        else:
            self.lines.append(f"    r = [{empty} if x is None else {item} {loop}]")
            if ref.item.non_null:
                self.lines.append("    if None in r: return None")
            self.lines.append("    return r")
        self._functions[memo_key] = function
        return function

    def finish(self, entry: str) -> Any:
        exec("\n".join(self.lines), self.scope)  # our own source: indices and constants
        return self.scope[entry]


def compile_projection(
    supergraph: Supergraph,
    root: str,
    selection_set: SelectionSetNode,
    fragments: Mapping[str, FragmentDefinitionNode],
    conditions: ConditionValues,
    forbidden: Forbidden = NOTHING_FORBIDDEN,
) -> Projection:
    """Compile the projection of an operation whose conditions are decided; what is forbidden is null."""

    def build(careful: bool) -> Any:
        compiler = _Compiler(supergraph, fragments, conditions, forbidden, careful)
        return compiler.finish(compiler.composite(root, [selection_set]))

    careful_form: list[Any] = []

    def careful() -> Any:
        if not careful_form:
            careful_form.append(build(True))
        return careful_form[0]

    return Projection(build(False), careful)
