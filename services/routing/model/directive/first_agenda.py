"""A first agenda item: what every addressed committee studies before anything else (domain.md §3.4, R-12).

drafted → issued → scheduled (meeting) → studied (minutes, attendance) → followed_up (tasks made) → closed.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

import msgspec

from services.chassis.errors import NotFound
from services.chassis.events import Actor, EventData
from services.chassis.ids import new_id
from services.routing.errors.directive import (
    AttendanceIncomplete,
    FollowUpDone,
    FollowUpsOpen,
    MeetingNotYet,
    NotAddressed,
)
from services.routing.events.directive import (
    DirectiveFollowedUp,
    DirectiveFollowUpDone,
    DirectiveScheduled,
    DirectiveStudied,
)
from services.routing.model.directive.directive import (
    Brief,
    Directive,
    DirectiveKind,
    DirectiveState,
    Transitions,
    check_due,
)
from services.routing.model.duty import Duty, WorkKind
from services.routing.model.organisation.organisation import Post
from services.routing.model.texts import optional, required

_S = DirectiveState


class Attendance(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a post that was expected came; `note` says who sat in for it or why it stayed away."""

    post: str
    present: bool
    note: str | None = None


class Study(msgspec.Struct, frozen=True, kw_only=True):
    """The meeting that was held."""

    at: datetime
    by: Actor
    minutes: str
    attendance: tuple[Attendance, ...]


class FollowUp(msgspec.Struct, kw_only=True):
    """A task the study led to, for a post, and its result once done."""

    id: str
    text: str
    post: str
    unit: str
    due_at: datetime
    done_at: datetime | None = None
    done_by: Actor | None = None
    result: str | None = None


class FollowUpBrief(msgspec.Struct, frozen=True, kw_only=True):
    """A follow-up as somebody asks for it."""

    text: str
    post: Post
    due_at: datetime


