"""The query plan: waves of fetches, each with the operation text its subgraph receives; and its printed form."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from services.gateway.node_fields import CONFIRMED
from services.gateway.planner.fetch_steps import (
    FetchStep,
    OnType,
    ResponsePath,
    StepField,
    StepSelections,
)
from services.gateway.planner.graph import Graph
from services.gateway.planner.optimize.levels import levels_of
from services.gateway.planner.selection import (
    Field,
    Fragment,
    Operation,
    Selection,
    VariableDeclaration,
)
from services.gateway.supergraph import TypeRef


@dataclass(frozen=True, slots=True)
class Rename:
    """Puts a value back where the plan expects it after a subgraph operation had to alias it."""

    path: ResponsePath
    alias: str
    key: str


@dataclass(frozen=True)
class EntityLookup:
    """One `_entities` call: which objects, represented how, asked for what."""

    path: ResponsePath
    type: str
    typename: str | None
    key: tuple[Selection, ...]
    required: tuple[Selection, ...]
    selections: StepSelections
    field: str
    """The response key of this call in the subgraph's answer."""
    variable: str
    text: str
    renames: tuple[Rename, ...]
    without_required: Fetch | None
    """Asks what can be asked of objects for which `required` did not come; None when that is nothing."""


@dataclass(frozen=True)
class Fetch:
    """One request to one subgraph."""

    number: int
    graph: str
    service: str
    kind: str
    operation: str
    operation_name: str
    variables: frozenset[str]
    path: ResponsePath
    """Where a root fetch puts its data; entity lookups carry their own."""
    lookups: tuple[EntityLookup, ...]
    selections: StepSelections | None
    renames: tuple[Rename, ...] = ()


@dataclass(frozen=True)
class QueryPlan:
    kind: str
    waves: tuple[tuple[Fetch, ...], ...]

    @property
    def fetches(self) -> Iterable[Fetch]:
        return (fetch for wave in self.waves for fetch in wave)


class PlanBuilder:
    """Orders optimised steps into waves and writes the subgraph operations."""

    def __init__(self, graph: Graph, operation: Operation, keep_to_deadline: Callable[[], None]) -> None:
        self.graph = graph
        self._keep_to_deadline = keep_to_deadline
        self.operation = operation
        self._fetches = 0

    def build(self, stages: Sequence[list[FetchStep]]) -> QueryPlan:
        """A plan that runs the stages one after another; only mutations have several."""
        waves: list[tuple[Fetch, ...]] = []
        for steps in stages:
            levels = levels_of(steps)
            for level in range(max(levels.values(), default=-1) + 1):
                waves.append(self._wave([step for step in steps if levels[step] == level]))
        return QueryPlan(self.operation.kind, tuple(waves))

    def _wave(self, steps: list[FetchStep]) -> tuple[Fetch, ...]:
        fetches: list[Fetch] = []
        batches: dict[str, list[FetchStep]] = {}
        for step in steps:
            if step.is_entity:
                batches.setdefault(step.graph, []).append(step)
            else:
                fetches.append(self._root_fetch(step))
        fetches += [self._entity_fetch(graph, batch) for graph, batch in batches.items()]
        return tuple(fetches)

    def _names(self, graph: str) -> tuple[int, str, str]:
        self._keep_to_deadline()
        number = self._fetches
        self._fetches += 1
        service = self.graph.supergraph.subgraphs[graph].name
        identifier = "".join(char if char.isalnum() and char.isascii() else "_" for char in service)
        return number, service, f"{self.operation.name or 'anonymous'}__{identifier}__{number}"

    def _root_fetch(self, step: FetchStep) -> Fetch:
        number, service, name = self._names(step.graph)
        # A nested Query type is asked with a query, whatever the operation is.
        kind = "query" if step.path else self.operation.kind
        writer = _Writer(self.graph, step.graph)
        # Renames are relative to this fetch's own answer.
        text = writer.selections(step.selections, ())
        header = self._header(kind, name, writer.variables, ())
        return Fetch(
            number,
            step.graph,
            service,
            kind,
            header + text,
            name,
            frozenset(writer.variables),
            step.path,
            (),
            step.selections,
            tuple(writer.renames),
        )

    def _entity_fetch(self, graph: str, steps: list[FetchStep]) -> Fetch:
        number, service, name = self._names(graph)
        lookups: list[EntityLookup] = []
        variables: set[str] = set()
        body: list[str] = []
        for index, step in enumerate(steps):
            single = len(steps) == 1
            field, variable = ("_entities", "representations") if single else (f"_e{index}", f"_r{index}")
            while variable in self.operation.variables:
                variable = f"_{variable}"
            self._keep_to_deadline()
            writer = _Writer(self.graph, graph)
            text = writer.selections(step.selections, step.path)
            variables |= writer.variables
            prefix = "" if single else f"{field}: "
            body.append(f"{prefix}_entities(representations: ${variable}) {{ ... on {step.type} {text} }}")
            lookups.append(
                EntityLookup(
                    step.path,
                    step.type,
                    step.typename,
                    step.key,
                    step.required,
                    step.selections,
                    field,
                    variable,
                    text,
                    tuple(writer.renames),
                    self._without_required(step),
                )
            )
        header = self._header("query", name, variables, [item.variable for item in lookups])
        return Fetch(
            number,
            graph,
            service,
            "query",
            header + "{ " + " ".join(body) + " }",
            name,
            frozenset(variables),
            (),
            tuple(lookups),
            None,
        )

    def _without_required(self, step: FetchStep) -> Fetch | None:
        if step.neighbours is None:
            return None
        alone = replace(step, selections=step.neighbours, required=(), neighbours=None)
        return self._entity_fetch(step.graph, [alone])

    def _header(self, kind: str, name: str, variables: Iterable[str], representations: Sequence[str]) -> str:
        declared = [f"${item}: [_Any!]!" for item in representations]
        for item in sorted(variables):
            declared.append(f"${item}: {_declaration(self.operation.variables[item])}")
        return f"{kind} {name}" + (f"({', '.join(declared)}) " if declared else " ")


