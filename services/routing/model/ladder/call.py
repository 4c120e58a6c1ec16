"""A call (呼叫) of an organ and who owes it an answer, rung by rung (四呼四应, R-01, R-02, R-10).

A call creates a duty one level up, by a named post, in time. A raised call adds a rung; the lower one keeps its duty until it is
released. The calling organ rates response and result once each, and the rated do not see it before the call is closed.
The order that handles the matter stands beside the call, dispatched by routing as any other.
"""

from datetime import datetime
from enum import StrEnum
from typing import Literal

import msgspec

from services.chassis.events import Actor, EventData
from services.chassis.ids import human_number, new_id
from services.routing.errors.call import (
    CallNotHigher,
    CallStateForbids,
    NotCalled,
    NothingToRate,
    RatedAlready,
)
from services.routing.errors.escalation import LastOwner
from services.routing.events.call import (
    CallAnswered,
    CallClosed,
    CallHandedOver,
    CallMade,
    CallOverdue,
    CallRaised,
    CallRated,
    CallReleased,
    CallReopened,
    CallRetimed,
    CallWarned,
    CallWithdrawn,
)
from services.routing.model.clock.clocks import Clock, ClockKind, Tick
from services.routing.model.ladder.rating import Rating
from services.routing.model.ladder.rungs import RUNGS, centre_post, height, post_on
from services.routing.model.organisation.directory import Directory
from services.routing.model.organisation.organisation import Post, PostLevel
from services.routing.model.rules.decision import ReportFacts
from services.routing.model.rules.matter import CallLevel, Mode
from services.routing.model.rules.policy import Policy, retime
from services.routing.model.texts import required

# 网格呼社区应、社区呼街道应、街道呼部门应、提级呼领导应
ANSWERS: dict[CallLevel, PostLevel] = {
    CallLevel.GRID: PostLevel.COMMUNITY,
    CallLevel.COMMUNITY: PostLevel.STREET,
    CallLevel.STREET: PostLevel.DEPARTMENT,
    CallLevel.ELEVATED: PostLevel.DISTRICT,
}


class CallState(StrEnum):
    """Where a call stands."""

    CALLED = "called"  # the highest post called owes its answer
    ANSWERED = "answered"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class Aspect(StrEnum):
    """What the calling organ rates."""

    RESPONSE = "response"
    RESULT = "result"


Act = Literal["answer", "raise", "release", "rate_response", "rate_result", "close", "reopen", "withdraw"]

_S = CallState
_OPEN = frozenset({_S.CALLED, _S.ANSWERED})
# Which state allows which act, and where it may lead. Whatever is not here is refused.
TRANSITIONS: dict[Act, tuple[frozenset[CallState], frozenset[CallState]]] = {
    "answer": (_OPEN, _OPEN),
    "raise": (_OPEN, frozenset({_S.CALLED})),
    "release": (_OPEN, _OPEN),
    "rate_response": (_OPEN | {_S.CLOSED}, frozenset(_S)),
    "rate_result": (_OPEN | {_S.CLOSED}, frozenset(_S)),
    "close": (_OPEN, frozenset({_S.CLOSED})),
    "reopen": (frozenset({_S.CLOSED}), _OPEN),
    "withdraw": (_OPEN, frozenset({_S.WITHDRAWN})),
}
_DONE: dict[Act, tuple[str, str]] = {
    "answer": ("answered", "响应"),
    "raise": ("raised", "提级"),
    "release": ("released", "解除责任"),
    "rate_response": ("rated", "评价"),
    "rate_result": ("rated", "评价"),
    "close": ("closed", "办结"),
    "reopen": ("reopened", "重新打开"),
    "withdraw": ("withdrawn", "撤回"),
}
_STATE_ZH: dict[CallState, str] = {
    _S.CALLED: "已呼叫",
    _S.ANSWERED: "已响应",
    _S.CLOSED: "已办结",
    _S.WITHDRAWN: "已撤回",
}


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """The response: an act by somebody in the post, at a time, in words."""

    at: datetime
    by: Actor
    text: str


