"""Events of proposals of new outlines, and of the orders they move."""

from services.chassis.events import EventData


class BoundariesProposed(EventData, frozen=True, kw_only=True):
    type = "huying.routing.boundaries.proposed.v1"
    proposal_id: str
    areas_new: int
    areas_changed: int
    areas_retired: int
    orders_moved: int
    orders_handed_over: int


class BoundariesApplied(EventData, frozen=True, kw_only=True):
    type = "huying.routing.boundaries.applied.v1"
    proposal_id: str
    areas_new: int
    areas_changed: int
    areas_retired: int
    orders_moved: int
    orders_handed_over: int


class OrderRebinned(EventData, frozen=True, kw_only=True):
    """The map has changed: the order lies in another area now."""

    type = "huying.routing.order.rebinned.v1"
    order_id: str
    report_id: str
    old_area_id: str | None
    area_id: str
    area_path: list[str]


class OrderHandedOver(EventData, frozen=True, kw_only=True):
    """Another post leads, because the organisation has changed and not because anybody refused."""

    type = "huying.routing.order.handed_over.v1"
    order_id: str
    report_id: str
    old_post: str
    lead_post: str
    lead_unit: str
    reason: str


class OrderPartHandedOver(EventData, frozen=True, kw_only=True):
    """What a post that is gone had to do in an order that another leads (help, the check, a decision) is another post's now."""

    type = "huying.routing.order.part_handed_over.v1"
    order_id: str
    report_id: str
    old_post: str
    post: str
    unit: str
    reason: str