def _declaration(declared: VariableDeclaration) -> str:
    return declared.type + (f" = {declared.default}" if declared.default is not None else "")


class _Shapes(dict[str, tuple[object, "_Shapes"]]):
    """By response key: the shape of the value, and the shapes below it, which all objects at one place share."""


class _Writer:
    """Prints selections for one subgraph, aliasing what would conflict there."""

    def __init__(self, graph: Graph, service: str) -> None:
        self.graph = graph
        self.service = service
        self.variables: set[str] = set()
        self.renames: list[Rename] = []

    def selections(self, item: StepSelections, path: ResponsePath, shapes: _Shapes | None = None) -> str:
        shapes = _Shapes() if shapes is None else shapes
        parts = [self._field(item.type, found, path, shapes) for found in item.fields.values()]
        for name, nested in item.fragments.items():
            if nested.is_empty:
                continue
            inner = [self._field(name, found, (*path, OnType((name,))), shapes) for found in nested.fields.values()]
            if inner:
                parts.append(f"... on {name} {{ {' '.join(inner)} }}")
        return "{ " + " ".join(parts or ["__typename"]) + " }"

    def _field(self, parent: str, item: StepField, path: ResponsePath, shapes: _Shapes) -> str:
        self.variables |= item.variables
        key = item.key
        shape = self._shape(parent, item)
        known, nested = shapes.setdefault(key, (shape, _Shapes()))
        if known != shape:
            # Valid for the client, whose types may differ in nullability from the subgraph's.
            key = f"_hy_{parent}_{item.key}"
            _, nested = shapes.setdefault(key, (shape, _Shapes()))
            self.renames.append(Rename(path, key, item.key))
        text = _aliased(_asked(item.name), key)
        if item.arguments:
            text += f"({item.arguments})"
        if item.selections is not None:
            below = (*path, item.key, *("@",) * item.type.list_depth)
            text += " " + self.selections(item.selections, below, nested)
        return text

    def _shape(self, parent: str, item: StepField) -> object:
        if item.name == "__typename":
            return "String!"
        info = self.graph.supergraph.types[parent].fields.get(item.name)
        join = info.joins.get(self.service) if info else None
        ref = join.type if join else item.type
        if item.selections is not None:
            return _wrapping(ref)
        return str(ref)


def _asked(name: str) -> str:
    """The name a subgraph knows a field by."""
    return "__typename" if name == CONFIRMED else name


def _wrapping(ref: TypeRef) -> str:
    return str(ref).replace(ref.name, "*")


# Printing ------------------------------------------------------------------------------------------


