"""Who may see and run meetings: the centre of the place and the responsible unit run them; member units see them."""

from services.chassis.errors import NotFound, RoleMissing
from services.chassis.identity import Caller
from services.chassis.mongo import Document
from services.routing.access.directive import manages
from services.routing.access.staff import either
from services.routing.model.directive.meeting import Meeting, Scope


def sees_scope(caller: Caller, scope: Scope) -> bool:
    """Whether the caller sees a series with this scope."""
    parties = {scope.post, scope.unit, *scope.members}
    return manages(caller, scope.area_path) or (
        caller.has("handler", "centre") and not parties.isdisjoint({caller.post, caller.unit})
    )


def sees_meeting(caller: Caller, meeting: Meeting) -> bool:
    """Whether the caller sees the meeting: who runs it, its members, and units it decided on."""
    mine = caller.has("handler", "centre") and not meeting.parties.isdisjoint({caller.post, caller.unit})
    return mine or manages(caller, meeting.scope.area_path)


def visible_series(caller: Caller) -> Document:
    """The same as a filter for lists of series."""
    return either(_visible(caller))


def visible_meetings(caller: Caller) -> Document:
    """The same as a filter for lists of meetings."""
    kinds = _visible(caller)
    if caller.has("handler", "centre") and caller.unit:
        kinds.append({"decisions.unit": caller.unit})
    return either(kinds)


def require_meeting(caller: Caller, meeting: Meeting) -> None:
    """Raises NotFound for a meeting the caller does not see, RoleMissing unless the caller runs it."""
    if not sees_meeting(caller, meeting):
        raise NotFound(what="meeting")
    responsible = caller.has("handler", "centre") and (
        caller.post == meeting.scope.post or caller.unit == meeting.scope.unit
    )
    if not responsible and not manages(caller, meeting.scope.area_path):
        raise RoleMissing(roles="centre")


def _visible(caller: Caller) -> list[Document]:
    kinds: list[Document] = []
    if caller.has("centre") and caller.area:
        kinds.append({"scope.area_path": caller.area})
    if caller.has("handler", "centre") and caller.unit:
        kinds += [{"scope.unit": caller.unit}, {"scope.members": caller.unit}]
    return kinds
