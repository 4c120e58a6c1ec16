"""Who may see and do what with responders, deployments, shifts and teams."""

from collections.abc import Sequence

from services.chassis.errors import NotFound, RoleMissing
from services.chassis.identity import Caller
from services.routing.access.staff import is_staff
from services.routing.errors.deployment import NotSent
from services.routing.model.dispatch.deployment import Deployment
from services.routing.model.dispatch.responder import Responder


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
