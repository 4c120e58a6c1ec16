"""Joins steps that ask the same subgraph for the same entities and can run at the same time."""

from __future__ import annotations

from collections.abc import Callable

from services.gateway.planner.fetch_steps import FetchStep, StepSelections
from services.gateway.planner.optimize.levels import levels_of, reaches
from services.gateway.planner.selection import joined, sources


def merge_siblings(steps: list[FetchStep], keep_to_deadline: Callable[[], None]) -> list[FetchStep]:
    """Merge two steps when neither waits for the other and no step has to wait longer for it."""
    remaining = list(steps)
    by_entity: dict[object, list[FetchStep]] = {}
    for step in steps:
        by_entity.setdefault(step.entity_key, []).append(step)
    for alike in by_entity.values():
        position = 0
        while position < len(alike):
            keeper = alike[position]
            for other in alike[position + 1 :]:
                keep_to_deadline()
                if not _same_sources(keeper, other):
                    continue
                levels = levels_of(remaining)
                later, earlier = (keeper, other) if levels[keeper] >= levels[other] else (other, keeper)
                if reaches(later, earlier) or reaches(earlier, later):
                    continue
                if levels[later] != levels[earlier] and not _can_wait(earlier, levels[later], remaining, levels):
                    continue
                _merge(keeper, other, remaining)
                alike.remove(other)
            position += 1
    return remaining


def _same_sources(one: FetchStep, other: FetchStep) -> bool:
    """Whether one representation can serve both: they may require a field with different arguments."""
    known = sources(one.required)
    return all(known.get(place, key) == key for place, key in sources(other.required).items())


def _can_wait(step: FetchStep, level: int, steps: list[FetchStep], levels: dict[FetchStep, int]) -> bool:
    return all(levels[other] > level for other in steps if step in other.needs)


def _merge(keeper: FetchStep, other: FetchStep, steps: list[FetchStep]) -> None:
    if keeper.required or other.required:
        keeper.neighbours = _neighbours(keeper, other)
    keeper.selections.merge(other.selections)
    keeper.required = joined(keeper.required, other.required)
    keeper.needs |= other.needs
    keeper.needs.discard(keeper)
    keeper.needs.discard(other)
    steps.remove(other)
    for step in steps:
        if other in step.needs:
            step.needs.discard(other)
            if step is not keeper:
                step.needs.add(keeper)


def _neighbours(*steps: FetchStep) -> StepSelections | None:
    """What can be asked of the entities when nothing comes of what some of the steps require."""
    found: StepSelections | None = None
    for step in steps:
        own = step.neighbours if step.required else step.selections.copy()
        if found is None:
            found = own
        elif own is not None:
            found.merge(own)
    return found
