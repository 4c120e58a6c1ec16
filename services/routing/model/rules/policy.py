"""The policy: what is owed within what time, who climbs when it is not, what completion asks for. Data, versioned (domain.md §3.9).

Lists of rules are ordered; the first that fits a matter holds, so the exceptions stand above the general case.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol, TypeVar

import msgspec

from services.routing.model.clock.calendar import ALWAYS, OFFICE_HOURS, ROUND_THE_CLOCK, WORKING, Calendar
from services.routing.model.clock.clocks import Clock, ClockKind, Target
from services.routing.model.directive.supervision import SupervisionLevel
from services.routing.model.field.campaign_templates import TEMPLATES, CampaignTemplate
from services.routing.model.organisation.organisation import PostLevel
from services.routing.model.rules.matter import Mode


class Grade(StrEnum):
    """Who may say that a matter is done (R-09)."""

    A = "A"  # done on the spot: the caller, or a sample check by the grid's head
    B = "B"  # the community or the street
    C = "C"  # the centre


class StepKind(StrEnum):
    """What a rung of a ladder does."""

    NOTIFY_POST = "notify_post"  # the owner's post, or one that is named
    NOTIFY_ROSTER = "notify_roster"  # who is on duty in the centre
    CLIMB = "climb"  # the post that answers on the level above becomes an owner too
    CONVENE = "convene"  # a joint conference is called for
    SUPERVISE = "supervise"  # supervision of the owner's unit begins


class Matter(Protocol):
    """What the rules of a policy look at."""

    @property
    def category_path(self) -> Sequence[str]: ...
    @property
    def urgency(self) -> str: ...
    @property
    def mode(self) -> str: ...
    @property
    def grade(self) -> str: ...
    @property
    def track(self) -> str | None: ...


class When(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """To which matters a rule applies; what is None is not asked. `category` holds for itself and everything below it."""

    category: str | None = None
    urgency: str | None = None
    mode: Mode | None = None
    grade: Grade | None = None
    track: str | None = None

    def fits(self, matter: Matter) -> bool:
        """Whether every condition holds."""
        return (
            (self.category is None or self.category in matter.category_path)
            and self.urgency in (None, matter.urgency)
            and self.mode in (None, matter.mode)
            and self.grade in (None, matter.grade)
            and self.track in (None, matter.track)
        )


ANY = When()


class ClockRule(msgspec.Struct, frozen=True, kw_only=True):
    """The target of one kind of clock for some matters."""

    kind: ClockKind
    target: Target
    when: When = ANY


class GradeRule(msgspec.Struct, frozen=True, kw_only=True):
    """Which grade a matter has; the grade itself is not asked for in `when`."""

    grade: Grade
    when: When = ANY


class EvidenceRule(msgspec.Struct, frozen=True, kw_only=True):
    """What a reply must be shown by: so many pieces in all, of them so many photos before and after the work."""

    pieces: int = 0
    photos_before: int = 0
    photos_after: int = 0
    when: When = ANY


class LadderStep(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One rung: after `wait` since the step before, do `kind`. `post` names one for NOTIFY_POST; `level` is climbed to."""

    kind: StepKind
    wait: timedelta
    post: str | None = None
    level: PostLevel | None = None
    supervision: int | None = None


class Ladder(msgspec.Struct, frozen=True, kw_only=True):
    """What follows when a clock is not kept. An acknowledgement silences it for `acknowledged_for`, then it runs on."""

    id: str
    name: str
    steps: tuple[LadderStep, ...]
    calendar: str
    acknowledged_for: timedelta


class CommandPost(msgspec.Struct, frozen=True, kw_only=True):
    """Who commands on a rung in a mode, in an area or everywhere: stands in place of the post the directory would name (R-30)."""

    mode: Mode
    level: PostLevel
    post: str
    area: str | None = None


class AfterBadResult(StrEnum):
    """What follows when the calling organ is not content with the result."""

    REWORK = "rework"  # the order is sent back while it can be; after that as RAISE
    RAISE = "raise"  # the ladder runs for the call
    NOTHING = "nothing"


