"""`make verify`: proves from the stores and the streams that nothing was lost and nothing doubled.

Reads the three databases and the broker's streams of the running platform, compares the counts at every stage, and checks that
every event sequence is whole. While events are still on their way it waits.
Exit code 1 when something disagrees. The hash chains have a command of their own (`verify-chains`).
"""

import argparse
import asyncio
import dataclasses
import os
import sys
import time
from collections.abc import Iterator
from typing import Any

import nats
import pymongo
from pymongo.collection import Collection
from pymongo.database import Database

from dev.places import DATA, Ports
from dev.platform import DOMAIN_SERVICES, Platform

_STILL_SECONDS = 10.0

Databases = dict[str, Database[dict[str, Any]]]


@dataclasses.dataclass(frozen=True)
class Check:
    """One statement, how many it counted, and what it should have been."""

    statement: str
    found: int
    expected: int
    at_least: bool = False

    @property
    def holds(self) -> bool:
        return self.found >= self.expected if self.at_least else self.found == self.expected

    def __str__(self) -> str:
        mark = "✓" if self.holds else "✗"
        wanted = "" if self.holds else f"   expected {'at least ' if self.at_least else ''}{self.expected}"
        return f"{mark} {self.statement:66}{self.found:>9}{wanted}"


def checks(databases: Databases, streams: dict[str, dict[str, int]]) -> Iterator[Check]:
    """Every statement about the suite, in the order a report travels."""
    intake, routing, mediation = (databases[name] for name in DOMAIN_SERVICES)
    reports, orders = intake["reports"], routing["work_orders"]
    accepted = sum(row["accepted"] for row in intake["imports"].find({}, {"accepted": 1}))
    yield Check(
        "accepted lines of imports are reports", reports.count_documents({"imported": {"$exists": True}}), accepted
    )
    stored = reports.count_documents({})
    yield Check("every report was announced as received", _announced(intake, "intake.report.received"), stored)
    triaged = len(_distinct(intake["outbox"], "aggregate_id", {"type": "huying.intake.report.triaged.v1"}))
    yield Check(
        "every triaged report has exactly one routing decision", routing["decisions"].count_documents({}), triaged
    )
    ordered = len(_distinct(orders, "report_id"))
    cases = len(_distinct(mediation["cases"], "report_id"))
    both = len(_distinct(orders, "report_id") & _distinct(mediation["cases"], "report_id"))
    yield Check("every decided report has a work order or a case", ordered + cases - both, triaged)
    yield Check("every report with an order has one order", orders.count_documents({}), ordered)
    yield Check("every work order has a lead post", orders.count_documents({"lead_post": {"$gt": ""}}), ordered)
    routed = reports.count_documents({"lead_post": {"$gt": ""}})
    yield Check("every decided report knows its lead post", routed, triaged)
    for name, database in databases.items():
        yield from _service(name, database, streams.get(name, {}))


def _service(name: str, database: Database[dict[str, Any]], stream: dict[str, int]) -> Iterator[Check]:
    outbox = database["outbox"]
    yield Check(f"{name}: events waiting to be published", outbox.count_documents({"pending": True}), 0)
    yield Check(f"{name}: dead letters", database["dead_letters"].count_documents({"status": "dead"}), 0)
    yield Check(f"{name}: aggregates with a gap in their events", _gaps(outbox), 0)
    for row in outbox.aggregate([{"$group": {"_id": "$type", "count": {"$sum": 1}}}, {"$sort": {"_id": 1}}]):
        # A repeat after the broker's window for duplicates is stored again; the inboxes absorb it.
        kind = row["_id"].removeprefix("huying.")
        yield Check(f"{name}: the stream has each {kind}", stream.get(row["_id"], 0), row["count"], at_least=True)


def _announced(database: Database[dict[str, Any]], kind: str) -> int:
    return database["outbox"].count_documents({"type": f"huying.{kind}.v1"})


def _distinct(collection: Collection[dict[str, Any]], field: str, where: dict[str, Any] | None = None) -> set[str]:
    match: dict[str, Any] = {"$match": {field: {"$gt": ""}, **(where or {})}}
    return {row["_id"] for row in collection.aggregate([match, {"$group": {"_id": f"${field}"}}], allowDiskUse=True)}


def _gaps(outbox: Collection[dict[str, Any]]) -> int:
    groups: list[dict[str, Any]] = [
        {"$group": {"_id": "$aggregate_id", "events": {"$sum": 1}, "last": {"$max": "$sequence"}}},
        {"$match": {"$expr": {"$ne": ["$events", "$last"]}}},
        {"$count": "count"},
    ]
    return next((int(row["count"]) for row in outbox.aggregate(groups, allowDiskUse=True)), 0)


async def _streams(url: str) -> dict[str, dict[str, int]]:
    client = await nats.connect(url)
    try:
        js = client.jetstream(timeout=30)
        counts = {}
        for name in DOMAIN_SERVICES:
            info = await js.stream_info(name.upper(), subjects_filter=">")
            counts[name] = dict(info.state.subjects or {})
        return counts
    finally:
        await client.close()


def verify(mongo_url: str, nats_url: str) -> list[Check]:
    """All checks of the suite whose stores are at these addresses."""
    streams = asyncio.run(_streams(nats_url))
    with pymongo.MongoClient[dict[str, Any]](mongo_url) as client:
        return list(checks({name: client[f"huying_{name}"] for name in DOMAIN_SERVICES}, streams))


def settled(mongo_url: str, nats_url: str) -> list[Check]:
    """As `verify`, but while something is wrong and still changing, look again: events may be on their way."""
    results = verify(mongo_url, nats_url)
    still_since = time.monotonic()
    while any(not check.holds for check in results) and time.monotonic() - still_since < _STILL_SECONDS:
        print("\revents are on their way …", end="", file=sys.stderr, flush=True)
        time.sleep(1)
        before, results = results, verify(mongo_url, nats_url)
        if results != before:
            still_since = time.monotonic()
    return results


def main() -> int:
    """The command line. Returns the exit code."""
    argparse.ArgumentParser(prog="python -m dev.verify", description=__doc__).parse_args()
    given = {key: value for key, value in os.environ.items() if key.startswith("HUYING_")}
    platform = Platform(DATA, Ports(), environ=given)
    try:
        results = settled(platform.mongo_url, platform.nats_url)
    except (OSError, pymongo.errors.PyMongoError, nats.errors.Error) as error:
        print(f"The platform does not answer ({type(error).__name__}); start it with `make run`.", file=sys.stderr)
        return 1
    print(*results, sep="\n")
    wrong = [check for check in results if not check.holds]
    print(f"\n{len(results) - len(wrong)} of {len(results)} statements hold.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
