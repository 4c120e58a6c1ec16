"""Events of escalations. They carry posts and steps, never a text, so that nothing of a sealed matter leaves with them; `report_id`
where the subject follows from a report."""

from datetime import datetime

from services.chassis.events import EventData


class EscalationStarted(EventData, frozen=True, kw_only=True):
    """A ladder begins to run for a subject."""

    type = "huying.routing.escalation.started.v1"
    escalation_id: str
    subject_kind: str
    subject_id: str
    report_id: str | None
    ladder: str
    trigger: str
    owner_post: str
    owner_unit: str
    area_path: list[str]
    sensitivity: str
    calendar_version: str
    first_step_at: datetime | None


class EscalationNotified(EventData, frozen=True, kw_only=True):
    """A step told a post that it must act."""

    type = "huying.routing.escalation.notified.v1"
    escalation_id: str
    subject_kind: str
    subject_id: str
    report_id: str | None
    step: int
    attempt: int
    post: str
    unit: str


class EscalationClimbed(EventData, frozen=True, kw_only=True):
    """A post above became an owner too; `step` is None when somebody raised it by hand."""

    type = "huying.routing.escalation.climbed.v1"
    escalation_id: str
    subject_kind: str
    subject_id: str
    report_id: str | None
    step: int | None
    attempt: int | None
    level: str
    post: str
    unit: str


class EscalationSkipped(EventData, frozen=True, kw_only=True):
    """Nobody could be reached on a step: a gap in the roster."""

    type = "huying.routing.escalation.skipped.v1"
    escalation_id: str
    subject_kind: str
    subject_id: str
    report_id: str | None
    step: int
    attempt: int
    post: str | None
    level: str | None
    area_path: list[str]


class EscalationConvened(EventData, frozen=True, kw_only=True):
    """A joint conference is asked for."""

    type = "huying.routing.escalation.convened.v1"
    escalation_id: str
    subject_kind: str
    subject_id: str
    report_id: str | None
    step: int
    attempt: int
    post: str
    unit: str


class EscalationSupervised(EventData, frozen=True, kw_only=True):
    """The owner's unit is put under supervision of a level, 1 to 4."""

    type = "huying.routing.escalation.supervised.v1"
    escalation_id: str
    subject_kind: str
    subject_id: str
    report_id: str | None
    step: int
    attempt: int
    post: str
    unit: str
    supervision: int


class EscalationAcknowledged(EventData, frozen=True, kw_only=True):
    """An owner says that it acts; nobody is notified until then."""

    type = "huying.routing.escalation.acknowledged.v1"
    escalation_id: str
    subject_kind: str
    subject_id: str
    report_id: str | None
    post: str
    until: datetime


class EscalationResumed(EventData, frozen=True, kw_only=True):
    """The acknowledgement has run out without progress."""

    type = "huying.routing.escalation.resumed.v1"
    escalation_id: str
    subject_kind: str
    subject_id: str
    report_id: str | None


class EscalationReleased(EventData, frozen=True, kw_only=True):
    """An owner has the duty no more; `handed_down`: it gave the matter back to those below."""

    type = "huying.routing.escalation.released.v1"
    escalation_id: str
    subject_kind: str
    subject_id: str
    report_id: str | None
    post: str
    handed_down: bool


class EscalationExhausted(EventData, frozen=True, kw_only=True):
    """The top is reached; it is on the centre's board now."""

    type = "huying.routing.escalation.exhausted.v1"
    escalation_id: str
    subject_kind: str
    subject_id: str
    report_id: str | None


class EscalationSettled(EventData, frozen=True, kw_only=True):
    """What was owed is done."""

    type = "huying.routing.escalation.settled.v1"
    escalation_id: str
    subject_kind: str
    subject_id: str
    report_id: str | None


class EscalationCancelled(EventData, frozen=True, kw_only=True):
    """There is nothing left to climb for."""

    type = "huying.routing.escalation.cancelled.v1"
    escalation_id: str
    subject_kind: str
    subject_id: str
    report_id: str | None


class EscalationHandedOver(EventData, frozen=True, kw_only=True):
    """An owner, or the post of a rung ahead, is gone; another stands in its place."""

    type = "huying.routing.escalation.handed_over.v1"
    escalation_id: str
    subject_kind: str
    subject_id: str
    report_id: str | None
    old_post: str
    post: str
    unit: str
    reason: str


class EscalationRetimed(EventData, frozen=True, kw_only=True):
    """Its place was switched to this mode: it climbs by another calendar from now on."""

    type = "huying.routing.escalation.retimed.v1"
    escalation_id: str
    subject_kind: str
    subject_id: str
    report_id: str | None
    mode: str
    calendar_version: str
    next_step_at: datetime | None
