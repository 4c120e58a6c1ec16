"""Cuts a lattice of slightly bent cells into nested blocks: our own geometry, pure arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

_WEST, _SOUTH = 113.2800, 23.0600
_STEP_LON, _STEP_LAT = 0.0012, 0.0011  # about 120 m each way at this latitude
_BEND = 0.22  # of a step; under a quarter, no cell can fold over itself


@dataclass(frozen=True)
class Block:
    """A rectangle of lattice cells, west and south included, east and north excluded."""

    west: int
    south: int
    east: int
    north: int


class Lattice:
    """A grid of vertices shared by all polygons cut from it, so that neighbours meet exactly."""

    def __init__(self, rng: Random, columns: int, rows: int) -> None:
        self.whole = Block(0, 0, columns, rows)
        self._vertices = [
            [
                (
                    round(_WEST + (x + _BEND * (2 * rng.random() - 1)) * _STEP_LON, 6),
                    round(_SOUTH + (y + _BEND * (2 * rng.random() - 1)) * _STEP_LAT, 6),
                )
                for x in range(columns + 1)
            ]
            for y in range(rows + 1)
        ]

    def cut(self, region: Block, weights: Sequence[int]) -> list[Block]:
        """`region` cut into one block for each weight, sizes about in proportion."""
        if len(weights) == 1:
            return [region]
        total = sum(weights)
        split = min(range(1, len(weights)), key=lambda k: abs(2 * sum(weights[:k]) - total))
        near, far = weights[:split], weights[split:]
        share = sum(near) / total
        width, height = region.east - region.west, region.north - region.south
        if width >= height:
            x = region.west + max(1, min(width - 1, round(width * share)))
            halves = (
                Block(region.west, region.south, x, region.north),
                Block(x, region.south, region.east, region.north),
            )
        else:
            y = region.south + max(1, min(height - 1, round(height * share)))
            halves = (
                Block(region.west, region.south, region.east, y),
                Block(region.west, y, region.east, region.north),
            )
        return self.cut(halves[0], near) + self.cut(halves[1], far)

    def boundary(self, region: Block) -> dict[str, Any]:
        """The block's outline as a GeoJSON polygon with every lattice vertex on it."""
        at = self._vertices
        ring = [
            *(at[region.south][x] for x in range(region.west, region.east)),
            *(at[y][region.east] for y in range(region.south, region.north)),
            *(at[region.north][x] for x in range(region.east, region.west, -1)),
            *(at[y][region.west] for y in range(region.north, region.south, -1)),
        ]
        return {"type": "Polygon", "coordinates": [[list(point) for point in [*ring, ring[0]]]]}
