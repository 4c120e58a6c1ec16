"""A whistle and its check-ins (吹哨报到, R-03): posts of several units are summoned to a place, and stay until the matter ends.

There are three lawful reasons, and what was tried below must be said. Who does not check in in time is a no-show, which starts a ladder.
Only the caller lets somebody go (事不完、人不撤), and evaluates each; the evaluated do not see it before the end.
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Literal

import msgspec

from services.chassis.events import Actor, EventData
from services.chassis.ids import human_number, new_id
from services.routing.errors.call import RatedAlready
from services.routing.errors.summons import (
    NobodySummoned,
    NothingToEvaluate,
    NotSummoned,
    SummonedAlready,
    SummonsStateForbids,
)
from services.routing.events.summons import (
    SummonsCalled,
    SummonsCancelled,
    SummonsCheckedIn,
    SummonsEnded,
    SummonsEvaluated,
    SummonsExtended,
    SummonsHandedOver,
    SummonsNoShow,
    SummonsReleased,
    SummonsRetimed,
    SummonsWarned,
)
from services.routing.model.clock.clocks import Clock, ClockKind, Tick
from services.routing.model.dispatch.nearest import metres
from services.routing.model.dispatch.responder import Position
from services.routing.model.ladder.rating import Rating
from services.routing.model.organisation.organisation import Post
from services.routing.model.organisation.point import Point
from services.routing.model.rules.matter import Mode, Urgency
from services.routing.model.rules.policy import Policy, retime
from services.routing.model.texts import optional, required


class SummonsReason(StrEnum):
    """The three lawful reasons to whistle."""

    BEYOND_MEANS = "beyond_means"  # a problem of residents beyond the street's means
    JOINT_ENFORCEMENT = "joint_enforcement"
    EMERGENCY = "emergency"


class SummonsState(StrEnum):
    """Where a summons stands."""

    CALLED = "called"  # somebody is still to come
    GATHERED = "gathered"
    ENDED = "ended"
    CANCELLED = "cancelled"


Act = Literal["check_in", "extend", "release", "evaluate", "end", "cancel"]

_S = SummonsState
_OPEN = frozenset({_S.CALLED, _S.GATHERED})
# Which state allows which act, and where it may lead. Whatever is not here is refused.
TRANSITIONS: dict[Act, tuple[frozenset[SummonsState], frozenset[SummonsState]]] = {
    "check_in": (_OPEN, _OPEN),
    "extend": (_OPEN, frozenset({_S.CALLED})),
    "release": (_OPEN, _OPEN),
    "evaluate": (_OPEN | {_S.ENDED}, frozenset(_S)),
    "end": (_OPEN, frozenset({_S.ENDED})),
    "cancel": (frozenset({_S.CALLED}), frozenset({_S.CANCELLED})),
}
_DONE: dict[Act, tuple[str, str]] = {
    "check_in": ("checked in to", "报到"),
    "extend": ("extended", "增派"),
    "release": ("left", "解除"),
    "evaluate": ("evaluated", "评价"),
    "end": ("ended", "结束"),
    "cancel": ("cancelled", "取消"),
}
_STATE_ZH: dict[SummonsState, str] = {
    _S.CALLED: "已吹哨",
    _S.GATHERED: "已到齐",
    _S.ENDED: "已结束",
    _S.CANCELLED: "已取消",
}


class CheckIn(msgspec.Struct, frozen=True, kw_only=True):
    """Who checked in, where and how surely."""

    by: Actor
    position: Position
    distance_m: float | None


class Summoned(msgspec.Struct, kw_only=True):
    """One post that is whistled."""

    post: str
    unit: str
    called_at: datetime
    clock: Clock | None
    check_in: CheckIn | None = None
    no_show_at: datetime | None = None
    released_at: datetime | None = None
    release_reason: str | None = None
    evaluation: Rating | None = None

    @property
    def awaited(self) -> bool:
        """Whether it is still to come."""
        return self.check_in is None and self.released_at is None


class Whistle(msgspec.Struct, frozen=True, kw_only=True):
    """What the caller says: why, what was tried below, what is to be done, where."""

    reason: SummonsReason
    tried_below: str
    matter: str
    address: str | None
    place: Point | None
    area_path: tuple[str, ...]
    category_path: tuple[str, ...] = ()
    sensitivity: str
    report_id: str | None = None


class Summons(msgspec.Struct, kw_only=True):
    """The aggregate. Its methods return the events, or raise a Refusal and change nothing."""

    id: str
    version: int = 0
    sequence: int = 0
    previous: dict[str, int] = msgspec.field(default_factory=dict)
    number: str
    whistle: Whistle
    caller: Actor
    called_at: datetime
    mode: str
    mode_followed: bool = False  # in emergency because its place is, and back with it
    state: SummonsState
    open: bool = True
    summoned: list[Summoned]
    posts: list[str]
    units: list[str]
    awaited_posts: list[str]
    ended_at: datetime | None = None
    outcome: str | None = None
    next_step_at: datetime | None = None

    @classmethod
    def blow(
        cls, whistle: Whistle, posts: Iterable[Post], mode: str, policy: Policy, by: Actor, now: datetime
    ) -> tuple["Summons", list[EventData]]:
        """Whistle; the clocks to check in run from now. An emergency is one whatever the mode of the place. Raises Refusal."""
        whistle = msgspec.structs.replace(
            whistle,
            tried_below=required(whistle.tried_below, "what was tried below", "基层已采取的措施", ("triedBelow",)),
            matter=required(whistle.matter, "matter", "事项", ("matter",)),
            address=optional(whistle.address, ("address",)),
        )
        own = whistle.reason is SummonsReason.EMERGENCY
        summons = cls(
            id=new_id("summons"),
            number=human_number(now),
            whistle=whistle,
            caller=by,
            called_at=now,
            mode=Mode.EMERGENCY if own else mode,
            mode_followed=mode == Mode.EMERGENCY and not own,
            state=_S.CALLED,
            summoned=[],
            posts=[],
            units=[],
            awaited_posts=[],
        )
        summons._summon(posts, policy, now)
        return summons, [
            SummonsCalled(
                summons_id=summons.id,
                number=summons.number,
                reason=whistle.reason,
                caller_post=by.post,
                caller_unit=by.unit,
                posts=list(summons.posts),
                area_path=list(whistle.area_path),
                sensitivity=whistle.sensitivity,
                report_id=whistle.report_id,
            )
        ]

    @property
    def category_path(self) -> tuple[str, ...]:
        return self.whistle.category_path

    @property
    def urgency(self) -> str:
        return Urgency.CRITICAL if self.mode == Mode.EMERGENCY else Urgency.ROUTINE

    @property
    def grade(self) -> str:
        """A summons has none; the policy asks it of every matter."""
        return ""

    @property
    def track(self) -> str | None:
        """A summons has none; the policy asks it of every matter."""
        return None

    @property
    def no_shows(self) -> list[Summoned]:
        """Those that did not come in time and have not come since."""
        return [one for one in self.summoned if one.no_show_at is not None and one.awaited]

    def tick(self, now: datetime) -> list[EventData]:
        """What the clocks of those that are awaited have to say, each once; the end of a clock is a no-show."""
        events: list[EventData] = []
        for one in self._running():
            assert one.clock
            for tick in one.clock.tick(now):
                due_at = one.clock.due_at
                if tick is Tick.WARNED:
                    events.append(SummonsWarned(summons_id=self.id, post=one.post, unit=one.unit, due_at=due_at))
                    continue
                one.no_show_at = now
                ladder = one.clock.target.ladder
                events.append(
                    SummonsNoShow(summons_id=self.id, post=one.post, unit=one.unit, due_at=due_at, ladder=ladder)
                )
        self._settle()
        return events

    def follow_mode(self, mode: Mode, policy: Policy, now: datetime) -> list[EventData]:
        """Its place was switched (R-30): who is awaited is due within the time of the mode; what is used up stays used up. A whistle
        for an emergency stays one. No event when nothing changes."""
        if not self.open or self.mode == mode or (mode is Mode.ROUTINE and not self.mode_followed):
            return []
        self.mode, self.mode_followed = mode, mode is Mode.EMERGENCY
        retime(
            [one.clock for one in self._running() if one.clock], policy.target(ClockKind.CHECK_IN, self), policy, now
        )
        self._settle()
        return [SummonsRetimed(summons_id=self.id, mode=mode)]

    def check_in(self, post: str, position: Position, by: Actor, now: datetime) -> list[EventData]:
        """Somebody of the post is there. A no-show may still come; that it was one stays on record."""
        self._allow("check_in")
        one = self._one(post, awaited=True)
        place = self.whistle.place
        distance = metres(place, Point(lon=position.lon, lat=position.lat)) if place else None
        one.check_in = CheckIn(by=by, position=position, distance_m=distance)
        if one.clock:
            one.clock.stop(now)
        self._settle()
        in_time = one.clock is None or one.clock.kept is not False
        return [
            SummonsCheckedIn(
                summons_id=self.id,
                post=one.post,
                unit=one.unit,
                in_time=in_time,
                accuracy_m=position.accuracy_m,
                distance_m=distance,
            )
        ]

    def extend(self, posts: Iterable[Post], policy: Policy, now: datetime) -> list[EventData]:
        """Whistle for more posts."""
        self._allow("extend")
        more = self._summon(posts, policy, now)
        return [SummonsExtended(summons_id=self.id, posts=more)]

    def release(self, post: str, reason: str, now: datetime) -> list[EventData]:
        """The caller lets one go before the end."""
        self._allow("release")
        one = self._one(post, awaited=False)
        one.release_reason = required(reason, "reason", "解除理由", ("reason",))
        self._let_go(one, now)
        self._settle()
        return [SummonsReleased(summons_id=self.id, post=post)]

    def evaluate(self, post: str, rating: Rating) -> list[EventData]:
        """The caller evaluates one, once: that came, that failed to, or at the end."""
        self._allow("evaluate")
        one = next((one for one in self.summoned if one.post == post), None)
        if one is None:
            raise NotSummoned(path=("postId",))
        if one.evaluation is not None:
            raise RatedAlready
        if self.open and one.check_in is None and one.no_show_at is None:
            raise NothingToEvaluate
        one.evaluation = rating
        return [SummonsEvaluated(summons_id=self.id, post=post, mark=None if self.open else rating.mark)]

    @property
    def concerned_posts(self) -> frozenset[str]:
        """The posts that have something to do here: who whistled, and who has not been let go."""
        if not self.open:
            return frozenset()
        return frozenset({self.caller.post or "", *(one.post for one in self.summoned if one.released_at is None)})

    def succeed(self, old: str, new: Post, reason: str, now: datetime) -> list[EventData]:
        """`new` stands where a post that is gone stood, within the same time; who is there already is not summoned twice. No event
        when the post had nothing to do here."""
        if old not in self.concerned_posts:
            return []
        there = self.concerned_posts
        if self.caller.post == old:
            self.caller = msgspec.structs.replace(self.caller, post=new.id, unit=new.unit_id)
        for one in self.summoned:
            if one.post != old or one.released_at is not None:
                continue
            if new.id in there:
                one.release_reason = reason
                self._let_go(one, now)
            else:
                one.post, one.unit = new.id, new.unit_id
        self._settle()
        return [SummonsHandedOver(summons_id=self.id, old_post=old, post=new.id, unit=new.unit_id, reason=reason)]

    def end(self, outcome: str, now: datetime) -> list[EventData]:
        """The matter has ended: all may leave."""
        self._allow("end")
        self.outcome = required(outcome, "outcome", "处置结果", ("outcome",))
        came = sum(one.check_in is not None for one in self.summoned)
        failed = sum(one.no_show_at is not None for one in self.summoned)
        self._end(_S.ENDED, now)
        return [SummonsEnded(summons_id=self.id, checked_in=came, no_shows=failed)]

    def cancel(self, reason: str, now: datetime) -> list[EventData]:
        """Nobody need come."""
        self._allow("cancel")
        self.outcome = required(reason, "reason", "取消理由", ("reason",))
        self._end(_S.CANCELLED, now)
        return [SummonsCancelled(summons_id=self.id)]

    def _summon(self, posts: Iterable[Post], policy: Policy, now: datetime) -> list[str]:
        wanted = list({post.id: post for post in posts}.values())
        if not wanted or any(post.id == self.caller.post for post in wanted):
            raise NobodySummoned(path=("postIds",))
        if known := next((post.id for post in wanted if post.id in self.posts), None):
            raise SummonedAlready(path=("postIds",), post=known)
        target = policy.target(ClockKind.CHECK_IN, self)
        for post in wanted:
            clock = Clock.start(ClockKind.CHECK_IN, target, policy.calendar(target.calendar), now) if target else None
            self.summoned.append(Summoned(post=post.id, unit=post.unit_id, called_at=now, clock=clock))
        self._settle()
        return [post.id for post in wanted]

    def _one(self, post: str, *, awaited: bool) -> Summoned:
        for one in self.summoned:
            if one.post == post and (one.awaited if awaited else one.released_at is None):
                return one
        raise NotSummoned(path=("postId",))

    def _running(self) -> list[Summoned]:
        return [one for one in self.summoned if one.awaited and one.clock]

    def _let_go(self, one: Summoned, now: datetime) -> None:
        one.released_at = now
        if one.clock:
            one.clock.stop(now)

    def _settle(self) -> None:
        """State, lists and the next step, from those summoned."""
        self.posts = [one.post for one in self.summoned]
        self.units = list(dict.fromkeys(one.unit for one in self.summoned))
        self.awaited_posts = [one.post for one in self.summoned if one.awaited] if self.open else []
        if self.open:
            self.state = _S.CALLED if self.awaited_posts else _S.GATHERED
        due = [one.clock.next_at for one in self._running() if one.clock and one.clock.next_at]
        self.next_step_at = min(due, default=None) if self.open else None

    def _end(self, state: SummonsState, now: datetime) -> None:
        for one in self.summoned:
            if one.released_at is None:
                self._let_go(one, now)
        self.state, self.open, self.ended_at = state, False, now
        self._settle()

    def _allow(self, act: Act) -> None:
        if self.state not in TRANSITIONS[act][0]:
            done, done_zh = _DONE[act]
            raise SummonsStateForbids(
                state=self.state.value, state_zh=_STATE_ZH[self.state], command=done, command_zh=done_zh
            )