class OpenOrders(StrEnum):
    """What a switch of mode does to the clocks of what is under way in its area: orders, calls, summonses, ladders (R-30)."""

    KEEP = "keep"
    RECOMPUTE = "recompute"  # what is used up stays used up


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How often and how long."""

    returns: int = 2
    adjudicate_within: timedelta = timedelta(hours=24)
    extensions: int = 2
    # By rank: how much more time the post of a level may grant at once (R-09; 申请延期).
    extension_by_level: dict[PostLevel, timedelta] = msgspec.field(
        default_factory=lambda: {
            PostLevel.COMMUNITY: timedelta(hours=6),
            PostLevel.STREET: timedelta(hours=18),
            PostLevel.DEPARTMENT: timedelta(hours=30),
            PostLevel.DISTRICT: timedelta(hours=90),
        }
    )
    suspensions: timedelta = timedelta(days=30)
    deferral: timedelta = timedelta(days=180)
    reopen_within: timedelta = timedelta(days=7)
    # Of the matters of grade A that ended on the caller's own word: which share is checked afterwards, and within what time.
    sample_rate: float = 0.1
    sample_within: timedelta = timedelta(days=7)
    # Whether the resolve clock of a matter that is routed anew, to another owner, starts with its dispatch and not with its receipt.
    reroute_restarts_resolve: bool = False
    announce_gaps_ahead: timedelta = timedelta(days=3)
    # What runs when an order was returned so often that the centre must rule; None: nothing.
    ladder_of_bounces: str | None = "ordinary"
    # The calling organ's mark, 1 to 5, from which on downwards it is a bad one, and what follows a bad mark for the result.
    bad_mark: int = 2
    after_bad_result: AfterBadResult = AfterBadResult.REWORK
    # Whistles against matters handled: below the first the means lies idle, above the second everyday work fails (domain.md §3.3).
    whistle_rate: tuple[float, float] = (0.02, 0.3)
    # A unit that handled fewer matters than this has no rate to judge by.
    whistle_rate_from: int = 20


class Waits(msgspec.Struct, frozen=True, kw_only=True):
    """How long is waited for what no clock of a matter measures. What is under way keeps what held when it began."""

    # Working time from one level of supervision of an overdue directive to the next: a working day.
    directive_climb: timedelta = timedelta(hours=6, minutes=30)
    # Working time that a supervised post has to answer, by level.
    supervision_answer: dict[SupervisionLevel, timedelta] = msgspec.field(
        default_factory=lambda: {
            SupervisionLevel.REMIND: timedelta(hours=6, minutes=30),
            SupervisionLevel.WRITTEN: timedelta(hours=13),
            SupervisionLevel.NOTIFY_SUPERIOR: timedelta(hours=13),
            SupervisionLevel.LEADER_TALK: timedelta(hours=19, minutes=30),
        }
    )
    # By when somebody else looks whether a hazard is rectified.
    hazard_recheck: timedelta = timedelta(days=3)
    # Until it is announced that an offer of custody was neither signed nor refused.
    custody_answer: timedelta = timedelta(minutes=30)


DEFAULT_WAITS = Waits()


class DepartmentStepKind(StrEnum):
    """What a department's own system does with an order in one step (R-34)."""

    SURVEY = "survey"
    APPROVAL = "approval"
    PROCUREMENT = "procurement"
    SITE_WORK = "site_work"
    TESTING = "testing"
    ACCEPTANCE = "acceptance"
    PAYMENT = "payment"


