"""Gaps as a caller may see them."""

from services.chassis.identity import Caller
from services.chassis.mongo import Document


def gap_list(caller: Caller) -> Document:
    """The filter of the list of gaps: of the caller's area for its staff, of all for the operator, of nothing for others."""
    if caller.has("operator"):
        return {"open": True}
    if caller.has("centre", "handler") and caller.area:
        return {"area_path": caller.area, "open": True}
    return {"_id": ""}
