"""The write path: what the database can do raw, and what the suite does with it, measured side by side in one run.

(a) raw durable inserts of one document, (b) raw transactions of two, both by motor with 64 callers; (c) a resident's report
through the gateway: submitted → routed → dispatched, 64 callers, the last step seen through a subscription. The headline is c/b.
"""

import asyncio
import itertools
import json
import os
import random
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp

from bench.measure import Figures, at_once, cpu_seconds
from dev.places import Ports
from dev.platform import SERVICES, Platform
from services.chassis.mongo import Mongo, Session
from services.chassis.settings import Secret, ServiceSettings

CALLERS = 64
SECONDS = 10.0

_SUBMIT = """mutation Submit($input: SubmitReportInput!) {
  submitReport(input: $input) { report { id } errors { code message } }
}"""
_WATCH = "subscription Watch { workOrderChanged { id state report { id } } }"
_TEXT = "夜间水泵噪音扰民,希望尽快处理。" * 12


async def run(seconds: float = SECONDS) -> dict[str, Any]:
    """Measure and return the figures; prints progress."""
    with tempfile.TemporaryDirectory(prefix="huying-bench-") as data:
        environ = {"OTEL_SDK_DISABLED": "true", "HUYING_LOG_LEVEL": "WARNING"}
        print("starting the platform …", flush=True)
        async with Platform(Path(data), Ports.free(), environ=environ) as platform:
            single, double = await _raw(platform.mongo_url, seconds)
            print("submitting reports …", flush=True)
            suite = await _suite(platform, seconds)
    ratio = suite["per_second"] / double.per_second
    return {
        "callers": CALLERS,
        "raw_insert": vars(single),
        "raw_transaction": vars(double),
        "suite": suite,
        "c_over_b": round(ratio, 3),
        "submit_p99_over_transaction_p99": round(suite["submit"]["p99_ms"] / double.p99_ms, 2),
    }


async def _raw(mongo_url: str, seconds: float) -> tuple[Figures, Figures]:
    settings = ServiceSettings(listen="127.0.0.1:0", mongo_url=Secret(mongo_url), nats_url="", mongo_database="bench")
    mongo = Mongo.connect(settings, "bench")
    first, second = mongo["first"], mongo["second"]
    document = {"text": _TEXT, "state": "received"}

    async def insert(number: int) -> None:
        await first.insert_one({"_id": f"a{number}", **document})

    async def transaction(number: int) -> None:
        async def body(session: Session) -> None:
            await first.insert_one({"_id": f"b{number}", **document}, session=session)
            await second.insert_one({"_id": f"b{number}", **document}, session=session)

        await mongo.transaction(body)

    await insert(-1)
    await second.insert_one({"_id": "made"})
    try:
        print("raw inserts …", flush=True)
        single = await at_once("raw insert", insert, callers=CALLERS, seconds=seconds)
        print("raw transactions …", flush=True)
        double = await at_once("raw transaction", transaction, callers=CALLERS, seconds=seconds)
    finally:
        await mongo.close()
    return single, double


async def _suite(platform: Platform, seconds: float) -> dict[str, Any]:
    submitted: dict[str, float] = {}
    dispatched: dict[str, float] = {}
    centre = {"authorization": f"Bearer {platform.token('centre')}", "accept": "text/event-stream"}
    connector = aiohttp.TCPConnector(limit=CALLERS + 2)
    async with aiohttp.ClientSession(connector=connector) as http:
        watching = asyncio.create_task(_watch(http, platform.graphql_url, centre, dispatched))
        await asyncio.sleep(0.5)

        submit_one = submitter(platform, http)

        async def submit(number: int) -> None:
            begun = time.perf_counter()
            submitted[await submit_one(number)] = begun

        processes = _processes(platform)
        before = {name: cpu_seconds(pid) for name, pid in processes.items()}
        begin = time.perf_counter()
        figures = await at_once("submit", submit, callers=CALLERS, seconds=seconds)
        async with asyncio.timeout(120):
            while len(dispatched) < len(submitted):
                await asyncio.sleep(0.01)
        elapsed = max(dispatched.values()) - begin
        spent = {name: cpu_seconds(pid) - before[name] for name, pid in processes.items()}
        watching.cancel()
    delays = [dispatched[report] - begun for report, begun in submitted.items()]
    whole = Figures.of("submit → dispatched", delays, elapsed)
    return {
        "per_second": whole.per_second,
        "reports": len(submitted),
        "submit": vars(figures),
        "dispatched": vars(whole),
        "cpu_ms_per_report": {name: round(seconds * 1000 / len(submitted), 2) for name, seconds in spent.items()},
    }


def submitter(platform: Platform, http: aiohttp.ClientSession, name: str = "bench") -> Callable[[int], Awaitable[str]]:
    """Files the report of a number through the gateway, for a place of the district, and gives its id."""
    places = _places(platform)
    headers = {"authorization": f"Bearer {platform.token('resident')}"}

    async def submit(number: int) -> str:
        variables = {
            "input": {"idempotencyKey": f"{name}-{number}", "kind": "COMPLAINT", "text": _TEXT, **next(places)}
        }
        body = {"query": _SUBMIT, "variables": variables}
        async with http.post(platform.graphql_url, json=body, headers=headers) as answer:
            result = await answer.json(content_type=None)
        try:
            return str(result["data"]["submitReport"]["report"]["id"])
        except (KeyError, TypeError):
            raise RuntimeError(f"submit refused: {result}") from None

    return submit


def _processes(platform: Platform) -> dict[str, int]:
    """Process ids of everything that takes part, ourselves (the callers) included."""
    found = {name: platform.child(name).pid for name in SERVICES}
    if platform.mongo and platform.nats:
        found |= {"mongod": platform.mongo.child.pid, "nats-server": platform.nats.child.pid}
    return found | {"callers": os.getpid()}


def _places(platform: Platform) -> Any:
    """Endless (category, place) pairs over the district, the same in each run."""
    folder = platform.data / "district"
    organisation = json.loads((folder / "organisation.json").read_text())
    categories = json.loads((folder / "categories.json").read_text())["categories"]
    parents = {category["parent"] for category in categories}
    leaves = [c["code"] for c in categories if c["code"] not in parents and not c["dispute_type"]]
    points = []
    for area in organisation["areas"]:
        if area["level"] == "grid":
            ring = area["boundary"]["coordinates"][0]
            points.append(
                {
                    "lon": sum(p[0] for p in ring[:-1]) / (len(ring) - 1),
                    "lat": sum(p[1] for p in ring[:-1]) / (len(ring) - 1),
                }
            )
    chooser = random.Random(1)
    return ({"category": chooser.choice(leaves), "place": chooser.choice(points)} for _ in itertools.count())


async def _watch(http: aiohttp.ClientSession, url: str, headers: dict[str, str], dispatched: dict[str, float]) -> None:
    timeout = aiohttp.ClientTimeout(total=None)
    async with http.post(url, json={"query": _WATCH}, headers=headers, timeout=timeout) as answer:
        async for event in _events(answer):
            order = event["data"]["workOrderChanged"]
            if order["state"] == "DISPATCHED":
                dispatched.setdefault(order["report"]["id"], time.perf_counter())


async def _events(answer: aiohttp.ClientResponse) -> AsyncIterator[dict[str, Any]]:
    async for line in answer.content:
        if line.startswith(b"data: {"):
            yield json.loads(line[6:])
