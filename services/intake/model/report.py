"""The report (诉求): states, what leads from one to the next, and the rules that hold on the way (domain §3.1)."""

from datetime import datetime, timedelta

import msgspec

from services.chassis.events import EventData
from services.chassis.ids import human_number, new_id
from services.intake import events
from services.intake.errors import (
    DisputeTypeRequired,
    NotInThisState,
    OrderOpen,
    OriginalRequired,
    ReasonRequired,
    ReopenWindowPassed,
)
from services.intake.model.areas import Area
from services.intake.model.category import Category
from services.intake.model.timeline import NOTHING_YET
from services.intake.model.values import (
    CallLevel,
    Channel,
    Disposition,
    DisputeType,
    ExternalRef,
    Head,
    IdentityMode,
    Importance,
    Imported,
    Kind,
    Mode,
    Party,
    Path,
    Place,
    PlaceOrigin,
    Sensitivity,
    State,
    Track,
    Urgency,
)

REOPEN_WINDOW = timedelta(days=7)
SILENCE_CONFIRMS_AFTER = timedelta(days=7)

TRANSITIONS: dict[State, frozenset[State]] = {
    State.RECEIVED: frozenset({State.TRIAGED, State.ANSWERED, State.WITHDRAWN}),
    State.TRIAGED: frozenset({State.TRIAGED, State.ANSWERED, State.ROUTED, State.WITHDRAWN, State.CLOSED}),
    # An order that crossed with the answer takes the report on: a report does not end while its order is open.
    State.ANSWERED: frozenset({State.CONFIRMED, State.REOPENED, State.ROUTED}),
    State.ROUTED: frozenset(
        {State.ROUTED, State.IN_PROGRESS, State.RESOLVED, State.TRIAGED, State.WITHDRAWN, State.CLOSED}
    ),
    State.IN_PROGRESS: frozenset(
        {State.ROUTED, State.DEFERRED, State.RESOLVED, State.TRIAGED, State.WITHDRAWN, State.CLOSED}
    ),
    # Handed upward from here, it may be answered without being taken up again.
    State.DEFERRED: frozenset(
        {State.ROUTED, State.IN_PROGRESS, State.RESOLVED, State.TRIAGED, State.WITHDRAWN, State.CLOSED}
    ),
    # What fails a check afterwards is worked on again, whatever the caller has said.
    State.RESOLVED: frozenset({State.CONFIRMED, State.REOPENED, State.CLOSED, State.IN_PROGRESS}),
    State.CONFIRMED: frozenset({State.CLOSED, State.IN_PROGRESS}),
    State.REOPENED: frozenset({State.TRIAGED, State.ANSWERED, State.ROUTED, State.IN_PROGRESS, State.WITHDRAWN}),
    State.CLOSED: frozenset({State.REOPENED, State.IN_PROGRESS}),
    State.WITHDRAWN: frozenset(),
}
_NEEDS_REASON = frozenset({Disposition.NOT_COMPETENT, Disposition.UNFOUNDED, Disposition.DEFERRED})


