"""Deployments: lists, and how fast responders accept and arrive (R-08)."""

import dataclasses
from collections.abc import Sequence
from datetime import datetime

from services.chassis.identity import Caller
from services.chassis.mongo import Document, Mongo, maybe_await
from services.routing.model.dispatch.deployment import Deployment
from services.routing.store.deployment import DEPLOYMENTS

DEPLOYMENT_LIST = DEPLOYMENTS.collection.name


@dataclasses.dataclass(frozen=True)
class Spread:
    """How a number of waits lie, in seconds; all but `count` are None when nothing was counted."""

    count: int
    mean: float | None = None
    p50: int | None = None
    p90: int | None = None


@dataclasses.dataclass(frozen=True)
class Statistics:
    """Waits of a period: until somebody accepted and until somebody was there, both from the first offer."""

    sendings: int
    unanswered: int
    accept: Spread
    arrive: Spread


async def by_id(mongo: Mongo, deployment_id: str) -> Deployment | None:
    """A deployment."""
    row = await mongo[DEPLOYMENT_LIST].find_one({"_id": deployment_id})
    return DEPLOYMENTS.from_document(row) if row else None


async def of_orders(mongo: Mongo, order_ids: Sequence[str]) -> list[list[Deployment]]:
    """The deployments of each order, oldest first."""
    rows = await mongo[DEPLOYMENT_LIST].find({"order_id": {"$in": list(order_ids)}}).sort("_id", 1).to_list(None)
    found: dict[str, list[Deployment]] = {order_id: [] for order_id in order_ids}
    for row in rows:
        found[row["order_id"]].append(DEPLOYMENTS.from_document(row))
    return [found[order_id] for order_id in order_ids]


def deployment_list(caller: Caller, own_id: str | None, area: str | None, active: bool | None) -> Document:
    """The filter of a list: for a centre the deployments in its area, narrowed to `area`; for others those they were asked for."""
    centre = caller.has("centre") and caller.area
    parts: list[Document] = [{"area_path": caller.area} if centre else {"offers.responders": own_id or ""}]
    if area is not None:
        parts.append({"area_path": area})
    if active is not None:
        parts.append({"active": active})
    keys = {key for part in parts for key in part}
    return {"$and": parts} if len(keys) < len(parts) else {key: value for part in parts for key, value in part.items()}


async def statistics(mongo: Mongo, area: str, start: datetime, end: datetime) -> Statistics:
    """One aggregation over the index of area and time. The database counts by second, so what travels is small."""
    seconds = {"$group": {"_id": "$seconds", "n": {"$sum": 1}}}
    pipeline: list[Document] = [
        {"$match": {"area_path": area, "dispatched_at": {"$gte": start, "$lt": end}}},
        {
            "$facet": {
                "state": [{"$group": {"_id": "$state", "n": {"$sum": 1}}}],
                "accept": [{"$match": {"accept_seconds": {"$ne": None}}}, _renamed("$accept_seconds"), seconds],
                "arrive": [{"$match": {"arrive_seconds": {"$ne": None}}}, _renamed("$arrive_seconds"), seconds],
            }
        },
    ]
    cursor = await maybe_await(mongo[DEPLOYMENT_LIST].aggregate(pipeline))
    (row,) = await cursor.to_list(1)
    states = {group["_id"]: group["n"] for group in row["state"]}
    return Statistics(
        sendings=sum(states.values()),
        unanswered=states.get("unanswered", 0),
        accept=_spread(row["accept"]),
        arrive=_spread(row["arrive"]),
    )


def _renamed(field: str) -> Document:
    return {"$project": {"_id": 0, "seconds": field}}


def _spread(groups: Sequence[Document]) -> Spread:
    counts = sorted((group["_id"], group["n"]) for group in groups)
    total = sum(n for _, n in counts)
    if not total:
        return Spread(count=0)
    return Spread(
        count=total,
        mean=sum(seconds * n for seconds, n in counts) / total,
        p50=_percentile(counts, total, 0.5),
        p90=_percentile(counts, total, 0.9),
    )


def _percentile(counts: Sequence[tuple[int, int]], total: int, share: float) -> int:
    """The smallest wait that at least `share` of all did not exceed (nearest rank)."""
    seen = 0
    for seconds, n in counts:
        seen += n
        if seen >= share * total:
            return seconds
    return counts[-1][0]
