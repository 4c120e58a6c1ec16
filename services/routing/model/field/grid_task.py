"""Tasks of a grid that come round again: patrols and checks, done with evidence or recorded as missed (R-26)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from services.chassis.errors import InvalidInput
from services.chassis.events import Actor, EventData
from services.chassis.ids import new_id
from services.routing.errors.campaign import DueInThePast
from services.routing.errors.grid_task import GridTaskStateForbids, GridTaskTooLate, PhotoMissing, PlanEnded
from services.routing.events import grid_task as events
from services.routing.model.order.evidence import Evidence, EvidenceKind, check_evidence
from services.routing.model.organisation.organisation import Post
from services.routing.model.organisation.point import Point
from services.routing.model.texts import optional, required

MAX_DAYS = 366
MAX_MINUTES = 24 * 60


class GridTaskKind(StrEnum):
    """A round through the grid, or one thing to look at."""

    PATROL = "patrol"
    CHECK = "check"


class GridTaskState(StrEnum):
    """Where in the process a task is."""

    DUE = "due"
    DONE = "done"
    MISSED = "missed"


_STATE_ZH = {GridTaskState.DUE: "待办", GridTaskState.DONE: "已完成", GridTaskState.MISSED: "漏巡"}


class Cadence(msgspec.Struct, frozen=True, kw_only=True):
    """When tasks fall: the first, then every so many days, so many times (None: until ended); each stays open for `open_for`."""

    first_at: datetime
    every_days: int
    times: int | None
    open_for: timedelta

    def check(self, now: datetime) -> None:
        """Raises a Refusal that names what cannot be."""
        if self.first_at < now:
            raise DueInThePast(path=("firstAt",))
        if not 1 <= self.every_days <= MAX_DAYS:
            raise InvalidInput(path=("everyDays",), reason=f"1..{MAX_DAYS}")
        if self.times is not None and self.times < 1:
            raise InvalidInput(path=("times",), reason="at least 1")
        if not timedelta() < self.open_for <= timedelta(days=self.every_days):
            raise InvalidInput(path=("openHours",), reason="above 0, and over before the next begins")


class GridPlan(msgspec.Struct, kw_only=True):
    """What makes the tasks. `next_at` is the next of them, None when there is none any more."""

    id: str
    version: int = 0
    sequence: int = 0
    previous: dict[str, int] = msgspec.field(default_factory=dict)
    title: str
    kind: GridTaskKind
    area_id: str
    area_path: tuple[str, ...]
    post: str
    unit: str
    cadence: Cadence
    fallen: int = 0
    made: int = 0
    next_at: datetime | None
    next_step_at: datetime | None
    ended_at: datetime | None = None

    @classmethod
    def make(
        cls,
        title: str,
        kind: GridTaskKind,
        area_path: tuple[str, ...],
        post: Post,
        cadence: Cadence,
        now: datetime,
    ) -> tuple["GridPlan", list[EventData]]:
        """A new plan for the grid at the end of `area_path`."""
        cadence.check(now)
        plan = cls(
            id=new_id("grid_plan"),
            title=required(title, "title", "任务名称", ("title",)),
            kind=kind,
            area_id=area_path[-1],
            area_path=area_path,
            post=post.id,
            unit=post.unit_id,
            cadence=cadence,
            next_at=cadence.first_at,
            next_step_at=cadence.first_at,
        )
        return plan, [
            events.GridPlanMade(
                plan_id=plan.id,
                kind=kind,
                post=post.id,
                area_path=list(area_path),
                every_days=cadence.every_days,
                first_at=cadence.first_at,
            )
        ]

    def fall(self, now: datetime) -> tuple["GridTask | None", list[EventData]]:
        """The timer's step: the task that has fallen due, and the plan's own events.

        A task whose time went by while nobody could see it is not made: nobody missed it.
        """
        task = None
        while self.next_at is not None and self.next_at <= now:
            closes = self.next_at + self.cadence.open_for
            if closes > now:
                task = GridTask.open(self, closes)
                self.made += 1
            self.fallen += 1
            last = self.cadence.times is not None and self.fallen >= self.cadence.times
            self.next_at = None if last else self.next_at + timedelta(days=self.cadence.every_days)
        self.next_step_at = self.next_at
        if self.next_at is None and self.ended_at is None:
            return task, self._ended(now)
        return task, []

    def succeed(self, old: str, new: Post, reason: str) -> list[EventData]:
        """Its tasks fall to `new` from now on, since its post is gone. No event when they fell to another, or no more do."""
        if self.ended_at or self.post != old:
            return []
        self.post, self.unit = new.id, new.unit_id
        return [events.GridPlanHandedOver(plan_id=self.id, old_post=old, post=new.id, unit=new.unit_id, reason=reason)]

    def end(self, now: datetime) -> list[EventData]:
        """No more tasks; those that are open stay to be done."""
        if self.ended_at:
            raise PlanEnded
        return self._ended(now)

    def _ended(self, now: datetime) -> list[EventData]:
        self.ended_at = now
        self.next_at = self.next_step_at = None
        return [events.GridPlanEnded(plan_id=self.id, made=self.made)]


class Completion(msgspec.Struct, frozen=True, kw_only=True):
    """How it was done: how long it took, where, and what shows it; `outside` when the place is not in the grid."""

    at: datetime
    by: Actor
    minutes: int
    place: Point
    outside: bool
    note: str | None
    evidence: tuple[Evidence, ...]


class GridTask(msgspec.Struct, kw_only=True):
    """One task of a grid's list."""

    id: str
    version: int = 0
    sequence: int = 0
    previous: dict[str, int] = msgspec.field(default_factory=dict)
    plan_id: str
    title: str
    kind: GridTaskKind
    area_id: str
    area_path: tuple[str, ...]
    post: str
    unit: str
    opens_at: datetime
    due_at: datetime
    next_step_at: datetime | None
    state: GridTaskState = GridTaskState.DUE
    completion: Completion | None = None

    @classmethod
    def open(cls, plan: GridPlan, closes: datetime) -> "GridTask":
        """The task of a plan that is open until `closes`."""
        return cls(
            id=new_id("grid_task"),
            plan_id=plan.id,
            title=plan.title,
            kind=plan.kind,
            area_id=plan.area_id,
            area_path=plan.area_path,
            post=plan.post,
            unit=plan.unit,
            opens_at=closes - plan.cadence.open_for,
            due_at=closes,
            next_step_at=closes,
        )

    def announced(self) -> list[EventData]:
        """The event of its opening."""
        return [
            events.GridTaskOpened(
                task_id=self.id,
                plan_id=self.plan_id,
                post=self.post,
                area_path=list(self.area_path),
                due_at=self.due_at,
            )
        ]

    def succeed(self, old: str, new: Post, reason: str) -> list[EventData]:
        """`new` does it by the same time, since its post is gone. No event when another was to, or it is over."""
        if self.state is not GridTaskState.DUE or self.post != old:
            return []
        self.post, self.unit = new.id, new.unit_id
        return [
            events.GridTaskHandedOver(
                task_id=self.id, plan_id=self.plan_id, old_post=old, post=new.id, unit=new.unit_id, reason=reason
            )
        ]

    def complete(
        self,
        minutes: int,
        place: Point,
        outside: bool,
        note: str | None,
        evidence: Sequence[Evidence],
        now: datetime,
        by: Actor,
    ) -> list[EventData]:
        """It is done: with a photo, in time. Raises a Refusal otherwise."""
        if self.state is not GridTaskState.DUE:
            raise GridTaskStateForbids(state=self.state.value, state_zh=_STATE_ZH[self.state])
        if now >= self.due_at:
            raise GridTaskTooLate(due=f"{self.due_at:%Y-%m-%d %H:%M} UTC")
        if not 1 <= minutes <= MAX_MINUTES:
            raise InvalidInput(path=("minutes",), reason=f"1..{MAX_MINUTES}")
        if not any(piece.kind is EvidenceKind.PHOTO for piece in evidence):
            raise PhotoMissing(path=("evidence",))
        check_evidence(evidence)
        self.completion = Completion(
            at=now,
            by=by,
            minutes=minutes,
            place=place,
            outside=outside,
            note=optional(note, ("note",)),
            evidence=tuple(evidence),
        )
        self.state = GridTaskState.DONE
        self.next_step_at = None
        return [events.GridTaskDone(task_id=self.id, plan_id=self.plan_id, minutes=minutes, outside=outside)]

    def miss(self, now: datetime) -> list[EventData]:
        """The timer's step: nobody did it in time. No event when it is done, or not so far."""
        if self.state is not GridTaskState.DUE or now < self.due_at:
            return []
        self.state = GridTaskState.MISSED
        self.next_step_at = None
        return [
            events.GridTaskMissed(
                task_id=self.id,
                plan_id=self.plan_id,
                post=self.post,
                area_path=list(self.area_path),
                due_at=self.due_at,
            )
        ]
