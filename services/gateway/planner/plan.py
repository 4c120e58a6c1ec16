"""The planner: walk, choose, build the fetch steps, optimise, order into a plan."""

from __future__ import annotations

import time

from services.gateway.planner.fetch_steps import FetchGraph, FetchStep
from services.gateway.planner.graph import Graph
from services.gateway.planner.optimize import optimize
from services.gateway.planner.optimize.fold_members import fold_members
from services.gateway.planner.query_plan import PlanBuilder, QueryPlan
from services.gateway.planner.selection import Operation, Selection
from services.gateway.planner.walk import Walker

PLANNING_SECONDS = 5.0


def plan_operation(graph: Graph, operation: Operation, *, seconds: float = PLANNING_SECONDS) -> QueryPlan:
    """Plan one normalised operation.

    Raises:
        PlanningFailed: no plan exists, or none was made within `seconds`.
    """
    walker = Walker(graph, operation, deadline=time.monotonic() + seconds)
    if operation.kind == "mutation":
        stages = _mutation_stages(walker, operation.selections)
    else:
        stages = [_steps(walker, operation.selections)] if operation.selections else []
    return PlanBuilder(graph, operation, walker.costs.keep_to_deadline).build(stages)


def _steps(walker: Walker, selections: tuple[Selection, ...]) -> list[FetchStep]:
    keep_to_deadline = walker.costs.keep_to_deadline
    fetches = FetchGraph(walker.graph, walker.operation.kind, keep_to_deadline)
    fetches.add(walker.walk(selections))
    steps = optimize(fetches.steps, keep_to_deadline)
    fold_members(walker.graph, steps, keep_to_deadline)
    return steps


def _mutation_stages(walker: Walker, selections: tuple[Selection, ...]) -> list[list[FetchStep]]:
    """Root fields one after another; neighbours share a request when nothing has to happen between."""
    stages: list[list[FetchStep]] = []
    for selection in selections:
        steps = _steps(walker, (selection,))
        last = stages[-1] if stages else None
        if last is not None and len(last) == 1 and last[0].graph == steps[0].graph:
            # Built on a walker of their own graph, the two root steps are distinct objects.
            root = next(step for step in steps if not step.is_entity and not step.path)
            last[0].selections.merge(root.selections)
            for step in steps:
                if root in step.needs:
                    step.needs.discard(root)
                    step.needs.add(last[0])
            last.extend(step for step in steps if step is not root)
        else:
            stages.append(steps)
    return stages
