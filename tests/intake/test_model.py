"""The rules of a report, with values only."""

from datetime import timedelta

import pytest

from services.intake.errors import (
    DisputeTypeRequired,
    NotInThisState,
    OrderOpen,
    OriginalRequired,
    ReasonRequired,
    ReopenWindowPassed,
)
from services.intake.model.category import Category
from services.intake.model.report import REOPEN_WINDOW, TRANSITIONS, Report
from services.intake.model.values import (
    CallLevel,
    Channel,
    Disposition,
    DisputeType,
    IdentityMode,
    Kind,
    Party,
    Path,
    Place,
    Sensitivity,
    State,
    Urgency,
)
from tests.intake.world import PATH_1, START, categories

WASTE, GAS, NOISE = (
    Category.publish(next(data for data in categories() if data.code == code))[0]
    for code in ("env_waste", "gas", "noise")
)


def a_report(state: State = State.TRIAGED, **changes: object) -> Report:
    report = Report(
        id="report_1",
        number="261122-AAAA-BBBB",
        kind=Kind.COMPLAINT,
        call_level=CallLevel.PUBLIC,
        channel=Channel.PUBLIC,
        caller=Party(person="person_lan"),
        text="x",
        urgency=Urgency.ROUTINE,
        area_path=PATH_1,
        sensitivity=Sensitivity.INTERNAL,
        received_at=START,
        recorded_at=START,
        state=state,
    )
    for name, value in changes.items():
        setattr(report, name, value)
    return report


def routed(order_id: str = "order_1") -> Report:
    report = a_report()
    report.routed(Path.ORDER, decision_id="d", lead_post="post_h", lead_unit="unit_h", order_id=order_id)
    return report


def resolved() -> Report:
    report = routed()
    report.in_progress()
    report.resolve(START, reply="done", disposition=Disposition.SOLVED)
    return report


def closed() -> Report:
    report = resolved()
    report.confirm(START, 5)
    report.close(START, Disposition.SOLVED, "done")
    return report


def names(announced: object) -> list[str]:
    assert isinstance(announced, list)
    return [event.type.split(".")[3] for event in announced]


def test_every_state_says_where_it_leads() -> None:
    assert TRANSITIONS.keys() == set(State)


def test_a_report_goes_from_triage_to_its_end() -> None:
    report = a_report(State.RECEIVED)

    told = [
        *report.triage(WASTE),
        *report.routed(Path.ORDER, decision_id="d", lead_post="p", lead_unit="u", order_id="o"),
        *report.in_progress(),
        *report.resolve(START, reply="done", disposition=Disposition.SOLVED),
        *report.confirm(START, 4),
        *report.close(START, Disposition.SOLVED, "done"),
    ]

    assert names(told) == ["triaged", "routed", "progressed", "resolved", "confirmed", "closed"]
    assert (report.state, report.satisfaction, report.involved) == (State.CLOSED, 4, ["p", "u"])


@pytest.mark.parametrize("state", [State.CLOSED, State.WITHDRAWN, State.CONFIRMED, State.RESOLVED])
def test_ended_report_refuses_triage(state: State) -> None:
    with pytest.raises(NotInThisState):
        a_report(state).triage(WASTE)


@pytest.mark.parametrize("state", sorted(set(State) - {State.RESOLVED, State.ANSWERED}))
def test_only_a_resolved_report_is_confirmed(state: State) -> None:
    with pytest.raises(NotInThisState):
        a_report(state).confirm(START, 5)


def test_routed_report_refuses_triage_and_answer_while_its_order_is_open() -> None:
    with pytest.raises(OrderOpen):
        routed().triage(WASTE)
    with pytest.raises(OrderOpen):
        routed().answer_directly(START, reply="x")


def test_report_confirmed_with_an_order_waits_for_the_order_to_close() -> None:
    report = resolved()

    assert names(report.confirm(START, 5)) == ["confirmed"]
    assert report.state is State.CONFIRMED


