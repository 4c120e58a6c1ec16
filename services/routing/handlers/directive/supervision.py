"""Commands on supervisions, and what other commands and timers use: a level opened by rule, and the end with its subject."""

from collections.abc import Sequence

from services.chassis.errors import NotFound
from services.chassis.events import Actor, EventData
from services.chassis.identity import Caller
from services.chassis.unit_of_work import Store, UnitOfWork
from services.routing.access.directive import (
    require_centre_of,
    require_directive,
    require_supervised,
    require_supervision,
)
from services.routing.access.order import require_centre
from services.routing.errors.common import UnknownPost
from services.routing.errors.supervision import NothingToSupervise
from services.routing.handlers.commands import change, create
from services.routing.handlers.ladder.notice import tell
from services.routing.model.directive.directive import DirectiveState
from services.routing.model.directive.key_task import KeyTask
from services.routing.model.directive.supervision import Subject, SubjectKind, Supervision, SupervisionLevel
from services.routing.model.ladder.notice import NoticeKind
from services.routing.model.organisation.directory import Directory
from services.routing.store.directive import DIRECTIVES
from services.routing.store.supervision import SUPERVISIONS
from services.routing.store.work_order import WORK_ORDERS

_OVERDUE = "逾期未完成 (overdue)"
_SUBJECT_ENDED = "事项已完成 (the matter has ended)"


async def open_supervision(
    store: Store,
    directory: Directory,
    caller: Caller,
    key: str,
    kind: SubjectKind,
    subject_id: str,
    level: SupervisionLevel,
    post_id: str | None,
    reason: str,
) -> Supervision:
    """A centre supervises by hand; `post_id` is needed for a directive with several addressees. Raises Refusal, StoreError."""

    async def decide(unit: UnitOfWork) -> tuple[Supervision, Sequence[EventData]]:
        subject, owing = await _subject(unit, caller, kind, subject_id)
        chosen = post_id or (owing[0] if len(owing) == 1 else "")
        post = directory.posts.get(chosen)
        if post is None or chosen not in owing:
            raise UnknownPost(path=("postId",), post=chosen)
        supervision, events = Supervision.start(
            *(subject, level, post, reason),
            superiors=superiors(directory, post.unit_id, caller.post),
            answer_within=directory.policy.answer_supervision(level),
            by_rule=False,
            now=unit.now,
            by=caller.actor,
        )
        _tell(unit, directory, supervision)
        return supervision, events

    given = [kind, subject_id, level, post_id, reason]
    return await create(store, SUPERVISIONS, caller, "openSupervision", key, given, decide)


async def answer_supervision(store: Store, caller: Caller, key: str, supervision_id: str, text: str) -> Supervision:
    """The addressed post answers. Raises Refusal, StoreError."""

    async def decide(unit: UnitOfWork, supervision: Supervision) -> Sequence[EventData]:
        require_supervised(caller, supervision)
        return supervision.answer(text, unit.now, caller.actor)

    return await change(store, SUPERVISIONS, caller, "answerSupervision", key, supervision_id, [text], decide)


async def settle_supervision(store: Store, caller: Caller, key: str, supervision_id: str, note: str) -> Supervision:
    """The centre is content with what came of it. Raises Refusal, StoreError."""

    async def decide(unit: UnitOfWork, supervision: Supervision) -> Sequence[EventData]:
        require_supervision(caller, supervision)
        require_centre_of(caller, supervision.subject.area_path)
        return supervision.settle(note, unit.now, caller.actor)

    return await change(store, SUPERVISIONS, caller, "settleSupervision", key, supervision_id, [note], decide)


async def step_supervision(store: Store, supervision_id: str) -> None:
    """The clock's own step: an answer that did not come is announced once."""

    async def attempt(unit: UnitOfWork) -> None:
        supervision = await unit.get(SUPERVISIONS, supervision_id)
        unit.save(SUPERVISIONS, supervision, supervision.step(unit.now))

    await store.run(attempt)


