"""Waiting and more time: suspension with a named party, deferral with a review date, the way up, extensions (R-29)."""

from datetime import datetime, timedelta

from services.chassis.events import Actor, EventData
from services.routing.errors.work_order import (
    ExtensionLimitReached,
    ExtensionPending,
    NoExtensionAsked,
    WaitNotAhead,
    WaitTooLong,
)
from services.routing.events.work_order import (
    OrderDeferred,
    OrderExtensionAsked,
    OrderExtensionDecided,
    OrderResumed,
    OrderSubmitted,
    OrderSuspended,
    OrderTracked,
    OrderTransferredUp,
)
from services.routing.model.clock.clocks import ClockKind
from services.routing.model.order.handling import Handling
from services.routing.model.order.parts import (
    Deferral,
    Extension,
    Progress,
    Submission,
    Suspension,
    UpwardTransfer,
)
from services.routing.model.order.states import OrderState
from services.routing.model.organisation.organisation import Post
from services.routing.model.rules.policy import Policy
from services.routing.model.texts import optional, required


class Waiting(Handling, kw_only=True):
    """The commands about time."""

    @property
    def suspended_for(self) -> timedelta:
        """How much of the budget of suspensions is used up."""
        return sum((wait.took() for wait in self.suspensions), timedelta())

    def suspend(
        self, awaited: str, reason: str, until: datetime, policy: Policy, now: datetime, by: Actor
    ) -> list[EventData]:
        """Wait for a named party until a date (挂起), within the policy's budget for the order's whole life."""
        self.check("suspend", now)
        awaited = required(awaited, "awaited", "等待对象", ("awaited",))
        reason = required(reason, "reason", "挂起理由", ("reason",))
        _check_ahead(until, now, now + policy.limits.suspensions - self.suspended_for, ("until",))
        self.suspensions.append(Suspension(awaited=awaited, reason=reason, since=now, until=until, by=by))
        self.pause(awaited, policy, now)
        self.enter("suspend", now)
        return [OrderSuspended(**self.ids(), awaited=self.told(awaited), reason=self.told(reason), until=until)]

    def defer(
        self, reason: str, owner: Post, review_at: datetime, policy: Policy, now: datetime, by: Actor
    ) -> list[EventData]:
        """It cannot be solved now (挂账): `owner` keeps it in sight until it is looked at again. The caller is told."""
        self.check("defer", now)
        reason = required(reason, "reason", "挂账理由", ("reason",))
        _check_ahead(review_at, now, now + policy.limits.deferral, ("reviewAt",))
        self._end_wait(now)
        self.deferrals.append(
            Deferral(
                reason=reason,
                owner_post=owner.id,
                owner_unit=owner.unit_id,
                since=now,
                review_at=review_at,
                by=by,
            )
        )
        self.stop_clock(ClockKind.FIRST_REPORT, now)
        self.pause(owner.id, policy, now)
        self.enter("defer", now)
        return [
            OrderDeferred(
                **self.ids(),
                reason=self.told(reason),
                owner_post=owner.id,
                owner_unit=owner.unit_id,
                review_at=review_at,
            )
        ]

    def resume(self, policy: Policy, now: datetime, *, by_date: bool = False) -> list[EventData]:
        """What was waited for is there, or shall be waited for no longer."""
        self.check("resume", now)
        self._end_wait(now)
        self.go_on(policy, now)
        self.enter("resume", now)
        return [OrderResumed(**self.ids(), by_date=by_date, resolve_by=self.resolve_by)]

    def resume_by_date(self, policy: Policy, now: datetime) -> list[EventData]:
        """The date of the wait has come. No event when it is not so far."""
        if self.state is OrderState.SUSPENDED and now >= self.suspensions[-1].until:
            return self.resume(policy, now, by_date=True)
        if self.state is OrderState.DEFERRED and now >= self.deferrals[-1].review_at:
            return self.resume(policy, now, by_date=True)
        return []

    def transfer_up(
        self, system: str, reference: str, reason: str, policy: Policy, now: datetime, by: Actor
    ) -> list[EventData]:
        """Hand it to a superior system, with its reference there (R-29). It stays this order, and its lead follows it."""
        self.check("transfer_up", now)
        system = required(system, "system", "上级系统", ("system",))
        reference = required(reference, "reference", "上级编号", ("reference",))
        reason = required(reason, "reason", "上报理由", ("reason",))
        self._end_wait(now)
        self.upward.append(UpwardTransfer(system=system, reference=reference, reason=reason, at=now, by=by))
        self.pause(system, policy, now)
        self.enter("transfer_up", now)
        return [OrderTransferredUp(**self.ids(), system=self.told(system), reference=reference)]

    def track_up(self, text: str, now: datetime, by: Actor) -> list[EventData]:
        """Put on record what was heard of it from above."""
        self.check("answer_up", now)
        text = required(text, "text", "跟踪情况", ("text",))
        self.upward[-1].tracking.append(Progress(at=now, by=by, text=text))
        return [OrderTracked(**self.ids(), reference=self.upward[-1].reference)]

    def answer_up(self, reply: str, policy: Policy, verifier: str | None, now: datetime, by: Actor) -> list[EventData]:
        """The superior system has answered: its reply is checked like any other."""
        self.check("answer_up", now)
        self._check_parts()
        reply = required(reply, "reply", "答复", ("reply",))
        case = self.upward[-1]
        case.answered_at = now
        source = f"{case.system} {case.reference}"
        self.submission = Submission(
            at=now, by=by, reply=reply, evidence=(), no_evidence_reason=source, from_above=True
        )
        self.verifier_post = verifier
        self._handed_in("answer_up", policy, now)
        return [OrderSubmitted(**self.ids(), evidence_count=0)]

    def ask_extension(
        self, duration: timedelta, reason: str, asked: str | None, policy: Policy, now: datetime, by: Actor
    ) -> list[EventData]:
        """The lead asks for more time, in the time of the resolve clock's calendar; `asked` decides, None is the centre."""
        self.check("ask_extension", now)
        reason = required(reason, "reason", "延期理由", ("reason",))
        if duration <= timedelta():
            raise WaitNotAhead(path=("hours",))
        if self.extensions and self.extensions[-1].granted is None:
            raise ExtensionPending
        if sum(one.granted is True for one in self.extensions) >= policy.limits.extensions:
            raise ExtensionLimitReached(limit=policy.limits.extensions)
        self.extensions.append(Extension(by=by, at=now, duration=duration, reason=reason, asked_post=asked))
        self.settle(now)
        return [OrderExtensionAsked(**self.ids(), seconds=int(duration.total_seconds()), asked_post=asked)]

    def decide_extension(
        self, granted: bool, answer: str | None, policy: Policy, now: datetime, by: Actor
    ) -> list[EventData]:
        """The post above grants or refuses; the caller is told the new date."""
        self.check("decide_extension", now)
        if not self.extensions or self.extensions[-1].granted is not None:
            raise NoExtensionAsked
        answer = optional(answer, ("answer",))
        asked = self.extensions[-1]
        asked.granted, asked.decided_at, asked.decided_by, asked.answer = granted, now, by, answer
        if granted:
            clock = self.resolve
            clock.extend(asked.duration, policy.calendar(clock.target.calendar), now)
        self.settle(now)
        return [
            OrderExtensionDecided(
                **self.ids(),
                granted=granted,
                seconds=int(asked.duration.total_seconds()),
                resolve_by=self.resolve_by,
            )
        ]

    def _end_wait(self, now: datetime) -> None:
        if self.state is OrderState.SUSPENDED:
            self.suspensions[-1].resumed_at = now
        if self.state is OrderState.DEFERRED:
            self.deferrals[-1].reviewed_at = now


def _check_ahead(date: datetime, now: datetime, latest: datetime, path: tuple[str, ...]) -> None:
    if date <= now:
        raise WaitNotAhead(path=path)
    if date > latest:
        raise WaitTooLong(path=path, latest=latest.isoformat())
