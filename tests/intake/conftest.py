"""Intake on the MongoDB of this run, in a database of its own."""

from collections.abc import AsyncIterator

import pytest

from services.chassis.settings import ServiceSettings
from tests.intake.world import World, opened, settings_for


@pytest.fixture
def settings(mongo_url: str, mongo_database: str) -> ServiceSettings:
    return settings_for(mongo_url, mongo_database)


@pytest.fixture
async def bare(settings: ServiceSettings) -> AsyncIterator[World]:
    """Nothing loaded yet."""
    async with opened(settings) as world:
        yield world


@pytest.fixture
async def world(bare: World) -> World:
    """The small district."""
    await bare.load()
    return bare
