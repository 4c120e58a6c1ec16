"""A notice: what a post is told on its screen, until somebody in the post has read it."""

from datetime import datetime
from enum import StrEnum

import msgspec

from services.chassis.events import Actor, EventData
from services.chassis.ids import new_id
from services.routing.events.notice import NoticePosted, NoticeRead


class NoticeKind(StrEnum):
    """What the post is told."""

    ACT = "act"  # what it owes is overdue
    OWNER = "owner"  # it has become an owner by a climb
    CONVENE = "convene"  # a joint conference is asked for
    SUPERVISION = "supervision"  # its unit is under supervision
    CALL = "call"  # it must answer a call
    REOPENED = "reopened"  # the matter it called for is open again
    SUMMONS = "summons"  # it must check in


class Notice(msgspec.Struct, kw_only=True):
    """The aggregate. `source` names what it comes from, so that the same is told once; `number` is the subject's;
    `people` are on duty for the post and are told too."""

    id: str
    version: int = 0
    sequence: int = 0
    previous: dict[str, int] = msgspec.field(default_factory=dict)
    source: str
    kind: NoticeKind
    post: str
    unit: str
    subject_kind: str
    subject_id: str
    number: str
    people: tuple[str, ...] = ()
    at: datetime
    unread: bool = True
    read_at: datetime | None = None
    read_by: Actor | None = None

    @classmethod
    def tell(
        cls,
        kind: NoticeKind,
        *,
        source: str,
        post: str,
        unit: str,
        subject_kind: str,
        subject_id: str,
        number: str,
        people: tuple[str, ...] = (),
        now: datetime,
    ) -> tuple["Notice", list[EventData]]:
        """A new notice for a post."""
        notice = cls(
            id=new_id("notice"),
            source=source,
            kind=kind,
            post=post,
            unit=unit,
            subject_kind=subject_kind,
            subject_id=subject_id,
            number=number,
            people=people,
            at=now,
        )
        return notice, [
            NoticePosted(
                notice_id=notice.id,
                kind=kind,
                post=post,
                unit=unit,
                subject_kind=subject_kind,
                subject_id=subject_id,
            )
        ]

    def is_for(self, post: str | None, person: str) -> bool:
        """Whether somebody in this post, or this person on duty, is told."""
        return (post is not None and post == self.post) or person in self.people

    def read(self, by: Actor, now: datetime) -> list[EventData]:
        """Somebody in the post has seen it. Reading it again changes nothing but is told, so that a repeat finds its answer."""
        if self.unread:
            self.unread, self.read_at, self.read_by = False, now, by
        return [NoticeRead(notice_id=self.id, post=self.post)]
