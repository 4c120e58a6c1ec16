"""Events of directives. Ids and facts only, never a text: what is ordered is read where the reader may see it."""

from datetime import datetime

from services.chassis.events import EventData


class _Directive(EventData, frozen=True, kw_only=True):
    directive_id: str
    kind: str


class DirectiveDrafted(_Directive, frozen=True, kw_only=True):
    type = "huying.routing.directive.drafted.v1"
    number: str
    area_path: list[str]


class DirectiveIssued(_Directive, frozen=True, kw_only=True):
    """It binds from now on; for a red line: it is in force."""

    type = "huying.routing.directive.issued.v1"
    number: str
    area_path: list[str]
    posts: list[str]
    units: list[str]
    due_at: datetime | None


class DirectiveAcknowledged(_Directive, frozen=True, kw_only=True):
    """One addressee has; `all` when it was the last."""

    type = "huying.routing.directive.acknowledged.v1"
    post: str
    unit: str
    all: bool


class DirectiveBrokenDown(_Directive, frozen=True, kw_only=True):
    type = "huying.routing.directive.broken_down.v1"
    parts: list[str]
    posts: list[str]
    weights: list[int]


class DirectiveProgressed(_Directive, frozen=True, kw_only=True):
    """A part was reported on: its number, and the number of the whole."""

    type = "huying.routing.directive.progressed.v1"
    part_id: str
    percent: int
    progress: int
    evidence_count: int


class DirectiveSubmitted(_Directive, frozen=True, kw_only=True):
    type = "huying.routing.directive.submitted.v1"
    evidence_count: int


class DirectiveAccepted(_Directive, frozen=True, kw_only=True):
    type = "huying.routing.directive.accepted.v1"


class DirectiveReturned(_Directive, frozen=True, kw_only=True):
    type = "huying.routing.directive.returned.v1"
    due_at: datetime | None


class DirectiveClosed(_Directive, frozen=True, kw_only=True):
    type = "huying.routing.directive.closed.v1"


class DirectiveRevoked(_Directive, frozen=True, kw_only=True):
    type = "huying.routing.directive.revoked.v1"


class DirectiveOverdue(_Directive, frozen=True, kw_only=True):
    """Something owed did not come in time: acknowledgement, report, part, deadline or attestation.

    `level` is the level of supervision a missed deadline has climbed to, 0 for the rest; `subject` is the part or the period.
    """

    type = "huying.routing.directive.overdue.v1"
    what: str
    subject: str | None
    posts: list[str]
    due_at: datetime
    level: int


class DirectiveOrderOpened(_Directive, frozen=True, kw_only=True):
    """Work on a part, or on a follow-up, became a work order; `subject` is which."""

    type = "huying.routing.directive.order_opened.v1"
    subject: str
    work_order_id: str


class DirectiveScheduled(_Directive, frozen=True, kw_only=True):
    type = "huying.routing.directive.scheduled.v1"
    meeting_at: datetime


class DirectiveStudied(_Directive, frozen=True, kw_only=True):
    type = "huying.routing.directive.studied.v1"
    present: list[str]
    absent: list[str]


class DirectiveFollowedUp(_Directive, frozen=True, kw_only=True):
    type = "huying.routing.directive.followed_up.v1"
    posts: list[str]


class DirectiveFollowUpDone(_Directive, frozen=True, kw_only=True):
    type = "huying.routing.directive.follow_up_done.v1"
    follow_up_id: str
    open: int


class DirectiveAmended(_Directive, frozen=True, kw_only=True):
    type = "huying.routing.directive.amended.v1"
    edition: int


class DirectiveLifted(_Directive, frozen=True, kw_only=True):
    type = "huying.routing.directive.lifted.v1"


class DirectiveAttested(_Directive, frozen=True, kw_only=True):
    type = "huying.routing.directive.attested.v1"
    post: str
    period: str
    late: bool


class DirectiveBreachReported(_Directive, frozen=True, kw_only=True):
    type = "huying.routing.directive.breach_reported.v1"
    breach_id: str


class DirectiveBreachVerified(_Directive, frozen=True, kw_only=True):
    type = "huying.routing.directive.breach_verified.v1"
    breach_id: str
    unit: str
    founded: bool


class DirectiveBreachHandled(_Directive, frozen=True, kw_only=True):
    type = "huying.routing.directive.breach_handled.v1"
    breach_id: str
    unit: str


class DirectiveHandedOver(_Directive, frozen=True, kw_only=True):
    """An addressed post is gone; another owes what it owed."""

    type = "huying.routing.directive.handed_over.v1"
    old_post: str
    post: str
    unit: str
    reason: str
