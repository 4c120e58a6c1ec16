"""Shifts: lists, who is on duty, and what a shift hands over."""

from collections.abc import Sequence
from datetime import datetime

from services.chassis.identity import Caller
from services.chassis.mongo import Document, Mongo, maybe_await
from services.routing.model.dispatch.responder import Responder
from services.routing.model.dispatch.shift import Shift, ShiftState
from services.routing.model.order.work_order import OrderState
from services.routing.model.organisation.directory import Directory
from services.routing.model.organisation.organisation import UnitKind
from services.routing.store.shift import SHIFTS
from services.routing.store.work_order import WORK_ORDERS
from services.routing.views import responder as responder_views

SHIFT_LIST = SHIFTS.collection.name
_UNDER_WAY = [state.value for state in OrderState if state not in (OrderState.CLOSED, OrderState.RECALLED)]


async def by_id(mongo: Mongo, shift_id: str) -> Shift | None:
    """A shift."""
    row = await mongo[SHIFT_LIST].find_one({"_id": shift_id})
    return SHIFTS.from_document(row) if row else None


async def people(mongo: Mongo, ids: Sequence[str]) -> list[Responder]:
    """Responders by id, in the order asked for; who is unknown is left out."""
    return [found for found in await responder_views.by_ids(mongo, ids) if found]


async def between(mongo: Mongo, post_id: str, start: datetime, end: datetime) -> Sequence[Shift]:
    """A post's shifts that begin in a period, soonest first."""
    rows = mongo[SHIFT_LIST].find({"post_id": post_id, "starts_at": {"$gte": start, "$lt": end}}).sort("starts_at", 1)
    return [SHIFTS.from_document(row) async for row in rows]


async def overlapping(mongo: Mongo, ids: Sequence[str], shift: Shift) -> Document | None:
    """A shift beside this one that has one of `ids` on it at the same time."""
    where = {
        "assigned": {"$in": list(ids)},
        "starts_at": {"$lt": shift.ends_at},
        "ends_at": {"$gt": shift.starts_at},
        "_id": {"$ne": shift.id},
    }
    return await mongo[SHIFT_LIST].find_one(where)


async def on_duty(mongo: Mongo, post_id: str, now: datetime) -> Sequence[Responder]:
    """Who is on the shift of a post now; nobody when there is none."""
    found = await first_on_duty(mongo, [post_id], now)
    return found[1] if found else []


async def first_on_duty(mongo: Mongo, post_ids: Sequence[str], now: datetime) -> tuple[str, Sequence[Responder]] | None:
    """The first of these posts that has somebody on its shift now, with who that is."""
    where = {"post_id": {"$in": list(post_ids)}, "starts_at": {"$lte": now}, "ends_at": {"$gt": now}}
    rows = await mongo[SHIFT_LIST].find(where, {"post_id": 1, "assigned": 1}).sort("starts_at", -1).to_list(None)
    assigned: dict[str, list[str]] = {}
    for row in rows:
        assigned.setdefault(row["post_id"], row["assigned"])
    for post_id in post_ids:
        if found := await people(mongo, assigned.get(post_id, [])):
            return post_id, found
    return None


async def last_handed_over(mongo: Mongo, post_id: str) -> Shift | None:
    """The last shift of a post that was handed over: what who comes on duty must read."""
    where = {"post_id": post_id, "state": ShiftState.CLOSED.value}
    row = await mongo[SHIFT_LIST].find_one(where, sort=[("starts_at", -1)])
    return SHIFTS.from_document(row) if row else None


async def open_matters(mongo: Mongo, directory: Directory, shift: Shift) -> dict[str, int]:
    """The orders under way that a shift leaves behind, by state: a centre's are those of its area, another unit's its own."""
    unit = directory.units.get(shift.unit_id)
    centre = unit is not None and unit.kind is UnitKind.CENTRE
    whose = {"area_path": shift.area_path[-1]} if centre and shift.area_path else {"lead_unit": shift.unit_id}
    pipeline: list[Document] = [
        {"$match": {**whose, "state": {"$in": _UNDER_WAY}}},
        {"$group": {"_id": "$state", "n": {"$sum": 1}}},
        {"$sort": {"_id": 1}},
    ]
    cursor = await maybe_await(mongo[WORK_ORDERS.collection.name].aggregate(pipeline))
    return {row["_id"]: row["n"] for row in await cursor.to_list(None)}


def shift_list(
    caller: Caller, own_id: str | None, *, post: str | None, start: datetime | None, end: datetime | None, gaps: bool
) -> Document:
    """The filter of a list: for staff the shifts of their area, or else of their unit; for others their own."""
    where: Document
    if caller.has("centre", "attendant", "handler") and caller.area:
        where = {"area_path": caller.area}
    elif caller.has("handler", "centre") and caller.unit:
        where = {"unit_id": caller.unit}
    else:
        where = {"assigned": own_id or ""}
    if post is not None:
        where["post_id"] = post
    if gaps:
        where["has_gap"] = True
        where["state"] = {"$in": [ShiftState.PLANNED.value, ShiftState.RUNNING.value]}
    period = {key: value for key, value in (("$gte", start), ("$lt", end)) if value is not None}
    return {**where, **({"starts_at": period} if period else {})}
