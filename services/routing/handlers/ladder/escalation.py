"""Escalations: started by what goes wrong, acknowledged and released by owners, ended with their subject; the timer steps them.

`start`, `settle`, `cancel` and `progressed` stage their effect on the unit of work of the decision that calls for it.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from services.chassis.errors import RoleMissing
from services.chassis.events import Actor, EventData
from services.chassis.identity import Caller
from services.chassis.unit_of_work import Store, UnitOfWork
from services.routing.access.escalation import owned_post, require_escalation, require_release
from services.routing.access.staff import commands
from services.routing.events.escalation import (
    EscalationClimbed,
    EscalationConvened,
    EscalationNotified,
    EscalationSupervised,
)
from services.routing.handlers.commands import change
from services.routing.handlers.ladder.notice import tell
from services.routing.model.directive import supervision
from services.routing.model.ladder.escalation import Escalation
from services.routing.model.ladder.escalation_parts import Subject, SubjectKind, Trigger
from services.routing.model.ladder.notice import NoticeKind
from services.routing.model.organisation.directory import Directory
from services.routing.model.organisation.organisation import Post
from services.routing.model.texts import required
from services.routing.store.escalation import ESCALATIONS

_NOTICE_OF: dict[type[EventData], NoticeKind] = {
    EscalationNotified: NoticeKind.ACT,
    EscalationClimbed: NoticeKind.OWNER,
    EscalationConvened: NoticeKind.CONVENE,
    EscalationSupervised: NoticeKind.SUPERVISION,
}
# What is under supervision by a step, as the supervision calls it; of anything else the step only tells.
SUPERVISED = {
    SubjectKind.ORDER: supervision.SubjectKind.WORK_ORDER,
}


async def start(
    unit: UnitOfWork,
    directory: Directory,
    subject: Subject,
    trigger: Trigger,
    ladders: Iterable[str],
    reason: str = "",
) -> None:
    """Start these ladders for a subject. One that runs for it already goes on, with this trigger on its record and the subject's
    present owner among its owners; an id that the policy does not know starts nothing. Call it once in a unit of work with all
    the ladders, so that none is started twice."""
    await start_for_owners(unit, directory, [(subject, ladder) for ladder in ladders], trigger, reason)


async def start_for_owners(
    unit: UnitOfWork,
    directory: Directory,
    wanted: Sequence[tuple[Subject, str]],
    trigger: Trigger,
    reason: str = "",
) -> None:
    """The same for one subject that several posts owe something in: each (subject as that post owns it, ladder)."""
    if not wanted:
        return
    first = wanted[0][0]
    running = {escalation.ladder_id: (escalation, False) for escalation in await _open(unit, first.kind, first.id)}
    told: dict[str, list[EventData]] = {}
    for subject, ladder_id in dict.fromkeys(wanted):
        if ladder_id in running:
            escalation = running[ladder_id][0]
            _join(unit, directory, escalation, subject, trigger, reason)
            told.setdefault(ladder_id, [])
        elif ladder := directory.policy.ladder(ladder_id):
            escalation, events = Escalation.start(subject, ladder, directory, trigger, reason, unit.now)
            running[ladder_id] = (escalation, True)
            told[ladder_id] = events
    for ladder_id, events in told.items():
        escalation, new = running[ladder_id]
        (unit.add if new else unit.save)(ESCALATIONS, escalation, events)


def _join(
    unit: UnitOfWork, directory: Directory, running: Escalation, subject: Subject, trigger: Trigger, reason: str
) -> None:
    running.again(trigger, reason, unit.now)
    post = directory.posts.get(subject.owner_post)
    if running.join(subject.owner_post, subject.owner_unit, post.level if post else None, unit.now):
        at = f"joined:{len(running.owners)}"
        _tell(unit, running, NoticeKind.ACT, at, subject.owner_post, subject.owner_unit)


async def raise_by_hand(
    unit: UnitOfWork,
    directory: Directory,
    subject: Subject,
    ladder_id: str,
    to: Post,
    by: Actor,
    reason: str,
) -> None:
    """A raised call: `to` becomes an owner at once, in the running escalation or in one that starts now. Raises Refusal."""
    trigger = Trigger.RAISED_CALL
    running = next((one for one in await _open(unit, subject.kind, subject.id) if one.ladder_id == ladder_id), None)
    if running is not None:
        running.again(trigger, reason, unit.now)
        save(unit, running, running.raise_to(to, by, reason, unit.now))
    elif ladder := directory.policy.ladder(ladder_id):
        escalation, events = Escalation.start(subject, ladder, directory, trigger, reason, unit.now)
        events += escalation.raise_to(to, by, reason, unit.now)
        unit.add(ESCALATIONS, escalation, events)
        _tell_posts(unit, escalation, events)


async def release_with_subject(unit: UnitOfWork, kind: SubjectKind, subject_id: str, post: str, reason: str) -> None:
    """A post has the duty for the subject no more: nor has it in the subject's ladders, as long as somebody else has."""
    for escalation in await _open(unit, kind, subject_id):
        if post in escalation.owner_posts and len(escalation.owner_posts) > 1:
            save(unit, escalation, escalation.release(post, reason, unit.actor, unit.now))


