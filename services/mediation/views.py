"""Reads for queries and loaders, filtered by what the caller may see."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from services.chassis.errors import NotFound
from services.chassis.identity import Caller
from services.chassis.mongo import Document, Mongo, maybe_await
from services.mediation.access import Sight, in_person, listed, sight
from services.mediation.model import DisputeType, MediationCase, Outcome, State
from services.mediation.store import AREAS, CASES


async def load_case(mongo: Mongo, case_id: str) -> MediationCase:
    """A case whoever asks. Raises NotFound."""
    document = await mongo[CASES.collection.name].find_one({"_id": case_id})
    if document is None:
        raise NotFound(what=CASES.what)
    return CASES.from_document(document)


async def visible_cases(mongo: Mongo, caller: Caller | None, ids: Sequence[str]) -> list[MediationCase | None]:
    """The cases with these ids, None for each that is not there for the caller."""
    found = await _read(mongo, {"_id": {"$in": list(ids)}})
    by_id = {case.id: case for case in found if sight(caller, case) > Sight.NOTHING}
    return [by_id.get(case_id) for case_id in ids]


async def visible_cases_of_reports(
    mongo: Mongo, caller: Caller | None, report_ids: Sequence[str]
) -> list[MediationCase | None]:
    """Each report's newest case, None where there is none for the caller."""
    found = await _read(mongo, {"report_id": {"$in": list(report_ids)}})
    newest: dict[str | None, MediationCase] = {}
    for case in sorted(found, key=lambda case: case.registered_at):
        newest[case.report_id] = case
    cases = [newest.get(report_id) for report_id in report_ids]
    return [case if case and sight(caller, case) > Sight.NOTHING else None for case in cases]


async def open_case_of_report(mongo: Mongo, report_id: str) -> MediationCase | None:
    """The report's case that has not come to its end yet."""
    ended = [state.value for state in (State.DECLINED, State.FAILED, State.REFERRED, State.ARCHIVED, State.CLOSED)]
    found = await _read(mongo, {"report_id": report_id, "state": {"$nin": [*ended, State.FULFILLED.value]}})
    return found[0] if found else None


async def _read(mongo: Mongo, where: Mapping[str, Any]) -> list[MediationCase]:
    documents: list[Document] = await mongo[CASES.collection.name].find(where).to_list(None)
    return [CASES.from_document(document) for document in documents]


class CaseQuery(msgspec.Struct, frozen=True, kw_only=True):
    """What a list is narrowed to; `mine` leaves out what the caller sees by post only."""

    state: State | None = None
    dispute_type: DisputeType | None = None
    room: str | None = None
    mediator: str | None = None
    mine: bool = False


def where(caller: Caller, query: CaseQuery) -> dict[str, Any]:
    """The filter of a list for this caller."""
    narrowed: dict[str, Any] = {}
    if query.state is not None:
        narrowed["state"] = query.state.value
    if query.dispute_type is not None:
        narrowed["dispute_type"] = query.dispute_type.value
    if query.room is not None:
        narrowed["room.post"] = query.room
    if query.mediator is not None:
        narrowed["mediator.post"] = query.mediator
    return narrowed | (in_person(caller) if query.mine else listed(caller))


async def area_path_of(mongo: Mongo, area_id: str) -> list[str] | None:
    """Ids from the district down to this area, None for an unknown one."""
    document = await mongo[AREAS.name].find_one({"_id": area_id})
    path: list[str] | None = document["path"] if document else None
    return path


class RoomRecord(msgspec.Struct, kw_only=True):
    """How a room's cases ended (M-05)."""

    post: str
    cases: int = 0
    agreed: int = 0
    failed: int = 0
    no_consent: int = 0
    declined: int = 0
    referred: int = 0
    paid_fen: int = 0

    @property
    def settlement_rate(self) -> float | None:
        """agreed / (agreed + failed + closed for want of consent), None before the first end (§3.5)."""
        mediated = self.agreed + self.failed + self.no_consent
        return self.agreed / mediated if mediated else None


async def room_record(mongo: Mongo, caller: Caller, post: str) -> RoomRecord | None:
    """The record of the room with this post over the cases in the caller's area; None when the caller is not staff."""
    if caller.area is None or not caller.has("mediator", "centre"):
        return None
    pipeline: list[Mapping[str, Any]] = [
        {"$match": {"room.post": post, "area_path": caller.area}},
        {"$group": {"_id": "$outcome", "cases": {"$sum": 1}, "paid_fen": {"$sum": "$amounts.paid_fen"}}},
    ]
    cursor = await maybe_await(mongo[CASES.collection.name].aggregate(pipeline))
    record = RoomRecord(post=post)
    counted = {
        Outcome.AGREED: "agreed",
        Outcome.FAILED: "failed",
        Outcome.NO_CONSENT: "no_consent",
        Outcome.DECLINED: "declined",
        Outcome.REFERRED: "referred",
    }
    for group in await cursor.to_list(None):
        record.cases += group["cases"]
        record.paid_fen += group["paid_fen"]
        if name := counted.get(group["_id"]):
            setattr(record, name, group["cases"])
    return record
