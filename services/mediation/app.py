"""Composition root: what is opened, which events are consumed, which timers run."""

import functools

from starlette.applications import Starlette

from services.chassis.app import Service
from services.chassis.clock import Clock
from services.chassis.identity import Caller
from services.chassis.settings import ServiceSettings
from services.mediation import handlers
from services.mediation.consumers import FROM_INTAKE, FROM_ROUTING
from services.mediation.graphql.context import MediationContext
from services.mediation.graphql.schema import schema
from services.mediation.store import AREAS, CASES, VENUES


def create_app(settings: ServiceSettings, clock: Clock | None = None) -> tuple[Service, Starlette]:
    """The service and its ASGI application; nothing is connected yet."""
    service = Service("mediation", settings, [CASES.collection, AREAS, VENUES], clock)
    service.consume("intake", FROM_INTAKE)
    service.consume("routing", FROM_ROUTING)
    service.when_due(CASES.collection.name, functools.partial(handlers.breach_overdue, service.store))

    def make_context(caller: Caller | None, language: str) -> MediationContext:
        return MediationContext(caller, language, service.store, service.live)

    return service, service.app(schema, make_context)
