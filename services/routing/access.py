"""Who may see and do what with orders and decisions (docs/architecture.md, Callers). What may not be seen is not found."""

from collections.abc import Sequence
from enum import Enum

from services.chassis.errors import NotFound
from services.chassis.identity import Caller
from services.chassis.mongo import Document
from services.routing.errors.common import RoleMissing
from services.routing.errors.deployment import NotSent
from services.routing.errors.work_order import OrderNotYours
from services.routing.model.decision import Decision
from services.routing.model.deployment import Deployment
from services.routing.model.directory import Directory
from services.routing.model.responder import Responder
from services.routing.model.work_order import WorkOrder


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


def is_staff(caller: Caller) -> bool:
    """Whether names of people in posts may be shown."""
    return caller.has("attendant", "handler", "centre", "mediator", "operator")


def sees_responder(caller: Caller, responder: Responder) -> bool:
    """Whether the register's entry may be shown: to the person, and to staff of its home area."""
    return _is_oneself(caller, responder) or (is_staff(caller) and caller.covers(list(responder.area_path)))


def locates_responder(caller: Caller, responder: Responder) -> bool:
    """Whether position and vetting may be shown: to the person, and to the command centre of its home area."""
    return _is_oneself(caller, responder) or _commands(caller, responder)


def require_oneself_or_centre(caller: Caller, responder: Responder) -> None:
    """Raises unless the caller is this responder, or its command centre speaks for it (a team has no person)."""
    if not sees_responder(caller, responder):
        raise NotFound(what="responder")
    if not locates_responder(caller, responder):
        raise RoleMissing(roles="centre")


def require_responders_centre(caller: Caller, responder: Responder) -> None:
    """Raises unless the caller is of the command centre for the responder's home area."""
    if not sees_responder(caller, responder):
        raise NotFound(what="responder")
    if not _commands(caller, responder):
        raise RoleMissing(roles="centre")


def sees_deployment(caller: Caller, deployment: Deployment, members: Sequence[Responder]) -> bool:
    """Whether a deployment may be shown: to the centre of its place, the unit that leads the order, and those who were asked."""
    if caller.has("centre") and caller.covers(list(deployment.area_path)):
        return True
    if caller.has("handler", "centre") and caller.unit == deployment.lead_unit:
        return True
    return any(_is_oneself(caller, member) for member in members)


def require_sent_or_centre(caller: Caller, deployment: Deployment, members: Sequence[Responder]) -> None:
    """Raises unless the caller is one of `members`, who are asked or sent now, or of the centre for the deployment's place.

    Somebody who was asked before learns no more than a stranger.
    """
    if caller.has("centre") and caller.covers(list(deployment.area_path)):
        return
    if any(_is_oneself(caller, member) for member in members):
        return
    if sees_deployment(caller, deployment, members):
        raise NotSent
    raise NotFound(what="deployment")


def manages_roster(caller: Caller, unit_id: str, area_path: Sequence[str]) -> bool:
    """Whether the caller arranges a unit's shifts and teams: the unit's own staff with a post, and the centre above it."""
    if caller.has("centre") and caller.covers(list(area_path)):
        return True
    return caller.has("handler", "centre") and caller.unit == unit_id


def _is_oneself(caller: Caller, responder: Responder) -> bool:
    return responder.person_id is not None and responder.person_id == caller.person


def _commands(caller: Caller, responder: Responder) -> bool:
    return caller.has("centre") and caller.covers(list(responder.area_path))


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


def require_district_centre(caller: Caller, directory: Directory) -> None:
    """Raises unless the caller is of the centre of the whole district, or an operator: what is changed holds for everybody."""
    if caller.has("operator"):
        return
    area = directory.areas.get(caller.area or "")
    if not caller.has("centre") or area is None or area.parent_id is not None:
        raise RoleMissing(roles="centre (district), operator")


def require_staff(caller: Caller) -> None:
    """Raises for those who do not work with matters."""
    if not is_staff(caller):
        raise RoleMissing(roles="attendant, handler, centre, mediator, operator")


def require_verifier(caller: Caller, order: WorkOrder) -> None:
    """Raises unless the caller may say that the order is done: the post named to check it, or the centre (R-09)."""
    require_sight(caller, order)
    if order.verifier_post is None or order.verifier_post != caller.post:
        require_centre(caller, order)


def require_lead_or_centre(caller: Caller, order: WorkOrder) -> None:
    """Raises unless the caller leads the order, or is of a command centre for its place."""
    if not (caller.has("centre") and caller.covers(list(order.area_path))):
        require_lead(caller, order)
