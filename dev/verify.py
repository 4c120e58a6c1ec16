"""`make verify`: proves from the stores and the streams that nothing was lost and nothing doubled.

Reads the three databases and the broker's streams of the running platform, compares the counts at every stage, and checks that
every event sequence is whole. While events are still on their way it waits.
Exit code 1 when something disagrees. The hash chains have a command of their own (`verify-chains`).
"""

import argparse
import asyncio
import dataclasses
import json
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
_A_MINUTE_AGO = {"$subtract": ["$$NOW", 60_000]}

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
        "every triaged report has exactly one decision in force",
        routing["decisions"].count_documents({"current": True}),
        triaged,
    )
    ordered = len(_distinct(orders, "report_id"))
    cases = len(_distinct(mediation["cases"], "report_id"))
    both = len(_distinct(orders, "report_id") & _distinct(mediation["cases"], "report_id"))
    yield Check("every decided report has a work order or a case", ordered + cases - both, triaged)
    routed = reports.count_documents({"lead_post": {"$gt": ""}})
    yield Check("every decided report knows its lead post", routed, triaged)
    yield from _orders(routing)
    yield from _ladders(routing)
    yield from _field(routing)
    for name, database in databases.items():
        yield from _service(name, database, streams.get(name, {}))


def _orders(routing: Database[dict[str, Any]]) -> Iterator[Check]:
    """What holds of work orders whatever was done with them."""
    orders, outcomes = routing["work_orders"], routing["outcomes"]
    stored, under_way = orders.count_documents({}), orders.count_documents({"open": True})
    yield Check("every work order has a lead post", orders.count_documents({"lead_post": {"$gt": ""}}), stored)
    reported = orders.count_documents({"open": True, "report_id": {"$gt": ""}})
    yield Check(
        "every report has at most one order under way", len(_distinct(orders, "report_id", {"open": True})), reported
    )
    # Without a next step somebody is awaited by name, or the time to reply is over and a ladder has it.
    awaits_somebody = [
        {"next_step_at": {"$type": "date"}},
        {"state": {"$in": ["draft", "returned", "submitted", "verified"]}},
        {"state": "transferred_up", "upward.system": {"$gt": ""}},
        {"state": "joined", "joined_to.order_id": {"$gt": ""}},
        {"clocks.resolve.breached_at": {"$type": "date"}},
    ]
    held = orders.count_documents({"open": True, "lead_unit": {"$gt": ""}, "$or": awaits_somebody})
    yield Check("every open order has an owner, and a next step or a named wait", held, under_way)
    parts = _joined(orders, {"open": True, "parent_id": {"$gt": ""}}, "work_orders", "parent_id", {"other.open": False})
    yield Check("open parts of an order that has ended", parts, 0)
    counted = orders.count_documents({"open": False, "sensitivity": {"$ne": "sealed"}})
    rows = _joined(outcomes, {}, "work_orders", "_id", {"other.open": False, "other.sensitivity": {"$ne": "sealed"}})
    yield Check("every ended order that is not sealed has its outcome", rows, counted)
    sealed = _joined(outcomes, {}, "work_orders", "_id", {"other.sensitivity": "sealed"})
    yield Check("outcomes of sealed orders", sealed, 0)
    again = {"other.open": True, "$expr": {"$gt": ["$ended_at", {"$max": "$other.reworks.at"}]}}
    yield Check(
        "outcomes of open orders from after they were reopened", _joined(outcomes, {}, "work_orders", "_id", again), 0
    )
    supervised = {"open": True, "subject.kind": "work_order"}
    asked = _joined(routing["supervisions"], supervised, "work_orders", "subject.id", {"other.open": False})
    yield Check("open supervisions of an order that has ended", asked, 0)


def _ladders(routing: Database[dict[str, Any]]) -> Iterator[Check]:
    """What holds of calls, summonses and what climbs."""
    escalations = routing["escalations"]
    running = {"state": {"$in": ["armed", "running", "acknowledged"]}}
    planned = escalations.count_documents({**running, "next_step_at": {"$type": "date"}})
    yield Check("every running escalation has a next step", planned, escalations.count_documents(running))
    owned = escalations.count_documents({"open": True, "owner_posts.0": {"$gt": ""}})
    yield Check("every open escalation has an owner", owned, escalations.count_documents({"open": True}))
    breaches = {"type": "huying.routing.clock.breached.v1"}
    climbing = _distinct(escalations, "subject.id", {"subject.kind": "order"})
    fallen = {row["orderId"] for row in _told(routing, breaches) if row.get("ladder")}
    yield Check("every order that broke a deadline with a ladder climbed", len(fallen & climbing), len(fallen))
    calls, summonses = routing["calls"], routing["summonses"]
    owed = calls.count_documents({"state": "called", "owing_posts.0": {"$gt": ""}})
    yield Check("every call without an answer is owed one by a post", owed, calls.count_documents({"state": "called"}))
    awaited = summonses.count_documents({"state": "called", "awaited_posts.0": {"$gt": ""}})
    yield Check(
        "every summons that has not gathered awaits a post", awaited, summonses.count_documents({"state": "called"})
    )


