"""Turns chosen paths into fetch steps: requests to subgraphs and the data each of them needs first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from services.gateway.planner.graph import Graph
from services.gateway.planner.path import ENTER, ENTITY, FIELD, NARROW, Path
from services.gateway.planner.selection import Field, Selection, typename_field
from services.gateway.supergraph import TypeRef


@dataclass(frozen=True, slots=True)
class OnType:
    """A segment of a response path that keeps objects of these types."""

    names: tuple[str, ...]


LIST = "@"
"""A segment of a response path that stands for every item."""

Segment = str | OnType
ResponsePath = tuple[Segment, ...]


@dataclass(slots=True)
class StepField:
    """A field in a step's operation."""

    name: str
    key: str
    arguments: str
    variables: frozenset[str]
    type: TypeRef
    selections: StepSelections | None


@dataclass(slots=True)
class StepSelections:
    """A selection set of a step's operation, on one type of its subgraph."""

    type: str
    fields: dict[str, StepField] = field(default_factory=dict)
    fragments: dict[str, StepSelections] = field(default_factory=dict)

    def add(self, item: Field, type_name: str = "String") -> StepField:
        """The field's place here, made when it is not there; `type_name` is its type in the step's subgraph."""
        known = self.fields.get(item.key)
        if known is None:
            nested = None if item.is_leaf else StepSelections(type_name)
            known = self.fields[item.key] = StepField(
                item.name, item.key, item.arguments, item.variables, item.type, nested
            )
        return known

    def on_type(self, type_name: str) -> StepSelections:
        known = self.fragments.get(type_name)
        if known is None:
            known = self.fragments[type_name] = StepSelections(type_name)
        return known

    def copy(self) -> StepSelections:
        """One that shares nothing with this."""
        fields = {
            key: replace(item, selections=item.selections and item.selections.copy())
            for key, item in self.fields.items()
        }
        return StepSelections(self.type, fields, {name: item.copy() for name, item in self.fragments.items()})

    @property
    def is_empty(self) -> bool:
        return not self.fields and all(item.is_empty for item in self.fragments.values())

    def merge(self, other: StepSelections) -> None:
        for key, item in other.fields.items():
            known = self.fields.get(key)
            if known is None:
                self.fields[key] = item
            elif known.selections is not None and item.selections is not None:
                known.selections.merge(item.selections)
        for name, nested in other.fragments.items():
            self.on_type(name).merge(nested)


@dataclass(eq=False, slots=True)
class FetchStep:
    """One request to a subgraph, or one entity lookup that may share a request with others."""

    graph: str
    path: ResponsePath
    type: str
    """The root type, or the type whose entities are asked."""
    is_entity: bool
    selections: StepSelections
    key: tuple[Selection, ...] = ()
    required: tuple[Selection, ...] = ()
    typename: str | None = None
    """Sent as the representations' `__typename` in place of the data's."""
    neighbours: StepSelections | None = None
    """What of the selections can be asked without `required`."""
    needs: set[FetchStep] = field(default_factory=set)
    order: int = 0

    @property
    def entity_key(self) -> object:
        """Steps that agree in this can become one."""
        return (self.graph, self.path, self.type, self.is_entity, self.key, self.typename)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the value a path leads to lies, in a step's operation and in the response."""

    step: FetchStep
    selections: StepSelections
    path: ResponsePath


class FetchGraph:
    """The steps of one set of chosen paths."""

    def __init__(self, graph: Graph, kind: str, keep_to_deadline: Callable[[], None]) -> None:
        self.graph = graph
        self.kind = kind
        self._keep_to_deadline = keep_to_deadline
        self.steps: list[FetchStep] = []
        self._places: dict[int, _Place] = {}
        self._requiring: dict[tuple[object, ...], _Place] = {}

    def add(self, paths: Sequence[Path]) -> None:
        for path in paths:
            self._keep_to_deadline()
            self._place(path)

    def _new_step(self, step: FetchStep) -> FetchStep:
        step.order = len(self.steps)
        self.steps.append(step)
        return step

    def _place(self, path: Path) -> _Place:
        known = self._places.get(path.index)
        if known is None:
            known = self._places[path.index] = self._build(path)
        return known

    def _build(self, path: Path) -> _Place:
        if path.edge is ENTER:
            selections = StepSelections(path.type)
            step = self._new_step(FetchStep(path.graph, (), path.type, False, selections))
            return _Place(step, selections, ())
        if path.edge is ENTITY:
            return self._enter_entity(path)
        assert path.parent is not None
        if path.edge is NARROW:
            place = self._place(path.parent)
            place.selections.add(typename_field(place.selections.type))
            if path.members:
                return _Place(place.step, place.selections, (*place.path, OnType(path.members)))
            return _Place(place.step, place.selections.on_type(path.type), (*place.path, OnType((path.type,))))
        assert path.edge is FIELD
        assert path.field is not None
        place = self._enter_requiring(path) if path.required else self._place(path.parent)
        item = place.selections.add(path.field, path.type)
        if item.selections is None:
            return place
        where = (*place.path, path.field.key, *(LIST,) * path.field.type.list_depth)
        return _Place(place.step, item.selections, where)

    def _enter_entity(self, path: Path) -> _Place:
        assert path.parent is not None
        assert path.target is not None
        source = self._place(path.parent)
        is_root = not path.target.key
        typename = self._typename(path.parent, path.target.interface_object, path.type, source)
        selections = StepSelections(path.type)
        step = self._new_step(
            FetchStep(
                path.graph,
                source.path,
                path.type,
                not is_root,
                selections,
                key=path.key,
                typename=None if is_root else typename,
            )
        )
        step.needs.add(source.step)
        self._await(step, path.needs)
        if is_root and not source.selections.fields:
            source.selections.add(typename_field(path.type))
        return _Place(step, selections, source.path)

    def _enter_requiring(self, path: Path) -> _Place:
        """The step in which a field with `@requires` is asked: shared by fields that require the same."""
        assert path.parent is not None
        base = path.parent.parent if path.parent.edge is ENTITY else path.parent
        assert base is not None
        identity = (base.index, path.graph, path.parent.type, path.key, path.required)
        known = self._requiring.get(identity)
        if known is not None:
            self._await(known.step, path.needs)
            return known
        source = self._place(base)
        target = path.parent.target
        typename = self._typename(base, target is not None and target.interface_object, path.parent.type, source)
        selections = StepSelections(path.parent.type)
        step = self._new_step(
            FetchStep(
                path.graph,
                source.path,
                path.parent.type,
                True,
                selections,
                key=path.key,
                required=path.required,
                typename=typename,
            )
        )
        step.needs.add(source.step)
        self._await(step, path.needs)
        place = self._requiring[identity] = _Place(step, selections, source.path)
        return place

    def _await(self, step: FetchStep, needs: Sequence[Path]) -> None:
        for need in needs:
            step.needs.add(self._place(need).step)
        step.needs.discard(step)

    def _typename(self, source: Path, to_interface_object: bool, target_type: str, place: _Place) -> str | None:
        """The representations' `__typename` where it is known, else it is asked from the source."""
        supergraph = self.graph.supergraph
        if to_interface_object or self.graph.is_interface_object(source.type, source.graph):
            return target_type
        if supergraph.types[source.type].kind == "object":
            return source.type
        place.selections.add(typename_field(place.selections.type))
        return None