def supervise_by_rule(
    unit: UnitOfWork,
    directory: Directory,
    subject: Subject,
    level: SupervisionLevel,
    posts: Sequence[str],
    superior: str | None,
) -> None:
    """Stage a level of supervision for each of `posts` that still exists; `superior` is told where no unit stands above."""
    for post in filter(None, map(directory.posts.get, posts)):
        supervision, events = Supervision.start(
            *(subject, level, post, _OVERDUE),
            superiors=superiors(directory, post.unit_id, superior),
            answer_within=directory.policy.answer_supervision(level),
            by_rule=True,
            now=unit.now,
            by=Actor(),
        )
        unit.add(SUPERVISIONS, supervision, events)
        _tell(unit, directory, supervision)


def _tell(unit: UnitOfWork, directory: Directory, supervision: Supervision) -> None:
    """The addressed post has a notice, and so have its superiors where they are to know."""
    about = supervision.subject
    told = dict.fromkeys((supervision.post, *supervision.superiors))
    for post in filter(None, map(directory.posts.get, told)):
        tell(
            *(unit, NoticeKind.SUPERVISION),
            source=supervision.id,
            post=post.id,
            org_unit=post.unit_id,
            subject_kind="order" if about.kind is SubjectKind.WORK_ORDER else about.kind,
            subject_id=about.id,
            number=about.number,
        )


async def settle_with_subject(unit: UnitOfWork, subject_id: str) -> None:
    """Stage the end of every open supervision about a matter (or a part of it) that has ended."""
    about = {"open": True, "$or": [{"subject.id": subject_id}, {"subject.parent_id": subject_id}]}
    async for row in unit.mongo[SUPERVISIONS.collection.name].find(about):
        supervision = unit.known(SUPERVISIONS, row)
        unit.save(SUPERVISIONS, supervision, supervision.settle(_SUBJECT_ENDED, unit.now, unit.actor, by_rule=True))


def superiors(directory: Directory, unit_id: str, otherwise: str | None) -> tuple[str, ...]:
    """The posts of the unit above; where there is none, the post `otherwise`."""
    parent = directory.units[unit_id].parent_id
    above = tuple(post.id for post in directory.posts.values() if parent and post.unit_id == parent)
    return above or ((otherwise,) if otherwise else ())


async def _subject(unit: UnitOfWork, caller: Caller, kind: SubjectKind, subject_id: str) -> tuple[Subject, list[str]]:
    """What is to be supervised, and the posts that owe something on it. Raises Refusal."""
    if kind is SubjectKind.WORK_ORDER:
        order = await unit.get(WORK_ORDERS, subject_id)
        require_centre(caller, order)
        if not order.open:
            raise NothingToSupervise(path=("subjectId",))
        return Subject(kind=kind, id=order.id, number=order.number, area_path=order.area_path), [order.lead_post]
    directive_id = subject_id
    if kind is SubjectKind.DIRECTIVE_PART:
        row = await unit.mongo[DIRECTIVES.collection.name].find_one({"parts.id": subject_id}, {"_id": 1})
        if row is None:
            raise NotFound(what=DIRECTIVES.what)
        directive_id = row["_id"]
    directive = await unit.get(DIRECTIVES, directive_id)
    require_directive(caller, directive)
    require_centre_of(caller, directive.area_path)
    if not directive.open or directive.state is DirectiveState.DRAFTED:
        raise NothingToSupervise(path=("subjectId",))
    if kind is SubjectKind.DIRECTIVE_PART and isinstance(directive, KeyTask):
        part = directive.part(subject_id)
        path = directive.area_path
        part_of = Subject(kind=kind, id=part.id, number=directive.number, area_path=path, parent_id=directive.id)
        return part_of, [part.post]
    posts = [addressee.post for addressee in directive.addressees]
    kind = SubjectKind.DIRECTIVE
    return Subject(kind=kind, id=directive.id, number=directive.number, area_path=directive.area_path), posts
