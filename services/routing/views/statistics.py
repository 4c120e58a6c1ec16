"""Figures of units and areas over a period, counted by MongoDB from the outcomes (model/statistics.py has the definitions)."""

import asyncio
import dataclasses
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from services.chassis.mongo import Document, Mongo, maybe_await
from services.routing.model.organisation.organisation import PostLevel
from services.routing.model.statistics import Ending, Rate
from services.routing.store.outcome import OUTCOMES

_CLOSED = {"$eq": ["$_id.ending", Ending.CLOSED]}


@dataclasses.dataclass(frozen=True)
class Period:
    """From `since`, up to but not including `until`; both aware."""

    since: datetime
    until: datetime

    @property
    def a_year_earlier(self) -> "Period":
        """The same dates of the year before; 29 February becomes 28."""
        return Period(_year_earlier(self.since), _year_earlier(self.until))


@dataclasses.dataclass(frozen=True)
class Figures:
    """What the outcomes of one unit, or of one area, come to. Mean times are seconds."""

    ended: int = 0
    closed: int = 0
    recalled: int = 0
    cancelled: int = 0
    on_time: int = 0
    first_time_right: int = 0
    transferred_up: int = 0
    extended: int = 0
    reworked: int = 0
    reopened: int = 0
    rated: int = 0
    satisfied: int = 0
    satisfaction_sum: int = 0
    handled_seconds: int = 0
    turns: int = 0
    returned: int = 0
    accepted_in_time: int = 0
    levels: Mapping[str, int] = dataclasses.field(default_factory=dict)

    def of_closed(self, count: int) -> Rate:
        """A share of the closed orders."""
        return Rate(count, self.closed)

    def of_turns(self, count: int) -> Rate:
        """A share of the turns as lead."""
        return Rate(count, self.turns)


def _year_earlier(moment: datetime) -> datetime:
    try:
        return moment.replace(year=moment.year - 1)
    except ValueError:
        return moment.replace(year=moment.year - 1, day=28)


async def by_period(
    mongo: Mongo,
    figures: Callable[[Mongo, Sequence[str], Period], Awaitable[list[Figures]]],
    asked: Sequence[tuple[str, Period]],
) -> list[Figures]:
    """The figures of things in periods, in the order asked for: one reading a period, however many things."""
    things: defaultdict[Period, list[str]] = defaultdict(list)
    for thing, period in asked:
        things[period].append(thing)
    found = {
        (thing, period): value
        for period, ids in things.items()
        for thing, value in zip(ids, await figures(mongo, ids, period), strict=True)
    }
    return [found[key] for key in asked]


async def figures_of_units(mongo: Mongo, units: Sequence[str], period: Period) -> list[Figures]:
    """The figures of each unit, in the order asked for: two aggregations for all of them."""
    wanted = {"$in": list(units)}
    ended = _between(period)
    sums, turns = await asyncio.gather(
        _rows(mongo, [{"$match": {"unit": wanted, **ended}}, *_counted("$unit", {}, _SUMS)]),
        _rows(
            mongo,
            [
                {"$match": {"turns.unit": wanted, **ended}},
                {"$unwind": "$turns"},
                {"$match": {"turns.unit": wanted}},
                {"$group": {"_id": "$turns.unit", **_TURNS}},
            ],
        ),
    )
    return [_figures(sums.get(unit, {}), turns.get(unit, {})) for unit in units]


async def figures_of_areas(mongo: Mongo, areas: Sequence[str], period: Period) -> list[Figures]:
    """The figures of each area and what lies in it, in the order asked for."""
    wanted = list(areas)
    found = await _rows(
        mongo,
        [
            {"$match": {"area_path": {"$in": wanted}, **_between(period)}},
            {"$set": {"area_path": {"$setIntersection": ["$area_path", wanted]}}},
            {"$unwind": "$area_path"},
            *_counted("$area_path", _AREA_FACTS, {**_SUMS, **_AREA_SUMS}),
        ],
    )
    return [_figures(found.get(area, {}), found.get(area, {})) for area in areas]


