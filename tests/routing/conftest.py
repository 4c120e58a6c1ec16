"""Routing with its organisation loaded."""

from collections.abc import AsyncIterator

import pytest

from tests.routing.world import World, routing_settings


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
