"""What a case is made of: parties, sessions, agreement and the words for kinds and results."""

from datetime import datetime
from enum import StrEnum

import msgspec


class DisputeType(StrEnum):
    """What the dispute is about."""

    NEIGHBOUR = "neighbour"
    PROPERTY = "property"
    LABOUR_WAGE = "labour_wage"
    LIFT_RETROFIT = "lift_retrofit"
    LAND = "land"
    FAMILY = "family"
    CONSUMER = "consumer"
    OTHER = "other"


class Sensitivity(StrEnum):
    """Who may see a matter at all; of sealed ones only ids are announced."""

    PUBLIC = "public"
    INTERNAL = "internal"
    RESTRICTED = "restricted"
    SEALED = "sealed"


class Origin(StrEnum):
    """What brought the case."""

    REPORT = "report"
    VISIT = "visit"
    SIGNAL = "signal"
    POLICE = "police"
    COMMISSION = "commission"
    ON_THE_SPOT = "on_the_spot"


class PartyKind(StrEnum):
    """Who a party is; a group speaks through its representatives."""

    PERSON = "person"
    GROUP = "group"
    FIRM = "firm"
    BODY = "body"


class PartyRole(StrEnum):
    """On which side a party stands."""

    APPLICANT = "applicant"
    RESPONDENT = "respondent"
    THIRD = "third"


class Risk(StrEnum):
    """How far the dispute may escalate."""

    RED = "red"
    ORANGE = "orange"
    YELLOW = "yellow"
    BLUE = "blue"


class SessionKind(StrEnum):
    """Together, with one side alone, or on site."""

    JOINT = "joint"
    CAUCUS = "caucus"
    SITE_VISIT = "site_visit"


class AgreementForm(StrEnum):
    """An oral agreement binds at once, a written one when all have signed."""

    ORAL = "oral"
    WRITTEN = "written"


class Remedy(StrEnum):
    """What is open to a party when mediation fails."""

    COURT = "court"
    ARBITRATION = "arbitration"
    ADMINISTRATIVE = "administrative"


class Body(StrEnum):
    """Where a case may be referred (M-15)."""

    COURT = "court"
    ARBITRATION = "arbitration"
    POLICE = "police"
    PROCURATORATE = "procuratorate"
    PETITION_OFFICE = "petition_office"


class DeclineReason(StrEnum):
    """Why a case is not for mediation."""

    SPECIAL_ORGAN = "special_organ"
    COURT_HAS_IT = "court_has_it"
    POLICE_HAS_IT = "police_has_it"
    NOT_A_DISPUTE = "not_a_dispute"


class ClosingReason(StrEnum):
    """Why a case ended before mediation could."""

    NO_CONSENT = "no_consent"
    REPORT_WITHDRAWN = "report_withdrawn"
    REPORT_CLOSED = "report_closed"


class Outcome(StrEnum):
    """With what result; the settlement rate counts these (§3.5)."""

    AGREED = "agreed"
    FAILED = "failed"
    NO_CONSENT = "no_consent"
    DECLINED = "declined"
    REFERRED = "referred"
    WITHDRAWN = "withdrawn"


class Room(msgspec.Struct, kw_only=True):
    """The mediation room that answers for the case: its post and unit (M-05)."""

    post: str | None = None
    unit: str | None = None


class Mediator(msgspec.Struct, kw_only=True):
    """Who conducts the case."""

    person: str
    post: str | None = None


class Commission(msgspec.Struct, kw_only=True):
    """A mandate from a court or arbitration body (M-04)."""

    body: Body
    number: str
    date: datetime
    due_at: datetime | None = None


class Representative(msgspec.Struct, kw_only=True):
    """Who speaks for a party."""

    name: str
    person: str | None = None


class Consent(msgspec.Struct, kw_only=True):
    """A party's yes or no to mediation, and who recorded it."""

    given: bool
    at: datetime
    recorded_by: str


class Party(msgspec.Struct, kw_only=True):
    """One side, or a part of it. `headcount` is how many people stand behind it (M-02)."""

    id: str
    kind: PartyKind
    role: PartyRole
    name: str
    person: str | None = None
    headcount: int = 1
    representatives: list[Representative] = msgspec.field(default_factory=list)
    consent: Consent | None = None

    @property
    def people(self) -> list[str]:
        """Person ids of the party and its representatives."""
        persons = [self.person, *(representative.person for representative in self.representatives)]
        return [person for person in persons if person]

    @property
    def consented(self) -> bool:
        return self.consent is not None and self.consent.given

    @property
    def left(self) -> bool:
        """Whether the party refused or stopped."""
        return self.consent is not None and not self.consent.given

    @property
    def takes_part(self) -> bool:
        """Whether nothing goes without this party: both sides until they leave, others once they joined."""
        return self.consented if self.role is PartyRole.THIRD else not self.left


class Session(msgspec.Struct, kw_only=True):
    """One sitting. Notes of a caucus are for the mediator and the parties who were there."""

    id: str
    kind: SessionKind
    at: datetime
    place: str
    attendance: list[str]
    notes: str
    outcome: str | None = None
    venue_id: str | None = None


class Obligation(msgspec.Struct, kw_only=True):
    """What a party undertakes, in money or in kind (M-23), and the proof that it was done."""

    id: str
    party_id: str
    what: str
    due_at: datetime
    amount_fen: int = 0
    fulfilled_at: datetime | None = None
    proof: str | None = None


class Signature(msgspec.Struct, kw_only=True):
    """A party's signature, or the mediator's (no party); `recorded_by` is the person who entered it."""

    party_id: str | None
    at: datetime
    recorded_by: str


class Agreement(msgspec.Struct, kw_only=True):
    """What the parties settled."""

    form: AgreementForm
    terms: str
    recorded_at: datetime
    obligations: list[Obligation] = msgspec.field(default_factory=list)
    signatures: list[Signature] = msgspec.field(default_factory=list)
    effective_at: datetime | None = None

    @property
    def open_obligations(self) -> list[Obligation]:
        return [obligation for obligation in self.obligations if obligation.fulfilled_at is None]

    def signed_by(self, party_id: str | None) -> bool:
        """Whether the party's signature is there; None asks for the mediator's."""
        return any(signature.party_id == party_id for signature in self.signatures)


class Amounts(msgspec.Struct, kw_only=True):
    """Money in dispute, in fen."""

    claimed_fen: int = 0
    agreed_fen: int = 0
    paid_fen: int = 0
    currency: str = "CNY"


class Advice(msgspec.Struct, kw_only=True):
    """The official word to the parties: which remedies are left and where to go."""

    text: str
    remedies: list[Remedy] = msgspec.field(default_factory=list)


class Referral(msgspec.Struct, kw_only=True):
    """A hand-over to another body, with its receipt and what came of it (M-15)."""

    body: Body
    at: datetime
    receipt: str | None = None
    result: str | None = None
    returned_at: datetime | None = None


# What a party is told who stops by himself: the remedies that are always left.
STANDARD_NOTICE = Advice(
    text="调解终止。当事人可以依法向人民法院起诉、申请仲裁或请求行政机关处理。",
    remedies=[Remedy.COURT, Remedy.ARBITRATION, Remedy.ADMINISTRATIVE],
)
