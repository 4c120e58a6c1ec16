"""Timers at scale: two replicas of routing and a million open orders with clocks, of which some come due.

The same is done with few and with many open orders. Quiet: a burst, for the steps a second and what one costs. Under the load of
reports: steps that come due at a steady rate, and a burst, for how late they are. Orders and their reports are copies of
those that the suite made from the sample reports, with their times moved, so that they are as real as today's model.
"""

import asyncio
import contextlib
import dataclasses
import itertools
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pymongo
from pymongo import WriteConcern

from bench.measure import cpu_seconds, peak_megabytes
from bench.write_path import submitter
from dev.places import ROOT, Ports
from dev.platform import Platform
from dev.processes import HOST, Child, free_port
from services.chassis.ids import new_id
from services.chassis.mongo import Document
from services.routing.store.work_order import WORK_ORDERS

CALLERS = 16
_BATCH = 2_000
_DEADLINE_SECONDS = 300.0


@dataclasses.dataclass(frozen=True, kw_only=True)
class Plan:
    """How much to measure: orders that are open, few and many; steps due a second, for how long; steps due at once."""

    few: int = 10_000
    many: int = 1_000_000
    rates: Sequence[int] = (50, 500)
    seconds: float = 20.0
    burst: int = 10_000


async def run(plan: Plan) -> dict[str, Any]:
    """Measure and return the figures; prints progress."""
    with tempfile.TemporaryDirectory(prefix="huying-bench-") as data:
        environ = {"OTEL_SDK_DISABLED": "true", "HUYING_LOG_LEVEL": "WARNING"}
        print("starting the platform and a second replica of routing …", flush=True)
        async with Platform(Path(data), Ports.free(), environ=environ) as platform, _second_replica(platform) as second:
            with pymongo.MongoClient[Document](platform.mongo_url, tz_aware=True) as client:
                bench = _Bench(platform, [platform.child("routing").pid, second.pid], client)
                await bench.take_templates()
                few = await bench.measure(plan.few, plan)
                many = await bench.measure(plan.many, plan)
    return {
        "callers": CALLERS,
        "few": few,
        "many": many,
        "many_over_few": {
            name: round(many["quiet_burst"][name] / few["quiet_burst"][name], 2)
            for name in ("replica_cpu_ms_per_step", "mongod_cpu_ms_per_step", "documents_examined_per_step")
            if few["quiet_burst"][name]
        },
    }


@contextlib.asynccontextmanager
async def _second_replica(platform: Platform) -> AsyncIterator[Child]:
    address = f"{HOST}:{free_port()}"
    child = Child(
        "routing-2",
        [sys.executable, "-m", "services.routing", "serve"],
        platform.data / "logs" / "routing-2.log",
        environ=platform.environment("routing") | {"HUYING_LISTEN": address},
        directory=ROOT,
    )
    try:
        async with asyncio.timeout(30), aiohttp.ClientSession() as http:
            while True:
                child.require_running()
                with contextlib.suppress(aiohttp.ClientError):
                    async with http.get(f"http://{address}/readyz") as answer:
                        if answer.ok:
                            break
                await asyncio.sleep(0.1)
        yield child
    finally:
        await asyncio.to_thread(child.stop)


