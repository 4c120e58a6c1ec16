"""Plan: a normalised operation to a compiled plan and projection."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass

from graphql import DocumentNode

from services.gateway.executor.fetch import CompiledPlan
from services.gateway.executor.passthrough import is_exact
from services.gateway.executor.project import Projection, compile_projection
from services.gateway.planner.field_set import ConditionValues
from services.gateway.planner.graph import Graph
from services.gateway.planner.plan import plan_operation
from services.gateway.planner.selection import Operation
from services.gateway.stages.demand import Cost
from services.gateway.stages.normalize import SelectedOperation, introspection_document
from services.gateway.supergraph import Supergraph


@dataclass(frozen=True, eq=False)
class PreparedOperation:
    """Everything about an operation that does not depend on its variables' values or on its caller."""

    kind: str
    name: str | None
    plan: CompiledPlan
    projection: Projection
    introspection: DocumentNode | None
    passes_through: bool = False
    """Whether the only subgraph's `data` is the client's as it comes."""
    cost: Cost | None = None
    """What it may cost; None when nobody asks."""


def draw_labels(supergraph: Supergraph) -> frozenset[str]:
    """The progressive overrides that are active for one request; `percent(x)` labels are drawn."""
    if not supergraph.override_labels:
        return frozenset()
    active: set[str] = set()
    for label in supergraph.override_labels:
        is_share = label.startswith("percent(") and label.endswith(")")
        if is_share and random.random() * 100 < float(label[8:-1]):
            active.add(label)
    return frozenset(active)


def prepare_plan(graph: Graph, operation: Operation, seconds: float) -> CompiledPlan:
    """Plan and compile. Raises PlanningFailed."""
    return CompiledPlan(graph.supergraph, plan_operation(graph, operation, seconds=seconds))


def prepare_projection(
    supergraph: Supergraph,
    selected: SelectedOperation,
    conditions: Mapping[str, bool],
    plan: CompiledPlan,
    cost: Cost | None = None,
) -> PreparedOperation:
    values = ConditionValues(conditions)
    projection = compile_projection(
        supergraph,
        supergraph.roots[selected.kind],
        selected.node.selection_set,
        selected.fragments,
        values,
        selected.forbidden,
    )
    introspection = introspection_document(selected, values)
    exact = (introspection is None and not selected.forbidden.nodes) and is_exact(
        supergraph,
        plan.plan,
        supergraph.roots[selected.kind],
        selected.node.selection_set,
        selected.fragments,
        values,
    )
    if not exact:
        projection.compile()
    return PreparedOperation(selected.kind, selected.name, plan, projection, introspection, exact, cost)
