"""Directives and supervisions as a caller may see them."""

from collections import defaultdict
from collections.abc import Sequence

from services.chassis.identity import Caller
from services.chassis.mongo import Document, Mongo
from services.routing.access.directive import sees_directive, sees_supervision, visible_directives, visible_supervisions
from services.routing.model.directive.directive import Directive, DirectiveKind, DirectiveState
from services.routing.model.directive.supervision import Supervision, SupervisionLevel, SupervisionState
from services.routing.store.directive import DIRECTIVES
from services.routing.store.supervision import SUPERVISIONS

_DIRECTIVES = DIRECTIVES.collection.name
_SUPERVISIONS = SUPERVISIONS.collection.name


async def directives(mongo: Mongo, caller: Caller, ids: Sequence[str]) -> list[Directive | None]:
    """Directives by id, in the order asked for; None where the caller sees none."""
    rows = await mongo[_DIRECTIVES].find({"_id": {"$in": list(ids)}}).to_list(None)
    found = {row["_id"]: DIRECTIVES.from_document(row) for row in rows}
    seen = {key: directive for key, directive in found.items() if sees_directive(caller, directive)}
    return [seen.get(directive_id) for directive_id in ids]


async def supervisions(mongo: Mongo, caller: Caller, ids: Sequence[str]) -> list[Supervision | None]:
    """Supervisions by id, in the order asked for; None where the caller sees none."""
    rows = await mongo[_SUPERVISIONS].find({"_id": {"$in": list(ids)}}).to_list(None)
    found = {row["_id"]: SUPERVISIONS.from_document(row) for row in rows}
    seen = {key: supervision for key, supervision in found.items() if sees_supervision(caller, supervision)}
    return [seen.get(supervision_id) for supervision_id in ids]


async def supervisions_about(mongo: Mongo, caller: Caller, subjects: Sequence[str]) -> list[list[Supervision]]:
    """The visible supervisions about each order, directive (with its parts) or part, oldest first."""
    about = {"$in": list(subjects)}
    rows = await mongo[_SUPERVISIONS].find({"$or": [{"subject.id": about}, {"subject.parent_id": about}]}).to_list(None)
    found: defaultdict[str, list[Supervision]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: str(row["_id"])):
        supervision = SUPERVISIONS.from_document(row)
        if sees_supervision(caller, supervision):
            found[supervision.subject.id].append(supervision)
            if supervision.subject.parent_id:
                found[supervision.subject.parent_id].append(supervision)
    return [found[subject] for subject in subjects]


def directive_list(
    caller: Caller,
    *,
    kind: DirectiveKind | None,
    state: DirectiveState | None,
    area: str | None,
    unit: str | None,
    overdue: bool | None,
    project: bool | None,
) -> Document:
    """The filter of a list: what the caller sees, narrowed by what was asked for."""
    return narrowed(
        visible_directives(caller),
        {"kind": kind.value} if kind else {},
        {"state": state.value} if state else {},
        {"area_path": area} if area else {},
        {"addressees.unit": unit} if unit else {},
        {} if overdue is None else {"supervised": {"$gt": 0} if overdue else 0},
        {} if project is None else {"project": {"$ne": None} if project else None},
    )


def supervision_list(
    caller: Caller,
    *,
    state: SupervisionState | None,
    level: SupervisionLevel | None,
    area: str | None,
    unit: str | None,
) -> Document:
    """The same for supervisions."""
    return narrowed(
        visible_supervisions(caller),
        {"state": state.value} if state else {},
        {"level": level.value} if level else {},
        {"subject.area_path": area} if area else {},
        {"unit": unit} if unit else {},
    )


def narrowed(*parts: Document) -> Document:
    """Documents that satisfy each part; flat where the keys differ, so that the planner sees one index."""
    asked = [part for part in parts if part]
    keys = [key for part in asked for key in part]
    if len(set(keys)) == len(keys):
        return {key: value for part in asked for key, value in part.items()}
    return {"$and": asked}


def to_answer(post: str) -> Document:
    """The filter of what a post still has to answer; order it by `answer_due_at`."""
    return {"post": post, "state": SupervisionState.OPEN}
