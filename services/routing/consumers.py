"""Intake's events: our own small copies of what we read of them, and what we do."""

from collections.abc import Sequence
from datetime import datetime

from services.chassis.consumer import Event, Subscription
from services.chassis.events import EventData
from services.chassis.unit_of_work import UnitOfWork
from services.routing.directory import LiveDirectory
from services.routing.handlers.ladder import call as calls
from services.routing.handlers.rules import report as handle
from services.routing.model.order.work_order import CallerVerdict
from services.routing.model.organisation.point import Point
from services.routing.model.rules.decision import ReportFacts
from services.routing.store.category import CATEGORIES

_WITHDRAWN = "诉求人撤回 (withdrawn by the caller)"


class ReportTriaged(EventData, frozen=True, kw_only=True):
    type = "huying.intake.report.triaged.v1"
    report_id: str
    number: str
    category: str
    category_path: list[str]
    dispute_type: str | None = None
    area_id: str | None = None
    area_path: list[str]
    place: Point | None = None
    kind: str | None = None
    call_level: str | None = None
    channel: str | None = None
    track: str | None = None
    mode: str = "routine"
    importance: str | None = None
    urgency: str
    sensitivity: str
    received_at: datetime
    caller_person: str | None = None
    caller_post: str | None = None
    caller_unit: str | None = None


class ReportConfirmed(EventData, frozen=True, kw_only=True):
    type = "huying.intake.report.confirmed.v1"
    report_id: str
    order_id: str | None = None
    satisfaction: int | None = None
    by_silence: bool = False


class ReportReopened(EventData, frozen=True, kw_only=True):
    type = "huying.intake.report.reopened.v1"
    report_id: str
    order_id: str | None = None
    reason: str


class ReportWithdrawn(EventData, frozen=True, kw_only=True):
    type = "huying.intake.report.withdrawn.v1"
    report_id: str
    reason: str = ""


class ReportConverted(EventData, frozen=True, kw_only=True):
    type = "huying.intake.report.converted.v1"
    report_id: str
    dispute_type: str


class CategoryPublished(EventData, frozen=True, kw_only=True):
    type = "huying.intake.category.published.v1"
    code: str
    name: str
    parent: str | None = None
    path: list[str]
    dispute_type: str | None = None


def subscriptions(directory: LiveDirectory) -> Sequence[Subscription]:
    """What routing acts on, and how."""

    async def on_report_triaged(event: Event[ReportTriaged], unit: UnitOfWork) -> None:
        data = event.data
        report = ReportFacts(
            report_id=data.report_id,
            number=data.number,
            category=data.category,
            category_path=tuple(data.category_path),
            dispute_type=data.dispute_type,
            area_id=data.area_id,
            area_path=tuple(data.area_path),
            place=data.place,
            kind=data.kind,
            call_level=data.call_level,
            channel=data.channel,
            track=data.track,
            mode=data.mode,
            importance=data.importance,
            urgency=data.urgency,
            sensitivity=data.sensitivity,
            received_at=data.received_at,
            caller_person=data.caller_person,
            caller_post=data.caller_post,
            caller_unit=data.caller_unit,
        )
        if "triaged" in event.previous:
            await handle.route_again(unit, directory, report)
            await calls.make_once(unit, directory.current, report)
        else:
            decision = handle.route(unit, directory, report)
            calls.make(unit, directory.current, decision.report)

    async def on_report_confirmed(event: Event[ReportConfirmed], unit: UnitOfWork) -> None:
        data = event.data
        verdict = CallerVerdict(at=unit.now, satisfaction=data.satisfaction, by_silence=data.by_silence)
        await handle.close_order(unit, data.report_id, data.order_id, verdict)
        await calls.close(unit, directory.current, data.report_id)

    async def on_report_converted(event: Event[ReportConverted], unit: UnitOfWork) -> None:
        await handle.convert_to_mediation(unit, directory, event.data.report_id, event.data.dispute_type)

    async def on_report_reopened(event: Event[ReportReopened], unit: UnitOfWork) -> None:
        data = event.data
        await handle.rework_order(unit, directory.current.policy, data.report_id, data.order_id, data.reason)
        await calls.reopen(unit, data.report_id)

    return [
        Subscription(ReportTriaged, on_report_triaged),
        Subscription(ReportConfirmed, on_report_confirmed),
        Subscription(ReportReopened, on_report_reopened),
        Subscription(ReportWithdrawn, on_report_withdrawn),
        Subscription(ReportConverted, on_report_converted),
        Subscription(CategoryPublished, on_category_published),
    ]


async def on_report_withdrawn(event: Event[ReportWithdrawn], unit: UnitOfWork) -> None:
    await handle.recall_orders(unit, event.data.report_id, event.data.reason.strip() or _WITHDRAWN)
    await calls.withdraw(unit, event.data.report_id)


async def on_category_published(event: Event[CategoryPublished], unit: UnitOfWork) -> None:
    data = event.data
    unit.put(
        CATEGORIES.name,
        {
            "_id": data.code,
            "name": data.name,
            "parent": data.parent,
            "path": data.path,
            "dispute_type": data.dispute_type,
        },
    )
