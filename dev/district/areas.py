"""The grid hierarchy: one district, its streets, communities, grids and micro-grids (R-16)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from random import Random
from typing import Any, Protocol, TypeVar

from dev.district import names
from dev.district.model import Area, AreaLevel

DISTRICT_ID = "d01"
MAIN_STREET_ID = "d01-s01"
DEMO_GRID_ID = f"{MAIN_STREET_ID}-c01-g01"
HOUSEHOLDS = (300, 500)  # the norm of one grid (domain.md 1.5): outside it is a warning

_MAIN_STREET = (4, 4, 4, 5, 3, 4, 4, 3, 5, 4, 4, 4, 3, 5)  # grids of its 14 communities: 56
_OTHER_STREETS = ((2, 1, 1), (2, 2), (2, 1))
_PERSONS_A_HOUSEHOLD = 2.7

Region = TypeVar("Region")


class Cutter(Protocol[Region]):
    """Cuts a region into parts that tile it, and draws one as GeoJSON."""

    def cut(self, region: Region, weights: Sequence[int]) -> list[Region]:
        """One part for each weight, in order, sizes about in proportion."""

    def boundary(self, region: Region) -> dict[str, Any]:
        """The region as a GeoJSON Polygon or MultiPolygon."""


def plan(streets: int) -> list[list[list[int]]]:
    """Streets, their communities, their grids, as numbers of micro-grids.

    Seventeen streets have 115 grids and 393 micro-grids, the figures of seed 004.
    """
    communities = [
        _MAIN_STREET if index == 0 else _OTHER_STREETS[(index - 1) % len(_OTHER_STREETS)] for index in range(streets)
    ]
    # 48 grids of 115 have four micro-grids, evenly spread; the others have three.
    ends = list(accumulate(sum(street) for street in communities))
    micro = [3 + ((k + 1) * 48 // 115 - k * 48 // 115) for k in range(ends[-1])]
    taken = iter(micro)
    return [[[next(taken) for _ in range(grids)] for grids in street] for street in communities]


def total(node: int | Sequence[Any]) -> int:
    """The number of micro-grids below a node of the plan."""
    return node if isinstance(node, int) else sum(total(part) for part in node)


def grow(
    rng: Random,
    cutter: Cutter[Region],
    whole: Region,
    streets: Sequence[tuple[str, str, Region]],
) -> list[Area]:
    """All areas, each after its parent; the streets are (name, English name, region).

    The first street is the demonstration street with 14 communities and 56 grids (seed 000).
    """
    growth = _Growth(rng, cutter)
    name, name_en = names.DISTRICT
    district = growth.add(None, "district", DISTRICT_ID, (name, name_en), whole)
    parts = plan(len(streets))
    for number, (street, communities) in enumerate(zip(streets, parts, strict=True), start=1):
        name, name_en, region = street
        growth.street(district, f"{DISTRICT_ID}-s{number:02}", (name, name_en), region, communities)
    growth.count()
    return growth.areas


class _Growth:
    """Adds areas from the top down, then counts households from the bottom up."""

    def __init__(self, rng: Random, cutter: Cutter[Any]) -> None:
        self.areas: list[Area] = []
        self._rng = rng
        self._cutter = cutter
        self._communities = 0

    def add(
        self,
        parent: Area | None,
        level: AreaLevel,
        area_id: str,
        named: tuple[str, str],
        region: Any,
    ) -> Area:
        area = Area(
            id=area_id,
            level=level,
            name=named[0],
            name_en=named[1],
            parent_id=parent["id"] if parent else None,
            path=[*(parent["path"] if parent else []), area_id],
            households=None,
            population=None,
            boundary=self._cutter.boundary(region),
        )
        self.areas.append(area)
        return area

    def street(
        self,
        district: Area,
        area_id: str,
        named: tuple[str, str],
        region: Any,
        communities: list[list[int]],
    ) -> None:
        street = self.add(district, "street", area_id, named, region)
        regions = self._cutter.cut(region, [total(community) for community in communities])
        for number, (part, grids) in enumerate(zip(regions, communities, strict=True), start=1):
            community = self.add(
                street,
                "community",
                f"{area_id}-c{number:02}",
                names.community(self._communities),
                part,
            )
            self._communities += 1
            self._grids(community, part, grids)

    def _grids(self, community: Area, region: Any, grids: list[int]) -> None:
        for number, (part, micro) in enumerate(zip(self._cutter.cut(region, grids), grids, strict=True), start=1):
            grid_id = f"{community['id']}-g{number:02}"
            named = (f"{community['name']}第{number}网格", f"{community['name_en']} Grid {number}")
            grid = self.add(community, "grid", grid_id, named, part)
            households = self._households()
            shares = _shares(households, micro)
            for index, (piece, share) in enumerate(
                zip(self._cutter.cut(part, [1] * micro), shares, strict=True), start=1
            ):
                leaf = self.add(
                    grid,
                    "micro_grid",
                    f"{grid_id}-m{index}",
                    (f"{named[0]}微网格{index}", f"{named[1]} Micro-grid {index}"),
                    piece,
                )
                leaf["households"] = share
                leaf["population"] = round(share * _PERSONS_A_HOUSEHOLD)

    def _households(self) -> int:
        low, high = HOUSEHOLDS
        chance, size = self._rng.random(), self._rng.random()
        if chance < 0.03:
            return int(low - 70 + size * 60)
        if chance > 0.96:
            return int(high + 20 + size * 160)
        return int(low + size * (high - low + 1))

    def count(self) -> None:
        """Carry the micro-grids' counts up to the district."""
        by_id = {area["id"]: area for area in self.areas}
        for area in self.areas:
            if area["level"] != "micro_grid":
                continue
            for above in area["path"][:-1]:
                upper = by_id[above]
                upper["households"] = (upper["households"] or 0) + (area["households"] or 0)
                upper["population"] = (upper["population"] or 0) + (area["population"] or 0)


def _shares(amount: int, parts: int) -> list[int]:
    return [amount // parts + (1 if index < amount % parts else 0) for index in range(parts)]