async def settle(unit: UnitOfWork, kind: SubjectKind, subject_id: str) -> None:
    """What was owed is done: its ladders end."""
    for escalation in await _open(unit, kind, subject_id):
        save(unit, escalation, escalation.settle(unit.now))


async def cancel(unit: UnitOfWork, kind: SubjectKind, subject_id: str, reason: str) -> None:
    """The subject is gone: its ladders end."""
    for escalation in await _open(unit, kind, subject_id):
        save(unit, escalation, escalation.cancel(reason, unit.now))


async def progressed(unit: UnitOfWork, kind: SubjectKind, subject_id: str) -> None:
    """Something moved in the subject: acknowledgements are believed for another term."""
    for escalation in await _open(unit, kind, subject_id):
        escalation.progressed(unit.now)
        unit.save(ESCALATIONS, escalation)


async def acknowledge_escalation(store: Store, caller: Caller, key: str, escalation_id: str, text: str) -> Escalation:
    """An owner acts. Raises Refusal, StoreError."""
    return await _command(
        *(store, caller, "acknowledgeEscalation", key, escalation_id, [text]),
        lambda escalation, now: escalation.acknowledge(owned_post(caller, escalation), text, caller.actor, now),
    )


async def release_owner(
    store: Store, caller: Caller, key: str, escalation_id: str, post: str, reason: str
) -> Escalation:
    """An owner above, the calling organ or the centre frees an owner of its duty. Raises Refusal, StoreError."""

    def act(escalation: Escalation, now: datetime) -> Sequence[EventData]:
        require_release(caller, escalation, post)
        return escalation.release(post, reason, caller.actor, now)

    return await _command(store, caller, "releaseEscalationOwner", key, escalation_id, [post, reason], act)


async def settle_by_hand(store: Store, caller: Caller, key: str, escalation_id: str, reason: str) -> Escalation:
    """The centre says that it is dealt with, above all what is exhausted. Raises Refusal, StoreError."""

    def act(escalation: Escalation, now: datetime) -> Sequence[EventData]:
        require_escalation(caller, escalation)
        if not commands(caller, escalation.subject.area_path):
            raise RoleMissing(roles="centre")
        return escalation.settle(now, required(reason, "reason", "了结说明", ("reason",)))

    return await _command(store, caller, "settleEscalation", key, escalation_id, [reason], act)


async def hand_down(store: Store, caller: Caller, key: str, escalation_id: str, reason: str) -> Escalation:
    """An owner gives the matter back to those below. Raises Refusal, StoreError."""
    return await _command(
        *(store, caller, "handDownEscalation", key, escalation_id, [reason]),
        lambda escalation, now: escalation.hand_down(owned_post(caller, escalation), reason, caller.actor, now),
    )


async def _command(
    store: Store,
    caller: Caller,
    name: str,
    key: str,
    escalation_id: str,
    given: Sequence[object],
    act: Callable[[Escalation, datetime], Sequence[EventData]],
) -> Escalation:
    async def decide(unit: UnitOfWork, escalation: Escalation) -> Sequence[EventData]:
        return act(escalation, unit.now)

    return await change(store, ESCALATIONS, caller, name, key, escalation_id, given, decide)


async def _open(unit: UnitOfWork, kind: SubjectKind, subject_id: str) -> Sequence[Escalation]:
    where = {"subject.kind": kind.value, "subject.id": subject_id, "open": True}
    rows = await unit.mongo[ESCALATIONS.collection.name].find(where).to_list(None)
    return [unit.known(ESCALATIONS, row) for row in rows]


def save(unit: UnitOfWork, escalation: Escalation, events: Sequence[EventData]) -> None:
    """Stage an escalation with what it announces; the posts its steps address are told."""
    unit.save(ESCALATIONS, escalation, events)
    _tell_posts(unit, escalation, events)


def _tell_posts(unit: UnitOfWork, escalation: Escalation, events: Sequence[EventData]) -> None:
    """Each step that addresses a post puts a notice on its screen, once for the step and attempt; where it begins a supervision,
    that does."""
    for event in events:
        if isinstance(event, EscalationSupervised) and escalation.subject.kind in SUPERVISED:
            continue
        if isinstance(event, EscalationNotified | EscalationClimbed | EscalationConvened | EscalationSupervised):
            at = f"{event.step}:{event.attempt}" if event.step is not None else f"raised:{len(escalation.owners)}"
            _tell(
                unit,
                escalation,
                _NOTICE_OF[type(event)],
                at,
                event.post,
                event.unit,
                _people_at(escalation, event.step),
            )


def _people_at(escalation: Escalation, step: int | None) -> tuple[str, ...]:
    """Who was on duty for the last try of a step that addressed a shift."""
    return next((record.people for record in reversed(escalation.records) if record.step == step), ())


def _tell(
    unit: UnitOfWork,
    escalation: Escalation,
    kind: NoticeKind,
    at: str,
    post: str,
    org_unit: str,
    people: tuple[str, ...] = (),
) -> None:
    subject = escalation.subject
    tell(
        unit,
        kind,
        source=f"{escalation.id}:{at}",
        post=post,
        org_unit=org_unit,
        subject_kind=subject.kind,
        subject_id=subject.id,
        number=subject.number,
        people=people,
    )
