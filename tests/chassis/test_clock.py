"""A service's clock is the store's: what the machine's own says, and how it jumps, moves nothing."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.app import Service
from services.chassis.clock import SteadyClock

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Machine:
    """The clocks of one machine, moved by hand, and the store that it asks."""

    def __init__(self) -> None:
        self.wall, self.monotonic, self.store, self.round_trip = NOON, 100.0, NOON, 0.0
        self.clock = SteadyClock(lambda: self.wall, lambda: self.monotonic)

    def passes(self, seconds: float) -> None:
        self.monotonic += seconds
        self.wall += timedelta(seconds=seconds)
        self.store += timedelta(seconds=seconds)

    async def sample(self) -> None:
        async def answer() -> datetime:
            self.passes(self.round_trip / 2)
            told = self.store
            self.passes(self.round_trip / 2)
            return told

        await self.clock.sample(answer)


@pytest.mark.parametrize("jump", [HOUR, -HOUR])
async def test_a_jump_of_the_machine_s_clock_is_not_seen(jump: timedelta) -> None:
    machine = Machine()
    await machine.sample()

    machine.wall += jump
    machine.passes(5)
    assert machine.clock() == NOON + timedelta(seconds=5)

    await machine.sample()
    assert machine.clock() == NOON + timedelta(seconds=5)


async def test_a_machine_that_is_an_hour_wrong_takes_the_store_s_time() -> None:
    machine = Machine()
    machine.wall -= HOUR
    machine.clock = SteadyClock(lambda: machine.wall, lambda: machine.monotonic)

    await machine.sample()

    assert machine.clock() == NOON


async def test_a_machine_that_slept_is_awake_with_the_next_answer() -> None:
    machine = Machine()
    await machine.sample()

    machine.store += HOUR
    await machine.sample()

    assert machine.clock() == NOON + HOUR


async def test_a_store_set_back_slows_time_and_neither_stops_nor_turns_it() -> None:
    machine = Machine()
    await machine.sample()
    machine.store -= timedelta(seconds=8)

    await machine.sample()
    assert machine.clock() == NOON
    machine.passes(10)
    assert machine.clock() == NOON + timedelta(seconds=5)
    await machine.sample()
    machine.passes(10)
    assert machine.clock() == machine.store


async def test_time_goes_on_at_its_pace_while_the_store_is_silent() -> None:
    machine = Machine()
    await machine.sample()
    machine.store -= timedelta(seconds=2)
    await machine.sample()

    machine.passes(3600)

    assert machine.clock() == machine.store


async def test_half_the_round_trip_is_added_and_a_long_one_says_nothing() -> None:
    machine = Machine()
    machine.round_trip = 0.2
    await machine.sample()
    assert machine.clock() == machine.store

    machine.store += HOUR
    machine.round_trip = 3
    await machine.sample()
    assert machine.clock() == machine.store - HOUR


async def test_a_wrong_machine_is_told_of_once(caplog: pytest.LogCaptureFixture) -> None:
    machine = Machine()
    for wall_moves in (timedelta(), HOUR, timedelta(), timedelta(), -HOUR):
        machine.wall += wall_moves
        await machine.sample()

    assert [record.getMessage() for record in caplog.records] == [
        "this machine's clock is +3600.0 s from the store's; the store's is used"
    ]


@given(st.lists(st.tuples(st.floats(0, 30), st.integers(-5000, 5000), st.integers(-5000, 5000), st.booleans())))
async def test_time_never_runs_backwards(moves: list[tuple[float, int, int, bool]]) -> None:
    """INVARIANT: whatever wall and store do, the next time told is not before the last, and it goes on."""
    machine = Machine()
    await machine.sample()
    told = machine.clock()
    for passes, wall, store, asked in moves:
        machine.wall += timedelta(seconds=wall)
        machine.store += timedelta(seconds=store)
        if asked:
            await machine.sample()
        machine.passes(passes)
        now = machine.clock()
        assert now >= told + timedelta(seconds=passes / 2 - 0.001)
        told = now


async def test_a_service_without_a_clock_has_the_store_s(service: Service) -> None:
    before = await service.mongo.time()
    now = service.store.clock()
    after = await service.mongo.time()

    assert before - timedelta(seconds=1) < now < after + timedelta(seconds=1)
    assert isinstance(service.store.clock, SteadyClock)