class _Bench:
    def __init__(self, platform: Platform, replicas: Sequence[int], client: pymongo.MongoClient[Document]) -> None:
        assert platform.mongo
        self._platform = platform
        self._replicas = replicas
        self._mongod = platform.mongo.child.pid
        self._admin = client["admin"]
        fast = WriteConcern(w=1)
        self._orders = client["huying_routing"].get_collection(WORK_ORDERS.collection.name, write_concern=fast)
        self._outbox = client["huying_routing"]["outbox"]
        self._reports = client["huying_intake"].get_collection("reports", write_concern=fast)
        self._templates: list[tuple[Document, Document]] = []
        self._numbers = itertools.count(1)
        self._chooser = random.Random(1)

    async def take_templates(self) -> None:
        """Orders of the sample reports whose clock runs, each with its report as intake has it."""
        async with asyncio.timeout(60):
            while len(self._templates) < 3:
                await asyncio.sleep(1)  # until the samples have been routed
                self._templates = []
                for order in self._orders.find({"open": True, "version": 1, "next_step_at": {"$type": "date"}}):
                    report = self._reports.find_one({"_id": order["report_id"], "order_id": order["_id"]})
                    if report:
                        self._templates.append((order, report))

    async def measure(self, open_orders: int, plan: Plan) -> dict[str, Any]:
        """Fill up to `open_orders`, then every scenario."""
        filling = await asyncio.to_thread(self._fill, open_orders)
        print(f"{open_orders} open orders ({filling:.0f} s)", flush=True)
        figures: dict[str, Any] = {"open_orders": self._orders.count_documents({"open": True})}
        figures["quiet_burst"] = await self._scenario("burst", [0.0] * plan.burst, loaded=False)
        for rate in plan.rates:
            offsets = [number / rate for number in range(int(rate * plan.seconds))]
            figures[f"loaded_{rate}_per_second"] = await self._scenario(f"{rate}/s", offsets, loaded=True)
        figures["loaded_burst"] = await self._scenario("burst", [0.0] * plan.burst, loaded=True)
        figures["replica_peak_mb"] = [peak_megabytes(pid) for pid in self._replicas]
        return figures

    def _fill(self, open_orders: int) -> float:
        """Orders that come due in one to thirty days."""
        begun = time.monotonic()
        now = datetime.now(UTC)
        missing = open_orders - self._orders.count_documents({"open": True})
        indexes = list(WORK_ORDERS.collection.indexes)
        for index in indexes:
            if "next_step_at" not in index.document["key"]:  # that one is in use
                self._orders.drop_index(index.document["name"])
        days = (timedelta(days=self._chooser.uniform(1, 30)) for _ in range(missing))
        for batch in _batches((now + ahead for ahead in days), _BATCH):
            self._orders.insert_many([self._copy(at)[0] for at in batch], ordered=False)
        self._orders.create_indexes(indexes)  # several times faster than to keep them up meanwhile
        return time.monotonic() - begun

    def _copy(self, due: datetime) -> tuple[Document, Document]:
        """A new order whose clock acts at `due`, and its report."""
        order, report = self._chooser.choice(self._templates)
        number = f"bench-{next(self._numbers):09}"
        ids = {"_id": new_id("order"), "report_id": new_id("report"), "number": number}
        # Without earlier events: nobody who hears of its next one waits for them.
        source = order["source"] | {"id": ids["report_id"]}
        order = _moved(order, due - order["next_step_at"]) | ids | {"source": source, "previous": {}}
        return order, report | {"_id": ids["report_id"], "order_id": ids["_id"], "number": number}

    async def _scenario(self, name: str, offsets: Sequence[float], *, loaded: bool) -> dict[str, Any]:
        """Orders that come due so many seconds after a start; returns when all steps are done and told."""
        print(f"  {name}, {'under the load of reports' if loaded else 'quiet'} …", flush=True)
        async with contextlib.AsyncExitStack() as stack:
            answered: list[int] = []
            if loaded:
                answered = await stack.enter_async_context(self._load())
            # All are there, and none is due, when it starts.
            start = datetime.now(UTC) + timedelta(seconds=2 + len(offsets) / 500)
            due = await asyncio.to_thread(self._insert_due, [start + timedelta(seconds=offset) for offset in offsets])
            await asyncio.sleep(max(0.0, (start - datetime.now(UTC)).total_seconds() - 0.1))
            before, reports = self._spent(), len(answered)
            begun = time.monotonic()
            async with asyncio.timeout(_DEADLINE_SECONDS):
                while self._orders.count_documents({"next_step_at": {"$lte": max(due.values())}}):
                    await asyncio.sleep(0.2)
            elapsed, after, reports = time.monotonic() - begun, self._spent(), len(answered) - reports
        steps = len(due)
        late = await self._lateness(due)
        figures = {
            "steps": steps,
            **late,
            "documents_examined_per_step": round((after["examined"] - before["examined"]) / steps, 2),
            "replica_cpu_ms_per_step": round((after["replicas"] - before["replicas"]) * 1000 / steps, 3),
            "mongod_cpu_ms_per_step": round((after["mongod"] - before["mongod"]) * 1000 / steps, 3),
        }
        if loaded:
            figures["reports_per_second"] = round(reports / elapsed, 1)
        return figures

    def _insert_due(self, times: Sequence[datetime]) -> dict[str, datetime]:
        due: dict[str, datetime] = {}
        for batch in _batches(times, _BATCH):
            copies = [self._copy(at) for at in batch]
            self._reports.insert_many([report for _, report in copies], ordered=False)
            self._orders.insert_many([order for order, _ in copies], ordered=False)
            due |= {order["_id"]: order["next_step_at"] for order, _ in copies}
        return due

    async def _lateness(self, due: dict[str, datetime]) -> dict[str, Any]:
        """Of each order's first event: from when it was due until it was decided, and until the broker had it."""
        async with asyncio.timeout(_DEADLINE_SECONDS):
            while self._outbox.find_one({"pending": True}):
                await asyncio.sleep(0.2)
        decided: dict[str, datetime] = {}
        told: dict[str, datetime] = {}
        announced: Counter[tuple[str, str]] = Counter()
        for batch in _batches(due, _BATCH):
            wanted = {"aggregate_id": {"$in": batch}}
            for row in self._outbox.find(wanted, {"aggregate_id": 1, "type": 1, "time": 1, "sent_at": 1}).sort("_id"):
                decided.setdefault(row["aggregate_id"], row["time"])
                told.setdefault(row["aggregate_id"], row["sent_at"])
                announced[row["aggregate_id"], row["type"]] += 1
        elapsed = (max(decided.values()) - min(due.values())).total_seconds()
        return {
            "stepped": len(decided),
            "announced_twice": sum(count > 1 for count in announced.values()),
            "steps_per_second": round(len(due) / elapsed, 1),
            "decided_late_seconds": _percentiles((decided[order] - at).total_seconds() for order, at in due.items()),
            "told_late_seconds": _percentiles((told[order] - at).total_seconds() for order, at in due.items()),
        }

    def _spent(self) -> dict[str, float]:
        executor = self._admin.command("serverStatus")["metrics"]["queryExecutor"]
        return {
            "replicas": sum(cpu_seconds(pid) for pid in self._replicas),
            "mongod": cpu_seconds(self._mongod),
            "examined": executor["scannedObjects"],
        }

    @contextlib.asynccontextmanager
    async def _load(self) -> AsyncIterator[list[int]]:
        """Residents report, each again when answered; the list grows with the answers."""
        answered: list[int] = []
        numbers = itertools.count()
        async with aiohttp.ClientSession() as http:
            submit = submitter(self._platform, http, new_id("bench"))

            async def resident() -> None:
                while True:
                    number = next(numbers)
                    await submit(number)
                    answered.append(number)

            residents = [asyncio.create_task(resident()) for _ in range(CALLERS)]
            try:
                yield answered
            finally:
                for task in residents:
                    task.cancel()
                results = await asyncio.gather(*residents, return_exceptions=True)
        for result in results:
            if isinstance(result, Exception):
                raise result


