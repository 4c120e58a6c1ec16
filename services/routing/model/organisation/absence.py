"""An absence: a person is away for a time, so that B or a stand-in answers for the posts held (R-18, domain.md §3.8)."""

from datetime import datetime
from enum import StrEnum

import msgspec

from services.chassis.events import Actor, EventData
from services.chassis.ids import new_id
from services.routing.errors.absence import AbsenceStateForbids, PeriodEmpty, TwoStandIns
from services.routing.events.absence import AbsenceCancelled, AbsenceEnded, AbsenceRecorded
from services.routing.model.organisation.staffing import Away
from services.routing.model.texts import optional


class AbsenceState(StrEnum):
    """Where in its life an absence is; time itself moves it from planned to current to over."""

    PLANNED = "planned"
    CURRENT = "current"
    OVER = "over"
    CANCELLED = "cancelled"


_STATE_ZH = {
    AbsenceState.PLANNED: "未开始",
    AbsenceState.CURRENT: "进行中",
    AbsenceState.OVER: "已结束",
    AbsenceState.CANCELLED: "已取消",
}


class AbsencePeriod(msgspec.Struct, kw_only=True):
    """The aggregate. `next_step_at` is when the gaps it opens or closes are to be looked at, None once that is done."""

    id: str
    version: int = 0
    sequence: int = 0
    previous: dict[str, int] = msgspec.field(default_factory=dict)
    person: str
    since: datetime
    until: datetime
    reason: str | None
    stand_in_person: str | None
    stand_in_post: str | None
    recorded_at: datetime
    recorded_by: Actor
    cancelled_at: datetime | None = None
    next_step_at: datetime | None

    @classmethod
    def record(
        cls,
        *,
        person: str,
        since: datetime,
        until: datetime,
        reason: str | None,
        stand_in_person: str | None,
        stand_in_post: str | None,
        now: datetime,
        by: Actor,
    ) -> tuple["AbsencePeriod", list[EventData]]:
        """A person will be, or is, away. Its reason stays here: it may be an illness. Raises Refusal."""
        if until <= since or until <= now:
            raise PeriodEmpty(path=("until",))
        if stand_in_person and stand_in_post:
            raise TwoStandIns(path=("standInPostId",))
        absence = cls(
            id=new_id("absence"),
            person=person,
            since=since,
            until=until,
            reason=optional(reason, ("reason",)),
            stand_in_person=stand_in_person,
            stand_in_post=stand_in_post,
            recorded_at=now,
            recorded_by=by,
            next_step_at=now,
        )
        return absence, [
            AbsenceRecorded(
                absence_id=absence.id,
                person=person,
                since=since,
                until=until,
                stand_in_person=stand_in_person,
                stand_in_post=stand_in_post,
            )
        ]

    @property
    def away(self) -> Away:
        """The part that decides who answers."""
        return Away(
            person=self.person,
            since=self.since,
            until=self.until,
            stand_in_person=self.stand_in_person,
            stand_in_post=self.stand_in_post,
        )

    def state(self, now: datetime) -> AbsenceState:
        """Where it is at a moment."""
        if self.cancelled_at:
            return AbsenceState.CANCELLED
        if now < self.since:
            return AbsenceState.PLANNED
        return AbsenceState.CURRENT if now < self.until else AbsenceState.OVER

    def end(self, now: datetime) -> list[EventData]:
        """The person is back before the time. Raises Refusal unless the absence has begun and is not over."""
        self._require(AbsenceState.CURRENT, now, "ended", "提前结束")
        self.until = self.next_step_at = now
        return [AbsenceEnded(absence_id=self.id, person=self.person, until=now)]

    def cancel(self, now: datetime) -> list[EventData]:
        """It will not be. Raises Refusal unless it has not begun."""
        self._require(AbsenceState.PLANNED, now, "cancelled", "取消")
        self.cancelled_at = self.next_step_at = now
        return [AbsenceCancelled(absence_id=self.id, person=self.person)]

    def _require(self, wanted: AbsenceState, now: datetime, command: str, command_zh: str) -> None:
        state = self.state(now)
        if state is not wanted:
            raise AbsenceStateForbids(
                state=state.value, state_zh=_STATE_ZH[state], command=command, command_zh=command_zh
            )
