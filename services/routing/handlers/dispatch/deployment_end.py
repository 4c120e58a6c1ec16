"""The end of deployments with their order. Apart from their commands, since the commands of orders use it."""

from services.chassis.unit_of_work import UnitOfWork
from services.routing.model.dispatch.deployment import Deployment
from services.routing.model.dispatch.responder import Responder
from services.routing.store.deployment import DEPLOYMENTS
from services.routing.store.responder import REGISTER

_ORDER_ENDED = "工单已结束 (the order has ended)"


async def stand_down_with_order(unit: UnitOfWork, order_id: str) -> None:
    """Stage that everybody who is asked, on the way or on the spot for an order that has ended is called back and free again."""
    where = {"order_id": order_id, "active": True}
    rows = await unit.mongo[DEPLOYMENTS.collection.name].find(where, {"_id": 1}).to_list(None)
    for row in rows:
        deployment = await unit.get(DEPLOYMENTS, row["_id"])
        for member in await held_by(unit, deployment):
            unit.save(REGISTER, member, member.release(deployment.id, unit.now))
        unit.save(DEPLOYMENTS, deployment, deployment.stand_down(_ORDER_ENDED, unit.now))


async def held_by(unit: UnitOfWork, deployment: Deployment) -> list[Responder]:
    """Those whom a deployment holds now."""
    return [await unit.get(REGISTER, responder_id) for responder_id in deployment.holds]
