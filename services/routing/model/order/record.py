"""What a work order remembers, and what all its commands share: the table, its clocks, who has a part in it."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import msgspec

from services.chassis.events import Actor
from services.routing.errors.work_order import OrderStateForbids
from services.routing.model.clock.clocks import Clock, ClockKind, Target
from services.routing.model.duty import Duty, WorkKind
from services.routing.model.order.parts import (
    Adjudication,
    Assistance,
    CallerVerdict,
    Child,
    Deferral,
    Dispatch,
    Extension,
    Joined,
    Progress,
    Rework,
    SampleCheck,
    Source,
    SourceKind,
    Subject,
    Submission,
    Suspension,
    Turn,
    UpwardTransfer,
    Verification,
)
from services.routing.model.order.states import (
    AT_WORK,
    DONE,
    ENDED,
    SIDE_ACTS,
    STATE_ZH,
    TRANSITIONS,
    Act,
    OrderState,
    SideAct,
)
from services.routing.model.organisation.point import Point
from services.routing.model.rules.policy import Grade, Policy

_S = OrderState


class OrderRecord(msgspec.Struct, kw_only=True):
    """The state of a work order. `source` is what it follows from; `report_id` is set when that is a report.

    `clocks` are those of the order itself (first report, resolve, confirm); accept and arrive are each dispatch's own. `due_at` is the
    moment the lead must have acted by, None while others are to act; `next_step_at` is when the clock itself acts. `posts` and
    `units` have a part in it at present and see it.
    """

    id: str
    version: int = 0
    sequence: int = 0
    previous: dict[str, int] = msgspec.field(default_factory=dict)
    number: str
    source: Source
    report_id: str | None = None
    report_number: str | None = None
    parent_id: str | None = None
    decision_id: str | None = None
    rule_id: str | None = None
    task: str | None = None
    category: str | None
    category_path: tuple[str, ...] = ()
    area_id: str | None
    area_path: tuple[str, ...]
    place: Point | None = None
    urgency: str
    mode: str
    mode_followed: bool = False  # in emergency because its place is, and back with it
    track: str | None = None
    sensitivity: str
    caller_person: str | None
    received_at: datetime
    grade: Grade
    policy_version: int
    state: OrderState
    open: bool = True
    lead_post: str
    lead_unit: str
    posts: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    # What every post addressed has to keep, as policy and routing rule said when the order was opened.
    accept_target: Target
    arrive_target: Target | None
    resolve_target: Target
    reopen_within: timedelta = timedelta(days=7)  # how long after its end the caller may reopen the matter
    clocks: dict[ClockKind, Clock] = msgspec.field(default_factory=dict)
    due_at: datetime | None = None
    next_step_at: datetime | None = None
    dispatches: list[Turn] = msgspec.field(default_factory=list)
    assisting: list[Assistance] = msgspec.field(default_factory=list)
    children: list[Child] = msgspec.field(default_factory=list)
    joined: list[str] = msgspec.field(default_factory=list)  # the orders that were joined to this one
    joined_to: Joined | None = None
    adjudications: list[Adjudication] = msgspec.field(default_factory=list)
    suspensions: list[Suspension] = msgspec.field(default_factory=list)
    deferrals: list[Deferral] = msgspec.field(default_factory=list)
    upward: list[UpwardTransfer] = msgspec.field(default_factory=list)
    extensions: list[Extension] = msgspec.field(default_factory=list)
    progress: list[Progress] = msgspec.field(default_factory=list)
    started_at: datetime | None = None
    submission: Submission | None = None
    photos: tuple[str, ...] = ()
    verifier_post: str | None = None
    reworks: list[Rework] = msgspec.field(default_factory=list)
    verification: Verification | None = None
    sample: SampleCheck | None = None
    verdict: CallerVerdict | None = None
    drafted_by: Actor
    closed_at: datetime | None = None
    ended_reason: str | None = None

    @property
    def sealed(self) -> bool:
        """Whether no text of this matter may leave in an event."""
        return self.sensitivity == "sealed"

    @property
    def current(self) -> Turn:
        """The turn of the present lead."""
        return self.dispatches[-1]

    @property
    def resolve(self) -> Clock:
        """Receipt to reply."""
        return self.clocks[ClockKind.RESOLVE]

    @property
    def accept_by(self) -> datetime:
        """When silence accepts for the present lead."""
        return self.current.accept_by

    @property
    def resolve_by(self) -> datetime:
        """When the reply is due; where that waits, as it stood when the wait began."""
        return self.resolve.due_at

    @property
    def returns(self) -> int:
        """How often it was returned."""
        return sum(turn.returned_at is not None for turn in self.dispatches)

    @property
    def concerned(self) -> frozenset[str]:
        """The units that are heard before a ruling: those that returned it, and those the centre invites."""
        refusers = {turn.unit for turn in self.dispatches if turn.returned_at is not None}
        return frozenset(refusers.union(*(case.invited for case in self.adjudications[-1:])))

    @property
    def hops(self) -> int:
        """How often it went on to another lead."""
        return max(len(self.dispatches) - 1, 0)

    @property
    def first_time_right(self) -> bool | None:
        """Whether the first lead settled it at the first try; None while that is open."""
        if self.hops or self.returns or self.reworks:
            return False
        return True if self.state is _S.CLOSED else None

    @property
    def reply(self) -> str | None:
        """The official answer, once handed in."""
        return self.submission.reply if self.submission else None

    @property
    def has_caller(self) -> bool:
        """Whether somebody outside waits for the answer and is asked about it."""
        return self.source.kind is SourceKind.REPORT

    def subject(self, task: str, now: datetime) -> Subject:
        """What another order about the same matter is about: `task` is to be done, from now on."""
        return Subject(
            number=self.report_number,
            task=task,
            category=self.category,
            category_path=self.category_path,
            area_id=self.area_id,
            area_path=self.area_path,
            place=self.place,
            urgency=self.urgency,
            mode=self.mode,
            mode_of_place=self.mode_followed,
            track=self.track,
            sensitivity=self.sensitivity,
            received_at=now,
        )

    def all_clocks(self) -> Iterator[tuple[Dispatch | None, Clock]]:
        """Every clock that may still have something to say, with whose it is; None is the order's own."""
        for clock in self.clocks.values():
            yield None, clock
        for dispatch in (*self.dispatches[-1:], *self.assisting):
            for clock in dispatch.clocks():
                yield dispatch, clock

    def duties(self) -> list[Duty]:
        """What it asks of others than the lead: to help, to check, to decide on more time, to rule; once it has ended, to look at a
        sample. Where no post is named, it is the centre's."""
        if self.sample and self.sample.passed is None and self.state in SIDE_ACTS["check_sample"]:
            return [self._duty(WorkKind.CHECK_SAMPLE, self.verifier_post, self.sample.due_at)]
        if not self.open:
            return []
        found = [
            Duty(kind=WorkKind.ASSIST, of=aid.id, post=aid.post, due_at=aid.due_at)
            for aid in self.assisting
            if aid.open
        ]
        if self.state is _S.SUBMITTED and self.submission:
            # The caller's verdict is asked for by then, and that is after the check.
            confirm = self.clocks.get(ClockKind.CONFIRM)
            found.append(
                self._duty(WorkKind.VERIFY, self.verifier_post, confirm.due_at if confirm else self.submission.at)
            )
        asked = self.extensions[-1] if self.extensions else None
        if asked and asked.granted is None and self.state in SIDE_ACTS["decide_extension"]:
            found.append(self._duty(WorkKind.DECIDE_EXTENSION, asked.asked_post, self.resolve_by))
        if self.state is _S.ADJUDICATING:
            case = self.adjudications[-1]
            found.append(self._duty(WorkKind.ADJUDICATE, None, case.due_at))
            found += [Duty(kind=WorkKind.STATE, of=unit, unit=unit, due_at=case.due_at) for unit in case.unheard]
        return found

    def _duty(self, kind: WorkKind, post: str | None, due_at: datetime) -> Duty:
        return Duty(kind=kind, post=post, centre=() if post else self.area_path, due_at=due_at)

    def check(self, act: Act | SideAct, now: datetime) -> None:
        """Raises OrderStateForbids for an act that the table does not have here. Silence has accepted once the time is over, also
        before the timer says so."""
        state = self.state
        if state is _S.DISPATCHED and now >= self.accept_by and act == "return":
            state = _S.ACCEPTED
        if state not in _ALLOWED[act]:
            done, done_zh = DONE[act]
            raise OrderStateForbids(state=state.value, state_zh=STATE_ZH[state], command=done, command_zh=done_zh)

    def enter(self, act: Act, now: datetime) -> None:
        """Be in the state the table says; what ends stops its clocks."""
        self.state = TRANSITIONS[act][1]
        self.settle(now)

    def settle(self, now: datetime) -> None:
        """Make what follows from the state and the clocks true."""
        self.open = self.state not in ENDED
        if not self.open:
            for _, clock in self.all_clocks():
                clock.stop(now)
        self.due_at = self._due_at()
        self.next_step_at = min(self._moments(), default=None) if self.open else None
        self._name_parties()

    def pause(self, awaited: str, policy: Policy, now: datetime) -> None:
        """Clocks that may wait do."""
        for clock in self.clocks.values():
            clock.pause(awaited, policy.calendar(clock.target.calendar), now)

    def go_on(self, policy: Policy, now: datetime) -> None:
        """Clocks that waited count on."""
        for clock in self.clocks.values():
            clock.resume(policy.calendar(clock.target.calendar), now)

    def start_clock(self, kind: ClockKind, policy: Policy, at: datetime, target: Target | None = None) -> None:
        """Start one of the order's clocks, when the policy asks for it."""
        target = target or policy.target(kind, self)
        if target:
            self.clocks[kind] = Clock.start(kind, target, policy.calendar(target.calendar), at)

    def addressed_clocks(self, policy: Policy, now: datetime) -> tuple[Clock, Clock | None]:
        """The clocks of a post addressed now: to accept and, where somebody must go out, to arrive."""
        accept, arrive = self.accept_target, self.arrive_target
        return (
            Clock.start(ClockKind.ACCEPT, accept, policy.calendar(accept.calendar), now),
            Clock.start(ClockKind.ARRIVE, arrive, policy.calendar(arrive.calendar), now) if arrive else None,
        )

    def stop_clock(self, kind: ClockKind, now: datetime) -> None:
        """What it measured is done."""
        if clock := self.clocks.get(kind):
            clock.stop(now)

    def told(self, text: str) -> str:
        """A text as an event may carry it: nothing of a sealed matter."""
        return "" if self.sealed else text

    def ids(self) -> dict[str, str]:
        """What every event of this order says."""
        return {
            "order_id": self.id,
            "report_id": self.report_id or "",
            "source_kind": self.source.kind.value,
            "source_id": self.source.id,
        }

    def _due_at(self) -> datetime | None:
        if self.state is _S.DISPATCHED:
            return self.accept_by
        if self.state in AT_WORK:
            arrive = self.current.arrive
            return arrive.due_at if arrive and arrive.stopped_at is None else self.resolve_by
        if self.state is _S.SUSPENDED:
            return self.suspensions[-1].until
        if self.state is _S.DEFERRED:
            return self.deferrals[-1].review_at
        return None

    def _moments(self) -> Iterator[datetime]:
        for _, clock in self.all_clocks():
            if clock.next_at is not None:
                yield clock.next_at
        if self.state is _S.SUSPENDED:
            yield self.suspensions[-1].until
        if self.state is _S.DEFERRED:
            yield self.deferrals[-1].review_at
        if self.state is _S.ADJUDICATING:
            yield self.adjudications[-1].due_at

    def _name_parties(self) -> None:
        if self.state is _S.DRAFT:
            posts, units = {self.drafted_by.post}, {self.drafted_by.unit}
        else:
            helping = [aid for aid in self.assisting if aid.released_at is None]
            posts = {self.lead_post, *(aid.post for aid in helping)}
            units = {self.lead_unit, *(aid.unit for aid in helping)}
            if self.state is _S.DEFERRED:
                posts.add(self.deferrals[-1].owner_post)
                units.add(self.deferrals[-1].owner_unit)
            if self.state is _S.ADJUDICATING:
                units |= self.concerned
            if self.state is _S.JOINED and self.joined_to:
                posts.add(self.joined_to.post)
                units.add(self.joined_to.unit)
            # Who checks it, decides on its time or handed it over follows what becomes of it.
            posts |= {self.verifier_post, *(one.asked_post for one in self.extensions)}
            posts |= {turn.post for turn in self.dispatches if turn.handed_over}
        self.posts = tuple(sorted(post for post in posts if post))
        self.units = tuple(sorted(unit for unit in units if unit))


_ALLOWED: dict[str, frozenset[OrderState]] = dict(SIDE_ACTS.items())
_ALLOWED.update((act, states) for act, (states, _) in TRANSITIONS.items())
