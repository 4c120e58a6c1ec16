"""Campaigns, their tasks and hazards as a caller may see them, and how far a campaign is by grid, by unit and by item."""

import dataclasses
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from services.chassis.identity import Caller
from services.chassis.mongo import Document, Mongo, maybe_await
from services.routing.access.field import sees, visible
from services.routing.model.field.campaign import Campaign, CampaignState
from services.routing.model.field.hazard import Hazard, HazardState
from services.routing.model.field.inspection import InspectionTask, TaskState
from services.routing.store.campaign import CAMPAIGNS, HAZARDS, INSPECTIONS

_TASKS = INSPECTIONS.collection.name


@dataclasses.dataclass(frozen=True)
class Progress:
    """How far the tasks of a campaign are in one grid or unit (`of`); `overdue` are those not visited in time."""

    of: str
    total: int
    states: dict[str, int]
    overdue: int
    hazards: int
    open_hazards: int


@dataclasses.dataclass(frozen=True)
class ItemResult:
    """At how many targets an item of the checklist was met, and not met."""

    item: str
    met: int
    unmet: int


def see_campaign(caller: Caller, campaign: Campaign) -> Campaign | None:
    """The campaign, None when the caller does not see it: staff of its area, and of every area above and below it."""
    seen = sees(caller, campaign.area_path, units=(campaign.unit,), sensitivity=campaign.sensitivity)
    return campaign if seen else None


def see_task(caller: Caller, task: InspectionTask) -> InspectionTask | None:
    """The task, None when the caller does not see it."""
    seen = sees(caller, task.area_path, posts=(task.post,), units=(task.unit,), sensitivity=task.sensitivity)
    return task if seen else None


def see_hazard(caller: Caller, hazard: Hazard) -> Hazard | None:
    """The hazard, None when the caller does not see it."""
    seen = sees(caller, hazard.area_path, units=(hazard.unit,), sensitivity=hazard.sensitivity)
    return hazard if seen else None


async def campaigns(mongo: Mongo, caller: Caller, ids: Sequence[str]) -> list[Campaign | None]:
    """Campaigns by id, in the order asked for."""
    rows = await mongo[CAMPAIGNS.collection.name].find({"_id": {"$in": list(ids)}}).to_list(None)
    found = {row["_id"]: see_campaign(caller, CAMPAIGNS.from_document(row)) for row in rows}
    return [found.get(campaign_id) for campaign_id in ids]


async def tasks(mongo: Mongo, caller: Caller, ids: Sequence[str]) -> list[InspectionTask | None]:
    """Tasks by id, in the order asked for."""
    rows = await mongo[_TASKS].find({"_id": {"$in": list(ids)}}).to_list(None)
    found = {row["_id"]: see_task(caller, INSPECTIONS.from_document(row)) for row in rows}
    return [found.get(task_id) for task_id in ids]


async def hazards(mongo: Mongo, caller: Caller, ids: Sequence[str]) -> list[Hazard | None]:
    """Hazards by id, in the order asked for."""
    rows = await mongo[HAZARDS.collection.name].find({"_id": {"$in": list(ids)}}).to_list(None)
    found = {row["_id"]: see_hazard(caller, HAZARDS.from_document(row)) for row in rows}
    return [found.get(hazard_id) for hazard_id in ids]


async def hazards_by(mongo: Mongo, caller: Caller, field: str, ids: Sequence[str]) -> list[list[Hazard]]:
    """The hazards whose `field` (task_id, asset_id) is each of `ids`, oldest first."""
    rows = await mongo[HAZARDS.collection.name].find({field: {"$in": list(ids)}}).to_list(None)
    found: defaultdict[str, list[Hazard]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: str(row["_id"])):
        if hazard := see_hazard(caller, HAZARDS.from_document(row)):
            found[row[field]].append(hazard)
    return [found[given] for given in ids]


def campaign_list(caller: Caller, state: CampaignState | None) -> Document:
    """The filter of the list of campaigns."""
    where = visible(caller, unit="unit", sealable=True)
    return {"$and": [where, {"state": state}]} if state else where


def hazard_list(caller: Caller, *, state: HazardState | None, area: str | None) -> Document:
    """The filter of the list of hazards."""
    asked: list[Document] = [{"state": state}] if state else []
    asked += [{"area_path": area}] if area else []
    return {"$and": [visible(caller, unit="unit", sealable=True), *asked]}


def task_list(caller: Caller, campaign_id: str, state: TaskState | None) -> Document:
    """The filter of a campaign's tasks."""
    asked: Document = {"campaign_id": campaign_id, **({"state": state} if state else {})}
    return {"$and": [asked, visible(caller, post="post", unit="unit", sealable=True)]}


def my_tasks(post: str) -> Document:
    """The filter of a post's own tasks: where it has to go."""
    return {"post": post, "due_at": {"$type": "date"}}


async def progress(mongo: Mongo, campaign_id: str, by: str, now: datetime) -> list[Progress]:
    """One aggregation over a campaign's tasks by `grid_id` or `unit`, in the order of the names."""
    states = {state.value: {"$sum": {"$cond": [{"$eq": ["$state", state.value]}, 1, 0]}} for state in TaskState}
    late = {"$and": [{"$ne": ["$due_at", None]}, {"$lt": ["$due_at", now]}]}
    stages: list[Document] = [
        {"$match": {"campaign_id": campaign_id}},
        {
            "$group": {
                "_id": f"${by}",
                "total": {"$sum": 1},
                "overdue": {"$sum": {"$cond": [late, 1, 0]}},
                "hazards": {"$sum": "$hazards"},
                "open_hazards": {"$sum": "$open_hazards"},
                **states,
            }
        },
        {"$sort": {"_id": 1}},
    ]
    rows = await _aggregate(mongo, stages)
    return [
        Progress(
            of=row["_id"],
            total=row["total"],
            states={state: row[state] for state in states},
            overdue=row["overdue"],
            hazards=row["hazards"],
            open_hazards=row["open_hazards"],
        )
        for row in rows
    ]


async def item_results(mongo: Mongo, campaign: Campaign) -> list[ItemResult]:
    """At how many of a campaign's visited targets each item of its checklist is met, in the order of the checklist."""
    stages: list[Document] = [
        {"$match": {"campaign_id": campaign.id}},
        {"$project": {"answers": {"$last": "$visits.answers"}}},
        {"$unwind": "$answers"},
        {"$group": {"_id": {"item": "$answers.item", "met": "$answers.met"}, "count": {"$sum": 1}}},
    ]
    counts = {(row["_id"]["item"], row["_id"]["met"]): row["count"] for row in await _aggregate(mongo, stages)}
    return [
        ItemResult(item.code, met=counts.get((item.code, True), 0), unmet=counts.get((item.code, False), 0))
        for item in campaign.checklist
    ]


async def _aggregate(mongo: Mongo, stages: list[Document]) -> list[dict[str, Any]]:
    cursor = await maybe_await(mongo[_TASKS].aggregate(stages))
    rows: list[dict[str, Any]] = await cursor.to_list(None)
    return rows
