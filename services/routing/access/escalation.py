"""Who may see and do what with escalations."""

from services.chassis.errors import NotFound, RoleMissing
from services.chassis.identity import Caller
from services.chassis.mongo import Document
from services.routing.access.staff import commands
from services.routing.errors.escalation import NotAboveOwner, NotAnOwner
from services.routing.model.ladder.escalation import Escalation
from services.routing.model.ladder.rungs import height


def sees_escalation(caller: Caller, escalation: Escalation) -> bool:
    """The centre of the place, attendants there unless it is sealed, the units that own it and the organ that called."""
    subject = escalation.subject
    if commands(caller, subject.area_path):
        return True
    if caller.has("attendant") and subject.sensitivity != "sealed" and caller.covers(list(subject.area_path)):
        return True
    mine = caller.unit is not None and caller.unit in (*escalation.owner_units, subject.caller_unit)
    return caller.has("handler", "centre") and (mine or caller.post in escalation.owner_posts)


def visible_escalations(caller: Caller) -> Document | None:
    """The same as a filter for lists, None when there can be none."""
    kinds: list[Document] = []
    if caller.has("centre") and caller.area:
        kinds.append({"subject.area_path": caller.area})
    elif caller.has("attendant") and caller.area:
        kinds.append({"subject.area_path": caller.area, "subject.sensitivity": {"$ne": "sealed"}})
    if caller.has("handler", "centre"):
        if caller.unit:
            kinds += [{"owner_units": caller.unit}, {"subject.caller_unit": caller.unit}]
        if caller.post:
            kinds.append({"owner_posts": caller.post})
    if not kinds:
        return None
    return kinds[0] if len(kinds) == 1 else {"$or": kinds}


def require_escalation(caller: Caller, escalation: Escalation) -> None:
    """Raises NotFound for one the caller does not see."""
    if not sees_escalation(caller, escalation):
        raise NotFound(what="escalation")


def owned_post(caller: Caller, escalation: Escalation) -> str:
    """The post of the caller's that owns it: the own one, else the newest owner's of the same unit. Raises Refusal."""
    require_escalation(caller, escalation)
    if not caller.has("handler", "centre"):
        raise RoleMissing(roles="handler, centre")
    if caller.post in escalation.owner_posts:
        return str(caller.post)
    for owner in reversed(escalation.active_owners):
        if owner.unit == caller.unit:
            return owner.post
    raise NotAnOwner


def require_release(caller: Caller, escalation: Escalation, post: str) -> None:
    """Raises unless the caller stands above this owner, is the organ that called, or commands the place."""
    require_escalation(caller, escalation)
    if commands(caller, escalation.subject.area_path):
        return
    if caller.unit is not None and caller.unit == escalation.subject.caller_unit:
        return
    lower = next((owner for owner in escalation.active_owners if owner.post == post), None)
    if lower is None:
        raise NotAnOwner
    floor = height(lower.level) if lower.level else 0
    for owner in escalation.active_owners:
        above = owner.level is not None and height(owner.level) > floor
        if above and (owner.post == caller.post or owner.unit == caller.unit) and owner is not lower:
            return
    raise NotAboveOwner
