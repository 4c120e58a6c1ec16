"""The task lists of grids, what became of them, and how far the patrol norm is met."""

import dataclasses
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from services.chassis.identity import Caller
from services.chassis.mongo import Document, Mongo, maybe_await
from services.routing.access.field import sees, visible
from services.routing.model.field.grid_task import GridPlan, GridTask, GridTaskKind, GridTaskState
from services.routing.model.rules.policy import PatrolNorm
from services.routing.store.campaign import HAZARDS
from services.routing.store.grid_task import GRID_TASKS

_TASKS = GRID_TASKS.collection.name
_DONE = {"$eq": ["$state", GridTaskState.DONE.value]}


@dataclasses.dataclass(frozen=True)
class GridTaskCount:
    """What became of a grid's tasks that fell due in a period."""

    area: str
    due: int
    done: int
    missed: int
    outside: int
    minutes: int


@dataclasses.dataclass(frozen=True)
class PatrolFulfilment:
    """How far a post has met the norm in a grid during the norm's days up to now."""

    area: str
    post: str
    rounds: int
    minutes: int
    findings: int
    met: bool


def see(caller: Caller, task: GridTask) -> GridTask | None:
    """The task, None when the caller does not see it."""
    return task if sees(caller, task.area_path, posts=(task.post,), units=(task.unit,)) else None


def see_plan(caller: Caller, plan: GridPlan) -> GridPlan | None:
    """The plan, None when the caller does not see it."""
    return plan if sees(caller, plan.area_path, posts=(plan.post,), units=(plan.unit,)) else None


async def tasks(mongo: Mongo, caller: Caller, ids: Sequence[str]) -> list[GridTask | None]:
    """Tasks by id, in the order asked for."""
    rows = await mongo[_TASKS].find({"_id": {"$in": list(ids)}}).to_list(None)
    found = {row["_id"]: see(caller, GRID_TASKS.from_document(row)) for row in rows}
    return [found.get(task_id) for task_id in ids]


def my_list(post: str) -> Document:
    """The filter of what a post has to do."""
    return {"post": post, "state": GridTaskState.DUE.value}


def area_list(caller: Caller, area: str) -> Document:
    """The filter of an area's tasks that the caller sees."""
    return {"$and": [{"area_path": area}, visible(caller)]}


async def count(mongo: Mongo, caller: Caller, area: str, since: datetime, until: datetime) -> list[GridTaskCount]:
    """One aggregation: what became of the tasks in an area that fell due from `since` to before `until`, by grid."""
    stages: list[Document] = [
        {"$match": {"area_path": area, "due_at": {"$gte": since, "$lt": until}}},
        {"$match": visible(caller)},
        {
            "$group": {
                "_id": "$area_id",
                **{
                    state.value: {"$sum": {"$cond": [{"$eq": ["$state", state.value]}, 1, 0]}}
                    for state in GridTaskState
                },
                "outside": {"$sum": {"$cond": ["$completion.outside", 1, 0]}},
                "minutes": {"$sum": "$completion.minutes"},
            }
        },
        {"$sort": {"_id": 1}},
    ]
    return [
        GridTaskCount(row["_id"], row["due"], row["done"], row["missed"], row["outside"], row["minutes"])
        for row in await _rows(mongo, _TASKS, stages)
    ]


async def patrols(mongo: Mongo, caller: Caller, area: str, norm: PatrolNorm, now: datetime) -> list[PatrolFulfilment]:
    """How far each post with patrols in an area has met the norm, by grid and post. A round outside the grid is none.

    Findings are the hazards the post reported there; a number that is typed in would only invite typing.
    """
    since = now - timedelta(days=norm.days)
    mine = visible(caller)
    counts = {"$and": [_DONE, {"$not": ["$completion.outside"]}]}
    stages: list[Document] = [
        {"$match": {"area_path": area, "due_at": {"$gte": since, "$lt": now + timedelta(days=norm.days)}}},
        {"$match": {"$and": [{"kind": GridTaskKind.PATROL.value}, mine]}},
        {
            "$group": {
                "_id": {"area": "$area_id", "post": "$post"},
                "rounds": {"$sum": {"$cond": [counts, 1, 0]}},
                "minutes": {"$sum": {"$cond": [counts, "$completion.minutes", 0]}},
            }
        },
        {"$sort": {"_id": 1}},
    ]
    found: list[Document] = [
        {"$match": {"area_path": area, "found_at": {"$gte": since, "$lt": now}}},
        {"$group": {"_id": {"area": "$area_id", "post": "$found_by.post"}, "count": {"$sum": 1}}},
    ]
    findings = {
        (row["_id"]["area"], row["_id"].get("post")): row["count"]
        for row in await _rows(mongo, HAZARDS.collection.name, found)
    }
    return [
        _fulfilment(row["_id"]["area"], row["_id"]["post"], row, findings, norm)
        for row in await _rows(mongo, _TASKS, stages)
    ]


def _fulfilment(
    area: str, post: str, row: Document, findings: dict[tuple[str, str | None], int], norm: PatrolNorm
) -> PatrolFulfilment:
    rounds, minutes, found = row["rounds"], row["minutes"], findings.get((area, post), 0)
    met = rounds >= norm.rounds and minutes >= norm.minutes and found >= norm.findings
    return PatrolFulfilment(area, post, rounds, minutes, found, met)


async def _rows(mongo: Mongo, collection: str, stages: list[Document]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = await (await maybe_await(mongo[collection].aggregate(stages))).to_list(None)
    return rows
