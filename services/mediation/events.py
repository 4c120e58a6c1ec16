"""What mediation announces. Other services keep their own small copies of these shapes.

Ids and facts only; `advice` is the official word to the parties on where to go or which remedies are left. Sealed cases announce
neither reason, outcome nor advice.
"""

from typing import ClassVar

from services.chassis.events import EventData


class CaseRegistered(EventData, frozen=True, kw_only=True):
    """A case was opened, from a report or by hand."""

    type: ClassVar[str] = "huying.mediation.case.registered.v1"
    case_id: str
    number: str
    report_id: str | None = None
    dispute_type: str


class CaseEvent(EventData, frozen=True, kw_only=True):
    """What all later events of a case say."""

    case_id: str
    report_id: str | None = None
    reason: str | None = None
    outcome: str | None = None
    advice: str | None = None


class CaseAccepted(CaseEvent, frozen=True, kw_only=True):
    """The case is fit for mediation."""

    type: ClassVar[str] = "huying.mediation.case.accepted.v1"


class CaseDeclined(CaseEvent, frozen=True, kw_only=True):
    """The case is not for mediation; `reason` is a DeclineReason, `advice` says where to go."""

    type: ClassVar[str] = "huying.mediation.case.declined.v1"


class CaseAssigned(CaseEvent, frozen=True, kw_only=True):
    """A mediator has the case; `reason` when it replaces another."""

    type: ClassVar[str] = "huying.mediation.case.assigned.v1"


class CaseSessionHeld(CaseEvent, frozen=True, kw_only=True):
    """A session took place; `outcome` is its kind."""

    type: ClassVar[str] = "huying.mediation.case.session_held.v1"


class CaseProgressed(CaseEvent, frozen=True, kw_only=True):
    """A step that nobody outside acts on; `outcome` names it: screening, party_added, consent, adjourned, drafted, signed, …"""

    type: ClassVar[str] = "huying.mediation.case.progressed.v1"


class CaseAgreed(CaseEvent, frozen=True, kw_only=True):
    """The agreement is in effect; `outcome` is its form, oral or written."""

    type: ClassVar[str] = "huying.mediation.case.agreed.v1"


class CaseFailed(CaseEvent, frozen=True, kw_only=True):
    """No agreement, or a broken one; `advice` tells the remedies."""

    type: ClassVar[str] = "huying.mediation.case.failed.v1"


class CaseFulfilled(CaseEvent, frozen=True, kw_only=True):
    """Every obligation of the agreement is met."""

    type: ClassVar[str] = "huying.mediation.case.fulfilled.v1"


class CaseBreached(CaseEvent, frozen=True, kw_only=True):
    """An obligation is overdue."""

    type: ClassVar[str] = "huying.mediation.case.breached.v1"


class CaseReferred(CaseEvent, frozen=True, kw_only=True):
    """The case went to another body; `outcome` is the body, `advice` says where to go."""

    type: ClassVar[str] = "huying.mediation.case.referred.v1"


class CaseArchived(CaseEvent, frozen=True, kw_only=True):
    """The file is closed for good."""

    type: ClassVar[str] = "huying.mediation.case.archived.v1"


class CaseClosed(CaseEvent, frozen=True, kw_only=True):
    """The case ended without mediation; `reason` is a ClosingReason."""

    type: ClassVar[str] = "huying.mediation.case.closed.v1"
