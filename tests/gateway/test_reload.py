"""A newer supergraph file is served without a failed request; a broken one changes nothing."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from services.gateway.app import Gateway
from services.gateway.compose import Subgraph, compose
from services.gateway.settings import Settings
from tests.gateway.federation import LINK, LocalSubgraph, Ref, World
from tests.gateway.servers import Suite, running, suite

REPORTS = 'type Query { report: Report } type Report @key(fields: "id") { id: ID! title: String }'
REPORTS_WITH_STATE = REPORTS.replace("title: String", "title: String state: String")
POSTS = 'type Report @key(fields: "id") { id: ID! post: String }'
OLD, NEW = "{ report { title post } }", "{ report { title post state } }"


def supergraph(reports: str) -> str:
    composition = compose(
        [Subgraph("reports", "http://unused", LINK + reports), Subgraph("posts", "http://unused", LINK + POSTS)]
    )
    assert composition.supergraph_sdl is not None, composition.errors
    return composition.supergraph_sdl


def publish(file: Path, text: str) -> None:
    """As Kubernetes does with a ConfigMap: the file is a link into a folder, which is a link that is replaced."""
    folder = file.parent / f"..{len(list(file.parent.iterdir()))}"
    folder.mkdir()
    (folder / file.name).write_text(text)
    swapped = file.parent / "..swapped"
    swapped.symlink_to(folder.name)
    swapped.rename(file.parent / "..data")
    if not file.is_symlink():
        file.unlink(missing_ok=True)
        file.symlink_to(Path("..data") / file.name)


@pytest.fixture
def world() -> World:
    world = World({"report": Ref("Report", "1")})
    world.add("Report", "1", title="Broken lamp", post="Street 7", state="OPEN")
    return world


@pytest.fixture
async def reports(tmp_path: Path, world: World) -> AsyncIterator[Suite]:
    settings = {"supergraph_poll_seconds": 0.02}
    async with suite(tmp_path, world, settings, reports=REPORTS, posts=POSTS) as started:
        started.subgraphs["reports"].subgraph = LocalSubgraph("reports", REPORTS_WITH_STATE, world)
        yield started


async def ask(session: aiohttp.ClientSession, url: str, query: str) -> dict[str, Any]:
    async with session.post(url, json={"query": query}) as response:
        answer: dict[str, Any] = await response.json()
        return answer


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.005)


def count(suite: Suite, name: str, **labels: str) -> float:
    return suite.gateway.metrics.registry.get_sample_value(name, labels) or 0.0


async def test_no_request_fails_while_versions_change_and_a_broken_one_comes_between(
    reports: Suite, tmp_path: Path
) -> None:
    file = tmp_path / "supergraph.graphql"
    answers: list[dict[str, Any]] = []
    stop = False

    async def keep_asking(session: aiohttp.ClientSession) -> None:
        while not stop:
            answers.append(await ask(session, reports.url, OLD))

    async with aiohttp.ClientSession() as session:
        clients = [asyncio.create_task(keep_asking(session)) for _ in range(8)]
        for version, outcome, times in (
            (supergraph(REPORTS_WITH_STATE), "loaded", 1),
            ("type Query {", "failed", 1),
            (supergraph(REPORTS), "loaded", 2),
            (supergraph(REPORTS_WITH_STATE), "loaded", 3),
        ):
            seen = len(answers)
            publish(file, version)
            await until(lambda o=outcome, t=times: count(reports, "supergraph_reloads_total", outcome=o) == t)  # type: ignore[misc]
            await until(lambda s=seen: len(answers) > s + 16)  # type: ignore[misc]
        stop = True
        await asyncio.gather(*clients)
        newer = await ask(session, reports.url, NEW)

    assert answers
    assert all(answer == {"data": {"report": {"title": "Broken lamp", "post": "Street 7"}}} for answer in answers)
    assert newer == {"data": {"report": {"title": "Broken lamp", "post": "Street 7", "state": "OPEN"}}}


async def test_a_request_under_way_finishes_on_the_supergraph_it_began_with(reports: Suite, tmp_path: Path) -> None:
    reports.subgraphs["reports"].delay = 0.3
    async with aiohttp.ClientSession() as session:
        asking = asyncio.create_task(ask(session, reports.url, OLD))
        await until(lambda: bool(reports.subgraphs["reports"].headers))
        publish(tmp_path / "supergraph.graphql", supergraph("type Query { other: Int }"))
        await until(lambda: count(reports, "supergraph_reloads_total", outcome="loaded") == 1)
        assert not asking.done()
        answer = await asking
        refused = await ask(session, reports.url, OLD)

    assert answer == {"data": {"report": {"title": "Broken lamp", "post": "Street 7"}}}
    assert refused["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


async def test_known_operations_are_planned_before_the_new_version_serves(reports: Suite, tmp_path: Path) -> None:
    async with aiohttp.ClientSession() as session:
        await ask(session, reports.url, OLD)
        await ask(session, reports.url, "query Gone { report { title } }")
        assert count(reports, "plan_cache_requests_total", result="miss") == 2
        publish(tmp_path / "supergraph.graphql", supergraph(REPORTS_WITH_STATE.replace("title", "name")))
        await until(lambda: count(reports, "supergraph_reloads_total", outcome="loaded") == 1)
        publish(tmp_path / "supergraph.graphql", supergraph(REPORTS_WITH_STATE))
        await until(lambda: count(reports, "supergraph_reloads_total", outcome="loaded") == 2)
        await ask(session, reports.url, NEW)
        publish(tmp_path / "supergraph.graphql", supergraph(REPORTS_WITH_STATE + " type Unused { a: Int }"))
        await until(lambda: count(reports, "supergraph_reloads_total", outcome="loaded") == 3)

        answer = await ask(session, reports.url, NEW)

    assert "errors" not in answer
    assert count(reports, "plan_cache_requests_total", result="miss") == 3


async def test_readiness_names_the_supergraph_served(reports: Suite, tmp_path: Path) -> None:
    async with aiohttp.ClientSession(f"http://{reports.host}") as session:
        async with session.get("/readyz") as response:
            before = await response.json()
        publish(tmp_path / "supergraph.graphql", supergraph(REPORTS_WITH_STATE))
        await until(lambda: count(reports, "supergraph_reloads_total", outcome="loaded") == 1)
        async with session.get("/readyz") as response:
            after = await response.json()

    assert before["ready"]
    assert before["supergraph"] != after["supergraph"]
    assert count(reports, "supergraph_info", id=after["supergraph"]) == 1


async def test_sighup_looks_at_once(tmp_path: Path, world: World) -> None:
    async with suite(tmp_path, world, {"supergraph_poll_seconds": 0}, reports=REPORTS, posts=POSTS) as started:
        os.kill(os.getpid(), signal.SIGHUP)
        await until(lambda: count(started, "supergraph_reloads_total", outcome="unchanged") == 1)
        publish(tmp_path / "supergraph.graphql", supergraph(REPORTS_WITH_STATE))
        os.kill(os.getpid(), signal.SIGHUP)
        await until(lambda: count(started, "supergraph_reloads_total", outcome="loaded") == 1)


async def test_where_that_is_allowed_the_gateway_waits_for_its_first_supergraph(tmp_path: Path) -> None:
    file = tmp_path / "supergraph.graphql"
    gateway = Gateway(Settings(supergraph=str(file), supergraph_optional=True, supergraph_poll_seconds=0.02))
    async with running(gateway) as host, aiohttp.ClientSession(f"http://{host}") as session:
        async with session.get("/readyz") as response:
            assert (response.status, await response.json()) == (
                503,
                {"ready": False, "supergraph": None, "stopping": False},
            )
        async with session.post("/graphql", json={"query": "{ __typename }"}) as response:
            assert (response.status, response.headers["retry-after"]) == (503, "10")
            assert (await response.json())["errors"][0]["extensions"]["code"] == "NO_SUPERGRAPH_AVAILABLE"

        publish(file, supergraph(REPORTS))
        await until(lambda: gateway.pipeline is not None and gateway.pipeline.generation is not None)

        async with session.post("/graphql", json={"query": "{ __typename }"}) as response:
            assert await response.json() == {"data": {"__typename": "Query"}}
