"""Picks one path for every leaf so that the merged plan is cheapest: branch and bound over path masks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from services.gateway.planner.walk import Path

MAX_BRANCHES = 2_000
"""Combinations looked at before the best found so far is taken: correct, perhaps not cheapest."""

Group = Sequence["Path"]
"""Alternative paths to one leaf."""


@dataclass(slots=True)
class Costs:
    """Cost of sets of paths; a path's mask has a bit for each step it takes, requirements included."""

    hops: int = 0
    """Steps that stand for a request to a subgraph."""
    doubts: int = 0
    """Steps a subgraph may not be able to take, for when nothing else is left."""

    def of(self, mask: int) -> int:
        doubts = (mask & self.doubts).bit_count() if self.doubts else 0
        return 1_000_000 * doubts + 1000 * (mask & self.hops).bit_count() + mask.bit_count()


def choose(groups: Sequence[Group], costs: Costs) -> list[Path]:
    """The cheapest combination; of the alternatives of each leaf, `groups`, none is empty."""
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
    total = len(options)
    best: tuple[tuple[int, int], list[int]] | None = None
    looked = 0

    def search(position: int, current: int, depth: int, picks: list[int]) -> None:
        nonlocal best, looked
        cost = (costs.of(current), depth)
        if best is not None and cost >= best[0]:
            return
        if position == total:
            best = (cost, list(picks))
            return
        if looked >= MAX_BRANCHES and best is not None:
            return
        looked += 1
        ranked = sorted(
            range(len(options[position])),
            key=lambda i: (
                costs.of(current | options[position][i][0]),
                options[position][i][1],
                i,
            ),
        )
        for index in ranked:
            option_mask, option_depth = options[position][index]
            picks.append(index)
            search(position + 1, current | option_mask, max(depth, option_depth), picks)
            picks.pop()

    search(0, mask, 0, [])
    assert best is not None
    return best[1]
