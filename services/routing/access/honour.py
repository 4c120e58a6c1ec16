"""Who sees honours: published ones everybody, the others the unit concerned and the centre above it."""

from services.chassis.identity import Caller
from services.chassis.mongo import Document
from services.routing.access.directive import manages
from services.routing.access.staff import either
from services.routing.model.directive.honour import Honour, HonourState


def sees_honour(caller: Caller, honour: Honour) -> bool:
    """Whether the caller sees it."""
    own = caller.has("handler", "centre") and caller.unit == honour.unit
    return honour.state is HonourState.PUBLISHED or own or manages(caller, honour.area_path)


def visible_honours(caller: Caller) -> Document:
    """The same as a filter for lists."""
    kinds: list[Document] = [{"state": HonourState.PUBLISHED.value}]
    if caller.has("centre") and caller.area:
        kinds.append({"area_path": caller.area})
    if caller.has("handler", "centre") and caller.unit:
        kinds.append({"unit": caller.unit})
    return either(kinds)
