"""What intake opens, which events it consumes, which timers run."""

import functools

from starlette.applications import Starlette

from services.chassis.app import Service
from services.chassis.clock import Clock
from services.chassis.graphql.context import RequestContext
from services.chassis.identity import Caller
from services.chassis.settings import ServiceSettings
from services.intake import handlers
from services.intake.consumers import FROM_MEDIATION, FROM_ROUTING
from services.intake.graphql.context import Context
from services.intake.graphql.schema import schema
from services.intake.reference import Reference
from services.intake.store import COLLECTIONS, REPORTS


def create_app(settings: ServiceSettings, *, clock: Clock | None = None) -> tuple[Service, Starlette]:
    """The service and its ASGI application; nothing is opened yet."""
    service = Service("intake", settings, COLLECTIONS, clock)
    reference = Reference(service.mongo)

    async def refresh() -> None:
        await reference.refresh()

    service.at_start(refresh)
    service.keep_running(reference.keep_fresh)
    service.when_due(REPORTS.name, functools.partial(handlers.confirm_by_silence, service.store))
    service.consume("routing", FROM_ROUTING)
    service.consume("mediation", FROM_MEDIATION)

    def context(caller: Caller | None, language: str) -> RequestContext:
        return Context(caller, language, service.store, service.live, reference)

    return service, service.app(schema, context)