def _moved(value: Any, by: timedelta) -> Any:
    """A copy with all its times moved."""
    if isinstance(value, datetime):
        return value + by
    if isinstance(value, dict):
        return {key: _moved(item, by) for key, item in value.items()}
    return [_moved(item, by) for item in value] if isinstance(value, list) else value


def _batches(items: Iterable[Any], size: int) -> Iterable[list[Any]]:
    iterator = iter(items)
    while batch := list(itertools.islice(iterator, size)):
        yield batch


def _percentiles(seconds: Iterable[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    at = {"p50": 0.50, "p99": 0.99, "max": 1.0}
    return {name: round(ordered[min(len(ordered) - 1, int(len(ordered) * share))], 3) for name, share in at.items()}


def show(result: dict[str, Any]) -> None:
    """Print the table and the ratios."""
    print(f"\n{'':38}{'steps/s':>9}{'late p50':>10}{'p99':>8}{'max':>8}{'told p99':>10}{'reports/s':>11}")
    for size in ("few", "many"):
        for name, row in result[size].items():
            if isinstance(row, dict):
                late = row["decided_late_seconds"]
                title = f"{result[size]['open_orders']:>9} open, {name.replace('_', ' ')}"
                print(
                    f"{title:38}{row['steps_per_second']:>9}{late['p50']:>10}{late['p99']:>8}{late['max']:>8}"
                    f"{row['told_late_seconds']['p99']:>10}{row.get('reports_per_second', '–'):>11}"
                )
    print("\na step of the quiet burst, many open over few (goal: near 1)")
    for name, ratio in result["many_over_few"].items():
        few, many = (result[size]["quiet_burst"][name] for size in ("few", "many"))
        print(f"  {name.replace('_', ' '):36}{many:>9} / {few} = {ratio}")
    print(
        f"peak memory of the replicas, MB: {result['few']['replica_peak_mb']} few, {result['many']['replica_peak_mb']} many"
    )
