"""Who may see and do what with summonses (吹哨报到)."""

from services.chassis.errors import NotFound
from services.chassis.identity import Caller
from services.chassis.mongo import Document
from services.routing.access.staff import commands
from services.routing.errors.call import NotTheCaller
from services.routing.errors.summons import NotSummoned
from services.routing.model.ladder.summons import Summoned, Summons


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