def _field(routing: Database[dict[str, Any]]) -> Iterator[Check]:
    """What holds of people who are sent, of inspections and of timed work."""
    held: list[dict[str, Any]] = [{"$match": {"active": True}}, {"$unwind": "$holds"}]
    holds = [row["holds"] for row in routing["deployments"].aggregate([*held, {"$project": {"holds": 1}}])]
    yield Check("no responder is held by two deployments", len(set(holds)), len(holds))
    sent = _distinct(routing["register"], "_id", {"deployment_id": {"$gt": ""}})
    yield Check("every responder who is sent is held by a deployment", len(sent & set(holds)), len(sent | set(holds)))
    targets = routing["campaigns"].aggregate(
        [{"$match": {"state": {"$ne": "planned"}}}, {"$project": {"count": {"$size": "$targets"}}}]
    )
    tasks = routing["inspections"].count_documents({})
    yield Check("every target of a started campaign is one task", tasks, sum(row["count"] for row in targets))
    handed = {"state": "handed_over"}
    ordered = _joined(routing["hazards"], handed, "work_orders", "work_order_id", {})
    yield Check("every hazard that was handed over has its order", ordered, routing["hazards"].count_documents(handed))
    late = {"$expr": {"$and": [{"$gt": ["$next_step_at", None]}, {"$lt": ["$next_step_at", _A_MINUTE_AGO]}]}}
    yield Check("timed work that is late", sum(routing[name].count_documents(late) for name in _timed(routing)), 0)
    rules = routing["rule_sets"]
    yield Check(
        "exactly one set of rules is in force",
        rules.count_documents({"state": "active"}),
        min(1, rules.estimated_document_count()),
    )


def _timed(database: Database[dict[str, Any]]) -> list[str]:
    return [name for name in database.list_collection_names() if "next_step" in database[name].index_information()]


def _joined(
    collection: Collection[dict[str, Any]], where: dict[str, Any], other: str, by: str, then: dict[str, Any]
) -> int:
    """How many documents point (`by`) to one of another collection that is so; it is `other` in `then`."""
    stages: list[dict[str, Any]] = [
        {"$match": where},
        {"$lookup": {"from": other, "localField": by, "foreignField": "_id", "as": "other"}},
        {"$unwind": "$other"},
        {"$match": then},
        {"$count": "count"},
    ]
    return next((int(row["count"]) for row in collection.aggregate(stages, allowDiskUse=True)), 0)


def _told(database: Database[dict[str, Any]], where: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for row in database["outbox"].find(where, {"data": 1}):
        yield json.loads(row["data"])


def _service(name: str, database: Database[dict[str, Any]], stream: dict[str, int]) -> Iterator[Check]:
    outbox = database["outbox"]
    yield Check(f"{name}: events waiting to be published", outbox.count_documents({"pending": True}), 0)
    yield Check(f"{name}: dead letters", database["dead_letters"].count_documents({"status": "dead"}), 0)
    yield Check(f"{name}: aggregates with a gap in their events", _gaps(outbox), 0)
    yield Check(f"{name}: aggregates that are not at their last event", _behind(database), 0)
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


def _behind(database: Database[dict[str, Any]]) -> int:
    """Stored aggregates whose sequence is another than their events have come to."""
    groups: list[dict[str, Any]] = [{"$group": {"_id": "$aggregate_id", "last": {"$max": "$sequence"}}}]
    last = {row["_id"]: row["last"] for row in database["outbox"].aggregate(groups, allowDiskUse=True)}
    wrong = 0
    for name in set(database.list_collection_names()) - {"outbox", "inbox", "dead_letters", "timeline"}:
        for row in database[name].find({"sequence": {"$gt": 0}}, {"sequence": 1}):
            wrong += last.get(row["_id"]) != row["sequence"]
    return wrong


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
