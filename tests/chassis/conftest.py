"""A running store of the toy service, on either driver."""

from collections.abc import AsyncIterator

import pytest

from services.chassis.app import Service
from tests.chassis import toy


@pytest.fixture(params=["motor", "pymongo"])
async def service(
    request: pytest.FixtureRequest, mongo_url: str, mongo_database: str, nats_url: str
) -> AsyncIterator[Service]:
    """The toy service with its store and bus open."""
    service = toy.raiser(mongo_url, nats_url, mongo_database, request.param)
    async with service.opened():
        yield service
