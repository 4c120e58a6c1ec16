"""From one service's outbox to another's effect: once, in order, whatever the broker does."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any, ClassVar

import nats
import pytest

from services.chassis.app import Service
from services.chassis.consumer import DEAD_LETTERS, Event, Subscription
from services.chassis.errors import Refusal
from services.chassis.events import EventData
from services.chassis.outbox import replay
from services.chassis.unit_of_work import OUTBOX, UnitOfWork, envelope
from tests.chassis import toy

DEADLINE_SECONDS = 20.0


class Raised(EventData, frozen=True):
    """The watcher's own copy: it reads less than the raiser writes."""

    type: ClassVar[str] = toy.TallyRaised.type
    total: int


class Rung(EventData, frozen=True):
    type: ClassVar[str] = toy.BellRung.type
    total: int


async def note(event: Event[Raised], unit: UnitOfWork) -> None:
    unit.insert("watched", {"_id": f"{event.aggregate_id}/{event.data.total}"})


async def until(condition: Callable[[], Any]) -> None:
    """Wait for an awaitable condition to hold."""
    async with asyncio.timeout(DEADLINE_SECONDS):
        while not await condition():
            await asyncio.sleep(0.02)


def watching(
    mongo_url: str, nats_url: str, database: str, handle: Any = note, kinds: tuple[type[EventData], ...] = (Raised,)
) -> Service:
    watcher = Service("watcher", toy.settings(mongo_url, nats_url, f"{database}_watcher"), [toy.WATCHED])
    watcher.consume("raiser", [Subscription(kind, handle) for kind in kinds])
    return watcher


@pytest.fixture
async def raiser(mongo_url: str, nats_url: str, mongo_database: str) -> AsyncIterator[Service]:
    service = toy.raiser(mongo_url, nats_url, mongo_database)
    async with service.running():
        yield service


async def seen(watcher: Service) -> list[str]:
    return sorted([row["_id"] async for row in watcher.mongo["watched"].find()])


async def test_an_event_reaches_the_next_service(
    raiser: Service, mongo_url: str, nats_url: str, mongo_database: str
) -> None:
    async with watching(mongo_url, nats_url, mongo_database).running() as watcher:
        await toy.open_tally(raiser, "tally_1")
        await toy.raise_tally(raiser, "tally_1")
        await toy.raise_tally(raiser, "tally_1")

        await until(lambda: _holds(watcher, ["tally_1/1", "tally_1/2"]))


async def test_an_event_delivered_again_after_the_dedupe_window_has_one_effect(
    raiser: Service, mongo_url: str, nats_url: str, mongo_database: str
) -> None:
    """INVARIANT: the inbox, not the broker's window, makes the effect happen once (fault matrix, row 21)."""
    async with watching(mongo_url, nats_url, mongo_database).running() as watcher:
        await toy.open_tally(raiser, "tally_1")
        await toy.raise_tally(raiser, "tally_1")
        await until(lambda: _holds(watcher, ["tally_1/1"]))

        client = await nats.connect(nats_url)
        async for row in raiser.mongo[OUTBOX.name].find():
            headers = {key: value for key, value in envelope(row).headers().items() if key != "Nats-Msg-Id"}
            for _ in range(3):
                await client.jetstream().publish(row["type"], row["data"].encode(), headers=headers)
        await client.close()
        await toy.raise_tally(raiser, "tally_1")

        await until(lambda: _holds(watcher, ["tally_1/1", "tally_1/2"]))


async def test_events_out_of_order_wait_for_the_one_before(
    raiser: Service, mongo_url: str, nats_url: str, mongo_database: str
) -> None:
    """The later event is parked until the earlier comes (fault matrix, row 22)."""
    order: list[int] = []

    async def remember(event: Event[Raised], unit: UnitOfWork) -> None:
        order.append(event.data.total)
        await note(event, unit)

    await raiser.bus.ready()
    raiser.relay.publish_pending = _nothing  # type: ignore[method-assign]  # this test is the relay
    await toy.open_tally(raiser, "tally_1")
    for _ in range(3):
        await toy.raise_tally(raiser, "tally_1")
    rows = await raiser.mongo[OUTBOX.name].find({"type": Raised.type}).sort("sequence", -1).to_list()

    async with watching(mongo_url, nats_url, mongo_database, remember).running() as watcher:
        for row in rows:
            await raiser.bus.publish(envelope(row))
            await asyncio.sleep(0.1)

        await until(lambda: _holds(watcher, ["tally_1/1", "tally_1/2", "tally_1/3"]))
    assert order == [1, 2, 3]


@pytest.mark.parametrize("backwards", [False, True])
async def test_a_consumer_of_two_words_of_one_aggregate_gets_every_event_once_and_in_order(
    raiser: Service, mongo_url: str, nats_url: str, mongo_database: str, backwards: bool
) -> None:
    """An order's clocks tell `clock.*`, numbered with its `order.*`: neither may pass the other."""
    order: list[str] = []

    async def remember(event: Event[Raised], unit: UnitOfWork) -> None:
        name = f"{event.type.split('.')[3]}/{event.data.total}"
        order.append(name)
        unit.insert("watched", {"_id": name})

    await raiser.bus.ready()
    raiser.relay.publish_pending = _nothing  # type: ignore[method-assign]  # this test is the relay
    await toy.open_tally(raiser, "tally_1")
    for step in (toy.raise_tally, toy.ring, toy.raise_tally, toy.ring):
        await step(raiser, "tally_1")
    rows = await raiser.mongo[OUTBOX.name].find().sort("sequence", -1 if backwards else 1).to_list()

    kinds = (Raised, Rung)
    async with watching(mongo_url, nats_url, mongo_database, remember, kinds).running() as watcher:
        for row in rows:
            await raiser.bus.publish(envelope(row))
            await asyncio.sleep(0.1)

        await until(lambda: _holds(watcher, ["raised/1", "raised/2", "rung/1", "rung/2"]))
    assert order == ["raised/1", "rung/1", "raised/2", "rung/2"]


