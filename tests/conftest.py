"""Real servers for every test, and the choice of those that prove a capability."""

import asyncio
import re
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nats
import pymongo
import pytest

from dev.processes import free_port
from dev.servers import MongoServer, NatsServer

_ROW = re.compile(r"[A-Z]-\d\d")


@pytest.fixture(scope="session")
def server_directory() -> Iterator[Path]:
    """Where the servers of this run keep their files."""
    with tempfile.TemporaryDirectory(prefix="huying-test-") as directory:
        yield Path(directory)


@pytest.fixture(scope="session")
def mongo_server(server_directory: Path) -> Iterator[MongoServer]:
    """The MongoDB of this run. Tests that break it start one of their own."""
    server = MongoServer(server_directory / "mongo", free_port())
    try:
        server.start()
        yield server
    finally:
        server.kill9()


@pytest.fixture(scope="session")
def nats_server(server_directory: Path) -> Iterator[NatsServer]:
    """The NATS of this run. Tests that break it start one of their own."""
    server = NatsServer(server_directory / "nats", free_port(), free_port())
    try:
        server.start()
        yield server
    finally:
        server.kill9()


@pytest.fixture(scope="session")
def mongo_url(mongo_server: MongoServer) -> str:
    """Where MongoDB is."""
    return mongo_server.url


@pytest.fixture(scope="session")
def _mongo_client(mongo_url: str) -> Iterator[pymongo.MongoClient[dict[str, Any]]]:
    with pymongo.MongoClient[dict[str, Any]](mongo_url) as client:
        yield client


@pytest.fixture
def mongo_database(_mongo_client: pymongo.MongoClient[dict[str, Any]]) -> Iterator[str]:
    """The name of a database that does not exist yet; it is dropped after the test.

    A test with several services derives theirs: `f"{mongo_database}_routing"`.
    """
    name = f"t_{uuid.uuid4().hex[:12]}"
    yield name
    for database in _mongo_client.list_database_names():
        if database.startswith(name):
            _mongo_client.drop_database(database)


@pytest.fixture
def nats_url(nats_server: NatsServer) -> Iterator[str]:
    """Where NATS is, without a stream; the test's streams are deleted after it."""
    yield nats_server.url
    asyncio.run(_delete_streams(nats_server.url))


@pytest.fixture
def nats_monitor_url(nats_server: NatsServer) -> str:
    """Where NATS answers `/varz`."""
    return nats_server.monitor_url


async def _delete_streams(url: str) -> None:
    client = await nats.connect(url)
    try:
        stream = client.jetstream()
        for info in await stream.streams_info():
            assert info.config.name
            await stream.delete_stream(info.config.name)
    finally:
        await client.close()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--capabilities", action="store_true", help="only the tests that prove a capability")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Checks the rows that tests name; with --capabilities the others are left out."""
    for item in items:
        for marker in item.iter_markers("capability"):
            for row in marker.args:
                if not (isinstance(row, str) and _ROW.fullmatch(row)):
                    raise pytest.UsageError(f"{item.nodeid}: capability {row!r} is not like R-07")
    if config.getoption("--capabilities"):
        items[:] = [item for item in items if item.get_closest_marker("capability")]
