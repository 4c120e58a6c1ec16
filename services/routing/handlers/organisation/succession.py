"""What posts that are removed still owe, and their successors, who take it over (R-19)."""

import asyncio
import dataclasses
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from services.chassis.events import Actor, EventData
from services.chassis.mongo import Document
from services.chassis.unit_of_work import AggregateSpec, Store, UnitOfWork
from services.routing.handlers.organisation.changes import Changes
from services.routing.model.directive.supervision import SupervisionState
from services.routing.model.field.grid_task import GridTaskState
from services.routing.model.field.inspection import TaskState
from services.routing.model.order.custody import CustodyState
from services.routing.model.order.states import OrderState
from services.routing.model.organisation.directory import Directory
from services.routing.model.organisation.organisation import Post
from services.routing.model.organisation.relocation import hand_over, parts_of, take_part
from services.routing.store.call import CALLS
from services.routing.store.campaign import INSPECTIONS
from services.routing.store.custody import CUSTODIES
from services.routing.store.directive import DIRECTIVES
from services.routing.store.escalation import ESCALATIONS
from services.routing.store.grid_task import GRID_PLANS, GRID_TASKS
from services.routing.store.shift import SHIFTS
from services.routing.store.summons import SUMMONSES
from services.routing.store.supervision import SUPERVISIONS
from services.routing.store.work_order import WORK_ORDERS

_LEADS = "岗位撤销,由继任岗位牵头 (the post is gone, its successor leads)"
_TAKES_OVER = "岗位撤销,由继任岗位接续 (the post is gone, its successor takes over)"
_AT_ONCE = 50
_LONGEST_SHIFT = timedelta(days=1)


@dataclasses.dataclass(frozen=True)
class _Handing:
    """One post hands over to another."""

    old: str
    new: Post
    directory: Directory
    now: datetime
    by: Actor


@dataclasses.dataclass(frozen=True)
class _Owed:
    """A kind of thing that a post owes: which documents to look at, whose it is, and what its handing over does."""

    says: str
    spec: AggregateSpec[Any]
    among: Callable[[Sequence[str], datetime], Document]
    owed_by: Callable[[Any], Collection[str | None]]
    hand_over: Callable[[Any, _Handing], list[EventData]]


def _led(posts: Sequence[str], now: datetime) -> Document:
    return {"lead_post": {"$in": posts}, "open": True}


def _shared(posts: Sequence[str], now: datetime) -> Document:
    ruled = {"state": OrderState.ADJUDICATING.value, "adjudications.fallback_post": {"$in": posts}}
    return {"$or": [{"posts": {"$in": posts}, "open": True}, ruled]}


def _whistled(posts: Sequence[str], now: datetime) -> Document:
    return {"open": True, "$or": [{"posts": {"$in": posts}}, {"caller.post": {"$in": posts}}]}


def _climbing(posts: Sequence[str], now: datetime) -> Document:
    return {"open": True, "$or": [{"owner_posts": {"$in": posts}}, {"rungs.post": {"$in": posts}}]}


def _directed(posts: Sequence[str], now: datetime) -> Document:
    return {"open": True, "$or": [{"addressees.post": {"$in": posts}}, {"follow_ups.post": {"$in": posts}}]}


def _supervised(posts: Sequence[str], now: datetime) -> Document:
    return {"post": {"$in": posts}, "state": SupervisionState.OPEN.value}


def _ahead(posts: Sequence[str], now: datetime) -> Document:
    return {"post_id": {"$in": posts}, "starts_at": {"$gt": now - _LONGEST_SHIFT}, "ends_at": {"$gt": now}}


