"""Commands on meetings and their series, and the step that calls a meeting with what is due at that moment."""

from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec

from services.chassis.errors import NotFound
from services.chassis.events import EventData
from services.chassis.identity import Caller
from services.chassis.ids import new_id
from services.chassis.mongo import Document
from services.chassis.unit_of_work import Store, UnitOfWork
from services.routing.access.directive import require_centre_of
from services.routing.access.meeting import require_meeting, sees_scope
from services.routing.access.order import require_centre, require_sight
from services.routing.errors.field import UnknownUnit
from services.routing.errors.meeting import DecisionNeedsOrder, MembersMissing
from services.routing.handlers.commands import change, create
from services.routing.handlers.field.lookups import known_area, known_post
from services.routing.handlers.order.opening import open_order
from services.routing.handlers.order.venue import hold_at
from services.routing.model.directive.meeting import (
    HORIZON,
    Counts,
    Item,
    ItemKind,
    Meeting,
    MeetingAttendance,
    MeetingKind,
    MeetingSeries,
    Outcome,
    Rota,
    Scope,
)
from services.routing.model.order.venue import VenueUse
from services.routing.model.order.work_order import Source, SourceKind, Subject, WorkOrder
from services.routing.model.organisation.directory import Directory
from services.routing.model.texts import required
from services.routing.store.directive import DIRECTIVES
from services.routing.store.meeting import MEETINGS, SERIES
from services.routing.store.supervision import SUPERVISIONS
from services.routing.store.venue import VENUES
from services.routing.store.work_order import WORK_ORDERS

LISTED = 200  # items of each kind a meeting lists, soonest due first; the counts tell of the rest


class SeriesGiven(msgspec.Struct, frozen=True, kw_only=True):
    """A series as the centre puts it down; `post_id` is responsible, `members` are units."""

    kind: MeetingKind
    name: str
    post_id: str
    area_id: str
    members: tuple[str, ...]
    weekdays: tuple[int, ...]
    at: str | None


async def define_series(
    store: Store, directory: Directory, caller: Caller, key: str, given: SeriesGiven
) -> MeetingSeries:
    """A centre defines a series, or the standing council of a joint conference. Raises Refusal, StoreError."""

    async def decide(unit: UnitOfWork) -> tuple[MeetingSeries, Sequence[EventData]]:
        scope = _scope(directory, caller, given)
        return MeetingSeries.define(scope, Rota(weekdays=given.weekdays, at=given.at), unit.now)

    return await create(store, SERIES, caller, "defineMeetingSeries", key, [msgspec.to_builtins(given)], decide)


async def change_series(
    store: Store, directory: Directory, caller: Caller, key: str, series_id: str, given: SeriesGiven
) -> MeetingSeries:
    """A centre changes what holds from now on. Raises Refusal, StoreError."""

    async def decide(unit: UnitOfWork, series: MeetingSeries) -> Sequence[EventData]:
        _require_series(caller, series)
        scope = _scope(directory, caller, given)
        return series.change(scope, Rota(weekdays=given.weekdays, at=given.at), unit.now)

    return await change(
        store, SERIES, caller, "changeMeetingSeries", key, series_id, [msgspec.to_builtins(given)], decide
    )


async def end_series(store: Store, caller: Caller, key: str, series_id: str) -> MeetingSeries:
    """A centre ends it. Raises Refusal, StoreError."""

    async def decide(unit: UnitOfWork, series: MeetingSeries) -> Sequence[EventData]:
        _require_series(caller, series)
        return series.end(unit.now)

    return await change(store, SERIES, caller, "endMeetingSeries", key, series_id, [], decide)


