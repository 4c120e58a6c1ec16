"""A step of a department's own procedure, reported by its system and timed here (R-34)."""

from datetime import datetime

import msgspec

from services.chassis.events import Actor, EventData
from services.chassis.ids import new_id
from services.routing.errors.department_step import StepEnded, StepTimesWrong
from services.routing.events import department_step as events
from services.routing.model.rules.policy import DepartmentStepKind
from services.routing.model.texts import required


class DepartmentStep(msgspec.Struct, kw_only=True):
    """The aggregate. `due_at` is when a step of this kind is expected to end, None when nothing is expected; `late` once it did not."""

    id: str
    version: int = 0
    sequence: int = 0
    previous: dict[str, int] = msgspec.field(default_factory=dict)
    work_order_id: str
    unit: str
    kind: DepartmentStepKind
    name: str
    reference: str
    started_at: datetime
    ended_at: datetime | None = None
    due_at: datetime | None
    late: bool = False
    next_step_at: datetime | None
    reported_at: datetime
    reported_by: Actor

    @classmethod
    def start(
        cls,
        order_id: str,
        unit: str,
        kind: DepartmentStepKind,
        name: str,
        reference: str,
        started_at: datetime,
        due_at: datetime | None,
        now: datetime,
        by: Actor,
    ) -> tuple["DepartmentStep", list[EventData]]:
        """A step that has begun; `reference` is its number in the department's own system."""
        if started_at > now:
            raise StepTimesWrong(path=("startedAt",))
        step = cls(
            id=new_id("department_step"),
            work_order_id=order_id,
            unit=unit,
            kind=kind,
            name=required(name, "name", "环节名称", ("name",)),
            reference=required(reference, "reference", "环节编号", ("reference",)),
            started_at=started_at,
            due_at=due_at,
            next_step_at=due_at,
            reported_at=now,
            reported_by=by,
        )
        return step, [
            events.DepartmentStepStarted(
                step_id=step.id, order_id=order_id, kind=kind, unit=unit, started_at=started_at, due_at=due_at
            )
        ]

    def end(self, ended_at: datetime, now: datetime) -> list[EventData]:
        """It has ended; late is late, also when it is reported afterwards."""
        if self.ended_at:
            raise StepEnded
        if not self.started_at <= ended_at <= now:
            raise StepTimesWrong(path=("endedAt",))
        self.ended_at = ended_at
        self.late = self.due_at is not None and ended_at > self.due_at
        self.next_step_at = None
        return [
            events.DepartmentStepEnded(step_id=self.id, order_id=self.work_order_id, ended_at=ended_at, late=self.late)
        ]

    def note_late(self, now: datetime) -> list[EventData]:
        """The timer's step. No event when it has ended, or is known to be late."""
        if self.ended_at or self.late or self.due_at is None or now < self.due_at:
            return []
        self.late = True
        self.next_step_at = None
        return [
            events.DepartmentStepLate(
                step_id=self.id, order_id=self.work_order_id, kind=self.kind, unit=self.unit, due_at=self.due_at
            )
        ]
