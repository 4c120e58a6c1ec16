"""Events of calls. They carry posts and levels, never a text; a mark only once the call is closed, so that the rated stay blind."""

from datetime import datetime

from services.chassis.events import EventData


class CallMade(EventData, frozen=True, kw_only=True):
    """An organ has called: a post one level up has the duty to answer."""

    type = "huying.routing.call.made.v1"
    call_id: str
    number: str
    report_id: str
    level: str
    caller_post: str | None
    caller_unit: str | None
    respondent_level: str
    respondent_post: str
    respondent_unit: str
    area_path: list[str]
    sensitivity: str
    respond_by: datetime | None


class CallWarned(EventData, frozen=True, kw_only=True):
    """The time to answer is nearly over."""

    type = "huying.routing.call.warned.v1"
    call_id: str
    report_id: str
    post: str
    unit: str
    due_at: datetime


class CallOverdue(EventData, frozen=True, kw_only=True):
    """Nobody answered in time; the ladder starts."""

    type = "huying.routing.call.overdue.v1"
    call_id: str
    report_id: str
    post: str
    unit: str
    due_at: datetime
    ladder: str | None


class CallAnswered(EventData, frozen=True, kw_only=True):
    """A post has answered."""

    type = "huying.routing.call.answered.v1"
    call_id: str
    report_id: str
    level: str
    post: str
    unit: str
    in_time: bool


class CallRaised(EventData, frozen=True, kw_only=True):
    """A post above has the duty too; `automatic` when the ladder climbed."""

    type = "huying.routing.call.raised.v1"
    call_id: str
    report_id: str
    level: str
    post: str
    unit: str
    automatic: bool
    respond_by: datetime | None


class CallReleased(EventData, frozen=True, kw_only=True):
    """A post below has the duty no more."""

    type = "huying.routing.call.released.v1"
    call_id: str
    report_id: str
    post: str


class CallRated(EventData, frozen=True, kw_only=True):
    """The calling organ has rated (`response` or `result`); `mark` is None until the call is closed."""

    type = "huying.routing.call.rated.v1"
    call_id: str
    report_id: str
    aspect: str
    mark: int | None


class CallClosed(EventData, frozen=True, kw_only=True):
    """It ended; the marks, 1 to 5, are open now."""

    type = "huying.routing.call.closed.v1"
    call_id: str
    report_id: str
    response_mark: int | None
    result_mark: int | None


class CallReopened(EventData, frozen=True, kw_only=True):
    """The matter is open again."""

    type = "huying.routing.call.reopened.v1"
    call_id: str
    report_id: str


class CallWithdrawn(EventData, frozen=True, kw_only=True):
    """Nobody needs an answer any more."""

    type = "huying.routing.call.withdrawn.v1"
    call_id: str
    report_id: str


class CallHandedOver(EventData, frozen=True, kw_only=True):
    """The post that owes the answer is gone; another owes it within the same time."""

    type = "huying.routing.call.handed_over.v1"
    call_id: str
    report_id: str
    old_post: str
    post: str
    unit: str
    reason: str


class CallRetimed(EventData, frozen=True, kw_only=True):
    """Its place was switched to this mode: the answers that are owed are due by its times."""

    type = "huying.routing.call.retimed.v1"
    call_id: str
    report_id: str
    mode: str
    due_at: datetime | None
