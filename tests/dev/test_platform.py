"""`make run` starts, stops and fails in good order; stubs stand in for the services."""

import asyncio
import json
import sys
from collections.abc import Callable
from pathlib import Path

import aiohttp
import pytest

from dev import samples
from dev.places import Ports
from dev.platform import SERVICES, Platform
from dev.processes import DevError
from tests.dev.watching import alive

STUB = Path(__file__).parent / "stub_service.py"

MakePlatform = Callable[..., Platform]


@pytest.fixture
def make_platform(tmp_path: Path) -> MakePlatform:
    def make(**environ: str) -> Platform:
        return Platform(
            tmp_path / "data",
            Ports.free(),
            environ={"STUB_LOG": str(tmp_path / "stub.log"), **environ},
            program=lambda service: [sys.executable, str(STUB), service],
        )

    return make


async def test_everything_answers_inside_and_nothing_is_left_after(make_platform: MakePlatform) -> None:
    async with make_platform() as platform:
        pids = [platform.child(service).pid for service in SERVICES]
        assert platform.mongo
        assert platform.nats
        pids += [platform.mongo.child.pid, platform.nats.child.pid]
        async with aiohttp.ClientSession() as http:
            for service in SERVICES:
                async with http.get(platform.ports.url(service) + "/readyz") as answer:
                    assert answer.ok
        assert all(map(alive, pids))
    assert not any(map(alive, pids))


async def test_district_is_loaded_once(make_platform: MakePlatform, tmp_path: Path) -> None:
    for _ in range(2):
        async with make_platform():
            noted = (tmp_path / "stub.log").read_text().splitlines()
        commands = sorted(line for line in noted if not line.startswith("POST "))
        assert commands == ["intake load-categories categories.json", "routing load organisation.json"]


async def test_samples_are_sent_once(make_platform: MakePlatform, tmp_path: Path) -> None:
    for _ in range(2):
        async with make_platform():
            pass
    noted = (tmp_path / "stub.log").read_text()
    assert noted.count("submitReport(") == len(samples.read())


async def test_samples_are_sent_with_the_token_of_their_role(make_platform: MakePlatform, tmp_path: Path) -> None:
    given = {"kind": "COMPLAINT", "text": "路灯不亮"}
    steps = [{"role": "handler", "mutation": "acceptOrder"}, {"role": "resident", "mutation": "confirmReport"}]
    file = tmp_path / "samples.json"
    file.write_text(json.dumps([{"role": "resident", "input": given, "then": steps}]))
    async with make_platform() as platform:
        (tmp_path / "stub.log").write_text("")
        await samples.send(samples.read(file), platform.graphql_url, lambda role: role)

    noted = [json.loads(line.removeprefix("POST ")) for line in (tmp_path / "stub.log").read_text().splitlines()]
    commands = [(request["authorization"], request["input"]) for request in noted if "input" in request]
    assert commands == [
        ("Bearer resident", {**given, "idempotencyKey": "sample-1"}),
        ("Bearer handler", {"idempotencyKey": "sample-1-acceptOrder", "workOrderId": "order_stub"}),
        ("Bearer resident", {"idempotencyKey": "sample-1-confirmReport", "reportId": "report_stub"}),
    ]


@pytest.mark.capability("I-32")
def test_samples_are_as_varied_as_a_district() -> None:
    given = [sample["input"] for sample in samples.read()]
    assert {"resident", "attendant"} == {sample["role"] for sample in samples.read()}
    assert {"neighbour_leak", "labour_wage"} <= {one.get("category") for one in given}
    assert len({one["text"] for one in given}) == len(given) >= 12


async def test_each_step_of_the_start_is_told_once(make_platform: MakePlatform) -> None:
    for first in (True, False):
        platform, told = make_platform(), list[str]()
        platform._progress = told.append
        async with platform:
            assert told[0] == "NATS and MongoDB answer"
            assert "intake, routing, mediation, gateway are ready" in told
            assert len(told) == (5 if first else 2)


async def test_killed_service_comes_back(make_platform: MakePlatform) -> None:
    async with make_platform() as platform:
        before = platform.child("routing").pid
        platform.kill("routing")
        await platform.restart("routing")
        assert platform.child("routing").pid != before
        assert not alive(before)


async def test_service_that_dies_is_reported_with_its_last_words(make_platform: MakePlatform) -> None:
    platform = make_platform(STUB_DIES="mediation")
    with pytest.raises(DevError, match=r"mediation ended by itself \(exit code 7\)[\s\S]*the stub is tired"):
        async with platform:
            await asyncio.wait_for(platform.watch(), 10)
    assert platform.mongo
    with pytest.raises(DevError, match="not started"):
        _ = platform.mongo.child


async def test_service_that_cannot_start_stops_everything(make_platform: MakePlatform) -> None:
    platform = make_platform(STUB_LOG="")
    platform._program = lambda service: [sys.executable, "-c", "import sys; sys.exit('no settings')"]
    with pytest.raises(DevError, match="no settings"):
        await platform.__aenter__()
    assert platform.nats
    with pytest.raises(DevError, match="not started"):
        _ = platform.nats.child


async def test_servers_named_by_the_environment_are_used(
    make_platform: MakePlatform, mongo_url: str, nats_url: str
) -> None:
    platform = make_platform(HUYING_MONGO_URL=mongo_url, HUYING_NATS_URL=nats_url)
    assert platform.mongo is None
    assert platform.nats is None
    assert platform.environment("intake")["HUYING_MONGO_URL"] == mongo_url


def test_gateway_alone_is_told_of_the_subgraphs(make_platform: MakePlatform) -> None:
    platform = make_platform()
    assert "HUYING_SUBGRAPH_URLS" not in platform.environment("intake")
    assert "HUYING_MONGO_URL" not in platform.environment("gateway")
    urls = platform.environment("gateway")["HUYING_SUBGRAPH_URLS"].split(",")
    assert [entry.partition("=")[0] for entry in urls] == ["intake", "routing", "mediation"]