class CallRung(msgspec.Struct, kw_only=True):
    """One post that is called. `automatic`: the ladder climbed here; `reason` says why it was raised."""

    level: PostLevel
    post: str
    unit: str
    called_at: datetime
    by: Actor
    reason: str | None = None
    automatic: bool = False
    clock: Clock | None
    answer: Answer | None = None
    released_at: datetime | None = None
    released_by: Actor | None = None
    release_reason: str | None = None

    @property
    def owes(self) -> bool:
        """Whether its answer is still owed."""
        return self.answer is None and self.released_at is None


class Call(msgspec.Struct, kw_only=True):
    """The aggregate. Its methods return the events, or raise a Refusal and change nothing.

    `owing_posts` are those that have not answered, `due_at` when the first of them must have; `next_step_at` is when a clock has
    something to say.
    """

    id: str
    version: int = 0
    sequence: int = 0
    previous: dict[str, int] = msgspec.field(default_factory=dict)
    number: str
    report_id: str
    report_number: str
    level: CallLevel
    caller_person: str | None
    caller_post: str | None
    caller_unit: str | None
    category: str
    category_path: tuple[str, ...]
    area_path: tuple[str, ...]
    sensitivity: str
    urgency: str
    mode: str
    mode_followed: bool = False  # in emergency because its place is, and back with it
    track: str | None
    made_at: datetime
    state: CallState
    open: bool = True
    rungs: list[CallRung]
    called_posts: list[str]
    called_units: list[str]
    owing_posts: list[str]
    due_at: datetime | None = None
    response: Rating | None = None
    result: Rating | None = None
    closed_at: datetime | None = None
    next_step_at: datetime | None = None

    @classmethod
    def make(
        cls,
        report: ReportFacts,
        level: CallLevel,
        caller: Actor,
        directory: Directory,
        now: datetime,
        reason: str | None = None,
    ) -> tuple["Call", list[EventData]] | None:
        """The duty that a call creates; its clock runs from the receipt of the report. None where nobody is there to answer.

        `reason` says why a report that was no call is made one; its clock then runs from now.
        """
        if reason is not None:
            reason = required(reason, "reason", "呼叫理由", ("reason",))
        post = respondent(directory, ANSWERS[level], report.area_path, report.category_path, caller.post)
        if post is None:
            return None
        call = cls(
            id=new_id("call"),
            number=human_number(now),
            report_id=report.report_id,
            report_number=report.number,
            level=level,
            caller_person=caller.person,
            caller_post=caller.post,
            caller_unit=caller.unit,
            category=report.category,
            category_path=report.category_path,
            area_path=report.area_path,
            sensitivity=report.sensitivity,
            urgency=report.urgency,
            mode=report.mode,
            mode_followed=report.mode_of_place,
            track=report.track,
            made_at=now,
            state=_S.CALLED,
            rungs=[],
            called_posts=[],
            called_units=[],
            owing_posts=[],
        )
        since = report.received_at if reason is None else now
        rung = call._call(post, directory.policy, since, now, caller, reason=reason)
        return call, [
            CallMade(
                call_id=call.id,
                number=call.number,
                report_id=call.report_id,
                level=level,
                caller_post=caller.post,
                caller_unit=caller.unit,
                respondent_level=post.level,
                respondent_post=post.id,
                respondent_unit=post.unit_id,
                area_path=list(call.area_path),
                sensitivity=call.sensitivity,
                respond_by=rung.clock.due_at if rung.clock else None,
            )
        ]

    @property
    def grade(self) -> str:
        """A call has none; the policy asks it of every matter."""
        return ""

    @property
    def top(self) -> CallRung:
        """The highest of those that have the duty, else the highest called."""
        active = [rung for rung in self.rungs if rung.released_at is None]
        return max(active or self.rungs, key=lambda rung: height(rung.level))

    def tick(self, now: datetime) -> list[EventData]:
        """What the clocks of those that owe an answer have to say, each once."""
        events: list[EventData] = []
        for rung in self._owing():
            assert rung.clock
            for tick in rung.clock.tick(now):
                about = {"call_id": self.id, "report_id": self.report_id, "post": rung.post, "unit": rung.unit}
                due_at = rung.clock.due_at
                if tick is Tick.WARNED:
                    events.append(CallWarned(**about, due_at=due_at))
                else:
                    events.append(CallOverdue(**about, due_at=due_at, ladder=rung.clock.target.ladder))
        self._settle()
        return events

    def follow_mode(self, mode: Mode, policy: Policy, now: datetime) -> list[EventData]:
        """Its place was switched (R-30): what is owed is owed within the time of the mode; what is used up stays used up, what is
        overdue overdue. An emergency of its own stays one. No event when nothing changes."""
        if not self.open or self.mode == mode or (mode is Mode.ROUTINE and not self.mode_followed):
            return []
        self.mode, self.mode_followed = mode, mode is Mode.EMERGENCY
        retime(
            [rung.clock for rung in self._owing() if rung.clock], policy.target(ClockKind.RESPOND, self), policy, now
        )
        self._settle()
        return [CallRetimed(call_id=self.id, report_id=self.report_id, mode=mode, due_at=self.due_at)]

    def answer(self, post: str, text: str, by: Actor, now: datetime) -> list[EventData]:
        """A called post answers."""
        self._allow("answer")
        rung = next((rung for rung in self.rungs if rung.post == post and rung.owes), None)
        if rung is None:
            raise NotCalled
        rung.answer = Answer(at=now, by=by, text=required(text, "text", "响应内容", ("text",)))
        if rung.clock:
            rung.clock.stop(now)
        self._settle()
        in_time = rung.clock is None or rung.clock.kept is not False
        return [
            CallAnswered(
                call_id=self.id,
                report_id=self.report_id,
                level=rung.level,
                post=rung.post,
                unit=rung.unit,
                in_time=in_time,
            )
        ]

    def raise_to(
        self, post: Post, policy: Policy, reason: str, by: Actor, now: datetime, *, automatic: bool = False
    ) -> list[EventData]:
        """A post above owes an answer too, from now on; those below keep their duty. Raises Refusal."""
        self._allow("raise")
        reason = required(reason, "reason", "提级理由", ("reason",))
        if height(post.level) <= height(self.top.level) or post.id in self.called_posts:
            raise CallNotHigher(level=self.top.level.value)
        rung = self._call(post, policy, now, now, by, reason=reason, automatic=automatic)
        return [
            CallRaised(
                call_id=self.id,
                report_id=self.report_id,
                level=post.level,
                post=post.id,
                unit=post.unit_id,
                automatic=automatic,
                respond_by=rung.clock.due_at if rung.clock else None,
            )
        ]

    def release(self, post: str, reason: str, by: Actor, now: datetime) -> list[EventData]:
        """A called post is freed of its duty; somebody always keeps it."""
        self._allow("release")
        rung = next((rung for rung in self.rungs if rung.post == post and rung.released_at is None), None)
        if rung is None:
            raise NotCalled
        if all(other.released_at for other in self.rungs if other is not rung):
            raise LastOwner
        rung.release_reason = required(reason, "reason", "解除理由", ("reason",))
        rung.released_at, rung.released_by = now, by
        if rung.clock:
            rung.clock.stop(now)
        self._settle()
        return [CallReleased(call_id=self.id, report_id=self.report_id, post=post)]

    def rate(self, aspect: Aspect, rating: Rating, *, result_is_there: bool) -> list[EventData]:
        """The calling organ rates: the response once somebody answered, the result once it was handed in; each once."""
        self._allow("rate_response" if aspect is Aspect.RESPONSE else "rate_result")
        given = self.response if aspect is Aspect.RESPONSE else self.result
        if given is not None:
            raise RatedAlready
        there = result_is_there if aspect is Aspect.RESULT else any(rung.answer for rung in self.rungs)
        if not there:
            raise NothingToRate
        if aspect is Aspect.RESPONSE:
            self.response = rating
        else:
            self.result = rating
        mark = None if self.open else rating.mark
        return [CallRated(call_id=self.id, report_id=self.report_id, aspect=aspect, mark=mark)]

    def close(self, now: datetime) -> list[EventData]:
        """The matter has ended. What was owed and never given stays on record as such."""
        self._allow("close")
        self._end(_S.CLOSED, now)
        return [
            CallClosed(
                call_id=self.id,
                report_id=self.report_id,
                response_mark=self.response.mark if self.response else None,
                result_mark=self.result.mark if self.result else None,
            )
        ]

    def reopen(self) -> list[EventData]:
        """The matter is open again. Who never answered still owes it; its clock does not run again."""
        self._allow("reopen")
        self.open, self.closed_at, self.state = True, None, _S.ANSWERED
        self._settle()
        return [CallReopened(call_id=self.id, report_id=self.report_id)]

    def withdraw(self, now: datetime) -> list[EventData]:
        """The report is gone."""
        self._allow("withdraw")
        self._end(_S.WITHDRAWN, now)
        return [CallWithdrawn(call_id=self.id, report_id=self.report_id)]

    def _call(
        self,
        post: Post,
        policy: Policy,
        since: datetime,
        now: datetime,
        by: Actor,
        *,
        reason: str | None = None,
        automatic: bool = False,
    ) -> CallRung:
        target = policy.target(ClockKind.RESPOND, self)
        clock = Clock.start(ClockKind.RESPOND, target, policy.calendar(target.calendar), since) if target else None
        rung = CallRung(
            level=post.level,
            post=post.id,
            unit=post.unit_id,
            called_at=now,
            by=by,
            reason=reason,
            automatic=automatic,
            clock=clock,
        )
        self.rungs.append(rung)
        self._settle()
        return rung

    def _owing(self) -> list[CallRung]:
        return [rung for rung in self.rungs if rung.owes and rung.clock] if self.open else []

    def succeed(self, old: str, new: Post, reason: str) -> list[EventData]:
        """What a post that is gone owes is `new`'s now, within the same time. No event when it owes nothing."""
        if old not in self.owing_posts:
            return []
        for rung in self.rungs:
            if rung.owes and rung.post == old:
                rung.post, rung.unit = new.id, new.unit_id
        self._settle()
        return [
            CallHandedOver(
                call_id=self.id,
                report_id=self.report_id,
                old_post=old,
                post=new.id,
                unit=new.unit_id,
                reason=reason,
            )
        ]

    def _settle(self) -> None:
        """State, lists and the next step, from the rungs."""
        if self.open:
            self.state = _S.CALLED if self.top.owes else _S.ANSWERED
        self.called_posts = [rung.post for rung in self.rungs]
        self.called_units = list(dict.fromkeys(rung.unit for rung in self.rungs))
        self.owing_posts = [rung.post for rung in self.rungs if rung.owes] if self.open else []
        clocks = [rung.clock for rung in self._owing() if rung.clock]
        self.due_at = min((clock.due_at for clock in clocks), default=None)
        self.next_step_at = min((clock.next_at for clock in clocks if clock.next_at), default=None)

    def _end(self, state: CallState, now: datetime) -> None:
        for rung in self._owing():
            assert rung.clock
            rung.clock.stop(now)
        self.state, self.open, self.closed_at = state, False, now
        self._settle()

    def _allow(self, act: Act) -> None:
        if self.state not in TRANSITIONS[act][0]:
            done, done_zh = _DONE[act]
            raise CallStateForbids(
                state=self.state.value, state_zh=_STATE_ZH[self.state], command=done, command_zh=done_zh
            )


def respondent(
    directory: Directory,
    level: PostLevel,
    area_path: tuple[str, ...],
    category_path: tuple[str, ...],
    caller_post: str | None,
) -> Post | None:
    """Who must answer on a level: the post there, else the next above that somebody has, else the centre; nobody answers oneself."""
    for rung in RUNGS[height(level) :]:
        post = post_on(directory, rung, area_path, category_path)
        if post is not None and post.id != caller_post:
            return post
    post = centre_post(directory, area_path)
    return post if post is not None and post.id != caller_post else None
