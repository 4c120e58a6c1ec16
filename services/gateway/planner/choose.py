"""Picks one path for every leaf so that the merged plan is cheapest: branch and bound over path masks."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from services.gateway.errors import PlanningFailed
from services.gateway.planner.path import Path

MAX_BRANCHES = 2_000
"""Combinations looked at before the best found so far is taken: correct, perhaps not cheapest."""

Group = Sequence[Path]
"""Alternative paths to one leaf."""


@dataclass(slots=True)
class Costs:
    """Cost of sets of paths; a path's mask has a bit for each step it takes, requirements included."""

    hops: int = 0
    """Steps that stand for a request to a subgraph."""
    doubts: int = 0
    """Steps a subgraph may not be able to take, for when nothing else is left."""
    deadline: float = math.inf
    """When looking for a cheaper plan, and for any plan, has to end; on the monotonic clock."""

    def keep_to_deadline(self) -> None:
        if time.monotonic() > self.deadline:
            raise PlanningFailed("Planning took too long.")

    def of(self, mask: int) -> int:
        doubts = (mask & self.doubts).bit_count() if self.doubts else 0
        return 1_000_000 * doubts + 1000 * (mask & self.hops).bit_count() + mask.bit_count()


def choose(groups: Sequence[Group], costs: Costs) -> list[Path]:
    """The cheapest combination; of the alternatives of each leaf, `groups`, none is empty.

    Raises:
        PlanningFailed: the deadline passed.
    """
    mask = 0
    chosen: list[Path] = []
    # Leaves whose alternatives differ only in their last field are decided together.
    undecided: dict[tuple[int, ...], list[Group]] = {}
    for group in groups:
        if len(group) == 1:
            chosen.append(group[0])
            mask |= group[0].mask
        else:
            undecided.setdefault(tuple(path.decision for path in group), []).append(group)
    alike = sorted(undecided.values(), key=lambda found: len(found[0]))
    if not alike:
        return chosen
    options = [[_union([group[index] for group in found]) for index in range(len(found[0]))] for found in alike]
    picks = _branch_and_bound(options, mask, costs)
    for found, index in zip(alike, picks, strict=True):
        chosen.extend(group[index] for group in found)
    return chosen


def _union(paths: Sequence[Path]) -> tuple[int, int]:
    mask = 0
    depth = 0
    for path in paths:
        mask |= path.mask
        depth = max(depth, path.depth)
    return mask, depth


def _branch_and_bound(options: list[list[tuple[int, int]]], mask: int, costs: Costs) -> list[int]:
    best: tuple[int, int] | None = None
    best_picks: list[int] = []
    picks: list[int] = []
    # Without recursion: a long operation has more choices than Python has stack.
    branches = [_ranked(options[0], mask, 0, costs)]
    looked = 1
    while branches:
        costs.keep_to_deadline()
        found = next(branches[-1], None)
        if found is None:
            branches.pop()
            if picks:
                picks.pop()
            continue
        cost, index, current = found
        if best is not None and cost >= best:
            continue
        if len(branches) == len(options):
            best, best_picks = cost, [*picks, index]
        elif looked < MAX_BRANCHES or best is None:
            looked += 1
            picks.append(index)
            branches.append(_ranked(options[len(branches)], current, cost[1], costs))
    return best_picks


def _ranked(
    alternatives: list[tuple[int, int]], mask: int, depth: int, costs: Costs
) -> Iterator[tuple[tuple[int, int], int, int]]:
    """The alternatives of one leaf, cheapest first: what all costs with it, its index, and the mask with it."""
    price = {index: costs.of(mask | own) for index, (own, _) in enumerate(alternatives)}
    for index in sorted(price, key=lambda each: (price[each], alternatives[each][1], each)):
        own, own_depth = alternatives[index]
        yield (price[index], max(depth, own_depth)), index, mask | own
