"""Authorise: what an operation asks for that its caller may not see (Federation 2.5 and 2.6: `@authenticated`, …).

What an operation demands is found once; a request only compares it with its caller. Demands are looked up by the type a
field is written on. An interface has the demands of all its objects and an object those an interface has beyond them,
so neither is a way around the other (GHSA-mx7m-j9xf-62hw); a field has those of what it `@requires`, whatever
composition checked (GHSA-m8jr-fxqx-8xx6).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from graphql.language import FieldNode, FragmentDefinitionNode, FragmentSpreadNode, SelectionSetNode

from services.gateway.demands import conjunction
from services.gateway.directives import Demand
from services.gateway.errors import RequestRefused
from services.gateway.node_fields import ID_FIELD, NODE_GRAPH
from services.gateway.planner.field_set import ConditionValues, Forbidden, parse_field_set
from services.gateway.stages.normalize import SelectedOperation
from services.gateway.supergraph import Supergraph

if TYPE_CHECKING:
    from services.chassis.identity import Caller

Demands = frozenset[Demand]
NO_DEMANDS: Demands = frozenset()


def unmet_demands(selected: SelectedOperation, caller: Caller | None) -> Demands:
    """The demands of an operation that its caller does not meet; costs nothing when it has none."""
    if not selected.demands:
        return NO_DEMANDS
    return frozenset(demand for demand in selected.demands if not demand.is_met_by(caller))


def refuse_operation(caller: Caller | None) -> RequestRefused:
    """The refusal of a whole operation; it does not say what would have been needed."""
    if caller is None:
        return RequestRefused(
            "UNAUTHORIZED_OPERATION",
            "The operation needs an authenticated caller.",
            status=401,
            headers={"www-authenticate": "Bearer"},
        )
    return RequestRefused("UNAUTHORIZED_OPERATION", "You are not allowed to run this operation.", status=403)


class Authorization:
    """What the types and fields of one supergraph demand."""

    def __init__(self, supergraph: Supergraph) -> None:
        self.supergraph = supergraph
        self._own = dict(supergraph.directives.demands)
        self._of_fields: dict[tuple[str, str], Demands] = {}
        for info in supergraph.types.values():
            if info.kind == "interface":
                members = sorted(supergraph.possible_types(info.name))
                self._spread(info.name, members)
                for name in info.fields:
                    holders = [member for member in members if name in supergraph.types[member].fields]
                    self._spread(f"{info.name}.{name}", [f"{holder}.{name}" for holder in holders])

    def with_demands(self, selected: SelectedOperation) -> SelectedOperation:
        """The operation with all that its fields demand, whatever its conditions."""
        if not self._own:
            return selected
        found: set[Demand] = set()
        for parent, node in self._walk(selected, None):
            found |= self.of_field(parent, node.name.value)
            output = self._output(parent, node.name.value)
            if output is not None and self._is_told_apart(output):
                for member in self.supergraph.possible_types(output):
                    found |= self._own.get(member, NO_DEMANDS)
        return replace(selected, demands=frozenset(found))

    def restrict(
        self, selected: SelectedOperation, conditions: Mapping[str, bool], unmet: Demands
    ) -> SelectedOperation:
        """The operation with all forbidden that has one of the unmet demands."""
        if not unmet:
            return selected
        nodes = frozenset(
            id(node)
            for parent, node in self._walk(selected, ConditionValues(conditions))
            if not unmet.isdisjoint(self.of_field(parent, node.name.value))
        )
        types = frozenset(
            name
            for name, demands in self._own.items()
            if name in self.supergraph.types and not unmet.isdisjoint(demands)
        )
        return replace(selected, forbidden=Forbidden(nodes, types))

    def of_field(self, parent: str, name: str) -> Demands:
        """The demands of a field, its parent type, its output type and all they may stand for."""
        key = (parent, name)
        known = self._of_fields.get(key)
        if known is None:
            self._of_fields[key] = NO_DEMANDS  # a cycle of requirements has no plan anyway
            known = self._of_fields[key] = frozenset(self._collect(parent, name))
        return known

    def _collect(self, parent: str, name: str) -> Iterator[Demand]:
        if name in ("__schema", "__type"):
            return
        for owner in self._held_by(parent):
            yield from self._own.get(owner, ())
            yield from self._own.get(f"{owner}.{name}", ())
            info = self.supergraph.types[owner].fields.get(name)
            if info is not None:
                for target in self._held_by(info.type.name):
                    yield from self._own.get(target, ())
                for join in info.joins.values():
                    if join.requires:
                        for inner, node in self._fields(owner, parse_field_set(join.requires), {}, None):
                            yield from self.of_field(inner, node.name.value)
        if name == ID_FIELD and NODE_GRAPH in self.supergraph.types[parent].joins:
            # It spells the key out.
            for member in self.supergraph.possible_types(parent):
                for key in self.supergraph.types[member].joins[NODE_GRAPH].keys:
                    for part in key.fields.split():
                        yield from self._own.get(f"{member}.{part}", ())

    def _held_by(self, name: str) -> Iterable[str]:
        """The type and, of an interface, the objects behind it."""
        if not self.supergraph.types[name].is_abstract or self._is_told_apart(name):
            return (name,)
        return (name, *self.supergraph.possible_types(name))

    def _is_told_apart(self, name: str) -> bool:
        """Whether forbidden objects among a type's are null one by one: a union's, and those of the gateway's own Node."""
        info = self.supergraph.types[name]
        return info.kind == "union" or (info.kind == "interface" and NODE_GRAPH in info.joins)

    def _spread(self, interface: str, members: list[str]) -> None:
        """Give the members what an interface demands beyond what composition derives from them."""
        declared = self._own.get(interface, NO_DEMANDS)
        derived = [self._own.get(member, NO_DEMANDS) for member in members]
        beyond = frozenset(demand for demand in declared if not _follows(demand, derived))
        if beyond:
            for member in members:
                self._own[member] = self._own.get(member, NO_DEMANDS) | beyond

    # Walking -------------------------------------------------------------------------------------

    def _walk(self, selected: SelectedOperation, conditions: ConditionValues | None) -> Iterator[tuple[str, FieldNode]]:
        root = self.supergraph.roots[selected.kind]
        return self._fields(root, selected.node.selection_set, selected.fragments, conditions)

    def _fields(
        self,
        root: str,
        selection_set: SelectionSetNode,
        fragments: Mapping[str, FragmentDefinitionNode],
        conditions: ConditionValues | None,
    ) -> Iterator[tuple[str, FieldNode]]:
        """Every field node that counts, once, with the type it is written on."""
        pending = [(root, selection_set)]
        spread: set[str] = set()
        while pending:
            parent, current = pending.pop()
            for node in current.selections:
                if conditions is not None and not conditions.selected(node):
                    continue
                if isinstance(node, FieldNode):
                    yield parent, node
                    output = self._output(parent, node.name.value)
                    if node.selection_set and output is not None:
                        pending.append((output, node.selection_set))
                elif isinstance(node, FragmentSpreadNode):
                    if node.name.value not in spread:
                        spread.add(node.name.value)
                        definition = fragments[node.name.value]
                        pending.append((definition.type_condition.name.value, definition.selection_set))
                else:
                    condition = node.type_condition  # type: ignore[attr-defined]  # an inline fragment
                    inner = node.selection_set  # type: ignore[attr-defined]  # an inline fragment
                    pending.append((condition.name.value if condition else parent, inner))

    def _output(self, parent: str, name: str) -> str | None:
        """A field's output type; None for introspection, which demands nothing."""
        info = self.supergraph.types[parent].fields.get(name)
        return None if info is None else info.type.name


def _follows(demand: Demand, members: list[Demands]) -> bool:
    """Whether whoever meets the demands of all members meets this one."""
    if demand.kind == "authenticated":
        return any(demand in held for held in members)
    together = conjunction(tuple(other.groups) for held in members for other in held if other.kind == demand.kind)
    return bool(together) and all(any(group <= each for group in demand.groups) for each in together)
