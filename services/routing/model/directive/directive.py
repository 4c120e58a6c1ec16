"""What every directive has in common, whichever of the three kinds it is (domain.md §3.4, R-12).

A directive is addressed to posts. What it lives through differs by kind, so each kind is an aggregate of its own with its own
table of states: `key_task`, `first_agenda`, `red_line`.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar, Self

import msgspec

from services.chassis.errors import NotFound
from services.chassis.events import Actor, EventData
from services.chassis.ids import human_number, new_id
from services.routing.errors.directive import (
    AddresseesWrong,
    DirectiveStateForbids,
    DueTooEarly,
    NotAddressed,
    PartNotYours,
)
from services.routing.events.directive import (
    DirectiveClosed,
    DirectiveDrafted,
    DirectiveHandedOver,
    DirectiveIssued,
    DirectiveOrderOpened,
    DirectiveOverdue,
)
from services.routing.model.clock.calendar import OFFICE_HOURS
from services.routing.model.duty import Duty
from services.routing.model.organisation.organisation import Post
from services.routing.model.rules.policy import DEFAULT_WAITS
from services.routing.model.texts import required

MAX_ADDRESSEES = 100
HIGHEST_BY_RULE = 3  # the fourth level, a leader's talk, is for people to decide


class DirectiveKind(StrEnum):
    """Three kinds of order from above, with three lives."""

    KEY_TASK = "key_task"
    FIRST_AGENDA = "first_agenda"
    RED_LINE = "red_line"


class DirectiveState(StrEnum):
    """Where a directive is; which states a kind knows is in its table."""

    DRAFTED = "drafted"
    ISSUED = "issued"
    ACKNOWLEDGED = "acknowledged"
    IN_PROGRESS = "in_progress"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    REVOKED = "revoked"
    SCHEDULED = "scheduled"
    STUDIED = "studied"
    FOLLOWED_UP = "followed_up"
    IN_FORCE = "in_force"
    AMENDED = "amended"
    LIFTED = "lifted"
    CLOSED = "closed"


_S = DirectiveState
STATE_ZH: dict[DirectiveState, str] = {
    _S.DRAFTED: "草拟",
    _S.ISSUED: "已下达",
    _S.ACKNOWLEDGED: "已签收",
    _S.IN_PROGRESS: "推进中",
    _S.SUBMITTED: "已报验",
    _S.RETURNED: "已退回",
    _S.ACCEPTED: "已验收",
    _S.REVOKED: "已撤销",
    _S.SCHEDULED: "已排期",
    _S.STUDIED: "已学习",
    _S.FOLLOWED_UP: "已部署",
    _S.IN_FORCE: "生效",
    _S.AMENDED: "已修订",
    _S.LIFTED: "已解除",
    _S.CLOSED: "已办结",
}
ENDED = frozenset({_S.CLOSED, _S.REVOKED, _S.LIFTED})

# Act → in which states it is allowed, and where it leads (None: nowhere else). Whatever is not there is refused.
Transitions = Mapping[str, tuple[frozenset[DirectiveState], DirectiveState | None]]
# Act → its name in a refusal, in English and Chinese.
_DONE: dict[str, tuple[str, str]] = {
    "issue": ("issued", "下达"),
    "acknowledge": ("acknowledged", "签收"),
    "break_down": ("broken down", "分解"),
    "report": ("reported on", "报告进度"),
    "open_order": ("turned into orders", "转派工单"),
    "submit": ("submitted", "报验"),
    "accept": ("accepted", "验收"),
    "return": ("returned", "退回"),
    "close": ("closed", "办结"),
    "revoke": ("revoked", "撤销"),
    "schedule": ("scheduled", "排期"),
    "study": ("studied", "登记学习"),
    "follow_up": ("followed up", "部署落实"),
    "complete": ("worked on", "办理后续任务"),
    "amend": ("amended", "修订"),
    "lift": ("lifted", "解除"),
    "attest": ("attested", "承诺"),
    "report_breach": ("reported as breached", "举报违纪"),
}


class Addressee(msgspec.Struct, kw_only=True):
    """A post the directive is addressed to; acknowledging is an act with time and person."""

    post: str
    unit: str
    acknowledged_at: datetime | None = None
    acknowledged_by: Actor | None = None


class Brief(msgspec.Struct, frozen=True, kw_only=True):
    """What a drafter says of any directive; `posts` are the addressees, `area_path` where it holds."""

    title: str
    text: str
    area_id: str
    area_path: tuple[str, ...]
    posts: tuple[Post, ...]
    climb_after: timedelta = DEFAULT_WAITS.directive_climb


class Directive(msgspec.Struct, kw_only=True):
    """The base of the three aggregates. Methods are the commands; each returns the events or raises a Refusal and changes nothing.

    `due_at` is the deadline of the whole where there is one; `next_step_at` is when the clock itself has something to announce;
    `supervised` is the level a missed deadline has climbed to, 0 before (R-15).
    """

    TRANSITIONS: ClassVar[Transitions]
    KIND: ClassVar[DirectiveKind]
    # In these states the deadline of the whole runs.
    RUNNING: ClassVar[frozenset[DirectiveState]] = frozenset()

    id: str
    version: int = 0
    sequence: int = 0
    previous: dict[str, int] = msgspec.field(default_factory=dict)
    number: str
    title: str
    text: str
    area_id: str
    area_path: tuple[str, ...]
    issuer_post: str | None
    issuer_unit: str | None
    addressees: list[Addressee]
    drafted_at: datetime
    drafted_by: Actor
    state: DirectiveState = DirectiveState.DRAFTED
    open: bool = True
    issued_at: datetime | None = None
    due_at: datetime | None = None
    climb_after: timedelta = DEFAULT_WAITS.directive_climb  # working time from one level of supervision to the next
    supervised: int = 0
    supervised_at: datetime | None = None
    next_step_at: datetime | None = None
    closed_at: datetime | None = None

    @classmethod
    def _draft(cls, brief: Brief, now: datetime, by: Actor, **more: Any) -> tuple[Self, list[EventData]]:
        posts = [post.id for post in brief.posts]
        if not 1 <= len(posts) <= MAX_ADDRESSEES or len(set(posts)) < len(posts):
            raise AddresseesWrong(path=("posts",), limit=MAX_ADDRESSEES)
        directive = cls(
            id=new_id("directive"),
            number=human_number(now),
            title=required(brief.title, "title", "标题", ("title",)),
            text=required(brief.text, "text", "内容", ("text",)),
            area_id=brief.area_id,
            area_path=brief.area_path,
            issuer_post=by.post,
            issuer_unit=by.unit,
            addressees=[Addressee(post=post.id, unit=post.unit_id) for post in brief.posts],
            climb_after=brief.climb_after,
            drafted_at=now,
            drafted_by=by,
            **more,
        )
        return directive, [
            DirectiveDrafted(**directive.facts, number=directive.number, area_path=list(directive.area_path))
        ]

    @property
    def facts(self) -> dict[str, str]:
        """What every event of it begins with."""
        return {"directive_id": self.id, "kind": self.KIND.value}

    @property
    def units(self) -> frozenset[str]:
        """The units it is addressed to."""
        return frozenset(addressee.unit for addressee in self.addressees)

    @property
    def parties(self) -> frozenset[str]:
        """The posts and units that have something to do here."""
        return self.units | {addressee.post for addressee in self.addressees}

    def addressed(self, by: Actor) -> list[Addressee]:
        """The addressees `by` speaks for: its own post, else the posts of its unit. Raises NotAddressed."""
        own = [a for a in self.addressees if a.post == by.post] or [a for a in self.addressees if a.unit == by.unit]
        if not own:
            raise NotAddressed
        return own

    def issue(self, now: datetime) -> list[EventData]:
        """It binds from now on."""
        self._allow("issue")
        if self.due_at and self.due_at <= now:
            raise DueTooEarly(path=("dueAt",))
        self.issued_at = now
        self._enter("issue")
        return [
            DirectiveIssued(
                **self.facts,
                number=self.number,
                area_path=list(self.area_path),
                posts=[addressee.post for addressee in self.addressees],
                units=sorted(self.units),
                due_at=self.due_at,
            )
        ]

    def step(self, now: datetime) -> list[EventData]:
        """What the clock has to announce by `now`; nothing when it was called too early or twice."""
        events = [*self._announce(now), *self._climb(now)]
        self.next_step_at = self._next_step()
        return events

    def late_posts(self) -> list[str]:
        """The posts that owe what the deadline asked for."""
        return [addressee.post for addressee in self.addressees]

    def duties(self) -> list[Duty]:
        """What it asks of which post, as it is."""
        return []

    @property
    def concerned_posts(self) -> frozenset[str]:
        """The posts that it asks something of, or will when it is issued."""
        return frozenset(addressee.post for addressee in self.addressees) if self.open else frozenset()

    def succeed(self, old: str, new: Post, reason: str) -> list[EventData]:
        """What it asks of a post that is gone it asks of `new`, by the same time. No event when it asked nothing."""
        if old not in self.concerned_posts:
            return []
        self._hand_over(old, new)
        self.next_step_at = self._next_step()
        return [DirectiveHandedOver(**self.facts, old_post=old, post=new.id, unit=new.unit_id, reason=reason)]

    def _hand_over(self, old: str, new: Post) -> None:
        heir = next((addressee for addressee in self.addressees if addressee.post == new.id), None)
        for gone in [addressee for addressee in self.addressees if addressee.post == old]:
            if heir is None:
                gone.post, gone.unit = new.id, new.unit_id
                continue
            # Addressed once; it has acknowledged only if both had.
            self.addressees.remove(gone)
            if gone.acknowledged_at is None:
                heir.acknowledged_at, heir.acknowledged_by = None, None

    def open_order(self, subject_id: str, order_id: str, by: Actor, *, managed: bool) -> list[EventData]:
        """A part or a follow-up opens a work order: its own unit does so, or, `managed`, who manages the directive."""
        self._allow("open_order")
        if self.unit_of(subject_id) != by.unit and not managed:
            raise PartNotYours(path=("subjectId",))
        return [DirectiveOrderOpened(**self.facts, subject=subject_id, work_order_id=order_id)]

    def unit_of(self, subject_id: str) -> str:
        """The unit of a part or follow-up. Raises NotFound: this kind has none."""
        raise NotFound(what="part or follow-up", path=("subjectId",))

    def _announce(self, now: datetime) -> list[EventData]:
        """What a kind announces beside the deadline."""
        return []

    def _own_steps(self) -> Iterator[datetime]:
        """When a kind has something of its own to announce."""
        return iter(())

    def _climb(self, now: datetime) -> list[EventData]:
        due = self._climb_at()
        if due is None or due > now or self.due_at is None:
            return []
        self.supervised += 1
        self.supervised_at = now
        return [self._overdue("deadline", None, self.late_posts(), self.due_at, level=self.supervised)]

    def _climb_at(self) -> datetime | None:
        if self.due_at is None or self.state not in self.RUNNING or self.supervised >= HIGHEST_BY_RULE:
            return None
        return OFFICE_HOURS.add(self.supervised_at, self.climb_after) if self.supervised_at else self.due_at

    def _next_step(self) -> datetime | None:
        climb = self._climb_at()
        return min([*self._own_steps(), *([climb] if climb else [])], default=None)

    def _overdue(
        self, what: str, subject: str | None, posts: Sequence[str], due_at: datetime, level: int = 0
    ) -> DirectiveOverdue:
        return DirectiveOverdue(**self.facts, what=what, subject=subject, posts=list(posts), due_at=due_at, level=level)

    def _closed(self, now: datetime) -> list[EventData]:
        self.closed_at = now
        self._enter("close")
        return [DirectiveClosed(**self.facts)]

    def _allow(self, act: str) -> None:
        if act not in self.TRANSITIONS or self.state not in self.TRANSITIONS[act][0]:
            done, done_zh = _DONE[act]
            raise DirectiveStateForbids(
                state=self.state.value, state_zh=STATE_ZH[self.state], command=done, command_zh=done_zh
            )

    def _enter(self, act: str) -> None:
        self.state = self.TRANSITIONS[act][1] or self.state
        self.open = self.state not in ENDED
        self.next_step_at = self._next_step()


def check_due(due_at: datetime, now: datetime, path: tuple[str, ...] = ("dueAt",)) -> None:
    """Raises DueTooEarly unless the date lies ahead."""
    if due_at <= now:
        raise DueTooEarly(path=path)
