"""Who may see and do what with calls."""

from services.chassis.errors import NotFound, RoleMissing
from services.chassis.identity import Caller
from services.chassis.mongo import Document
from services.routing.access.staff import commands, is_staff
from services.routing.errors.call import NotCalled, NotTheCaller, RungNotReleased
from services.routing.model.ladder.call import Call
from services.routing.model.ladder.rungs import height


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
