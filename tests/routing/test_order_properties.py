"""Random lives of an order: whatever comes in whatever order and at whatever time, its promises hold."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from services.chassis.errors import Refusal
from services.chassis.events import Actor, EventData
from services.routing.events.clock import ClockBreached, ClockWarned
from services.routing.events.work_order import OrderDispatched
from services.routing.model.order.evidence import Evidence, EvidenceKind
from services.routing.model.order.states import AT_WORK, ENDED, OrderState
from services.routing.model.order.work_order import (
    CallerVerdict,
    Disposition,
    Result,
    Source,
    SourceKind,
    Subject,
    WorkOrder,
)
from services.routing.model.organisation.point import Point
from services.routing.model.rules.policy import DEFAULT_POLICY
from services.routing.store.work_order import WORK_ORDERS
from tests.routing import district
from tests.routing.district import COMMITTEE, DEPARTMENT, DESK, GRID_1, MEDIATION, OTHER_SECTION, SECTION

START = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
POSTS = district.directory().posts
LEADS = [SECTION, OTHER_SECTION, DEPARTMENT, COMMITTEE]
CENTRE = Actor(person="person_c", post=DESK, unit="unit_centre")
PHOTO = Evidence(kind=EvidenceKind.PHOTO, ref="https://files.example/1.jpg")
posts = st.sampled_from(LEADS)
hours = st.floats(0.1, 200)
results = st.sampled_from(
    [
        Result(disposition=Disposition.SOLVED, reason="已解决"),
        Result(disposition=Disposition.UNFOUNDED, reason="查无此事", signpost="无其他途径"),
    ]
)


class OrderLife(RuleBasedStateMachine):
    """Commands of a lead, assistants, parts, checkers, callers and clocks, at random."""

    order: WorkOrder

    @initialize(
        urgency=st.sampled_from(["routine", "urgent", "critical"]),
        mode=st.sampled_from(["routine", "emergency"]),
        track=st.sampled_from([None, "self_governed", "jointly_managed"]),
        report=st.booleans(),
    )
    def open(self, urgency: str, mode: str, track: str | None, report: bool) -> None:
        self.now = START
        self.policy = DEFAULT_POLICY
        self.told: list[EventData] = []
        self.parts: list[WorkOrder] = []
        subject = Subject(
            area_id=GRID_1[-1],
            area_path=GRID_1,
            urgency=urgency,
            mode=mode,
            track=track,
            received_at=START - timedelta(hours=1),
        )
        source = Source(kind=SourceKind.REPORT if report else SourceKind.CAMPAIGN, id="source_1")
        self.order, told = WorkOrder.open_for(source, subject, POSTS[SECTION], self.policy, self.now, CENTRE)
        self.told += told

    def lead(self) -> Actor:
        return Actor(person="person_w", post=self.order.lead_post, unit=self.order.lead_unit)

    def act(self, command: Callable[[], list[EventData]]) -> None:
        """A command changes the order and says so, or is refused and changes nothing."""
        before = WORK_ORDERS.to_document(self.order)
        try:
            events = command()
        except Refusal:
            assert WORK_ORDERS.to_document(self.order) == before
        else:
            assert events
            self.told += events

    @rule(by=hours, tick=st.booleans())
    def pass_time(self, by: float, tick: bool) -> None:
        self.now += timedelta(hours=by)
        if tick:
            self.told += self.order.step(self.policy, self.now)
            assert self.order.step(self.policy, self.now) == []

    @rule()
    def accept(self) -> None:
        self.act(lambda: self.order.accept(self.now))

    @rule(post=posts)
    def dispatch(self, post: str) -> None:
        self.act(lambda: self.order.dispatch_to(POSTS[post], self.policy, self.now, CENTRE))

    @rule()
    def give_back(self) -> None:
        self.act(lambda: self.order.give_back("职责清单", None, POSTS[DESK], self.policy, self.now, self.lead()))

    @rule()
    def refer(self) -> None:
        self.act(lambda: self.order.refer(POSTS[DESK], self.policy, self.now, CENTRE))

    @rule(post=posts)
    def rule_on(self, post: str) -> None:
        self.act(lambda: self.order.rule("ruling_1", POSTS[post], self.policy, self.now, CENTRE))

    @rule(post=posts)
    def transfer(self, post: str) -> None:
        self.act(lambda: self.order.transfer(POSTS[post], "路段", self.policy, self.now, self.lead()))

    @rule()
    def depart(self) -> None:
        self.act(lambda: self.order.depart(self.now))

    @rule()
    def check_in(self) -> None:
        self.act(lambda: self.order.check_in(Point(lon=113, lat=23), 5, self.now, self.lead()))

    @rule(deployment=st.sampled_from(["deployment_1", "deployment_2"]), what=st.sampled_from(["out", "there", "back"]))
    def send(self, deployment: str, what: str) -> None:
        """Who was sent is never refused; what it means nothing to changes nothing."""
        before = WORK_ORDERS.to_document(self.order)
        if what == "out":
            events = self.order.sent_out(deployment, self.now)
        elif what == "there":
            events = self.order.sent_arrived(Point(lon=113, lat=23), 5, self.now, self.lead())
        else:
            events = self.order.sent_back(deployment, self.now)
        assert events or WORK_ORDERS.to_document(self.order) == before
        self.told += events

    @rule()
    def start(self) -> None:
        self.act(lambda: self.order.start(self.now))

    @rule(until=hours)
    def suspend(self, until: float) -> None:
        date = self.now + timedelta(hours=until)
        self.act(lambda: self.order.suspend("物业", "移车", date, self.policy, self.now, self.lead()))

    @rule(until=hours)
    def defer(self, until: float) -> None:
        date = self.now + timedelta(hours=until)
        self.act(lambda: self.order.defer("待改造", POSTS[DEPARTMENT], date, self.policy, self.now, CENTRE))

    @rule()
    def resume(self) -> None:
        self.act(lambda: self.order.resume(self.policy, self.now))

    @rule()
    def transfer_up(self) -> None:
        self.act(lambda: self.order.transfer_up("市局", "S-1", "超出职权", self.policy, self.now, CENTRE))

    @rule()
    def answer_up(self) -> None:
        self.act(lambda: self.order.answer_up("已答复", self.policy, None, self.now, CENTRE))

    @rule(by=hours)
    def ask_extension(self, by: float) -> None:
        self.act(
            lambda: self.order.ask_extension(timedelta(hours=by), "雨天", None, self.policy, self.now, self.lead())
        )

    @rule(granted=st.booleans())
    def decide_extension(self, granted: bool) -> None:
        self.act(lambda: self.order.decide_extension(granted, None, self.policy, self.now, CENTRE))

    @rule(result=st.none() | results)
    def submit(self, result: Result | None) -> None:
        whole = not any(part.open for part in self.parts) and not any(aid.open for aid in self.order.assisting)
        before = self.order.state
        self.act(lambda: self.order.submit("已办", [PHOTO], None, self.policy, self.now, self.lead(), result=result))
        assert whole or self.order.state is before

    @rule()
    def report_back(self) -> None:
        self.act(lambda: self.order.report_back("正在办理", self.now, self.lead()))

    @rule()
    def send_back(self) -> None:
        self.act(lambda: self.order.send_back("不清", self.policy, self.now, CENTRE))

    @rule(result=results)
    def verify(self, result: Result) -> None:
        self.act(lambda: self.order.verify(result, self.now, CENTRE))

    @rule()
    def close(self) -> None:
        self.act(lambda: self.order.close(CallerVerdict(at=self.now, satisfaction=5, by_silence=False), self.now))

    @rule()
    def reopen(self) -> None:
        if self.order.has_caller:
            self.act(lambda: self.order.reopen("又来了", self.policy, self.now, Actor(person="person_r")))

    @rule(sure=st.integers(0, 9))
    def recall(self, sure: int) -> None:
        if sure == 0:
            self.act(lambda: self.order.recall("不必", self.now))

    @rule(post=posts)
    def assist(self, post: str) -> None:
        self.act(lambda: self.order.assist(POSTS[post], "清障", None, self.policy, self.now, self.lead()))

    @rule(finish=st.booleans())
    def end_assistance(self, finish: bool) -> None:
        open_ones = [aid.id for aid in self.order.assisting if aid.open]
        if open_ones and finish:
            self.act(lambda: self.order.finish_assistance(open_ones[0], "已清", self.now))
        elif open_ones:
            self.act(lambda: self.order.release_assistance(open_ones[0], "不需要", self.now))

    @rule(post=posts)
    def split(self, post: str) -> None:
        source = Source(kind=SourceKind.PARENT, id=self.order.id)
        subject = Subject(task="子项", area_path=GRID_1, received_at=self.now)
        part, _ = WorkOrder.open_for(source, subject, POSTS[post], self.policy, self.now, self.lead())
        before = len(self.order.children)
        self.act(lambda: self.order.split(part, self.now))
        if len(self.order.children) > before:
            self.parts.append(part)

    @rule()
    def end_part(self) -> None:
        part = next((part for part in self.parts if part.open), None)
        if part:
            part.recall("并入", self.now)
            assert self.order.child_changed(part)

    @invariant()
    def it_is_in_a_known_state_with_an_owner(self) -> None:
        order = self.order
        assert order.state in OrderState
        assert order.open is (order.state not in ENDED)
        assert order.lead_post in {*LEADS, DESK, MEDIATION}
        assert (order.lead_post, order.lead_unit) == (order.current.post, order.current.unit)
        assert order.lead_post in order.posts
        assert order.lead_unit in order.units

    @invariant()
    def nothing_is_answered_over_an_open_part(self) -> None:
        open_parts = [child for child in self.order.children if child.open]
        open_parts_too = [aid for aid in self.order.assisting if aid.open]
        if self.order.state in (OrderState.VERIFIED, OrderState.CLOSED):
            assert not open_parts
            assert not open_parts_too

    @invariant()
    def its_times_add_up(self) -> None:
        for _, clock in self.order.all_clocks():
            calendar = self.policy.calendar(clock.target.calendar)
            end = clock.stopped_at or self.now
            elapsed = calendar.between(clock.started_at, end)
            assert clock.used(self.now, calendar) + clock.waited(self.now, calendar) == elapsed
            assert clock.used(self.now, calendar) >= timedelta()
            if not clock.paused and clock.stopped_at is None and clock.breached_at is None and self.now < clock.due_at:
                left = calendar.between(self.now, clock.due_at)
                assert left + clock.used(self.now, calendar) == clock.target.within + clock.extended

    @invariant()
    def what_waits_is_woken_and_what_ended_is_left_alone(self) -> None:
        order = self.order
        waits = order.state in (OrderState.SUSPENDED, OrderState.DEFERRED, OrderState.ADJUDICATING)
        if waits or order.state is OrderState.DISPATCHED:
            assert order.next_step_at is not None
        if not order.open:
            assert order.next_step_at is None
            assert all(clock.stopped_at is not None for _, clock in order.all_clocks())
        if order.state in AT_WORK or order.state is OrderState.DISPATCHED:
            assert order.due_at is not None

    @invariant()
    def bounces_are_bounded_and_told(self) -> None:
        order = self.order
        assert order.returns <= self.policy.limits.returns + 1
        assert sum(isinstance(event, OrderDispatched) for event in self.told) == order.hops + 1

    @invariant()
    def a_clock_speaks_once(self) -> None:
        spoken = [(type(e), e.clock, e.due_at) for e in self.told if isinstance(e, ClockWarned | ClockBreached)]
        assert len(spoken) == len(set(spoken)) or self.order.assisting

    @invariant()
    def it_can_be_kept(self) -> None:
        assert WORK_ORDERS.from_document(WORK_ORDERS.to_document(self.order)) == self.order


OrderLife.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestOrderLife = OrderLife.TestCase
