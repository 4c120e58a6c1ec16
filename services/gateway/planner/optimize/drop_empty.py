"""Drops steps that ask for nothing: entered on the way to a requiring field, or left over by a merge."""

from __future__ import annotations

from collections.abc import Callable

from services.gateway.planner.fetch_steps import FetchStep


def drop_empty(steps: list[FetchStep], keep_to_deadline: Callable[[], None]) -> list[FetchStep]:
    for empty in [step for step in steps if step.selections.is_empty]:
        keep_to_deadline()
        for step in steps:
            if empty in step.needs:
                step.needs.discard(empty)
                step.needs |= empty.needs
    return [step for step in steps if not step.selections.is_empty]
