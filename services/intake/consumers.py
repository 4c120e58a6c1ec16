"""Other services' events, in our own small copies: areas for the map, and what became of a report.

A fact from elsewhere is never refused: it becomes an entry of the timeline, and moves the report where the table of states permits.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from services.chassis.consumer import Event, Subscription
from services.chassis.events import EventData
from services.chassis.mongo import Document
from services.chassis.unit_of_work import UnitOfWork
from services.intake.model.report import Report
from services.intake.model.values import Disposition, DisputeType, Path, State
from services.intake.store import AREAS, REPORT, save_report


class AreaDefined(EventData, frozen=True, kw_only=True):
    type = "huying.routing.area.defined.v1"

    area_id: str
    level: str
    name: str
    name_en: str
    path: list[str]
    boundary: dict[str, Any]
    area_version: int
    parent_id: str | None = None


class AreaRetired(EventData, frozen=True, kw_only=True):
    type = "huying.routing.area.retired.v1"

    area_id: str
    area_version: int


class DecisionMade(EventData, frozen=True, kw_only=True):
    type = "huying.routing.decision.made.v1"

    report_id: str
    path: str
    decision_id: str | None = None
    rule_id: str | None = None
    lead_post: str | None = None
    lead_unit: str | None = None
    dispute_type: DisputeType | None = None


class OrderDispatched(EventData, frozen=True, kw_only=True):
    type = "huying.routing.order.dispatched.v1"

    report_id: str
    order_id: str
    number: str | None = None
    decision_id: str | None = None
    rule_id: str | None = None
    lead_post: str | None = None
    lead_unit: str | None = None
    accept_by: str | None = None
    resolve_by: str | None = None
    redispatch: bool | None = None


class OrderRebinned(EventData, frozen=True, kw_only=True):
    type = "huying.routing.order.rebinned.v1"

    report_id: str
    order_id: str
    area_id: str
    area_path: list[str]


class OrderHandedOver(EventData, frozen=True, kw_only=True):
    type = "huying.routing.order.handed_over.v1"

    report_id: str
    order_id: str
    lead_post: str
    lead_unit: str
    reason: str


class OrderPartHandedOver(EventData, frozen=True, kw_only=True):
    type = "huying.routing.order.part_handed_over.v1"

    report_id: str
    order_id: str
    post: str
    unit: str
    reason: str


class OrderAccepted(EventData, frozen=True, kw_only=True):
    type = "huying.routing.order.accepted.v1"

    report_id: str
    order_id: str
    by_silence: bool | None = None


class OrderReturned(EventData, frozen=True, kw_only=True):
    type = "huying.routing.order.returned.v1"

    report_id: str
    order_id: str
    basis: str | None = None


class OrderStarted(EventData, frozen=True, kw_only=True):
    type = "huying.routing.order.started.v1"

    report_id: str
    order_id: str


class OrderReferred(EventData, frozen=True, kw_only=True):
    type = "huying.routing.order.referred.v1"

    report_id: str
    order_id: str
    due_at: str | None = None


class OrderRuled(EventData, frozen=True, kw_only=True):
    type = "huying.routing.order.ruled.v1"

    report_id: str
    order_id: str
    lead_unit: str | None = None


class OrderTransferred(EventData, frozen=True, kw_only=True):
    type = "huying.routing.order.transferred.v1"

    report_id: str
    order_id: str
    unit: str | None = None


class OrderCheckedIn(EventData, frozen=True, kw_only=True):
    type = "huying.routing.order.checked_in.v1"

    report_id: str
    order_id: str
    unit: str | None = None


class OrderReported(EventData, frozen=True, kw_only=True):
    type = "huying.routing.order.reported.v1"

    report_id: str
    order_id: str
    text: str | None = None


class OrderJoined(EventData, frozen=True, kw_only=True):
    type = "huying.routing.order.joined.v1"

    report_id: str
    order_id: str
    text: str


class OrderTookIn(EventData, frozen=True, kw_only=True):
    type = "huying.routing.order.took_in.v1"

    report_id: str
    order_id: str


class OrderParted(EventData, frozen=True, kw_only=True):
    type = "huying.routing.order.parted.v1"

    report_id: str
    order_id: str
    reason: str


class OrderSuspended(EventData, frozen=True, kw_only=True):
    """Who is waited for is not for the caller's eyes."""

    type = "huying.routing.order.suspended.v1"

    report_id: str
    order_id: str
    until: str | None = None


