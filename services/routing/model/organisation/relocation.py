"""What a change of the organisation does to an open order: another area, another lead."""

from datetime import datetime

from services.chassis.events import Actor, EventData
from services.routing.events.boundaries import OrderHandedOver, OrderPartHandedOver, OrderRebinned
from services.routing.model.order.states import OrderState
from services.routing.model.order.work_order import WorkOrder
from services.routing.model.organisation.organisation import AreaRecord, Post
from services.routing.model.rules.policy import Policy


def rebin(order: WorkOrder, area: AreaRecord) -> list[EventData]:
    """The order lies in `area` now. No event when it did already, or is over."""
    if not order.open or (order.area_id, order.area_path) == (area.id, area.path):
        return []
    told = OrderRebinned(
        order_id=order.id,
        report_id=order.report_id or "",
        old_area_id=order.area_id,
        area_id=area.id,
        area_path=list(area.path),
    )
    order.area_id, order.area_path = area.id, area.path
    return [told]


def hand_over(order: WorkOrder, post: Post, policy: Policy, reason: str, now: datetime, by: Actor) -> list[EventData]:
    """Another post leads from now on; where the order is in its life does not change. No event when it leads already.

    An accept clock that was running runs anew for the new lead.
    """
    if not order.open or order.lead_post == post.id:
        return []
    told = OrderHandedOver(
        order_id=order.id,
        report_id=order.report_id or "",
        old_post=order.lead_post,
        lead_post=post.id,
        lead_unit=post.unit_id,
        reason=reason,
    )
    order.pass_on(post, policy, now, by)
    return [told]


def parts_of(order: WorkOrder) -> frozenset[str]:
    """The posts beside the lead that owe something in an open order: help, the check, a deferral, a wish for time, the fallback."""
    if not order.open:
        return frozenset()
    posts = {order.verifier_post, *(aid.post for aid in order.assisting if aid.open)}
    if order.state is OrderState.DEFERRED:
        posts.add(order.deferrals[-1].owner_post)
    if order.extensions and order.extensions[-1].granted is None:
        posts.add(order.extensions[-1].asked_post)
    if order.state is OrderState.ADJUDICATING:
        posts.add(order.adjudications[-1].fallback_post)
    return frozenset(post for post in posts if post) - {order.lead_post}


def take_part(order: WorkOrder, old: str, new: Post, reason: str, now: datetime) -> list[EventData]:
    """What another post than the lead owes in an order is `new`'s now. No event when it owes nothing."""
    if old not in parts_of(order):
        return []
    for aid in order.assisting:
        if aid.post == old and aid.open:
            aid.post, aid.unit = new.id, new.unit_id
    if order.verifier_post == old:
        order.verifier_post = new.id
    if order.state is OrderState.DEFERRED and order.deferrals[-1].owner_post == old:
        order.deferrals[-1].owner_post, order.deferrals[-1].owner_unit = new.id, new.unit_id
    if order.extensions and order.extensions[-1].granted is None and order.extensions[-1].asked_post == old:
        order.extensions[-1].asked_post = new.id
    if order.state is OrderState.ADJUDICATING and order.adjudications[-1].fallback_post == old:
        order.adjudications[-1].fallback_post, order.adjudications[-1].fallback_unit = new.id, new.unit_id
    order.settle(now)
    return [
        OrderPartHandedOver(
            order_id=order.id,
            report_id=order.report_id or "",
            old_post=old,
            post=new.id,
            unit=new.unit_id,
            reason=reason,
        )
    ]
