"""Commands on directives of all three kinds, and the step of their clock: check the caller, load, one method of the model, save."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

import msgspec

from services.chassis.errors import NotFound, RoleMissing
from services.chassis.events import EventData
from services.chassis.identity import Caller
from services.chassis.unit_of_work import Store, UnitOfWork
from services.routing.access.directive import manages, require_directive, require_manager
from services.routing.directory import LiveDirectory
from services.routing.errors.directive import NotAddressed
from services.routing.events.directive import DirectiveOverdue
from services.routing.handlers.commands import change, create
from services.routing.handlers.directive.supervision import settle_with_subject, supervise_by_rule
from services.routing.handlers.field.lookups import known_area, known_post
from services.routing.handlers.ladder.notice import tell
from services.routing.model.directive.directive import Brief, Directive, DirectiveState
from services.routing.model.directive.first_agenda import Attendance, FirstAgenda, FollowUpBrief
from services.routing.model.directive.key_task import KeyTask, PartBrief, Project
from services.routing.model.directive.red_line import RedLine, Rhythm
from services.routing.model.directive.supervision import LEVELS, Subject, SubjectKind
from services.routing.model.ladder.notice import NoticeKind
from services.routing.model.order.evidence import Evidence
from services.routing.model.organisation.directory import Directory
from services.routing.store.directive import DIRECTIVES

D = TypeVar("D", bound=Directive)
_Check = Callable[[Caller, Directive], None]
# In these states nothing is owed any more on what supervision was about.
_NOTHING_OWED = frozenset(
    {
        DirectiveState.ACCEPTED,
        DirectiveState.CLOSED,
        DirectiveState.REVOKED,
        DirectiveState.STUDIED,
        DirectiveState.LIFTED,
    }
)


class Heading(msgspec.Struct, frozen=True, kw_only=True):
    """What the drafter of any directive gives: texts, where it holds, to whom it goes."""

    title: str
    text: str
    area_id: str
    post_ids: tuple[str, ...]


async def draft_key_task(
    store: Store,
    directory: Directory,
    caller: Caller,
    key: str,
    heading: Heading,
    *,
    due_at: datetime,
    acknowledge_by: datetime,
    cadence: timedelta,
    parts: Sequence[PartBrief],
    project: Project | None,
) -> Directive:
    """A centre drafts a key task in its area. Raises Refusal, StoreError."""

    def draft(brief: Brief, now: datetime) -> tuple[Directive, Sequence[EventData]]:
        return KeyTask.draft(
            brief,
            due_at=due_at,
            acknowledge_by=acknowledge_by,
            cadence=cadence,
            parts=parts,
            project=project,
            now=now,
            by=caller.actor,
        )

    given = [due_at, acknowledge_by, cadence, msgspec.to_builtins(parts), msgspec.to_builtins(project)]
    return await _draft(store, directory, caller, "draftKeyTask", key, heading, given, draft)


async def draft_first_agenda(
    store: Store, directory: Directory, caller: Caller, key: str, heading: Heading, due_at: datetime
) -> Directive:
    """A centre drafts a first agenda item in its area. Raises Refusal, StoreError."""
    return await _draft(
        *(store, directory, caller, "draftFirstAgenda", key, heading, [due_at]),
        lambda brief, now: FirstAgenda.draft(brief, due_at=due_at, now=now, by=caller.actor),
    )


async def draft_red_line(
    store: Store, directory: Directory, caller: Caller, key: str, heading: Heading, rhythm: Rhythm
) -> Directive:
    """A centre drafts a red line in its area. Raises Refusal, StoreError."""
    return await _draft(
        *(store, directory, caller, "draftRedLine", key, heading, [rhythm]),
        lambda brief, now: RedLine.draft(brief, rhythm=rhythm, now=now, by=caller.actor),
    )


async def issue_directive(store: Store, caller: Caller, key: str, directive_id: str) -> Directive:
    """A centre issues it; a red line is in force then. Raises Refusal, StoreError."""
    return await _act(
        *(store, caller, "issueDirective", key, directive_id, [], Directive, require_manager),
        lambda directive, now: directive.issue(now),
    )


async def acknowledge_directive(store: Store, caller: Caller, key: str, directive_id: str) -> Directive:
    """An addressee says that it has the task. Raises Refusal, StoreError."""
    return await _act(
        *(store, caller, "acknowledgeDirective", key, directive_id, [], KeyTask, require_directive),
        lambda task, now: task.acknowledge(now, caller.actor),
    )


async def break_down_key_task(
    store: Store, caller: Caller, key: str, directive_id: str, parts: Sequence[PartBrief]
) -> Directive:
    """A centre divides the task by weight. Raises Refusal, StoreError."""
    return await _act(
        *(store, caller, "breakDownKeyTask", key, directive_id, [msgspec.to_builtins(parts)], KeyTask),
        *(require_manager, lambda task, now: task.break_down(parts, now)),
    )


async def report_progress(
    store: Store,
    caller: Caller,
    key: str,
    directive_id: str,
    part_id: str,
    percent: int,
    text: str,
    evidence: Sequence[Evidence],
    spent_fen: int | None,
) -> Directive:
    """The unit of a part reports. Raises Refusal, StoreError."""
    given = [part_id, percent, text, msgspec.to_builtins(evidence), spent_fen]
    return await _act(
        *(store, caller, "reportProgress", key, directive_id, given, KeyTask, require_directive),
        lambda task, now: task.report(part_id, percent, text, evidence, spent_fen, now, caller.actor),
    )


async def submit_key_task(
    store: Store, caller: Caller, key: str, directive_id: str, summary: str, evidence: Sequence[Evidence]
) -> Directive:
    """An addressee hands the whole in. Raises Refusal, StoreError."""
    given = [summary, msgspec.to_builtins(evidence)]
    return await _act(
        *(store, caller, "submitKeyTask", key, directive_id, given, KeyTask, require_directive),
        lambda task, now: task.submit(summary, evidence, now, caller.actor),
    )


async def accept_key_task(store: Store, caller: Caller, key: str, directive_id: str) -> Directive:
    """A centre is satisfied. Raises Refusal, StoreError."""
    return await _act(
        *(store, caller, "acceptKeyTask", key, directive_id, [], KeyTask, require_manager),
        lambda task, now: task.accept(now, caller.actor),
    )


async def return_key_task(
    store: Store, caller: Caller, key: str, directive_id: str, reason: str, due_at: datetime | None
) -> Directive:
    """A centre is not satisfied. Raises Refusal, StoreError."""
    return await _act(
        *(store, caller, "returnKeyTask", key, directive_id, [reason, due_at], KeyTask, require_manager),
        lambda task, now: task.give_back(reason, due_at, now, caller.actor),
    )


async def revoke_key_task(store: Store, caller: Caller, key: str, directive_id: str, reason: str) -> Directive:
    """A centre takes the task back. Raises Refusal, StoreError."""
    return await _act(
        *(store, caller, "revokeKeyTask", key, directive_id, [reason], KeyTask, require_manager),
        lambda task, now: task.revoke(reason, now),
    )


async def close_directive(store: Store, caller: Caller, key: str, directive_id: str) -> Directive:
    """A centre files an accepted task, or an item whose follow-ups are done. Raises Refusal, StoreError."""

    def close(directive: Directive, now: datetime) -> Sequence[EventData]:
        if isinstance(directive, KeyTask | FirstAgenda):
            return directive.close(now)
        raise NotFound(what="key task or first agenda item", path=("directiveId",))

    return await _act(store, caller, "closeDirective", key, directive_id, [], Directive, require_manager, close)


async def schedule_first_agenda(
    store: Store, caller: Caller, key: str, directive_id: str, at: datetime, place: str
) -> Directive:
    """An addressee or the centre sets the meeting. Raises Refusal, StoreError."""
    return await _act(
        *(store, caller, "scheduleFirstAgenda", key, directive_id, [at, place], FirstAgenda, _require_taking_part),
        lambda item, now: item.schedule(at, place, now),
    )


async def study_first_agenda(
    store: Store, caller: Caller, key: str, directive_id: str, minutes: str, attendance: Sequence[Attendance]
) -> Directive:
    """An addressee or the centre records the meeting. Raises Refusal, StoreError."""
    given = [minutes, msgspec.to_builtins(attendance)]
    return await _act(
        *(store, caller, "studyFirstAgenda", key, directive_id, given, FirstAgenda, _require_taking_part),
        lambda item, now: item.study(minutes, attendance, now, caller.actor),
    )


async def follow_up_first_agenda(
    store: Store,
    directory: Directory,
    caller: Caller,
    key: str,
    directive_id: str,
    follow_ups: Sequence[tuple[str, str, datetime]],
    reason_for_none: str | None,
) -> Directive:
    """Tasks as (text, post id, due) that the study led to, or why none. Raises Refusal, StoreError."""

    def act(item: FirstAgenda, now: datetime) -> Sequence[EventData]:
        briefs = [
            FollowUpBrief(
                text=text, post=known_post(directory, post_id, ("followUps", str(index), "postId")), due_at=due_at
            )
            for index, (text, post_id, due_at) in enumerate(follow_ups)
        ]
        return item.follow_up(briefs, reason_for_none, now)

    given = [list(follow_ups), reason_for_none]
    return await _act(
        store, caller, "followUpFirstAgenda", key, directive_id, given, FirstAgenda, _require_taking_part, act
    )


async def complete_follow_up(
    store: Store, caller: Caller, key: str, directive_id: str, follow_up_id: str, result: str
) -> Directive:
    """The post of a follow-up says what came of it. Raises Refusal, StoreError."""
    return await _act(
        *(store, caller, "completeFollowUp", key, directive_id, [follow_up_id, result], FirstAgenda, require_directive),
        lambda item, now: item.complete(follow_up_id, result, now, caller.actor),
    )


async def amend_red_line(
    store: Store, caller: Caller, key: str, directive_id: str, text: str, reason: str
) -> Directive:
    """A centre changes the text. Raises Refusal, StoreError."""
    return await _act(
        *(store, caller, "amendRedLine", key, directive_id, [text, reason], RedLine, require_manager),
        lambda line, now: line.amend(text, reason, now, caller.actor),
    )


async def lift_red_line(store: Store, caller: Caller, key: str, directive_id: str, reason: str) -> Directive:
    """A centre ends it. Raises Refusal, StoreError."""
    return await _act(
        *(store, caller, "liftRedLine", key, directive_id, [reason], RedLine, require_manager),
        lambda line, now: line.lift(reason, now),
    )


async def attest_red_line(
    store: Store, caller: Caller, key: str, directive_id: str, period: str, note: str | None
) -> Directive:
    """An addressee declares that it kept the line. Raises Refusal, StoreError."""
    return await _act(
        *(store, caller, "attestRedLine", key, directive_id, [period, note], RedLine, require_directive),
        lambda line, now: line.attest(period, note, now, caller.actor),
    )


async def report_breach(
    store: Store, caller: Caller, key: str, directive_id: str, post_id: str, text: str, evidence: Sequence[Evidence]
) -> Directive:
    """Whoever sees the line reports a breach of it. Raises Refusal, StoreError."""
    given = [post_id, text, msgspec.to_builtins(evidence)]
    return await _act(
        *(store, caller, "reportBreach", key, directive_id, given, RedLine, require_directive),
        lambda line, now: line.report_breach(post_id, text, evidence, now, caller.actor),
    )


async def verify_breach(
    store: Store, caller: Caller, key: str, directive_id: str, breach_id: str, founded: bool, finding: str
) -> Directive:
    """A centre has looked into it. Raises Refusal, StoreError."""
    return await _act(
        *(store, caller, "verifyBreach", key, directive_id, [breach_id, founded, finding], RedLine, require_manager),
        lambda line, now: line.verify_breach(breach_id, founded, finding, now, caller.actor),
    )


async def handle_breach(
    store: Store, caller: Caller, key: str, directive_id: str, breach_id: str, measure: str
) -> Directive:
    """A centre has dealt with it. Raises Refusal, StoreError."""
    return await _act(
        *(store, caller, "handleBreach", key, directive_id, [breach_id, measure], RedLine, require_manager),
        lambda line, now: line.handle_breach(breach_id, measure, now, caller.actor),
    )


async def step_directive(store: Store, directory: LiveDirectory, directive_id: str) -> None:
    """The clock's own step: announce what is owed, and when the deadline has climbed, supervise who owes it (R-15)."""

    async def attempt(unit: UnitOfWork) -> None:
        directive = await unit.get(DIRECTIVES, directive_id)
        before = directive.supervised
        events = directive.step(unit.now)
        unit.save(DIRECTIVES, directive, events)
        _tell_late(unit, directory.current, directive, events)
        if directive.supervised > before:
            supervise_by_rule(
                *(unit, directory.current),
                Subject(
                    kind=SubjectKind.DIRECTIVE, id=directive.id, number=directive.number, area_path=directive.area_path
                ),
                LEVELS[directive.supervised - 1],
                directive.late_posts(),
                directive.issuer_post,
            )

    await store.run(attempt)


