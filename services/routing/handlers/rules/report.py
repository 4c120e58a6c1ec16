"""What a report's own life asks of routing: route it, and follow its confirmation, reopening, withdrawal or conversion.

Each function stages its effect on the unit of work of the event; a redelivered event finds its inbox row and does nothing.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from services.chassis.errors import NotFound
from services.chassis.unit_of_work import UnitOfWork
from services.routing.directory import LiveDirectory
from services.routing.handlers.order.family import consequences, recall
from services.routing.handlers.rules.decisions import latest_decision
from services.routing.model.order.work_order import CallerVerdict, WorkOrder
from services.routing.model.organisation.directory import Directory
from services.routing.model.rules.decision import Decision, ReportFacts
from services.routing.model.rules.matter import Mode
from services.routing.model.rules.policy import Policy
from services.routing.model.rules.routing import Unresolved, Verdict
from services.routing.store.decision import DECISIONS
from services.routing.store.work_order import WORK_ORDERS

_TRIAGED_AGAIN = "重新研判,另行派单 (triaged again)"
_CONVERTED = "转为矛盾纠纷调解 (converted to mediation)"


def route(unit: UnitOfWork, directory: LiveDirectory, report: ReportFacts, earlier: Decision | None = None) -> Decision:
    """Decide and act on it: an order is dispatched, or mediation is called. Reads nothing. Raises OrganisationNotLoaded.

    The decision remembers the `earlier` one that it stands in place of.
    """
    report = _placed(directory, report, unit.now)
    verdict = directory.table.decide(report.facts(unit.now))
    if verdict.unresolved is Unresolved.UNKNOWN_AREA:
        # It lies where the centre that got it sits, so that somebody covers it.
        report = msgspec.structs.replace(report, area_path=directory.current.seat(verdict.lead_post))
    decision, events = Decision.of(report, verdict, directory.current, unit.now, earlier=earlier)
    unit.add(DECISIONS, decision, events)
    if verdict.path == "order":
        _dispatch(unit, directory.current, decision, verdict)
    return decision


async def route_again(unit: UnitOfWork, directory: LiveDirectory, report: ReportFacts) -> None:
    """Route a report that was routed before: an order whose lead is no longer the right one is recalled (domain.md §4, 2).

    Mediation that is called already is not called twice.
    """
    verdict = directory.table.decide(_placed(directory, report, unit.now).facts(unit.now))
    earlier = await latest_decision(unit, report.report_id)
    if (earlier.path, verdict.path) == ("mediation", "mediation"):
        return
    for order in await _open_orders(unit, report.report_id):
        if verdict.path == "order" and order.lead_post == verdict.lead_post:
            return
        await recall(unit, order, _TRIAGED_AGAIN)
    _supersede(unit, earlier)
    route(unit, directory, report, earlier)


async def close_order(unit: UnitOfWork, report_id: str, order_id: str | None, verdict: CallerVerdict) -> None:
    """The caller agreed: the verified order ends. Raises Refusal."""
    order = await _order_of(unit, report_id, order_id)
    events = order.close(verdict, unit.now)
    await consequences(unit, order)
    unit.save(WORK_ORDERS, order, events)


async def rework_order(unit: UnitOfWork, policy: Policy, report_id: str, order_id: str | None, reason: str) -> None:
    """The caller disagreed: the order is worked on again. Raises Refusal."""
    order = await _order_of(unit, report_id, order_id)
    events = order.reopen(reason, policy, unit.now, unit.actor)
    await consequences(unit, order)
    unit.save(WORK_ORDERS, order, events)


async def recall_orders(unit: UnitOfWork, report_id: str, reason: str) -> None:
    """The report is gone: what was ordered for it is recalled."""
    for order in await _open_orders(unit, report_id):
        await recall(unit, order, reason)


async def convert_to_mediation(unit: UnitOfWork, directory: LiveDirectory, report_id: str, dispute_type: str) -> None:
    """Somebody found that the report is a dispute: its order is recalled and mediation is called. Raises Refusal.

    A report that mediation has already stays where it is.
    """
    earlier = await latest_decision(unit, report_id)
    if earlier.path == "mediation":
        return
    report = _placed(directory, msgspec.structs.replace(earlier.report, dispute_type=dispute_type), unit.now)
    verdict = directory.table.decide(report.facts(unit.now))
    _supersede(unit, earlier)
    await recall_orders(unit, report_id, _CONVERTED)
    decision, events = Decision.of(report, verdict, directory.current, unit.now, converted=True, earlier=earlier)
    unit.add(DECISIONS, decision, events)


def _placed(directory: LiveDirectory, report: ReportFacts, now: datetime) -> ReportFacts:
    """The report with the overlay grids and in the mode of its place: what happens in an emergency is an emergency (R-30)."""
    overlays = directory.current.overlays.at(report.place, now)
    own = Mode.ROUTINE if report.mode_of_place else report.mode
    place = directory.current.mode((*report.area_path, *overlays))
    of_place = own != Mode.EMERGENCY and place is Mode.EMERGENCY
    return msgspec.structs.replace(
        report, overlays=overlays, mode=Mode.EMERGENCY if of_place else own, mode_of_place=of_place
    )


def _supersede(unit: UnitOfWork, decision: Decision) -> None:
    decision.current = False
    unit.save(DECISIONS, decision)


def _dispatch(unit: UnitOfWork, directory: Directory, decision: Decision, verdict: Verdict) -> None:
    post = directory.posts[verdict.lead_post]
    order, events = WorkOrder.dispatch(decision, verdict, post, directory.policy, unit.now, unit.actor)
    unit.add(WORK_ORDERS, order, events)


async def _order_of(unit: UnitOfWork, report_id: str, order_id: str | None) -> WorkOrder:
    """The order an event speaks of: the one it names, else the report's newest."""
    if order_id is not None:
        return await unit.get(WORK_ORDERS, order_id)
    newest = unit.mongo[WORK_ORDERS.collection.name].find({"report_id": report_id}).sort("_id", -1).limit(1)
    rows = await newest.to_list(1)
    if not rows:
        raise NotFound(what=WORK_ORDERS.what)
    return unit.known(WORK_ORDERS, rows[0])


async def _open_orders(unit: UnitOfWork, report_id: str) -> Sequence[WorkOrder]:
    rows = await unit.mongo[WORK_ORDERS.collection.name].find({"report_id": report_id, "open": True}).to_list(None)
    return [unit.known(WORK_ORDERS, row) for row in rows]
