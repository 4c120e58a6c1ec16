"""What posts that are removed still owe, and their successors, who take it over (R-19)."""

import asyncio
import dataclasses
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from datetime import timedelta

from services.chassis.events import Actor
from services.chassis.mongo import Document
from services.chassis.unit_of_work import Store, UnitOfWork
from services.routing.handlers.organisation.changes import Changes
from services.routing.model.order.states import OrderState
from services.routing.model.organisation.directory import Directory
from services.routing.model.organisation.organisation import Post
from services.routing.model.organisation.relocation import hand_over, take_part
from services.routing.store.call import CALLS
from services.routing.store.shift import SHIFTS
from services.routing.store.work_order import WORK_ORDERS

_REASON = "岗位撤销,由继任岗位牵头 (the post is gone, its successor leads)"
_AT_ONCE = 50
_LONGEST_SHIFT = timedelta(days=1)


@dataclasses.dataclass
class Held:
    """The ids of what a post has open: orders it leads, others it has a part in, calls it owes an answer, shifts ahead."""

    led: set[str] = dataclasses.field(default_factory=set)
    shared: set[str] = dataclasses.field(default_factory=set)
    calls: set[str] = dataclasses.field(default_factory=set)
    shifts: set[str] = dataclasses.field(default_factory=set)

    def __str__(self) -> str:
        parts = {
            "leads {} open orders": self.led,
            "has a part in {} open orders": self.shared,
            "owes an answer to {} calls": self.calls,
            "has {} shifts ahead": self.shifts,
        }
        return " and ".join(text.format(len(ids)) for text, ids in parts.items() if ids)


async def held_by_removed(store: Store, gone: Collection[str]) -> dict[str, Held]:
    """What posts that are gone still hold, by post."""
    mongo, posts = store.mongo, sorted(gone)
    found: defaultdict[str, Held] = defaultdict(Held)
    orders = mongo[WORK_ORDERS.collection.name]
    async for row in orders.find({"lead_post": {"$in": posts}, "open": True}, {"lead_post": 1}):
        found[row["lead_post"]].led.add(row["_id"])
    async for row in orders.find({"posts": {"$in": posts}, "open": True}, {"posts": 1, "lead_post": 1}):
        for post in set(row["posts"]).intersection(gone) - {row["lead_post"]}:
            found[post].shared.add(row["_id"])
    ruled = {"state": OrderState.ADJUDICATING.value, "adjudications.fallback_post": {"$in": posts}}
    async for row in orders.find(ruled, {"adjudications.fallback_post": 1}):
        if (post := row["adjudications"][-1]["fallback_post"]) in gone:
            found[post].shared.add(row["_id"])
    async for row in mongo[CALLS.collection.name].find({"owing_posts": {"$in": posts}}, {"owing_posts": 1}):
        for post in set(row["owing_posts"]).intersection(gone):
            found[post].calls.add(row["_id"])
    async for row in mongo[SHIFTS.collection.name].find(_ahead(store, posts), {"post_id": 1}):
        found[row["post_id"]].shifts.add(row["_id"])
    return dict(found)


async def succession_problems(
    store: Store, posts: Collection[str], held: Mapping[str, Held], successors: Mapping[str, str]
) -> list[str]:
    """Why the posts of a file cannot stand in for those that are gone; empty when they can."""
    problems = list(_unnamed(posts, held, successors))
    for old, new in successors.items():
        if old in held and held[old].shifts:
            starts = [
                {row["starts_at"] async for row in store.mongo[SHIFTS.collection.name].find(_ahead(store, [post]))}
                for post in (old, new)
            ]
            if both := starts[0] & starts[1]:
                problems.append(f"post {old}: {len(both)} of its shifts begin together with shifts of {new}")
    return problems


async def succeed(
    store: Store, directory: Directory, held: Mapping[str, Held], successors: Mapping[str, str], by: Actor
) -> Changes:
    """Successors (old post → new post) take over what posts that are gone hold."""
    steps: list[Callable[[], Awaitable[None]]] = []
    for old, what in held.items():
        new = directory.posts[successors[old]]
        steps += [_step(store, by, _lead, order_id, old, new, directory) for order_id in sorted(what.led)]
        steps += [_step(store, by, _share, order_id, old, new, directory) for order_id in sorted(what.shared)]
        steps += [_step(store, by, _answer, call_id, old, new, directory) for call_id in sorted(what.calls)]
        steps += [_step(store, by, _stand, shift_id, old, new, directory) for shift_id in sorted(what.shifts)]
    for start in range(0, len(steps), _AT_ONCE):
        await asyncio.gather(*(step() for step in steps[start : start + _AT_ONCE]))
    return Changes(orders_handed_over=sum(len(what.led) for what in held.values()))


_TakeOver = Callable[[UnitOfWork, str, str, Post, Directory], Awaitable[None]]


def _step(
    store: Store, by: Actor, take_over: _TakeOver, what_id: str, old: str, new: Post, directory: Directory
) -> Callable[[], Awaitable[None]]:
    async def attempt(unit: UnitOfWork) -> None:
        await take_over(unit, what_id, old, new, directory)

    return lambda: store.run(attempt, actor=by)


async def _lead(unit: UnitOfWork, order_id: str, old: str, new: Post, directory: Directory) -> None:
    order = await unit.get(WORK_ORDERS, order_id)
    if order.lead_post == old and (events := hand_over(order, new, directory.policy, _REASON, unit.now, unit.actor)):
        unit.save(WORK_ORDERS, order, events)


async def _share(unit: UnitOfWork, order_id: str, old: str, new: Post, directory: Directory) -> None:
    order = await unit.get(WORK_ORDERS, order_id)
    if order.open:
        take_part(order, old, new, unit.now)
        unit.save(WORK_ORDERS, order)


async def _answer(unit: UnitOfWork, call_id: str, old: str, new: Post, directory: Directory) -> None:
    call = await unit.get(CALLS, call_id)
    call.succeed(old, new)
    unit.save(CALLS, call)


async def _stand(unit: UnitOfWork, shift_id: str, old: str, new: Post, directory: Directory) -> None:
    shift = await unit.get(SHIFTS, shift_id)
    shift.post_id, shift.unit_id, shift.area_path = new.id, new.unit_id, directory.seat(new.id)
    unit.save(SHIFTS, shift)


def _unnamed(posts: Collection[str], held: Mapping[str, Held], successors: Mapping[str, str]) -> Iterator[str]:
    for post, what in held.items():
        if post not in successors:
            yield f"post {post}: it {what}; name its successor"
    for post, successor in successors.items():
        if successor not in posts:
            yield f"post {post}: no post {successor} to succeed it"


def _ahead(store: Store, posts: Sequence[str]) -> Document:
    """The shifts of posts that are not over."""
    now = store.clock()
    return {"post_id": {"$in": list(posts)}, "starts_at": {"$gt": now - _LONGEST_SHIFT}, "ends_at": {"$gt": now}}
