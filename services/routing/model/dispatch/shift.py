"""A shift of a post: who is on it, whether that is enough, swaps, take-over, and the hand-over that closes it (R-20; domain.md §3.8)."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Literal

import msgspec

from services.chassis.events import Actor, EventData
from services.chassis.ids import new_id
from services.routing.errors.shift import (
    NotOnShift,
    OnShiftAlready,
    ShiftFull,
    ShiftPatternInvalid,
    ShiftStateForbids,
    SwapBreaksComposition,
    SwapStateForbids,
    TakeOverNeedsRequest,
)
from services.routing.events.absence import GapFilled, RosterGapAnnounced
from services.routing.events.roster import (
    ShiftAssigned,
    ShiftHandedOver,
    ShiftMoved,
    ShiftPlanned,
    ShiftStarted,
    ShiftTakenOver,
    SwapDecided,
    SwapRequested,
    SwapTaken,
)
from services.routing.model.clock.calendar import LOCAL
from services.routing.model.dispatch.composition import in_words, missing, named
from services.routing.model.dispatch.responder import Availability, Responder
from services.routing.model.organisation.organisation import Post
from services.routing.model.rules.matter import Mode
from services.routing.model.texts import required

MAX_STARTS = 6
MAX_DAYS = 31
_SETTLED_AFTER = timedelta(minutes=10)  # who has not come on duty by then is not there
_ANYBODY = "anybody"  # a place of the head-count that no role claims


class ShiftState(StrEnum):
    """Where a shift is. It stays running until it is handed over."""

    PLANNED = "planned"
    RUNNING = "running"
    CLOSED = "closed"


class SwapState(StrEnum):
    """Where a swap is."""

    REQUESTED = "requested"
    TAKEN = "taken"
    APPROVED = "approved"
    REFUSED = "refused"
    EXPIRED = "expired"


SwapAct = Literal["take", "approve", "refuse", "expire"]
_S = SwapState
# Which state of a swap allows which act, and where it leads. Whatever is not here is refused.
SWAPS: dict[SwapAct, tuple[frozenset[SwapState], SwapState]] = {
    "take": (frozenset({_S.REQUESTED}), _S.TAKEN),
    "approve": (frozenset({_S.TAKEN}), _S.APPROVED),
    "refuse": (frozenset({_S.REQUESTED, _S.TAKEN}), _S.REFUSED),
    "expire": (frozenset({_S.REQUESTED, _S.TAKEN}), _S.EXPIRED),
}
_SHIFT_ZH = {ShiftState.PLANNED: "尚未开始", ShiftState.RUNNING: "正在值班", ShiftState.CLOSED: "已交班"}
_SWAP_ZH = {
    _S.REQUESTED: "尚无人接替",
    _S.TAKEN: "待批准",
    _S.APPROVED: "已批准",
    _S.REFUSED: "已驳回",
    _S.EXPIRED: "已失效",
}


class Strength(msgspec.Struct, frozen=True, kw_only=True):
    """How many must be on a shift, and of them how many of each role."""

    head_count: int
    composition: dict[str, int]

    @property
    def possible(self) -> bool:
        """Whether the roles fit into the head-count."""
        roles = self.composition.values()
        return self.head_count >= max(1, sum(roles)) and all(count > 0 for count in roles) and named(self.composition)


class Pattern(msgspec.Struct, frozen=True, kw_only=True):
    """How a day is divided: local times at which shifts begin, each lasting until the next (三班倒). `emergency` is the strength while
    the place is in emergency mode (R-30); without it that is the same."""

    starts: tuple[time, ...]
    head_count: int
    composition: dict[str, int]
    emergency: Strength | None = None

    @property
    def routine(self) -> Strength:
        """The strength in peacetime."""
        return Strength(head_count=self.head_count, composition=dict(self.composition))

    def periods(self, first: date, days: int) -> list[tuple[datetime, datetime]]:
        """Every shift of so many days from `first` on. Raises ShiftPatternInvalid."""
        if any(start.tzinfo or start.second or start.microsecond for start in self.starts):
            raise ShiftPatternInvalid
        starts = sorted(set(self.starts))
        fits = 1 <= len(starts) <= MAX_STARTS and len(starts) == len(self.starts) and 1 <= days <= MAX_DAYS
        counts = all(strength.possible for strength in (self.routine, self.emergency) if strength)
        if not (fits and counts):
            raise ShiftPatternInvalid
        moments = [
            datetime.combine(first + timedelta(days=day), start, LOCAL).astimezone(UTC)
            for day in range(days + 1)
            for start in starts
        ]
        return [(moments[n], moments[n + 1]) for n in range(days * len(starts))]


class Swap(msgspec.Struct, kw_only=True):
    """Somebody wants to be replaced: requested, taken by another, approved by a manager."""

    id: str
    holder: str
    by: Actor
    at: datetime
    state: SwapState = SwapState.REQUESTED
    taker: str | None = None
    taken_at: datetime | None = None
    decided_by: Actor | None = None
    decided_at: datetime | None = None


class Handover(msgspec.Struct, frozen=True, kw_only=True):
    """What the next shift must know, and the orders that are under way, by state."""

    at: datetime
    by: Actor
    note: str
    open_matters: dict[str, int]


class Shift(msgspec.Struct, kw_only=True):
    """The aggregate. Its methods are the commands; each returns the events or raises a Refusal and changes nothing.

    `people` are always the responders who stand in `assigned`; `gap` is what was last told to be wanting.
    `head_count` and `composition` are what the present mode asks for.
    """

    id: str
    version: int = 0
    sequence: int = 0
    previous: dict[str, int] = msgspec.field(default_factory=dict)
    post_id: str
    unit_id: str
    area_path: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime
    head_count: int
    composition: dict[str, int]
    routine: Strength | None = None
    emergency: Strength | None = None
    state: ShiftState = ShiftState.PLANNED
    assigned: tuple[str, ...] = ()
    swaps: list[Swap] = msgspec.field(default_factory=list)
    handover: Handover | None = None
    ahead: timedelta
    gap: dict[str, int] = msgspec.field(default_factory=dict)
    has_gap: bool = False
    next_step_at: datetime | None

    @classmethod
    def plan(
        cls,
        post: Post,
        area_path: tuple[str, ...],
        period: tuple[datetime, datetime],
        pattern: Pattern,
        ahead: timedelta,
        now: datetime,
    ) -> tuple["Shift", list[EventData]]:
        """An empty shift; `ahead` before it begins its gaps are told."""
        starts_at, ends_at = period
        shift = cls(
            id=new_id("shift"),
            post_id=post.id,
            unit_id=post.unit_id,
            area_path=area_path,
            starts_at=starts_at,
            ends_at=ends_at,
            head_count=pattern.head_count,
            composition=dict(pattern.composition),
            routine=pattern.routine,
            emergency=pattern.emergency,
            ahead=ahead,
            next_step_at=max(now, starts_at - ahead),
        )
        return shift, [
            ShiftPlanned(
                shift_id=shift.id,
                post_id=post.id,
                unit_id=post.unit_id,
                area_path=list(area_path),
                starts_at=starts_at,
                ends_at=ends_at,
                head_count=pattern.head_count,
                composition=dict(pattern.composition),
            )
        ]

    def wanting(self, people: Sequence[Responder]) -> dict[str, int]:
        """Role → how many are wanting; `anybody` for places that no role claims."""
        roles = missing(self.composition, people)
        places = self.head_count - len(people) - sum(roles.values())
        return {**roles, **({_ANYBODY: places} if places > 0 else {})}

    def assign(self, people: Sequence[Responder], now: datetime) -> list[EventData]:
        """Put these on the shift, instead of those who were on it."""
        self._not_closed()
        if len(people) > self.head_count:
            raise ShiftFull(path=("responderIds",), head_count=self.head_count)
        self.assigned = tuple(person.id for person in people)
        for swap in self.swaps:
            if swap.holder not in self.assigned and swap.state in SWAPS["expire"][0]:
                swap.state = SwapState.EXPIRED
        return [self._assigned(), *self._tell(people, now)]

    def request_swap(self, holder: str, now: datetime, by: Actor) -> list[EventData]:
        """The holder, or a manager for the holder, asks for somebody else."""
        self._not_closed()
        self._on_shift(holder)
        if any(swap.holder == holder and swap.state in SWAPS["expire"][0] for swap in self.swaps):
            raise SwapStateForbids(state="under way", state_zh="正在办理")
        swap = Swap(id=new_id("swap"), holder=holder, by=by, at=now)
        self.swaps.append(swap)
        return [SwapRequested(shift_id=self.id, swap_id=swap.id, responder_id=holder)]

    def take_swap(self, swap_id: str, taker: str, now: datetime) -> list[EventData]:
        """Another would take the place."""
        self._not_closed()
        swap = self._swap(swap_id, "take")
        self._not_on_shift(taker)
        swap.taker, swap.taken_at, swap.state = taker, now, SwapState.TAKEN
        return [SwapTaken(shift_id=self.id, swap_id=swap.id, responder_id=taker)]

    def taken(self, swap_id: str) -> Swap:
        """A swap that waits for a decision. Raises NotOnShift, SwapStateForbids."""
        return self._swap(swap_id, "approve")

    def approve_swap(
        self, swap_id: str, before: Sequence[Responder], people: Sequence[Responder], now: datetime, by: Actor
    ) -> list[EventData]:
        """A manager agrees; `people` are those on the shift after it. It must not lack more than `before`."""
        self._not_closed()
        swap = self._swap(swap_id, "approve")
        if swap.taker:  # may have been put on the shift since
            self._not_on_shift(swap.taker)
        lacked = self.wanting(before)
        if lacking := {role: n for role, n in self.wanting(people).items() if n > lacked.get(role, 0)}:
            raise SwapBreaksComposition(missing=in_words(lacking))
        self._decide(swap, "approve", now, by)
        self.assigned = tuple(person.id for person in people)
        told: list[EventData] = [SwapDecided(shift_id=self.id, swap_id=swap.id, outcome=swap.state)]
        return [*told, self._assigned(), *self._tell(people, now)]

    def refuse_swap(self, swap_id: str, now: datetime, by: Actor) -> list[EventData]:
        """A manager does not agree: the holder stays."""
        swap = self._swap(swap_id, "refuse")
        self._decide(swap, "refuse", now, by)
        return [SwapDecided(shift_id=self.id, swap_id=swap.id, outcome=swap.state)]

    def take_over(self, holder: Responder, people: Sequence[Responder], taker: str, now: datetime) -> list[EventData]:
        """Step in without a request, because the holder is on a scene (OnCall #4538); `people` are those on the shift after it."""
        self._not_closed()
        self._on_shift(holder.id)
        self._not_on_shift(taker)
        if holder.availability is not Availability.ON_SCENE:
            raise TakeOverNeedsRequest(name=holder.name)
        self.assigned = tuple(person.id for person in people)
        told: list[EventData] = [
            ShiftTakenOver(shift_id=self.id, from_responder_id=holder.id, responder_id=taker),
        ]
        return [*told, self._assigned(), *self._tell(people, now)]

    def hand_over(self, note: str, open_matters: Mapping[str, int], now: datetime, by: Actor) -> list[EventData]:
        """Close the shift with what the next one must know."""
        if self.state is not ShiftState.RUNNING:
            raise self._forbidden()
        note = required(note, "note", "交班记录", ("note",))
        self.handover = Handover(at=now, by=by, note=note, open_matters=dict(open_matters))
        self.state, self.next_step_at, self.has_gap = ShiftState.CLOSED, None, False
        return [
            ShiftHandedOver(
                shift_id=self.id,
                post_id=self.post_id,
                area_path=list(self.area_path),
                open_matters=dict(open_matters),
            )
        ]

    def succeed(self, post: Post, area_path: tuple[str, ...], reason: str) -> list[EventData]:
        """The shift is another post's, since its own is gone."""
        old, self.post_id, self.unit_id, self.area_path = self.post_id, post.id, post.unit_id, area_path
        return [
            ShiftMoved(
                shift_id=self.id,
                old_post_id=old,
                post_id=post.id,
                unit_id=post.unit_id,
                area_path=list(area_path),
                reason=reason,
            )
        ]

    def step(self, people: Sequence[Responder], mode: Mode, now: datetime) -> list[EventData]:
        """What its time asks for: be as strong as the mode of the place asks, tell a gap ahead, begin, and once it has begun say who is
        not there."""
        if self.state is ShiftState.CLOSED:
            self.next_step_at = None
            return []
        wanted = self.emergency if mode is Mode.EMERGENCY and self.emergency else self.routine
        if wanted:
            self.head_count, self.composition = wanted.head_count, dict(wanted.composition)
        events: list[EventData] = []
        if self.state is ShiftState.PLANNED and now >= self.starts_at:
            events = [*self._begin(), *self._tell(people, now, again=True)]
            self.next_step_at = self.starts_at + _SETTLED_AFTER
        elif self.state is ShiftState.PLANNED:
            events = self._tell(people, now)
            self.next_step_at = self.starts_at
        else:
            events = self._tell(people, now)
            settled = self.starts_at + _SETTLED_AFTER
            self.next_step_at = settled if now < settled else None
        return events

    def _begin(self) -> list[EventData]:
        self.state = ShiftState.RUNNING
        events: list[EventData] = [
            ShiftStarted(shift_id=self.id, post_id=self.post_id, responder_ids=list(self.assigned))
        ]
        for swap in self.swaps:
            if swap.state in SWAPS["expire"][0]:
                swap.state = SwapState.EXPIRED
                events.append(SwapDecided(shift_id=self.id, swap_id=swap.id, outcome=swap.state))
        return events

    def _tell(self, people: Sequence[Responder], now: datetime, *, again: bool = False) -> list[EventData]:
        """The gap as it is now, if that is news: ahead of the shift, or while it runs. `again`: at the moment, though told ahead."""
        if now < self.starts_at - self.ahead:
            return []
        there = people if now < self.starts_at + _SETTLED_AFTER else [person for person in people if _at_work(person)]
        gap = self.wanting(there)
        if gap == self.gap and not (gap and again):
            return []
        was, self.gap, self.has_gap = self.gap, gap, bool(gap)
        if gap:
            return [
                RosterGapAnnounced(
                    kind="shift",
                    gap_id=self.id,
                    post_id=self.post_id,
                    unit_id=self.unit_id,
                    area_path=list(self.area_path),
                    since=self.starts_at,
                    until=self.ends_at,
                    ahead=now < self.starts_at,
                    missing=gap,
                )
            ]
        return [GapFilled(gap_id=self.id, post_id=self.post_id, area_path=list(self.area_path))] if was else []

    def _swap(self, swap_id: str, act: SwapAct) -> Swap:
        swap = next((swap for swap in self.swaps if swap.id == swap_id), None)
        if swap is None:
            raise NotOnShift(path=("swapId",))
        if swap.state not in SWAPS[act][0]:
            raise SwapStateForbids(state=swap.state.value, state_zh=_SWAP_ZH[swap.state])
        return swap

    def _decide(self, swap: Swap, act: SwapAct, now: datetime, by: Actor) -> None:
        swap.state, swap.decided_at, swap.decided_by = SWAPS[act][1], now, by

    def _on_shift(self, responder_id: str) -> None:
        if responder_id not in self.assigned:
            raise NotOnShift(path=("responderId",))

    def _not_on_shift(self, responder_id: str) -> None:
        if responder_id in self.assigned:
            raise OnShiftAlready(path=("responderId",))

    def _not_closed(self) -> None:
        if self.state is ShiftState.CLOSED:
            raise self._forbidden()

    def _forbidden(self) -> ShiftStateForbids:
        return ShiftStateForbids(state=self.state.value, state_zh=_SHIFT_ZH[self.state])

    def _assigned(self) -> ShiftAssigned:
        return ShiftAssigned(shift_id=self.id, responder_ids=list(self.assigned))


def _at_work(person: Responder) -> bool:
    return person.availability not in (Availability.OFF, Availability.STANDBY)
