"""Rulings as a caller may see them: staff see those on matters that are neither restricted nor sealed; those on sealed matters are for
the centre of the place, those on restricted ones also for attendants there and for the unit that was ruled to lead."""

from collections.abc import Sequence

from services.chassis.identity import Caller
from services.chassis.mongo import Document, Mongo
from services.routing.model.rules.ruling import Ruling
from services.routing.store.ruling import RULINGS

_RESTRICTED = "restricted"
_STAFF = ("attendant", "handler", "centre", "mediator")


def sees(caller: Caller, ruling: Ruling) -> bool:
    """Whether the caller sees a ruling."""
    if caller.has("centre") and caller.covers(list(ruling.area_path)):
        return True
    if ruling.sensitivity == _RESTRICTED:
        there = caller.has("attendant") and caller.covers(list(ruling.area_path))
        return there or (caller.has("handler", "centre") and caller.unit == ruling.unit)
    return caller.has(*_STAFF) and ruling.sensitivity != "sealed"


def ruling_list(caller: Caller, *, category: str | None, standing: bool | None) -> Document:
    """The same as a filter, narrowed by what was asked for."""
    asked: Document = {}
    if category is not None:
        asked["scope.category"] = category
    if standing is not None:
        asked["standing"] = standing
    if not caller.has(*_STAFF):
        return {"_id": {"$in": []}}
    seen: list[Document] = [{"sensitivity": {"$nin": ["sealed", _RESTRICTED]}}]
    if caller.has("centre") and caller.area:
        seen.append({"area_path": caller.area})
    if caller.has("attendant") and caller.area:
        seen.append({"sensitivity": _RESTRICTED, "area_path": caller.area})
    if caller.has("handler", "centre") and caller.unit:
        seen.append({"sensitivity": _RESTRICTED, "unit": caller.unit})
    return {**asked, "$or": seen}


async def rulings(mongo: Mongo, caller: Caller, ids: Sequence[str]) -> list[Ruling | None]:
    """Rulings by id, in the order asked for."""
    rows = await mongo[RULINGS.collection.name].find({"_id": {"$in": list(ids)}}).to_list(None)
    found = {row["_id"]: RULINGS.from_document(row) for row in rows}
    return [ruling if (ruling := found.get(one)) and sees(caller, ruling) else None for one in ids]
