"""Other services' events: our own small copies of their shape, and what we do."""

from typing import ClassVar

from services.chassis.consumer import Event, Subscription
from services.chassis.events import EventData
from services.chassis.ids import human_number, new_id
from services.chassis.unit_of_work import UnitOfWork
from services.mediation.errors import AlreadyOpen
from services.mediation.model import ClosingReason, DisputeType, MediationCase, Origin, Room, Sensitivity
from services.mediation.store import AREAS, CASES, VENUES
from services.mediation.views import open_case_of_report


class ReportRouted(EventData, frozen=True, kw_only=True):
    """From intake: somebody is responsible; a dispute is ours."""

    type: ClassVar[str] = "huying.intake.report.routed.v1"
    report_id: str
    path: str
    area_path: list[str]
    sensitivity: Sensitivity
    lead_post: str | None = None
    lead_unit: str | None = None
    dispute_type: DisputeType | None = None
    caller_person: str | None = None


class ReportWithdrawn(EventData, frozen=True, kw_only=True):
    """From intake: the caller took the report back."""

    type: ClassVar[str] = "huying.intake.report.withdrawn.v1"
    report_id: str


class ReportClosed(EventData, frozen=True, kw_only=True):
    """From intake: the matter is over."""

    type: ClassVar[str] = "huying.intake.report.closed.v1"
    report_id: str


class AreaDefined(EventData, frozen=True, kw_only=True):
    """From routing: where an area lies."""

    type: ClassVar[str] = "huying.routing.area.defined.v1"
    area_id: str
    path: list[str]


class VenuePublished(EventData, frozen=True, kw_only=True):
    """From routing: a place where people are received."""

    type: ClassVar[str] = "huying.routing.venue.published.v1"
    venue_id: str
    name: str
    address: str


async def on_report_routed(event: Event[ReportRouted], unit: UnitOfWork) -> None:
    """A dispute becomes a case of the room it was sent to."""
    report = event.data
    if report.path != "mediation":
        return
    if already := await open_case_of_report(unit.mongo, report.report_id):
        raise AlreadyOpen(number=already.number)
    case = MediationCase(
        id=new_id("case"),
        number=human_number(unit.now),
        dispute_type=report.dispute_type or DisputeType.OTHER,
        origin=Origin.REPORT,
        area_path=report.area_path,
        sensitivity=report.sensitivity,
        registered_at=unit.now,
        report_id=report.report_id,
        caller_person=report.caller_person,
        room=Room(post=report.lead_post, unit=report.lead_unit),
    )
    unit.add(CASES, case, case.register())


async def on_report_withdrawn(event: Event[ReportWithdrawn], unit: UnitOfWork) -> None:
    """What is not settled closes with the report."""
    await _close(event.data.report_id, ClosingReason.REPORT_WITHDRAWN, unit)


async def on_report_closed(event: Event[ReportClosed], unit: UnitOfWork) -> None:
    """What is not settled closes with the report; usually the report closed because the case came to its end."""
    await _close(event.data.report_id, ClosingReason.REPORT_CLOSED, unit)


async def _close(report_id: str, reason: ClosingReason, unit: UnitOfWork) -> None:
    case = await open_case_of_report(unit.mongo, report_id)
    if case is not None:
        unit.save(CASES, case, case.close(reason))


async def on_area_defined(event: Event[AreaDefined], unit: UnitOfWork) -> None:
    """Keep the path."""
    unit.put(AREAS.name, {"_id": event.data.area_id, "path": event.data.path})


async def on_venue_published(event: Event[VenuePublished], unit: UnitOfWork) -> None:
    """Keep what it is called. One that is closed for good stays: sessions were held there."""
    venue = event.data
    unit.put(VENUES.name, {"_id": venue.venue_id, "name": venue.name, "address": venue.address})


FROM_INTAKE = (
    Subscription(ReportRouted, on_report_routed),
    Subscription(ReportWithdrawn, on_report_withdrawn),
    Subscription(ReportClosed, on_report_closed),
)
FROM_ROUTING = (Subscription(AreaDefined, on_area_defined), Subscription(VenuePublished, on_venue_published))
