"""Who may see and do what with directives and supervisions. What may not be seen is not found.

A command centre sees and manages what is of its area; an addressed unit sees what was issued to it; nobody else sees any of it.
"""

from collections.abc import Sequence

from services.chassis.errors import NotFound, RoleMissing
from services.chassis.identity import Caller
from services.chassis.mongo import Document
from services.routing.access.staff import either
from services.routing.errors.supervision import SupervisionNotYours
from services.routing.model.directive.directive import Directive
from services.routing.model.directive.red_line import Breach, BreachState
from services.routing.model.directive.supervision import Supervision


def manages(caller: Caller, area_path: Sequence[str]) -> bool:
    """Whether the caller is of a command centre for the place."""
    return caller.has("centre") and caller.covers(list(area_path))


def _acts(caller: Caller) -> bool:
    return caller.has("handler", "centre")


def sees_directive(caller: Caller, directive: Directive) -> bool:
    """Whether the caller sees the directive: a draft only who manages it, an issued one its addressees too."""
    if manages(caller, directive.area_path):
        return True
    if not _acts(caller):
        return False
    if _same(caller.unit, directive.issuer_unit) or _same(caller.post, directive.issuer_post):
        return True
    return directive.issued_at is not None and not directive.parties.isdisjoint({caller.post, caller.unit})


def visible_directives(caller: Caller) -> Document:
    """The same as a filter for lists."""
    kinds: list[Document] = []
    if caller.has("centre") and caller.area:
        kinds.append({"area_path": caller.area})
    if _acts(caller) and caller.unit:
        kinds += [
            {"issuer_unit": caller.unit},
            {"addressees.unit": caller.unit, "issued_at": {"$ne": None}},
            {"follow_ups.unit": caller.unit},
        ]
    elif _acts(caller) and caller.post:
        kinds.append({"addressees.post": caller.post, "issued_at": {"$ne": None}})
    return either(kinds)


def sees_breach(caller: Caller, directive: Directive, breach: Breach) -> bool:
    """Whether the caller sees the breach: who manages the line, who reported it, and once it is verified the unit concerned."""
    if manages(caller, directive.area_path) or breach.reported_by.person == caller.person:
        return True
    proven = breach.state in (BreachState.VERIFIED, BreachState.HANDLED)
    return proven and _acts(caller) and caller.unit == breach.unit


def sees_supervision(caller: Caller, supervision: Supervision) -> bool:
    """Whether the caller sees it: the centre of the place, who must answer, and superiors who were notified."""
    if manages(caller, supervision.subject.area_path):
        return True
    mine = caller.post in (supervision.post, *supervision.superiors) or _same(caller.unit, supervision.unit)
    return _acts(caller) and mine


def visible_supervisions(caller: Caller) -> Document:
    """The same as a filter for lists, without what one sees as a superior only."""
    kinds: list[Document] = []
    if caller.has("centre") and caller.area:
        kinds.append({"subject.area_path": caller.area})
    if _acts(caller) and caller.unit:
        kinds.append({"unit": caller.unit})
    elif _acts(caller) and caller.post:
        kinds.append({"post": caller.post})
    return either(kinds)


def require_directive(caller: Caller, directive: Directive) -> None:
    """Raises NotFound for a directive the caller does not see."""
    if not sees_directive(caller, directive):
        raise NotFound(what="directive")


def require_manager(caller: Caller, directive: Directive) -> None:
    """Raises unless the caller is of a command centre for the directive's area."""
    require_directive(caller, directive)
    require_centre_of(caller, directive.area_path)


def require_centre_of(caller: Caller, area_path: Sequence[str]) -> None:
    """Raises unless the caller is of a command centre for the place."""
    if not manages(caller, area_path):
        raise RoleMissing(roles="centre")


def require_supervision(caller: Caller, supervision: Supervision) -> None:
    """Raises NotFound for a supervision the caller does not see."""
    if not sees_supervision(caller, supervision):
        raise NotFound(what="supervision")


def require_supervised(caller: Caller, supervision: Supervision) -> None:
    """Raises unless the caller speaks for the post that has to answer."""
    require_supervision(caller, supervision)
    if not _acts(caller) or (caller.post != supervision.post and caller.unit != supervision.unit):
        raise SupervisionNotYours


def _same(one: str | None, other: str | None) -> bool:
    return one is not None and one == other
