"""A work order: one accountable lead post, from dispatch to closure (domain.md §3.2, R-06, R-31, R-32).

The accept clock runs from the dispatch and silence accepts, so that nobody gains by not signing; the resolve clock runs from the
moment the matter was received. An order never has no lead: while it is returned, the post that returned it stays named.

Its commands are in the modules beside this one, by subject. Each returns its events, or raises a Refusal and changes nothing.
"""

from datetime import datetime, timedelta

import msgspec

from services.chassis.events import Actor, EventData
from services.chassis.ids import human_number, new_id
from services.routing.events.clock import ClockBreached, ClockWarned
from services.routing.events.work_order import OrderDrafted, OrderRetimed
from services.routing.model.clock.calendar import ROUND_THE_CLOCK
from services.routing.model.clock.clocks import ClockKind, Target, Tick
from services.routing.model.order.joining import Joining
from services.routing.model.order.parts import CallerVerdict, Result, Source, SourceKind, Subject
from services.routing.model.order.sharing import Sharing
from services.routing.model.order.states import TRANSITIONS, Act, Disposition, OrderState
from services.routing.model.order.waiting import Waiting
from services.routing.model.organisation.organisation import Post, Rule
from services.routing.model.rules.decision import Decision
from services.routing.model.rules.matter import Mode
from services.routing.model.rules.policy import DEFAULT_POLICY, Matter, Policy, retime
from services.routing.model.rules.routing import Verdict

__all__ = [
    "TRANSITIONS",
    "Act",
    "CallerVerdict",
    "Disposition",
    "OrderState",
    "Result",
    "Source",
    "SourceKind",
    "Subject",
    "WorkOrder",
]


