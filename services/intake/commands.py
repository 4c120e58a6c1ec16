"""What intake can be asked to do. `key` is the caller's idempotency key."""

from datetime import datetime

import msgspec

from services.intake.model.values import (
    CallLevel,
    Channel,
    Disposition,
    DisputeType,
    ExternalRef,
    IdentityMode,
    Importance,
    Kind,
    Mode,
    Party,
    Place,
    Track,
    Urgency,
)


class SubmitReport(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    kind: Kind
    text: str
    call_level: CallLevel | None = None
    channel: Channel | None = None
    category: str | None = None
    place: Place | None = None
    area_id: str | None = None
    media: list[str] = []
    occurred_at: datetime | None = None
    identity_mode: IdentityMode = IdentityMode.OPEN
    on_behalf_of: Party | None = None
    external_ref: ExternalRef | None = None
    urgency: Urgency | None = None
    importance: Importance | None = None
    mode: Mode | None = None
    track: Track | None = None


class TriageReport(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    report_id: str
    category: str
    place: Place | None = None
    kind: Kind | None = None
    urgency: Urgency | None = None
    importance: Importance | None = None
    mode: Mode | None = None
    track: Track | None = None


class AnswerReport(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    report_id: str
    reply: str
    disposition: Disposition = Disposition.EXPLAINED
    reason: str | None = None
    duplicate_of: str | None = None


class ConfirmReport(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    report_id: str
    satisfaction: int


class ReopenReport(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    report_id: str
    reason: str


class WithdrawReport(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    report_id: str
    reason: str


class ConvertReport(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    report_id: str
    dispute_type: DisputeType | None
    reason: str
