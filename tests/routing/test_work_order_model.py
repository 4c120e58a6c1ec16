"""A work order's states, clocks and guards, with values only."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from services.chassis.events import Actor, EventData
from services.routing.errors.common import TextMissing, TextTooLong
from services.routing.errors.work_order import (
    DispatchedToReturner,
    EvidenceMissing,
    OrderStateForbids,
    RulingBinds,
    SignpostMissing,
    TooMuchEvidence,
    VerifierHandledOrder,
)
from services.routing.events.work_order import (
    OrderAccepted,
    OrderDispatched,
    OrderReferred,
    OrderReturned,
    OrderReworked,
    OrderRuled,
    OrderVerified,
)
from services.routing.model.clock.clocks import ClockKind
from services.routing.model.order.evidence import MAX_EVIDENCE, Evidence, EvidenceKind
from services.routing.model.order.parts import SampleCheck
from services.routing.model.order.work_order import (
    TRANSITIONS,
    Act,
    CallerVerdict,
    Disposition,
    OrderState,
    Result,
    Source,
    SourceKind,
    Subject,
    WorkOrder,
)
from services.routing.model.organisation.point import Point
from services.routing.model.rules.decision import Decision, ReportFacts
from services.routing.model.rules.policy import DEFAULT_POLICY
from services.routing.model.rules.routing import RoutingTable
from services.routing.model.texts import MAX_TEXT
from services.routing.store.work_order import WORK_ORDERS
from tests.routing import district
from tests.routing.district import DEPARTMENT, DESK, GRID_1, OTHER_SECTION, SECTION

SENT = "deployment_1"
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
RECEIVED = NOW - timedelta(hours=1)
WORKER = Actor(person="person_w", post=SECTION, unit="unit_s1")
CENTRE = Actor(person="person_c", post=DESK, unit="unit_centre")
PHOTO = Evidence(kind=EvidenceKind.PHOTO, ref="https://files.example/1.jpg")
POSTS = district.directory().posts
POLICY = DEFAULT_POLICY
SOLVED = Result(disposition=Disposition.SOLVED, reason="现场已核实")
OF_REPORT = {"report_id": "report_1", "source_kind": "report", "source_id": "report_1"}
SOON = NOW + timedelta(days=3)


def an_order(sensitivity: str = "internal", urgency: str = "routine") -> tuple[WorkOrder, list[EventData]]:
    report = ReportFacts(
        report_id="report_1",
        number="261122-0000-0001",
        category="env",
        category_path=("env",),
        dispute_type=None,
        area_id=GRID_1[-1],
        area_path=GRID_1,
        urgency=urgency,
        sensitivity=sensitivity,
        received_at=RECEIVED,
        caller_person="person_r",
    )
    directory = district.directory()
    verdict = RoutingTable(directory).decide(report.facts(NOW))
    decision, _ = Decision.of(report, verdict, directory, NOW)
    return WorkOrder.dispatch(decision, verdict, POSTS[verdict.lead_post], POLICY, NOW, Actor())


ACTS: dict[Act, Callable[[WorkOrder], Sequence[EventData]]] = {
    "dispatch": lambda order: order.dispatch_to(POSTS[_another(order)], POLICY, NOW, CENTRE),
    "accept": lambda order: order.accept(NOW),
    "return": lambda order: order.give_back("权责清单第12条", None, POSTS[DESK], POLICY, NOW, WORKER),
    "refer": lambda order: order.refer(POSTS[DESK], POLICY, NOW, CENTRE),
    "rule": lambda order: order.rule("ruling_1", POSTS[_another(order)], POLICY, NOW, CENTRE),
    "depart": lambda order: order.depart(NOW),
    "check_in": lambda order: order.check_in(Point(lon=113.0, lat=23.0), 8.0, NOW, WORKER),
    "start": lambda order: order.start(NOW),
    "transfer": lambda order: order.transfer(POSTS[_another(order)], "路段不属本站", POLICY, NOW, WORKER),
    "suspend": lambda order: order.suspend("物业公司", "等待移车", SOON, POLICY, NOW, WORKER),
    "defer": lambda order: order.defer("待改造", POSTS[DEPARTMENT], SOON, POLICY, NOW, CENTRE),
    "resume": lambda order: order.resume(POLICY, NOW),
    "transfer_up": lambda order: order.transfer_up("市城管局", "SCG-1", "超出街道职权", POLICY, NOW, CENTRE),
    "answer_up": lambda order: order.answer_up("已列入年度计划", POLICY, None, NOW, CENTRE),
    "join": lambda order: order.join(answered_order(), "与在办工单一并处理", POLICY, NOW, WORKER),
    "part": lambda order: order.part("并非同一故障", POLICY, NOW, WORKER),
    "answer_joined": lambda order: order.answer_with(answered_order(), NOW),
    "rejoin": lambda order: order.rejoin(answered_order(), POLICY, NOW),
    "submit": lambda order: order.submit("已清运", [PHOTO], None, POLICY, NOW, WORKER),
    "send_back": lambda order: order.send_back("照片不清", POLICY, NOW, CENTRE),
    "reopen": lambda order: order.reopen("又堆满了", POLICY, NOW, Actor(person="person_r")),
    "fail_check": lambda order: fail_check(order),
    "verify": lambda order: order.verify(SOLVED, NOW, CENTRE),
    "close": lambda order: order.close(CallerVerdict(at=NOW, satisfaction=5, by_silence=False), NOW),
    "recall": lambda order: order.recall("派错了", NOW),
    "cancel": lambda order: order.cancel("不再需要", NOW),
}
WAY_TO: dict[OrderState, tuple[Act, ...]] = {
    OrderState.DRAFT: (),
    OrderState.DISPATCHED: (),
    OrderState.RETURNED: ("return",),
    OrderState.ADJUDICATING: ("return", "refer"),
    OrderState.ACCEPTED: ("accept",),
    OrderState.EN_ROUTE: ("accept", "depart"),
    OrderState.ON_SCENE: ("accept", "depart", "check_in"),
    OrderState.WORKING: ("accept", "start"),
    OrderState.SUSPENDED: ("accept", "suspend"),
    OrderState.DEFERRED: ("accept", "defer"),
    OrderState.TRANSFERRED_UP: ("accept", "transfer_up"),
    OrderState.JOINED: ("accept", "join"),
    OrderState.SUBMITTED: ("accept", "start", "submit"),
    OrderState.REWORK: ("accept", "start", "submit", "send_back"),
    OrderState.VERIFIED: ("accept", "start", "submit", "verify"),
    OrderState.CLOSED: ("accept", "start", "submit", "verify", "close"),
    OrderState.RECALLED: ("recall",),
    OrderState.CANCELLED: ("cancel",),
}
IN_THE_FIELD = frozenset({OrderState.EN_ROUTE, OrderState.ON_SCENE})


def a_draft() -> WorkOrder:
    """An order of a meeting that is not sent yet."""
    subject = Subject(task="联合整治", area_id=GRID_1[-1], area_path=GRID_1, received_at=RECEIVED)
    source = Source(kind=SourceKind.MEETING, id="meeting_1")
    return WorkOrder.draft(source, subject, POSTS[SECTION], POLICY, NOW, CENTRE)


def _another(order: WorkOrder) -> str:
    return OTHER_SECTION if order.lead_post == SECTION else SECTION


def fail_check(order: WorkOrder) -> Sequence[EventData]:
    """Looked at afterwards, it is not as the caller said."""
    if order.state in TRANSITIONS["fail_check"][0]:
        order.sample = SampleCheck(due_at=SOON)
    return order.check_sample(False, "现场仍有垃圾", POLICY, NOW, CENTRE)


def answered_order() -> WorkOrder:
    """Another order about the same matter, which was answered."""
    return order_in(OrderState.VERIFIED)


def order_in(state: OrderState, *, field: bool = False) -> WorkOrder:
    """An order that is in `state`; `field`: somebody must go out."""
    if state in (OrderState.DRAFT, OrderState.CANCELLED):
        order = a_draft()
    else:
        order, _ = an_order(urgency="critical" if field or state in IN_THE_FIELD else "routine")
    for act in WAY_TO[state]:
        ACTS[act](order)
    assert order.state is state
    return order


@pytest.mark.parametrize("state", OrderState)
@pytest.mark.parametrize("act", ACTS)
def test_every_act_in_every_state_either_leads_where_the_table_says_or_is_refused(state: OrderState, act: Act) -> None:
    allowed, target = TRANSITIONS[act]
    order = order_in(state, field=act in ("depart", "check_in") and state in allowed)
    if act == "start" and state is OrderState.EN_ROUTE:  # who starts without having been there was not asked to go out
        order = order_in(OrderState.ACCEPTED)
        order.sent_out(SENT, NOW)

    if state in allowed:
        assert ACTS[act](order)
        assert order.state is target
    else:
        before = WORK_ORDERS.to_document(order)
        with pytest.raises(OrderStateForbids) as refused:
            ACTS[act](order)
        assert WORK_ORDERS.to_document(order) == before
        assert state.value in refused.value.message("en")
        assert "工单处于" in refused.value.message("zh")


@pytest.mark.parametrize("state", OrderState)
def test_who_was_sent_moves_an_order_only_on_its_way_to_the_spot_and_is_never_refused(state: OrderState) -> None:
    order = order_in(state)
    before = WORK_ORDERS.to_document(order)

    went = order.sent_out(SENT, NOW)
    assert bool(went) == (state in (OrderState.DISPATCHED, OrderState.ACCEPTED))
    assert order.state is (OrderState.EN_ROUTE if state is OrderState.ACCEPTED else state)
    assert order.sent_out("deployment_2", NOW) == order.sent_back("deployment_2", NOW) == []
    assert bool(order.sent_back(SENT, NOW)) == bool(went)
    assert WORK_ORDERS.to_document(order) == before

    order.sent_out(SENT, NOW)
    there = order.sent_arrived(Point(lon=113.0, lat=23.0), 8.0, NOW, WORKER)
    assert bool(there) == (state in (OrderState.DISPATCHED, OrderState.ACCEPTED, OrderState.EN_ROUTE))
    assert order.state is (OrderState.ON_SCENE if state in (OrderState.ACCEPTED, OrderState.EN_ROUTE) else state)
    if there and state is OrderState.DISPATCHED:  # the lead may still say that it is not its matter
        order.accept(NOW)
        assert order.state is OrderState.ON_SCENE


def test_the_clocks_run_from_the_dispatch_and_the_receipt() -> None:
    order, events = an_order()

    assert order.accept_by == NOW + timedelta(minutes=30)
    assert order.resolve_by == RECEIVED + timedelta(hours=48)
    assert order.clocks[ClockKind.FIRST_REPORT].started_at == RECEIVED
    assert order.next_step_at == order.due_at == order.accept_by
    assert events == [
        OrderDispatched(
            **OF_REPORT,
            order_id=order.id,
            number=order.number,
            decision_id=order.decision_id or "",
            rule_id="rule_env_section",
            lead_post=SECTION,
            lead_unit="unit_s1",
            area_path=list(GRID_1),
            accept_by=order.accept_by,
            resolve_by=order.resolve_by,
            redispatch=False,
        )
    ]


def test_silence_accepts_at_accept_by_and_not_before() -> None:
    order, _ = an_order()

    assert order.accept_by_silence(order.accept_by - timedelta(milliseconds=1)) == []
    assert order.accept_by_silence(order.accept_by) == [OrderAccepted(**OF_REPORT, order_id=order.id, by_silence=True)]
    assert order.state is OrderState.ACCEPTED
    assert order.current.by_silence
    assert order.next_step_at == order.resolve.warn_at
    assert order.due_at == order.resolve_by


def test_silence_says_nothing_about_an_order_that_was_returned() -> None:
    order = order_in(OrderState.RETURNED)

    assert order.accept_by_silence(NOW + timedelta(days=9)) == []
    assert order.state is OrderState.RETURNED


def test_return_without_basis_is_refused() -> None:
    order, _ = an_order()

    with pytest.raises(TextMissing) as refused:
        order.give_back("  ", None, POSTS[DESK], POLICY, NOW, WORKER)
    assert refused.value.path == ("basis",)
    assert order.state is OrderState.DISPATCHED


def test_returned_order_keeps_its_lead_named_and_its_basis() -> None:
    order = order_in(OrderState.RETURNED)

    assert (order.lead_post, order.lead_unit) == (SECTION, "unit_s1")
    assert order.current.basis == "权责清单第12条"


def test_dispatch_after_return_starts_the_accept_clock_anew_and_keeps_the_resolve_clock() -> None:
    order = order_in(OrderState.RETURNED)
    later = NOW + timedelta(hours=2)

    (event,) = order.dispatch_to(POSTS[DEPARTMENT], POLICY, later, CENTRE)

    assert isinstance(event, OrderDispatched)
    assert event.redispatch
    assert (order.lead_post, order.lead_unit) == (DEPARTMENT, "unit_dept")
    assert order.accept_by == order.next_step_at == later + timedelta(minutes=30)
    assert order.resolve_by == RECEIVED + timedelta(hours=48)


def test_order_is_not_dispatched_to_the_post_that_returned_it() -> None:
    with pytest.raises(DispatchedToReturner):
        order_in(OrderState.RETURNED).dispatch_to(POSTS[SECTION], POLICY, NOW, CENTRE)


def test_the_second_return_forces_a_ruling_and_a_ruled_order_is_not_returned() -> None:
    order, _ = an_order()
    ACTS["return"](order)
    ACTS["dispatch"](order)

    told = ACTS["return"](order)

    assert [type(event) for event in told] == [OrderReturned, OrderReferred]
    assert order.state is OrderState.ADJUDICATING
    assert order.adjudications[-1].fallback_post == DESK
    ACTS["rule"](order)
    with pytest.raises(RulingBinds):
        ACTS["return"](order)
    assert order.returns == 2


def test_an_order_nobody_rules_on_falls_to_the_fallback_owner_bindingly() -> None:
    order = order_in(OrderState.ADJUDICATING)
    due_at = order.adjudications[-1].due_at
    assert order.next_step_at == due_at

    assert order.fall_back(POLICY, due_at - timedelta(seconds=1)) == []
    told = order.step(POLICY, due_at)

    assert [type(event) for event in told[:2]] == [OrderRuled, OrderDispatched]
    assert (order.state, order.lead_post, order.current.binding) == (OrderState.DISPATCHED, DESK, True)


def test_submit_needs_a_reply_and_evidence_or_the_reason_for_none() -> None:
    order = order_in(OrderState.WORKING)

    with pytest.raises(TextMissing):
        order.submit("", [PHOTO], None, POLICY, NOW, WORKER)
    with pytest.raises(EvidenceMissing):
        order.submit("已办", [], " ", POLICY, NOW, WORKER)
    with pytest.raises(TextMissing) as refused:
        order.submit("已办", [PHOTO, Evidence(kind=EvidenceKind.PHOTO, ref="")], None, POLICY, NOW, WORKER)
    assert refused.value.path == ("evidence", "1", "ref")
    with pytest.raises(TooMuchEvidence):
        order.submit("已办", [PHOTO] * (MAX_EVIDENCE + 1), None, POLICY, NOW, WORKER)
    with pytest.raises(TextTooLong):
        order.submit("办" * (MAX_TEXT + 1), [PHOTO], None, POLICY, NOW, WORKER)
    order.submit("电话答复", [], "电话咨询,无现场", POLICY, NOW, WORKER)

    assert order.state is OrderState.SUBMITTED
    assert order.reply == "电话答复"


@pytest.mark.parametrize(
    "insider",
    [
        Actor(person="person_x", post="post_x", unit="unit_s1"),
        Actor(person="person_x", post=SECTION, unit="unit_x"),
        Actor(person="person_w", post="post_x", unit="unit_x"),
    ],
)
def test_whoever_handled_an_order_neither_verifies_nor_sends_it_back(insider: Actor) -> None:
    order = order_in(OrderState.SUBMITTED)

    with pytest.raises(VerifierHandledOrder):
        order.verify(SOLVED, NOW, insider)
    with pytest.raises(VerifierHandledOrder):
        order.send_back("不好", POLICY, NOW, insider)


def test_verify_needs_a_reason_for_its_disposition() -> None:
    with pytest.raises(TextMissing):
        order_in(OrderState.SUBMITTED).verify(Result(disposition=Disposition.SOLVED, reason=""), NOW, CENTRE)


@pytest.mark.parametrize("disposition", [Disposition.NOT_COMPETENT, Disposition.UNFOUNDED])
def test_what_was_not_done_says_who_else_may_help(disposition: Disposition) -> None:
    order = order_in(OrderState.SUBMITTED)
    with pytest.raises(SignpostMissing):
        order.verify(Result(disposition=disposition, reason="不属职责"), NOW, CENTRE)
    order.verify(Result(disposition=disposition, reason="不属职责", signpost="请向供电局反映"), NOW, CENTRE)

    assert order.verification
    assert order.verification.signpost == "请向供电局反映"


def test_reopened_order_is_worked_on_again_and_counted() -> None:
    order = order_in(OrderState.CLOSED)

    assert ACTS["reopen"](order) == [OrderReworked(**OF_REPORT, order_id=order.id, reason="又堆满了")]
    assert order.open
    assert order.verification is None
    assert [(rework.by_caller, rework.reason) for rework in order.reworks] == [(True, "又堆满了")]


def test_no_text_of_a_sealed_matter_leaves_in_an_event() -> None:
    order, _ = an_order("sealed")
    told: list[EventData] = []
    acts: tuple[Act, ...] = (
        *("return", "dispatch", "return", "rule", "accept", "suspend", "resume", "defer", "resume", "submit"),
        *("send_back", "start", "submit", "verify", "close"),
    )
    for act in acts:
        told += ACTS[act](order)
    told += ACTS["reopen"](order)
    told += ACTS["recall"](order)

    texts = {
        getattr(event, field)
        for event in told
        for field in ("basis", "reason", "reply", "disposition_reason", "awaited")
        if hasattr(event, field)
    }
    assert texts == {""}
    assert [event.disposition for event in told if isinstance(event, OrderVerified)] == ["solved"]
