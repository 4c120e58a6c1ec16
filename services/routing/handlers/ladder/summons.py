"""Whistle and check-in: summon, check in, release, evaluate, end; the timer tells who did not come."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

import msgspec

from services.chassis.errors import NotFound, RoleMissing
from services.chassis.events import EventData
from services.chassis.identity import Caller
from services.chassis.unit_of_work import Store, UnitOfWork
from services.routing.access.summons import awaited_post, require_summoner
from services.routing.directory import LiveDirectory
from services.routing.errors.common import UnknownPost
from services.routing.events.summons import SummonsNoShow
from services.routing.handlers.commands import change, create
from services.routing.handlers.dispatch.responder import position
from services.routing.handlers.ladder import escalation as escalations
from services.routing.handlers.ladder.notice import tell
from services.routing.handlers.rules.decisions import report_in_area
from services.routing.model.ladder.escalation_parts import Subject, SubjectKind, Trigger
from services.routing.model.ladder.notice import NoticeKind
from services.routing.model.ladder.rating import Rating
from services.routing.model.ladder.summons import Summoned, Summons, SummonsReason, Whistle
from services.routing.model.organisation.directory import Directory
from services.routing.model.organisation.organisation import Post
from services.routing.model.organisation.point import Point
from services.routing.model.rules.matter import Mode
from services.routing.store.summons import SUMMONSES

_Act = Callable[[Summons, datetime], Sequence[EventData]]


async def whistle(
    store: Store,
    directory: Directory,
    caller: Caller,
    key: str,
    *,
    reason: SummonsReason,
    tried_below: str,
    matter: str,
    area_id: str,
    address: str | None,
    place: Point | None,
    report_id: str | None,
    posts: Sequence[str],
) -> Summons:
    """Staff in a post whistle for posts in an area of theirs, perhaps for a report. Raises Refusal, StoreError."""

    async def decide(unit: UnitOfWork) -> tuple[Summons, Sequence[EventData]]:
        if not caller.has("attendant", "handler", "centre") or caller.post is None:
            raise RoleMissing(roles="attendant, handler, centre")
        area = directory.areas.get(area_id)
        if area is None or not caller.covers(list(area.path)):
            raise NotFound(what="area", path=("areaId",))
        category_path: tuple[str, ...] = ()
        sensitivity = "internal"
        if report_id is not None:
            report = await report_in_area(unit, caller, report_id)
            category_path, sensitivity = report.category_path, report.sensitivity
        said = Whistle(
            reason=reason,
            tried_below=tried_below,
            matter=matter,
            address=address,
            place=place,
            area_path=area.path,
            category_path=category_path,
            sensitivity=sensitivity,
            report_id=report_id,
        )
        wanted = _posts(directory, posts)
        mode = directory.mode(area.path)
        summons, events = Summons.blow(said, wanted, mode, directory.policy, caller.actor, unit.now)
        _tell(unit, summons, summons.summoned)
        return summons, events

    given = [reason, tried_below, matter, area_id, address, msgspec.to_builtins(place), report_id, list(posts)]
    return await create(store, SUMMONSES, caller, "whistle", key, given, decide)


async def check_in(store: Store, caller: Caller, key: str, summons_id: str, point: Point, accuracy_m: float) -> Summons:
    """Somebody of a summoned post is there. Raises Refusal, StoreError."""

    async def decide(unit: UnitOfWork, summons: Summons) -> Sequence[EventData]:
        post = awaited_post(caller, summons)
        where = position(point, accuracy_m, unit.now, unit.now)
        events = summons.check_in(post, where, caller.actor, unit.now)
        await _settle_ladders(unit, summons, post)
        return events

    given = [msgspec.to_builtins(point), accuracy_m]
    return await change(store, SUMMONSES, caller, "checkIn", key, summons_id, given, decide)


async def extend(
    store: Store, directory: Directory, caller: Caller, key: str, summons_id: str, posts: Sequence[str]
) -> Summons:
    """The caller whistles for more posts. Raises Refusal, StoreError."""

    async def decide(unit: UnitOfWork, summons: Summons) -> Sequence[EventData]:
        require_summoner(caller, summons)
        known = len(summons.summoned)
        events = summons.extend(_posts(directory, posts), directory.policy, unit.now)
        _tell(unit, summons, summons.summoned[known:])
        return events

    return await change(store, SUMMONSES, caller, "extendSummons", key, summons_id, [list(posts)], decide)


async def release(store: Store, caller: Caller, key: str, summons_id: str, post: str, reason: str) -> Summons:
    """The caller lets a post go; nobody leaves otherwise. Raises Refusal, StoreError."""

    async def decide(unit: UnitOfWork, summons: Summons) -> Sequence[EventData]:
        require_summoner(caller, summons)
        events = summons.release(post, reason, unit.now)
        await _settle_ladders(unit, summons, post)
        return events

    return await change(store, SUMMONSES, caller, "releaseSummoned", key, summons_id, [post, reason], decide)


async def evaluate(store: Store, caller: Caller, key: str, summons_id: str, post: str, mark: int, text: str) -> Summons:
    """The caller evaluates a post, once. Raises Refusal, StoreError."""
    return await _change(
        *(store, caller, "evaluateSummoned", key, summons_id, [post, mark, text]),
        lambda summons, now: summons.evaluate(post, Rating.give(mark, text, caller.actor, now)),
    )


async def end(store: Store, caller: Caller, key: str, summons_id: str, outcome: str) -> Summons:
    """The matter has ended; all may leave. Raises Refusal, StoreError."""

    async def decide(unit: UnitOfWork, summons: Summons) -> Sequence[EventData]:
        require_summoner(caller, summons)
        events = summons.end(outcome, unit.now)
        await escalations.settle(unit, SubjectKind.SUMMONS, summons.id)
        return events

    return await change(store, SUMMONSES, caller, "endSummons", key, summons_id, [outcome], decide)


async def cancel(store: Store, caller: Caller, key: str, summons_id: str, reason: str) -> Summons:
    """Nobody need come. Raises Refusal, StoreError."""

    async def decide(unit: UnitOfWork, summons: Summons) -> Sequence[EventData]:
        require_summoner(caller, summons)
        events = summons.cancel(reason, unit.now)
        await escalations.cancel(unit, SubjectKind.SUMMONS, summons.id, reason)
        return events

    return await change(store, SUMMONSES, caller, "cancelSummons", key, summons_id, [reason], decide)


async def tick(store: Store, directory: LiveDirectory, summons_id: str) -> None:
    """The timer's step: warn, and start the ladder for each that did not come. Raises StoreError."""

    async def attempt(unit: UnitOfWork) -> None:
        summons = await unit.get(SUMMONSES, summons_id)
        planned = summons.next_step_at
        events = summons.tick(unit.now)
        if not events and summons.next_step_at == planned:
            return
        unit.save(SUMMONSES, summons, events)
        missing = [event for event in events if isinstance(event, SummonsNoShow)]
        await escalations.start_for_owners(
            unit,
            directory.current,
            [(_subject(summons, event.post, event.unit), event.ladder) for event in missing if event.ladder],
            Trigger.NO_SHOW,
        )

    await store.run(attempt)


