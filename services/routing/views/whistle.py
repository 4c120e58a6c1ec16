"""What units did as callers and how they were rated as called, counted over a period."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from services.chassis.mongo import Document, Mongo, maybe_await
from services.routing.model.ladder.whistle import OrganRatings, WhistleRate
from services.routing.store.call import CALLS
from services.routing.store.summons import SUMMONSES
from services.routing.store.work_order import WORK_ORDERS

Asked = tuple[str, datetime, datetime]  # a unit, from, until just before


async def whistle_rates(mongo: Mongo, asked: Sequence[Asked]) -> list[WhistleRate]:
    """The whistle rate of each unit in its period, in the order asked for."""
    found: dict[Asked, WhistleRate] = {}
    for (since, until), units in _by_period(asked).items():
        period = {"$gte": since, "$lt": until}
        one_of = {"$in": units}
        blown = await _count(mongo, SUMMONSES.collection.name, "caller.unit", {"called_at": period}, units)
        led = await _count(mongo, WORK_ORDERS.collection.name, "lead_unit", {"received_at": period}, units)
        made = await _count(mongo, CALLS.collection.name, "caller_unit", {"made_at": period}, units)
        # The first rung is the call itself, which is a raised one only when it went to a leader at once.
        beyond = {"$or": [{"index": {"$gt": 0}}, {"level": "elevated"}]}
        pipeline: list[Document] = [
            {"$match": {"rungs": {"$elemMatch": {"by.unit": one_of, "called_at": period}}}},
            {"$unwind": {"path": "$rungs", "includeArrayIndex": "index"}},
            {"$match": {"rungs.by.unit": one_of, "rungs.called_at": period, "rungs.automatic": False, **beyond}},
            {"$group": {"_id": "$rungs.by.unit", "count": {"$sum": 1}}},
        ]
        cursor = await maybe_await(mongo[CALLS.collection.name].aggregate(pipeline))
        raised = {row["_id"]: row["count"] async for row in cursor}
        for unit in units:
            found[unit, since, until] = WhistleRate(
                whistles=blown.get(unit, 0),
                raised=raised.get(unit, 0),
                handled=led.get(unit, 0) + made.get(unit, 0),
            )
    return [found[one] for one in asked]


async def organ_ratings(mongo: Mongo, asked: Sequence[Asked]) -> list[OrganRatings]:
    """How each unit was rated in the calls that were closed in its period, in the order asked for."""
    found: dict[Asked, OrganRatings] = {}
    for (since, until), units in _by_period(asked).items():
        where: Document = {"called_units": {"$in": units}, "closed_at": {"$gte": since, "$lt": until}, "open": False}
        pipeline: list[Document] = [
            {"$match": where},
            {"$unwind": "$called_units"},
            {"$match": {"called_units": {"$in": units}}},
            {
                "$group": {
                    "_id": "$called_units",
                    "calls": {"$sum": 1},
                    "response": {"$avg": "$response.mark"},
                    "result": {"$avg": "$result.mark"},
                }
            },
        ]
        async for row in await maybe_await(mongo[CALLS.collection.name].aggregate(pipeline)):
            found[row["_id"], since, until] = OrganRatings(
                calls=row["calls"], response=row["response"], result=row["result"]
            )
    return [found.get(one, OrganRatings()) for one in asked]


async def _count(mongo: Mongo, collection: str, unit: str, period: Document, units: Sequence[str]) -> dict[str, int]:
    pipeline: list[Document] = [
        {"$match": {unit: {"$in": list(units)}, **period}},
        {"$group": {"_id": f"${unit}", "count": {"$sum": 1}}},
    ]
    return {row["_id"]: row["count"] async for row in await maybe_await(mongo[collection].aggregate(pipeline))}


def _by_period(asked: Sequence[Asked]) -> dict[tuple[datetime, datetime], list[str]]:
    periods: defaultdict[tuple[datetime, datetime], list[str]] = defaultdict(list)
    for unit, since, until in dict.fromkeys(asked):
        periods[since, until].append(unit)
    return periods
