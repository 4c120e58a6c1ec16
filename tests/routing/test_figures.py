"""Figures of units and areas are those of a plain count over the rows, and are counted from indexes."""

import random
from collections.abc import Iterator, Sequence
from datetime import timedelta

import pytest

from services.routing.model.organisation.organisation import PostLevel
from services.routing.model.statistics import Ending, Figures, LedBy, Outcome
from services.routing.store.outcome import OUTCOMES, to_document
from services.routing.views.statistics import Period, figures_of_areas, figures_of_units
from tests.reads import reads
from tests.routing.world import START, World

UNITS = ["unit_1", "unit_2", "unit_3", "unit_of_nothing"]
AREAS = ["d1", "d1-s1", "d1-s2", "d1-s1-c1", "d1-s2-c1", "d1-s9"]
PATHS: list[tuple[str, ...]] = [("d1", "d1-s1", "d1-s1-c1"), ("d1", "d1-s2", "d1-s2-c1"), ("d1", "d1-s1"), ("d1",), ()]


def an_outcome(rng: random.Random, number: int) -> Outcome:
    """Any row: also of an order nobody was given, that one unit led and another is counted for, that nobody accepted."""
    led = rng.choices(UNITS[:3], k=rng.choice([0, 1, 1, 1, 2, 3]))
    ending = rng.choice([Ending.CLOSED, Ending.CLOSED, Ending.CLOSED, Ending.RECALLED, Ending.CANCELLED])
    path, reworks = rng.choice(PATHS), rng.choice([0, 0, 1, 2])
    ended_at = START + timedelta(hours=rng.randrange(100))
    return Outcome(
        id=f"order_{number}",
        unit=rng.choice([*led[-1:], rng.choice(UNITS[:3])]),
        post="post_1",
        level=rng.choice(list(PostLevel)),
        category=None,
        urgency="routine",
        area_id=path[-1] if path else None,
        area_path=path,
        place=None,
        ending=ending,
        received_at=ended_at - timedelta(days=1),
        ended_at=ended_at,
        on_time=rng.random() < 0.7,
        turns=tuple(LedBy(unit=unit, returned=rng.random() < 0.3, in_time=rng.random() < 0.6) for unit in led),
        reworks=reworks,
        reopened=rng.randint(0, reworks),
        satisfaction=rng.choice([None, 1, 2, 3, 4, 5]) if ending is Ending.CLOSED else None,
        handled_seconds=rng.randrange(1_000_000),
        transferred_up=rng.random() < 0.1,
        extensions=rng.choice([0, 0, 1, 2]),
    )


def plain_count(rows: Sequence[Outcome], turns: Sequence[LedBy]) -> Figures:
    """The definitions, row by row."""
    closed = [row for row in rows if row.ending is Ending.CLOSED]
    marks = [row.satisfaction for row in closed if row.satisfaction is not None]
    levels = [row.level for row in closed]
    return Figures(
        ended=len(rows),
        closed=len(closed),
        recalled=sum(row.ending is Ending.RECALLED for row in rows),
        cancelled=sum(row.ending is Ending.CANCELLED for row in rows),
        on_time=sum(row.on_time for row in closed),
        first_time_right=sum(len(row.turns) == 1 and row.reworks == 0 for row in closed),
        transferred_up=sum(row.transferred_up for row in closed),
        extended=sum(row.extensions > 0 for row in closed),
        reworked=sum(row.reworks > 0 for row in closed),
        reopened=sum(row.reopened > 0 for row in closed),
        rated=len(marks),
        satisfied=sum(mark >= 4 for mark in marks),
        satisfaction_sum=sum(marks),
        handled_seconds=sum(row.handled_seconds for row in closed),
        turns=len(turns),
        returned=sum(turn.returned for turn in turns),
        accepted_in_time=sum(turn.in_time for turn in turns),
        levels={level: levels.count(level) for level in set(levels)},
    )


def of_unit(rows: Sequence[Outcome], unit: str) -> Figures:
    turns = [turn for row in rows for turn in row.turns if turn.unit == unit]
    return plain_count([row for row in rows if row.unit == unit], turns)


def of_area(rows: Sequence[Outcome], area: str) -> Figures:
    lying = [row for row in rows if area in row.area_path]
    return plain_count(lying, [turn for row in lying for turn in row.turns])


async def put(world: World, rows: Sequence[Outcome]) -> None:
    for row in rows:
        await world.mongo[OUTCOMES.name].replace_one({"_id": row.id}, to_document(row), upsert=True)


def periods(rng: random.Random) -> Iterator[Period]:
    """All, some, none; a period that begins and ends with a row."""
    yield Period(START, START + timedelta(hours=100))
    for _ in range(3):
        since, until = sorted(rng.sample(range(101), 2))
        yield Period(START + timedelta(hours=since), START + timedelta(hours=until))
    yield Period(START - timedelta(days=1), START)


@pytest.mark.parametrize("seed", range(4))
async def test_figures_are_those_of_a_plain_count_over_the_rows(bare: World, seed: int) -> None:
    rng = random.Random(seed)
    rows = {row.id: row for row in (an_outcome(rng, number) for number in range(300))}
    await put(bare, list(rows.values()))
    ended_again = {row.id: row for row in (an_outcome(rng, number) for number in range(50))}
    await put(bare, list(ended_again.values()))
    rows |= ended_again

    for period in periods(rng):
        within = [row for row in rows.values() if period.since <= row.ended_at < period.until]
        assert await figures_of_units(bare.mongo, UNITS, period) == [of_unit(within, unit) for unit in UNITS]
        assert await figures_of_areas(bare.mongo, AREAS, period) == [of_area(within, area) for area in AREAS]


async def test_figures_of_more_areas_than_one_question_holds(bare: World) -> None:
    rows = [an_outcome(random.Random(1), number) for number in range(20)]
    await put(bare, rows)
    many = [*(f"nowhere_{number}" for number in range(250)), *AREAS]

    found = await figures_of_areas(bare.mongo, many, Period(START, START + timedelta(hours=100)))

    assert found[250:] == [of_area(rows, area) for area in AREAS]
    assert found[:250] == [Figures()] * 250


async def test_figures_are_counted_from_indexes_two_questions_for_all_units_and_one_for_all_areas(bare: World) -> None:
    """INVARIANT: only what another unit led too is read; whatever else happened costs a key, and nothing outside the period."""
    rng = random.Random(5)
    rows = [an_outcome(rng, number) for number in range(300)]
    await put(bare, rows)
    period = Period(START, START + timedelta(hours=50))
    within = [row for row in rows if row.ended_at < period.until]

    async with reads(bare.mongo) as of_units:
        await figures_of_units(bare.mongo, UNITS, period)
    async with reads(bare.mongo) as of_area_alone:
        await figures_of_areas(bare.mongo, ["d1"], period)
    async with reads(bare.mongo) as of_areas:
        await figures_of_areas(bare.mongo, AREAS, period)

    kinds, turns = sorted(of_units, key=lambda read: bool(read["docs"]))
    assert (kinds["docs"], turns["docs"]) == (0, sum(row.facts.passed_on for row in within))
    assert kinds["keys"] <= len(within) + len(UNITS) + 1
    (alone,) = of_area_alone
    assert (alone["docs"], alone["keys"]) == (0, sum("d1" in row.area_path for row in within))
    assert len(of_areas) == 1