async def convene_conference(
    store: Store,
    directory: Directory,
    caller: Caller,
    key: str,
    order_id: str,
    *,
    series_id: str | None,
    members: Sequence[str],
    reason: str,
    place: str | None,
    venue_id: str | None,
    meets_at: datetime,
    ends_at: datetime | None,
) -> Meeting:
    """The centre convenes a joint conference on a hard order: the council of a series, units named, and always the lead's.

    At a venue of the register its time is booked too, until `ends_at`. Raises Refusal, StoreError.
    """

    async def decide(unit: UnitOfWork) -> tuple[Meeting, Sequence[EventData]]:
        order = await unit.get(WORK_ORDERS, order_id)
        require_centre(caller, order)
        council: tuple[str, ...] = ()
        if series_id is not None:
            series = await unit.get(SERIES, series_id)
            if not sees_scope(caller, series.scope) or series.scope.kind is not MeetingKind.JOINT_CONFERENCE:
                raise NotFound(what=SERIES.what)
            council = series.scope.members
        named = tuple(dict.fromkeys((*council, *_known_units(directory, members))))
        if not named:
            raise MembersMissing(path=("members",))
        scope = Scope(
            kind=MeetingKind.JOINT_CONFERENCE,
            name=order.number,
            post=caller.post or "",
            unit=caller.unit or "",
            area_id=order.area_path[-1],
            area_path=order.area_path,
            members=tuple(dict.fromkeys((*named, order.lead_unit))),
        )
        venue = await unit.get(VENUES, venue_id) if venue_id is not None else None
        meeting, events = Meeting.conference(
            *(scope, series_id, order.id, order.due_at),
            reason=reason,
            place=place or (f"{venue.name}, {venue.address}" if venue else ""),
            meets_at=meets_at,
            now=unit.now,
            by=caller.actor,
        )
        if venue is not None:
            meeting.venue_id = venue.id
            await hold_at(unit, venue.id, VenueUse.MEETING, meeting.id, (meets_at, ends_at or meets_at))
        return meeting, events

    given = [order_id, series_id, list(members), reason, place, venue_id, meets_at, ends_at]
    return await create(store, MEETINGS, caller, "conveneConference", key, given, decide)


async def record_meeting(
    store: Store, caller: Caller, key: str, meeting_id: str, minutes: str, attendance: Sequence[MeetingAttendance]
) -> Meeting:
    """Minutes, and which units came. Raises Refusal, StoreError."""
    return await _act(
        *(store, caller, "recordMeeting", key, meeting_id, [minutes, msgspec.to_builtins(attendance)]),
        lambda meeting, now: meeting.record(minutes, attendance, now, caller.actor),
    )


async def decide_at_meeting(
    store: Store,
    directory: Directory,
    caller: Caller,
    key: str,
    meeting_id: str,
    text: str,
    *,
    item_id: str | None,
    work_order_id: str | None,
    post_id: str | None,
    due_at: datetime | None,
) -> Meeting:
    """A decision, carried out by an order that is open or by a new one for a post. Raises Refusal, StoreError."""

    async def decide(unit: UnitOfWork, meeting: Meeting) -> Sequence[EventData]:
        require_meeting(caller, meeting)
        decision_id = new_id("decision")
        if work_order_id is not None and post_id is None:
            order = await _order_under_way(unit, caller, work_order_id)
        elif post_id is not None and work_order_id is None:
            order = await open_order(
                *(unit, directory, Source(kind=SourceKind.MEETING, id=decision_id)),
                await _subject(unit, directory, caller, meeting, item_id, text),
                post_id,
            )
        else:
            raise DecisionNeedsOrder(path=("workOrderId",))
        return meeting.decide(
            decision_id,
            text,
            known_post(directory, order.lead_post),
            due_at,
            item_id,
            order.id,
            new_order=post_id is not None,
            now=unit.now,
            by=caller.actor,
        )

    given = [text, item_id, work_order_id, post_id, due_at]
    return await change(store, MEETINGS, caller, "decideAtMeeting", key, meeting_id, given, decide)


async def settle_items(
    store: Store, caller: Caller, key: str, meeting_id: str, item_ids: Sequence[str], outcome: Outcome, note: str | None
) -> Meeting:
    """What the meeting made of items it decided nothing more on. Raises Refusal, StoreError."""
    return await _act(
        *(store, caller, "settleMeetingItems", key, meeting_id, [list(item_ids), outcome, note]),
        lambda meeting, now: meeting.settle(item_ids, outcome, note),
    )


async def close_meeting(store: Store, caller: Caller, key: str, meeting_id: str) -> Meeting:
    """It is over. Raises Refusal, StoreError."""
    return await _act(store, caller, "closeMeeting", key, meeting_id, [], lambda meeting, now: meeting.close(now))


async def step_series(store: Store, series_id: str) -> None:
    """The clock's own step: the series meets, with what is due or overdue in its area at this moment (R-14)."""

    async def attempt(unit: UnitOfWork) -> None:
        series = await unit.get(SERIES, series_id)
        if series.due(unit.now):
            items, counts = await _agenda(unit, series.scope)
            unit.add(MEETINGS, *Meeting.occurrence(series, items, counts, unit.now))
        unit.save(SERIES, series)

    await store.run(attempt)