def test_answered_report_closes_with_the_verdict() -> None:
    report = a_report(State.RECEIVED)
    report.answer_directly(START, reply="at the counter, weekdays")

    assert names(report.confirm(START, 5)) == ["confirmed", "closed"]
    assert (report.state, report.disposition) == (State.CLOSED, Disposition.EXPLAINED)


def test_an_order_that_crossed_with_the_answer_takes_the_report_on() -> None:
    report = a_report()
    report.answer_directly(START, reply="x")

    report.routed(Path.ORDER, decision_id="d", lead_post="p", lead_unit="u", order_id="o")

    assert (report.state, report.next_step_at) == (State.ROUTED, None)


@pytest.mark.parametrize("disposition", [Disposition.NOT_COMPETENT, Disposition.UNFOUNDED])
def test_not_competent_names_who_is(disposition: Disposition) -> None:
    with pytest.raises(ReasonRequired):
        a_report().answer_directly(START, reply="not us", disposition=disposition)


def test_duplicate_names_its_original() -> None:
    with pytest.raises(OriginalRequired):
        a_report().answer_directly(START, reply="known", disposition=Disposition.DUPLICATE)


def test_resolved_report_asks_its_caller_for_seven_days() -> None:
    assert resolved().next_step_at == START + timedelta(days=7)


def test_closed_report_is_reopened_within_seven_days() -> None:
    report = closed()

    assert names(report.reopen(START + REOPEN_WINDOW, "again")) == ["reopened"]
    assert (report.state, report.reopen_count, report.disposition) == (State.REOPENED, 1, None)


def test_closed_report_refuses_reopening_after_seven_days() -> None:
    with pytest.raises(ReopenWindowPassed):
        closed().reopen(START + REOPEN_WINDOW + timedelta(seconds=1), "again")


def test_withdrawn_report_stays_withdrawn() -> None:
    report = a_report()
    report.withdraw(START, "solved itself")

    with pytest.raises(NotInThisState):
        report.reopen(START, "no")


def test_converting_needs_the_type_of_the_dispute() -> None:
    with pytest.raises(DisputeTypeRequired):
        routed().convert(None, "they quarrel")


def test_converted_report_lets_go_of_its_order() -> None:
    report = routed()

    (event,) = report.convert(DisputeType.NEIGHBOUR, "they quarrel")

    assert (report.state, report.order_id, report.dispute_type) == (State.TRIAGED, None, DisputeType.NEIGHBOUR)
    assert getattr(event, "order_id", None) == "order_1"


def test_urgency_is_the_higher_of_report_and_category_unless_said() -> None:
    report = a_report(State.RECEIVED)
    found = []
    for category, urgency in ((GAS, None), (WASTE, None), (WASTE, Urgency.ROUTINE)):
        report.triage(category, urgency=urgency)
        found.append(report.urgency)

    assert found == [Urgency.CRITICAL, Urgency.CRITICAL, Urgency.ROUTINE]


def test_category_brings_its_dispute_type() -> None:
    report = a_report(State.RECEIVED)
    report.triage(NOISE)
    assert report.dispute_type is DisputeType.NEIGHBOUR

    report.triage(WASTE)
    assert report.dispute_type is None


def test_sealed_report_announces_neither_point_nor_person() -> None:
    report = a_report(
        State.RECEIVED,
        sensitivity=Sensitivity.SEALED,
        kind=Kind.TIP_OFF,
        place=Place(lon=113.0, lat=23.0),
        occurred_at=START,
    )

    (triaged,) = report.triage(WASTE)

    assert "person_lan" not in str(triaged)
    assert getattr(triaged, "place", 0) is None


def test_words_about_a_sealed_report_stay_with_it() -> None:
    report = closed()
    report.sensitivity = Sensitivity.SEALED

    (event,) = report.reopen(START, "they came back")

    assert "came back" not in str(event)
    assert report.reopen_reason == "they came back"


def test_sealed_identity_is_not_announced() -> None:
    (triaged,) = a_report(State.RECEIVED, identity_mode=IdentityMode.SEALED).triage(WASTE)

    assert "person_lan" not in str(triaged)
