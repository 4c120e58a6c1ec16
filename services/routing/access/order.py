"""Who may see and do what with orders and decisions (docs/architecture.md, Callers). What may not be seen is not found."""

from collections.abc import Sequence
from enum import Enum

from services.chassis.errors import NotFound, RoleMissing
from services.chassis.identity import Caller
from services.chassis.mongo import Document
from services.routing.errors.work_order import OrderNotYours
from services.routing.model.order.work_order import WorkOrder
from services.routing.model.rules.decision import Decision


class Sight(Enum):
    """How much of a matter a caller sees."""

    FULL = "full"
    PUBLIC = "public"  # a caller's own matter: state, lead unit, clocks, and the reply once it is verified


def sight_of_order(caller: Caller, order: WorkOrder) -> Sight | None:
    """How much of the order the caller sees; None is not found."""
    return _sight(caller, list(order.area_path), order.sensitivity, order.posts, order.units, order.caller_person)


def sight_of_decision(caller: Caller, decision: Decision) -> Sight | None:
    """How much of the decision the caller sees; None is not found."""
    report = decision.report
    path = list(report.area_path)
    posts, units = (decision.lead_post,), (decision.lead_unit,)
    return _sight(caller, path, report.sensitivity, posts, units, report.caller_person)


def _sight(
    caller: Caller,
    area_path: list[str],
    sensitivity: str,
    posts: Sequence[str],
    units: Sequence[str],
    caller_person: str | None,
) -> Sight | None:
    if caller.has("centre") and caller.covers(area_path):
        return Sight.FULL
    if caller.has("attendant") and sensitivity != "sealed" and caller.covers(area_path):
        return Sight.FULL
    if caller.has("handler", "centre") and (caller.unit in units or caller.post in posts):
        return Sight.FULL
    return Sight.PUBLIC if caller_person == caller.person else None


def visible_orders(caller: Caller) -> Document:
    """The same as a filter for lists: the orders of the caller's work; for who has none, those of own reports."""
    kinds: list[Document] = []
    if caller.has("centre") and caller.area:
        kinds.append({"area_path": caller.area})
    elif caller.has("attendant") and caller.area:
        kinds.append({"area_path": caller.area, "sensitivity": {"$ne": "sealed"}})
    if caller.has("handler", "centre"):
        if caller.unit:
            kinds.append({"units": caller.unit})
        if caller.post:
            kinds.append({"posts": caller.post})
    if not kinds:
        return {"caller_person": caller.person}
    return kinds[0] if len(kinds) == 1 else {"$or": kinds}


def require_sight(caller: Caller, order: WorkOrder) -> None:
    """Raises NotFound for an order the caller does not see in full."""
    sight = sight_of_order(caller, order)
    if sight is None:
        raise NotFound(what="work order")
    if sight is Sight.PUBLIC:
        raise RoleMissing(roles="handler, centre")


def require_lead(caller: Caller, order: WorkOrder) -> None:
    """Raises unless the caller's post or unit leads the order."""
    require_sight(caller, order)
    if not caller.has("handler", "centre"):
        raise RoleMissing(roles="handler")
    if order.lead_post != caller.post and order.lead_unit != caller.unit:
        raise OrderNotYours


def require_centre(caller: Caller, order: WorkOrder) -> None:
    """Raises unless the caller is of a command centre for the order's place."""
    require_sight(caller, order)
    if not caller.has("centre") or not caller.covers(list(order.area_path)):
        raise RoleMissing(roles="centre")


def require_verifier(caller: Caller, order: WorkOrder) -> None:
    """Raises unless the caller may say that the order is done: the post named to check it, or the centre (R-09)."""
    require_sight(caller, order)
    if order.verifier_post is None or order.verifier_post != caller.post:
        require_centre(caller, order)


def require_lead_or_centre(caller: Caller, order: WorkOrder) -> None:
    """Raises unless the caller leads the order, or is of a command centre for its place."""
    if not (caller.has("centre") and caller.covers(list(order.area_path))):
        require_lead(caller, order)
