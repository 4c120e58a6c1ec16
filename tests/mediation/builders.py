"""Cases and callers to begin a test with."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from services.chassis.identity import Caller
from services.mediation.model import (
    Advice,
    AgreementForm,
    DisputeType,
    MediationCase,
    Mediator,
    Obligation,
    Origin,
    Party,
    PartyKind,
    PartyRole,
    Remedy,
    Room,
    Session,
    SessionKind,
    State,
)

NOW = datetime(2026, 3, 31, 9, tzinfo=UTC)
DAY = timedelta(days=1)
MEDIATOR = Mediator(person="person_mediator", post="post_room")
REMEDIES = Advice(text="可向人民法院起诉。", remedies=[Remedy.COURT])
PATH = ["area_d", "area_s", "area_c"]

_numbers = count(1)

the_mediator = Caller(
    person="person_mediator", roles=frozenset({"mediator"}), post="post_room", unit="unit_room", area="area_d"
)
other_mediator = Caller(person="person_other", roles=frozenset({"mediator"}), post="post_other", area="area_d")
far_mediator = Caller(person="person_far", roles=frozenset({"mediator"}), post="post_far", area="area_elsewhere")
centre = Caller(person="person_centre", roles=frozenset({"centre"}), post="post_centre", area="area_s")
attendant = Caller(person="person_grid", roles=frozenset({"attendant"}), post="post_grid", area="area_c")
alice = Caller(person="person_alice", roles=frozenset({"resident"}))
bob = Caller(person="person_bob", roles=frozenset({"resident"}))
caller = Caller(person="person_caller", roles=frozenset({"resident"}))
stranger = Caller(person="person_stranger", roles=frozenset({"resident"}))


def a_party(role: PartyRole, party_id: str, person: str | None = None) -> Party:
    return Party(id=party_id, kind=PartyKind.PERSON, role=role, name=party_id, person=person)


def a_case(**given: Any) -> MediationCase:
    """A registered case with Alice against Bob, from a report."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "id": f"case_{number}",
        "number": f"260331-{number:04}-0000",
        "dispute_type": DisputeType.NEIGHBOUR,
        "origin": Origin.REPORT,
        "report_id": f"report_{number}",
        "caller_person": "person_caller",
        "area_path": PATH,
        "registered_at": NOW + timedelta(seconds=number),
        "room": Room(post="post_room", unit="unit_room"),
        "parties": [
            a_party(PartyRole.APPLICANT, "party_alice", "person_alice"),
            a_party(PartyRole.RESPONDENT, "party_bob", "person_bob"),
        ],
    }
    case = MediationCase(**(values | given))
    case.register()
    return case


def a_session(
    kind: SessionKind = SessionKind.JOINT, attendance: Sequence[str] = ("party_alice", "party_bob")
) -> Session:
    return Session(
        id=f"session_{next(_numbers)}", kind=kind, at=NOW, place="调解室", attendance=list(attendance), notes="记录"
    )


def an_obligation(amount_fen: int = 120_000, due_at: datetime = NOW + DAY) -> Obligation:
    return Obligation(
        id=f"obligation_{next(_numbers)}", party_id="party_bob", what="赔偿", due_at=due_at, amount_fen=amount_fen
    )


def a_case_in(state: State, *, due_at: datetime = NOW + DAY, **given: Any) -> MediationCase:
    """A case that went the straight way to `state`; for performing, one obligation due at `due_at`."""
    case = a_case(**given)
    match state:
        case State.REGISTERED:
            pass
        case State.SCREENING:
            case.begin_screening()
        case State.ACCEPTED:
            case.accept(NOW)
        case State.CONSENT_PENDING:
            case = a_case_in(State.ACCEPTED, **given)
            for party in case.parties:
                case.record_consent(party.id, True, "person_mediator", NOW)
        case State.ASSIGNED:
            case = a_case_in(State.CONSENT_PENDING, **given)
            case.assign(MEDIATOR)
        case State.IN_SESSION:
            case = a_case_in(State.ASSIGNED, **given)
            case.hold_session(a_session())
        case State.ADJOURNED:
            case = a_case_in(State.IN_SESSION, **given)
            case.adjourn(NOW + DAY)
        case State.AGREED:
            case = a_case_in(State.IN_SESSION, **given)
            case.agree(AgreementForm.WRITTEN, "和解", [an_obligation()], MEDIATOR, NOW)
        case State.PERFORMING:
            case = a_case_in(State.IN_SESSION, **given)
            case.agree(AgreementForm.ORAL, "和解", [an_obligation(due_at=due_at)], MEDIATOR, NOW)
        case State.BREACHED:
            case = a_case_in(State.PERFORMING, **given)
            case.breach(NOW + 2 * DAY)
        case State.FULFILLED:
            case = a_case_in(State.IN_SESSION, **given)
            case.agree(AgreementForm.ORAL, "和解", [], MEDIATOR, NOW)
        case State.FAILED:
            case = a_case_in(State.IN_SESSION, **given)
            case.fail(REMEDIES)
        case _:
            raise NotImplementedError(state)
    return case
