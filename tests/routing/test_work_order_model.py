"""A work order's states, clocks and guards, with values only."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.chassis.errors import Refusal
from services.chassis.events import Actor, EventData
from services.routing.errors.common import TextMissing, TextTooLong
from services.routing.errors.work_order import (
    DispatchedToReturner,
    EvidenceMissing,
    OrderStateForbids,
    ReturnLimitReached,
    TooMuchEvidence,
    VerifierHandledOrder,
)
from services.routing.events.work_order import OrderAccepted, OrderDispatched, OrderReworked, OrderVerified
from services.routing.model.decision import Decision, ReportFacts
from services.routing.model.evidence import MAX_EVIDENCE, Evidence, EvidenceKind
from services.routing.model.routing import RoutingTable
from services.routing.model.texts import MAX_TEXT
from services.routing.model.work_order import (
    TRANSITIONS,
    Act,
    CallerVerdict,
    Disposition,
    OrderState,
    WorkOrder,
)
from services.routing.store.work_order import WORK_ORDERS
from tests.routing import district
from tests.routing.district import DEPARTMENT, DESK, GRID_1, OTHER_SECTION, SECTION

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
RECEIVED = NOW - timedelta(hours=1)
WORKER = Actor(person="person_w", post=SECTION, unit="unit_s1")
CENTRE = Actor(person="person_c", post=DESK, unit="unit_centre")
PHOTO = Evidence(kind=EvidenceKind.PHOTO, ref="https://files.example/1.jpg")
POSTS = district.directory().posts


def an_order(sensitivity: str = "internal") -> tuple[WorkOrder, list[EventData]]:
    report = ReportFacts(
        report_id="report_1",
        number="261122-0000-0001",
        category="env",
        category_path=("env",),
        dispute_type=None,
        area_id=GRID_1[-1],
        area_path=GRID_1,
        urgency="routine",
        sensitivity=sensitivity,
        received_at=RECEIVED,
        caller_person="person_r",
    )
    directory = district.directory()
    verdict = RoutingTable(directory).decide(report.facts(NOW))
    decision, _ = Decision.of(report, verdict, directory, NOW)
    return WorkOrder.dispatch(decision, verdict, NOW, Actor())


ACTS: dict[Act, Callable[[WorkOrder], Sequence[EventData]]] = {
    "dispatch": lambda order: order.dispatch_again(POSTS[_another(order)], NOW, CENTRE),
    "accept": lambda order: order.accept(NOW),
    "return": lambda order: order.give_back("权责清单第12条", NOW),
    "start": lambda order: order.start(NOW),
    "submit": lambda order: order.submit("已清运", [PHOTO], None, NOW, WORKER),
    "send_back": lambda order: order.send_back("照片不清", NOW, CENTRE),
    "reopen": lambda order: order.reopen("又堆满了", NOW, Actor(person="person_r")),
    "verify": lambda order: order.verify(Disposition.SOLVED, "现场已核实", NOW, CENTRE),
    "close": lambda order: order.close(CallerVerdict(at=NOW, satisfaction=5, by_silence=False), NOW),
    "recall": lambda order: order.recall("派错了", NOW),
}
WAY_TO: dict[OrderState, tuple[Act, ...]] = {
    OrderState.DISPATCHED: (),
    OrderState.RETURNED: ("return",),
    OrderState.ACCEPTED: ("accept",),
    OrderState.WORKING: ("accept", "start"),
    OrderState.SUBMITTED: ("accept", "start", "submit"),
    OrderState.REWORK: ("accept", "start", "submit", "send_back"),
    OrderState.VERIFIED: ("accept", "start", "submit", "verify"),
    OrderState.CLOSED: ("accept", "start", "submit", "verify", "close"),
    OrderState.RECALLED: ("recall",),
}


def _another(order: WorkOrder) -> str:
    return OTHER_SECTION if order.lead_post == SECTION else SECTION


def order_in(state: OrderState) -> WorkOrder:
    order, _ = an_order()
    for act in WAY_TO[state]:
        ACTS[act](order)
    assert order.state is state
    return order


@pytest.mark.parametrize("state", OrderState)
@pytest.mark.parametrize("act", ACTS)
def test_every_act_in_every_state_either_leads_where_the_table_says_or_is_refused(state: OrderState, act: Act) -> None:
    order = order_in(state)
    allowed, target = TRANSITIONS[act]

    if state in allowed:
        assert len(ACTS[act](order)) == 1
        assert order.state is target
    else:
        before = WORK_ORDERS.to_document(order)
        with pytest.raises(OrderStateForbids) as refused:
            ACTS[act](order)
        assert WORK_ORDERS.to_document(order) == before
        assert state.value in refused.value.message("en")
        assert "工单处于" in refused.value.message("zh")


def test_both_clocks_run_from_the_dispatch_and_the_receipt() -> None:
    order, events = an_order()

    assert order.accept_by == NOW + timedelta(minutes=30)
    assert order.resolve_by == RECEIVED + timedelta(hours=48)
    assert order.next_step_at == order.due_at == order.accept_by
    assert events == [
        OrderDispatched(
            order_id=order.id,
            number=order.number,
            report_id="report_1",
            decision_id=order.decision_id,
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
    assert order.accept_by_silence(order.accept_by) == [
        OrderAccepted(order_id=order.id, report_id="report_1", by_silence=True)
    ]
    assert order.state is OrderState.ACCEPTED
    assert order.current.by_silence
    assert order.next_step_at is None
    assert order.due_at == order.resolve_by


def test_silence_says_nothing_about_an_order_that_was_returned() -> None:
    order = order_in(OrderState.RETURNED)

    assert order.accept_by_silence(NOW + timedelta(days=9)) == []
    assert order.state is OrderState.RETURNED


def test_return_without_basis_is_refused() -> None:
    order, _ = an_order()

    with pytest.raises(TextMissing) as refused:
        order.give_back("  ", NOW)
    assert refused.value.path == ("basis",)
    assert order.state is OrderState.DISPATCHED


def test_returned_order_keeps_its_lead_named_and_its_basis() -> None:
    order = order_in(OrderState.RETURNED)

    assert (order.lead_post, order.lead_unit) == (SECTION, "unit_s1")
    assert order.current.basis == "权责清单第12条"


def test_dispatch_after_return_starts_the_accept_clock_anew_and_keeps_the_resolve_clock() -> None:
    order = order_in(OrderState.RETURNED)
    later = NOW + timedelta(hours=2)

    (event,) = order.dispatch_again(POSTS[DEPARTMENT], later, CENTRE)

    assert isinstance(event, OrderDispatched)
    assert event.redispatch
    assert (order.lead_post, order.lead_unit) == (DEPARTMENT, "unit_dept")
    assert order.accept_by == order.next_step_at == later + timedelta(minutes=30)
    assert order.resolve_by == RECEIVED + timedelta(hours=48)


def test_order_is_not_dispatched_to_the_post_that_returned_it() -> None:
    with pytest.raises(DispatchedToReturner):
        order_in(OrderState.RETURNED).dispatch_again(POSTS[SECTION], NOW, CENTRE)


def test_third_return_is_refused_because_the_centre_has_decided() -> None:
    order, _ = an_order()
    for _ in range(2):
        ACTS["return"](order)
        ACTS["dispatch"](order)

    with pytest.raises(ReturnLimitReached):
        ACTS["return"](order)
    assert order.state is OrderState.DISPATCHED
    assert order.returns == 2


def test_submit_needs_a_reply_and_evidence_or_the_reason_for_none() -> None:
    order = order_in(OrderState.WORKING)

    with pytest.raises(TextMissing):
        order.submit("", [PHOTO], None, NOW, WORKER)
    with pytest.raises(EvidenceMissing):
        order.submit("已办", [], " ", NOW, WORKER)
    with pytest.raises(TextMissing) as refused:
        order.submit("已办", [PHOTO, Evidence(kind=EvidenceKind.PHOTO, ref="")], None, NOW, WORKER)
    assert refused.value.path == ("evidence", "1", "ref")
    with pytest.raises(TooMuchEvidence):
        order.submit("已办", [PHOTO] * (MAX_EVIDENCE + 1), None, NOW, WORKER)
    with pytest.raises(TextTooLong):
        order.submit("办" * (MAX_TEXT + 1), [PHOTO], None, NOW, WORKER)
    order.submit("电话答复", [], "电话咨询,无现场", NOW, WORKER)

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
        order.verify(Disposition.SOLVED, "好", NOW, insider)
    with pytest.raises(VerifierHandledOrder):
        order.send_back("不好", NOW, insider)


def test_verify_needs_a_reason_for_its_disposition() -> None:
    with pytest.raises(TextMissing):
        order_in(OrderState.SUBMITTED).verify(Disposition.UNFOUNDED, "", NOW, CENTRE)


def test_reopened_order_is_worked_on_again_and_counted() -> None:
    order = order_in(OrderState.CLOSED)

    assert ACTS["reopen"](order) == [OrderReworked(order_id=order.id, report_id="report_1", reason="又堆满了")]
    assert order.open
    assert order.verification is None
    assert [(rework.by_caller, rework.reason) for rework in order.reworks] == [(True, "又堆满了")]


def test_no_text_of_a_sealed_matter_leaves_in_an_event() -> None:
    order, _ = an_order("sealed")
    told: list[EventData] = []
    for act in ("return", "dispatch", "accept", "start", "submit", "send_back", "start", "submit", "verify", "close"):
        told += ACTS[act](order)
    told += ACTS["reopen"](order)
    told += ACTS["recall"](order)

    texts = {
        getattr(event, field)
        for event in told
        for field in ("basis", "reason", "reply", "disposition_reason")
        if hasattr(event, field)
    }
    assert texts == {""}
    assert [event.disposition for event in told if isinstance(event, OrderVerified)] == ["solved"]


@given(st.lists(st.sampled_from([*sorted(ACTS), "silence"]), max_size=40))
@settings(max_examples=150, deadline=None)
def test_no_sequence_of_commands_leaves_the_table_or_loses_the_lead(acts: list[Act]) -> None:
    """INVARIANT: whatever comes in whatever order, an order has a known state, one lead, its clocks, and a stored shape."""
    order, _ = an_order()
    for act in acts:
        before = order.state
        try:
            events = ACTS[act](order) if act in ACTS else order.accept_by_silence(NOW + timedelta(days=1))
        except Refusal:
            assert order.state is before
        else:
            assert order.state is before if not events else before is not None
        assert order.state in OrderState
        assert order.lead_post in POSTS
        assert order.lead_unit == POSTS[order.lead_post].unit_id == order.current.unit
        assert order.open is (order.state not in (OrderState.CLOSED, OrderState.RECALLED))
        assert (order.next_step_at is not None) is (order.state is OrderState.DISPATCHED)
        assert order.returns <= 2
        assert (order.verification is not None) or order.state not in (OrderState.VERIFIED, OrderState.CLOSED)
    assert WORK_ORDERS.from_document(WORK_ORDERS.to_document(order)) == order