class WorkOrder(Joining, Waiting, Sharing, kw_only=True):
    """The aggregate: what `OrderRecord` remembers, with every command."""

    @classmethod
    def draft(
        cls, source: Source, subject: Subject, post: Post, policy: Policy, now: datetime, by: Actor
    ) -> "WorkOrder":
        """An order that nobody has been sent yet; no clock runs."""
        return cls._new(source, subject, post.id, post.unit_id, policy, now, by)

    def drafted(self) -> list[EventData]:
        """That it was put down."""
        return [
            OrderDrafted(
                **self.ids(),
                number=self.number,
                lead_post=self.lead_post,
                lead_unit=self.lead_unit,
                area_path=list(self.area_path),
            )
        ]

    @classmethod
    def open_for(
        cls, source: Source, subject: Subject, post: Post, policy: Policy, now: datetime, by: Actor
    ) -> tuple["WorkOrder", list[EventData]]:
        """An order for anything but a report, sent at once; its clocks run."""
        order = cls.draft(source, subject, post, policy, now, by)
        return order, order.dispatch_to(post, policy, now, by)

    @classmethod
    def dispatch(
        cls, decision: Decision, verdict: Verdict, post: Post, policy: Policy, now: datetime, by: Actor
    ) -> tuple["WorkOrder", list[EventData]]:
        """The order that follows from a decision about a report; its clocks run."""
        report = decision.report
        subject = Subject(
            number=report.number,
            category=report.category,
            category_path=report.category_path,
            area_id=report.area_id,
            area_path=report.area_path,
            place=report.place,
            urgency=report.urgency,
            mode=report.mode,
            mode_of_place=report.mode_of_place,
            track=report.track,
            sensitivity=report.sensitivity,
            caller_person=report.caller_person,
            received_at=report.received_at,
        )
        source = Source(kind=SourceKind.REPORT, id=report.report_id)
        order = cls._new(source, subject, verdict.lead_post, verdict.lead_unit, policy, now, by)
        order.decision_id, order.rule_id = decision.id, verdict.rule_id
        order._follow_rule(verdict)
        resolve_from = now if decision.replaced and policy.limits.reroute_restarts_resolve else None
        return order, order.dispatch_to(post, policy, now, by, resolve_from)

    def step(self, policy: Policy, now: datetime) -> list[EventData]:
        """The clock's own step: what silence, dates and deadlines bring about by `now`, each once."""
        events = self.fall_back(policy, now) + self.resume_by_date(policy, now)
        for dispatch, clock in list(self.all_clocks()):
            post, unit = (dispatch.post, dispatch.unit) if dispatch else (self.lead_post, self.lead_unit)
            for tick in clock.tick(now):
                event = ClockBreached if tick is Tick.BREACHED else ClockWarned
                events.append(
                    event(
                        order_id=self.id,
                        report_id=self.report_id or "",
                        clock=clock.kind,
                        due_at=clock.due_at,
                        post=post,
                        unit=unit,
                        ladder=clock.target.ladder,
                    )
                )
        events += self.accept_by_silence(now) + self.help_accepted_by_silence(now)
        self.settle(now)
        return events

    def follow_mode(self, mode: Mode, policy: Policy, rule: Rule | None, now: datetime) -> list[EventData]:
        """Its area was switched (R-30): the clocks go by the targets of the mode, what is used up stays used up, what is overdue
        overdue. `rule` is the routing rule that opened it. An emergency of its own stays one. No event when nothing changes."""
        if not self.open or self.mode == mode or (mode is Mode.ROUTINE and not self.mode_followed):
            return []
        self.mode, self.mode_followed = mode, mode is Mode.EMERGENCY
        self.accept_target = _asked(policy, ClockKind.ACCEPT, self)
        self.resolve_target = _asked(policy, ClockKind.RESOLVE, self)
        self.arrive_target = policy.target(ClockKind.ARRIVE, self)
        if rule:
            self._follow_rule(rule)
        own = {
            ClockKind.ACCEPT: self.accept_target,
            ClockKind.RESOLVE: self.resolve_target,
            ClockKind.ARRIVE: self.arrive_target,
        }
        for _, clock in self.all_clocks():
            retime([clock], own.get(clock.kind) or policy.target(clock.kind, self), policy, now)
        self.settle(now)
        return [OrderRetimed(**self.ids(), mode=mode, accept_by=self.accept_by, resolve_by=self.resolve_by)]

    @classmethod
    def _new(
        cls, source: Source, subject: Subject, post: str, unit: str, policy: Policy, now: datetime, by: Actor
    ) -> "WorkOrder":
        grade = policy.grade(subject)
        matter = msgspec.structs.replace(subject, grade=grade)
        order = cls(
            id=new_id("order"),
            number=human_number(now),
            source=source,
            report_id=source.id if source.kind is SourceKind.REPORT else None,
            report_number=subject.number,
            parent_id=source.id if source.kind is SourceKind.PARENT else None,
            task=subject.task,
            category=subject.category,
            category_path=subject.category_path,
            area_id=subject.area_id,
            area_path=subject.area_path,
            place=subject.place,
            urgency=subject.urgency,
            mode=subject.mode,
            mode_followed=subject.mode_of_place and subject.mode == Mode.EMERGENCY,
            track=subject.track,
            sensitivity=subject.sensitivity,
            caller_person=subject.caller_person,
            received_at=subject.received_at,
            grade=grade,
            policy_version=policy.version,
            state=OrderState.DRAFT,
            lead_post=post,
            lead_unit=unit,
            accept_target=_asked(policy, ClockKind.ACCEPT, matter),
            arrive_target=policy.target(ClockKind.ARRIVE, matter),
            resolve_target=_asked(policy, ClockKind.RESOLVE, matter),
            reopen_within=policy.limits.reopen_within,
            drafted_by=by,
        )
        order.settle(now)
        return order

    def _follow_rule(self, verdict: Verdict | Rule) -> None:
        """A routing rule's own times stand in place of the policy's, round the clock; in an emergency the policy's alone count."""
        if self.mode == Mode.EMERGENCY:
            return
        if verdict.accept_minutes is not None:
            self.accept_target = _round_the_clock(self.accept_target, timedelta(minutes=verdict.accept_minutes))
        if verdict.resolve_hours is not None:
            self.resolve_target = _round_the_clock(self.resolve_target, timedelta(hours=verdict.resolve_hours))


def _asked(policy: Policy, kind: ClockKind, matter: Matter) -> Target:
    """A target that every order has: where the policy is silent, that of the default policy's general case."""
    found = policy.target(kind, matter)
    return found or next(rule.target for rule in reversed(DEFAULT_POLICY.clocks) if rule.kind is kind)


def _round_the_clock(target: Target, within: timedelta) -> Target:
    warn = target.warn_before
    return msgspec.structs.replace(
        target, within=within, calendar=ROUND_THE_CLOCK, warn_before=warn if warn and warn < within / 2 else None
    )
