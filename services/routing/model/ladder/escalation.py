"""An escalation (提级): a ladder that runs for one subject until somebody acts (domain.md §3.3, R-02).

It keeps the ladder, its calendar and the posts of its rungs as they were at the start, so that no edit changes a running one. The
first owner keeps the duty; climbing adds owners. Each step is done once for each of its attempts and leaves a record.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypedDict

import msgspec

from services.chassis.events import Actor, EventData
from services.chassis.ids import new_id
from services.routing.errors.escalation import EscalationStateForbids, LastOwner, NotAnOwner
from services.routing.events.escalation import (
    EscalationAcknowledged,
    EscalationCancelled,
    EscalationClimbed,
    EscalationConvened,
    EscalationExhausted,
    EscalationHandedOver,
    EscalationNotified,
    EscalationReleased,
    EscalationResumed,
    EscalationRetimed,
    EscalationSettled,
    EscalationSkipped,
    EscalationStarted,
    EscalationSupervised,
)
from services.routing.model.clock.calendar import ALWAYS, Calendar
from services.routing.model.ladder.escalation_parts import (
    DONE,
    STATE_ZH,
    TRANSITIONS,
    Acknowledgement,
    Act,
    Duty,
    EscalationState,
    Occasion,
    Outcome,
    Owner,
    Rung,
    StepRecord,
    Subject,
    Trigger,
)
from services.routing.model.ladder.rungs import centre_post, height, post_on
from services.routing.model.organisation.directory import Directory
from services.routing.model.organisation.organisation import Post, PostLevel
from services.routing.model.rules.matter import Mode
from services.routing.model.rules.policy import Ladder, LadderStep, StepKind
from services.routing.model.texts import required

_NOW = timedelta()
_WRITTEN = 2  # the level of supervision of a step that names none
_S = EscalationState


class _About(TypedDict):
    """What every event of an escalation says."""

    escalation_id: str
    subject_kind: str
    subject_id: str
    report_id: str | None


class _AtStep(_About):
    """What an event of a step says besides."""

    step: int
    attempt: int


class Escalation(msgspec.Struct, kw_only=True):
    """The aggregate. Its methods return the events, or raise a Refusal and change nothing.

    `next_step_at` is when something happens by itself.
    """

    id: str
    version: int = 0
    sequence: int = 0
    previous: dict[str, int] = msgspec.field(default_factory=dict)
    subject: Subject
    ladder_id: str
    ladder_name: str
    calendar: Calendar
    calendar_version: str
    own_calendar: Calendar | None = None  # while its place is in emergency: the one that holds when that is over
    acknowledged_for: timedelta
    organisation_version: int
    rungs: tuple[Rung, ...]
    state: EscalationState
    open: bool = True
    cursor: int = 0
    occasions: list[Occasion]
    owners: list[Owner]
    owner_posts: list[str]
    owner_units: list[str]
    records: list[StepRecord] = msgspec.field(default_factory=list)
    acknowledgements: list[Acknowledgement] = msgspec.field(default_factory=list)
    progress_at: datetime | None = None
    started_at: datetime
    ended_at: datetime | None = None
    end_reason: str | None = None
    next_step_at: datetime | None
    repairs: int = 0

    @classmethod
    def start(
        cls, subject: Subject, ladder: Ladder, directory: Directory, trigger: Trigger, reason: str, now: datetime
    ) -> tuple["Escalation", list[EventData]]:
        """Arm the ladder; its first step comes after that step's wait, in working time unless it is an emergency."""
        own_calendar = directory.policy.calendar(ladder.calendar)
        calendar = ALWAYS if subject.emergency else own_calendar
        owner = directory.posts.get(subject.owner_post)
        escalation = cls(
            id=new_id("escalation"),
            subject=subject,
            ladder_id=ladder.id,
            ladder_name=ladder.name,
            calendar=calendar,
            calendar_version=calendar.version,
            own_calendar=own_calendar if subject.emergency and subject.emergency_of_place else None,
            acknowledged_for=ladder.acknowledged_for,
            organisation_version=directory.version,
            rungs=tuple(_rung(step, subject, directory) for step in ladder.steps),
            state=_S.ARMED,
            occasions=[Occasion(at=now, trigger=trigger, reason=reason)],
            owners=[],
            owner_posts=[],
            owner_units=[],
            started_at=now,
            next_step_at=None,
        )
        level = owner.level if owner else None
        escalation._own(Owner(post=subject.owner_post, unit=subject.owner_unit, level=level, since=now))
        escalation._schedule(now)
        return escalation, [escalation._started(trigger)]

    @property
    def active_owners(self) -> list[Owner]:
        """Those that have the duty now, the first at the start first."""
        return [owner for owner in self.owners if owner.released_at is None]

    @property
    def acknowledged(self) -> Acknowledgement | None:
        """The acknowledgement that holds now."""
        return self.acknowledgements[-1] if self.state is _S.ACKNOWLEDGED else None

    def again(self, trigger: Trigger, reason: str, now: datetime) -> None:
        """Another reason while the ladder runs: put on record, nothing starts twice."""
        self.occasions.append(Occasion(at=now, trigger=trigger, reason=reason))

    def join(self, post: str, unit: str, level: PostLevel | None, now: datetime) -> bool:
        """Another who owes what the ladder runs for becomes an owner too; whether it was none before."""
        if post in self.owner_posts:
            return False
        self._own(Owner(post=post, unit=unit, level=level, since=now))
        return True

    @property
    def asks_for_roster(self) -> bool:
        """Whether a step ahead addresses who is on duty."""
        return any(rung.step.kind is StepKind.NOTIFY_ROSTER for rung in self.rungs[self.cursor :])

    def advance(self, reachable: Callable[[str], bool], now: datetime, on_duty: Duty | None = None) -> list[EventData]:
        """Do what is due: one step, with those skipped before it, or the end of an acknowledgement. Nothing when nothing is due.

        `reachable` tells whether somebody answers for a post now; `on_duty` is the shift of the centre for the place, without one the
        roster's step addresses the centre's post. What is late is done one step at a time: the next step waits from now.
        """
        if self.next_step_at is None or now < self.next_step_at:
            return []
        if self.state is _S.ACKNOWLEDGED:
            return self._lapse(now)
        self._allow("step")
        if not self.calendar.runs_at(now):
            self._record(Outcome.WAITED, None, now)
            self._plan(self.calendar.add(now, _NOW))
            return []
        self.state = _S.RUNNING
        events: list[EventData] = []
        outcome = Outcome.SKIPPED
        while self.cursor < len(self.rungs) and outcome is not Outcome.DONE:
            outcome, told = self._do(self.rungs[self.cursor], reachable, on_duty, now)
            events += told
            self.cursor += 1
        return events + self._run_on(now)

    def acknowledge(self, post: str, text: str, by: Actor, now: datetime) -> list[EventData]:
        """An owner acts: nobody is notified until its acknowledgement runs out."""
        self._allow("acknowledge")
        if post not in self.owner_posts:
            raise NotAnOwner
        text = required(text, "text", "认领说明", ("text",))
        until = self.calendar.add(now, self.acknowledged_for)
        self.acknowledgements.append(Acknowledgement(at=now, by=by, post=post, text=text, until=until))
        self.state = _S.ACKNOWLEDGED
        self._plan(until)
        return [EscalationAcknowledged(**self._about(), post=post, until=until)]

    def progressed(self, now: datetime) -> None:
        """Something moved in the matter: an acknowledgement is believed for another term when it ends."""
        self.progress_at = now

    def raise_to(self, post: Post, by: Actor, reason: str, now: datetime) -> list[EventData]:
        """By hand: a post above becomes an owner too, now, past whatever rung would come next."""
        self._allow("raise")
        reason = required(reason, "reason", "提级理由", ("reason",))
        if post.id in self.owner_posts:
            return []
        self._own(Owner(post=post.id, unit=post.unit_id, level=post.level, since=now, by=by, reason=reason))
        climbed = EscalationClimbed(
            **self._about(), step=None, attempt=None, level=post.level, post=post.id, unit=post.unit_id
        )
        return [climbed, *self._run_on(now)]

    def release(self, post: str, reason: str, by: Actor, now: datetime) -> list[EventData]:
        """An owner is freed of the duty by one above, the caller or the centre; somebody always keeps it."""
        self._allow("release")
        self._free(post, required(reason, "reason", "解除理由", ("reason",)), by, now)
        return [EscalationReleased(**self._about(), post=post, handed_down=False)]

    def hand_down(self, post: str, reason: str, by: Actor, now: datetime) -> list[EventData]:
        """The way back down: an owner gives the matter back to those below; its rung may climb to it again."""
        self._allow("hand_down")
        owner = self._free(post, required(reason, "reason", "下交理由", ("reason",)), by, now)
        if owner.rung is not None:
            self.cursor = min(self.cursor, owner.rung)
        return [EscalationReleased(**self._about(), post=post, handed_down=True), *self._run_on(now)]

    @property
    def concerned_posts(self) -> frozenset[str]:
        """The owners, and the posts of the rungs ahead."""
        ahead = (rung.post for rung in self.rungs[self.cursor :] if rung.post)
        return frozenset({*self.owner_posts, *ahead}) if self.open else frozenset()

    def succeed(self, old: str, new: Post, reason: str, now: datetime, by: Actor) -> list[EventData]:
        """`new` stands where a post that is gone stood, as an owner and on the rungs ahead. No event when it stood nowhere."""
        if old not in self.concerned_posts:
            return []
        for index, owner in enumerate(self.owners):
            if owner.post != old or owner.released_at is not None:
                continue
            owner.released_at, owner.released_by, owner.release_reason = now, by, reason
            if new.id not in self.owner_posts:
                heir = Owner(
                    post=new.id,
                    unit=new.unit_id,
                    level=new.level,
                    since=now,
                    rung=owner.rung,
                    by=owner.by,
                    reason=reason,
                )
                self.owners.insert(index + 1, heir)  # the first and the newest owner stay where they are
            break
        self.rungs = tuple(
            msgspec.structs.replace(rung, post=new.id, unit=new.unit_id)
            if index >= self.cursor and rung.post == old
            else rung
            for index, rung in enumerate(self.rungs)
        )
        self._list_owners()
        return [
            EscalationHandedOver(**self._about(), old_post=old, post=new.id, unit=new.unit_id, reason=reason),
        ]

    def settle(self, now: datetime, reason: str | None = None) -> list[EventData]:
        """What was owed is done; `reason` is what somebody says who settles it by hand."""
        self._allow("settle")
        self._end(_S.SETTLED, reason, now)
        return [EscalationSettled(**self._about())]

    def cancel(self, reason: str, now: datetime) -> list[EventData]:
        """The subject is gone."""
        self._allow("cancel")
        self._end(_S.CANCELLED, reason, now)
        return [EscalationCancelled(**self._about())]

    def follow_mode(self, mode: Mode, now: datetime) -> list[EventData]:
        """Its place was switched (R-30): in an emergency it climbs round the clock, and after that by its own calendar again; the
        time that is left to its next step stays. An emergency of its own stays one. No event when nothing changes."""
        emergency = mode is Mode.EMERGENCY
        if not self.open or self.subject.emergency == emergency or (not emergency and self.own_calendar is None):
            return []
        before, self.calendar = self.calendar, ALWAYS if emergency else self.own_calendar or ALWAYS
        self.own_calendar = before if emergency else None
        self.calendar_version = self.calendar.version
        self.subject = msgspec.structs.replace(self.subject, emergency=emergency, emergency_of_place=emergency)
        if self.next_step_at is not None:
            left = before.between(now, self.next_step_at)
            self._plan(self.calendar.add(self.calendar.add(now, left), _NOW))
        if self.acknowledged and self.next_step_at is not None:
            self.acknowledged.until = self.next_step_at
        return [
            EscalationRetimed(
                **self._about(), mode=mode, calendar_version=self.calendar_version, next_step_at=self.next_step_at
            )
        ]

    def is_stuck(self, now: datetime, tick: timedelta) -> bool:
        """Whether a step is past by more than `tick`, or none is planned although one is owed."""
        if not self.open or self.state is _S.EXHAUSTED:
            return False
        return self.next_step_at is None or now - self.next_step_at > tick

    def rearm(self, now: datetime) -> None:
        """The auditor's repair: what is owed is due now."""
        self.next_step_at = now
        self.repairs += 1

    def _do(
        self, rung: Rung, reachable: Callable[[str], bool], on_duty: Duty | None, now: datetime
    ) -> tuple[Outcome, list[EventData]]:
        kind = rung.step.kind
        post, unit = rung.post, rung.unit
        if kind is StepKind.SUPERVISE or (kind is StepKind.NOTIFY_POST and rung.step.post is None):
            # The newest is the one to move; what is supervised is the unit that had the duty from the start.
            owner = self.active_owners[0 if kind is StepKind.SUPERVISE else -1]
            post, unit = owner.post, owner.unit
        shift = on_duty if kind is StepKind.NOTIFY_ROSTER else None
        if shift:
            post, unit = shift.post, shift.unit
        about: _AtStep = {**self._about(), "step": self.cursor, "attempt": self._attempt}
        if kind is StepKind.CLIMB and self._stands_at(rung):
            self._record(Outcome.PASSED, post, now)
            return Outcome.PASSED, []
        if post is None or unit is None or not (shift or reachable(post)):
            self._record(Outcome.SKIPPED, post, now)
            level = rung.step.level
            return Outcome.SKIPPED, [
                EscalationSkipped(**about, post=post, level=level, area_path=list(self.subject.area_path))
            ]
        self._record(Outcome.DONE, post, now, shift.people if shift else ())
        if kind is StepKind.CLIMB:
            level = rung.step.level
            assert level  # a climb without one has no post
            self._own(Owner(post=post, unit=unit, level=level, since=now, rung=self.cursor))
            return Outcome.DONE, [EscalationClimbed(**about, level=level, post=post, unit=unit)]
        if kind is StepKind.CONVENE:
            return Outcome.DONE, [EscalationConvened(**about, post=post, unit=unit)]
        if kind is StepKind.SUPERVISE:
            supervision = rung.step.supervision or _WRITTEN
            return Outcome.DONE, [EscalationSupervised(**about, post=post, unit=unit, supervision=supervision)]
        return Outcome.DONE, [EscalationNotified(**about, post=post, unit=unit)]

    def _stands_at(self, rung: Rung) -> bool:
        """Whether an owner stands on this rung or above it already."""
        if rung.step.level is None:
            return False
        wanted = height(rung.step.level)
        return any(owner.level is not None and height(owner.level) >= wanted for owner in self.active_owners)

    def _lapse(self, now: datetime) -> list[EventData]:
        self._allow("lapse")
        held = self.acknowledgements[-1]
        if self.progress_at is not None and self.progress_at > held.at:
            held.until = self.calendar.add(now, self.acknowledged_for)
            self.progress_at = None
            self._plan(held.until)
            return []
        self.state = _S.RUNNING
        events: list[EventData] = [EscalationResumed(**self._about())]
        if self.cursor == len(self.rungs):
            return events + self._run_on(now)
        self._plan(self.calendar.add(now, _NOW))
        return events

    def _run_on(self, now: datetime) -> list[EventData]:
        """Running with the next rung planned; exhausted without one."""
        if self.cursor < len(self.rungs):
            self.state = _S.RUNNING
            self._schedule(now)
            return []
        was = self.state
        self.state = _S.EXHAUSTED
        self._plan(None)
        return [] if was is _S.EXHAUSTED else [EscalationExhausted(**self._about())]

    def _schedule(self, now: datetime) -> None:
        due = self.calendar.add(now, self.rungs[self.cursor].step.wait)
        self._plan(self.calendar.add(due, _NOW))  # what falls on the end of working hours is for the next opening

    def _plan(self, at: datetime | None) -> None:
        self.next_step_at = at

    @property
    def _attempt(self) -> int:
        """How often the present step is tried with this try."""
        return 1 + sum(record.step == self.cursor for record in self.records)

    def _record(self, outcome: Outcome, post: str | None, now: datetime, people: tuple[str, ...] = ()) -> None:
        kind = self.rungs[self.cursor].step.kind
        self.records.append(
            StepRecord(
                step=self.cursor, attempt=self._attempt, at=now, kind=kind, outcome=outcome, post=post, people=people
            )
        )

    def _own(self, owner: Owner) -> None:
        self.owners.append(owner)
        self._list_owners()

    def _free(self, post: str, reason: str, by: Actor, now: datetime) -> Owner:
        owner = next((owner for owner in self.active_owners if owner.post == post), None)
        if owner is None:
            raise NotAnOwner
        if len(self.active_owners) == 1:
            raise LastOwner
        owner.released_at, owner.released_by, owner.release_reason = now, by, reason
        self._list_owners()
        return owner

    def _list_owners(self) -> None:
        self.owner_posts = [owner.post for owner in self.active_owners]
        self.owner_units = list(dict.fromkeys(owner.unit for owner in self.owners))

    def _end(self, state: EscalationState, reason: str | None, now: datetime) -> None:
        self.state, self.open, self.ended_at, self.end_reason = state, False, now, reason
        self._plan(None)

    def _allow(self, act: Act) -> None:
        if self.state not in TRANSITIONS[act][0]:
            done, done_zh = DONE[act]
            raise EscalationStateForbids(
                state=self.state.value, state_zh=STATE_ZH[self.state], command=done, command_zh=done_zh
            )

    def _about(self) -> _About:
        subject = self.subject
        return {
            "escalation_id": self.id,
            "subject_kind": subject.kind,
            "subject_id": subject.id,
            "report_id": subject.report_id,
        }

    def _started(self, trigger: Trigger) -> EscalationStarted:
        subject = self.subject
        return EscalationStarted(
            **self._about(),
            ladder=self.ladder_id,
            trigger=trigger,
            owner_post=subject.owner_post,
            owner_unit=subject.owner_unit,
            area_path=list(subject.area_path),
            sensitivity=subject.sensitivity,
            calendar_version=self.calendar_version,
            first_step_at=self.next_step_at,
        )


def _rung(step: LadderStep, subject: Subject, directory: Directory) -> Rung:
    """The step with the post that it addresses for this subject; a step for the owners finds them when it is done."""
    post: Post | None = None
    if step.kind is StepKind.NOTIFY_POST and step.post is not None:
        post = directory.posts.get(step.post)
    elif step.kind is StepKind.CLIMB and step.level is not None:
        post = post_on(directory, step.level, subject.area_path, subject.category_path)
    elif step.kind in (StepKind.NOTIFY_ROSTER, StepKind.CONVENE):
        post = centre_post(directory, subject.area_path)
    return Rung(step=step, post=post.id, unit=post.unit_id) if post else Rung(step=step)
