"""Timed work is shared between replicas: each step is claimed by one, and a dead one's claims come back."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import pytest

from services.chassis.clock import utc_now
from services.chassis.leases import Lease, claim_due
from services.chassis.unit_of_work import Store
from tests.chassis import toy

Replica = Callable[..., Store]


@pytest.fixture
async def replica(mongo_url: str, nats_url: str, mongo_database: str) -> AsyncIterator[Replica]:
    """Makes replicas of one service, each with a clock of its own."""
    async with contextlib.AsyncExitStack() as stack:

        def make(clock_ahead: timedelta = timedelta()) -> Store:
            mongo = toy.raiser(mongo_url, nats_url, mongo_database).mongo
            stack.push_async_callback(mongo.close)
            return Store(mongo, "raiser", lambda: utc_now() + clock_ahead)

        yield make


async def test_a_lease_is_held_by_one_and_taken_over_when_it_ends(replica: Replica) -> None:
    store = replica()
    later = replica(timedelta(seconds=60))
    first, second, third = Lease(store, "relay"), Lease(store, "relay"), Lease(later, "relay")

    assert await first.held()
    assert not await second.held()
    assert await first.held()
    assert await third.held()


async def test_a_released_lease_is_free_at_once(replica: Replica) -> None:
    store = replica()
    first, second = Lease(store, "relay"), Lease(store, "relay")
    assert await first.held()

    await first.release()

    assert await second.held()


async def test_due_work_is_claimed_once_between_replicas(replica: Replica) -> None:
    stores = [replica() for _ in range(3)]
    past = utc_now() - timedelta(seconds=1)
    rows = [{"_id": str(number), "next_step_at": past} for number in range(60)]
    future = {"_id": "later", "next_step_at": past + timedelta(hours=1)}
    await stores[0].mongo["timed"].insert_many([*rows, future])

    claims = await asyncio.gather(*(claim_due(store, "timed", limit=100) for store in stores))

    claimed = [row["_id"] for claim in claims for row in claim]
    assert sorted(claimed) == sorted(str(number) for number in range(60))


async def test_work_of_a_dead_replica_is_due_again(replica: Replica) -> None:
    store = replica()
    later = replica(timedelta(seconds=60))
    await store.mongo["timed"].insert_one({"_id": "one", "next_step_at": utc_now() - timedelta(seconds=1)})

    assert len(await claim_due(store, "timed")) == 1
    assert await claim_due(store, "timed") == []
    assert len(await claim_due(later, "timed")) == 1
