"""Meetings that list what is due and whose decisions become orders: daily supervision list, weekly dispatch, joint conference (R-14, R-33).

A series is the recurring object, or the standing council of a joint conference; each occurrence is a meeting.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from enum import StrEnum

import msgspec

from services.chassis.errors import NotFound
from services.chassis.events import Actor, EventData
from services.chassis.ids import new_id
from services.routing.errors.directive import AttendanceIncomplete
from services.routing.errors.meeting import ItemsUnsettled, MeetingStateForbids, ScheduleWrong, SeriesEnded
from services.routing.events.meeting import (
    MeetingClosed,
    MeetingConvened,
    MeetingDecided,
    MeetingHeld,
    MeetingItemsSettled,
    MeetingSeriesDefined,
    MeetingSeriesEnded,
)
from services.routing.model.clock.calendar import LOCAL, OFFICE_HOURS
from services.routing.model.directive.directive import check_due
from services.routing.model.organisation.organisation import Post
from services.routing.model.texts import optional, required


class MeetingKind(StrEnum):
    """What sort of meeting."""

    DAILY_LIST = "daily_list"
    WEEKLY_DISPATCH = "weekly_dispatch"
    JOINT_CONFERENCE = "joint_conference"


# How far ahead a meeting looks when it lists what is due.
HORIZON = {
    MeetingKind.DAILY_LIST: timedelta(days=1),
    MeetingKind.WEEKLY_DISPATCH: timedelta(days=7),
    MeetingKind.JOINT_CONFERENCE: timedelta(),
}
_SATURDAY = 6


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """What a meeting of any kind is for: its name, who is responsible, where, and which units belong to it."""

    kind: MeetingKind
    name: str
    post: str
    unit: str
    area_id: str
    area_path: tuple[str, ...]
    members: tuple[str, ...]


class Rota(msgspec.Struct, frozen=True, kw_only=True):
    """When a series meets: ISO weekdays (1 is Monday) and a local time; not on a public holiday. No weekdays: when convened."""

    weekdays: tuple[int, ...] = ()
    at: str | None = None

    def check(self, kind: MeetingKind) -> None:
        """Raises ScheduleWrong unless a series of this kind can meet by it."""
        if not self.weekdays and kind is MeetingKind.JOINT_CONFERENCE and self.at is None:
            return
        try:
            time.fromisoformat(self.at or "")
        except ValueError:
            raise ScheduleWrong(path=("at",)) from None
        if not self.weekdays or not set(self.weekdays) <= set(range(1, 8)):
            raise ScheduleWrong(path=("weekdays",))

    def after(self, now: datetime) -> datetime | None:
        """The next moment it meets after `now`, None when it meets only as convened."""
        if not self.weekdays or self.at is None:
            return None
        day, clock = now.astimezone(LOCAL).date(), time.fromisoformat(self.at)
        while True:
            moment = datetime.combine(day, clock, LOCAL)
            works = day.isoweekday() >= _SATURDAY or OFFICE_HOURS.is_working_day(day)
            if moment > now and day.isoweekday() in self.weekdays and works:
                return moment.astimezone(now.tzinfo)
            day += timedelta(days=1)


class MeetingSeries(msgspec.Struct, kw_only=True):
    """The recurring object. Its methods are the commands; each returns the events or raises a Refusal and changes nothing."""

    id: str
    version: int = 0
    sequence: int = 0
    previous: dict[str, int] = msgspec.field(default_factory=dict)
    scope: Scope
    rota: Rota
    defined_at: datetime
    ended_at: datetime | None = None
    meets_next_at: datetime | None
    next_step_at: datetime | None

    @classmethod
    def define(cls, scope: Scope, rota: Rota, now: datetime) -> tuple["MeetingSeries", list[EventData]]:
        """A new series. Raises Refusal."""
        scope = _checked(scope, rota)
        meets = rota.after(now)
        series = cls(
            id=new_id("series"), scope=scope, rota=rota, defined_at=now, meets_next_at=meets, next_step_at=meets
        )
        return series, [series._defined()]

    def change(self, scope: Scope, rota: Rota, now: datetime) -> list[EventData]:
        """Other members, another time or another post from now on; meetings that are open stay as they are."""
        self._allow()
        self.scope = _checked(scope, rota)
        self.rota = rota
        self.meets_next_at = self.next_step_at = rota.after(now)
        return [self._defined()]

    def end(self, now: datetime) -> list[EventData]:
        """It meets no more."""
        self._allow()
        self.ended_at, self.meets_next_at, self.next_step_at = now, None, None
        return [MeetingSeriesEnded(series_id=self.id)]

    def due(self, now: datetime) -> bool:
        """Whether it meets now; sets when it does next. One meeting, however many moments were slept through."""
        meets = self.meets_next_at is not None and self.meets_next_at <= now
        if meets:
            self.meets_next_at = self.rota.after(now)
        self.next_step_at = self.meets_next_at
        return meets

    def _allow(self) -> None:
        if self.ended_at:
            raise SeriesEnded

    def _defined(self) -> MeetingSeriesDefined:
        scope = self.scope
        return MeetingSeriesDefined(
            series_id=self.id,
            kind=scope.kind,
            post=scope.post,
            area_path=list(scope.area_path),
            members=list(scope.members),
        )


class ItemKind(StrEnum):
    """What an item of a meeting is."""

    WORK_ORDER = "work_order"
    DIRECTIVE = "directive"
    SUPERVISION = "supervision"


class Outcome(StrEnum):
    """What a meeting made of an item."""

    NOTED = "noted"
    DECIDED = "decided"
    CARRIED_OVER = "carried_over"


class Item(msgspec.Struct, kw_only=True):
    """Something that was due or overdue when the meeting was called, and what came of it."""

    id: str
    kind: ItemKind
    subject_id: str
    due_at: datetime | None
    overdue: bool
    outcome: Outcome | None = None
    note: str | None = None


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """How much was due when the meeting was called; more than the items when a list was cut."""

    orders: int = 0
    directives: int = 0
    supervisions: int = 0
    overdue: int = 0

    @classmethod
    def of(cls, items: Sequence[Item]) -> "Counts":
        """The counts of these items."""
        kinds = Counter(item.kind for item in items)
        return cls(
            orders=kinds[ItemKind.WORK_ORDER],
            directives=kinds[ItemKind.DIRECTIVE],
            supervisions=kinds[ItemKind.SUPERVISION],
            overdue=sum(item.overdue for item in items),
        )


class MeetingAttendance(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a member unit came."""

    unit: str
    present: bool
    note: str | None = None


