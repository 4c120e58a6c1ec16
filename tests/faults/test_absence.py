"""What a service does while its store or its broker is not there, seen close up."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from nats.aio.msg import Msg
from pymongo.errors import AutoReconnect

from services.chassis import consumer as consumer_module
from services.chassis.app import Service
from services.chassis.consumer import DEAD_LETTERS, Event, Subscription
from services.chassis.errors import Unavailable
from services.chassis.unit_of_work import UnitOfWork
from tests.chassis import toy

DEADLINE_SECONDS = 20.0


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Wait for an awaitable condition to hold."""
    async with asyncio.timeout(DEADLINE_SECONDS):
        while not await condition():
            await asyncio.sleep(0.01)


async def test_a_pull_of_an_earlier_connection_does_not_end_the_present_one(
    mongo_url: str, nats_url: str, mongo_database: str
) -> None:
    """INVARIANT: consumers that fall silent one after the other leave the server once, not each other's new connection."""
    async with toy.raiser(mongo_url, nats_url, mongo_database).opened() as service:
        bus = service.bus
        await bus.ready()
        pull = await bus.pull("RAISER", "first", [toy.TallyOpened.type])

        await bus.reconnect(pull)
        assert not bus.connected

        async def connected() -> bool:
            return bus.connected

        await until(connected)
        await bus.reconnect(pull)
        assert bus.connected


async def test_an_event_waits_for_its_store_however_often_it_is_tried(
    mongo_url: str, nats_url: str, mongo_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A store that is away is no reason for a dead letter."""
    monkeypatch.setattr(consumer_module, "_delay", lambda _: 0.01)
    tries = 0

    async def read_in_vain(event: Event[toy.TallyOpened], unit: UnitOfWork) -> None:
        nonlocal tries
        tries += 1
        if tries <= 2 * consumer_module._UNEXPECTED_LIMIT:
            raise AutoReconnect("the primary is gone")
        unit.insert("watched", {"_id": event.data.tally_id})

    settings = toy.settings(mongo_url, nats_url, f"{mongo_database}_watcher")
    watcher = Service("watcher", settings, [toy.WATCHED])
    watcher.consume("raiser", [Subscription(toy.TallyOpened, read_in_vain)])
    async with toy.raiser(mongo_url, nats_url, mongo_database).running() as raiser, watcher.running():
        await toy.open_tally(raiser, "tally_1")

        async def watched() -> bool:
            return await watcher.mongo["watched"].count_documents({"_id": "tally_1"}) == 1

        await until(watched)
        assert await watcher.mongo[DEAD_LETTERS.name].count_documents({}) == 0


async def test_a_command_whose_reads_fail_is_unavailable_not_broken(
    mongo_url: str, nats_url: str, mongo_database: str
) -> None:
    """So that its caller is told to try again."""

    async def attempt(unit: UnitOfWork) -> None:
        raise AutoReconnect("the primary is gone")

    async with toy.raiser(mongo_url, nats_url, mongo_database).opened() as service:
        with pytest.raises(Unavailable):
            await service.store.run(attempt)


@pytest.mark.parametrize("steps", range(6))
async def test_a_stop_ends_a_relay_and_a_pull_that_have_just_been_woken(
    steps: int, mongo_url: str, nats_url: str, mongo_database: str
) -> None:
    """Work that arrives in the same moment as the stop must not keep the loop running."""
    async with toy.raiser(mongo_url, nats_url, mongo_database).opened() as service:
        await service.bus.ready()
        pull = await service.bus.pull("RAISER", "first", [toy.TallyOpened.type])
        heartbeat = Msg(service.bus._client, subject=pull._inbox, headers={"Status": "100"})

        async def consume() -> None:
            async for _ in pull.batches(1):
                pass

        loops = [asyncio.create_task(consume()), asyncio.create_task(service.relay.run())]
        await asyncio.sleep(0.1)
        await pull._queue.put(heartbeat)
        service.store.committed.set()
        for _ in range(steps):
            await asyncio.sleep(0)
        for loop in loops:
            loop.cancel()

        _, running = await asyncio.wait(loops, timeout=2)
        assert not running
