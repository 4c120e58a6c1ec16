"""Starting a dry run, and its next batch when it is due."""

import asyncio
import dataclasses
from collections.abc import Sequence

from services.chassis.events import EventData
from services.chassis.identity import Caller
from services.chassis.unit_of_work import Store, UnitOfWork
from services.routing.access.staff import require_district_centre
from services.routing.directory import LiveDirectory
from services.routing.errors.configuration import ConfigurationUnusable
from services.routing.errors.organisation import OrganisationNotLoaded
from services.routing.handlers.commands import create
from services.routing.handlers.rules.rule_set import problems_of
from services.routing.model.rules.dry_run import DryRun, DryRunState
from services.routing.model.rules.routing import RoutingTable
from services.routing.store.category import known_codes
from services.routing.store.configuration import RULE_SETS, in_force
from services.routing.store.dry_run import DRY_RUNS, next_matters

_BATCH = 2000
_BREATH = 100  # matters between two pauses for others on the event loop


async def start_dry_run(
    store: Store, directory: LiveDirectory, caller: Caller, key: str, rule_set_id: str, days: int
) -> DryRun:
    """Begin to try a rule set on the last `days` days. Raises RoleMissing, NotFound, ConfigurationUnusable, InvalidInput."""
    require_district_centre(caller, directory.current)

    async def decide(unit: UnitOfWork) -> tuple[DryRun, Sequence[EventData]]:
        tried, against = await unit.get(RULE_SETS, rule_set_id), await in_force(unit.mongo, RULE_SETS)
        if against is None:
            raise OrganisationNotLoaded
        codes = await known_codes(unit.mongo) or None
        if problems := list(problems_of(tried.content, directory.current, codes)):
            raise ConfigurationUnusable(problems)
        return DryRun.start(tried, against, days, unit.now, unit.actor)

    return await create(store, DRY_RUNS, caller, "dry_run_rule_set", key, [rule_set_id, days], decide)


async def count_on(store: Store, directory: LiveDirectory, run_id: str) -> None:
    """Count the next batch; a batch that is not full is the last."""

    async def attempt(unit: UnitOfWork) -> None:
        run = await unit.get(DRY_RUNS, run_id)
        if run.state is DryRunState.DONE:
            return
        before, after = [
            RoutingTable(dataclasses.replace(directory.current, rules=(await unit.get(RULE_SETS, one)).content))
            for one in (run.against_id, run.rule_set_id)
        ]
        counted, last = 0, run.place
        async for place, report in next_matters(unit.mongo, run, _BATCH):
            facts = report.facts(place.decided_at)
            run.count(report, before.decide(facts), after.decide(facts))
            counted, last = counted + 1, place
            if counted % _BREATH == 0:
                await asyncio.sleep(0)
        if last and counted == _BATCH:
            run.go_on(last, unit.now)
            unit.save(DRY_RUNS, run)
        else:
            unit.save(DRY_RUNS, run, run.finish(unit.now))

    await store.run(attempt)
