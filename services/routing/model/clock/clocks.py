"""One running clock: target, warning, pauses, extensions, breach (domain.md §3.9).

A clock starts when work is dispatched or received, never when somebody signs for it. All its arithmetic is in the time of its
calendar; the calendar's version stays with the deadline, and computing it anew is an act of its own.
"""

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from services.routing.model.clock.calendar import Calendar

NOTHING = timedelta()


class ClockKind(StrEnum):
    """What a clock measures."""

    ACCEPT = "accept"  # dispatch to accept
    ARRIVE = "arrive"  # dispatch to check-in
    CHECK_IN = "check_in"  # a whistle to the check-in on the spot (吹哨报到)
    FIRST_REPORT = "first_report"  # receipt to the first word to the caller
    RESOLVE = "resolve"  # receipt to submitted
    CONFIRM = "confirm"  # submitted to the caller's verdict
    RESPOND = "respond"  # a call to the answer one level up


class Tick(StrEnum):
    """What a clock has to say at a moment."""

    WARNED = "warned"
    BREACHED = "breached"


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """What a policy asks of a clock. `ladder` is started by a breach; a clock without `warn_before` does not warn."""

    within: timedelta
    warn_before: timedelta | None = None
    calendar: str
    pausable: bool = False
    ladder: str | None = None


class Pause(msgspec.Struct, kw_only=True):
    """Time that does not count: who is waited for, and how much was left when it began."""

    since: datetime
    until: datetime | None = None
    awaited: str
    left: timedelta


class Clock(msgspec.Struct, kw_only=True):
    """The clock of one thing somebody owes. Times are aware; durations are in the time of its calendar."""

    kind: ClockKind
    started_at: datetime
    target: Target
    calendar_version: str
    due_at: datetime
    warn_at: datetime | None
    extended: timedelta = NOTHING
    warned_at: datetime | None = None
    breached_at: datetime | None = None
    stopped_at: datetime | None = None
    pauses: list[Pause] = msgspec.field(default_factory=list)

    @classmethod
    def start(cls, kind: ClockKind, target: Target, calendar: Calendar, at: datetime) -> "Clock":
        """A clock that runs from `at`, which may lie in the past (the receipt of a report)."""
        clock = cls(
            kind=kind,
            started_at=at,
            target=target,
            calendar_version=calendar.version,
            due_at=calendar.add(at, target.within),
            warn_at=None,
        )
        clock._set_warning(calendar, at, target.within)
        return clock

    @property
    def running(self) -> bool:
        """Neither stopped nor paused."""
        return self.stopped_at is None and not self.paused

    @property
    def paused(self) -> bool:
        """Whether it waits for somebody at present."""
        return bool(self.pauses) and self.pauses[-1].until is None

    @property
    def kept(self) -> bool | None:
        """Whether it was stopped in time; None while that is open."""
        if self.breached_at is not None:
            return False
        return None if self.stopped_at is None else True

    @property
    def next_at(self) -> datetime | None:
        """When it has something to say next; None when it is stopped or paused, or has said everything."""
        if not self.running or self.breached_at is not None:
            return None
        return self.warn_at if self.warn_at is not None and self.warned_at is None else self.due_at

    def tick(self, now: datetime) -> list[Tick]:
        """What is to be announced at `now`, each once in its life; a warning that comes with the breach is left out."""
        if not self.running or self.breached_at is not None:
            return []
        if now >= self.due_at:
            self.breached_at = now
            return [Tick.BREACHED]
        if self.warn_at is not None and self.warned_at is None and now >= self.warn_at:
            self.warned_at = now
            return [Tick.WARNED]
        return []

    def stop(self, now: datetime) -> None:
        """What was owed is done. Stopping late is a breach even if nobody ticked meanwhile. A stopped clock stays as it is."""
        if self.stopped_at is not None:
            return
        if self.paused:
            self.pauses[-1].until = now
        elif self.breached_at is None and now > self.due_at:
            self.breached_at = self.due_at
        self.stopped_at = now

    def pause(self, awaited: str, calendar: Calendar, now: datetime) -> None:
        """Stop counting while `awaited` is waited for. Nothing happens to a clock that is not running, may not be
        paused or is overdue: what is late is not forgiven."""
        if self.running and self.target.pausable and now < self.due_at:
            self.pauses.append(Pause(since=now, awaited=awaited, left=calendar.between(now, self.due_at)))

    def resume(self, calendar: Calendar, now: datetime) -> None:
        """Count on with what was left. Nothing happens to a clock that is not paused."""
        if self.paused and self.stopped_at is None:
            pause = self.pauses[-1]
            pause.until = now
            self.due_at = calendar.add(now, pause.left)
            self.calendar_version = calendar.version
            self._set_warning(calendar, now, pause.left)

    def restart(self, awaited: str, calendar: Calendar, now: datetime) -> None:
        """What was thought done was not: count on with what was left, the time since the stop is a pause. Nothing happens to a
        clock that was not stopped; a breach stays."""
        if self.stopped_at is None:
            return
        since, self.stopped_at = self.stopped_at, None
        left = self.pauses[-1].left if self._stopped_paused(since) else calendar.between(since, self.due_at)
        self.pauses.append(Pause(since=since, awaited=awaited, left=left))
        if self.breached_at is None:
            self.resume(calendar, now)
        else:
            self.pauses[-1].until = now

    def extend(self, by: timedelta, calendar: Calendar, now: datetime) -> None:
        """Give more time, also to a paused clock. A breach that has happened stays; the clock may warn and breach no more."""
        self.extended += by
        if self.paused:
            self.pauses[-1].left += by
            return
        self.due_at = calendar.add(self.due_at, by)
        self.warned_at = None
        self._set_warning(calendar, now, calendar.between(now, self.due_at))

    def recompute(self, target: Target, calendar: Calendar, now: datetime, old_calendar: Calendar) -> None:
        """Another target or calendar from now on; what is used up stays used up, and what is overdue overdue. For changes of
        mode and of calendars."""
        if self.stopped_at is not None or (self.running and now >= self.due_at):
            return
        left = max(target.within + self.extended - self.used(now, old_calendar), NOTHING)
        self.target = target
        self.calendar_version = calendar.version
        if self.paused:
            self.pauses[-1].left = left
            return
        self.due_at = calendar.add(now, left)
        self._set_warning(calendar, now, left)

    def used(self, now: datetime, calendar: Calendar) -> timedelta:
        """How much of the target is used up: time since the start without the pauses."""
        end = self.stopped_at or now
        return calendar.between(self.started_at, end) - self.waited(now, calendar)

    def waited(self, now: datetime, calendar: Calendar) -> timedelta:
        """How much time the pauses took."""
        end = self.stopped_at or now
        return sum((calendar.between(pause.since, pause.until or end) for pause in self.pauses), NOTHING)

    def _stopped_paused(self, at: datetime) -> bool:
        return bool(self.pauses) and self.pauses[-1].until == at

    def _set_warning(self, calendar: Calendar, start: datetime, left: timedelta) -> None:
        """The warning comes so long before the deadline; with less time than that left, there is none."""
        before = self.target.warn_before
        self.warn_at = calendar.add(start, left - before) if before is not None and left > before else None
