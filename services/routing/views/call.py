"""Calls as a caller may see them; what the rated may not know yet is left out here."""

import dataclasses
from collections.abc import Sequence
from datetime import UTC, datetime

from services.chassis.identity import Caller
from services.chassis.mongo import Document, Mongo
from services.routing.access.call import is_rated_blind, sees_call, visible_calls
from services.routing.model.ladder.call import Call, CallState
from services.routing.store.call import CALLS

CALL_ROWS = CALLS.collection.name
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclasses.dataclass(frozen=True)
class SeenCall:
    """A call, and whether the viewer is of those rated and must not know how."""

    call: Call
    blind: bool


def see(caller: Caller, call: Call) -> SeenCall | None:
    """The call as the caller sees it, None when not at all."""
    return SeenCall(call, is_rated_blind(caller, call)) if sees_call(caller, call) else None


def see_document(caller: Caller, document: Document) -> SeenCall | None:
    """The same of a stored call."""
    return see(caller, CALLS.from_document(document))


async def calls(mongo: Mongo, caller: Caller, ids: Sequence[str]) -> list[SeenCall | None]:
    """Calls by id, in the order asked for."""
    return await _by(mongo, caller, "_id", ids)


async def calls_of_reports(mongo: Mongo, caller: Caller, report_ids: Sequence[str]) -> list[SeenCall | None]:
    """The call of each report, where there is one that the caller sees."""
    return await _by(mongo, caller, "report_id", report_ids)


async def _by(mongo: Mongo, caller: Caller, field: str, values: Sequence[str]) -> list[SeenCall | None]:
    rows = await mongo[CALL_ROWS].find({field: {"$in": list(values)}}).to_list(None)
    found = {row[field]: see_document(caller, row) for row in rows}
    return [found.get(value) for value in values]


def call_list(
    caller: Caller,
    *,
    state: CallState | None = None,
    area: str | None = None,
    caller_unit: str | None = None,
    called_post: str | None = None,
    called_unit: str | None = None,
) -> Document | None:
    """The filter of a list: what the caller sees, narrowed by what was asked for; None when there can be nothing."""
    visible = visible_calls(caller)
    if visible is None:
        return None
    asked = {
        "state": state,
        "area_path": area,
        "caller_unit": caller_unit,
        "called_posts": called_post,
        "called_units": called_unit,
    }
    parts = [visible, {key: value for key, value in asked.items() if value is not None}]
    return {"$and": [part for part in parts if part]}


def owed_list(post: str) -> Document:
    """The filter of what a post must answer; order it by `due_at`."""
    return {"owing_posts": post, "due_at": {"$gt": _EPOCH}}