class OrderDeferred(EventData, frozen=True, kw_only=True):
    type = "huying.routing.order.deferred.v1"

    report_id: str
    order_id: str
    owner_unit: str | None = None
    review_at: datetime


class OrderResumed(EventData, frozen=True, kw_only=True):
    type = "huying.routing.order.resumed.v1"

    report_id: str
    order_id: str
    resolve_by: str | None = None


class OrderTransferredUp(EventData, frozen=True, kw_only=True):
    type = "huying.routing.order.transferred_up.v1"

    report_id: str
    order_id: str


class OrderExtensionDecided(EventData, frozen=True, kw_only=True):
    type = "huying.routing.order.extension_decided.v1"

    report_id: str
    order_id: str
    granted: bool | None = None
    resolve_by: str | None = None


class OrderSubmitted(EventData, frozen=True, kw_only=True):
    type = "huying.routing.order.submitted.v1"

    report_id: str
    order_id: str
    evidence_count: int | None = None


class OrderReworked(EventData, frozen=True, kw_only=True):
    type = "huying.routing.order.reworked.v1"

    report_id: str
    order_id: str
    reason: str | None = None


class OrderVerified(EventData, frozen=True, kw_only=True):
    type = "huying.routing.order.verified.v1"

    report_id: str
    order_id: str
    reply: str
    disposition: Disposition
    disposition_reason: str | None = None
    reopen_seconds: int | None = None


class OrderClosed(EventData, frozen=True, kw_only=True):
    type = "huying.routing.order.closed.v1"

    report_id: str
    order_id: str
    disposition: Disposition | None = None
    disposition_reason: str | None = None


class OrderRecalled(EventData, frozen=True, kw_only=True):
    type = "huying.routing.order.recalled.v1"

    report_id: str
    order_id: str
    reason: str | None = None


class CallEvent(EventData, frozen=True, kw_only=True):
    """What we read of any event of a call; what the calling organ thinks of the answer stays in routing (R-10)."""

    call_id: str
    report_id: str
    level: str | None = None
    post: str | None = None
    unit: str | None = None


class CallMade(EventData, frozen=True, kw_only=True):
    type = "huying.routing.call.made.v1"

    call_id: str
    report_id: str
    respondent_level: str
    respondent_post: str
    respondent_unit: str


class CallOverdue(CallEvent, frozen=True, kw_only=True):
    type = "huying.routing.call.overdue.v1"


class CallAnswered(CallEvent, frozen=True, kw_only=True):
    type = "huying.routing.call.answered.v1"


class CallRaised(CallEvent, frozen=True, kw_only=True):
    type = "huying.routing.call.raised.v1"


class CallReleased(CallEvent, frozen=True, kw_only=True):
    type = "huying.routing.call.released.v1"


class CallHandedOver(CallEvent, frozen=True, kw_only=True):
    type = "huying.routing.call.handed_over.v1"


class CallClosed(CallEvent, frozen=True, kw_only=True):
    type = "huying.routing.call.closed.v1"


class CallReopened(CallEvent, frozen=True, kw_only=True):
    type = "huying.routing.call.reopened.v1"


class CallWithdrawn(CallEvent, frozen=True, kw_only=True):
    type = "huying.routing.call.withdrawn.v1"


class EscalationEvent(EventData, frozen=True, kw_only=True):
    """What we read of any event of a ladder; it need not climb for a matter of a report."""

    escalation_id: str
    report_id: str | None = None
    subject_kind: str
    subject_id: str
    level: str | None = None
    post: str | None = None
    unit: str | None = None


class EscalationStarted(EscalationEvent, frozen=True, kw_only=True):
    type = "huying.routing.escalation.started.v1"

    trigger: str
    owner_post: str
    owner_unit: str


class EscalationClimbed(EscalationEvent, frozen=True, kw_only=True):
    type = "huying.routing.escalation.climbed.v1"


class EscalationAcknowledged(EscalationEvent, frozen=True, kw_only=True):
    type = "huying.routing.escalation.acknowledged.v1"


class EscalationHandedOver(EscalationEvent, frozen=True, kw_only=True):
    type = "huying.routing.escalation.handed_over.v1"


class EscalationExhausted(EscalationEvent, frozen=True, kw_only=True):
    type = "huying.routing.escalation.exhausted.v1"


