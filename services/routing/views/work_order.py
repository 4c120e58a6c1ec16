"""Orders and decisions as a caller may see them."""

import dataclasses
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime

from services.chassis.identity import Caller
from services.chassis.mongo import Document, Mongo
from services.routing.access.order import Sight, sight_of_decision, sight_of_order, visible_orders
from services.routing.model.order.states import SIDE_ACTS, TRANSITIONS
from services.routing.model.order.work_order import OrderState, SourceKind, WorkOrder
from services.routing.model.rules.decision import Decision
from services.routing.store.decision import DECISIONS
from services.routing.store.work_order import WORK_ORDERS

ORDERS = WORK_ORDERS.collection.name
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclasses.dataclass(frozen=True)
class SeenOrder:
    """An order and how much of it the caller sees."""

    order: WorkOrder
    sight: Sight


@dataclasses.dataclass(frozen=True)
class SeenDecision:
    """A decision and how much of it the caller sees."""

    decision: Decision
    sight: Sight


def see(caller: Caller, order: WorkOrder) -> SeenOrder | None:
    """The order as the caller sees it, None when not at all."""
    sight = sight_of_order(caller, order)
    return SeenOrder(order, sight) if sight else None


def see_document(caller: Caller, document: Document) -> SeenOrder | None:
    """The same of a stored order."""
    return see(caller, WORK_ORDERS.from_document(document))


async def orders(mongo: Mongo, caller: Caller, ids: Sequence[str]) -> list[SeenOrder | None]:
    """Orders by id, in the order asked for."""
    rows = await mongo[ORDERS].find({"_id": {"$in": list(ids)}}).to_list(None)
    found = {row["_id"]: see_document(caller, row) for row in rows}
    return [found.get(order_id) for order_id in ids]


async def orders_of_reports(mongo: Mongo, caller: Caller, report_ids: Sequence[str]) -> list[list[SeenOrder]]:
    """The visible orders of each report, oldest first."""
    rows = await mongo[ORDERS].find({"report_id": {"$in": list(report_ids)}}).to_list(None)
    found: defaultdict[str, list[SeenOrder]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: str(row["_id"])):
        if seen := see_document(caller, row):
            found[row["report_id"]].append(seen)
    return [found[report_id] for report_id in report_ids]


def joinable(own: Sequence[SeenOrder], others: Sequence[SeenOrder]) -> list[SeenOrder]:
    """Of other orders about one asset, those that a report's own order can be joined to: earlier, running, of its category."""
    for seen in own:
        if seen.sight is Sight.FULL and seen.order.state in TRANSITIONS["join"][0] and not seen.order.sealed:
            return [
                other
                for other in others
                if other.order.id < seen.order.id
                and other.order.category == seen.order.category
                and other.order.state in SIDE_ACTS["take_in"]
                and not other.order.sealed
            ]
    return []


async def orders_of_directives(mongo: Mongo, caller: Caller, parts: Sequence[str]) -> list[list[SeenOrder]]:
    """The visible orders that parts of key tasks or follow-ups opened, oldest first."""
    where = {"source.kind": SourceKind.DIRECTIVE.value, "source.id": {"$in": list(parts)}}
    found: defaultdict[str, list[SeenOrder]] = defaultdict(list)
    for row in await mongo[ORDERS].find(where).sort("_id", 1).to_list(None):
        if seen := see_document(caller, row):
            found[row["source"]["id"]].append(seen)
    return [found[part] for part in parts]


async def decisions_of_reports(mongo: Mongo, caller: Caller, report_ids: Sequence[str]) -> list[SeenDecision | None]:
    """The newest decision about each report, where the caller sees it."""
    rows = await mongo[DECISIONS.collection.name].find({"report.report_id": {"$in": list(report_ids)}}).to_list(None)
    newest = {row["report"]["report_id"]: row for row in sorted(rows, key=lambda row: str(row["_id"]))}
    answer: list[SeenDecision | None] = []
    for report_id in report_ids:
        row = newest.get(report_id)
        decision = DECISIONS.from_document(row) if row else None
        sight = sight_of_decision(caller, decision) if decision else None
        answer.append(SeenDecision(decision, sight) if decision and sight else None)
    return answer


def order_list(
    caller: Caller,
    *,
    state: OrderState | None = None,
    lead_post: str | None = None,
    lead_unit: str | None = None,
    area: str | None = None,
) -> Document:
    """The filter of a list: what the caller sees, narrowed by what was asked for."""
    asked: Document = {
        key: value
        for key, value in (("state", state), ("lead_post", lead_post), ("lead_unit", lead_unit))
        if value is not None
    }
    parts = [visible_orders(caller), asked, {"area_path": area} if area else {}]
    parts = [part for part in parts if part]
    keys = [key for part in parts for key in part]
    if len(set(keys)) == len(keys):
        return {key: value for part in parts for key, value in part.items()}
    return {"$and": parts}


def work_list(post: str) -> Document:
    """The filter of a post's own work list: what it must act on."""
    return {"lead_post": post, "open": True, "due_at": {"$gt": _EPOCH}}
