"""The centre's board: what comes in, what is late, what nobody settles; each queue read by an index, the oldest first."""

import dataclasses
from datetime import UTC, datetime
from enum import StrEnum

from services.chassis.mongo import Document, Mongo
from services.routing.model.order.states import AT_WORK, OrderState
from services.routing.views.aggregation import aggregated
from services.routing.views.work_order import ORDERS

# Beyond this a screen says "more than".
COUNT_LIMIT = 1000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_S = OrderState


class BoardQueue(StrEnum):
    """What stands on the board."""

    INCOMING = "incoming"  # sent out, nobody has accepted
    OVERDUE = "overdue"  # whoever leads should have acted
    RETURNED = "returned"  # "not ours": the centre names another
    ADJUDICATING = "adjudicating"  # the centre rules
    TO_VERIFY = "to_verify"
    TO_CALL_BACK = "to_call_back"  # checked; the caller is asked whether it is solved (回访)
    WAITING = "waiting"  # suspended, or handed to a superior system
    DEFERRED = "deferred"


_STATES: dict[BoardQueue, tuple[OrderState, ...]] = {
    BoardQueue.INCOMING: (_S.DISPATCHED,),
    BoardQueue.RETURNED: (_S.RETURNED,),
    BoardQueue.ADJUDICATING: (_S.ADJUDICATING,),
    BoardQueue.TO_VERIFY: (_S.SUBMITTED,),
    BoardQueue.TO_CALL_BACK: (_S.VERIFIED,),
    BoardQueue.WAITING: (_S.SUSPENDED, _S.TRANSFERRED_UP),
    BoardQueue.DEFERRED: (_S.DEFERRED,),
}


@dataclasses.dataclass(frozen=True)
class QueueFilter:
    """Which orders stand in a queue, and by what they are ordered, ascending."""

    where: Document
    order_by: str


def queue_filter(queue: BoardQueue, area: str, now: datetime) -> QueueFilter:
    """The orders of a queue in an area and all that lies in it."""
    if queue is BoardQueue.OVERDUE:
        late = {"open": True, "due_at": {"$gt": _EPOCH, "$lte": now}, "state": {"$in": sorted(AT_WORK)}}
        return QueueFilter({"area_path": area, **late}, "due_at")
    states = _STATES[queue]
    state = states[0] if len(states) == 1 else {"$in": list(states)}
    return QueueFilter({"area_path": area, "state": state}, "received_at")


async def queue_counts(mongo: Mongo, area: str, now: datetime) -> dict[BoardQueue, int]:
    """How many stand in each queue, in one command; counting stops one above COUNT_LIMIT."""
    counted: list[list[Document]] = [
        [
            {"$match": queue_filter(queue, area, now).where},
            {"$limit": COUNT_LIMIT + 1},
            {"$group": {"_id": {"$literal": queue.value}, "count": {"$sum": 1}}},
        ]
        for queue in BoardQueue
    ]
    found = {row["_id"]: row["count"] for row in await aggregated(mongo, ORDERS, *counted)}
    return {queue: found.get(queue, 0) for queue in BoardQueue}