async def test_earlier_events_are_named_by_both_words_where_theirs_differ_from_the_events(raiser: Service) -> None:
    await toy.open_tally(raiser, "tally_1")
    for step in (toy.ring, toy.ring, toy.raise_tally):
        await step(raiser, "tally_1")

    rows = await raiser.mongo[OUTBOX.name].find().sort("sequence", 1).to_list()

    headers = [envelope(row).headers()["ce-previous"] for row in rows]
    assert headers == ["", "tally.opened=1", "tally.opened=1,rung=2", "opened=1,bell.rung=3"]


async def test_a_poison_event_is_kept_aside_and_the_rest_flow(
    raiser: Service, mongo_url: str, nats_url: str, mongo_database: str
) -> None:
    """Fault matrix, row 23."""
    async with watching(mongo_url, nats_url, mongo_database).running() as watcher:
        await raiser.bus.ready()
        client = await nats.connect(nats_url)
        await client.jetstream().publish(Raised.type, b"\xff not an event")
        await client.jetstream().publish(Raised.type, b"{}", headers={"ce-id": "x", "ce-type": "huying.raiser.tally"})
        await client.close()
        await toy.open_tally(raiser, "tally_1")
        await toy.raise_tally(raiser, "tally_1")

        await until(lambda: _holds(watcher, ["tally_1/1"]))
        await until(lambda: _dead(watcher, 2))


async def test_an_event_whose_handler_always_fails_is_kept_aside_and_can_be_replayed(
    raiser: Service, mongo_url: str, nats_url: str, mongo_database: str
) -> None:
    broken = True

    async def fragile(event: Event[Raised], unit: UnitOfWork) -> None:
        if broken and event.data.total == 1:
            raise RuntimeError("a bug")
        await note(event, unit)

    async with watching(mongo_url, nats_url, mongo_database, fragile).running() as watcher:
        await toy.open_tally(raiser, "tally_1")
        await toy.raise_tally(raiser, "tally_1")
        await toy.raise_tally(raiser, "tally_1")
        await until(lambda: _holds(watcher, ["tally_1/2"]))
        letter = await watcher.mongo[DEAD_LETTERS.name].find_one({"status": "dead"})
        assert letter is not None
        assert letter["reason"] == "RuntimeError in handler"

        broken = False
        assert await watcher.consumers[0].replay_dead_letter(letter) == "done"

        assert await seen(watcher) == ["tally_1/1", "tally_1/2"]


async def test_a_refusal_is_acknowledged_leaves_nothing_and_does_not_stop_the_next(
    raiser: Service, mongo_url: str, nats_url: str, mongo_database: str
) -> None:
    async def picky(event: Event[Raised], unit: UnitOfWork) -> None:
        await note(event, unit)
        if event.data.total == 1:
            raise Refusal

    async with watching(mongo_url, nats_url, mongo_database, picky).running() as watcher:
        await toy.open_tally(raiser, "tally_1")
        await toy.raise_tally(raiser, "tally_1")
        await toy.raise_tally(raiser, "tally_1")

        await until(lambda: _holds(watcher, ["tally_1/2"]))


async def test_replay_fills_an_empty_broker_and_changes_no_effect(
    raiser: Service, mongo_url: str, nats_url: str, mongo_database: str
) -> None:
    async with watching(mongo_url, nats_url, mongo_database).running() as watcher:
        await toy.open_tally(raiser, "tally_1")
        await toy.raise_tally(raiser, "tally_1")
        await until(lambda: _holds(watcher, ["tally_1/1"]))
    client = await nats.connect(nats_url)
    await client.jetstream().delete_stream("RAISER")
    await client.close()
    await raiser.bus.ensure_stream()

    assert await replay(raiser.relay, raiser.store, lambda _: None) == 2

    async with watching(mongo_url, nats_url, mongo_database).running() as watcher:
        await toy.raise_tally(raiser, "tally_1")
        await until(lambda: _holds(watcher, ["tally_1/1", "tally_1/2"]))


async def test_a_service_without_a_broker_commits_and_publishes_later(
    mongo_url: str, mongo_database: str, nats_url: str
) -> None:
    lonely = toy.raiser(mongo_url, "nats://127.0.0.1:1", mongo_database)
    async with lonely.running():
        await toy.open_tally(lonely, "tally_1")
        await toy.raise_tally(lonely, "tally_1")

    async with (
        toy.raiser(mongo_url, nats_url, mongo_database).running(),
        watching(mongo_url, nats_url, mongo_database).running() as watcher,
    ):
        await until(lambda: _holds(watcher, ["tally_1/1"]))


async def _holds(watcher: Service, expected: list[str]) -> bool:
    return await seen(watcher) == expected


async def _dead(watcher: Service, count: int) -> bool:
    return await watcher.mongo[DEAD_LETTERS.name].count_documents({"status": "dead"}) == count


async def _nothing() -> int:
    return 0