class MeetingDecision(msgspec.Struct, frozen=True, kw_only=True):
    """What was decided, and the order that carries it out; how far that is, is read from the order."""

    id: str
    at: datetime
    by: Actor
    text: str
    post: str
    unit: str
    due_at: datetime | None
    item_id: str | None
    work_order_id: str
    new_order: bool


class MeetingState(StrEnum):
    """Where a meeting is."""

    CONVENED = "convened"
    HELD = "held"
    CLOSED = "closed"


_M = MeetingState
_OPEN = frozenset({_M.CONVENED, _M.HELD})
# Act → in which states it is allowed, and where it leads (None: nowhere else).
TRANSITIONS: dict[str, tuple[frozenset[MeetingState], MeetingState | None]] = {
    "record": (_OPEN, _M.HELD),
    "decide": (_OPEN, None),
    "settle": (_OPEN, None),
    "close": (frozenset({_M.HELD}), _M.CLOSED),
}
_DONE = {
    "record": ("recorded", "登记"),
    "decide": ("decided on", "作出决定"),
    "settle": ("worked through", "逐项议定"),
    "close": ("closed", "办结"),
}
_STATE_ZH = {_M.CONVENED: "已召集", _M.HELD: "已召开", _M.CLOSED: "已办结"}


class Meeting(msgspec.Struct, kw_only=True):
    """The aggregate. Its methods are the commands; each returns the events or raises a Refusal and changes nothing."""

    id: str
    version: int = 0
    sequence: int = 0
    previous: dict[str, int] = msgspec.field(default_factory=dict)
    series_id: str | None
    scope: Scope
    order_id: str | None
    reason: str | None
    place: str | None
    venue_id: str | None = None
    meets_at: datetime
    convened_at: datetime
    convened_by: Actor
    state: MeetingState = MeetingState.CONVENED
    counts: Counts
    items: list[Item]
    decisions: list[MeetingDecision] = msgspec.field(default_factory=list)
    minutes: str | None = None
    attendance: tuple[MeetingAttendance, ...] = ()
    held_at: datetime | None = None
    held_by: Actor | None = None
    closed_at: datetime | None = None

    @classmethod
    def occurrence(
        cls, series: MeetingSeries, items: Sequence[Item], counts: Counts, now: datetime
    ) -> tuple["Meeting", list[EventData]]:
        """A meeting of a series, called by the clock, with what is due at this moment."""
        meeting = cls(
            id=new_id("meeting"),
            series_id=series.id,
            scope=series.scope,
            order_id=None,
            reason=None,
            place=None,
            meets_at=now,
            convened_at=now,
            convened_by=Actor(),
            counts=counts,
            items=list(items),
        )
        return meeting, [meeting._convened()]

    @classmethod
    def conference(
        cls,
        scope: Scope,
        series_id: str | None,
        order_id: str,
        order_due_at: datetime | None,
        *,
        reason: str,
        place: str,
        meets_at: datetime,
        now: datetime,
        by: Actor,
    ) -> tuple["Meeting", list[EventData]]:
        """A joint conference on a hard order; the order is its only item (R-33). Raises Refusal."""
        check_due(meets_at, now, ("meetsAt",))
        late = order_due_at is not None and order_due_at <= now
        item = Item(id=new_id("item"), kind=ItemKind.WORK_ORDER, subject_id=order_id, due_at=order_due_at, overdue=late)
        meeting = cls(
            id=new_id("meeting"),
            series_id=series_id,
            scope=scope,
            order_id=order_id,
            reason=required(reason, "reason", "召集理由", ("reason",)),
            place=required(place, "place", "地点", ("place",)),
            meets_at=meets_at,
            convened_at=now,
            convened_by=by,
            counts=Counts(orders=1, overdue=int(late)),
            items=[item],
        )
        return meeting, [meeting._convened()]

    @property
    def parties(self) -> frozenset[str]:
        """The posts and units that have something to do here."""
        decided = (party for decision in self.decisions for party in (decision.post, decision.unit))
        return frozenset({self.scope.post, self.scope.unit, *self.scope.members, *decided})

    @property
    def unsettled(self) -> int:
        """How many items have no outcome."""
        return sum(item.outcome is None for item in self.items)

    def record(
        self, minutes: str, attendance: Sequence[MeetingAttendance], now: datetime, by: Actor
    ) -> list[EventData]:
        """The meeting was held, or its minutes are corrected: what was said, and of every member unit whether it came."""
        self._allow("record")
        minutes = required(minutes, "minutes", "会议记录", ("minutes",))
        attendance = tuple(
            MeetingAttendance(
                unit=row.unit, present=row.present, note=optional(row.note, ("attendance", str(index), "note"))
            )
            for index, row in enumerate(attendance)
        )
        missing = set(self.scope.members) - {row.unit for row in attendance}
        if missing:
            raise AttendanceIncomplete(path=("attendance",), posts=", ".join(sorted(missing)))
        self.minutes, self.attendance = minutes, attendance
        self.held_at, self.held_by = now, by
        self._enter("record")
        return [
            MeetingHeld(
                meeting_id=self.id,
                present=[row.unit for row in attendance if row.present],
                absent=[row.unit for row in attendance if not row.present],
            )
        ]

    def decide(
        self,
        decision_id: str,
        text: str,
        post: Post,
        due_at: datetime | None,
        item_id: str | None,
        work_order_id: str,
        *,
        new_order: bool,
        now: datetime,
        by: Actor,
    ) -> list[EventData]:
        """A decision with the order that carries it out; the item it is about counts as decided."""
        self._allow("decide")
        item = self.item(item_id) if item_id else None
        text = required(text, "text", "决定内容", ("text",))
        if due_at is not None:
            check_due(due_at, now)
        self.decisions.append(
            MeetingDecision(
                id=decision_id,
                at=now,
                by=by,
                text=text,
                post=post.id,
                unit=post.unit_id,
                due_at=due_at,
                item_id=item_id,
                work_order_id=work_order_id,
                new_order=new_order,
            )
        )
        if item:
            item.outcome = Outcome.DECIDED
        self._enter("decide")
        return [
            MeetingDecided(
                meeting_id=self.id, decision_id=decision_id, work_order_id=work_order_id, new_order=new_order
            )
        ]

    def settle(self, item_ids: Sequence[str], outcome: Outcome, note: str | None) -> list[EventData]:
        """What the meeting made of items on which it decided nothing more."""
        self._allow("settle")
        items = [self.item(item_id) for item_id in item_ids]
        note = (
            required(note or "", "note", "说明", ("note",))
            if outcome is Outcome.CARRIED_OVER
            else optional(note, ("note",))
        )
        for item in items:
            item.outcome, item.note = outcome, note
        self._enter("settle")
        return [MeetingItemsSettled(meeting_id=self.id, outcome=outcome, settled=len(items), open=self.unsettled)]

    def close(self, now: datetime) -> list[EventData]:
        """It is over: minutes are there, and every item has an outcome."""
        self._allow("close")
        if self.unsettled:
            raise ItemsUnsettled(count=self.unsettled)
        self.closed_at = now
        self._enter("close")
        carried = sum(item.outcome is Outcome.CARRIED_OVER for item in self.items)
        return [MeetingClosed(meeting_id=self.id, decisions=len(self.decisions), carried_over=carried)]

    def item(self, item_id: str) -> Item:
        """The item with this id. Raises NotFound."""
        item = next((item for item in self.items if item.id == item_id), None)
        if item is None:
            raise NotFound(what="item", path=("itemId",))
        return item

    def _allow(self, act: str) -> None:
        if self.state not in TRANSITIONS[act][0]:
            done, done_zh = _DONE[act]
            raise MeetingStateForbids(
                state=self.state.value, state_zh=_STATE_ZH[self.state], command=done, command_zh=done_zh
            )

    def _enter(self, act: str) -> None:
        self.state = TRANSITIONS[act][1] or self.state

    def _convened(self) -> MeetingConvened:
        scope, counts = self.scope, self.counts
        return MeetingConvened(
            meeting_id=self.id,
            series_id=self.series_id,
            kind=scope.kind,
            post=scope.post,
            area_path=list(scope.area_path),
            members=list(scope.members),
            order_id=self.order_id,
            orders=counts.orders,
            directives=counts.directives,
            supervisions=counts.supervisions,
            overdue=counts.overdue,
        )


def _checked(scope: Scope, rota: Rota) -> Scope:
    rota.check(scope.kind)
    return msgspec.structs.replace(scope, name=required(scope.name, "name", "名称", ("name",)))