class EscalationSettled(EscalationEvent, frozen=True, kw_only=True):
    type = "huying.routing.escalation.settled.v1"


class EscalationCancelled(EscalationEvent, frozen=True, kw_only=True):
    type = "huying.routing.escalation.cancelled.v1"


class DispatchEvent(EventData, frozen=True, kw_only=True):
    """What we read of any event of a deployment; of sealed matters it names no report."""

    deployment_id: str
    report_id: str | None = None


class DispatchAccepted(DispatchEvent, frozen=True, kw_only=True):
    type = "huying.routing.dispatch.accepted.v1"

    responder_ids: list[str]


class DispatchDeparted(DispatchEvent, frozen=True, kw_only=True):
    type = "huying.routing.dispatch.departed.v1"


class DispatchArrived(DispatchEvent, frozen=True, kw_only=True):
    type = "huying.routing.dispatch.arrived.v1"


class DispatchDone(DispatchEvent, frozen=True, kw_only=True):
    type = "huying.routing.dispatch.done.v1"


class DispatchStoodDown(DispatchEvent, frozen=True, kw_only=True):
    type = "huying.routing.dispatch.stood_down.v1"


class CaseEvent(EventData, frozen=True, kw_only=True):
    """What we read of any event of a case; a case need not come from a report."""

    case_id: str
    report_id: str | None = None
    reason: str | None = None
    outcome: str | None = None
    advice: str | None = None


class CaseRegistered(CaseEvent, frozen=True, kw_only=True):
    type = "huying.mediation.case.registered.v1"


class CaseAccepted(CaseEvent, frozen=True, kw_only=True):
    type = "huying.mediation.case.accepted.v1"


class CaseDeclined(CaseEvent, frozen=True, kw_only=True):
    type = "huying.mediation.case.declined.v1"


class CaseAssigned(CaseEvent, frozen=True, kw_only=True):
    type = "huying.mediation.case.assigned.v1"


class CaseSessionHeld(CaseEvent, frozen=True, kw_only=True):
    type = "huying.mediation.case.session_held.v1"


class CaseProgressed(CaseEvent, frozen=True, kw_only=True):
    type = "huying.mediation.case.progressed.v1"


class CaseAgreed(CaseEvent, frozen=True, kw_only=True):
    type = "huying.mediation.case.agreed.v1"


class CaseFailed(CaseEvent, frozen=True, kw_only=True):
    type = "huying.mediation.case.failed.v1"


class CaseFulfilled(CaseEvent, frozen=True, kw_only=True):
    type = "huying.mediation.case.fulfilled.v1"


class CaseBreached(CaseEvent, frozen=True, kw_only=True):
    type = "huying.mediation.case.breached.v1"


class CaseReferred(CaseEvent, frozen=True, kw_only=True):
    type = "huying.mediation.case.referred.v1"


class CaseArchived(CaseEvent, frozen=True, kw_only=True):
    type = "huying.mediation.case.archived.v1"


class CaseClosed(CaseEvent, frozen=True, kw_only=True):
    type = "huying.mediation.case.closed.v1"


_AT_WORK = (State.ROUTED, State.IN_PROGRESS, State.DEFERRED)
_ANSWERED = (State.RESOLVED, State.CONFIRMED, State.CLOSED)

E_ = TypeVar("E_", bound=EventData)
Move = Callable[[Report, Event[E_], UnitOfWork], Sequence[EventData]]


async def on_area_defined(event: Event[AreaDefined], unit: UnitOfWork) -> None:
    """Keep the area. Its events come in order, so the last is the truth."""
    area = event.data
    document: Document = {
        "_id": area.area_id,
        "version": area.area_version,
        "level": area.level,
        "name": area.name,
        "name_en": area.name_en,
        "path": area.path,
        "parent_id": area.parent_id,
        "boundary": area.boundary,
    }
    unit.put(AREAS.name, document)


async def on_area_retired(event: Event[AreaRetired], unit: UnitOfWork) -> None:
    """Nothing new falls into it; what lies in it still has its name and outline."""
    change = {"$set": {"retired": True, "version": event.data.area_version}}
    unit.update(AREAS.name, {"_id": event.data.area_id}, change)


