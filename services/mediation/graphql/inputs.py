"""What mutations take, and how it reads in the model's words."""

from datetime import datetime

import strawberry

from services.chassis.errors import InvalidInput
from services.chassis.ids import new_id
from services.mediation.graphql.enums import model
from services.mediation.graphql.scalars import Fen
from services.mediation.handlers import NewCase


@strawberry.input
class Input:
    """What every command carries."""

    idempotency_key: str = strawberry.field(
        description="Chosen by the client; the same key with the same input is the same command. 幂等键。"
    )


@strawberry.input
class CaseInput(Input):
    """What every command on a case carries."""

    case_id: strawberry.ID


@strawberry.input(name="MediationRepresentativeInput")
class RepresentativeInput:
    """Who speaks for a party. 代表人。"""

    name: str
    person: strawberry.ID | None = None


@strawberry.input(name="MediationPartyInput")
class PartyInput:
    """A party. `key` names it within this input, for obligations. 当事人。"""

    kind: model.PartyKind
    role: model.PartyRole
    name: str
    key: str | None = None
    person: strawberry.ID | None = None
    headcount: int = 1
    representatives: list[RepresentativeInput] = strawberry.field(default_factory=list)

    def party(self) -> model.Party:
        if not self.name.strip():
            raise InvalidInput(path=("party", "name"), reason="name")
        if self.headcount < 1:
            raise InvalidInput(path=("party", "headcount"), reason="headcount")
        return model.Party(
            id=new_id("party"),
            kind=self.kind,
            role=self.role,
            name=self.name,
            person=self.person,
            headcount=self.headcount,
            representatives=[model.Representative(name=one.name, person=one.person) for one in self.representatives],
        )


@strawberry.input(name="MediationObligationInput")
class ObligationInput:
    """What a party undertakes. 义务。"""

    party: strawberry.ID = strawberry.field(
        description="The party's id; in settleOnTheSpot the key given in the same input. 当事人编号。"
    )
    what: str
    due_at: datetime
    amount_fen: Fen = Fen(0)

    def obligation(self, party_id: str) -> model.Obligation:
        return model.Obligation(
            id=new_id("obligation"), party_id=party_id, what=self.what, due_at=self.due_at, amount_fen=self.amount_fen
        )


@strawberry.input(name="MediationCommissionInput")
class CommissionInput:
    """A mandate from a court or arbitration body. 委托函。"""

    body: model.Body
    number: str
    date: datetime
    due_at: datetime | None = None


@strawberry.input(name="MediationAdviceInput")
class AdviceInput:
    """Where to go, which remedies are left. 告知事项。"""

    text: str
    remedies: list[model.Remedy] = strawberry.field(default_factory=list)

    def advice(self) -> model.Advice:
        return model.Advice(text=self.text, remedies=list(self.remedies))


@strawberry.input
class NewCaseInput(Input):
    """What a case opened by hand begins with."""

    area_id: strawberry.ID
    dispute_type: model.DisputeType
    parties: list[PartyInput]
    sensitivity: model.Sensitivity = model.Sensitivity.INTERNAL
    claimed_fen: Fen = Fen(0)
    risk: model.Risk | None = None

    def new_case(self, origin: model.Origin, room: str | None, commission: CommissionInput | None) -> NewCase:
        if self.claimed_fen < 0:
            raise InvalidInput(path=("claimedFen",), reason=">= 0")
        return NewCase(
            dispute_type=self.dispute_type,
            area_id=self.area_id,
            origin=origin,
            sensitivity=self.sensitivity,
            parties=[party.party() for party in self.parties],
            claimed_fen=self.claimed_fen,
            risk=self.risk,
            room=room,
            commission=model.Commission(
                body=commission.body, number=commission.number, date=commission.date, due_at=commission.due_at
            )
            if commission
            else None,
        )


@strawberry.input
class RegisterMediationCaseInput(NewCaseInput):
    """A case that no report brought."""

    origin: model.Origin
    room: strawberry.ID | None = strawberry.field(
        default=None, description="The post of the room the parties chose; the caller's own if left out. 调解室岗位。"
    )
    commission: CommissionInput | None = None


