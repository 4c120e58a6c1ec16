"""The register of responders: who is near, lists, and what employers are told."""

from collections.abc import Sequence

from services.chassis.identity import Caller
from services.chassis.mongo import Document, Mongo
from services.routing.model.dispatch.nearest import Need
from services.routing.model.dispatch.responder import Availability, Responder
from services.routing.model.organisation.point import Point
from services.routing.store.responder import REGISTER

RESPONDERS = REGISTER.collection.name
NEAR_LIMIT = 200
_AT_WORK = [availability.value for availability in Availability if availability is not Availability.OFF]


async def near(
    mongo: Mongo, point: Point, within_m: float, limit: int, where: Document | None = None
) -> Sequence[Responder]:
    """Who is at work within `within_m` metres of a point, nearest first, at most `limit`."""
    here = {"type": "Point", "coordinates": [point.lon, point.lat]}
    query: Document = {
        "place": {"$nearSphere": {"$geometry": here, "$maxDistance": within_m}},
        "availability": {"$in": _AT_WORK},
        **(where or {}),
    }
    rows = await mongo[RESPONDERS].find(query).limit(limit).to_list(limit)
    return [REGISTER.from_document(row) for row in rows]


async def around(mongo: Mongo, need: Need) -> Sequence[Responder]:
    """Those a ranking looks at: the nearest at work, whatever they are doing."""
    return await near(mongo, need.point, need.within_m, NEAR_LIMIT)


async def by_ids(mongo: Mongo, ids: Sequence[str]) -> list[Responder | None]:
    """Entries by id, in the order asked for."""
    rows = await mongo[RESPONDERS].find({"_id": {"$in": list(ids)}}).to_list(None)
    found = {row["_id"]: REGISTER.from_document(row) for row in rows}
    return [found.get(responder_id) for responder_id in ids]


async def of_person(mongo: Mongo, person_id: str) -> Responder | None:
    """A person's own entry."""
    row = await mongo[RESPONDERS].find_one({"person_id": person_id, "retired": False})
    return REGISTER.from_document(row) if row else None


async def of_employer(mongo: Mongo, caller: Caller, employer: str) -> Sequence[Responder]:
    """The reservists of an employer whose home lies in the caller's area."""
    where = {"employer": employer, "area_path": caller.area, "retired": False}
    rows = await mongo[RESPONDERS].find(where).sort("_id", 1).to_list(None)
    return [REGISTER.from_document(row) for row in rows]


def register_list(
    caller: Caller, *, area: str | None, kind: str | None, availability: Availability | None, skill: str | None
) -> Document:
    """The filter of a list: entries whose home lies in the caller's area, narrowed by what was asked for."""
    where: Document = {"area_path": caller.area, "retired": False}
    for key, value in (("kind", kind), ("availability", availability), ("skills", skill)):
        if value is not None:
            where[key] = value
    return where if area in (None, caller.area) else {"$and": [where, {"area_path": area}]}
