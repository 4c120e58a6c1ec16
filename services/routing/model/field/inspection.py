"""One task of a campaign: a target that a post visits, and what was found there (R-27, R-28, R-39)."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Literal

import msgspec

from services.chassis.events import Actor, EventData
from services.chassis.ids import new_id
from services.routing.errors.campaign import (
    ChecklistNotAnswered,
    ItemNeedsEvidence,
    ItemsNotMet,
    TaskStateForbids,
    VisitNeedsCompany,
)
from services.routing.events import campaign as events
from services.routing.model.field.campaign import Campaign, ChecklistItem, Target, VisitMode
from services.routing.model.order.evidence import Evidence, check_evidence
from services.routing.model.organisation.organisation import Post
from services.routing.model.texts import optional, required


class TaskState(StrEnum):
    """Where in the process a task is (domain.md §3.10); rectification and re-check are states of its hazards."""

    ASSIGNED = "assigned"
    VISITED = "visited"
    CLEAN = "clean"
    HAZARD = "hazard"
    CLOSED = "closed"
    DROPPED = "dropped"


class VisitOutcome(StrEnum):
    """Whether those who went there could do what they went for."""

    REACHED = "reached"
    NOBODY_THERE = "nobody_there"
    NOT_ADMITTED = "not_admitted"


TaskAct = Literal["assign", "attempt", "visit", "clear", "find", "settle", "drop"]

_S = TaskState
TRANSITIONS: dict[TaskAct, tuple[frozenset[TaskState], TaskState]] = {
    "assign": (frozenset({_S.ASSIGNED}), _S.ASSIGNED),
    "attempt": (frozenset({_S.ASSIGNED}), _S.ASSIGNED),
    "visit": (frozenset({_S.ASSIGNED}), _S.VISITED),
    "clear": (frozenset({_S.VISITED}), _S.CLEAN),
    "find": (frozenset({_S.VISITED, _S.HAZARD}), _S.HAZARD),
    "settle": (frozenset({_S.HAZARD}), _S.CLOSED),
    "drop": (frozenset({_S.ASSIGNED}), _S.DROPPED),
}
UNVISITED = (TaskState.ASSIGNED, TaskState.VISITED)
ENDED = frozenset({TaskState.CLEAN, TaskState.CLOSED, TaskState.DROPPED})
_DONE: dict[TaskAct, tuple[str, str]] = {
    "assign": ("given to another post", "改派"),
    "attempt": ("visited", "登记走访"),
    "visit": ("visited", "登记走访"),
    "clear": ("found clean", "判为合格"),
    "find": ("given a hazard", "登记隐患"),
    "settle": ("closed", "销号"),
    "drop": ("dropped", "取消"),
}
_STATE_ZH = {
    _S.ASSIGNED: "待走访",
    _S.VISITED: "已走访",
    _S.CLEAN: "合格",
    _S.HAZARD: "有隐患",
    _S.CLOSED: "已闭环",
    _S.DROPPED: "已取消",
}


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What was found about one item of the checklist."""

    item: str
    met: bool
    note: str | None = None
    evidence: tuple[Evidence, ...] = ()


class VisitRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One visit; `units` took part beside the visitor's own, `leader_post` led it."""

    at: datetime
    by: Actor
    mode: VisitMode
    outcome: VisitOutcome
    units: tuple[str, ...] = ()
    leader_post: str | None = None
    note: str | None = None
    answers: tuple[Answer, ...] = ()