class FirstAgenda(Directive, kw_only=True, tag_field="kind", tag="first_agenda"):
    """The aggregate; see `Directive` for what its methods promise. Its deadline is for the study."""

    KIND: ClassVar[DirectiveKind] = DirectiveKind.FIRST_AGENDA
    TRANSITIONS: ClassVar[Transitions] = {
        "issue": (frozenset({_S.DRAFTED}), _S.ISSUED),
        "schedule": (frozenset({_S.ISSUED, _S.SCHEDULED}), _S.SCHEDULED),
        "study": (frozenset({_S.SCHEDULED}), _S.STUDIED),
        "follow_up": (frozenset({_S.STUDIED}), _S.FOLLOWED_UP),
        "open_order": (frozenset({_S.FOLLOWED_UP}), None),
        "complete": (frozenset({_S.FOLLOWED_UP}), None),
        "close": (frozenset({_S.FOLLOWED_UP}), _S.CLOSED),
    }
    RUNNING: ClassVar[frozenset[DirectiveState]] = frozenset({_S.ISSUED, _S.SCHEDULED})

    meeting_at: datetime | None = None
    meeting_place: str | None = None
    study_record: Study | None = None
    follow_ups: list[FollowUp] = msgspec.field(default_factory=list)
    no_follow_up_reason: str | None = None

    @classmethod
    def draft(
        cls, brief: Brief, *, due_at: datetime, now: datetime, by: Actor
    ) -> tuple["FirstAgenda", list[EventData]]:
        """An item as drafted; `due_at` is when it must have been studied. Raises Refusal."""
        check_due(due_at, now)
        return cls._draft(brief, now, by, due_at=due_at)

    def schedule(self, at: datetime, place: str, now: datetime) -> list[EventData]:
        """Put it on the agenda of a meeting, or move it to another."""
        self._allow("schedule")
        check_due(at, now, ("meetingAt",))
        self.meeting_place = required(place, "place", "地点", ("place",))
        self.meeting_at = at
        self._enter("schedule")
        return [DirectiveScheduled(**self.facts, meeting_at=at)]

    def study(self, minutes: str, attendance: Sequence[Attendance], now: datetime, by: Actor) -> list[EventData]:
        """The meeting was held: its minutes, and of every addressee whether it was there."""
        self._allow("study")
        assert self.meeting_at  # what makes an item scheduled
        if now < self.meeting_at:
            raise MeetingNotYet
        minutes = required(minutes, "minutes", "会议记录", ("minutes",))
        attendance = tuple(
            Attendance(post=row.post, present=row.present, note=optional(row.note, ("attendance", str(index), "note")))
            for index, row in enumerate(attendance)
        )
        missing = {addressee.post for addressee in self.addressees} - {row.post for row in attendance}
        if missing:
            raise AttendanceIncomplete(path=("attendance",), posts=", ".join(sorted(missing)))
        self.study_record = Study(at=now, by=by, minutes=minutes, attendance=attendance)
        self._enter("study")
        return [
            DirectiveStudied(
                **self.facts,
                present=[row.post for row in attendance if row.present],
                absent=[row.post for row in attendance if not row.present],
            )
        ]

    def follow_up(
        self, follow_ups: Sequence[FollowUpBrief], reason_for_none: str | None, now: datetime
    ) -> list[EventData]:
        """The tasks the study led to, or why it led to none."""
        self._allow("follow_up")
        if not follow_ups:
            reason_for_none = required(reason_for_none or "", "reasonForNone", "无后续任务的理由", ("reasonForNone",))
        made = []
        for index, brief in enumerate(follow_ups):
            path = ("followUps", str(index))
            check_due(brief.due_at, now, (*path, "dueAt"))
            text = required(brief.text, "text", "任务内容", (*path, "text"))
            made.append(
                FollowUp(
                    id=new_id("followup"), text=text, post=brief.post.id, unit=brief.post.unit_id, due_at=brief.due_at
                )
            )
        self.follow_ups = made
        self.no_follow_up_reason = None if made else reason_for_none
        self._enter("follow_up")
        return [DirectiveFollowedUp(**self.facts, posts=[task.post for task in made])]

    def complete(self, follow_up_id: str, result: str, now: datetime, by: Actor) -> list[EventData]:
        """The post of a follow-up says what came of it."""
        self._allow("complete")
        task = self._follow_up(follow_up_id)
        if by.post != task.post and by.unit != task.unit:
            raise NotAddressed
        if task.done_at:
            raise FollowUpDone(path=("followUpId",))
        task.result = required(result, "result", "办理结果", ("result",))
        task.done_at, task.done_by = now, by
        self._enter("complete")
        return [DirectiveFollowUpDone(**self.facts, follow_up_id=task.id, open=self.open_follow_ups)]

    def close(self, now: datetime) -> list[EventData]:
        """Everything it led to is done."""
        self._allow("close")
        if self.open_follow_ups:
            raise FollowUpsOpen(count=self.open_follow_ups)
        return self._closed(now)

    def duties(self) -> list[Duty]:
        """To do what the study led to."""
        if self.state is not _S.FOLLOWED_UP:
            return []
        return [
            Duty(kind=WorkKind.FOLLOW_UP, of=task.id, post=task.post, due_at=task.due_at)
            for task in self.follow_ups
            if task.done_at is None
        ]

    @property
    def concerned_posts(self) -> frozenset[str]:
        """The addressees, and who has a task to do that the study led to."""
        tasks = (task.post for task in self.follow_ups if task.done_at is None)
        return super().concerned_posts.union(tasks) if self.open else frozenset()

    def _hand_over(self, old: str, new: Post) -> None:
        super()._hand_over(old, new)
        for task in self.follow_ups:
            if task.post == old and task.done_at is None:
                task.post, task.unit = new.id, new.unit_id

    def unit_of(self, subject_id: str) -> str:
        """The unit of a follow-up. Raises NotFound."""
        return self._follow_up(subject_id).unit

    def _follow_up(self, follow_up_id: str) -> FollowUp:
        task = next((task for task in self.follow_ups if task.id == follow_up_id), None)
        if task is None:
            raise NotFound(what="follow-up", path=("followUpId",))
        return task

    @property
    def parties(self) -> frozenset[str]:
        """The addressees, and who has a task that the study led to."""
        return super().parties.union(*((task.post, task.unit) for task in self.follow_ups))

    @property
    def open_follow_ups(self) -> int:
        """How many tasks are not done."""
        return sum(task.done_at is None for task in self.follow_ups)
