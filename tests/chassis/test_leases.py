"""Timed work is shared between replicas: each step is done by one, and a dead one's claims come back."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import msgspec
import prometheus_client
import pytest
from pymongo import ASCENDING, IndexModel

from services.chassis import leases
from services.chassis.clock import Clock, SteadyClock, utc_now
from services.chassis.events import EventData
from services.chassis.leases import Lease, claim_due, run_due
from services.chassis.mongo import CollectionSpec
from services.chassis.unit_of_work import OUTBOX, AggregateSpec, Store, UnitOfWork
from tests.chassis import toy

Replica = Callable[..., Store]
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


class AlarmRung(EventData, frozen=True):
    type: ClassVar[str] = "huying.raiser.alarm.rung.v1"
    alarm_id: str


class Alarm(msgspec.Struct, kw_only=True):
    """Rings once, when its time has come."""

    id: str
    version: int = 0
    sequence: int = 0
    previous: dict[str, int] = {}
    next_step_at: datetime | None

    def ring(self, now: datetime) -> list[EventData]:
        if self.next_step_at is None or now < self.next_step_at:
            return []
        self.next_step_at = None
        return [AlarmRung(alarm_id=self.id)]


ALARMS = AggregateSpec(
    CollectionSpec("alarms", indexes=[IndexModel([("next_step_at", ASCENDING)], name="next_step")]),
    Alarm,
    "alarm",
    "alarm",
)
NAME = ALARMS.collection.name


class HandClock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 22, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
async def replica(mongo_url: str, nats_url: str, mongo_database: str) -> AsyncIterator[Replica]:
    """Makes replicas of one service, each with a clock of its own."""
    async with contextlib.AsyncExitStack() as stack:

        def make(clock: Clock = utc_now) -> Store:
            mongo = toy.raiser(mongo_url, nats_url, mongo_database).mongo
            stack.push_async_callback(mongo.close)
            return Store(mongo, "raiser", clock)

        yield make


async def set_alarms(store: Store, times: Sequence[datetime]) -> None:
    await store.mongo.ensure([OUTBOX, ALARMS.collection])
    alarms = [Alarm(id=f"alarm_{number}", version=1, next_step_at=at) for number, at in enumerate(times)]
    await store.mongo[NAME].insert_many([ALARMS.to_document(alarm) for alarm in alarms])


def ringing(store: Store) -> Callable[[str], Awaitable[None]]:
    async def step(alarm_id: str) -> None:
        async def attempt(unit: UnitOfWork) -> None:
            alarm = await unit.get(ALARMS, alarm_id)
            if events := alarm.ring(unit.now):
                unit.save(ALARMS, alarm, events)

        await store.run(attempt)

    return step


async def rung(store: Store) -> list[str]:
    """The ids of alarms that rang, one for each time they did."""
    return [row["aggregate_id"] async for row in store.mongo[OUTBOX.name].find({})]


@contextlib.asynccontextmanager
async def at_work(*stores: Store) -> AsyncIterator[None]:
    """The timers of these replicas run inside."""
    tasks = [asyncio.create_task(run_due(store, NAME, ringing(store))) for store in stores]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(30):
        while not await condition():
            await asyncio.sleep(0.02)


async def until_rung(store: Store, count: int) -> None:
    async def enough() -> bool:
        return await store.mongo[OUTBOX.name].count_documents({}) >= count

    await until(enough)


def counted(metric: str, **labels: str) -> float:
    return prometheus_client.REGISTRY.get_sample_value(metric, {"collection": NAME, **labels}) or 0


async def test_a_lease_is_held_by_one_and_taken_over_when_it_ends(replica: Replica) -> None:
    store = replica()
    first, second = Lease(store, "relay", seconds=0.5), Lease(store, "relay", seconds=60)

    assert await first.held()
    assert not await second.held()
    assert await first.held()
    await until(second.held)
    assert not await first.held()


async def test_a_replica_whose_clock_is_ahead_takes_no_lease_from_another(replica: Replica) -> None:
    first = Lease(replica(), "relay")
    ahead, behind = Lease(replica(lambda: utc_now() + HOUR), "relay"), Lease(replica(lambda: utc_now() - HOUR), "relay")
    assert await first.held()

    assert not await ahead.held()
    assert not await behind.held()


async def test_a_released_lease_is_free_at_once(replica: Replica) -> None:
    store = replica()
    first, second = Lease(store, "relay"), Lease(store, "relay")
    assert await first.held()

    await first.release()

    assert await second.held()


async def test_due_work_is_claimed_once_between_replicas_that_look_at_once(
    replica: Replica, monkeypatch: pytest.MonkeyPatch
) -> None:
    stores = [replica() for _ in range(3)]
    past = utc_now() - SECOND
    await set_alarms(stores[0], [past] * 60 + [past + HOUR])
    all_have_looked = asyncio.Barrier(3)
    claim = leases._claim

    async def claim_after_all_have_looked(*arguments: Any) -> Any:
        await all_have_looked.wait()
        return await claim(*arguments)

    monkeypatch.setattr(leases, "_claim", claim_after_all_have_looked)
    claims = await asyncio.gather(*(claim_due(store, NAME, 100) for store in stores))

    claimed = [row["_id"] for claim in claims for row in claim]
    assert sorted(claimed) == sorted(f"alarm_{number}" for number in range(60))


async def test_two_replicas_do_each_of_two_thousand_steps_once(replica: Replica) -> None:
    stores = [replica(), replica()]
    await set_alarms(stores[0], [utc_now() - SECOND] * 2000)
    before = counted("huying_timed_steps_total", outcome="done")

    async with at_work(*stores):
        await until_rung(stores[0], 2000)

    ids = await rung(stores[0])
    assert len(ids) == len(set(ids)) == 2000
    assert counted("huying_timed_steps_total", outcome="done") - before == 2000
    assert counted("huying_timed_step_lateness_seconds_count") >= 2000


async def test_work_of_a_dead_replica_is_done_by_another_when_its_claim_ends(replica: Replica) -> None:
    clock = HandClock()
    dead, alive = replica(clock), replica(clock)
    await set_alarms(alive, [clock.now] * 50)
    claimed = await claim_due(dead, NAME, 20)  # and never heard of again

    async with at_work(alive):
        await until_rung(alive, 30)
        assert not {row["_id"] for row in claimed} & set(await rung(alive))
        clock.now += 31 * SECOND
        await until_rung(alive, 50)

    assert len(set(await rung(alive))) == 50


async def test_a_replica_asked_to_stop_finishes_what_it_has_begun(replica: Replica) -> None:
    store = replica()
    await set_alarms(store, [utc_now() - SECOND])
    begun, may_end = asyncio.Event(), asyncio.Event()

    async def slow(alarm_id: str) -> None:
        begun.set()
        await may_end.wait()
        await ringing(store)(alarm_id)

    timer = asyncio.create_task(run_due(store, NAME, slow))
    await begun.wait()
    timer.cancel()
    await asyncio.sleep(0)
    may_end.set()
    with contextlib.suppress(asyncio.CancelledError):
        await timer

    assert await rung(store) == ["alarm_0"]


async def test_a_step_that_fails_is_tried_again_and_holds_up_no_other(replica: Replica) -> None:
    clock = HandClock()
    store = replica(clock)
    await set_alarms(store, [clock.now] * 5)
    tries: list[datetime] = []

    async def step(alarm_id: str) -> None:
        if alarm_id == "alarm_2":
            tries.append(clock.now)
            raise RuntimeError("poison")
        await ringing(store)(alarm_id)

    async def tried_again() -> bool:
        return len(tries) > 1

    failed_before = counted("huying_timed_steps_total", outcome="failed")
    timer = asyncio.create_task(run_due(store, NAME, step))
    await until_rung(store, 4)
    begin = clock.now
    clock.now += 31 * SECOND
    await until(tried_again)
    timer.cancel()
    await asyncio.gather(timer, return_exceptions=True)

    assert tries == [begin, begin + 31 * SECOND]
    assert counted("huying_timed_steps_total", outcome="failed") - failed_before == 2
    document = await store.mongo[NAME].find_one({"_id": "alarm_2"})
    assert document
    assert document["next_step_at"] == begin, "what the aggregate says is not touched"


async def test_claims_that_come_to_nothing_are_ever_longer_but_never_over_an_hour(replica: Replica) -> None:
    clock = HandClock()
    store = replica(clock)
    await set_alarms(store, [clock.now])

    for seconds in (30, 60, 120, 240, 480, 960, 1920, 3600, 3600):
        assert len(await claim_due(store, NAME)) == 1
        clock.now += (seconds - 1) * SECOND
        assert await claim_due(store, NAME) == []
        clock.now += SECOND

    await store.mongo[NAME].update_one({}, {"$set": {"step_claim.tries": 5000}})
    assert len(await claim_due(store, NAME)) == 1


async def test_a_saved_aggregate_is_free_for_its_next_step(replica: Replica) -> None:
    store = replica()
    await set_alarms(store, [utc_now() - SECOND])
    await claim_due(store, NAME)

    async def set_again(unit: UnitOfWork) -> None:
        alarm = await unit.get(ALARMS, "alarm_0")
        alarm.next_step_at = utc_now() - SECOND
        unit.save(ALARMS, alarm)

    await store.run(set_again)

    assert [row["_id"] for row in await claim_due(store, NAME)] == ["alarm_0"]


async def test_what_is_not_due_is_not_looked_at(replica: Replica) -> None:
    store = replica()
    now = utc_now()
    await set_alarms(store, [now - SECOND] * 20 + [now + HOUR] * 3000)
    await store.mongo.database.command({"profile": 2})

    await claim_due(store, NAME, 64)

    await store.mongo.database.command({"profile": 0})
    seen = await store.mongo.database["system.profile"].find({"ns": {"$regex": NAME}}).to_list(100)
    assert len(seen) >= 2
    assert sum(row.get("docsExamined", 0) for row in seen) <= 60


@pytest.mark.parametrize("jump", [HOUR, -HOUR])
async def test_a_jump_of_a_machine_s_clock_rings_nothing_early_and_stops_nothing(
    replica: Replica, jump: timedelta
) -> None:
    moved = timedelta()
    jumping = SteadyClock(wall=lambda: utc_now() + moved)
    steady = SteadyClock()
    stores = [replica(jumping), replica(steady)]
    for store, clock in zip(stores, (jumping, steady), strict=True):
        await clock.sample(store.mongo.time)
    soon = [utc_now() + number * 0.02 * SECOND for number in range(100)]
    await set_alarms(stores[0], [*soon, *[utc_now() + HOUR / 2] * 20])

    async with at_work(*stores):
        await until_rung(stores[0], 20)
        moved = jump
        await jumping.sample(stores[0].mongo.time)
        await until_rung(stores[0], 100)

    rows = await stores[0].mongo[OUTBOX.name].find({}).to_list(None)
    assert sorted(row["aggregate_id"] for row in rows) == sorted(f"alarm_{number}" for number in range(100))
    for row in rows:
        at = soon[int(row["aggregate_id"].removeprefix("alarm_"))]
        assert at - 0.1 * SECOND < row["time"] < at + 60 * SECOND


async def test_two_replicas_an_hour_apart_ring_nothing_twice_or_early(replica: Replica) -> None:
    clocks = [SteadyClock(wall=lambda: utc_now() - HOUR / 2), SteadyClock(wall=lambda: utc_now() + HOUR / 2)]
    stores = [replica(clock) for clock in clocks]
    for store, clock in zip(stores, clocks, strict=True):
        await clock.sample(store.mongo.time)
    await set_alarms(stores[0], [utc_now()] * 300 + [utc_now() + HOUR / 4] * 100)

    async with at_work(*stores):
        await until_rung(stores[0], 300)

    ids = await rung(stores[0])
    assert sorted(ids) == sorted(f"alarm_{number}" for number in range(300))
