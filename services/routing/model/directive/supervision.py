"""Supervision in four levels, each leaving a record: remind, supervise in writing, notify the superior, leader's talk (R-15).

It is about a directive, a part of one, or a work order; it is addressed to a post, which answers in time.
"""

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from services.chassis.events import Actor, EventData
from services.chassis.ids import new_id
from services.routing.errors.supervision import SupervisionStateForbids
from services.routing.events.supervision import (
    SupervisionAnswered,
    SupervisionHandedOver,
    SupervisionOpened,
    SupervisionSettled,
    SupervisionUnanswered,
)
from services.routing.model.clock.calendar import OFFICE_HOURS
from services.routing.model.organisation.organisation import Post
from services.routing.model.texts import required


class SupervisionLevel(StrEnum):
    """How hard; each level includes that the ones below did not help."""

    REMIND = "remind"
    WRITTEN = "written"
    NOTIFY_SUPERIOR = "notify_superior"
    LEADER_TALK = "leader_talk"


LEVELS = tuple(SupervisionLevel)
SUPERIOR_KNOWS = frozenset({SupervisionLevel.NOTIFY_SUPERIOR, SupervisionLevel.LEADER_TALK})


class SubjectKind(StrEnum):
    """What a supervision can be about."""

    DIRECTIVE = "directive"
    DIRECTIVE_PART = "directive_part"
    WORK_ORDER = "work_order"


class SupervisionState(StrEnum):
    """Where it is."""

    OPEN = "open"
    ANSWERED = "answered"
    SETTLED = "settled"


# Act → in which states it is allowed, and where it leads.
TRANSITIONS: dict[str, tuple[frozenset[SupervisionState], SupervisionState]] = {
    "answer": (frozenset({SupervisionState.OPEN}), SupervisionState.ANSWERED),
    "settle": (frozenset({SupervisionState.OPEN, SupervisionState.ANSWERED}), SupervisionState.SETTLED),
}
_DONE = {"answer": ("answered", "答复"), "settle": ("settled", "销号")}
_STATE_ZH = {
    SupervisionState.OPEN: "待答复",
    SupervisionState.ANSWERED: "已答复",
    SupervisionState.SETTLED: "已销号",
}


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """What it is about, and where that is; a part names its directive as `parent_id`; `number` is what people call it by."""

    kind: SubjectKind
    id: str
    number: str
    area_path: tuple[str, ...]
    parent_id: str | None = None


class Supervision(msgspec.Struct, kw_only=True):
    """The aggregate. Its methods are the commands; each returns the events or raises a Refusal and changes nothing."""

    id: str
    version: int = 0
    sequence: int = 0
    previous: dict[str, int] = msgspec.field(default_factory=dict)
    subject: Subject
    level: SupervisionLevel
    by_rule: bool
    reason: str
    post: str
    unit: str
    superiors: tuple[str, ...]
    state: SupervisionState = SupervisionState.OPEN
    open: bool = True
    opened_at: datetime
    opened_by: Actor
    answer_due_at: datetime
    next_step_at: datetime | None
    unanswered: bool = False
    answer_text: str | None = None
    answered_at: datetime | None = None
    answered_by: Actor | None = None
    settlement: str | None = None
    settled_at: datetime | None = None
    settled_by: Actor | None = None

    @classmethod
    def start(
        cls,
        subject: Subject,
        level: SupervisionLevel,
        post: Post,
        reason: str,
        *,
        superiors: tuple[str, ...],
        answer_within: timedelta,
        by_rule: bool,
        now: datetime,
        by: Actor,
    ) -> tuple["Supervision", list[EventData]]:
        """A post is supervised and has `answer_within` of working time; from the third level on its superiors know."""
        answer_due_at = OFFICE_HOURS.add(now, answer_within)
        supervision = cls(
            id=new_id("supervision"),
            subject=subject,
            level=level,
            by_rule=by_rule,
            reason=required(reason, "reason", "督办理由", ("reason",)),
            post=post.id,
            unit=post.unit_id,
            superiors=superiors if level in SUPERIOR_KNOWS else (),
            opened_at=now,
            opened_by=by,
            answer_due_at=answer_due_at,
            next_step_at=answer_due_at,
        )
        return supervision, [
            SupervisionOpened(
                supervision_id=supervision.id,
                subject_kind=subject.kind,
                subject_id=subject.id,
                level=level,
                by_rule=by_rule,
                post=post.id,
                unit=post.unit_id,
                superiors=list(supervision.superiors),
                answer_due_at=answer_due_at,
            )
        ]

    def answer(self, text: str, now: datetime, by: Actor) -> list[EventData]:
        """The addressed post says what it has done; at the highest level this is the record of the talk."""
        self._allow("answer")
        self.answer_text = required(text, "text", "答复", ("text",))
        self.answered_at, self.answered_by = now, by
        self._enter("answer")
        return [SupervisionAnswered(supervision_id=self.id, late=now > self.answer_due_at)]

    def settle(self, note: str, now: datetime, by: Actor, *, by_rule: bool = False) -> list[EventData]:
        """Who supervises is content, or what it was about has ended."""
        self._allow("settle")
        self.settlement = required(note, "note", "销号说明", ("note",))
        self.settled_at, self.settled_by = now, by
        self._enter("settle")
        return [SupervisionSettled(supervision_id=self.id, by_rule=by_rule)]

    def succeed(self, old: str, new: Post, reason: str) -> list[EventData]:
        """`new` answers for a post that is gone, within the same time. No event when no answer is owed."""
        if self.state is not SupervisionState.OPEN or self.post != old:
            return []
        self.post, self.unit = new.id, new.unit_id
        return [
            SupervisionHandedOver(supervision_id=self.id, old_post=old, post=new.id, unit=new.unit_id, reason=reason)
        ]

    def step(self, now: datetime) -> list[EventData]:
        """What the clock has to announce by `now`: once, that no answer came."""
        self.next_step_at = self.answer_due_at if self._awaits_answer else None
        if not self._awaits_answer or now < self.answer_due_at:
            return []
        self.unanswered, self.next_step_at = True, None
        return [SupervisionUnanswered(supervision_id=self.id, post=self.post, unit=self.unit)]

    @property
    def _awaits_answer(self) -> bool:
        return self.state is SupervisionState.OPEN and not self.unanswered

    def _allow(self, act: str) -> None:
        if self.state not in TRANSITIONS[act][0]:
            done, done_zh = _DONE[act]
            raise SupervisionStateForbids(
                state=self.state.value, state_zh=_STATE_ZH[self.state], command=done, command_zh=done_zh
            )

    def _enter(self, act: str) -> None:
        self.state = TRANSITIONS[act][1]
        self.open = self.state is not SupervisionState.SETTLED
        self.next_step_at = None