def _subject(summons: Summons, post: str, unit: str) -> Subject:
    whistle = summons.whistle
    return Subject(
        kind=SubjectKind.SUMMONS,
        id=summons.id,
        report_id=whistle.report_id,
        number=summons.number,
        owner_post=post,
        owner_unit=unit,
        area_path=whistle.area_path,
        category_path=whistle.category_path,
        sensitivity=whistle.sensitivity,
        emergency=summons.mode == Mode.EMERGENCY,
        emergency_of_place=summons.mode_followed,
        caller_unit=summons.caller.unit,
    )


async def _settle_ladders(unit: UnitOfWork, summons: Summons, post: str) -> None:
    """Who has come owes nothing more; when nobody is missing, the ladders end."""
    if summons.no_shows:
        await escalations.release_with_subject(unit, SubjectKind.SUMMONS, summons.id, post, "已报到 (checked in)")
    else:
        await escalations.settle(unit, SubjectKind.SUMMONS, summons.id)


def _posts(directory: Directory, ids: Iterable[str]) -> list[Post]:
    unknown = next((post for post in ids if post not in directory.posts), None)
    if unknown is not None:
        raise UnknownPost(path=("postIds",), post=unknown)
    return [directory.posts[post] for post in ids]


def _tell(unit: UnitOfWork, summons: Summons, summoned: Iterable[Summoned]) -> None:
    for one in summoned:
        tell(
            unit,
            NoticeKind.SUMMONS,
            source=summons.id,
            post=one.post,
            org_unit=one.unit,
            subject_kind=SubjectKind.SUMMONS,
            subject_id=summons.id,
            number=summons.number,
        )


async def _change(
    store: Store, caller: Caller, name: str, key: str, summons_id: str, given: Sequence[object], act: _Act
) -> Summons:
    async def decide(unit: UnitOfWork, summons: Summons) -> Sequence[EventData]:
        require_summoner(caller, summons)
        return act(summons, unit.now)

    return await change(store, SUMMONSES, caller, name, key, summons_id, given, decide)
