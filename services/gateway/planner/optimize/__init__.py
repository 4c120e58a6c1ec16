"""Passes that make a fetch graph smaller; each is a function on the list of steps, run in this order."""

from __future__ import annotations

from collections.abc import Callable

from services.gateway.planner.fetch_steps import FetchStep
from services.gateway.planner.optimize.drop_empty import drop_empty
from services.gateway.planner.optimize.merge_siblings import merge_siblings

PASSES = (drop_empty, merge_siblings)


def optimize(steps: list[FetchStep], keep_to_deadline: Callable[[], None]) -> list[FetchStep]:
    """Run every pass until none of them removes a step; whatever `keep_to_deadline` raises ends it."""
    while True:
        before = len(steps)
        for run in PASSES:
            steps = run(steps, keep_to_deadline)
        if len(steps) == before:
            return steps
