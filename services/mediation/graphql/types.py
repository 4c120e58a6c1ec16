"""The case as a caller sees it: fields that are not for the caller are null."""

from datetime import datetime
from typing import Self, TypeAlias

import strawberry
import strawberry.federation
from strawberry.federation.schema_directives import Key
from strawberry.federation.types import FieldSet

from services.chassis.identity import Caller
from services.mediation.access import Sight, own_parties, sight
from services.mediation.graphql.context import MediationContext
from services.mediation.graphql.enums import model
from services.mediation.graphql.scalars import Fen
from services.mediation.views import RoomRecord

Info: TypeAlias = strawberry.Info[MediationContext, None]


@strawberry.federation.type(keys=[Key(fields=FieldSet("id"), resolvable=False)])
class Post:
    """A post; routing knows more. 岗位。"""

    id: strawberry.ID


@strawberry.federation.type(keys=[Key(fields=FieldSet("id"), resolvable=False)])
class Area:
    """An area; routing knows more. 区域(网格)。"""

    id: strawberry.ID


@strawberry.federation.type(keys=[Key(fields=FieldSet("id"), resolvable=False)])
class Venue:
    """A venue; routing knows more. 阵地。"""

    id: strawberry.ID


@strawberry.type(name="MediationRepresentative")
class Representative:
    """Who speaks for a party. 代表人。"""

    name: str


@strawberry.type(name="MediationParty")
class Party:
    """A party to the dispute. 当事人。"""

    id: strawberry.ID
    kind: model.PartyKind
    role: model.PartyRole
    name: str
    headcount: int = strawberry.field(description="How many people stand behind it. 人数。")
    person: strawberry.ID | None = strawberry.field(
        description="For staff and the party itself. 仅工作人员和本人可见。"
    )
    representatives: list[Representative]
    consented: bool | None = strawberry.field(description="Null until the party has answered. 尚未答复时为空。")

    @classmethod
    def of(cls, party: model.Party, *, show_person: bool) -> Self:
        return cls(
            id=strawberry.ID(party.id),
            kind=party.kind,
            role=party.role,
            name=party.name,
            headcount=party.headcount,
            person=strawberry.ID(party.person) if party.person and show_person else None,
            representatives=[Representative(name=one.name) for one in party.representatives],
            consented=party.consent.given if party.consent else None,
        )


@strawberry.type(name="MediationSession")
class Session:
    """A sitting. 调解场次。"""

    id: strawberry.ID
    kind: model.SessionKind
    at: datetime
    place: str
    venue: Venue | None = strawberry.field(description="Where that is a venue of the register. 使用的阵地。")
    attendance: list[strawberry.ID] = strawberry.field(description="Ids of parties. 到场当事人编号。")
    notes: str
    outcome: str | None

    @classmethod
    def of(cls, session: model.Session) -> Self:
        return cls(
            id=strawberry.ID(session.id),
            kind=session.kind,
            at=session.at,
            place=session.place,
            venue=Venue(id=strawberry.ID(session.venue_id)) if session.venue_id else None,
            attendance=[strawberry.ID(party_id) for party_id in session.attendance],
            notes=session.notes,
            outcome=session.outcome,
        )


@strawberry.type(name="MediationObligation")
class Obligation:
    """What a party undertakes, in money or in kind. 协议约定的义务。"""

    id: strawberry.ID
    party_id: strawberry.ID
    what: str
    amount_fen: Fen
    due_at: datetime
    fulfilled_at: datetime | None
    proof: str | None

    @classmethod
    def of(cls, obligation: model.Obligation) -> Self:
        return cls(
            id=strawberry.ID(obligation.id),
            party_id=strawberry.ID(obligation.party_id),
            what=obligation.what,
            amount_fen=Fen(obligation.amount_fen),
            due_at=obligation.due_at,
            fulfilled_at=obligation.fulfilled_at,
            proof=obligation.proof,
        )


@strawberry.type(name="MediationSignature")
class Signature:
    """A signature under the agreement; no party means the mediator. 签字。"""

    party_id: strawberry.ID | None
    at: datetime