@strawberry.input
class SettleOnTheSpotInput(NewCaseInput):
    """A light case settled orally where it arose. 当场调解。"""

    terms: str
    obligations: list[ObligationInput] = strawberry.field(default_factory=list)

    def settlement(self) -> tuple[NewCase, list[model.Obligation]]:
        new = self.new_case(model.Origin.ON_THE_SPOT, None, None)
        ids = {given.key: party.id for given, party in zip(self.parties, new.parties, strict=True) if given.key}
        return new, [one.obligation(ids.get(one.party, one.party)) for one in self.obligations]


@strawberry.input
class AddMediationPartyInput(CaseInput):
    """Somebody joins."""

    party: PartyInput


@strawberry.input
class BeginMediationScreeningInput(CaseInput):
    """Somebody looks into it."""


@strawberry.input
class AcceptMediationCaseInput(CaseInput):
    """Fit for mediation."""

    risk: model.Risk | None = None


@strawberry.input
class DeclineMediationCaseInput(CaseInput):
    """Not for mediation."""

    reason: model.DeclineReason
    advice: AdviceInput


@strawberry.input
class ReferMediationCaseInput(CaseInput):
    """To another body."""

    body: model.Body
    advice: AdviceInput
    receipt: str | None = None


@strawberry.input
class TakeBackMediationCaseInput(CaseInput):
    """Returned by the other body."""

    result: str


@strawberry.input
class RecordMediationConsentInput(CaseInput):
    """A party's yes or no."""

    party_id: strawberry.ID
    given: bool


@strawberry.input
class StopMediationInput(CaseInput):
    """A party stops."""

    party_id: strawberry.ID


@strawberry.input
class AssignMediatorInput(CaseInput):
    """Who conducts the case; the caller if nobody is named."""

    person: strawberry.ID | None = None
    post: strawberry.ID | None = None
    reason: str | None = strawberry.field(default=None, description="Needed to replace a mediator. 更换调解员的理由。")

    def mediator(self) -> model.Mediator | None:
        return model.Mediator(person=self.person, post=self.post) if self.person else None


@strawberry.input
class HoldMediationSessionInput(CaseInput):
    """A sitting that took place."""

    kind: model.SessionKind
    at: datetime
    place: str | None = strawberry.field(default=None, description="Needed without a venue. 无阵地时必填。")
    venue_id: strawberry.ID | None = strawberry.field(default=None, description="A venue of the register. 使用的阵地。")
    attendance: list[strawberry.ID] = strawberry.field(description="Ids of the parties who came. 到场当事人编号。")
    notes: str
    outcome: str | None = None

    def session(self) -> model.Session:
        return model.Session(
            id=new_id("session"),
            kind=self.kind,
            at=self.at,
            place=self.place or "",
            venue_id=self.venue_id,
            attendance=list(self.attendance),
            notes=self.notes,
            outcome=self.outcome,
        )


@strawberry.input
class AdjournMediationCaseInput(CaseInput):
    """A pause."""

    until: datetime | None = None


@strawberry.input
class RecordMediationAgreementInput(CaseInput):
    """What the parties settled."""

    form: model.AgreementForm
    terms: str
    obligations: list[ObligationInput] = strawberry.field(default_factory=list)


@strawberry.input
class SignMediationAgreementInput(CaseInput):
    """A signature; the mediator's own when no party is named."""

    party_id: strawberry.ID | None = None


@strawberry.input
class FulfilMediationObligationInput(CaseInput):
    """An obligation is met."""

    obligation_id: strawberry.ID
    proof: str


@strawberry.input
class ReportMediationBreachInput(CaseInput):
    """An obligation is overdue."""


@strawberry.input
class FailMediationCaseInput(CaseInput):
    """No agreement."""

    advice: AdviceInput


@strawberry.input
class ArchiveMediationCaseInput(CaseInput):
    """The end of the file."""

    result: str | None = strawberry.field(default=None, description="What came of a referral. 移送结果。")
