"""Commands on absences, and the timed steps that find the gaps they leave and tell of them (R-18)."""

from collections.abc import Callable, Sequence
from datetime import datetime

from services.chassis.errors import NotFound
from services.chassis.events import SYSTEM, EventData
from services.chassis.identity import Caller
from services.chassis.unit_of_work import Store, UnitOfWork
from services.routing.directory import LiveDirectory
from services.routing.errors.absence import AbsenceNotYours, AbsenceOverlaps, StandInLoop
from services.routing.errors.common import UnknownPerson, UnknownPost
from services.routing.handlers.commands import change, create
from services.routing.model.organisation.absence import AbsencePeriod
from services.routing.model.organisation.directory import Directory
from services.routing.model.organisation.gap import RosterGap
from services.routing.model.organisation.staffing import Away, Staffing
from services.routing.store.absence import ABSENCES, GAPS, open_gaps, read_away
from services.routing.store.organisation import ABSENCES_ID, GAPS_ID, count_up


async def record_absence(
    store: Store,
    live: LiveDirectory,
    caller: Caller,
    key: str,
    *,
    person: str,
    since: datetime,
    until: datetime,
    reason: str | None,
    stand_in_person: str | None,
    stand_in_post: str | None,
) -> AbsencePeriod:
    """A person will be away; from `since` on B or the stand-in answers for the posts held. Raises Refusal, StoreError."""

    async def decide(unit: UnitOfWork) -> tuple[AbsencePeriod, Sequence[EventData]]:
        directory = live.current
        if not may_arrange(directory, caller, person):
            raise AbsenceNotYours
        for person_id, field in ((person, "personId"), (stand_in_person, "standInPersonId")):
            if person_id and person_id not in directory.people:
                raise UnknownPerson(path=(field,), person=person_id)
        if stand_in_post and stand_in_post not in directory.posts:
            raise UnknownPost(path=("standInPostId",), post=stand_in_post)
        absence, events = AbsencePeriod.record(
            person=person,
            since=since,
            until=until,
            reason=reason,
            stand_in_person=stand_in_person,
            stand_in_post=stand_in_post,
            now=unit.now,
            by=caller.actor,
        )
        await count_up(
            unit, ABSENCES_ID
        )  # before what is checked is read: two who name each other at once do not both succeed
        await _refuse_conflicts(unit, directory, absence.away)
        return absence, events

    given = [person, since, until, reason, stand_in_person, stand_in_post]
    absence = await create(store, ABSENCES, caller, "recordAbsence", key, given, decide)
    await live.refresh()
    return absence


async def end_absence(store: Store, live: LiveDirectory, caller: Caller, key: str, absence_id: str) -> AbsencePeriod:
    """The person is back early. Raises Refusal, StoreError."""
    return await _change(store, live, caller, "endAbsence", key, absence_id, lambda absence, now: absence.end(now))


async def cancel_absence(store: Store, live: LiveDirectory, caller: Caller, key: str, absence_id: str) -> AbsencePeriod:
    """The absence will not be. Raises Refusal, StoreError."""
    return await _change(
        store, live, caller, "cancelAbsence", key, absence_id, lambda absence, now: absence.cancel(now)
    )


def may_arrange(directory: Directory, caller: Caller, person: str) -> bool:
    """Whether the caller may arrange, and see, a person's absences: the person, the heads above, the centre, the operator."""
    if caller.person == person or caller.has("operator"):
        return True
    held = [post for post in directory.posts.values() if person in (post.role_a, post.role_b)]
    if caller.has("centre") and any(caller.covers(list(directory.seat(post.id))) for post in held):
        return True
    heads = {unit.head_post_id for post in held for unit in directory.units_above(post.unit_id)}
    return caller.post is not None and caller.post in heads


async def settle_gaps(store: Store, live: LiveDirectory, absence_id: str) -> None:
    """An absence has changed: bring the stored gaps in step with who is away."""
    settled = await UnitOfWork(store, actor=SYSTEM).get(ABSENCES, absence_id)
    if settled.next_step_at is None:
        return
    await live.refresh()
    await find_gaps(store, live.current)

    async def done(unit: UnitOfWork) -> None:
        absence = await unit.get(ABSENCES, absence_id)
        if absence.version == settled.version:  # else it changed meanwhile, and is due again
            absence.next_step_at = None
            unit.save(ABSENCES, absence)

    await store.run(done)


async def find_gaps(store: Store, directory: Directory) -> None:
    """Open a gap for every vacancy, fill those that somebody answers for now. What was told already is not told again."""

    async def attempt(unit: UnitOfWork) -> None:
        await count_up(unit, GAPS_ID)  # two replicas that look at once do not open a gap twice
        vacancies = Staffing(directory.posts, await read_away(unit.mongo, unit.now)).vacancies(unit.now)
        for gap in await open_gaps(unit.mongo):
            vacancy = next((vacancy for vacancy in vacancies if gap.is_of(vacancy)), None)
            if vacancy:
                vacancies.remove(vacancy)
                if vacancy.until != gap.until:
                    gap.last_until(vacancy.until)
                    unit.save(GAPS, gap)
            elif gap.until > unit.now:
                unit.save(GAPS, gap, gap.fill(unit.now))
        for vacancy in vacancies:
            post = directory.posts[vacancy.post_id]
            ahead = directory.policy.limits.announce_gaps_ahead
            unit.add(GAPS, RosterGap.found(vacancy, post, directory.seat(post.id), ahead), [])

    await store.run(attempt)


async def tell_gap(store: Store, gap_id: str) -> None:
    """A gap's time has come: it is announced ahead, announced at its moment, or over."""

    async def attempt(unit: UnitOfWork) -> None:
        gap = await unit.get(GAPS, gap_id)
        if gap.next_step_at and gap.next_step_at <= unit.now:
            unit.save(GAPS, gap, gap.tell(unit.now))

    await store.run(attempt)


async def _refuse_conflicts(unit: UnitOfWork, directory: Directory, away: Away) -> None:
    known = await read_away(unit.mongo, unit.now)
    own = known.get(away.person, ())
    if any(other.since < away.until and away.since < other.until for other in own):
        raise AbsenceOverlaps(path=("since",))
    if Staffing(directory.posts, {**known, away.person: (*own, away)}).leads_back(away):
        raise StandInLoop(path=("standInPersonId",) if away.stand_in_person else ("standInPostId",))


async def _change(
    store: Store,
    live: LiveDirectory,
    caller: Caller,
    name: str,
    key: str,
    absence_id: str,
    act: Callable[[AbsencePeriod, datetime], Sequence[EventData]],
) -> AbsencePeriod:
    async def decide(unit: UnitOfWork, absence: AbsencePeriod) -> Sequence[EventData]:
        if not may_arrange(live.current, caller, absence.person):
            raise NotFound(what=ABSENCES.what)
        events = act(absence, unit.now)
        await count_up(unit, ABSENCES_ID)
        return events

    absence = await change(store, ABSENCES, caller, name, key, absence_id, [], decide)
    await live.refresh()
    return absence
