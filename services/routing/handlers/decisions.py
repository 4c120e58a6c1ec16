"""What was decided about a report, for commands and events that follow from it."""

from services.chassis.errors import NotFound
from services.chassis.unit_of_work import UnitOfWork
from services.routing.model.decision import Decision
from services.routing.store.decision import DECISIONS


async def latest_decision(unit: UnitOfWork, report_id: str) -> Decision:
    """What was decided last about a report. Raises NotFound."""
    newest = unit.mongo[DECISIONS.collection.name].find({"report.report_id": report_id}).sort("_id", -1).limit(1)
    rows = await newest.to_list(1)
    if not rows:
        raise NotFound(what=DECISIONS.what)
    return unit.known(DECISIONS, rows[0])