def _on_report(move: Move[Any]) -> Callable[[Event[Any], UnitOfWork], Any]:
    """A handler that adds the event to the report's timeline and lets `move` say what follows."""

    async def handle(event: Event[Any], unit: UnitOfWork) -> None:
        if not event.data.report_id:  # what does not follow from a report
            return
        report = await unit.get(REPORT, event.data.report_id)
        announced = move(report, event, unit)
        save_report(unit, report, announced, heard=event)

    return handle


def _note(report: Report, event: Event[Any], unit: UnitOfWork) -> Sequence[EventData]:
    return []


def _rebinned(report: Report, event: Event[OrderRebinned], unit: UnitOfWork) -> Sequence[EventData]:
    report.rebin(event.data.area_id, event.data.area_path)
    return []


def _handed_over(report: Report, event: Event[OrderHandedOver], unit: UnitOfWork) -> Sequence[EventData]:
    report.led_by(event.data.lead_post, event.data.lead_unit)
    return []


def _decided(report: Report, event: Event[DecisionMade], unit: UnitOfWork) -> Sequence[EventData]:
    data = event.data
    if data.path != Path.MEDIATION or not report.allows(State.ROUTED):
        return []
    return report.routed(
        Path.MEDIATION,
        decision_id=data.decision_id,
        lead_post=data.lead_post,
        lead_unit=data.lead_unit,
        dispute_type=data.dispute_type,
    )


def _dispatched(report: Report, event: Event[OrderDispatched], unit: UnitOfWork) -> Sequence[EventData]:
    data = event.data
    if report.path is Path.MEDIATION or not report.allows(State.ROUTED):
        return []
    return report.routed(
        Path.ORDER,
        decision_id=data.decision_id,
        lead_post=data.lead_post,
        lead_unit=data.lead_unit,
        order_id=data.order_id,
    )


def _taken_up(report: Report, event: Event[Any], unit: UnitOfWork) -> Sequence[EventData]:
    ours = report.order_id == event.data.order_id and report.state not in _ANSWERED
    return report.in_progress() if ours and report.allows(State.IN_PROGRESS) else []


def _reworked(report: Report, event: Event[OrderReworked], unit: UnitOfWork) -> Sequence[EventData]:
    if report.order_id == event.data.order_id and report.state in _ANSWERED:
        return report.rework()
    return _taken_up(report, event, unit)


def _deferred(report: Report, event: Event[OrderDeferred], unit: UnitOfWork) -> Sequence[EventData]:
    ours = report.order_id == event.data.order_id
    return report.deferred(event.data.review_at) if ours and report.allows(State.DEFERRED) else []


def _verified(report: Report, event: Event[OrderVerified], unit: UnitOfWork) -> Sequence[EventData]:
    data = event.data
    if report.order_id != data.order_id or not report.allows(State.RESOLVED):
        return []
    within = timedelta(seconds=data.reopen_seconds) if data.reopen_seconds is not None else None
    return report.resolve(
        *(unit.now, within), reply=data.reply, disposition=data.disposition, reason=data.disposition_reason
    )


def _closed(report: Report, event: Event[OrderClosed], unit: UnitOfWork) -> Sequence[EventData]:
    data = event.data
    # A report reopened meanwhile is not closed by its old order.
    if report.order_id != data.order_id or not report.allows(State.CLOSED):
        return []
    disposition = data.disposition or report.disposition or Disposition.SOLVED
    reason = data.disposition_reason or report.disposition_reason
    return report.close(unit.now, disposition, reason or disposition.value)


def _recalled(report: Report, event: Event[OrderRecalled], unit: UnitOfWork) -> Sequence[EventData]:
    if report.order_id == event.data.order_id and report.state in _AT_WORK:
        report.recalled()
    return []


def _case_registered(report: Report, event: Event[CaseRegistered], unit: UnitOfWork) -> Sequence[EventData]:
    report.case_id, report.path = event.data.case_id, Path.MEDIATION
    return []


def _case_taken_up(report: Report, event: Event[CaseEvent], unit: UnitOfWork) -> Sequence[EventData]:
    report.case_id = event.data.case_id
    return report.in_progress() if report.state is State.ROUTED else []


def _case_ended(disposition: Disposition) -> Move[CaseEvent]:
    def move(report: Report, event: Event[CaseEvent], unit: UnitOfWork) -> Sequence[EventData]:
        data = event.data
        report.case_id = data.case_id
        if not report.allows(State.CLOSED):
            return []
        report.answer = data.advice or report.answer
        reason = data.reason or data.advice or data.outcome or event.type.split(".")[3]
        return report.close(unit.now, disposition, reason)

    return move