@strawberry.type(name="MediationAgreement")
class Agreement:
    """What was settled. 调解协议。"""

    form: model.AgreementForm
    terms: str
    recorded_at: datetime
    effective_at: datetime | None = strawberry.field(
        description="When it binds: oral at once, written when all have signed. 生效时间。"
    )
    obligations: list[Obligation]
    signatures: list[Signature]

    @classmethod
    def of(cls, agreement: model.Agreement) -> Self:
        return cls(
            form=agreement.form,
            terms=agreement.terms,
            recorded_at=agreement.recorded_at,
            effective_at=agreement.effective_at,
            obligations=[Obligation.of(obligation) for obligation in agreement.obligations],
            signatures=[
                Signature(party_id=strawberry.ID(one.party_id) if one.party_id else None, at=one.at)
                for one in agreement.signatures
            ],
        )


@strawberry.type(name="MediationAmounts")
class Amounts:
    """Money in dispute. 涉案金额。"""

    claimed_fen: Fen
    agreed_fen: Fen
    paid_fen: Fen
    currency: str


@strawberry.type(name="MediationAdvice")
class Advice:
    """The official word on where to go and which remedies are left. 告知事项。"""

    text: str
    remedies: list[model.Remedy]


@strawberry.type(name="MediationReferral")
class Referral:
    """A hand-over to another body. 移送记录。"""

    body: model.Body
    at: datetime
    receipt: str | None
    result: str | None
    returned_at: datetime | None


@strawberry.type(name="MediationCommission")
class Commission:
    """A mandate from a court or arbitration body. 委托调解函。"""

    body: model.Body
    number: str
    date: datetime
    due_at: datetime | None


