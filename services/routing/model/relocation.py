"""What a change of the organisation does to an open order: another area, another lead."""

from datetime import datetime, timedelta

from services.chassis.events import Actor, EventData
from services.routing.events.boundaries import OrderHandedOver, OrderRebinned
from services.routing.model.organisation import AreaRecord, Post
from services.routing.model.work_order import Dispatch, OrderState, WorkOrder


def rebin(order: WorkOrder, area: AreaRecord) -> list[EventData]:
    """The order lies in `area` now. No event when it did already, or is over."""
    if not order.open or (order.area_id, order.area_path) == (area.id, area.path):
        return []
    told = OrderRebinned(
        order_id=order.id,
        report_id=order.report_id,
        old_area_id=order.area_id,
        area_id=area.id,
        area_path=list(area.path),
    )
    order.area_id, order.area_path = area.id, area.path
    return [told]


def hand_over(order: WorkOrder, post: Post, reason: str, now: datetime, by: Actor) -> list[EventData]:
    """Another post leads from now on; where the order is in its life does not change. No event when it leads already.

    An accept clock that was running runs anew for the new lead.
    """
    if not order.open or order.lead_post == post.id:
        return []
    told = OrderHandedOver(
        order_id=order.id,
        report_id=order.report_id,
        old_post=order.lead_post,
        lead_post=post.id,
        lead_unit=post.unit_id,
        reason=reason,
    )
    before = order.current
    order.lead_post, order.lead_unit = post.id, post.unit_id
    turn = Dispatch(post=post.id, unit=post.unit_id, at=now, by=by, accept_by=order.accept_by)
    if order.state is OrderState.DISPATCHED:
        turn.accept_by = order.accept_by = order.due_at = order.next_step_at = now + timedelta(
            minutes=order.accept_minutes
        )
    else:
        turn.accepted_at = before.accepted_at
    order.dispatches.append(turn)
    return [told]
