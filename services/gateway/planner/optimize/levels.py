"""How long a step has to wait: the length of the longest chain of steps before it."""

from __future__ import annotations

from collections.abc import Sequence

from services.gateway.errors import PlanningFailed
from services.gateway.planner.fetch_steps import FetchStep


def levels_of(steps: Sequence[FetchStep]) -> dict[FetchStep, int]:
    levels: dict[FetchStep, int] = {}
    visiting: set[FetchStep] = set()

    def level(step: FetchStep) -> int:
        known = levels.get(step)
        if known is not None:
            return known
        if step in visiting:
            raise PlanningFailed("The fetch steps wait for each other.")
        visiting.add(step)
        found = 1 + max((level(need) for need in step.needs), default=-1)
        visiting.discard(step)
        levels[step] = found
        return found

    for step in steps:
        level(step)
    return levels


def reaches(step: FetchStep, other: FetchStep) -> bool:
    """Whether `step` waits for `other`, however indirectly."""
    seen: set[FetchStep] = set()
    stack = [step]
    while stack:
        for need in stack.pop().needs:
            if need is other:
                return True
            if need not in seen:
                seen.add(need)
                stack.append(need)
    return False
