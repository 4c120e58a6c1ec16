"""A key task: broken down by weight, reported on at a cadence, accepted or returned by its issuer (domain.md §3.4, R-13).

drafted → issued → acknowledged (by every addressee) → in_progress → submitted → accepted or returned → closed; revoked.
A livelihood project (R-36) is a key task with a budget and beneficiaries, whose parts are its milestones.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import ClassVar

import msgspec

from services.chassis.errors import InvalidInput, NotFound
from services.chassis.events import Actor, EventData
from services.chassis.ids import new_id
from services.routing.errors.directive import (
    AddresseeJudgesItself,
    AlreadyAcknowledged,
    CadenceWrong,
    DueTooEarly,
    PartNotAddressed,
    PartNotYours,
    PartsUnfinished,
    ProgressNeedsEvidence,
    ProgressWrong,
    WeightsWrong,
)
from services.routing.events.directive import (
    DirectiveAccepted,
    DirectiveAcknowledged,
    DirectiveBrokenDown,
    DirectiveProgressed,
    DirectiveReturned,
    DirectiveRevoked,
    DirectiveSubmitted,
)
from services.routing.model.directive.directive import (
    Brief,
    Directive,
    DirectiveKind,
    DirectiveState,
    Transitions,
    check_due,
)
from services.routing.model.duty import Duty, WorkKind
from services.routing.model.order.evidence import Evidence, check_evidence
from services.routing.model.organisation.organisation import Post
from services.routing.model.texts import required

_SHORTEST, _LONGEST = timedelta(hours=1), timedelta(days=366)
_S = DirectiveState
_AT_WORK = frozenset({_S.ACKNOWLEDGED, _S.IN_PROGRESS, _S.RETURNED})


class ProgressReport(msgspec.Struct, frozen=True, kw_only=True):
    """How far a part is: a number with what shows it. `spent_fen` is what a project has spent so far."""

    at: datetime
    by: Actor
    percent: int
    text: str
    evidence: tuple[Evidence, ...]
    spent_fen: int | None = None


class Part(msgspec.Struct, kw_only=True):
    """A share of a key task by weight, for one addressed post."""

    id: str
    title: str
    post: str
    unit: str
    weight: int
    due_at: datetime
    reports: list[ProgressReport] = msgspec.field(default_factory=list)
    report_due_at: datetime | None = None
    reports_missed: int = 0
    overdue: bool = False

    @property
    def percent(self) -> int:
        """What the last report says, 0 before the first."""
        return self.reports[-1].percent if self.reports else 0


class PartBrief(msgspec.Struct, frozen=True, kw_only=True):
    """A part as somebody asks for it."""

    title: str
    post: str
    weight: int
    due_at: datetime | None = None


class Project(msgspec.Struct, frozen=True, kw_only=True):
    """What makes a key task a livelihood project: its year, its budget in fen, and for how many (R-36)."""

    year: int
    budget_fen: int
    households: int


class Handing(msgspec.Struct, frozen=True, kw_only=True):
    """The whole, handed in."""

    at: datetime
    by: Actor
    summary: str
    evidence: tuple[Evidence, ...]


class TaskReturn(msgspec.Struct, frozen=True, kw_only=True):
    """The issuer is not satisfied, and why."""

    at: datetime
    by: Actor
    reason: str


class KeyTask(Directive, kw_only=True, tag_field="kind", tag="key_task"):
    """The aggregate; see `Directive` for what its methods promise. The weights of its parts sum to 100 at all times."""

    KIND: ClassVar[DirectiveKind] = DirectiveKind.KEY_TASK
    TRANSITIONS: ClassVar[Transitions] = {
        "issue": (frozenset({_S.DRAFTED}), _S.ISSUED),
        "acknowledge": (frozenset({_S.ISSUED}), None),
        "all_acknowledged": (frozenset({_S.ISSUED}), _S.ACKNOWLEDGED),
        "break_down": (frozenset({_S.DRAFTED, _S.ISSUED, _S.ACKNOWLEDGED}), None),
        "report": (_AT_WORK, _S.IN_PROGRESS),
        "open_order": (_AT_WORK, None),
        "submit": (frozenset({_S.IN_PROGRESS}), _S.SUBMITTED),
        "accept": (frozenset({_S.SUBMITTED}), _S.ACCEPTED),
        "return": (frozenset({_S.SUBMITTED}), _S.RETURNED),
        "close": (frozenset({_S.ACCEPTED}), _S.CLOSED),
        "revoke": (frozenset({_S.DRAFTED, _S.ISSUED, _S.SUBMITTED}) | _AT_WORK, _S.REVOKED),
    }
    RUNNING: ClassVar[frozenset[DirectiveState]] = frozenset({_S.ISSUED}) | _AT_WORK

    acknowledge_by: datetime
    cadence: timedelta
    parts: list[Part]
    project: Project | None = None
    acknowledgement_overdue: bool = False
    handing: Handing | None = None
    returns: list[TaskReturn] = msgspec.field(default_factory=list)
    accepted_at: datetime | None = None
    accepted_by: Actor | None = None
    revoke_reason: str | None = None

    @classmethod
    def draft(
        cls,
        brief: Brief,
        *,
        due_at: datetime,
        acknowledge_by: datetime,
        cadence: timedelta,
        parts: Sequence[PartBrief],
        project: Project | None,
        now: datetime,
        by: Actor,
    ) -> tuple["KeyTask", list[EventData]]:
        """A task as drafted. Without parts, every addressee gets one of equal weight. Raises Refusal."""
        check_due(acknowledge_by, now, ("acknowledgeBy",))
        if due_at <= acknowledge_by:
            raise DueTooEarly(path=("dueAt",))
        if project and (project.budget_fen < 0 or project.households < 0):
            raise InvalidInput(path=("project",), reason=">= 0")
        task, events = cls._draft(
            brief,
            *(now, by),
            due_at=due_at,
            acknowledge_by=acknowledge_by,
            cadence=cadence,
            parts=[],
            project=project,
        )
        task.parts = task._parts(parts or task._equal_shares(), now)
        return task, events

    @property
    def progress(self) -> int:
        """How far the whole is, 0 to 100: the parts by weight, rounded down, so that 100 means all of it."""
        return sum(part.weight * part.percent for part in self.parts) // 100

    @property
    def spent_fen(self) -> int:
        """What the parts last reported as spent."""
        return sum(
            next((report.spent_fen for report in reversed(part.reports) if report.spent_fen is not None), 0)
            for part in self.parts
        )

    def acknowledge(self, now: datetime, by: Actor) -> list[EventData]:
        """A post says that it has the task; the task is acknowledged when every addressee has."""
        self._allow("acknowledge")
        own = [addressee for addressee in self.addressed(by) if addressee.acknowledged_at is None]
        if not own:
            raise AlreadyAcknowledged
        for addressee in own:
            addressee.acknowledged_at, addressee.acknowledged_by = now, by
        complete = all(addressee.acknowledged_at for addressee in self.addressees)
        if complete:
            for part in self.parts:
                part.report_due_at = now + self.cadence
        self._enter("all_acknowledged" if complete else "acknowledge")
        return [
            DirectiveAcknowledged(
                **self.facts, post=addressee.post, unit=addressee.unit, all=complete and addressee is own[-1]
            )
            for addressee in own
        ]

    def break_down(self, parts: Sequence[PartBrief], now: datetime) -> list[EventData]:
        """Divide the task anew, before anybody has reported on it."""
        self._allow("break_down")
        self.parts = self._parts(parts, now)
        if self.state is _S.ACKNOWLEDGED:
            for part in self.parts:
                part.report_due_at = now + self.cadence
        self._enter("break_down")
        return [
            DirectiveBrokenDown(
                **self.facts,
                parts=[part.id for part in self.parts],
                posts=[part.post for part in self.parts],
                weights=[part.weight for part in self.parts],
            )
        ]

    def report(
        self,
        part_id: str,
        percent: int,
        text: str,
        evidence: Sequence[Evidence],
        spent_fen: int | None,
        now: datetime,
        by: Actor,
    ) -> list[EventData]:
        """The unit of a part says how far it is, with evidence; the next report is due one cadence later."""
        self._allow("report")
        part = self.part(part_id)
        if by.post != part.post and by.unit != part.unit:
            raise PartNotYours(path=("partId",))
        if not 0 <= percent <= 100:
            raise ProgressWrong(path=("percent",))
        if not evidence:
            raise ProgressNeedsEvidence(path=("evidence",))
        check_evidence(evidence)
        if spent_fen is not None and spent_fen < 0:
            raise InvalidInput(path=("spentFen",), reason=">= 0")
        text = required(text, "text", "进展情况", ("text",))
        part.reports.append(
            ProgressReport(at=now, by=by, percent=percent, text=text, evidence=tuple(evidence), spent_fen=spent_fen)
        )
        part.report_due_at = now + self.cadence
        self._enter("report")
        return [
            DirectiveProgressed(
                **self.facts,
                part_id=part.id,
                percent=percent,
                progress=self.progress,
                evidence_count=len(evidence),
            )
        ]

    def submit(self, summary: str, evidence: Sequence[Evidence], now: datetime, by: Actor) -> list[EventData]:
        """An addressee hands the whole in; every part is at 100."""
        self._allow("submit")
        self.addressed(by)
        unfinished = [part.title for part in self.parts if part.percent < 100]
        if unfinished:
            raise PartsUnfinished(parts="; ".join(unfinished))
        check_evidence(evidence)
        summary = required(summary, "summary", "完成情况", ("summary",))
        self.handing = Handing(at=now, by=by, summary=summary, evidence=tuple(evidence))
        self._enter("submit")
        return [DirectiveSubmitted(**self.facts, evidence_count=len(evidence))]

    def accept(self, now: datetime, by: Actor) -> list[EventData]:
        """The issuing side is satisfied."""
        self._allow("accept")
        self._check_outsider(by)
        self.accepted_at, self.accepted_by = now, by
        self._enter("accept")
        return [DirectiveAccepted(**self.facts)]

    def give_back(self, reason: str, due_at: datetime | None, now: datetime, by: Actor) -> list[EventData]:
        """The issuing side is not satisfied; with a new deadline supervision begins anew, without one the old runs on."""
        self._allow("return")
        self._check_outsider(by)
        reason = required(reason, "reason", "退回理由", ("reason",))
        if due_at is not None:
            check_due(due_at, now)
            self.due_at, self.supervised, self.supervised_at = due_at, 0, None
        self.returns.append(TaskReturn(at=now, by=by, reason=reason))
        for part in self.parts:
            part.report_due_at = now + self.cadence
        self._enter("return")
        return [DirectiveReturned(**self.facts, due_at=self.due_at)]

    def close(self, now: datetime) -> list[EventData]:
        """The accepted task is filed."""
        self._allow("close")
        return self._closed(now)

    def revoke(self, reason: str, now: datetime) -> list[EventData]:
        """The task no longer holds."""
        self._allow("revoke")
        self.revoke_reason = required(reason, "reason", "撤销理由", ("reason",))
        self.closed_at = now
        self._enter("revoke")
        return [DirectiveRevoked(**self.facts)]

    def duties(self) -> list[Duty]:
        """To acknowledge it, then to report on each part that is not finished; a part is due at its own deadline too."""
        if self.state is _S.ISSUED:
            silent = [addressee.post for addressee in self.addressees if addressee.acknowledged_at is None]
            return [Duty(kind=WorkKind.ACKNOWLEDGE, of=post, post=post, due_at=self.acknowledge_by) for post in silent]
        return [
            Duty(
                kind=WorkKind.REPORT_PROGRESS,
                of=part.id,
                post=part.post,
                due_at=min(part.report_due_at or part.due_at, part.due_at),
            )
            for part in self._unfinished()
        ]

    def _hand_over(self, old: str, new: Post) -> None:
        super()._hand_over(old, new)
        for part in self.parts:
            if part.post == old:
                part.post, part.unit = new.id, new.unit_id

    def part(self, part_id: str) -> Part:
        """The part with this id. Raises NotFound."""
        part = next((part for part in self.parts if part.id == part_id), None)
        if part is None:
            raise NotFound(what="part", path=("partId",))
        return part

    def unit_of(self, subject_id: str) -> str:
        """The unit of a part. Raises NotFound."""
        return self.part(subject_id).unit

    def late_posts(self) -> list[str]:
        """Who has not finished its part; when all have, whoever should have handed the whole in: every addressee."""
        unfinished = [part.post for part in self.parts if part.percent < 100]
        return list(dict.fromkeys(unfinished)) or super().late_posts()

    def _announce(self, now: datetime) -> list[EventData]:
        events: list[EventData] = []
        if self._acknowledgement_runs and self.acknowledge_by <= now:
            self.acknowledgement_overdue = True
            silent = [addressee.post for addressee in self.addressees if addressee.acknowledged_at is None]
            events.append(self._overdue("acknowledgement", None, silent, self.acknowledge_by))
        for part in self._unfinished():
            if part.report_due_at and part.report_due_at <= now:
                events.append(self._overdue("report", part.id, [part.post], part.report_due_at))
                missed = (now - part.report_due_at) // self.cadence + 1
                part.reports_missed += missed
                part.report_due_at += missed * self.cadence
            if not part.overdue and part.due_at <= now:
                part.overdue = True
                events.append(self._overdue("part", part.id, [part.post], part.due_at))
        return events

    def _own_steps(self) -> Iterator[datetime]:
        if self._acknowledgement_runs:
            yield self.acknowledge_by
        for part in self._unfinished():
            if part.report_due_at:
                yield part.report_due_at
            if not part.overdue:
                yield part.due_at

    @property
    def _acknowledgement_runs(self) -> bool:
        return self.state is _S.ISSUED and not self.acknowledgement_overdue

    def _unfinished(self) -> list[Part]:
        return [part for part in self.parts if part.percent < 100] if self.state in _AT_WORK else []

    def _check_outsider(self, by: Actor) -> None:
        if by.unit in self.units or by.post in {addressee.post for addressee in self.addressees}:
            raise AddresseeJudgesItself

    def _equal_shares(self) -> list[PartBrief]:
        share, more = divmod(100, len(self.addressees))
        return [
            PartBrief(title=self.title, post=addressee.post, weight=share + (index < more))
            for index, addressee in enumerate(self.addressees)
        ]

    def _parts(self, briefs: Sequence[PartBrief], now: datetime) -> list[Part]:
        total = sum(brief.weight for brief in briefs)
        if total != 100 or any(brief.weight < 1 for brief in briefs):
            raise WeightsWrong(path=("parts",), sum=total)
        unit_of = {addressee.post: addressee.unit for addressee in self.addressees}
        assert self.due_at  # a key task has a deadline from its draft on
        parts = []
        for index, brief in enumerate(briefs):
            path = ("parts", str(index))
            if brief.post not in unit_of:
                raise PartNotAddressed(path=(*path, "postId"), post=brief.post)
            due_at = brief.due_at or self.due_at
            if not now < due_at <= self.due_at:
                raise DueTooEarly(path=(*path, "dueAt"))
            parts.append(
                Part(
                    id=new_id("part"),
                    title=required(brief.title, "title", "标题", (*path, "title")),
                    post=brief.post,
                    unit=unit_of[brief.post],
                    weight=brief.weight,
                    due_at=due_at,
                )
            )
        return parts


def cadence_of(text: str) -> timedelta:
    """How often to report, from an ISO 8601 duration in weeks, days and hours. Raises CadenceWrong."""
    if weeks := re.fullmatch(r"P(\d{1,2})W", text):
        text = f"P{7 * int(weeks[1])}D"
    try:
        cadence = msgspec.convert(text, timedelta)
    except msgspec.ValidationError:
        raise CadenceWrong(path=("cadence",)) from None
    if not _SHORTEST <= cadence <= _LONGEST:
        raise CadenceWrong(path=("cadence",))
    return cadence