class Report(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One report, from first contact to its end. `area_path` runs from the district to `area_id`."""

    id: str
    version: int = 0
    sequence: int = 0
    previous: dict[str, int] = {}
    timeline: Head = NOTHING_YET

    number: str
    kind: Kind
    call_level: CallLevel
    channel: Channel
    caller: Party = Party()
    collector: Party | None = None
    identity_mode: IdentityMode = IdentityMode.OPEN
    external_ref: ExternalRef | None = None
    text: str
    media: list[str] = []

    category: str | None = None
    category_path: list[str] = []
    category_root: str | None = None
    dispute_type: DisputeType | None = None
    urgency: Urgency
    importance: Importance = Importance.NORMAL
    mode: Mode = Mode.ROUTINE
    track: Track | None = None

    place: Place | None = None
    place_origin: PlaceOrigin | None = None
    area_id: str | None = None
    area_path: list[str]
    sensitivity: Sensitivity

    occurred_at: datetime | None = None
    received_at: datetime
    recorded_at: datetime
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    next_step_at: datetime | None = None

    state: State
    disposition: Disposition | None = None
    disposition_reason: str | None = None
    duplicate_of: str | None = None
    path: Path | None = None
    decision_id: str | None = None
    lead_post: str | None = None
    lead_unit: str | None = None
    involved: list[str] = []
    """Every post and unit this was ever led by: they see it."""
    marks: list[str] = []
    """By what it is seen (`model.visibility`)."""
    order_id: str | None = None
    case_id: str | None = None
    answer: str | None = None
    satisfaction: int | None = None
    reopen_count: int = 0
    reopen_reason: str | None = None
    reopen_within: timedelta | None = None
    """How long after its end it may be reopened, as routing's policy says; None: REOPEN_WINDOW."""
    imported: Imported | None = None

    @classmethod
    def submit(
        cls,
        *,
        now: datetime,
        kind: Kind,
        call_level: CallLevel,
        channel: Channel,
        caller: Party,
        text: str,
        area_path: list[str],
        area: Area | None = None,
        place: Place | None = None,
        place_origin: PlaceOrigin | None = None,
        category: Category | None = None,
        collector: Party | None = None,
        identity_mode: IdentityMode = IdentityMode.OPEN,
        external_ref: ExternalRef | None = None,
        media: list[str] | None = None,
        urgency: Urgency | None = None,
        importance: Importance = Importance.NORMAL,
        mode: Mode = Mode.ROUTINE,
        track: Track | None = None,
        occurred_at: datetime | None = None,
        imported: Imported | None = None,
    ) -> tuple["Report", list[EventData]]:
        """A new report and what it announces: received, and triaged at once when category and place are known."""
        anonymous = identity_mode is IdentityMode.ANONYMOUS
        report = cls(
            id=new_id("report"),
            number=human_number(now),
            kind=kind,
            call_level=call_level,
            channel=channel,
            caller=Party() if anonymous else caller,
            collector=collector,
            identity_mode=identity_mode,
            external_ref=external_ref,
            text=text,
            media=media or [],
            urgency=urgency or Urgency.ROUTINE,
            importance=importance,
            mode=mode,
            track=track,
            place=place,
            place_origin=(place_origin or PlaceOrigin.GIVEN) if place else None,
            area_id=area.id if area else None,
            area_path=area.path if area else area_path,
            sensitivity=_sensitivity(kind, identity_mode),
            occurred_at=occurred_at,
            received_at=now,
            recorded_at=now,
            state=State.RECEIVED,
            imported=imported,
        )
        announced: list[EventData] = [report._received()]
        if category and area:
            announced += report.triage(category, urgency=urgency)
        return report, announced

    def triage(
        self,
        category: Category,
        *,
        place: Place | None = None,
        area: Area | None = None,
        kind: Kind | None = None,
        urgency: Urgency | None = None,
        importance: Importance | None = None,
        mode: Mode | None = None,
        track: Track | None = None,
    ) -> list[EventData]:
        """Set category, place and grading. What is not given stays, or comes from the category."""
        self._no_open_work("triage")
        self._move(State.TRIAGED, "triage")
        self.category, self.category_path, self.category_root = category.id, category.path, category.path[0]
        self.dispute_type, self.path = category.dispute_type, None
        self.urgency = urgency or max(self.urgency, category.urgency, key=_URGENCIES.index)
        if place and area:
            self.place, self.place_origin = place, PlaceOrigin.GIVEN
            self.area_id, self.area_path = area.id, area.path
        if kind:
            self.kind, self.sensitivity = kind, _sensitivity(kind, self.identity_mode)
        self.importance = importance or self.importance
        self.mode = mode or self.mode
        self.track = track or self.track
        return [self._triaged()]

    def routed(
        self,
        path: Path,
        *,
        decision_id: str | None,
        lead_post: str | None,
        lead_unit: str | None,
        order_id: str | None = None,
        dispute_type: DisputeType | None = None,
    ) -> list[EventData]:
        """Routing decided: a work order exists (again), or mediation shall have it."""
        self._move(State.ROUTED, "routed")
        self.path, self.decision_id = path, decision_id
        self.lead_post, self.lead_unit = lead_post, lead_unit
        self.order_id = order_id
        self.dispute_type = dispute_type or self.dispute_type
        self.involved = sorted({*self.involved, *(name for name in (lead_post, lead_unit) if name)})
        self.next_step_at = None
        return [self._routed()]

    def led_by(self, post: str, unit: str) -> None:
        """Another post answers for it; whoever did may still see it."""
        self.lead_post, self.lead_unit = post, unit
        self.involved = sorted({*self.involved, post, unit})

    def rebin(self, area_id: str, area_path: list[str]) -> None:
        """The map has changed: it lies in another area now."""
        self.area_id, self.area_path = area_id, area_path

    def in_progress(self) -> list[EventData]:
        """The order or the case was taken up."""
        self._move(State.IN_PROGRESS, "in_progress")
        return [events.ReportProgressed(report_id=self.id, order_id=self.order_id, case_id=self.case_id)]

    def rework(self) -> list[EventData]:
        """It was looked at after the answer and is not solved: the work goes on, the caller is asked again at its end."""
        announced = self.in_progress()
        self.disposition = self.disposition_reason = self.satisfaction = None
        self.resolved_at = self.closed_at = self.next_step_at = None
        return announced

    def deferred(self, review_at: datetime) -> list[EventData]:
        """It cannot be solved now (挂账); it is looked at again at `review_at` and stays in its caller's sight."""
        self._move(State.DEFERRED, "deferred")
        return [events.ReportDeferred(report_id=self.id, order_id=self.order_id, review_at=review_at)]

    def resolve(
        self,
        now: datetime,
        reopen_within: timedelta | None = None,
        *,
        reply: str,
        disposition: Disposition,
        reason: str | None = None,
    ) -> list[EventData]:
        """The work was verified: the caller is told the reply and asked."""
        self._move(State.RESOLVED, "resolve")
        self.reopen_within = reopen_within
        return self._told(now, reply, disposition, reason)

    def answer_directly(
        self,
        now: datetime,
        *,
        reply: str,
        disposition: Disposition = Disposition.EXPLAINED,
        reason: str | None = None,
        duplicate_of: str | None = None,
    ) -> list[EventData]:
        """Reply without any order: a consultation, or settled on the spot. Raises ReasonRequired, OriginalRequired."""
        self._no_open_work("answer")
        if disposition in _NEEDS_REASON and not reason:
            raise ReasonRequired(path=("reason",))
        if disposition is Disposition.DUPLICATE and not duplicate_of:
            raise OriginalRequired(path=("duplicateOf",))
        self._move(State.ANSWERED, "answer")
        self.duplicate_of = duplicate_of
        return self._told(now, reply, disposition, reason)

    def confirm(self, now: datetime, satisfaction: int | None, *, by_silence: bool = False) -> list[EventData]:
        """The caller's verdict. With an order, routing closes next; without one this closes the report."""
        self._move(State.CONFIRMED, "confirm")
        self.satisfaction = satisfaction
        self.next_step_at = None
        announced: list[EventData] = [
            events.ReportConfirmed(
                report_id=self.id, order_id=self.order_id, satisfaction=satisfaction, by_silence=by_silence
            )
        ]
        if self.order_id is None and self.disposition:
            announced += self.close(now, self.disposition, self.disposition_reason)
        return announced

    def confirm_by_silence(self, now: datetime) -> list[EventData]:
        """No verdict in the time allowed."""
        return self.confirm(now, None, by_silence=True)

    def reopen(self, now: datetime, reason: str) -> list[EventData]:
        """The caller does not agree, or it came back. Raises ReopenWindowPassed when that is too long after the end."""
        ended_at = self.closed_at or self.resolved_at
        window = self.reopen_within if self.reopen_within is not None else REOPEN_WINDOW
        if self.state is State.CLOSED and ended_at and now > ended_at + window:
            raise ReopenWindowPassed(days=window.days)
        self._move(State.REOPENED, "reopen")
        self.reopen_count += 1
        self.reopen_reason = reason
        self.disposition = self.disposition_reason = self.satisfaction = None
        self.resolved_at = self.closed_at = self.next_step_at = None
        return [events.ReportReopened(report_id=self.id, order_id=self.order_id, reason=self._told_openly(reason))]

    def withdraw(self, now: datetime, reason: str) -> list[EventData]:
        """The caller takes it back; routing recalls an open order."""
        self._move(State.WITHDRAWN, "withdraw")
        self.disposition, self.disposition_reason = Disposition.WITHDRAWN, reason
        self.closed_at, self.next_step_at = now, None
        return [events.ReportWithdrawn(report_id=self.id, order_id=self.order_id, reason=self._told_openly(reason))]

    def convert(self, dispute_type: DisputeType | None, reason: str) -> list[EventData]:
        """By hand: this is a dispute, so mediation shall have it; routing recalls an open order and decides again."""
        if dispute_type is None:
            raise DisputeTypeRequired(path=("disputeType",))
        if self.path is Path.MEDIATION:
            raise NotInThisState(state=self.state.value, step="convert")
        self._move(State.TRIAGED, "convert")
        self.dispute_type = dispute_type
        order_id, self.order_id = self.order_id, None
        return [
            events.ReportConverted(
                report_id=self.id, order_id=order_id, dispute_type=dispute_type.value, reason=self._told_openly(reason)
            )
        ]

    def recalled(self) -> None:
        """The order was taken back: the report waits for another decision."""
        self._move(State.TRIAGED, "recalled")
        self.order_id = None

    def close(self, now: datetime, disposition: Disposition, reason: str | None) -> list[EventData]:
        """The end, with its result and reason. Raises ReasonRequired."""
        if disposition in _NEEDS_REASON and not reason:
            raise ReasonRequired()
        self._move(State.CLOSED, "close")
        self.disposition, self.disposition_reason = disposition, reason
        self.closed_at, self.next_step_at = now, None
        return [events.ReportClosed(report_id=self.id, disposition=disposition.value, reason=self._told_openly(reason))]

    def silence_is_over(self, now: datetime) -> bool:
        """Whether the time for a verdict has passed."""
        return self.resolved_at is not None and now >= self.resolved_at + SILENCE_CONFIRMS_AFTER

    def set_next_step(self) -> None:
        """When time alone will move this report; nothing if it waits for somebody."""
        asked_at = self.resolved_at if self.state in (State.RESOLVED, State.ANSWERED) else None
        self.next_step_at = asked_at + SILENCE_CONFIRMS_AFTER if asked_at else None

    def allows(self, state: State) -> bool:
        """Whether the table leads there from here: other services' facts move the report only then."""
        return state in TRANSITIONS[self.state]

    @property
    def sealed(self) -> bool:
        return self.sensitivity is Sensitivity.SEALED

    def _told(self, now: datetime, reply: str, disposition: Disposition, reason: str | None) -> list[EventData]:
        self.answer = reply
        self.disposition, self.disposition_reason = disposition, reason
        self.resolved_at = now
        self.next_step_at = now + SILENCE_CONFIRMS_AFTER
        return [events.ReportResolved(report_id=self.id, order_id=self.order_id, case_id=self.case_id)]

    def _told_openly(self, reason: str | None) -> str:
        # Words about a sealed report stay with the report.
        return "" if self.sealed else reason or ""

    def _move(self, state: State, step: str) -> None:
        if not self.allows(state):
            raise NotInThisState(state=self.state.value, step=step)
        self.state = state

    def _no_open_work(self, step: str) -> None:
        if self.state in (State.ROUTED, State.IN_PROGRESS, State.DEFERRED):
            raise OrderOpen()
        if self.state is State.REOPENED and step == "answer" and self.order_id:
            raise OrderOpen()

    def _received(self) -> events.ReportReceived:
        return events.ReportReceived(
            report_id=self.id,
            number=self.number,
            kind=self.kind.value,
            channel=self.channel.value,
            call_level=self.call_level.value,
            area_id=self.area_id,
            area_path=self.area_path,
            sensitivity=self.sensitivity.value,
            occurred_at=None if self.sealed else self.occurred_at,
            received_at=self.received_at,
            imported=self.imported is not None,
        )

    def _triaged(self) -> events.ReportTriaged:
        sealed = self.sealed
        open_caller = self.caller if self.identity_mode is IdentityMode.OPEN and not sealed else Party()
        place = events.EventPlace(lon=self.place.lon, lat=self.place.lat) if self.place and not sealed else None
        return events.ReportTriaged(
            report_id=self.id,
            number=self.number,
            kind=self.kind.value,
            category=self.category or "",
            category_path=self.category_path,
            dispute_type=self.dispute_type.value if self.dispute_type else None,
            area_id=self.area_id,
            area_path=self.area_path,
            place=place,
            urgency=self.urgency.value,
            importance=self.importance.value,
            mode=self.mode.value,
            track=self.track.value if self.track and not sealed else None,
            channel=self.channel.value,
            call_level=self.call_level.value,
            sensitivity=self.sensitivity.value,
            received_at=self.received_at,
            caller_person=open_caller.person,
            caller_post=open_caller.post,
            caller_unit=open_caller.unit,
        )

    def _routed(self) -> events.ReportRouted:
        known = self.identity_mode is IdentityMode.OPEN and not self.sealed
        return events.ReportRouted(
            report_id=self.id,
            number=self.number,
            path=self.path.value if self.path else "",
            decision_id=self.decision_id,
            lead_post=self.lead_post,
            lead_unit=self.lead_unit,
            order_id=self.order_id,
            dispute_type=self.dispute_type.value if self.dispute_type else None,
            area_path=self.area_path,
            sensitivity=self.sensitivity.value,
            caller_person=self.caller.person if known else None,
        )


_URGENCIES = [Urgency.ROUTINE, Urgency.URGENT, Urgency.CRITICAL]


def _sensitivity(kind: Kind, identity_mode: IdentityMode) -> Sensitivity:
    if kind is Kind.TIP_OFF:
        return Sensitivity.SEALED
    return Sensitivity.INTERNAL if identity_mode is IdentityMode.OPEN else Sensitivity.RESTRICTED
