"""What was decided about a report, for commands and events that follow from it."""

from services.chassis.errors import NotFound
from services.chassis.identity import Caller
from services.chassis.unit_of_work import UnitOfWork
from services.routing.access.order import Sight, sight_of_decision
from services.routing.model.rules.decision import Decision, ReportFacts
from services.routing.store.decision import DECISIONS


async def latest_decision(unit: UnitOfWork, report_id: str) -> Decision:
    """What was decided last about a report. Raises NotFound."""
    newest = unit.mongo[DECISIONS.collection.name].find({"report.report_id": report_id}).sort("_id", -1).limit(1)
    rows = await newest.to_list(1)
    if not rows:
        raise NotFound(what=DECISIONS.what)
    return unit.known(DECISIONS, rows[0])


async def report_in_area(unit: UnitOfWork, caller: Caller, report_id: str) -> ReportFacts:
    """The facts of a report in the caller's area; a sealed one is there for its centre only, a restricted one for who sees its
    decision. Raises NotFound."""
    unknown = NotFound(what="report", path=("reportId",))
    try:
        decision = await latest_decision(unit, report_id)
    except NotFound:
        raise unknown from None
    report = decision.report
    if not caller.covers(list(report.area_path)) or (report.sensitivity == "sealed" and not caller.has("centre")):
        raise unknown
    if report.sensitivity == "restricted" and sight_of_decision(caller, decision) is not Sight.FULL:
        raise unknown
    return report