class PatrolNorm(msgspec.Struct, frozen=True, kw_only=True):
    """What an attendant owes a grid: within so many days so many rounds, minutes on foot and findings (R-26)."""

    days: int = 7
    rounds: int = 3
    minutes: int = 360
    findings: int = 2


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """One version of everything above."""

    version: int
    calendars: tuple[Calendar, ...]
    clocks: tuple[ClockRule, ...]
    ladders: tuple[Ladder, ...]
    grades: tuple[GradeRule, ...]
    evidence: tuple[EvidenceRule, ...] = ()
    command: tuple[CommandPost, ...] = ()
    open_orders: OpenOrders = OpenOrders.KEEP
    limits: Limits = Limits()
    waits: Waits = DEFAULT_WAITS
    # What a campaign can start from; one of them is named when it is planned.
    campaigns: tuple[CampaignTemplate, ...] = TEMPLATES
    # "7362": Jiangmen Pengjiang (domain.md §3.9).
    patrol: PatrolNorm = PatrolNorm()
    # How long a step of a department is expected to take, in working time (six hours a day); no source gives these, a district
    # sets its own, and a kind that is not named is not timed.
    department_steps: dict[DepartmentStepKind, timedelta] = msgspec.field(
        default_factory=lambda: {
            DepartmentStepKind.SURVEY: timedelta(hours=12),
            DepartmentStepKind.APPROVAL: timedelta(hours=30),
            DepartmentStepKind.PROCUREMENT: timedelta(hours=90),
            DepartmentStepKind.SITE_WORK: timedelta(hours=60),
            DepartmentStepKind.TESTING: timedelta(hours=18),
            DepartmentStepKind.ACCEPTANCE: timedelta(hours=18),
            DepartmentStepKind.PAYMENT: timedelta(hours=60),
        }
    )

    def calendar(self, calendar_id: str) -> Calendar:
        """The calendar of this id; one that is gone from the policy is the round-the-clock one."""
        return next((calendar for calendar in self.calendars if calendar.id == calendar_id), ALWAYS)

    def ladder(self, ladder_id: str) -> Ladder | None:
        """The ladder of this id."""
        return next((ladder for ladder in self.ladders if ladder.id == ladder_id), None)

    def target(self, kind: ClockKind, matter: Matter) -> Target | None:
        """What is asked of this clock for a matter; None: no such clock runs."""
        rule = _first(self.clocks, matter, kind)
        return rule.target if rule else None

    def campaign(self, template_id: str) -> CampaignTemplate | None:
        """The template of this id."""
        return next((template for template in self.campaigns if template.id == template_id), None)

    def answer_supervision(self, level: SupervisionLevel) -> timedelta:
        """The working time to answer a supervision; for a level that is not named, what the default says."""
        return self.waits.supervision_answer.get(level) or DEFAULT_WAITS.supervision_answer[level]

    def grade(self, matter: Matter) -> Grade:
        """The grade of a matter; the strictest when no rule fits."""
        return next((rule.grade for rule in self.grades if rule.when.fits(matter)), Grade.C)

    def evidence_for(self, matter: Matter) -> EvidenceRule:
        """What a reply in a matter must be shown by."""
        return next((rule for rule in self.evidence if rule.when.fits(matter)), EvidenceRule())


def retime(clocks: Iterable[Clock], target: Target | None, policy: Policy, now: datetime) -> None:
    """Clocks of one kind go by another target from now on; where the policy has none, by their own in today's calendar."""
    for clock in clocks:
        asked = target or clock.target
        clock.recompute(asked, policy.calendar(asked.calendar), now, policy.calendar(clock.target.calendar))


def as_data(policy: Policy) -> dict[str, Any]:
    """A policy as files and GraphQL carry it: without the number, which is the version's."""
    data: dict[str, Any] = msgspec.to_builtins(policy)
    del data["version"]
    return data


R = TypeVar("R", bound=ClockRule)


def _first(rules: Sequence[R], matter: Matter, kind: ClockKind) -> R | None:
    return next((rule for rule in rules if rule.kind is kind and rule.when.fits(matter)), None)


def _hours(hours: float) -> timedelta:
    return timedelta(hours=hours)


def _minutes(minutes: float) -> timedelta:
    return timedelta(minutes=minutes)


_EMERGENCY = When(mode=Mode.EMERGENCY)
_CRITICAL = When(urgency="critical")
_URGENT = When(urgency="urgent")
_DAY = _hours(6)  # a working day of OFFICE_HOURS is six and a half hours; six leave room for hand-over


def _always(within: timedelta, ladder: str | None, *, warn: timedelta | None = None, pausable: bool = False) -> Target:
    return Target(within=within, warn_before=warn, calendar=ROUND_THE_CLOCK, pausable=pausable, ladder=ladder)


def _working(within: timedelta, ladder: str | None, *, warn: timedelta | None = None, pausable: bool = False) -> Target:
    return Target(within=within, warn_before=warn, calendar=WORKING, pausable=pausable, ladder=ladder)


def _rule(kind: ClockKind, target: Target, when: When = ANY) -> ClockRule:
    return ClockRule(kind=kind, target=target, when=when)