_ORDERS_LED = _Owed(
    "leads {} open orders",
    WORK_ORDERS,
    _led,
    lambda order: [order.lead_post],
    lambda order, to: (
        hand_over(order, to.new, to.directory.policy, _LEADS, to.now, to.by) if order.lead_post == to.old else []
    ),
)
_SHIFTS_AHEAD = _Owed(
    "has {} shifts ahead",
    SHIFTS,
    _ahead,
    lambda shift: [shift.post_id],
    lambda shift, to: (
        shift.succeed(to.new, to.directory.seat(to.new.id), _TAKES_OVER) if shift.post_id == to.old else []
    ),
)
_KINDS = (
    _ORDERS_LED,
    _Owed(
        "has a part in {} open orders",
        WORK_ORDERS,
        _shared,
        parts_of,
        lambda order, to: take_part(order, to.old, to.new, _TAKES_OVER, to.now),
    ),
    _Owed(
        "owes an answer to {} calls",
        CALLS,
        lambda posts, now: {"owing_posts": {"$in": posts}},
        lambda call: call.owing_posts,
        lambda call, to: call.succeed(to.old, to.new, _TAKES_OVER),
    ),
    _Owed(
        "whistled or is whistled in {} open summonses",
        SUMMONSES,
        _whistled,
        lambda summons: summons.concerned_posts,
        lambda summons, to: summons.succeed(to.old, to.new, _TAKES_OVER, to.now),
    ),
    _Owed(
        "is an owner or a rung ahead in {} escalations",
        ESCALATIONS,
        _climbing,
        lambda escalation: escalation.concerned_posts,
        lambda escalation, to: escalation.succeed(to.old, to.new, _TAKES_OVER, to.now, to.by),
    ),
    _Owed(
        "is addressed by {} open directives",
        DIRECTIVES,
        _directed,
        lambda directive: directive.concerned_posts,
        lambda directive, to: directive.succeed(to.old, to.new, _TAKES_OVER),
    ),
    _Owed(
        "owes an answer to {} supervisions",
        SUPERVISIONS,
        _supervised,
        lambda supervision: [supervision.post],
        lambda supervision, to: supervision.succeed(to.old, to.new, _TAKES_OVER),
    ),
    _Owed(
        "is to make {} inspections",
        INSPECTIONS,
        lambda posts, now: {"post": {"$in": posts}, "state": TaskState.ASSIGNED.value},
        lambda task: [task.post],
        lambda task, to: task.give_to(to.new) if (task.post, task.state) == (to.old, TaskState.ASSIGNED) else [],
    ),
    _Owed(
        "does the tasks of {} plans of grids",
        GRID_PLANS,
        lambda posts, now: {"post": {"$in": posts}, "ended_at": None},
        lambda plan: [plan.post],
        lambda plan, to: plan.succeed(to.old, to.new, _TAKES_OVER),
    ),
    _Owed(
        "has {} tasks of grids to do",
        GRID_TASKS,
        lambda posts, now: {"post": {"$in": posts}, "state": GridTaskState.DUE.value},
        lambda task: [task.post],
        lambda task, to: task.succeed(to.old, to.new, _TAKES_OVER),
    ),
    _Owed(
        "holds or is offered {} in custody",
        CUSTODIES,
        lambda posts, now: {"concerns": {"$in": posts}, "state": {"$ne": CustodyState.CLOSED.value}},
        lambda custody: custody.concerns,
        lambda custody, to: custody.succeed(to.old, to.new, _TAKES_OVER),
    ),
    _SHIFTS_AHEAD,
)


@dataclasses.dataclass
class Held:
    """The ids of what a post has open, by the kind of it."""

    ids: defaultdict[str, set[str]] = dataclasses.field(default_factory=lambda: defaultdict(set))

    @property
    def led(self) -> set[str]:
        """The orders that it leads."""
        return self.ids[_ORDERS_LED.says]

    def __str__(self) -> str:
        return " and ".join(owed.says.format(len(self.ids[owed.says])) for owed in _KINDS if self.ids[owed.says])


async def held_by_removed(store: Store, gone: Collection[str]) -> dict[str, Held]:
    """What posts that are gone still hold, by post."""
    posts, now = sorted(gone), store.clock()
    found: defaultdict[str, Held] = defaultdict(Held)
    for owed in _KINDS:
        async for row in store.mongo[owed.spec.collection.name].find(owed.among(posts, now)):
            for post in set(owed.owed_by(owed.spec.from_document(row))).intersection(gone):
                found[str(post)].ids[owed.says].add(row["_id"])
    return dict(found)


async def succession_problems(
    store: Store, posts: Collection[str], held: Mapping[str, Held], successors: Mapping[str, str]
) -> list[str]:
    """Why the posts of a file cannot stand in for those that are gone; empty when they can."""
    problems = list(_unnamed(posts, held, successors))
    for old, new in successors.items():
        if old in held and held[old].ids[_SHIFTS_AHEAD.says]:
            starts = [
                {
                    row["starts_at"]
                    async for row in store.mongo[SHIFTS.collection.name].find(_ahead([post], store.clock()))
                }
                for post in (old, new)
            ]
            if both := starts[0] & starts[1]:
                problems.append(f"post {old}: {len(both)} of its shifts begin together with shifts of {new}")
    return problems


async def succeed(
    store: Store, directory: Directory, held: Mapping[str, Held], successors: Mapping[str, str], by: Actor
) -> Changes:
    """Successors (old post → new post) take over what posts that are gone hold."""
    steps = [
        _step(store, by, owed, what_id, old, directory.posts[successors[old]], directory)
        for old, what in held.items()
        for owed in _KINDS
        for what_id in sorted(what.ids[owed.says])
    ]
    for start in range(0, len(steps), _AT_ONCE):
        await asyncio.gather(*(step() for step in steps[start : start + _AT_ONCE]))
    return Changes(orders_handed_over=sum(len(what.led) for what in held.values()))


def _step(
    store: Store, by: Actor, owed: _Owed, what_id: str, old: str, new: Post, directory: Directory
) -> Callable[[], Awaitable[None]]:
    async def attempt(unit: UnitOfWork) -> None:
        aggregate = await unit.get(owed.spec, what_id)
        if events := owed.hand_over(aggregate, _Handing(old, new, directory, unit.now, unit.actor)):
            unit.save(owed.spec, aggregate, events)

    return lambda: store.run(attempt, actor=by)


def _unnamed(posts: Collection[str], held: Mapping[str, Held], successors: Mapping[str, str]) -> Iterator[str]:
    for post, what in held.items():
        if post not in successors:
            yield f"post {post}: it {what}; name its successor"
    for post, successor in successors.items():
        if successor not in posts:
            yield f"post {post}: no post {successor} to succeed it"
