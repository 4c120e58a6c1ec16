"""What a work order is made of: turns and assistance with their clocks, waits, replies, checks."""

import math
from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from services.chassis.events import Actor
from services.routing.errors.responder import PositionInvalid
from services.routing.model.clock.clocks import Clock
from services.routing.model.order.evidence import Evidence
from services.routing.model.order.states import Disposition
from services.routing.model.organisation.point import Point


class SourceKind(StrEnum):
    """From what an order follows."""

    REPORT = "report"
    DIRECTIVE = "directive"
    CAMPAIGN = "campaign"
    HAZARD = "hazard"
    DELIBERATION = "deliberation"
    SIGNAL = "signal"
    MEETING = "meeting"
    PARENT = "parent"


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """The one thing an order is for; no unit is ordered twice for the same (R-31)."""

    kind: SourceKind
    id: str


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """What an order is about. `task` says what is to be done; of a report intake has the words, so there it is None. `grade` is
    the policy's to say."""

    number: str | None = None
    task: str | None = None
    category: str | None = None
    category_path: tuple[str, ...] = ()
    area_id: str | None = None
    area_path: tuple[str, ...]
    place: Point | None = None
    urgency: str = "routine"
    mode: str = "routine"
    mode_of_place: bool = False  # the mode is that of its place
    track: str | None = None
    sensitivity: str = "internal"
    caller_person: str | None = None
    received_at: datetime
    grade: str = ""