FROM_ROUTING = [
    Subscription(AreaDefined, on_area_defined),
    Subscription(AreaRetired, on_area_retired),
    Subscription(DecisionMade, _on_report(_decided)),
    Subscription(OrderDispatched, _on_report(_dispatched)),
    Subscription(OrderRebinned, _on_report(_rebinned)),
    Subscription(OrderHandedOver, _on_report(_handed_over)),
    Subscription(OrderPartHandedOver, _on_report(_note)),
    Subscription(OrderAccepted, _on_report(_taken_up)),
    Subscription(OrderReturned, _on_report(_note)),
    Subscription(OrderReferred, _on_report(_note)),
    Subscription(OrderRuled, _on_report(_note)),
    Subscription(OrderTransferred, _on_report(_note)),
    Subscription(OrderCheckedIn, _on_report(_note)),
    Subscription(OrderStarted, _on_report(_taken_up)),
    Subscription(OrderReported, _on_report(_note)),
    Subscription(OrderJoined, _on_report(_taken_up)),
    Subscription(OrderTookIn, _on_report(_note)),
    Subscription(OrderParted, _on_report(_note)),
    Subscription(OrderSuspended, _on_report(_note)),
    Subscription(OrderDeferred, _on_report(_deferred)),
    Subscription(OrderResumed, _on_report(_taken_up)),
    Subscription(OrderTransferredUp, _on_report(_note)),
    Subscription(OrderExtensionDecided, _on_report(_note)),
    Subscription(OrderSubmitted, _on_report(_note)),
    Subscription(OrderReworked, _on_report(_reworked)),
    Subscription(OrderVerified, _on_report(_verified)),
    Subscription(OrderClosed, _on_report(_closed)),
    Subscription(OrderRecalled, _on_report(_recalled)),
    Subscription(CallMade, _on_report(_note)),
    Subscription(CallOverdue, _on_report(_note)),
    Subscription(CallAnswered, _on_report(_note)),
    Subscription(CallRaised, _on_report(_note)),
    Subscription(CallReleased, _on_report(_note)),
    Subscription(CallHandedOver, _on_report(_note)),
    Subscription(CallClosed, _on_report(_note)),
    Subscription(CallReopened, _on_report(_note)),
    Subscription(CallWithdrawn, _on_report(_note)),
    Subscription(EscalationStarted, _on_report(_note)),
    Subscription(EscalationClimbed, _on_report(_note)),
    Subscription(EscalationAcknowledged, _on_report(_note)),
    Subscription(EscalationHandedOver, _on_report(_note)),
    Subscription(EscalationExhausted, _on_report(_note)),
    Subscription(EscalationSettled, _on_report(_note)),
    Subscription(EscalationCancelled, _on_report(_note)),
    Subscription(DispatchAccepted, _on_report(_note)),
    Subscription(DispatchDeparted, _on_report(_note)),
    Subscription(DispatchArrived, _on_report(_note)),
    Subscription(DispatchDone, _on_report(_note)),
    Subscription(DispatchStoodDown, _on_report(_note)),
]
FROM_MEDIATION = [
    Subscription(CaseRegistered, _on_report(_case_registered)),
    Subscription(CaseAccepted, _on_report(_case_taken_up)),
    Subscription(CaseAssigned, _on_report(_case_taken_up)),
    Subscription(CaseSessionHeld, _on_report(_case_taken_up)),
    Subscription(CaseProgressed, _on_report(_note)),
    Subscription(CaseAgreed, _on_report(_note)),
    Subscription(CaseBreached, _on_report(_note)),
    Subscription(CaseArchived, _on_report(_note)),
    Subscription(CaseFulfilled, _on_report(_case_ended(Disposition.SOLVED))),
    Subscription(CaseFailed, _on_report(_case_ended(Disposition.EXPLAINED))),
    Subscription(CaseDeclined, _on_report(_case_ended(Disposition.NOT_COMPETENT))),
    Subscription(CaseReferred, _on_report(_case_ended(Disposition.NOT_COMPETENT))),
    Subscription(CaseClosed, _on_report(_case_ended(Disposition.EXPLAINED))),
]