@strawberry.federation.type(keys=["id"])
class MediationCase:
    """A dispute in mediation. What the caller may not see is null. 矛盾纠纷调解案件。"""

    case: strawberry.Private[model.MediationCase]
    viewer: strawberry.Private[Caller | None]

    id: strawberry.ID
    number: str = strawberry.field(description="To read aloud. 案号。")
    state: model.State
    outcome: model.Outcome | None
    dispute_type: model.DisputeType
    origin: model.Origin
    registered_at: datetime
    accepted_at: datetime | None
    due_at: datetime | None = strawberry.field(description="One month from acceptance. 办理期限(受理后一个月)。")
    next_session_at: datetime | None
    area: Area

    @classmethod
    def of(cls, case: model.MediationCase, viewer: Caller | None) -> Self:
        """The case for somebody who may know of it."""
        return cls(
            case=case,
            viewer=viewer,
            id=strawberry.ID(case.id),
            number=case.number,
            state=case.state,
            outcome=case.outcome,
            dispute_type=case.dispute_type,
            origin=case.origin,
            registered_at=case.registered_at,
            accepted_at=case.accepted_at,
            due_at=case.due_at,
            next_session_at=case.next_session_at,
            area=Area(id=strawberry.ID(case.area_path[-1])),
        )

    @classmethod
    async def resolve_reference(cls, info: Info, id: strawberry.ID) -> Self | None:
        case = await info.context.cases.load(id)
        return cls.of(case, info.context.caller) if case else None

    @property
    def sight(self) -> Sight:
        return sight(self.viewer, self.case)

    @strawberry.field(description="The report that brought it. 来源诉求。")
    def report(self) -> "Report | None":
        return Report(id=strawberry.ID(self.case.report_id)) if self.case.report_id else None

    @strawberry.field(description="Risk grade, for staff. 风险等级(工作人员可见)。")
    def risk(self) -> model.Risk | None:
        return self.case.risk if self.sight >= Sight.STAFF else None

    @strawberry.field(description="The post of the mediation room that answers for the case. 承办调解室岗位。")
    def room(self) -> Post | None:
        return Post(id=strawberry.ID(self.case.room.post)) if self.case.room.post else None

    @strawberry.field(description="The post of the mediator. 调解员岗位。")
    def mediator(self) -> Post | None:
        mediator = self.case.mediator
        return Post(id=strawberry.ID(mediator.post)) if mediator and mediator.post else None

    @strawberry.field(description="For parties and staff. 当事人和工作人员可见。")
    def parties(self) -> list[Party] | None:
        if self.sight < Sight.PARTY:
            return None
        own = self._own_parties()
        everyone = self.sight >= Sight.STAFF
        return [Party.of(party, show_person=everyone or party.id in own) for party in self.case.parties]

    @strawberry.field(description="Money in dispute, for parties and staff. 涉案金额。")
    def amounts(self) -> Amounts | None:
        if self.sight < Sight.PARTY:
            return None
        amounts = self.case.amounts
        return Amounts(
            claimed_fen=Fen(amounts.claimed_fen),
            agreed_fen=Fen(amounts.agreed_fen),
            paid_fen=Fen(amounts.paid_fen),
            currency=amounts.currency,
        )

    @strawberry.field(
        description="For parties and staff; a caucus is there for its mediator and the parties who were in it only. "
        "场次;背对背调解仅调解员和在场一方可见。"
    )
    def sessions(self) -> list[Session] | None:
        if self.sight < Sight.PARTY:
            return None
        own = self._own_parties()
        return [
            Session.of(session)
            for session in self.case.sessions
            if session.kind is not model.SessionKind.CAUCUS
            or self.sight is Sight.CONDUCTING
            or not own.isdisjoint(session.attendance)
        ]

    @strawberry.field(description="For parties and staff. 当事人和工作人员可见。")
    def agreement(self) -> Agreement | None:
        agreement = self.case.agreement
        return Agreement.of(agreement) if agreement and self.sight >= Sight.PARTY else None

    @strawberry.field(description="Where to go, which remedies are left. 告知的救济途径。")
    def advice(self) -> Advice | None:
        advice = self.case.advice
        return Advice(text=advice.text, remedies=list(advice.remedies)) if advice else None

    @strawberry.field(description="The hand-over to another body. 移送记录。")
    def referral(self) -> Referral | None:
        referral = self.case.referral
        if referral is None or self.sight < Sight.PARTY:
            return None
        return Referral(
            body=referral.body,
            at=referral.at,
            receipt=referral.receipt,
            result=referral.result,
            returned_at=referral.returned_at,
        )

    @strawberry.field(description="The mandate, for staff. 委托函(工作人员可见)。")
    def commission(self) -> Commission | None:
        commission = self.case.commission
        if commission is None or self.sight < Sight.STAFF:
            return None
        return Commission(
            body=commission.body, number=commission.number, date=commission.date, due_at=commission.due_at
        )

    def _own_parties(self) -> frozenset[str]:
        return own_parties(self.viewer, self.case) if self.viewer else frozenset()


@strawberry.federation.type(keys=["id"])
class Report:
    """A report; intake knows more. 诉求。"""

    id: strawberry.ID

    @classmethod
    def resolve_reference(cls, info: Info, id: strawberry.ID) -> Self:
        return cls(id=id)

    @strawberry.field(
        description="The report's mediation, newest first if there were several. 对应的调解案件(最近一次)。"
    )
    async def mediation_case(self, info: Info) -> MediationCase | None:
        case = await info.context.cases_of_reports.load(self.id)
        return MediationCase.of(case, info.context.caller) if case else None


@strawberry.type
class MediationRoom:
    """How a mediation room's cases ended, over the caller's area. 调解室办理情况。"""

    post: Post | None = strawberry.field(description="Null when there is no such post. 岗位不存在时为空。")
    cases: int
    agreed: int
    failed: int
    no_consent: int
    declined: int
    referred: int
    paid_fen: Fen = strawberry.field(description="Recovered for the parties. 为当事人兑现的金额。")
    settlement_rate: float | None = strawberry.field(
        description="agreed / (agreed + failed + noConsent); declined and referred stand beside it. 调解成功率。"
    )

    @classmethod
    def of(cls, record: RoomRecord) -> Self:
        return cls(
            post=Post(id=strawberry.ID(record.post)),
            cases=record.cases,
            agreed=record.agreed,
            failed=record.failed,
            no_consent=record.no_consent,
            declined=record.declined,
            referred=record.referred,
            paid_fen=Fen(record.paid_fen),
            settlement_rate=record.settlement_rate,
        )
