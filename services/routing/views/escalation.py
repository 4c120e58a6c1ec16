"""Escalations and notices as a caller may see them."""

from collections import defaultdict
from collections.abc import Sequence

from services.chassis.identity import Caller
from services.chassis.mongo import Document, Mongo
from services.routing.access.escalation import sees_escalation, visible_escalations
from services.routing.model.ladder.escalation import Escalation
from services.routing.model.ladder.escalation_parts import EscalationState, SubjectKind
from services.routing.model.ladder.notice import Notice
from services.routing.store.escalation import ESCALATIONS
from services.routing.store.notice import NOTICES

ESCALATION_ROWS = ESCALATIONS.collection.name
NOTICE_ROWS = NOTICES.collection.name


async def escalations(mongo: Mongo, caller: Caller, ids: Sequence[str]) -> list[Escalation | None]:
    """Escalations by id, in the order asked for; None for what the caller does not see."""
    rows = await mongo[ESCALATION_ROWS].find({"_id": {"$in": list(ids)}}).to_list(None)
    found = {row["_id"]: ESCALATIONS.from_document(row) for row in rows}
    seen = (found.get(escalation_id) for escalation_id in ids)
    return [one if one and sees_escalation(caller, one) else None for one in seen]


async def escalations_of(
    mongo: Mongo, caller: Caller, subjects: Sequence[tuple[SubjectKind, str]]
) -> list[list[Escalation]]:
    """The visible escalations of each subject, oldest first."""
    found: defaultdict[tuple[str, str], list[Escalation]] = defaultdict(list)
    for kind in {kind for kind, _ in subjects}:
        ids = [subject_id for own, subject_id in subjects if own is kind]
        where = {"subject.kind": kind.value, "subject.id": {"$in": ids}}
        async for row in mongo[ESCALATION_ROWS].find(where).sort("_id", 1):
            one = ESCALATIONS.from_document(row)
            if sees_escalation(caller, one):
                found[kind, one.subject.id].append(one)
    return [found[subject] for subject in subjects]


def escalation_list(
    caller: Caller,
    *,
    state: EscalationState | None = None,
    area: str | None = None,
    post: str | None = None,
    unit: str | None = None,
) -> Document | None:
    """The filter of a list: what the caller sees, narrowed by what was asked for; None when there can be nothing."""
    visible = visible_escalations(caller)
    if visible is None:
        return None
    asked = {"state": state, "subject.area_path": area, "owner_posts": post, "owner_units": unit}
    parts = [visible, {key: value for key, value in asked.items() if value is not None}]
    return {"$and": [part for part in parts if part]}


async def notice(mongo: Mongo, caller: Caller, notice_id: str) -> Notice | None:
    """A notice to the caller's post, or to the caller on duty for it."""
    row = await mongo[NOTICE_ROWS].find_one({"_id": notice_id})
    found = NOTICES.from_document(row) if row else None
    return found if found and found.is_for(caller.post, caller.person) else None


def notice_list(caller: Caller, *, unread: bool) -> Document:
    """The filter of the notices to the caller's post, and to the caller on duty for another."""
    where: Document = {"people": caller.person}
    if caller.post:
        where = {"$or": [{"post": caller.post}, where]}
    return {**where, "unread": True} if unread else where
