"""Who may see and do what with work in the field: assets, inspections, hazards, tasks of a grid.

The centre covers its area; attendants and handlers act in theirs; who is addressed by post or unit sees it wherever it lies. Of sealed
matters only the centre and who is addressed. Residents see nothing of it, and what may not be seen is not found.
"""

from collections.abc import Collection, Sequence

from services.chassis.errors import NotFound, RoleMissing
from services.chassis.identity import Caller
from services.chassis.mongo import Document
from services.routing.access.staff import either
from services.routing.errors.field import FieldWorkNotYours

_WORKERS = ("attendant", "handler", "centre")


def addressed(caller: Caller, posts: Collection[str | None] = (), units: Collection[str | None] = ()) -> bool:
    """Whether one of the posts or units is the caller's."""
    if not caller.has(*_WORKERS):
        return False
    return (caller.post is not None and caller.post in posts) or (caller.unit is not None and caller.unit in units)


def sees(
    caller: Caller,
    area_path: Sequence[str],
    *,
    posts: Collection[str | None] = (),
    units: Collection[str | None] = (),
    sensitivity: str = "internal",
) -> bool:
    """Whether the caller sees a piece of field work in this place, addressed to these posts and units."""
    if caller.covers(list(area_path)) and (
        caller.has("centre") or (caller.has("attendant", "handler") and sensitivity != "sealed")
    ):
        return True
    return addressed(caller, posts, units)


def visible(caller: Caller, *, post: str | None = None, unit: str | None = None, sealable: bool = False) -> Document:
    """The same as a filter for lists; `post` and `unit` name the fields that address somebody, if there are such."""
    kinds: list[Document] = []
    if caller.has(*_WORKERS):
        if caller.area:
            open_to_all: Document = {} if caller.has("centre") or not sealable else {"sensitivity": {"$ne": "sealed"}}
            kinds.append({"area_path": caller.area, **open_to_all})
        if unit and caller.unit:
            kinds.append({unit: caller.unit})
        if post and caller.post:
            kinds.append({post: caller.post})
    return either(kinds)


def require_sight(seen: bool, what: str) -> None:
    """Raises NotFound for what the caller does not see."""
    if not seen:
        raise NotFound(what=what)


def require_worker(caller: Caller) -> None:
    """Raises unless the caller works in the field or in a centre."""
    if not caller.has(*_WORKERS):
        raise RoleMissing(roles="attendant, handler, centre")


def require_keeper(caller: Caller, area_path: Sequence[str]) -> None:
    """Raises unless the caller keeps registers and campaigns there: a centre of the area."""
    if not caller.has("centre") or not caller.covers(list(area_path)):
        raise RoleMissing(roles="centre")


def require_addressed(caller: Caller, area_path: Sequence[str], *, post: str | None, unit: str | None) -> None:
    """Raises unless the work is the caller's: by post or unit, or as the centre of the area."""
    if not addressed(caller, (post,), (unit,)) and not (caller.has("centre") and caller.covers(list(area_path))):
        raise FieldWorkNotYours