async def _rows(mongo: Mongo, pipeline: list[Document]) -> dict[str, Document]:
    cursor = await maybe_await(mongo[OUTCOMES.name].aggregate(pipeline))
    return {row["_id"]: row async for row in cursor}


def _between(period: Period) -> Document:
    return {"ended_at": {"$gte": period.since, "$lt": period.until}}


def _counted(thing: str, facts: Document, sums: Document) -> list[Document]:
    """`sums` of each thing that a row names. Rows with the same facts are counted first: to ask some hundred kinds of row for every
    figure costs a third of asking a hundred thousand rows."""
    return [
        {
            "$group": {
                "_id": {"thing": thing, **_FACTS, **facts},
                "n": {"$sum": 1},
                "seconds": {"$sum": "$handled_seconds"},
            }
        },
        {"$group": {"_id": "$_id.thing", **sums}},
    ]


def _count(*conditions: Any) -> Document:
    return {"$sum": {"$cond": [{"$and": list(conditions)}, "$n", 0]}}


def _total(fact: str) -> Document:
    return {"$sum": {"$multiply": [f"$_id.{fact}", "$n"]}}


def _size_where(condition: str) -> Document:
    return {"$size": {"$filter": {"input": "$turns", "as": "turn", "cond": condition}}}


_FACTS: Document = {
    "ending": "$ending",
    "on_time": "$on_time",
    "first_lead": {"$eq": [{"$size": "$turns"}, 1]},
    "transferred_up": "$transferred_up",
    "extended": {"$gt": ["$extensions", 0]},
    "reworked": {"$gt": ["$reworks", 0]},
    "reopened": {"$gt": ["$reopened", 0]},
    "satisfaction": "$satisfaction",
}
_SUMS: Document = {
    "ended": {"$sum": "$n"},
    **{ending.value: _count({"$eq": ["$_id.ending", ending]}) for ending in Ending},
    "on_time": _count(_CLOSED, "$_id.on_time"),
    "first_time_right": _count(_CLOSED, "$_id.first_lead", {"$not": "$_id.reworked"}),
    "transferred_up": _count(_CLOSED, "$_id.transferred_up"),
    "extended": _count(_CLOSED, "$_id.extended"),
    "reworked": _count(_CLOSED, "$_id.reworked"),
    "reopened": _count(_CLOSED, "$_id.reopened"),
    "rated": _count(_CLOSED, {"$gt": ["$_id.satisfaction", None]}),
    "satisfied": _count(_CLOSED, {"$gte": ["$_id.satisfaction", 4]}),
    "satisfaction_sum": _total("satisfaction"),
    "handled_seconds": {"$sum": {"$cond": [_CLOSED, "$seconds", 0]}},
}
_AREA_FACTS: Document = {
    "level": "$level",
    "turns": {"$size": "$turns"},
    "returned": _size_where("$$turn.returned"),
    "taken": _size_where("$$turn.in_time"),
}
_AREA_SUMS: Document = {
    **{f"level_{level}": _count(_CLOSED, {"$eq": ["$_id.level", level]}) for level in PostLevel},
    "turns": _total("turns"),
    "returned": _total("returned"),
    "accepted_in_time": _total("taken"),
}
_TURNS: Document = {
    "turns": {"$sum": 1},
    "returned": {"$sum": {"$cond": ["$turns.returned", 1, 0]}},
    "accepted_in_time": {"$sum": {"$cond": ["$turns.in_time", 1, 0]}},
}


def _figures(sums: Document, turns: Document) -> Figures:
    known = {field.name for field in dataclasses.fields(Figures)}
    levels = {level: sums.get(f"level_{level}", 0) for level in PostLevel}
    values = {name: value for name, value in {**sums, **turns}.items() if name in known}
    return Figures(**values, levels={level: count for level, count in levels.items() if count})