async def _agenda(unit: UnitOfWork, scope: Scope) -> tuple[list[Item], Counts]:
    """Open orders, directives and supervisions due within the meeting's horizon, soonest first."""
    horizon = unit.now + HORIZON[scope.kind]
    orders: Document = {"area_path": scope.area_id, "due_at": {"$lte": horizon}, "open": True}
    directives: Document = {
        "area_path": scope.area_id,
        "open": True,
        "due_at": {"$lte": horizon},
        "issued_at": {"$ne": None},
    }
    supervisions: Document = {
        "subject.area_path": scope.area_id,
        "open": True,
        "answer_due_at": {"$lte": horizon},
    }
    items: list[Item] = []
    counts: list[int] = []
    overdue = 0
    for kind, spec, where, due in (
        (ItemKind.WORK_ORDER, WORK_ORDERS, orders, "due_at"),
        (ItemKind.DIRECTIVE, DIRECTIVES, directives, "due_at"),
        (ItemKind.SUPERVISION, SUPERVISIONS, supervisions, "answer_due_at"),
    ):
        collection = unit.mongo[spec.collection.name]
        counts.append(await collection.count_documents(where))
        overdue += await collection.count_documents({**where, due: {"$lte": unit.now}})
        async for row in collection.find(where, {due: 1}).sort(due, 1).limit(LISTED):
            items.append(
                Item(
                    id=new_id("item"),
                    kind=kind,
                    subject_id=row["_id"],
                    due_at=row[due],
                    overdue=row[due] <= unit.now,
                )
            )
    return items, Counts(orders=counts[0], directives=counts[1], supervisions=counts[2], overdue=overdue)


async def _subject(
    unit: UnitOfWork, directory: Directory, caller: Caller, meeting: Meeting, item_id: str | None, text: str
) -> Subject:
    """What a new order is about: what the meeting's own order or the item's is about, else the meeting's area."""
    item = meeting.item(item_id) if item_id else None
    about = item.subject_id if item and item.kind is ItemKind.WORK_ORDER else meeting.order_id
    task = required(text, "text", "决定内容", ("text",))
    if about is None:
        path = meeting.scope.area_path
        mode = directory.mode(path)
        return Subject(task=task, area_id=path[-1], area_path=path, mode=mode, mode_of_place=True, received_at=unit.now)
    order = await unit.get(WORK_ORDERS, about)
    require_sight(caller, order)
    return order.subject(task, unit.now)


async def _order_under_way(unit: UnitOfWork, caller: Caller, order_id: str) -> WorkOrder:
    """An order that can carry a decision out, and that the caller sees. Raises Refusal."""
    order = await unit.get(WORK_ORDERS, order_id)
    require_sight(caller, order)
    if not order.open:
        raise DecisionNeedsOrder(path=("workOrderId",))
    return order


async def _act(
    store: Store,
    caller: Caller,
    name: str,
    key: str,
    meeting_id: str,
    given: Sequence[object],
    act: Callable[[Meeting, datetime], Sequence[EventData]],
) -> Meeting:
    async def decide(unit: UnitOfWork, meeting: Meeting) -> Sequence[EventData]:
        require_meeting(caller, meeting)
        return act(meeting, unit.now)

    return await change(store, MEETINGS, caller, name, key, meeting_id, given, decide)


def _scope(directory: Directory, caller: Caller, given: SeriesGiven) -> Scope:
    area = known_area(directory, caller, given.area_id)
    require_centre_of(caller, area.path)
    post = known_post(directory, given.post_id)
    return Scope(
        kind=given.kind,
        name=given.name,
        post=post.id,
        unit=post.unit_id,
        area_id=area.id,
        area_path=area.path,
        members=_known_units(directory, given.members),
    )


def _known_units(directory: Directory, unit_ids: Sequence[str]) -> tuple[str, ...]:
    for index, unit_id in enumerate(unit_ids):
        if unit_id not in directory.units:
            raise UnknownUnit(path=("members", str(index)), unit=unit_id)
    return tuple(dict.fromkeys(unit_ids))


def _require_series(caller: Caller, series: MeetingSeries) -> None:
    if not sees_scope(caller, series.scope):
        raise NotFound(what=SERIES.what)
    require_centre_of(caller, series.scope.area_path)
