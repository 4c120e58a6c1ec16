"""Who sees and who may act on what climbs: escalations, calls and summonses. What may not be seen is not found."""

from services.chassis.errors import NotFound
from services.chassis.identity import Caller
from services.chassis.mongo import Document
from services.routing.access import is_staff
from services.routing.errors.call import NotCalled, NotTheCaller, RungNotReleased
from services.routing.errors.common import RoleMissing
from services.routing.errors.escalation import NotAboveOwner, NotAnOwner
from services.routing.errors.summons import NotSummoned
from services.routing.model.call import Call
from services.routing.model.escalation import Escalation
from services.routing.model.rungs import height
from services.routing.model.summons import Summoned, Summons


def commands(caller: Caller, area_path: tuple[str, ...]) -> bool:
    """Whether the caller is of a command centre for the place."""
    return caller.has("centre") and caller.covers(list(area_path))


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


def sees_call(caller: Caller, call: Call) -> bool:
    """The centre of the place, attendants there unless it is sealed, who called, and the units that are called."""
    if commands(caller, call.area_path) or (is_staff(caller) and calls_itself(caller, call)):
        return True
    if caller.has("attendant") and call.sensitivity != "sealed" and caller.covers(list(call.area_path)):
        return True
    mine = caller.unit is not None and caller.unit in (*call.called_units, call.caller_unit)
    return caller.has("handler", "centre") and (mine or caller.post in call.called_posts)


def visible_calls(caller: Caller) -> Document | None:
    """The same as a filter for lists, None when there can be none."""
    kinds: list[Document] = []
    if caller.has("centre") and caller.area:
        kinds.append({"area_path": caller.area})
    elif caller.has("attendant") and caller.area:
        kinds.append({"area_path": caller.area, "sensitivity": {"$ne": "sealed"}})
    if caller.has("handler", "centre"):
        if caller.unit:
            kinds += [{"called_units": caller.unit}, {"caller_unit": caller.unit}]
        if caller.post:
            kinds.append({"called_posts": caller.post})
    if is_staff(caller) and caller.post:
        kinds.append({"caller_post": caller.post})
    if not kinds:
        return None
    return kinds[0] if len(kinds) == 1 else {"$or": kinds}


def require_call(caller: Caller, call: Call) -> None:
    """Raises NotFound for one the caller does not see."""
    if not sees_call(caller, call):
        raise NotFound(what="call")


def calls_itself(caller: Caller, call: Call) -> bool:
    """Whether it is the calling post that asks."""
    return caller.post is not None and caller.post == call.caller_post


def is_calling_organ(caller: Caller, call: Call) -> bool:
    """The calling post, or its unit unless that unit is called itself: then only the post is the caller."""
    if calls_itself(caller, call):
        return True
    same = caller.unit is not None and caller.unit == call.caller_unit
    return same and caller.unit not in call.called_units and caller.post not in call.called_posts


def is_rated_blind(caller: Caller, call: Call) -> bool:
    """Whether the caller is of those rated, and the call not closed: then no rating is known to them (R-10)."""
    if not call.open or calls_itself(caller, call):
        return False
    return caller.unit in call.called_units or caller.post in call.called_posts


def require_calling_organ(caller: Caller, call: Call) -> None:
    """Raises unless the caller is the organ that called."""
    require_call(caller, call)
    if not is_calling_organ(caller, call):
        raise NotTheCaller


def called_post(caller: Caller, call: Call) -> str:
    """The post of the caller's that owes an answer: the own one, else the highest of the same unit. Raises Refusal."""
    require_call(caller, call)
    if not caller.has("handler", "centre"):
        raise RoleMissing(roles="handler, centre")
    if caller.post in call.owing_posts:
        return str(caller.post)
    if not calls_itself(caller, call):
        for rung in reversed(call.rungs):
            if rung.unit == caller.unit and rung.owes:
                return rung.post
    raise NotCalled


def require_raise(caller: Caller, call: Call) -> None:
    """Raises unless the caller is the organ that called, a post that is called, or the centre of the place."""
    require_call(caller, call)
    called = caller.has("handler", "centre") and (caller.unit in call.called_units or caller.post in call.called_posts)
    if not (is_calling_organ(caller, call) or called or commands(caller, call.area_path)):
        raise NotTheCaller


def require_release_of_rung(caller: Caller, call: Call, post: str) -> None:
    """Raises unless the caller is called above this post, is the organ that called, or the centre; the highest may let go itself."""
    require_call(caller, call)
    if is_calling_organ(caller, call) or commands(caller, call.area_path):
        return
    active = [rung for rung in call.rungs if rung.released_at is None]
    lower = next((rung for rung in active if rung.post == post), None)
    if lower is None:
        raise NotCalled
    for rung in active:
        higher = height(rung.level) > height(lower.level) or lower is call.top is rung
        if higher and caller.has("handler", "centre") and (rung.post == caller.post or rung.unit == caller.unit):
            return
    raise RungNotReleased


def sees_summons(caller: Caller, summons: Summons) -> bool:
    """The centre of the place, attendants there unless it is sealed, who whistled, and the units that are whistled."""
    whistle = summons.whistle
    if commands(caller, whistle.area_path) or (caller.post is not None and caller.post == summons.caller.post):
        return True
    if caller.has("attendant") and whistle.sensitivity != "sealed" and caller.covers(list(whistle.area_path)):
        return True
    mine = caller.unit is not None and caller.unit in (*summons.units, summons.caller.unit)
    return caller.has("handler", "centre") and (mine or caller.post in summons.posts)


def visible_summonses(caller: Caller) -> Document | None:
    """The same as a filter for lists, None when there can be none."""
    kinds: list[Document] = []
    if caller.has("centre") and caller.area:
        kinds.append({"whistle.area_path": caller.area})
    elif caller.has("attendant") and caller.area:
        kinds.append({"whistle.area_path": caller.area, "whistle.sensitivity": {"$ne": "sealed"}})
    if caller.has("handler", "centre"):
        if caller.unit:
            kinds += [{"units": caller.unit}, {"caller.unit": caller.unit}]
        if caller.post:
            kinds.append({"posts": caller.post})
    if caller.post:
        kinds.append({"caller.post": caller.post})
    if not kinds:
        return None
    return kinds[0] if len(kinds) == 1 else {"$or": kinds}


def require_summoner(caller: Caller, summons: Summons) -> None:
    """Raises unless the caller whistled: the post, or its unit unless that is whistled itself."""
    if not sees_summons(caller, summons):
        raise NotFound(what="summons")
    if caller.post is not None and caller.post == summons.caller.post:
        return
    if caller.unit is None or caller.unit != summons.caller.unit or caller.unit in summons.units:
        raise NotTheCaller


def awaited_post(caller: Caller, summons: Summons) -> str:
    """The post of the caller's that is to check in: the own one, else one of the same unit. Raises Refusal."""
    if not sees_summons(caller, summons):
        raise NotFound(what="summons")
    if caller.post in summons.awaited_posts:
        return str(caller.post)
    for one in summons.summoned:
        if one.awaited and one.unit == caller.unit and caller.has("handler", "centre", "attendant"):
            return one.post
    raise NotSummoned


def is_evaluated_blind(caller: Caller, summons: Summons, one: Summoned) -> bool:
    """Whether the caller is of the unit evaluated, and the summons not over: then the evaluation is not known to them."""
    if not summons.open or (caller.post is not None and caller.post == summons.caller.post):
        return False
    return caller.post == one.post or caller.unit == one.unit
