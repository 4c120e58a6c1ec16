"""What intake announces. Ids and facts only.

A sealed report's events say what routing cannot do without (ids, kind, category, grading, area) and leave out the point, the times
and everybody's names.
"""

from datetime import datetime

from services.chassis.events import EventData


class EventPlace(EventData, frozen=True, kw_only=True):
    """A point in WGS-84."""

    lon: float
    lat: float


class ReportReceived(EventData, frozen=True, kw_only=True):
    """A report has an id and its caller a receipt."""

    type = "huying.intake.report.received.v1"

    report_id: str
    number: str
    kind: str
    channel: str
    call_level: str
    area_id: str | None
    area_path: list[str]
    sensitivity: str
    occurred_at: datetime | None
    received_at: datetime
    imported: bool


class ReportTriaged(EventData, frozen=True, kw_only=True):
    """Category, place and grading are set: routing can decide."""

    type = "huying.intake.report.triaged.v1"

    report_id: str
    number: str
    kind: str
    category: str
    category_path: list[str]
    dispute_type: str | None
    area_id: str | None
    area_path: list[str]
    place: EventPlace | None
    urgency: str
    importance: str
    mode: str
    track: str | None
    channel: str
    call_level: str
    sensitivity: str
    received_at: datetime
    caller_person: str | None
    caller_post: str | None
    caller_unit: str | None


class ReportRouted(EventData, frozen=True, kw_only=True):
    """A work order exists, or mediation shall have it."""

    type = "huying.intake.report.routed.v1"

    report_id: str
    number: str
    path: str
    decision_id: str | None
    lead_post: str | None
    lead_unit: str | None
    order_id: str | None
    dispute_type: str | None
    area_path: list[str]
    sensitivity: str
    caller_person: str | None


class ReportProgressed(EventData, frozen=True, kw_only=True):
    """Somebody has taken it up."""

    type = "huying.intake.report.progressed.v1"

    report_id: str
    order_id: str | None
    case_id: str | None


class ReportDeferred(EventData, frozen=True, kw_only=True):
    """It cannot be solved now; it is looked at again at `review_at`."""

    type = "huying.intake.report.deferred.v1"

    report_id: str
    order_id: str | None
    review_at: datetime


class ReportResolved(EventData, frozen=True, kw_only=True):
    """It is said to be done; the caller is asked."""

    type = "huying.intake.report.resolved.v1"

    report_id: str
    order_id: str | None
    case_id: str | None


class ReportConfirmed(EventData, frozen=True, kw_only=True):
    """The caller agrees, or was silent for the time allowed."""

    type = "huying.intake.report.confirmed.v1"

    report_id: str
    order_id: str | None
    satisfaction: int | None
    by_silence: bool


class ReportReopened(EventData, frozen=True, kw_only=True):
    """The caller does not agree."""

    type = "huying.intake.report.reopened.v1"

    report_id: str
    order_id: str | None
    reason: str


class ReportWithdrawn(EventData, frozen=True, kw_only=True):
    """The caller takes it back."""

    type = "huying.intake.report.withdrawn.v1"

    report_id: str
    order_id: str | None
    reason: str


class ReportConverted(EventData, frozen=True, kw_only=True):
    """By hand: this report is a dispute."""

    type = "huying.intake.report.converted.v1"

    report_id: str
    order_id: str | None
    dispute_type: str
    reason: str


class ReportClosed(EventData, frozen=True, kw_only=True):
    """It ended, with a result and its reason."""

    type = "huying.intake.report.closed.v1"

    report_id: str
    disposition: str
    reason: str


class CategoryPublished(EventData, frozen=True, kw_only=True):
    """A category is new or has changed."""

    type = "huying.intake.category.published.v1"

    code: str
    name: str
    name_en: str
    parent: str | None
    path: list[str]
    dispute_type: str | None
    urgency: str
