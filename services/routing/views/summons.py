"""Summonses as a caller may see them."""

from collections.abc import Sequence

from services.chassis.identity import Caller
from services.chassis.mongo import Document, Mongo
from services.routing.access.summons import sees_summons, visible_summonses
from services.routing.model.ladder.summons import Summons, SummonsState
from services.routing.store.summons import SUMMONSES

SUMMONS_ROWS = SUMMONSES.collection.name


async def summonses(mongo: Mongo, caller: Caller, ids: Sequence[str]) -> list[Summons | None]:
    """Summonses by id, in the order asked for; None for what the caller does not see."""
    rows = await mongo[SUMMONS_ROWS].find({"_id": {"$in": list(ids)}}).to_list(None)
    found = {row["_id"]: SUMMONSES.from_document(row) for row in rows}
    asked = (found.get(summons_id) for summons_id in ids)
    return [one if one and sees_summons(caller, one) else None for one in asked]


async def summonses_of_reports(mongo: Mongo, caller: Caller, report_ids: Sequence[str]) -> list[list[Summons]]:
    """The visible summonses of each report, oldest first."""
    rows = mongo[SUMMONS_ROWS].find({"whistle.report_id": {"$in": list(report_ids)}}).sort("_id", 1)
    found = [SUMMONSES.from_document(row) async for row in rows]
    seen = [one for one in found if sees_summons(caller, one)]
    return [[one for one in seen if one.whistle.report_id == report_id] for report_id in report_ids]


def summons_list(
    caller: Caller,
    *,
    state: SummonsState | None = None,
    area: str | None = None,
    caller_unit: str | None = None,
    awaited_post: str | None = None,
) -> Document | None:
    """The filter of a list: what the caller sees, narrowed by what was asked for; None when there can be nothing."""
    visible = visible_summonses(caller)
    if visible is None:
        return None
    asked = {
        "state": state,
        "whistle.area_path": area,
        "caller.unit": caller_unit,
        "awaited_posts": awaited_post,
    }
    parts = [visible, {key: value for key, value in asked.items() if value is not None}]
    return {"$and": [part for part in parts if part]}