def print_plan(plan: QueryPlan) -> str:
    """The plan as text for people: Sequence, Parallel, Fetch and Flatten."""
    lines = ["QueryPlan {"]
    if not plan.waves:
        return "QueryPlan {}\n"
    indent = 1
    if len(plan.waves) > 1:
        lines.append("  Sequence {")
        indent = 2
    for wave in plan.waves:
        _print_wave(wave, indent, lines)
    if len(plan.waves) > 1:
        lines.append("  }")
    lines.append("}")
    return "\n".join(lines) + "\n"


def _print_wave(wave: Sequence[Fetch], indent: int, lines: list[str]) -> None:
    pad = "  " * indent
    if len(wave) > 1:
        lines.append(pad + "Parallel {")
        for fetch in wave:
            _print_fetch(fetch, indent + 1, lines)
        lines.append(pad + "}")
    else:
        _print_fetch(wave[0], indent, lines)


def _print_fetch(fetch: Fetch, indent: int, lines: list[str]) -> None:
    pad = "  " * indent
    if len(fetch.lookups) > 1:
        lines.append(f'{pad}BatchFetch(service: "{fetch.service}") {{')
        for lookup in fetch.lookups:
            lines.append(f'{pad}  {lookup.field}: Flatten(path: "{print_path(lookup.path)}") {{')
            _print_lookup(lookup, indent + 2, lines)
            lines.append(pad + "  }")
        lines.append(pad + "}")
        return
    path = fetch.lookups[0].path if fetch.lookups else fetch.path
    if path:
        lines.append(f'{pad}Flatten(path: "{print_path(path)}") {{')
        indent += 1
    inner = "  " * indent
    kind = "" if fetch.kind == "query" else f", kind: {fetch.kind}"
    lines.append(f'{inner}Fetch(service: "{fetch.service}"{kind}) {{')
    if fetch.lookups:
        _print_lookup(fetch.lookups[0], indent + 1, lines)
    elif fetch.selections is not None:
        _print_selections(fetch.selections, indent + 1, lines)
    lines.append(inner + "}")
    if path:
        lines.append(pad + "}")


def _print_lookup(lookup: EntityLookup, indent: int, lines: list[str]) -> None:
    pad = "  " * indent
    lines.append(pad + "{")
    lines.append(f"{pad}  ... on {lookup.typename or lookup.type} {{")
    lines.append(f"{pad}    __typename")
    for selection in dict.fromkeys((*lookup.key, *lookup.required)):
        _print_requirement(selection, indent + 2, lines)
    lines.append(f"{pad}  }}")
    lines.append(f"{pad}}} =>")
    lines.append(pad + "{")
    lines.append(f"{pad}  ... on {lookup.type} {{")
    _print_selections(lookup.selections, indent + 2, lines)
    lines.append(f"{pad}  }}")
    lines.append(pad + "}")


def _print_requirement(selection: Selection, indent: int, lines: list[str]) -> None:
    pad = "  " * indent
    if isinstance(selection, Fragment):
        lines.append(f"{pad}... on {selection.type_name} {{")
        nested: tuple[Selection, ...] = selection.selections
    else:
        assert isinstance(selection, Field)
        # What is sent, then where the data has it.
        name = _aliased(selection.key, selection.name)
        arguments = f"({selection.arguments})" if selection.arguments else ""
        if selection.selections is None:
            lines.append(f"{pad}{name}{arguments}")
            return
        lines.append(f"{pad}{name}{arguments} {{")
        nested = selection.selections
    for item in nested:
        _print_requirement(item, indent + 1, lines)
    lines.append(pad + "}")


def _print_selections(selections: StepSelections, indent: int, lines: list[str]) -> None:
    pad = "  " * indent
    for item in selections.fields.values():
        arguments = f"({item.arguments})" if item.arguments else ""
        head = f"{pad}{_aliased(_asked(item.name), item.key)}{arguments}"
        if item.selections is None:
            lines.append(head)
        else:
            lines.append(head + " {")
            _print_selections(item.selections, indent + 1, lines)
            lines.append(pad + "}")
    for name, nested in selections.fragments.items():
        if not nested.is_empty:
            lines.append(f"{pad}... on {name} {{")
            _print_selections(nested, indent + 1, lines)
            lines.append(pad + "}")


def _aliased(name: str, key: str) -> str:
    return name if name == key else f"{key}: {name}"


def print_path(path: ResponsePath) -> str:
    """A response path such as `products.@|[Book].author`."""
    text = ""
    for segment in path:
        if isinstance(segment, OnType):
            text += f"|[{'|'.join(segment.names)}]"
        else:
            text += ("." if text else "") + segment
    return text
