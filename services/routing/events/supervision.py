"""Events of supervisions."""

from datetime import datetime

from services.chassis.events import EventData


class SupervisionOpened(EventData, frozen=True, kw_only=True):
    """A post is reminded, supervised in writing, reported to its superiors, or asked to a talk."""

    type = "huying.routing.supervision.opened.v1"
    supervision_id: str
    subject_kind: str
    subject_id: str
    level: str
    by_rule: bool
    post: str
    unit: str
    superiors: list[str]
    answer_due_at: datetime


class SupervisionAnswered(EventData, frozen=True, kw_only=True):
    type = "huying.routing.supervision.answered.v1"
    supervision_id: str
    late: bool


class SupervisionUnanswered(EventData, frozen=True, kw_only=True):
    """The time for the answer has passed without one."""

    type = "huying.routing.supervision.unanswered.v1"
    supervision_id: str
    post: str
    unit: str


class SupervisionSettled(EventData, frozen=True, kw_only=True):
    """`by_rule` when it ended with what it was about."""

    type = "huying.routing.supervision.settled.v1"
    supervision_id: str
    by_rule: bool


class SupervisionHandedOver(EventData, frozen=True, kw_only=True):
    """The supervised post is gone; another answers within the same time."""

    type = "huying.routing.supervision.handed_over.v1"
    supervision_id: str
    old_post: str
    post: str
    unit: str
    reason: str
