"""A hazard: found, rectified by the responsible unit, re-checked by somebody else, closed (R-27).

A hazard that the street cannot rectify is handed over to a work order; what comes back from there is re-checked like the rest.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

import msgspec

from services.chassis.events import Actor, EventData
from services.chassis.ids import human_number, new_id
from services.routing.errors.campaign import DueInThePast, HazardStateForbids, RecheckerRectified
from services.routing.errors.work_order import EvidenceMissing
from services.routing.events import hazard as events
from services.routing.model.duty import Duty, WorkKind
from services.routing.model.order.evidence import Evidence, check_evidence
from services.routing.model.rules.policy import DEFAULT_WAITS
from services.routing.model.texts import optional, required

# Somebody looks whether it is really done while people still remember what was wrong.


class HazardState(StrEnum):
    """Where in the process a hazard is."""

    FOUND = "found"
    RECTIFYING = "rectifying"
    HANDED_OVER = "handed_over"
    RECTIFIED = "rectified"
    RECHECKED = "rechecked"
    CLOSED = "closed"


class Severity(StrEnum):
    """How dangerous it is (一般/较大/重大)."""

    GENERAL = "general"
    SERIOUS = "serious"
    MAJOR = "major"


HazardAct = Literal["start", "hand_over", "rectify", "recheck_fails", "recheck_passes", "close"]

_S = HazardState
TRANSITIONS: dict[HazardAct, tuple[frozenset[HazardState], HazardState]] = {
    "start": (frozenset({_S.FOUND}), _S.RECTIFYING),
    "hand_over": (frozenset({_S.FOUND, _S.RECTIFYING}), _S.HANDED_OVER),
    "rectify": (frozenset({_S.RECTIFYING, _S.HANDED_OVER}), _S.RECTIFIED),
    "recheck_fails": (frozenset({_S.RECTIFIED}), _S.RECTIFYING),
    "recheck_passes": (frozenset({_S.RECTIFIED}), _S.RECHECKED),
    "close": (frozenset({_S.RECHECKED}), _S.CLOSED),
}
_DONE: dict[HazardAct, tuple[str, str]] = {
    "start": ("taken up", "开始整改"),
    "hand_over": ("handed over", "移交"),
    "rectify": ("rectified", "提交整改"),
    "recheck_fails": ("re-checked", "复查"),
    "recheck_passes": ("re-checked", "复查"),
    "close": ("closed", "销号"),
}
_STATE_ZH = {
    _S.FOUND: "待整改",
    _S.RECTIFYING: "整改中",
    _S.HANDED_OVER: "已移交",
    _S.RECTIFIED: "待复查",
    _S.RECHECKED: "复查通过",
    _S.CLOSED: "已销号",
}
_RECTIFICATION_RUNS = frozenset({_S.FOUND, _S.RECTIFYING, _S.HANDED_OVER})


class Rectification(msgspec.Struct, frozen=True, kw_only=True):
    """What was done about it, and what shows it."""

    at: datetime
    by: Actor
    note: str
    evidence: tuple[Evidence, ...]


class Recheck(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody else looked whether it is really done."""

    at: datetime
    by: Actor
    passed: bool
    note: str
    evidence: tuple[Evidence, ...]


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What was found, where, and who must see to it by when. It came from a task of a campaign, or from none."""

    description: str
    severity: Severity
    unit: str
    due_at: datetime
    area_id: str
    area_path: tuple[str, ...]
    evidence: tuple[Evidence, ...] = ()
    asset_id: str | None = None
    task_id: str | None = None
    campaign_id: str | None = None
    sensitivity: str = "internal"
    recheck_within: timedelta = DEFAULT_WAITS.hazard_recheck


class Hazard(msgspec.Struct, kw_only=True):
    """The aggregate. `due_at` is what is to be done next: rectify, or re-check; None when neither is."""

    id: str
    version: int = 0
    sequence: int = 0
    previous: dict[str, int] = msgspec.field(default_factory=dict)
    number: str
    description: str
    severity: Severity
    unit: str
    rectify_by: datetime
    area_id: str
    area_path: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    asset_id: str | None
    task_id: str | None
    campaign_id: str | None
    sensitivity: str
    found_at: datetime
    found_by: Actor
    state: HazardState = HazardState.FOUND
    open: bool = True
    due_at: datetime | None
    next_step_at: datetime | None
    overdue_since: datetime | None = None
    handed_over_because: str | None = None
    work_order_id: str | None = None
    rectifications: list[Rectification] = msgspec.field(default_factory=list)
    rechecks: list[Recheck] = msgspec.field(default_factory=list)
    closed_at: datetime | None = None
    recheck_within: timedelta = DEFAULT_WAITS.hazard_recheck

    @classmethod
    def find(cls, finding: Finding, now: datetime, by: Actor) -> tuple["Hazard", list[EventData]]:
        """A new hazard; the responsible unit's clock runs."""
        due = finding.due_at
        if due <= now:
            raise DueInThePast(path=("dueAt",))
        check_evidence(finding.evidence)
        values = msgspec.structs.asdict(finding)
        values["description"] = required(finding.description, "description", "隐患描述", ("description",))
        del values["due_at"]
        hazard = cls(
            id=new_id("hazard"),
            number=human_number(now),
            rectify_by=due,
            due_at=due,
            next_step_at=due,
            found_at=now,
            found_by=by,
            **values,
        )
        return hazard, [
            events.HazardFound(
                hazard_id=hazard.id,
                number=hazard.number,
                severity=hazard.severity,
                unit=hazard.unit,
                asset_id=hazard.asset_id,
                task_id=hazard.task_id,
                campaign_id=hazard.campaign_id,
                area_path=list(hazard.area_path),
                due_at=due,
            )
        ]

    def start(self) -> list[EventData]:
        """The responsible unit takes it up."""
        self._allow("start")
        self._enter("start", self.rectify_by)
        return [events.HazardRectificationStarted(hazard_id=self.id, unit=self.unit)]

    def hand_over(self, reason: str, order_id: str, unit: str) -> list[EventData]:
        """It is beyond the street's means; the order carries it from here, and the unit that leads it is responsible."""
        self._allow("hand_over")
        self.handed_over_because = required(reason, "reason", "移交理由", ("reason",))
        self.work_order_id = order_id
        self.unit = unit
        self._enter("hand_over", self.rectify_by)
        return [events.HazardHandedOver(hazard_id=self.id, order_id=order_id, unit=unit)]

    def rectify(self, note: str, evidence: Sequence[Evidence], now: datetime, by: Actor) -> list[EventData]:
        """Hand in what was done, always with evidence; the re-check falls due."""
        self._allow("rectify")
        note = required(note, "note", "整改说明", ("note",))
        if not evidence:
            raise EvidenceMissing(path=("evidence",))
        check_evidence(evidence)
        return self._rectified(note, evidence, now, by)

    def rectified_by_order(self, reply: str, evidence: Sequence[Evidence], now: datetime, by: Actor) -> list[EventData]:
        """The order that carries it is done and checked, with its evidence or a reason for having none; `by` handed the reply in."""
        self._allow("rectify")
        return self._rectified(reply, evidence, now, by)

    def _rectified(self, note: str, evidence: Sequence[Evidence], now: datetime, by: Actor) -> list[EventData]:
        self.rectifications.append(Rectification(at=now, by=by, note=note, evidence=tuple(evidence)))
        recheck_by = now + self.recheck_within
        self._enter("rectify", recheck_by)
        return [events.HazardRectified(hazard_id=self.id, evidence_count=len(evidence), recheck_by=recheck_by)]

    def recheck(
        self, *, passed: bool, note: str, evidence: Sequence[Evidence], now: datetime, by: Actor
    ) -> list[EventData]:
        """Somebody who did not rectify it says whether it is done; if not, the unit rectifies again."""
        self._allow("recheck_passes" if passed else "recheck_fails")
        insiders = {self.unit}.union(*((turn.by.person, turn.by.post, turn.by.unit) for turn in self.rectifications))
        if not insiders.isdisjoint({by.person, by.post, by.unit} - {None}):
            raise RecheckerRectified
        check_evidence(evidence)
        text = optional(note, ("note",)) or ""
        if not passed:
            required(note, "note", "复查说明", ("note",))
        self.rechecks.append(Recheck(at=now, by=by, passed=passed, note=text, evidence=tuple(evidence)))
        if passed:
            self._enter("recheck_passes", None)
        else:
            self._enter("recheck_fails", max(self.rectify_by, now + self.recheck_within))
        return [events.HazardRechecked(hazard_id=self.id, passed=passed)]

    def close(self, now: datetime) -> list[EventData]:
        """Strike it off the list."""
        self._allow("close")
        self._enter("close", None)
        self.open = False
        self.closed_at = now
        return [events.HazardClosed(hazard_id=self.id)]

    def duties(self) -> list[Duty]:
        """What it asks: of its unit, to rectify it; once handed over, the order asks its lead."""
        if self.due_at is None or self.state not in (HazardState.FOUND, HazardState.RECTIFYING):
            return []
        return [Duty(kind=WorkKind.RECTIFY, unit=self.unit, due_at=self.due_at)]

    def note_overdue(self, now: datetime) -> list[EventData]:
        """The timer's step. No event when nothing is late, or that is known."""
        if self.due_at is None or now < self.due_at or self.overdue_since:
            return []
        self.overdue_since = self.due_at
        self.next_step_at = None
        what = "rectification" if self.state in _RECTIFICATION_RUNS else "recheck"
        return [
            events.HazardOverdue(
                hazard_id=self.id, what=what, unit=self.unit, area_path=list(self.area_path), due_at=self.due_at
            )
        ]

    def _allow(self, act: HazardAct) -> None:
        if self.state not in TRANSITIONS[act][0]:
            done, done_zh = _DONE[act]
            raise HazardStateForbids(
                state=self.state.value, state_zh=_STATE_ZH[self.state], command=done, command_zh=done_zh
            )

    def _enter(self, act: HazardAct, due: datetime | None) -> None:
        """`due` is when the next act is owed; a delay that is known is not announced again for the same date."""
        self.state = TRANSITIONS[act][1]
        if due != self.due_at:
            self.overdue_since = None
            self.next_step_at = due
        self.due_at = due
