"""What was decided about one report: the facts routing knew, the lead, the rule and the reasons. One per routing of a report;
the newest counts. It is also routing's own memory of the report (number, place, caller), so that no other service is asked.
"""

from datetime import datetime
from typing import Literal

import msgspec

from services.chassis.events import EventData
from services.chassis.ids import new_id
from services.routing.events.work_order import DecisionMade
from services.routing.model.organisation.directory import Directory
from services.routing.model.organisation.point import Point
from services.routing.model.rules.conditions import Condition
from services.routing.model.rules.matter import Mode
from services.routing.model.rules.routing import Facts, Met, PassedOver, Unresolved, Verdict, WhyNot

OTHER_DISPUTE = "other"


class ReportFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A report as its triage announced it; `mode` is the one it was routed in, `overlays` the overlay grids it lies in."""

    report_id: str
    number: str
    category: str
    category_path: tuple[str, ...]
    dispute_type: str | None
    area_id: str | None
    area_path: tuple[str, ...]
    place: Point | None = None
    urgency: str
    sensitivity: str
    received_at: datetime
    caller_person: str | None = None
    caller_post: str | None = None
    caller_unit: str | None = None
    kind: str | None = None
    call_level: str | None = None
    channel: str | None = None
    track: str | None = None
    mode: str = Mode.ROUTINE
    mode_of_place: bool = False  # in emergency because its place is
    importance: str | None = None
    overlays: tuple[str, ...] = ()

    def facts(self, at: datetime) -> Facts:
        """The part that routing decides by, at a moment."""
        return Facts(
            category_path=self.category_path,
            area_path=self.area_path,
            overlays=self.overlays,
            dispute_type=self.dispute_type,
            kind=self.kind,
            call_level=self.call_level,
            channel=self.channel,
            track=self.track,
            mode=self.mode,
            urgency=self.urgency,
            sensitivity=self.sensitivity,
            at=at,
        )


class Replaced(msgspec.Struct, frozen=True, kw_only=True):
    """The decision that held before: who led, and which facts have changed since (domain.md §4, 2)."""

    decision_id: str
    decided_at: datetime
    lead_post: str
    lead_unit: str
    changed: tuple[Condition, ...]


class Decision(msgspec.Struct, kw_only=True):
    """Who leads a report, and why: the rule that decided and what it asked for, the ruling that named another lead, and the
    earlier rules. `current` until the report is routed again."""

    id: str
    version: int = 0
    sequence: int = 0
    previous: dict[str, int] = msgspec.field(default_factory=dict)
    report: ReportFacts
    path: Literal["order", "mediation"]
    rule_id: str
    lead_post: str
    lead_unit: str
    unresolved: Unresolved | None
    passed_over: tuple[PassedOver, ...]
    met: tuple[Met, ...] = ()
    ruling_id: str | None = None
    other_categories: int
    converted: bool
    organisation_version: int
    rule_set: int = 0
    current: bool = True
    replaced: Replaced | None = None
    decided_at: datetime

    @classmethod
    def of(
        cls,
        report: ReportFacts,
        verdict: Verdict,
        directory: Directory,
        now: datetime,
        *,
        converted: bool = False,
        earlier: "Decision | None" = None,
    ) -> tuple["Decision", list[EventData]]:
        """Put a verdict on record, in the place of an `earlier` one. Earlier rules for other kinds of matter are counted, not listed.

        Only a decision for mediation is announced; one for an order is announced by the order's dispatch.
        """
        telling = tuple(
            row for row in verdict.passed_over if row.why not in (WhyNot.OTHER_CATEGORY, WhyNot.NOT_FOR_DISPUTES)
        )
        decision = cls(
            id=new_id("decision"),
            report=report,
            path=verdict.path,
            rule_id=verdict.rule_id,
            lead_post=verdict.lead_post,
            lead_unit=verdict.lead_unit,
            unresolved=verdict.unresolved,
            passed_over=telling,
            met=verdict.met,
            ruling_id=verdict.ruling_id,
            other_categories=len(verdict.passed_over) - len(telling),
            converted=converted,
            organisation_version=directory.version,
            rule_set=directory.rule_set,
            decided_at=now,
            replaced=earlier._replaced_by(report) if earlier else None,
        )
        return decision, [decision._made()] if verdict.path == "mediation" else []

    def _replaced_by(self, report: ReportFacts) -> Replaced:
        """This decision as the next one remembers it. That time has passed is no change."""
        old, new = self.report.facts(self.decided_at), report.facts(self.decided_at)
        changed = tuple(
            condition
            for condition in Condition
            if condition is not Condition.AREA_LEVEL and old.actual(condition) != new.actual(condition)
        )
        return Replaced(
            decision_id=self.id,
            decided_at=self.decided_at,
            lead_post=self.lead_post,
            lead_unit=self.lead_unit,
            changed=changed,
        )

    def _made(self) -> DecisionMade:
        return DecisionMade(
            decision_id=self.id,
            report_id=self.report.report_id,
            path=self.path,
            rule_id=self.rule_id,
            lead_post=self.lead_post,
            lead_unit=self.lead_unit,
            dispute_type=self.report.dispute_type or OTHER_DISPUTE,
        )
