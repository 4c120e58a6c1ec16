"""The case by itself: every transition, every refusal."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.chassis.errors import InvalidInput, Refusal
from services.mediation import errors, events
from services.mediation.calendar import a_month_after
from services.mediation.model import (
    TRANSITIONS,
    Advice,
    AgreementForm,
    Body,
    ClosingReason,
    DeclineReason,
    MediationCase,
    Mediator,
    Origin,
    Outcome,
    PartyRole,
    Remedy,
    Representative,
    Sensitivity,
    SessionKind,
    State,
)
from tests.mediation.builders import (
    DAY,
    MEDIATOR,
    NOW,
    REMEDIES,
    a_case,
    a_case_in,
    a_party,
    a_session,
    an_obligation,
)

WHERE = Advice(text="请到区人民法院立案庭。")


def test_case_goes_from_registration_to_archive() -> None:
    case = a_case_in(State.PERFORMING)
    assert case.agreement
    obligation = case.agreement.obligations[0]

    happened = [*case.fulfil(obligation.id, "收据", NOW), *case.archive()]

    assert [event.type.split(".")[3] for event in happened] == ["fulfilled", "archived"]
    assert (case.state, case.outcome) == (State.ARCHIVED, Outcome.AGREED)
    assert (case.amounts.agreed_fen, case.amounts.paid_fen) == (120_000, 120_000)


def test_acceptance_sets_a_limit_of_one_month() -> None:
    assert a_case_in(State.ACCEPTED).due_at == datetime(2026, 4, 30, 9, tzinfo=UTC)
    assert a_month_after(datetime(2026, 12, 5, tzinfo=UTC)) == datetime(2027, 1, 5, tzinfo=UTC)


def test_oral_agreement_on_the_spot_needs_acceptance_only() -> None:
    case = a_case_in(State.ACCEPTED)

    happened = case.agree(AgreementForm.ORAL, "互相道歉", [], MEDIATOR, NOW)

    assert [type(event) for event in happened] == [events.CaseAgreed, events.CaseFulfilled]
    assert all(party.consented for party in case.parties)


def test_written_agreement_binds_when_everybody_has_signed() -> None:
    case = a_case_in(State.AGREED)

    case.sign("party_alice", "person_alice", NOW)
    case.sign("party_bob", "person_bob", NOW)
    assert case.agreement
    assert case.agreement.effective_at is None
    happened = case.sign(None, "person_mediator", NOW)

    assert [type(event) for event in happened] == [events.CaseAgreed]
    assert case.state is State.PERFORMING
    assert case.agreement.effective_at == NOW
    assert case.next_step_at == NOW + DAY


def test_nobody_signs_twice() -> None:
    case = a_case_in(State.AGREED)
    case.sign("party_alice", "person_alice", NOW)

    with pytest.raises(errors.AlreadySigned):
        case.sign("party_alice", "person_alice", NOW)


def test_written_agreement_cannot_be_made_on_the_spot() -> None:
    with pytest.raises(errors.WrongStep):
        a_case_in(State.ACCEPTED).agree(AgreementForm.WRITTEN, "和解", [], MEDIATOR, NOW)


@pytest.mark.parametrize(
    ("state", "left_in"),
    [
        (State.REGISTERED, State.CLOSED),
        (State.SCREENING, State.CLOSED),
        (State.ACCEPTED, State.CLOSED),
        (State.CONSENT_PENDING, State.CLOSED),
        (State.ASSIGNED, State.CLOSED),
        (State.IN_SESSION, State.FAILED),
        (State.ADJOURNED, State.FAILED),
        (State.AGREED, State.FAILED),
    ],
)
def test_every_party_may_stop_at_any_time_and_is_told_the_remedies(state: State, left_in: State) -> None:
    case = a_case_in(state)

    case.stop("party_bob", "person_bob", NOW)

    assert case.state is left_in
    assert case.advice
    assert set(case.advice.remedies) == set(Remedy)


def test_others_go_on_when_one_of_many_stops() -> None:
    case = a_case_in(State.ASSIGNED)
    case.add_party(a_party(PartyRole.RESPONDENT, "party_carl", "person_carl"))

    case.stop("party_carl", "person_carl", NOW)
    case.hold_session(a_session())

    assert case.state is State.IN_SESSION


def test_agreement_in_effect_cannot_be_stopped_or_withdrawn() -> None:
    case = a_case_in(State.PERFORMING)

    with pytest.raises(errors.WrongStep):
        case.stop("party_bob", "person_bob", NOW)
    with pytest.raises(errors.WrongStep):
        case.close(ClosingReason.REPORT_WITHDRAWN)


def test_failed_mediation_tells_the_remedies() -> None:
    for advice in (Advice(text="", remedies=[Remedy.COURT]), Advice(text="去法院", remedies=[])):
        with pytest.raises(errors.RemediesRequired):
            a_case_in(State.IN_SESSION).fail(advice)


def test_declined_and_referred_say_where_to_go() -> None:
    nowhere = Advice(text=" ")

    with pytest.raises(errors.WhereToGoRequired):
        a_case().decline(DeclineReason.COURT_HAS_IT, nowhere)
    with pytest.raises(errors.WhereToGoRequired):
        a_case().refer(Body.COURT, nowhere, NOW)


def test_declined_at_once_has_been_screened() -> None:
    case = a_case()

    (declined,) = case.decline(DeclineReason.COURT_HAS_IT, WHERE)

    assert (declined.reason, declined.advice) == ("court_has_it", WHERE.text)
    assert case.state is State.DECLINED


def test_party_or_its_representative_cannot_be_the_mediator() -> None:
    case = a_case_in(State.CONSENT_PENDING)
    case.parties[0].representatives = [Representative(name="代理人", person="person_agent")]

    for person in ("person_alice", "person_agent"):
        with pytest.raises(errors.MediatorIsParty):
            case.assign(Mediator(person=person))
    with pytest.raises(errors.MediatorIsParty):
        a_case_in(State.ACCEPTED).agree(AgreementForm.ORAL, "和解", [], Mediator(person="person_bob"), NOW)


def test_mediator_cannot_become_a_party() -> None:
    with pytest.raises(errors.MediatorIsParty):
        a_case_in(State.ASSIGNED).add_party(a_party(PartyRole.THIRD, "party_m", "person_mediator"))


def test_another_mediator_needs_a_reason() -> None:
    case = a_case_in(State.ASSIGNED)

    with pytest.raises(errors.ReasonRequired):
        case.assign(Mediator(person="person_other"))
    case.assign(Mediator(person="person_other"), "回避")

    assert case.mediator == Mediator(person="person_other")


def test_mediator_is_assigned_after_every_consent() -> None:
    case = a_case_in(State.ACCEPTED)
    case.record_consent("party_alice", True, "person_alice", NOW)

    with pytest.raises(errors.ConsentMissing):
        case.assign(MEDIATOR)


def test_one_sided_case_is_not_mediated() -> None:
    case = a_case(parties=[a_party(PartyRole.APPLICANT, "party_alice")])
    case.accept(NOW)
    case.record_consent("party_alice", True, "person_alice", NOW)

    with pytest.raises(errors.TwoSidesNeeded):
        case.assign(MEDIATOR)


def test_session_is_attended_as_its_kind_says() -> None:
    case = a_case_in(State.ASSIGNED)

    with pytest.raises(errors.SessionNotMixed):
        case.hold_session(a_session(SessionKind.JOINT, ["party_alice"]))
    with pytest.raises(errors.SessionNotMixed):
        case.hold_session(a_session(SessionKind.CAUCUS))
    case.hold_session(a_session(SessionKind.SITE_VISIT, []))


def test_overdue_obligation_breaches_and_late_payment_heals() -> None:
    case = a_case_in(State.PERFORMING)
    assert case.agreement
    with pytest.raises(errors.NotYetDue):
        case.breach(NOW)

    case.breach(NOW + DAY)
    assert (case.state, case.next_step_at) == (State.BREACHED, None)
    case.fulfil(case.agreement.obligations[0].id, "转账凭证", NOW + 2 * DAY)

    assert case.state is State.FULFILLED
    with pytest.raises(errors.WrongStep):
        case.fulfil(case.agreement.obligations[0].id, "又一次", NOW)


def test_obligation_is_fulfilled_once_and_with_proof() -> None:
    case = a_case_in(State.IN_SESSION)
    first, second = an_obligation(), an_obligation(due_at=NOW + 9 * DAY)
    case.agree(AgreementForm.ORAL, "分期", [first, second], MEDIATOR, NOW)

    with pytest.raises(InvalidInput):
        case.fulfil(first.id, " ", NOW)
    case.fulfil(first.id, "收据", NOW)
    with pytest.raises(errors.AlreadyFulfilled):
        case.fulfil(first.id, "收据", NOW)

    assert case.next_step_at == NOW + 9 * DAY


def test_returned_case_goes_on_with_its_mediator() -> None:
    case = a_case_in(State.IN_SESSION)
    case.refer(Body.ARBITRATION, WHERE, NOW, "劳裁字12号")

    case.take_back(NOW, "不予受理")

    assert (case.state, case.outcome, case.advice) == (State.IN_SESSION, None, None)


def test_case_referred_at_the_door_has_nothing_to_return_to() -> None:
    case = a_case()
    case.refer(Body.POLICE, WHERE, NOW)

    with pytest.raises(errors.WrongStep):
        case.take_back(NOW, "退回")


@pytest.mark.capability("M-04")
def test_commissioned_case_carries_its_mandate() -> None:
    with pytest.raises(InvalidInput):
        a_case(origin=Origin.COMMISSION)


def test_sealed_case_announces_ids_only() -> None:
    case = a_case(sensitivity=Sensitivity.SEALED)

    (declined,) = case.decline(DeclineReason.SPECIAL_ORGAN, WHERE)

    assert (declined.reason, declined.outcome, declined.advice) == (None, None, None)


COMMANDS: dict[str, Callable[[MediationCase, datetime], Any]] = {
    "screening": lambda case, _: case.begin_screening(),
    "accept": lambda case, now: case.accept(now),
    "decline": lambda case, _: case.decline(DeclineReason.NOT_A_DISPUTE, WHERE),
    "refer": lambda case, now: case.refer(Body.COURT, WHERE, now),
    "take_back": lambda case, now: case.take_back(now, "退回"),
    "alice_consents": lambda case, now: case.record_consent("party_alice", True, "p", now),
    "bob_consents": lambda case, now: case.record_consent("party_bob", True, "p", now),
    "bob_refuses": lambda case, now: case.record_consent("party_bob", False, "p", now),
    "alice_stops": lambda case, now: case.stop("party_alice", "p", now),
    "carl_joins": lambda case, _: case.add_party(a_party(PartyRole.THIRD, f"party_{len(case.parties)}")),
    "assign": lambda case, _: case.assign(MEDIATOR, "回避" if case.mediator else None),
    "joint": lambda case, _: case.hold_session(a_session()),
    "caucus": lambda case, _: case.hold_session(a_session(SessionKind.CAUCUS, ["party_bob"])),
    "adjourn": lambda case, now: case.adjourn(now + DAY),
    "oral": lambda case, now: case.agree(AgreementForm.ORAL, "和", [an_obligation(due_at=now + DAY)], MEDIATOR, now),
    "written": lambda case, now: case.agree(AgreementForm.WRITTEN, "和", [], MEDIATOR, now),
    "alice_signs": lambda case, now: case.sign("party_alice", "p", now),
    "bob_signs": lambda case, now: case.sign("party_bob", "p", now),
    "mediator_signs": lambda case, now: case.sign(None, "p", now),
    "fulfil": lambda case, now: case.fulfil(case.agreement.obligations[0].id if case.agreement else "", "据", now),
    "breach": lambda case, now: case.breach(now),
    "fail": lambda case, _: case.fail(REMEDIES),
    "withdraw": lambda case, _: case.close(ClosingReason.REPORT_WITHDRAWN),
    "archive": lambda case, _: case.archive(),
}


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(sorted(COMMANDS)), min_size=5, max_size=30), st.sampled_from(list(State)))
def test_whatever_comes_the_case_follows_its_table(names: list[str], start: State) -> None:
    """INVARIANT: a command moves the case along the table or is refused and changes nothing."""
    unreached = {State.DECLINED, State.REFERRED, State.ARCHIVED, State.CLOSED}
    case = a_case() if start in unreached else a_case_in(start)
    now = NOW
    for name in names:
        now += timedelta(hours=9)
        before, was = case.state, msgspec.msgpack.encode(case)
        try:
            happened = COMMANDS[name](case, now)
        except (Refusal, IndexError):
            assert msgspec.msgpack.encode(case) == was
            continue
        assert happened
        assert _reachable(before, case.state)
        assert case.next_step_at is None or case.state is State.PERFORMING
        assert (case.outcome is not None) == (
            case.state not in {*TRANSITIONS} - _ENDED - {State.PERFORMING, State.BREACHED}
        )


_ENDED = {State.DECLINED, State.FULFILLED, State.FAILED, State.REFERRED, State.ARCHIVED, State.CLOSED}


def _reachable(start: State, end: State) -> bool:
    """Within one command: it stays, takes a step, or takes the steps that follow of themselves."""
    if start is end or end in TRANSITIONS[start]:
        return True
    through = {State.SCREENING, State.AGREED, State.PERFORMING}
    return any(step in through and _reachable(step, end) for step in TRANSITIONS[start])