def _tell_late(unit: UnitOfWork, directory: Directory, directive: Directive, events: Sequence[EventData]) -> None:
    """Who owes something has a notice of it; of a deadline that has climbed the supervision tells."""
    late = [event for event in events if isinstance(event, DirectiveOverdue) and not event.level]
    for number, event in enumerate(late):
        for post in filter(None, map(directory.posts.get, event.posts)):
            tell(
                *(unit, NoticeKind.ACT),
                source=f"{directive.id}:{directive.version}:{number}",
                post=post.id,
                org_unit=post.unit_id,
                subject_kind=SubjectKind.DIRECTIVE,
                subject_id=directive.id,
                number=directive.number,
            )


async def _draft(
    store: Store,
    directory: Directory,
    caller: Caller,
    name: str,
    key: str,
    heading: Heading,
    given: Sequence[object],
    draft: Callable[[Brief, datetime], tuple[Directive, Sequence[EventData]]],
) -> Directive:
    async def decide(unit: UnitOfWork) -> tuple[Directive, Sequence[EventData]]:
        return draft(_brief(directory, caller, heading), unit.now)

    return await create(store, DIRECTIVES, caller, name, key, [msgspec.to_builtins(heading), *given], decide)


async def _act(
    store: Store,
    caller: Caller,
    name: str,
    key: str,
    directive_id: str,
    given: Sequence[object],
    kind: type[D],
    check: _Check,
    act: Callable[[D, datetime], Sequence[EventData]],
) -> Directive:
    async def decide(unit: UnitOfWork, directive: Directive) -> Sequence[EventData]:
        check(caller, directive)
        if not isinstance(directive, kind):
            raise NotFound(what=kind.KIND.value, path=("directiveId",))
        events = act(directive, unit.now)
        if directive.state in _NOTHING_OWED:
            await settle_with_subject(unit, directive.id)
        return events

    return await change(store, DIRECTIVES, caller, name, key, directive_id, given, decide)


def _brief(directory: Directory, caller: Caller, heading: Heading) -> Brief:
    if not caller.has("centre"):
        raise RoleMissing(roles="centre")
    area = known_area(directory, caller, heading.area_id)
    return Brief(
        title=heading.title,
        text=heading.text,
        area_id=area.id,
        area_path=area.path,
        climb_after=directory.policy.waits.directive_climb,
        posts=tuple(
            known_post(directory, post_id, ("posts", str(index))) for index, post_id in enumerate(heading.post_ids)
        ),
    )


def _require_taking_part(caller: Caller, directive: Directive) -> None:
    """Raises unless the caller manages the item or speaks for an addressee."""
    require_directive(caller, directive)
    if not manages(caller, directive.area_path):
        if not caller.has("handler", "centre"):
            raise NotAddressed
        directive.addressed(caller.actor)
