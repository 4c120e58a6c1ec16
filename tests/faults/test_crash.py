"""Fault matrix, row 1: a process killed at any line of the write path; nothing acknowledged is lost, nothing happens twice."""

import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.crash import Crasher, Page, enumerate_crashes, first_violation, leave_transaction_open
from tests.faults.journey import Journey, Place
from tests.faults.report_journey import DisputeJourney, ReportJourney
from tests.faults.toy_journey import ToyJourney

# Journeys, and how many lines of each stage `make test` tries.
JOURNEYS: dict[type[Journey], int] = {ReportJourney: 5, DisputeJourney: 2, ToyJourney: 2}


@pytest.fixture
def place(mongo_url: str, nats_url: str, mongo_database: str) -> Place:
    return Place(mongo_url, nats_url, mongo_database)


@pytest.fixture
def seed() -> int:
    return int(os.environ.get("HUYING_CRASH_SEED") or random.randrange(10_000))


@pytest.mark.parametrize("kind", JOURNEYS)
async def test_crash_at_some_lines_loses_and_doubles_nothing(
    kind: type[Journey], place: Place, seed: int, tmp_path: Path, show_page: Callable[[Page], None]
) -> None:
    async with Crasher.of(kind, place, tmp_path / "forks.log") as crasher:
        page = await enumerate_crashes(crasher, sample=JOURNEYS[kind], seed=seed)

    show_page(page)
    assert not page.violations, page.text()


@pytest.mark.slow
@pytest.mark.parametrize("kind", [ReportJourney, DisputeJourney])
async def test_crash_at_every_line_loses_and_doubles_nothing(
    kind: type[Journey], place: Place, seed: int, tmp_path: Path, show_page: Callable[[Page], None]
) -> None:
    async with Crasher.of(kind, place, tmp_path / "forks.log") as crasher:
        page = await enumerate_crashes(crasher, sample=None, seed=seed)

    show_page(page)
    assert page.acknowledged or kind.skipped
    assert not page.violations, page.text()


async def test_crash_in_a_transaction_delays_the_repeat_and_does_not_defeat_it(place: Place, tmp_path: Path) -> None:
    """Until the server ends what the dead process left open, the same command conflicts with it; then it goes through."""
    async with Crasher.of(ToyJourney, place, tmp_path / "forks.log") as crasher:
        key = await leave_transaction_open(crasher, ToyJourney.stage("submit"))

        matter = await crasher.journey.submit(key)

        async with crasher.journey.flowing():
            await crasher.journey.quiet()
        assert await crasher.journey.check(matter) == []


@pytest.mark.parametrize(
    ("plant", "kind", "stage"),
    [
        ("no inbox", ToyJourney, "witness consumes"),
        ("no inbox", ReportJourney, "intake consumes dispatched"),
        ("acknowledge before commit", ToyJourney, "witness consumes"),
        ("acknowledge before commit", ReportJourney, "routing consumes triaged"),
        ("answer before commit", ToyJourney, "submit"),
        ("answer before commit", ReportJourney, "submit"),
        ("publish before commit", ToyJourney, "submit"),
    ],
)
async def test_crash_finds_a_planted_fault(
    plant: str, kind: type[Journey], stage: str, place: Place, tmp_path: Path
) -> None:
    async with Crasher.of(kind, place, tmp_path / "forks.log", plant) as crasher:
        violation = await first_violation(crasher, kind.stage(stage))

    print(violation)
    assert violation is not None
