"""Figures of units and areas over a period, counted by MongoDB from the outcomes (model/statistics.py has the definitions)."""

import asyncio
import dataclasses
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import datetime

from services.chassis.mongo import Document, Mongo
from services.routing.model.statistics import Facts, Figures
from services.routing.store.outcome import OUTCOMES, read_facts
from services.routing.views.aggregation import aggregated

_AREAS_AT_ONCE = 100


@dataclasses.dataclass(frozen=True)
class Period:
    """From `since`, up to but not including `until`; both aware."""

    since: datetime
    until: datetime

    @property
    def a_year_earlier(self) -> "Period":
        """The same dates of the year before; 29 February becomes 28."""
        return Period(_year_earlier(self.since), _year_earlier(self.until))


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
    wanted, ended = {"$in": list(units)}, _between(period)
    figures = {unit: Figures() for unit in units}
    kinds, turns = await asyncio.gather(
        aggregated(mongo, OUTCOMES.name, [{"$match": {"unit": wanted, **ended}}, _counted("$unit")]),
        aggregated(
            mongo,
            OUTCOMES.name,
            [
                {"$match": {"turns.unit": wanted, "passed_on": True, **ended}},
                {"$unwind": "$turns"},
                {"$match": {"turns.unit": wanted}},
                {"$group": {"_id": "$turns.unit", **_TURNS}},
            ],
        ),
    )
    for unit, facts, orders, seconds in _kinds(kinds):
        figures[unit].count(facts, orders, seconds)
        if not facts.passed_on:
            _count_turns(figures[unit], facts, orders)
    for row in turns:
        figures[row["_id"]].count_turns(row["turns"], row["returned"], row["accepted_in_time"])
    return [figures[unit] for unit in units]


async def figures_of_areas(mongo: Mongo, areas: Sequence[str], period: Period) -> list[Figures]:
    """The figures of each area and what lies in it, in the order asked for: one aggregation for a hundred areas."""
    ended = _between(period)
    figures = {area: Figures() for area in areas}
    # An index on an array answers for one of its values without reading the rows, not for which of several it was.
    each = [[{"$match": {"area_path": area, **ended}}, _counted({"$literal": area})] for area in figures]
    for start in range(0, len(each), _AREAS_AT_ONCE):
        rows = await aggregated(mongo, OUTCOMES.name, *each[start : start + _AREAS_AT_ONCE])
        for area, facts, orders, seconds in _kinds(rows):
            figures[area].count(facts, orders, seconds)
            _count_turns(figures[area], facts, orders)
    return [figures[area] for area in areas]


def _between(period: Period) -> Document:
    return {"ended_at": {"$gte": period.since, "$lt": period.until}}


def _counted(thing: str | Document) -> Document:
    """How many orders of a thing have the same facts: an index holds all that is asked here, so no row is read."""
    return {
        "$group": {
            "_id": {"thing": thing, "facts": "$facts"},
            "orders": {"$sum": 1},
            "seconds": {"$sum": "$handled_seconds"},
        }
    }


def _kinds(rows: Sequence[Document]) -> Iterator[tuple[str, Facts, int, int]]:
    """Of each thing and kind of facts, how many orders, and how long they took together."""
    facts = {text: read_facts(text) for text in {row["_id"]["facts"] for row in rows}}
    for row in rows:
        yield row["_id"]["thing"], facts[row["_id"]["facts"]], row["orders"], row["seconds"]


def _count_turns(figures: Figures, facts: Facts, orders: int) -> None:
    figures.count_turns(orders * facts.turns, orders * facts.returned, orders * facts.accepted_in_time)


_TURNS: Document = {
    "turns": {"$sum": 1},
    "returned": {"$sum": {"$cond": ["$turns.returned", 1, 0]}},
    "accepted_in_time": {"$sum": {"$cond": ["$turns.in_time", 1, 0]}},
}