class InspectionTask(msgspec.Struct, kw_only=True):
    """The aggregate. `due_at` is None once nobody has to go there; `open` until nothing is left to do."""

    id: str
    version: int = 0
    sequence: int = 0
    previous: dict[str, int] = msgspec.field(default_factory=dict)
    campaign_id: str
    label: str
    asset_id: str | None
    address: str | None
    area_id: str
    area_path: tuple[str, ...]
    grid_id: str
    sensitivity: str
    post: str
    unit: str
    visit_by: datetime
    state: TaskState = TaskState.ASSIGNED
    open: bool = True
    due_at: datetime | None
    next_step_at: datetime | None
    overdue_since: datetime | None = None
    visits: list[VisitRecord] = msgspec.field(default_factory=list)
    open_hazards: int = 0
    hazards: int = 0
    drop_reason: str | None = None
    ended_at: datetime | None = None

    @classmethod
    def assign(cls, campaign: Campaign, target: Target) -> tuple["InspectionTask", list[EventData]]:
        """The task for a target of an active campaign."""
        task = cls(
            id=new_id("inspection"),
            campaign_id=campaign.id,
            label=target.label,
            asset_id=target.asset_id,
            address=target.address,
            area_id=target.area_id,
            area_path=target.area_path,
            grid_id=target.grid_id,
            sensitivity=campaign.sensitivity,
            post=target.post,
            unit=target.unit,
            visit_by=campaign.due_at,
            due_at=campaign.due_at,
            next_step_at=campaign.due_at,
        )
        return task, [task._assigned()]

    @property
    def unmet(self) -> list[str]:
        """The items of the checklist that were not met at the visit."""
        return [answer.item for answer in self.visits[-1].answers if not answer.met] if self.visits else []

    def give_to(self, post: Post) -> list[EventData]:
        """Another post goes there."""
        self._allow("assign")
        self.post, self.unit = post.id, post.unit_id
        return [self._assigned()]

    def visit(self, record: VisitRecord, checklist: Sequence[ChecklistItem]) -> list[EventData]:
        """Record a visit. In vain it stays to be done; else every item of the checklist is answered."""
        reached = record.outcome is VisitOutcome.REACHED
        self._allow("visit" if reached else "attempt")
        if (record.mode is VisitMode.JOINT and not record.units) or (
            record.mode is VisitMode.LEADER_LED and record.leader_post is None
        ):
            raise VisitNeedsCompany(path=("mode",))
        record = msgspec.structs.replace(record, note=optional(record.note, ("note",)))
        if not reached:
            self.visits.append(msgspec.structs.replace(record, answers=()))
            return [events.InspectionAttempted(task_id=self.id, campaign_id=self.campaign_id, outcome=record.outcome)]
        _check_answers(record.answers, checklist)
        self.visits.append(record)
        self._enter("visit", record.at)
        unmet = len(self.unmet)
        return [
            events.InspectionVisited(
                task_id=self.id,
                campaign_id=self.campaign_id,
                mode=record.mode,
                met=len(record.answers) - unmet,
                unmet=unmet,
            )
        ]

    def clear(self, now: datetime) -> list[EventData]:
        """Nothing is wrong there."""
        self._allow("clear")
        if self.unmet:
            raise ItemsNotMet(items=", ".join(self.unmet))
        self._enter("clear", now)
        return [events.InspectionCleared(task_id=self.id, campaign_id=self.campaign_id)]

    def find(self, hazard_id: str, now: datetime) -> list[EventData]:
        """A hazard was found there; there may be several."""
        self._allow("find")
        self.hazards += 1
        self.open_hazards += 1
        self._enter("find", now)
        return [events.InspectionHazardFound(task_id=self.id, campaign_id=self.campaign_id, hazard_id=hazard_id)]

    def hazard_closed(self, now: datetime) -> list[EventData]:
        """One of its hazards is closed; the task ends with the last. No event before that."""
        self._allow("settle")
        self.open_hazards -= 1
        if self.open_hazards:
            return []
        self._enter("settle", now)
        return [events.InspectionClosed(task_id=self.id, campaign_id=self.campaign_id)]

    def drop(self, reason: str, now: datetime) -> list[EventData]:
        """There is nothing to visit: the shop is gone, the house is pulled down."""
        self._allow("drop")
        self.drop_reason = required(reason, "reason", "取消理由", ("reason",))
        self._enter("drop", now)
        return [events.InspectionDropped(task_id=self.id, campaign_id=self.campaign_id)]

    def note_overdue(self, now: datetime) -> list[EventData]:
        """The timer's step. No event when the visit was made, or is known to be late."""
        if self.due_at is None or now < self.due_at or self.overdue_since:
            return []
        self.overdue_since = self.due_at
        self.next_step_at = None
        return [
            events.InspectionOverdue(
                task_id=self.id,
                campaign_id=self.campaign_id,
                post=self.post,
                area_path=list(self.area_path),
                due_at=self.due_at,
            )
        ]

    def _allow(self, act: TaskAct) -> None:
        if self.state not in TRANSITIONS[act][0]:
            done, done_zh = _DONE[act]
            raise TaskStateForbids(
                state=self.state.value, state_zh=_STATE_ZH[self.state], command=done, command_zh=done_zh
            )

    def _enter(self, act: TaskAct, now: datetime) -> None:
        self.state = TRANSITIONS[act][1]
        self.due_at = self.next_step_at = None
        self.open = self.state not in ENDED
        self.ended_at = None if self.open else now

    def _assigned(self) -> events.InspectionAssigned:
        return events.InspectionAssigned(
            task_id=self.id,
            campaign_id=self.campaign_id,
            post=self.post,
            unit=self.unit,
            area_path=list(self.area_path),
            due_at=self.visit_by,
        )


def _check_answers(answers: Sequence[Answer], checklist: Sequence[ChecklistItem]) -> None:
    given = [answer.item for answer in answers]
    asked = [item.code for item in checklist]
    if sorted(given) != sorted(asked):
        wrong = sorted(set(given) ^ set(asked)) or sorted({item for item in given if given.count(item) > 1})
        raise ChecklistNotAnswered(path=("answers",), items=", ".join(wrong))
    shown = {item.code for item in checklist if item.evidence}
    for answer in answers:
        check_evidence(answer.evidence)
        optional(answer.note, ("answers", "note"))
        if answer.item in shown and not answer.evidence:
            raise ItemNeedsEvidence(path=("answers",), item=answer.item)
