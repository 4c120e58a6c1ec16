"""Switching the mode of command of an area. The organisation's version counts up with it, so that replicas follow."""

import dataclasses
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from services.chassis.errors import RoleMissing
from services.chassis.events import SYSTEM, EventData
from services.chassis.identity import Caller
from services.chassis.unit_of_work import AggregateSpec, Command, Store, UnitOfWork
from services.routing.directory import LiveDirectory
from services.routing.errors.rules import UnknownArea
from services.routing.model.dispatch.shift import ShiftState
from services.routing.model.organisation.directory import Directory
from services.routing.model.rules.command_mode import KNOWN_EVERYWHERE, CommandMode
from services.routing.model.rules.matter import Mode
from services.routing.store.call import CALLS
from services.routing.store.command_mode import COMMAND_MODES, open_in
from services.routing.store.escalation import ESCALATIONS
from services.routing.store.organisation import count_up
from services.routing.store.shift import SHIFTS
from services.routing.store.summons import SUMMONSES
from services.routing.store.work_order import WORK_ORDERS

_BATCH = 200
_LONGEST_SHIFT = timedelta(days=1)


async def switch_mode(
    store: Store, directory: LiveDirectory, caller: Caller, key: str, area_id: str, mode: Mode, reason: str
) -> CommandMode:
    """Command an area as in an emergency, or as in peacetime again; for the centre of the area or of one above it.

    Raises UnknownArea, RoleMissing, ModeAlready.
    """
    area = directory.current.areas.get(area_id)
    if area is None or area.retired:
        raise UnknownArea(path=("areaId",), area=area_id)
    if not (caller.has("centre") and caller.covers(list(area.path))):
        raise RoleMissing(roles="centre")
    command = Command.of(caller.person, "switch_mode", key, [area_id, mode, reason])

    async def attempt(unit: UnitOfWork) -> CommandMode:
        new = CommandMode.of_area(area_id, area.path)
        stored = await store.find(COMMAND_MODES.collection.name, new.id)
        one = COMMAND_MODES.from_document(stored) if stored else new
        events = one.switch(mode, reason, directory.current.policy.open_orders, unit.now, unit.actor)
        if stored:
            unit.save(COMMAND_MODES, one, events)
        else:
            unit.add(COMMAND_MODES, one, events)
        await count_up(unit)
        await _wake_shifts(unit, area_id, directory.current.policy.limits.announce_gaps_ahead)
        return one

    async def replay(done_id: str) -> CommandMode:
        return await UnitOfWork(store, actor=caller.actor).get(COMMAND_MODES, done_id)

    done = await store.run(attempt, actor=caller.actor, command=command, replay=replay)
    await directory.refresh()
    return done


async def _wake_shifts(unit: UnitOfWork, area_id: str, ahead: timedelta) -> None:
    """Shifts of the area that run, or whose gaps may have been told, look at the mode anew as soon as every replica knows of it. Those
    further ahead do so at their own time."""
    near = {"$gt": unit.now - _LONGEST_SHIFT, "$lte": unit.now + ahead}
    where = {"area_path": area_id, "starts_at": near, "emergency": {"$ne": None}, "state": {"$ne": ShiftState.CLOSED}}
    async for row in unit.mongo[SHIFTS.collection.name].find(where, {"version": 1}):
        guard = {"_id": row["_id"], "version": row["version"]}
        wake = {"$set": {"next_step_at": unit.now + KNOWN_EVERYWHERE}, "$inc": {"version": 1}}
        unit.update(SHIFTS.collection.name, guard, wake)


async def make_open_follow(store: Store, directory: LiveDirectory, mode_id: str) -> None:
    """Let the next batch of what is under way in an area follow its switch: orders, calls, summonses, ladders. Each by itself; one
    that ended meanwhile stays as it is."""
    await directory.refresh()
    one = await UnitOfWork(store, actor=SYSTEM).get(COMMAND_MODES, mode_id)
    if one.next_step_at is None:
        return
    last: dict[str, str] = {}
    more = False
    for follower in _FOLLOWERS:
        name = follower.spec.collection.name
        ids = await open_in(store.mongo, name, follower.area_path, one.area_id, one.seen.get(name), _BATCH)
        for aggregate_id in ids:
            await _follow(store, directory, follower, aggregate_id)
        last.update({name: ids[-1]} if ids else {})
        more = more or len(ids) == _BATCH

    async def attempt(unit: UnitOfWork) -> None:
        now_one = await unit.get(COMMAND_MODES, mode_id)
        if now_one.switched_at == one.switched_at:  # else it was switched again, and they follow that
            now_one.follow_on(last, unit.now, more=more)
            unit.save(COMMAND_MODES, now_one)

    await store.run(attempt)


@dataclasses.dataclass(frozen=True)
class _Follower:
    """A kind of aggregate that follows the mode of its place: where its path of areas is, and how it follows."""

    spec: AggregateSpec[Any]
    area_path: str
    follow: Callable[[Any, Directory, datetime], list[EventData]]


_FOLLOWERS = (
    _Follower(
        WORK_ORDERS,
        "area_path",
        lambda order, now_in, at: order.follow_mode(
            now_in.mode(order.area_path), now_in.policy, now_in.rule(order.rule_id), at
        ),
    ),
    _Follower(
        CALLS,
        "area_path",
        lambda call, now_in, at: call.follow_mode(now_in.mode(call.area_path), now_in.policy, at),
    ),
    _Follower(
        SUMMONSES,
        "whistle.area_path",
        lambda summons, now_in, at: summons.follow_mode(now_in.mode(summons.whistle.area_path), now_in.policy, at),
    ),
    _Follower(
        ESCALATIONS,
        "subject.area_path",
        lambda ladder, now_in, at: ladder.follow_mode(now_in.mode(ladder.subject.area_path), at),
    ),
)


async def _follow(store: Store, directory: LiveDirectory, follower: _Follower, aggregate_id: str) -> None:
    async def attempt(unit: UnitOfWork) -> None:
        aggregate = await unit.get(follower.spec, aggregate_id)
        if events := follower.follow(aggregate, directory.current, unit.now):
            unit.save(follower.spec, aggregate, events)

    await store.run(attempt)
