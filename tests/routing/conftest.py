"""Routing with its organisation loaded."""

import uuid
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pymongo
import pytest

from tests.routing.world import World, routing_settings


@pytest.fixture(scope="session")
def _routing_database(_mongo_client: pymongo.MongoClient[dict[str, Any]]) -> Iterator[str]:
    name = f"t_{uuid.uuid4().hex[:12]}"
    yield name
    _mongo_client.drop_database(name)


@pytest.fixture
def mongo_database(_mongo_client: pymongo.MongoClient[dict[str, Any]], _routing_database: str) -> Iterator[str]:
    """One database for all tests of routing, emptied after each: its collections and indexes take a second to make.

    A test with several services derives their databases from the name; those are dropped.
    """
    yield _routing_database
    database = _mongo_client[_routing_database]
    for name in database.list_collection_names():
        if database[name].find_one({}, {"_id": 1}):
            database[name].delete_many({})
    for derived in _mongo_client.list_database_names():
        if derived.startswith(f"{_routing_database}_"):
            _mongo_client.drop_database(derived)


@pytest.fixture
async def bare(mongo_url: str, mongo_database: str) -> AsyncIterator[World]:
    """Routing before anything is loaded; it has a store and no broker."""
    world = World(routing_settings(mongo_url, "nats://127.0.0.1:1", mongo_database))
    try:
        await world.mongo.ensure(world.service.collections)
        yield world
    finally:
        await world.service.live.close()
        await world.mongo.close()


@pytest.fixture
async def world(bare: World) -> World:
    """Routing with the small district."""
    await bare.load()
    return bare
