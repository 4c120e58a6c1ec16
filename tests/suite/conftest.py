"""The whole platform, once for all journeys: real servers, four services as processes, the demonstration district."""

import asyncio
from collections.abc import Iterator

import pytest

from dev.places import Ports
from dev.platform import Platform
from tests.suite.client import Client


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """The running platform. Tests share it, so they look at their own reports only."""
    platform = Platform(tmp_path_factory.mktemp("platform"), Ports.free())
    with asyncio.Runner() as runner:
        runner.run(platform.__aenter__())
        try:
            yield platform
        finally:
            runner.run(platform.stop())


@pytest.fixture
def resident(platform: Platform) -> Client:
    """Somebody who lives in the district."""
    return Client(platform, "resident")


@pytest.fixture
def centre(platform: Platform) -> Client:
    """The command and dispatch centre."""
    return Client(platform, "centre")


@pytest.fixture
def mediator(platform: Platform) -> Client:
    """A mediator of the district's mediation centre."""
    return Client(platform, "mediator")
