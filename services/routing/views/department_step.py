"""The steps that departments reported on orders."""

from collections import defaultdict
from collections.abc import Sequence

from services.chassis.mongo import Mongo
from services.routing.model.order.department_step import DepartmentStep
from services.routing.store.department_step import DEPARTMENT_STEPS


async def of_orders(mongo: Mongo, order_ids: Sequence[str]) -> list[list[DepartmentStep]]:
    """The steps of each order, begun first first; whoever asks has seen the order in full."""
    rows = await mongo[DEPARTMENT_STEPS.collection.name].find({"work_order_id": {"$in": list(order_ids)}}).to_list(None)
    found: defaultdict[str, list[DepartmentStep]] = defaultdict(list)
    for step in sorted(map(DEPARTMENT_STEPS.from_document, rows), key=lambda step: (step.started_at, step.id)):
        found[step.work_order_id].append(step)
    return [found[order_id] for order_id in order_ids]
