"""Events of notices to posts."""

from services.chassis.events import EventData


class NoticePosted(EventData, frozen=True, kw_only=True):
    """A post is told that it must act."""

    type = "huying.routing.notice.posted.v1"
    notice_id: str
    kind: str
    post: str
    unit: str
    subject_kind: str
    subject_id: str


class NoticeRead(EventData, frozen=True, kw_only=True):
    """Somebody in the post has seen it."""

    type = "huying.routing.notice.read.v1"
    notice_id: str
    post: str
