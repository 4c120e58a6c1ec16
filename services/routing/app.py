"""Composition root of routing: what is opened, which events are consumed, which timers run."""

import functools

from starlette.applications import Starlette

from services.chassis.app import Service
from services.chassis.clock import Clock
from services.chassis.identity import Caller
from services.chassis.settings import ServiceSettings
from services.routing.consumers import subscriptions
from services.routing.directory import LiveDirectory
from services.routing.graphql.context import Context
from services.routing.graphql.schema import schema
from services.routing.handlers.directive.directive import step_directive
from services.routing.handlers.directive.meeting import step_series
from services.routing.handlers.directive.supervision import step_supervision
from services.routing.handlers.dispatch.deployment import keep_deployment_clocks
from services.routing.handlers.dispatch.shift import keep_shift
from services.routing.handlers.field.asset import note_overdue_inspection
from services.routing.handlers.field.grid_task import miss_grid_task, open_grid_task
from services.routing.handlers.field.hazard import note_overdue_hazard
from services.routing.handlers.field.inspection import note_overdue_task
from services.routing.handlers.ladder import call, escalation_timer, summons
from services.routing.handlers.ladder.auditor import Auditor
from services.routing.handlers.order.clock import step_order
from services.routing.handlers.order.custody import note_unanswered_offer
from services.routing.handlers.order.department_step import note_late_step
from services.routing.handlers.organisation.absence import settle_gaps, tell_gap
from services.routing.handlers.organisation.boundaries import carry_out, resume_redrawing
from services.routing.handlers.rules.command_mode import make_open_follow
from services.routing.handlers.rules.dry_run import count_on
from services.routing.store import COLLECTIONS
from services.routing.store.absence import ABSENCES, GAPS
from services.routing.store.asset import ASSETS
from services.routing.store.boundaries import PROPOSALS, REDRAWINGS
from services.routing.store.call import CALLS
from services.routing.store.campaign import HAZARDS, INSPECTIONS
from services.routing.store.command_mode import COMMAND_MODES
from services.routing.store.custody import CUSTODIES
from services.routing.store.department_step import DEPARTMENT_STEPS
from services.routing.store.deployment import DEPLOYMENTS
from services.routing.store.directive import DIRECTIVES
from services.routing.store.dry_run import DRY_RUNS
from services.routing.store.escalation import ESCALATIONS
from services.routing.store.grid_task import GRID_PLANS, GRID_TASKS
from services.routing.store.meeting import SERIES
from services.routing.store.shift import SHIFTS
from services.routing.store.summons import SUMMONSES
from services.routing.store.supervision import SUPERVISIONS
from services.routing.store.work_order import WORK_ORDERS

# Of what has terms of hours and days: looked for seldom, so that a replica with nothing to do asks little.
_UNHURRIED_SECONDS = 10.0


def create_app(settings: ServiceSettings, *, clock: Clock | None = None) -> tuple[Service, Starlette]:
    """The service and its ASGI application; nothing is opened before its lifespan."""
    service = Service("routing", settings, COLLECTIONS, clock)
    directory = LiveDirectory(service.store)
    service.at_start(directory.refresh)
    service.keep_running(directory.follow)
    service.when_due(WORK_ORDERS.collection.name, functools.partial(step_order, service.store, directory))
    service.when_due(PROPOSALS.collection.name, lambda proposal_id: carry_out(service.store, directory, proposal_id))
    service.when_due(REDRAWINGS.name, functools.partial(resume_redrawing, service.store, directory))
    service.when_due(GAPS.collection.name, functools.partial(tell_gap, service.store))
    service.when_due(DEPLOYMENTS.collection.name, functools.partial(keep_deployment_clocks, service.store, directory))
    service.when_due(COMMAND_MODES.collection.name, functools.partial(make_open_follow, service.store, directory))
    service.when_due(DRY_RUNS.collection.name, functools.partial(count_on, service.store, directory))
    service.when_due(CALLS.collection.name, functools.partial(call.tick, service.store, directory))
    service.when_due(SUMMONSES.collection.name, functools.partial(summons.tick, service.store, directory))
    service.when_due(ESCALATIONS.collection.name, functools.partial(escalation_timer.step, service.store, directory))
    service.when_due(ABSENCES.collection.name, lambda absence_id: settle_gaps(service.store, directory, absence_id))
    service.when_due(SHIFTS.collection.name, functools.partial(keep_shift, service.store, directory))
    service.when_due(DIRECTIVES.collection.name, functools.partial(step_directive, service.store, directory))
    unhurried = functools.partial(service.when_due, poll_seconds=_UNHURRIED_SECONDS)
    unhurried(ASSETS.collection.name, functools.partial(note_overdue_inspection, service.store))
    unhurried(CUSTODIES.collection.name, functools.partial(note_unanswered_offer, service.store))
    unhurried(DEPARTMENT_STEPS.collection.name, functools.partial(note_late_step, service.store))
    unhurried(GRID_PLANS.collection.name, functools.partial(open_grid_task, service.store))
    unhurried(GRID_TASKS.collection.name, functools.partial(miss_grid_task, service.store))
    unhurried(HAZARDS.collection.name, functools.partial(note_overdue_hazard, service.store))
    unhurried(INSPECTIONS.collection.name, functools.partial(note_overdue_task, service.store))
    unhurried(SERIES.collection.name, functools.partial(step_series, service.store))
    unhurried(SUPERVISIONS.collection.name, functools.partial(step_supervision, service.store))
    auditor = Auditor(service.store, [collection for collection, _ in service.due])
    service.keep_running(auditor.run)
    service.report("audit", auditor.report)
    service.consume("intake", subscriptions(directory))

    def context(caller: Caller | None, language: str) -> Context:
        return Context(caller, language, service.store, directory, service.live)

    return service, service.app(schema, context)
