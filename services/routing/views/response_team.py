"""Teams and their templates: by id, of a member, lists."""

from collections.abc import Sequence

from services.chassis.identity import Caller
from services.chassis.mongo import Document, Mongo
from services.routing.model.dispatch.response_team import Team, TeamState, TeamTemplate
from services.routing.store.response_team import TEAM_TEMPLATES, TEAMS

TEAM_LIST = TEAMS.collection.name


async def by_id(mongo: Mongo, team_id: str) -> Team | None:
    """A team."""
    row = await mongo[TEAM_LIST].find_one({"_id": team_id})
    return TEAMS.from_document(row) if row else None


async def of_member(mongo: Mongo, responder_ids: Sequence[str], but: str) -> Team | None:
    """A team other than `but` that has one of these and has not stood down."""
    where = {"members.responder_id": {"$in": list(responder_ids)}, "manned": True, "_id": {"$ne": but}}
    row = await mongo[TEAM_LIST].find_one(where)
    return TEAMS.from_document(row) if row else None


async def templates(mongo: Mongo) -> list[TeamTemplate]:
    """Every template, oldest first."""
    rows = mongo[TEAM_TEMPLATES.collection.name].find({}).sort("_id", 1)
    return [TEAM_TEMPLATES.from_document(row) async for row in rows]


def team_list(caller: Caller, own_id: str | None, area: str | None, state: TeamState | None) -> Document:
    """The filter of a list: for staff the teams of their area, for others those they are in."""
    staff = caller.has("centre", "handler", "attendant") and caller.area is not None
    where: Document = {"area_path": caller.area} if staff else {"members.responder_id": own_id or ""}
    if state is not None:
        where["state"] = state
    return where if area in (None, caller.area) else {"$and": [where, {"area_path": area}]}