class CheckIn(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody is there (报到): when, where, and how exactly the place is known in metres."""

    at: datetime
    by: Actor
    place: Point | None
    accuracy: float | None

    @classmethod
    def of(cls, place: Point | None, accuracy: float | None, now: datetime, by: Actor) -> "CheckIn":
        """A check-in now. Raises PositionInvalid for a place that is none."""
        if (place and not place.exists) or (accuracy is not None and not 0 < accuracy < math.inf):
            raise PositionInvalid
        return cls(at=now, by=by, place=place, accuracy=accuracy)


class Dispatch(msgspec.Struct, kw_only=True):
    """One post addressed, with its own clocks from that moment; `arrive` only where somebody must go out."""

    post: str
    unit: str
    at: datetime
    by: Actor
    accept: Clock
    arrive: Clock | None = None
    accepted_at: datetime | None = None
    by_silence: bool = False
    departed_at: datetime | None = None
    deployment_id: str | None = None  # whose departure it was, when somebody was sent
    check_in: CheckIn | None = None

    @property
    def accept_by(self) -> datetime:
        """When silence accepts."""
        return self.accept.due_at

    def clocks(self) -> Iterator[Clock]:
        """Those of this post alone."""
        yield self.accept
        if self.arrive:
            yield self.arrive

    def stop(self, now: datetime) -> None:
        """Nothing more is owed by this post."""
        for clock in self.clocks():
            clock.stop(now)


class Turn(Dispatch, kw_only=True):
    """One post's turn at leading; the last one is the present. `ruling_id`, or `binding` for the fallback owner: it cannot be returned."""

    returned_at: datetime | None = None
    basis: str | None = None
    basis_ruling: str | None = None
    handed_over: str | None = None
    ruling_id: str | None = None
    binding: bool = False


class Rating(msgspec.Struct, frozen=True, kw_only=True):
    """What the lead thought of the help, 1 to 5."""

    mark: int
    note: str | None
    at: datetime
    by: Actor


class Assistance(Dispatch, kw_only=True):
    """An assisting post (协办): its task, its own time to finish, and what came of it."""

    id: str
    task: str
    finish: Clock
    finished_at: datetime | None = None
    note: str | None = None
    released_at: datetime | None = None
    release_reason: str | None = None
    rating: Rating | None = None

    @property
    def open(self) -> bool:
        """Whether the lead still waits for it."""
        return self.finished_at is None and self.released_at is None

    @property
    def due_at(self) -> datetime:
        """By when the post must have acted: to accept, to be there, to finish."""
        if self.accepted_at is None:
            return self.accept_by
        return self.arrive.due_at if self.arrive and self.arrive.stopped_at is None else self.finish.due_at

    def clocks(self) -> Iterator[Clock]:
        yield from super().clocks()
        yield self.finish


class Child(msgspec.Struct, kw_only=True):
    """A part of the work with an order of its own."""

    id: str
    number: str
    post: str
    unit: str
    open: bool = True


class Joined(msgspec.Struct, kw_only=True):
    """The running order about the same matter that this one is handled with (并单); `post` and `unit` led it then, `heard` counts
    the words to its callers that were passed on or came before."""

    order_id: str
    number: str
    post: str
    unit: str
    heard: int
    at: datetime
    by: Actor


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """What a unit says to the question whose it is (听证)."""

    at: datetime
    by: Actor
    text: str


class Adjudication(msgspec.Struct, kw_only=True):
    """The centre must say whose it is, by `due_at`; else it is the fallback owner's (兜底). `invited` are the units it wants to hear."""

    since: datetime
    by: Actor
    due_at: datetime
    fallback_post: str
    fallback_unit: str
    invited: tuple[str, ...] = ()
    statements: list[Statement] = msgspec.field(default_factory=list)
    ended_at: datetime | None = None
    ruling_id: str | None = None

    @property
    def heard(self) -> frozenset[str]:
        """The units that have put their statement on record."""
        return frozenset(one.by.unit for one in self.statements if one.by.unit)

    @property
    def unheard(self) -> tuple[str, ...]:
        """The units that were invited and have said nothing."""
        return tuple(unit for unit in self.invited if unit not in self.heard)


class Suspension(msgspec.Struct, kw_only=True):
    """Waiting for a named party until a date (挂起)."""

    awaited: str
    reason: str
    since: datetime
    until: datetime
    by: Actor
    resumed_at: datetime | None = None

    def took(self) -> timedelta:
        """How much of the budget it takes."""
        return (self.resumed_at or self.until) - self.since


class Deferral(msgspec.Struct, kw_only=True):
    """It cannot be solved now (挂账): who keeps it in sight, and when it is looked at again."""

    reason: str
    owner_post: str
    owner_unit: str
    since: datetime
    review_at: datetime
    by: Actor
    reviewed_at: datetime | None = None


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """A word on how far it is."""

    at: datetime
    by: Actor
    text: str


class UpwardTransfer(msgspec.Struct, kw_only=True):
    """Handed to a superior system (R-29): its name and reference there, what was heard, and the answer."""

    system: str
    reference: str
    reason: str
    at: datetime
    by: Actor
    tracking: list[Progress] = msgspec.field(default_factory=list)
    answered_at: datetime | None = None


class Extension(msgspec.Struct, kw_only=True):
    """More time asked for; `asked_post` decides, None is the centre. `granted` is None until then."""

    by: Actor
    at: datetime
    duration: timedelta
    reason: str
    asked_post: str | None
    granted: bool | None = None
    decided_at: datetime | None = None
    decided_by: Actor | None = None
    answer: str | None = None


class Rework(msgspec.Struct, frozen=True, kw_only=True):
    """The work had to be done again, and why: `by_caller` when the report was reopened."""

    at: datetime
    by: Actor
    by_caller: bool
    reason: str


class Submission(msgspec.Struct, frozen=True, kw_only=True):
    """The reply and what shows it. `from_above` when a superior system gave it; `reused` are photos seen on other orders."""

    at: datetime
    by: Actor
    reply: str
    evidence: tuple[Evidence, ...]
    no_evidence_reason: str | None
    from_above: bool = False
    reused: tuple[str, ...] = ()


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it, why, and who else may help where nothing was done."""

    disposition: Disposition
    reason: str
    signpost: str | None = None


class Verification(msgspec.Struct, frozen=True, kw_only=True):
    """The check by somebody who did not do the work; `by_caller`: done on the spot, the caller's own word is the check (grade A)."""

    at: datetime
    by: Actor
    disposition: Disposition
    reason: str
    signpost: str | None = None
    by_caller: bool = False


class SampleCheck(msgspec.Struct, kw_only=True):
    """The caller's own word was the check, and it was drawn to be looked at afterwards (抽查); `passed` is None until then."""

    due_at: datetime
    at: datetime | None = None
    by: Actor | None = None
    passed: bool | None = None
    note: str | None = None


class CallerVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """What the caller said of the result; `satisfaction` is 1 to 5, None after silence (R-11)."""

    at: datetime
    satisfaction: int | None
    by_silence: bool
