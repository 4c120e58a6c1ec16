"""Meetings and their series as a caller may see them."""

from collections import defaultdict
from collections.abc import Sequence

from services.chassis.identity import Caller
from services.chassis.mongo import Document, Mongo
from services.routing.access.meeting import sees_meeting, visible_meetings, visible_series
from services.routing.model.directive.meeting import Meeting, MeetingKind, MeetingState
from services.routing.store.meeting import MEETINGS
from services.routing.views.directive import narrowed

_NAME = MEETINGS.collection.name


async def meetings(mongo: Mongo, caller: Caller, ids: Sequence[str]) -> list[Meeting | None]:
    """Meetings by id, in the order asked for; None where the caller sees none."""
    rows = await mongo[_NAME].find({"_id": {"$in": list(ids)}}).to_list(None)
    found = {row["_id"]: MEETINGS.from_document(row) for row in rows}
    seen = {key: meeting for key, meeting in found.items() if sees_meeting(caller, meeting)}
    return [seen.get(meeting_id) for meeting_id in ids]


async def meetings_of_orders(mongo: Mongo, caller: Caller, order_ids: Sequence[str]) -> list[list[Meeting]]:
    """For each order the visible meetings that were convened on it or decided something it carries out, oldest first."""
    asked = {"$in": list(order_ids)}
    rows = await mongo[_NAME].find({"$or": [{"order_id": asked}, {"decisions.work_order_id": asked}]}).to_list(None)
    found: defaultdict[str, list[Meeting]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: str(row["_id"])):
        meeting = MEETINGS.from_document(row)
        if sees_meeting(caller, meeting):
            for order_id in {meeting.order_id, *(decision.work_order_id for decision in meeting.decisions)} - {None}:
                found[str(order_id)].append(meeting)
    return [found[order_id] for order_id in order_ids]


def meeting_list(
    caller: Caller,
    *,
    kind: MeetingKind | None,
    state: MeetingState | None,
    area: str | None,
    series: str | None,
) -> Document:
    """The filter of a list: what the caller sees, narrowed by what was asked for."""
    return narrowed(
        visible_meetings(caller),
        {"scope.kind": kind.value} if kind else {},
        {"state": state.value} if state else {},
        {"scope.area_path": area} if area else {},
        {"series_id": series} if series else {},
    )


def series_list(caller: Caller, *, kind: MeetingKind | None, area: str | None) -> Document:
    """The same for series that still meet."""
    return narrowed(
        visible_series(caller),
        {"ended_at": None},
        {"scope.kind": kind.value} if kind else {},
        {"scope.area_path": area} if area else {},
    )
