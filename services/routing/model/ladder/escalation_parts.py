"""What an escalation is made of: its states and the acts that lead from one to another, its subject, rungs, owners and records."""

from datetime import datetime
from enum import StrEnum
from typing import Literal

import msgspec

from services.chassis.events import Actor
from services.routing.model.organisation.organisation import PostLevel
from services.routing.model.rules.policy import LadderStep, StepKind


class SubjectKind(StrEnum):
    """What a ladder can run for."""

    ORDER = "order"
    CALL = "call"
    SUMMONS = "summons"


class Trigger(StrEnum):
    """Why a ladder runs."""

    CLOCK_BREACH = "clock_breach"
    RAISED_CALL = "raised_call"
    NO_SHOW = "no_show"
    THIRD_BOUNCE = "third_bounce"
    BAD_RATING = "bad_rating"
    SUPERVISION = "supervision"


class EscalationState(StrEnum):
    """Where a ladder stands."""

    ARMED = "armed"  # no step is done yet
    RUNNING = "running"
    ACKNOWLEDGED = "acknowledged"
    EXHAUSTED = "exhausted"  # the top is reached: the centre's board
    SETTLED = "settled"
    CANCELLED = "cancelled"


class Outcome(StrEnum):
    """What came of a step."""

    DONE = "done"
    SKIPPED = "skipped"  # nobody could be reached
    PASSED = "passed"  # an owner stands so high already
    WAITED = "waited"  # outside working time


Act = Literal["step", "acknowledge", "lapse", "raise", "release", "hand_down", "settle", "cancel"]

_S = EscalationState
OPEN = frozenset({_S.ARMED, _S.RUNNING, _S.ACKNOWLEDGED, _S.EXHAUSTED})
# Which state allows which act, and where it may lead. A ladder without a rung left is exhausted wherever it would be running.
TRANSITIONS: dict[Act, tuple[frozenset[EscalationState], frozenset[EscalationState]]] = {
    "step": (frozenset({_S.ARMED, _S.RUNNING}), frozenset({_S.ARMED, _S.RUNNING, _S.EXHAUSTED})),
    "lapse": (frozenset({_S.ACKNOWLEDGED}), frozenset({_S.ACKNOWLEDGED, _S.RUNNING, _S.EXHAUSTED})),
    "acknowledge": (frozenset({_S.ARMED, _S.RUNNING, _S.EXHAUSTED}), frozenset({_S.ACKNOWLEDGED})),
    "raise": (OPEN, frozenset({_S.RUNNING, _S.EXHAUSTED})),
    "release": (OPEN, OPEN),
    "hand_down": (OPEN - {_S.ARMED}, frozenset({_S.RUNNING, _S.EXHAUSTED})),
    "settle": (OPEN, frozenset({_S.SETTLED})),
    "cancel": (OPEN, frozenset({_S.CANCELLED})),
}
DONE: dict[Act, tuple[str, str]] = {
    "step": ("stepped", "推进"),
    "lapse": ("resumed", "恢复"),
    "acknowledge": ("acknowledged", "认领"),
    "raise": ("raised", "提级"),
    "release": ("released", "解除责任"),
    "hand_down": ("handed down", "下交"),
    "settle": ("settled", "了结"),
    "cancel": ("cancelled", "取消"),
}
STATE_ZH: dict[EscalationState, str] = {
    _S.ARMED: "待启动",
    _S.RUNNING: "运行中",
    _S.ACKNOWLEDGED: "已认领",
    _S.EXHAUSTED: "已到顶",
    _S.SETTLED: "已了结",
    _S.CANCELLED: "已取消",
}


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """What a ladder runs for, and who owns it when it starts. `caller_unit` is the organ that called, when one did."""

    kind: SubjectKind
    id: str
    report_id: str | None = None
    number: str
    owner_post: str
    owner_unit: str
    area_path: tuple[str, ...]
    category_path: tuple[str, ...] = ()
    sensitivity: str
    emergency: bool = False
    emergency_of_place: bool = False  # in emergency because its place is
    caller_unit: str | None = None


class Rung(msgspec.Struct, frozen=True, kw_only=True):
    """A step of the ladder with the post it addresses, as both were at the start."""

    step: LadderStep
    post: str | None = None
    unit: str | None = None


class Duty(msgspec.Struct, frozen=True, kw_only=True):
    """A post that has a shift on duty, and the persons on it."""

    post: str
    unit: str
    people: tuple[str, ...]


class Owner(msgspec.Struct, kw_only=True):
    """A post that has the duty. `level` is None when it is not known; `rung` is the step that added it, None for the first and by hand."""

    post: str
    unit: str
    level: PostLevel | None
    since: datetime
    rung: int | None = None
    by: Actor = Actor()
    reason: str | None = None
    released_at: datetime | None = None
    released_by: Actor | None = None
    release_reason: str | None = None


class StepRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What a step did. (step, attempt) is there once."""

    step: int
    attempt: int
    at: datetime
    kind: StepKind
    outcome: Outcome
    post: str | None = None
    people: tuple[str, ...] = ()  # on duty, where the step addressed a shift


class Acknowledgement(msgspec.Struct, kw_only=True):
    """An owner says that it acts, until when it is believed."""

    at: datetime
    by: Actor
    post: str
    text: str
    until: datetime


class Occasion(msgspec.Struct, frozen=True, kw_only=True):
    """One reason for which the ladder was started, or would have been while it ran."""

    at: datetime
    trigger: Trigger
    reason: str
