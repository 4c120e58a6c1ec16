"""What a rule set would have done: every matter of a period decided again by it and by the set in force, and counted.

It runs in batches and keeps its place, so that it survives the process that counts.
"""

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from services.chassis.errors import InvalidInput
from services.chassis.events import Actor, EventData
from services.chassis.ids import new_id
from services.routing.events.dry_run import DryRunFinished, DryRunStarted
from services.routing.model.rules.decision import ReportFacts
from services.routing.model.rules.routing import Verdict
from services.routing.model.rules.rule_set import RuleSet

MAX_DAYS = 366
EXAMPLES = 5


class DryRunState(StrEnum):
    """Whether it is still counting."""

    RUNNING = "running"
    DONE = "done"


class Tally(msgspec.Struct, kw_only=True):
    """How many matters: by the rules in force, and by the rules tried."""

    before: int = 0
    after: int = 0


class Move(msgspec.Struct, kw_only=True):
    """Matters that would have another lead; `examples` are some of the reports."""

    from_post: str
    to_post: str
    count: int = 0
    examples: list[str] = msgspec.field(default_factory=list)


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """The last decision that was counted."""

    decided_at: datetime
    decision_id: str


class DryRun(msgspec.Struct, kw_only=True):
    """One trial of the set `rule_set_id` against the set `against_id`, over decisions from `since` until just before `until`."""

    id: str
    version: int = 0
    sequence: int = 0
    previous: dict[str, int] = msgspec.field(default_factory=dict)
    rule_set_id: str
    number: int
    against_id: str
    against_number: int
    since: datetime
    until: datetime
    state: DryRunState = DryRunState.RUNNING
    by: Actor
    started_at: datetime
    finished_at: datetime | None = None
    place: Place | None = None
    matters: int = 0
    changed: int = 0
    units: dict[str, Tally] = msgspec.field(default_factory=dict)
    rules: dict[str, Tally] = msgspec.field(default_factory=dict)
    unresolved: Tally = msgspec.field(default_factory=Tally)
    moves: dict[str, Move] = msgspec.field(default_factory=dict)
    next_step_at: datetime | None

    @classmethod
    def start(
        cls, tried: RuleSet, against: RuleSet, days: int, now: datetime, by: Actor
    ) -> tuple["DryRun", list[EventData]]:
        """Begin to count the last `days` days. Raises InvalidInput."""
        if not 1 <= days <= MAX_DAYS:
            raise InvalidInput(path=("days",), reason=f"1..{MAX_DAYS}")
        one = cls(
            id=new_id("dryrun"),
            rule_set_id=tried.id,
            number=tried.number,
            against_id=against.id,
            against_number=against.number,
            since=now - timedelta(days=days),
            until=now,
            by=by,
            started_at=now,
            next_step_at=now,
        )
        started = DryRunStarted(dry_run_id=one.id, rule_set_id=tried.id, number=tried.number, against=against.number)
        return one, [started]

    def count(self, report: ReportFacts, before: Verdict, after: Verdict) -> None:
        """One matter, by the rules in force and by the rules tried; a sealed one is counted and never an example."""
        self.matters += 1
        for name, verdict in (("before", before), ("after", after)):
            for tally in (_of(self.units, verdict.lead_unit), _of(self.rules, verdict.rule_id)):
                _one_more(tally, name)
            if verdict.unresolved:
                _one_more(self.unresolved, name)
        if before.lead_post != after.lead_post:
            self.changed += 1
            key = f"{before.lead_post} {after.lead_post}"
            move = self.moves.setdefault(key, Move(from_post=before.lead_post, to_post=after.lead_post))
            move.count += 1
            if len(move.examples) < EXAMPLES and report.sensitivity != "sealed":
                move.examples.append(report.report_id)

    def go_on(self, place: Place, now: datetime) -> None:
        """A batch is counted; the next one is due at once."""
        self.place, self.next_step_at = place, now

    def finish(self, now: datetime) -> list[EventData]:
        """Everything is counted. No event when it was finished before."""
        if self.state is DryRunState.DONE:
            return []
        self.state, self.finished_at, self.next_step_at = DryRunState.DONE, now, None
        return [
            DryRunFinished(
                dry_run_id=self.id,
                rule_set_id=self.rule_set_id,
                number=self.number,
                matters=self.matters,
                changed=self.changed,
            )
        ]


def _of(tallies: dict[str, Tally], key: str) -> Tally:
    return tallies.setdefault(key, Tally())


def _one_more(tally: Tally, name: str) -> None:
    setattr(tally, name, getattr(tally, name) + 1)
