"""The timer's step of an escalation, and what its rungs mean for what it runs for."""

from collections.abc import Sequence

from services.chassis.events import EventData
from services.chassis.unit_of_work import Store, UnitOfWork
from services.routing.directory import LiveDirectory
from services.routing.events.escalation import EscalationClimbed, EscalationSkipped, EscalationSupervised
from services.routing.handlers.directive.supervision import supervise_by_rule
from services.routing.handlers.ladder import call as calls
from services.routing.handlers.ladder.escalation import SUPERVISED, save
from services.routing.handlers.organisation.absence import find_gaps
from services.routing.model.directive import supervision
from services.routing.model.ladder.escalation import Escalation
from services.routing.model.ladder.escalation_parts import Duty, SubjectKind
from services.routing.model.ladder.rungs import centre_posts
from services.routing.model.organisation.directory import Directory
from services.routing.store.escalation import ESCALATIONS
from services.routing.views.shift import first_on_duty


async def step(store: Store, directory: LiveDirectory, escalation_id: str) -> None:
    """Do what is due, once for each step and attempt, whoever else tries. Raises StoreError."""

    async def attempt(unit: UnitOfWork) -> Sequence[EventData]:
        escalation = await unit.get(ESCALATIONS, escalation_id)
        planned = escalation.next_step_at
        shift = await _on_duty(unit, directory.current, escalation) if escalation.asks_for_roster else None
        events = escalation.advance(lambda post: directory.current.holder(post, unit.now) is not None, unit.now, shift)
        if events or escalation.next_step_at != planned:
            save(unit, escalation, events)
            for event in events:
                await _follow(unit, directory.current, escalation, event)
        return events

    events = await store.run(attempt)
    if any(isinstance(event, EscalationSkipped) for event in events):
        await find_gaps(
            store, directory.current
        )  # a post that nobody answers for is a gap, even if no absence told of it


async def _on_duty(unit: UnitOfWork, directory: Directory, escalation: Escalation) -> Duty | None:
    """The shift of the centre closest to the place that has somebody on duty now."""
    posts = {post.id: post for post in centre_posts(directory, escalation.subject.area_path)}
    found = await first_on_duty(unit.mongo, list(posts), unit.now)
    if found is None:
        return None
    post_id, responders = found
    people = tuple(responder.person_id for responder in responders if responder.person_id)
    return Duty(post=post_id, unit=posts[post_id].unit_id, people=people)


async def _follow(unit: UnitOfWork, directory: Directory, escalation: Escalation, event: EventData) -> None:
    """A call that climbed has another rung; the owner of what can be supervised is under supervision."""
    subject = escalation.subject
    if isinstance(event, EscalationClimbed) and subject.kind is SubjectKind.CALL:
        await calls.climb(unit, directory, subject.id, event.post)
    elif isinstance(event, EscalationSupervised) and (kind := SUPERVISED.get(subject.kind)):
        about = supervision.Subject(kind=kind, id=subject.id, number=subject.number, area_path=subject.area_path)
        level = list(supervision.SupervisionLevel)[event.supervision - 1]
        supervise_by_rule(unit, directory, about, level, [event.post], None)
