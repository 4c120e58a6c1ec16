"""A dispute case from registration to archive (domain model §3.5)."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

import msgspec

from services.chassis.errors import InvalidInput, NotFound
from services.mediation.calendar import a_month_after
from services.mediation.errors import (
    AlreadyFulfilled,
    AlreadySigned,
    ConsentMissing,
    MediatorIsParty,
    NotYetDue,
    ReasonRequired,
    RemediesRequired,
    SessionNotMixed,
    TwoSidesNeeded,
    WhereToGoRequired,
    WrongStep,
)
from services.mediation.events import (
    CaseAccepted,
    CaseAgreed,
    CaseArchived,
    CaseAssigned,
    CaseBreached,
    CaseClosed,
    CaseDeclined,
    CaseEvent,
    CaseFailed,
    CaseFulfilled,
    CaseProgressed,
    CaseReferred,
    CaseRegistered,
    CaseSessionHeld,
)
from services.mediation.model.parts import (
    STANDARD_NOTICE,
    Advice,
    Agreement,
    AgreementForm,
    Amounts,
    Body,
    ClosingReason,
    Commission,
    Consent,
    DeclineReason,
    DisputeType,
    Mediator,
    Obligation,
    Origin,
    Outcome,
    Party,
    PartyRole,
    Referral,
    Risk,
    Room,
    Sensitivity,
    Session,
    SessionKind,
    Signature,
)
from services.mediation.model.states import TRANSITIONS, State

E = TypeVar("E", bound=CaseEvent)

# Until an agreement is in effect the parties can stop and their report can be withdrawn.
UNSETTLED = (
    State.REGISTERED,
    State.SCREENING,
    State.ACCEPTED,
    State.CONSENT_PENDING,
    State.ASSIGNED,
    State.IN_SESSION,
    State.ADJOURNED,
    State.AGREED,
)


class MediationCase(msgspec.Struct, kw_only=True):
    """The aggregate. Every method is one command: it checks, changes the case and returns what happened, or raises a Refusal."""

    id: str
    number: str
    dispute_type: DisputeType
    origin: Origin
    area_path: list[str]
    registered_at: datetime
    sensitivity: Sensitivity = Sensitivity.INTERNAL
    report_id: str | None = None
    caller_person: str | None = None
    state: State = State.REGISTERED
    outcome: Outcome | None = None
    risk: Risk | None = None
    room: Room = msgspec.field(default_factory=Room)
    mediator: Mediator | None = None
    commission: Commission | None = None
    parties: list[Party] = msgspec.field(default_factory=list)
    # Who may find the case as a person, not by a post: parties, representatives, the report's caller.
    people: list[str] = msgspec.field(default_factory=list)
    amounts: Amounts = msgspec.field(default_factory=Amounts)
    sessions: list[Session] = msgspec.field(default_factory=list)
    agreement: Agreement | None = None
    referral: Referral | None = None
    advice: Advice | None = None
    accepted_at: datetime | None = None
    due_at: datetime | None = None
    next_session_at: datetime | None = None
    next_step_at: datetime | None = None
    version: int = 0
    sequence: int = 0
    previous: dict[str, int] = msgspec.field(default_factory=dict)

    # Registration and screening

    def register(self) -> list[CaseRegistered]:
        """The case is new."""
        if self.origin is Origin.COMMISSION and self.commission is None:
            raise InvalidInput(path=("commission",), reason="origin COMMISSION")
        self._refresh_people()
        return [
            CaseRegistered(
                case_id=self.id, number=self.number, report_id=self.report_id, dispute_type=self.dispute_type.value
            )
        ]

    def add_party(self, party: Party) -> list[CaseProgressed]:
        """Somebody joins, at any time before the agreement."""
        self._in(*UNSETTLED[:-1])
        if self.mediator and self.mediator.person in party.people:
            raise MediatorIsParty(path=("party",))
        self.parties.append(party)
        self._refresh_people()
        return [self._progressed("party_added")]

    def begin_screening(self) -> list[CaseProgressed]:
        """Somebody looks into whether mediation is possible."""
        self._to(State.SCREENING)
        return [self._progressed("screening")]

    def accept(self, now: datetime, risk: Risk | None = None) -> list[CaseAccepted]:
        """The dispute is fit for mediation; the limit of one month runs from now."""
        self._screening()
        self._to(State.ACCEPTED)
        self.risk = risk or self.risk
        self.accepted_at = now
        self.due_at = a_month_after(now)
        return [self._event(CaseAccepted)]

    def decline(self, reason: DeclineReason, advice: Advice) -> list[CaseDeclined]:
        """The dispute is not for mediation: others must decide it, or already do."""
        if not advice.text.strip():
            raise WhereToGoRequired(path=("advice",))
        self._screening()
        self._to(State.DECLINED)
        self.outcome, self.advice = Outcome.DECLINED, advice
        return [self._event(CaseDeclined, reason=reason.value, outcome=Outcome.DECLINED.value, advice=advice.text)]

    def refer(self, body: Body, advice: Advice, now: datetime, receipt: str | None = None) -> list[CaseReferred]:
        """Hand the case to another body: from screening, from a session, after a breach (M-15)."""
        self._in(State.REGISTERED, State.SCREENING, State.IN_SESSION, State.BREACHED)
        if not advice.text.strip():
            raise WhereToGoRequired(path=("advice",))
        if self.state is State.REGISTERED:
            self._to(State.SCREENING)
        self._to(State.REFERRED)
        self.outcome, self.advice = Outcome.REFERRED, advice
        self.referral = Referral(body=body, at=now, receipt=receipt)
        self.next_step_at = None
        return [self._event(CaseReferred, outcome=body.value, advice=advice.text)]

    def take_back(self, now: datetime, result: str) -> list[CaseProgressed]:
        """The other body returned the case; its mediator goes on."""
        self._in(State.REFERRED)
        if self.mediator is None or self.referral is None:
            raise WrongStep(state=self.state.value)  # it was never in mediation here
        self._to(State.IN_SESSION)
        self.referral.result, self.referral.returned_at = result, now
        self.outcome = self.advice = None
        return [self._progressed("returned")]

    # Consent and mediator

    def record_consent(self, party_id: str, given: bool, recorded_by: str, now: datetime) -> list[CaseEvent]:
        """A party's yes or no. The last 'no' of a side ends the case: mediation is voluntary."""
        self._in(State.ACCEPTED, State.CONSENT_PENDING, State.ASSIGNED, State.IN_SESSION, State.ADJOURNED)
        party = self.party(party_id)
        if not given:
            return self.stop(party_id, recorded_by, now)
        if self.state is State.ACCEPTED:
            self._to(State.CONSENT_PENDING)
        party.consent = Consent(given=True, at=now, recorded_by=recorded_by)
        return [self._progressed("consent")]

    def stop(self, party_id: str, recorded_by: str, now: datetime) -> list[CaseEvent]:
        """A party stops, which needs no reason. Others go on as long as both sides are there and nothing awaits the signature.

        Before the first session the case closes for want of consent, after it mediation has failed; either way the parties are told
        what is left to them.
        """
        self._in(*UNSETTLED)
        party = self.party(party_id)
        signatory = self.state is State.AGREED and party.takes_part
        party.consent = Consent(given=False, at=now, recorded_by=recorded_by)
        if not signatory and (party.role is PartyRole.THIRD or self._two_sides()):
            return [self._progressed("party_left")]
        if self.state in (State.IN_SESSION, State.ADJOURNED, State.AGREED):
            return [*self.fail(STANDARD_NOTICE)]
        return [*self.close(ClosingReason.NO_CONSENT)]

    def assign(self, mediator: Mediator, reason: str | None = None) -> list[CaseAssigned]:
        """Give the case to a mediator; another one needs a reason (recusal, an objection sustained)."""
        self._in(State.CONSENT_PENDING, State.ASSIGNED)
        self._require_consents()
        self._require_impartial(mediator)
        if self.state is State.ASSIGNED and not (reason or "").strip():
            raise ReasonRequired(path=("reason",))
        self._to(State.ASSIGNED)
        self.mediator = mediator
        return [self._event(CaseAssigned, reason="replaced" if reason else None)]

    # Sessions

    def hold_session(self, session: Session) -> list[CaseSessionHeld]:
        """A sitting took place."""
        self._in(State.ASSIGNED, State.IN_SESSION, State.ADJOURNED)
        self._require_consents()
        roles = {self.party(party_id).role for party_id in session.attendance} - {PartyRole.THIRD}
        enough = {SessionKind.JOINT: len(roles) == 2, SessionKind.CAUCUS: len(roles) == 1}
        if not enough.get(session.kind, True):
            raise SessionNotMixed(path=("attendance",))
        if self.state is not State.IN_SESSION:
            self._to(State.IN_SESSION)
        self.sessions.append(session)
        self.next_session_at = None
        return [self._event(CaseSessionHeld, outcome=session.kind.value)]

    def adjourn(self, until: datetime | None) -> list[CaseProgressed]:
        """Pause, to a next date or until the parties come back."""
        self._to(State.ADJOURNED)
        self.next_session_at = until
        return [self._progressed("adjourned")]

    # Agreement

    def agree(
        self,
        form: AgreementForm,
        terms: str,
        obligations: Sequence[Obligation],
        mediator: Mediator,
        now: datetime,
    ) -> list[CaseEvent]:
        """Record what the parties settled: oral binds at once, written when all have signed.

        The fast lane (M-08): an oral agreement reached on the spot needs acceptance only, no earlier consent and no session.
        """
        on_the_spot = self.state is State.ACCEPTED and form is AgreementForm.ORAL
        if not on_the_spot:
            self._in(State.IN_SESSION)
            self._require_consents()
        if not self._two_sides():
            raise TwoSidesNeeded()
        if not terms.strip():
            raise InvalidInput(path=("terms",), reason="terms")
        for obligation in obligations:
            if not self.party(obligation.party_id).takes_part:
                raise ConsentMissing(path=("obligations",))
            if obligation.amount_fen < 0:
                raise InvalidInput(path=("obligations",), reason="amountFen")
        if on_the_spot:
            self._require_impartial(mediator)
            self.mediator = mediator
            for party in self.parties:
                party.consent = party.consent or Consent(given=True, at=now, recorded_by=mediator.person)
        self._to(State.AGREED)
        self.agreement = Agreement(form=form, terms=terms, recorded_at=now, obligations=list(obligations))
        self.amounts.agreed_fen = sum(obligation.amount_fen for obligation in obligations)
        if form is AgreementForm.ORAL:
            return self._take_effect(now)
        return [self._progressed("drafted")]

    def sign(self, party_id: str | None, recorded_by: str, now: datetime) -> list[CaseEvent]:
        """A signature under the written agreement: a party's, or the mediator's (None). The last one puts it in effect."""
        self._in(State.AGREED)
        agreement = self._agreement()
        if party_id is not None and self.party(party_id).left:
            raise ConsentMissing(path=("partyId",))
        if agreement.signed_by(party_id):
            raise AlreadySigned()
        agreement.signatures.append(Signature(party_id=party_id, at=now, recorded_by=recorded_by))
        needed = [None, *(party.id for party in self.parties if party.takes_part)]
        if all(agreement.signed_by(signatory) for signatory in needed):
            return self._take_effect(now)
        return [self._progressed("signed")]

    def _take_effect(self, now: datetime) -> list[CaseEvent]:
        agreement = self._agreement()
        agreement.effective_at = now
        self._to(State.PERFORMING)
        self.outcome = Outcome.AGREED
        self._plan_next_step()
        events: list[CaseEvent] = [self._event(CaseAgreed, outcome=agreement.form.value)]
        return events if agreement.open_obligations else [*events, self._fulfilled()]

    # Performance

    def fulfil(self, obligation_id: str, proof: str, now: datetime) -> list[CaseEvent]:
        """An obligation is met; the last one fulfils the agreement, also after a breach."""
        self._in(State.PERFORMING, State.BREACHED)
        agreement = self._agreement()
        obligation = next((one for one in agreement.obligations if one.id == obligation_id), None)
        if obligation is None:
            raise NotFound(path=("obligationId",), what="obligation")
        if obligation.fulfilled_at is not None:
            raise AlreadyFulfilled(path=("obligationId",))
        if not proof.strip():
            raise InvalidInput(path=("proof",), reason="proof")
        obligation.fulfilled_at, obligation.proof = now, proof
        self.amounts.paid_fen += obligation.amount_fen
        if self.state is State.BREACHED and not self.overdue(now):
            self._to(State.PERFORMING)
        self._plan_next_step()
        if agreement.open_obligations:
            return [self._progressed("obligation_fulfilled")]
        return [self._fulfilled()]

    def breach(self, now: datetime) -> list[CaseBreached]:
        """An obligation is overdue: the obligor is urged, then told of the right to sue (fail, refer)."""
        self._in(State.PERFORMING)
        if not self.overdue(now):
            raise NotYetDue()
        self._to(State.BREACHED)
        self.next_step_at = None
        return [self._event(CaseBreached, reason="overdue")]

    # The end

    def fail(self, advice: Advice) -> list[CaseFailed]:
        """Mediation ends without a kept agreement; telling the remedies is mandatory (§3.5)."""
        self._in(State.IN_SESSION, State.ADJOURNED, State.AGREED, State.BREACHED)
        if not advice.remedies or not advice.text.strip():
            raise RemediesRequired(path=("remedies",))
        reason = "breached" if self.state is State.BREACHED else "no_agreement"
        self._to(State.FAILED)
        self.outcome, self.advice = Outcome.FAILED, advice
        self.next_step_at = None
        return [self._event(CaseFailed, reason=reason, outcome=Outcome.FAILED.value, advice=advice.text)]

    def close(self, reason: ClosingReason) -> list[CaseClosed]:
        """The case ends before an agreement is in effect; an effective one stands whatever becomes of the report."""
        self._in(*UNSETTLED)
        self._to(State.CLOSED)
        no_consent = reason is ClosingReason.NO_CONSENT
        self.outcome = Outcome.NO_CONSENT if no_consent else Outcome.WITHDRAWN
        self.advice = STANDARD_NOTICE if no_consent else None
        advice = self.advice.text if self.advice else None
        return [self._event(CaseClosed, reason=reason.value, outcome=self.outcome.value, advice=advice)]

    def archive(self, result: str | None = None) -> list[CaseArchived]:
        """Close the file; `result` is what came of a referral."""
        self._to(State.ARCHIVED)
        if self.referral and result:
            self.referral.result = result
        return [self._event(CaseArchived, outcome=self.outcome.value if self.outcome else None)]

    # Parts

    def party(self, party_id: str) -> Party:
        """The party with this id. Raises NotFound."""
        for party in self.parties:
            if party.id == party_id:
                return party
        raise NotFound(path=("partyId",), what="party")

    def parties_of(self, person: str) -> list[Party]:
        """The parties that this person is or speaks for."""
        return [party for party in self.parties if person in party.people]

    def _agreement(self) -> Agreement:
        if self.agreement is None:
            raise WrongStep(state=self.state.value)
        return self.agreement

    def overdue(self, now: datetime) -> bool:
        """Whether an obligation of the agreement is unmet after its due date."""
        return any(obligation.due_at <= now for obligation in self._agreement().open_obligations)

    def _plan_next_step(self) -> None:
        due = [obligation.due_at for obligation in self._agreement().open_obligations]
        self.next_step_at = min(due) if due and self.state is State.PERFORMING else None

    def _two_sides(self) -> bool:
        return {PartyRole.APPLICANT, PartyRole.RESPONDENT} <= {party.role for party in self.parties if not party.left}

    def _require_consents(self) -> None:
        if not self._two_sides():
            raise TwoSidesNeeded()
        if not all(party.consented for party in self.parties if party.takes_part):
            raise ConsentMissing()

    def _require_impartial(self, mediator: Mediator) -> None:
        if self.parties_of(mediator.person):
            raise MediatorIsParty(path=("mediator",))

    def _refresh_people(self) -> None:
        callers = [self.caller_person] if self.caller_person else []
        self.people = sorted({*callers, *(person for party in self.parties for person in party.people)})

    # States and events

    def _in(self, *states: State) -> None:
        if self.state not in states:
            raise WrongStep(state=self.state.value)

    def _to(self, state: State) -> None:
        if state not in TRANSITIONS[self.state]:
            raise WrongStep(state=self.state.value)
        self.state = state

    def _screening(self) -> None:
        self._in(State.REGISTERED, State.SCREENING)
        self.state = State.SCREENING  # who decides at once has screened

    def _event(
        self,
        kind: type[E],
        *,
        reason: str | None = None,
        outcome: str | None = None,
        advice: str | None = None,
    ) -> E:
        if self.sensitivity is Sensitivity.SEALED:
            reason = outcome = advice = None
        return kind(case_id=self.id, report_id=self.report_id, reason=reason, outcome=outcome, advice=advice)

    def _progressed(self, step: str) -> CaseProgressed:
        return self._event(CaseProgressed, outcome=step)

    def _fulfilled(self) -> CaseFulfilled:
        self._to(State.FULFILLED)
        return self._event(CaseFulfilled, outcome=Outcome.AGREED.value)