_K = ClockKind
# Emergency 3 min / 10 min: seed 003. Report-back 2 h, 24 h, 7 d: Beijing's draft standard for 12345 (domain.md §3.9).
DEFAULT_POLICY = Policy(
    version=0,
    calendars=(ALWAYS, OFFICE_HOURS),
    clocks=(
        _rule(_K.ACCEPT, _always(_minutes(3), "urgent"), _EMERGENCY),
        _rule(_K.ACCEPT, _always(_minutes(10), "urgent"), _CRITICAL),
        _rule(_K.ACCEPT, _always(_minutes(30), None, warn=_minutes(10)), _URGENT),
        _rule(_K.ACCEPT, _working(_hours(2), None, warn=_minutes(30))),
        _rule(_K.ARRIVE, _always(_minutes(10), "urgent"), _EMERGENCY),
        _rule(_K.ARRIVE, _always(_minutes(30), "urgent"), _CRITICAL),
        _rule(_K.CHECK_IN, _always(_minutes(30), "urgent", warn=_minutes(10))),
        _rule(_K.RESPOND, _always(_minutes(10), "urgent"), _EMERGENCY),
        _rule(_K.RESPOND, _always(_minutes(30), "urgent", warn=_minutes(10)), _CRITICAL),
        _rule(_K.RESPOND, _working(_hours(4), "call", warn=_hours(1))),
        _rule(_K.FIRST_REPORT, _always(_hours(2), "urgent", warn=_minutes(30)), _EMERGENCY),
        _rule(_K.FIRST_REPORT, _always(_hours(2), "urgent", warn=_minutes(30)), _CRITICAL),
        _rule(_K.FIRST_REPORT, _always(_hours(24), "ordinary", warn=_hours(4)), _URGENT),
        _rule(_K.FIRST_REPORT, _working(5 * _DAY, "ordinary", warn=_DAY, pausable=True)),
        _rule(_K.RESOLVE, _always(_hours(24), "urgent", warn=_hours(4), pausable=True), _EMERGENCY),
        _rule(_K.RESOLVE, _always(_hours(24), "urgent", warn=_hours(4), pausable=True), _CRITICAL),
        _rule(_K.RESOLVE, _always(_hours(72), "ordinary", warn=_hours(12), pausable=True), _URGENT),
        _rule(_K.RESOLVE, _working(10 * _DAY, "ordinary", warn=_DAY, pausable=True)),
        _rule(_K.CONFIRM, _always(_hours(24 * 7), None)),
    ),
    ladders=(
        Ladder(
            id="urgent",
            name="紧急 (urgent)",
            calendar=ROUND_THE_CLOCK,
            acknowledged_for=_minutes(30),
            steps=(
                LadderStep(kind=StepKind.NOTIFY_POST, wait=timedelta()),
                LadderStep(kind=StepKind.NOTIFY_ROSTER, wait=_minutes(5)),
                LadderStep(kind=StepKind.CLIMB, wait=_minutes(10), level=PostLevel.STREET),
                LadderStep(kind=StepKind.CLIMB, wait=_minutes(20), level=PostLevel.DISTRICT),
            ),
        ),
        Ladder(
            id="call",
            name="呼叫未应 (call unanswered)",
            calendar=WORKING,
            acknowledged_for=_hours(4),
            steps=(
                LadderStep(kind=StepKind.NOTIFY_POST, wait=timedelta()),
                LadderStep(kind=StepKind.CLIMB, wait=_hours(2), level=PostLevel.STREET),
                LadderStep(kind=StepKind.CLIMB, wait=_hours(4), level=PostLevel.DEPARTMENT),
                LadderStep(kind=StepKind.CLIMB, wait=_hours(6), level=PostLevel.DISTRICT),
            ),
        ),
        Ladder(
            id="ordinary",
            name="一般超期 (overdue)",
            calendar=WORKING,
            acknowledged_for=2 * _DAY,
            steps=(
                LadderStep(kind=StepKind.NOTIFY_POST, wait=timedelta()),
                LadderStep(kind=StepKind.CLIMB, wait=_DAY, level=PostLevel.STREET),
                LadderStep(kind=StepKind.SUPERVISE, wait=_DAY, supervision=2),
                LadderStep(kind=StepKind.CLIMB, wait=2 * _DAY, level=PostLevel.DISTRICT),
            ),
        ),
    ),
    grades=(
        GradeRule(grade=Grade.C, when=_EMERGENCY),
        GradeRule(grade=Grade.C, when=_CRITICAL),
        GradeRule(grade=Grade.C, when=When(track="jointly_managed")),
        GradeRule(grade=Grade.A, when=When(track="self_governed")),
        GradeRule(grade=Grade.B),
    ),
)
