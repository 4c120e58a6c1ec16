"""The broker's configuration as deployed: it starts, and each service may do its work and no more."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sysconfig
from collections.abc import Iterator

import nats
import nats.errors
import pytest
from nats.aio.client import Client
from nats.js.api import StreamConfig

from dev.processes import HOST, free_port
from dev.servers import NatsServer
from services.chassis.bus import Bus
from services.chassis.settings import Secret, ServiceSettings
from tests.deploy.manifests import K8S, SUBGRAPHS

BASE = K8S / "base" / "nats"


class DeployedNats(NatsServer):
    """The configuration of the demonstration overlay; only addresses and folders differ."""

    def _command(self) -> list[str]:
        program = super()._command()[0]
        config = (BASE / "nats.conf").read_text(encoding="utf-8")
        assert "store_dir: /data\n" in config
        stored = config.replace("store_dir: /data\n", f'store_dir: "{self.directory / "store"}"\n')
        (self.directory / "nats.conf").write_text(stored, encoding="utf-8")
        shutil.copy(BASE / "users.conf", self.directory)
        shutil.copy(K8S / "overlays" / "demo" / "cluster.conf", self.directory)
        places = ["--addr", HOST, "--port", str(self.port), "--http_port", str(self.http_port)]
        return [program, "--config", str(self.directory / "nats.conf"), *places]


@pytest.fixture(scope="module")
def environment() -> Iterator[None]:
    """What the pod gives the broker."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("POD_NAME", "nats-0")
        for service in SUBGRAPHS:
            patch.setenv(f"{service.upper()}_PASSWORD", f"test-{service}")
        yield


@pytest.fixture(scope="module")
def broker(environment: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[NatsServer]:
    with DeployedNats(tmp_path_factory.mktemp("nats"), free_port(), free_port()) as server:
        yield server


def settings(broker: NatsServer, service: str) -> ServiceSettings:
    return ServiceSettings(
        listen=f"{HOST}:0",
        mongo_url=Secret("mongodb://nowhere"),
        nats_url=broker.url,
        nats_monitor_url=broker.monitor_url,
        nats_user=service,
        nats_password=Secret(f"test-{service}"),
    )


async def client(broker: NatsServer, service: str) -> Client:
    async def ignore(_: Exception) -> None:
        """Refused permissions arrive here; the tests see them as time-outs."""

    return await nats.connect(
        broker.url,
        user=service,
        password=f"test-{service}",
        inbox_prefix=f"_INBOX.{service}".encode(),
        error_cb=ignore,
    )


@pytest.mark.parametrize("service", ["intake", "routing", "mediation"])
async def test_a_service_owns_its_stream_and_the_broker_syncs(broker: NatsServer, service: str) -> None:
    bus = Bus(settings(broker, service), service)
    await bus.start()
    try:
        async with asyncio.timeout(20):
            await bus.ready()
        connection = await client(broker, service)
        await connection.jetstream().publish(f"huying.{service}.test.made.v1", b"{}")
        await connection.close()
        assert await bus.stream_counts(service.upper()) == {f"huying.{service}.test.made.v1": 1}
    finally:
        await bus.close()


async def test_a_service_reads_the_stream_of_another(broker: NatsServer) -> None:
    intake, routing = Bus(settings(broker, "intake"), "intake"), Bus(settings(broker, "routing"), "routing")
    await intake.start()
    await routing.start()
    try:
        async with asyncio.timeout(20):
            await intake.ready()
            await routing.ready()
        connection = await client(broker, "intake")
        await connection.jetstream().publish("huying.intake.test.read.v1", b"{}")
        await connection.close()
        pull = await routing.pull("INTAKE", "routing-from-intake", ["huying.intake.test.read.v1"])
        async with asyncio.timeout(20):
            async for batch in pull.batches(10):
                for message in batch:
                    await message.ack_sync()
                break
        await pull.close()
    finally:
        await intake.close()
        await routing.close()


async def test_a_service_cannot_publish_for_another(broker: NatsServer) -> None:
    connection = await client(broker, "routing")
    try:
        with pytest.raises(nats.errors.TimeoutError):
            await connection.jetstream(timeout=1).publish("huying.intake.test.forged.v1", b"{}")
    finally:
        await connection.close()


async def test_a_service_cannot_delete_or_make_another_stream(broker: NatsServer) -> None:
    connection = await client(broker, "mediation")
    try:
        stream = connection.jetstream(timeout=1)
        with pytest.raises(nats.errors.TimeoutError):
            await stream.add_stream(StreamConfig(name="OTHER", subjects=["other.>"]))
        with pytest.raises(nats.errors.TimeoutError):
            await stream.delete_stream("INTAKE")
    finally:
        await connection.close()


async def test_a_stranger_is_refused(broker: NatsServer) -> None:
    reader, writer = await asyncio.open_connection(HOST, broker.port)
    try:
        writer.write(b"CONNECT {}\r\nPING\r\n")
        async with asyncio.timeout(20):
            answer = await reader.read()
        assert b"Authorization Violation" in answer
    finally:
        writer.close()
        await writer.wait_closed()


def test_the_cluster_configuration_is_valid(environment: None) -> None:
    program = shutil.which("nats-server", path=sysconfig.get_path("scripts")) or "nats-server"
    done = subprocess.run(
        [program, "-t", "--config", str(BASE / "nats.conf")], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
