"""What every subject asks: who works here, who commands a place, and how conditions of lists are joined."""

from services.chassis.errors import RoleMissing
from services.chassis.identity import Caller
from services.chassis.mongo import Document
from services.routing.model.organisation.directory import Directory

NOTHING: Document = {"_id": {"$in": []}}


def is_staff(caller: Caller) -> bool:
    """Whether names of people in posts may be shown."""
    return caller.has("attendant", "handler", "centre", "mediator", "operator")


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


def either(kinds: list[Document]) -> Document:
    """Documents of any of these kinds; none without a kind."""
    if not kinds:
        return NOTHING
    return kinds[0] if len(kinds) == 1 else {"$or": kinds}


def commands(caller: Caller, area_path: tuple[str, ...]) -> bool:
    """Whether the caller is of a command centre for the place."""
    return caller.has("centre") and caller.covers(list(area_path))
