"""The stage of a simulation: the domain services in one process on real servers, all by one clock that somebody else moves.

Nothing is faked but the time: commands go through the GraphQL schemas, events through the outbox, NATS and the inbox.
"""

import asyncio
import contextlib
import dataclasses
import tempfile
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import nats
from nats.js import JetStreamContext

from dev.district import build
from dev.processes import DevError, free_port
from dev.servers import MongoServer, NatsServer
from services.chassis.app import Service
from services.chassis.graphql.context import RequestContext
from services.chassis.graphql.errors import formatted
from services.chassis.graphql.schema import Schema
from services.chassis.identity import Caller
from services.chassis.ids import new_id
from services.chassis.leases import Step, claim_due
from services.chassis.settings import Secret, ServiceSettings
from services.chassis.unit_of_work import OUTBOX
from services.intake import app as intake
from services.intake.graphql.context import Context as IntakeContext
from services.intake.graphql.schema import schema as intake_schema
from services.intake.handlers import publish_categories
from services.intake.model.category import CategoryData
from services.intake.reference import Reference
from services.mediation import app as mediation
from services.routing import app as routing
from services.routing.directory import LiveDirectory
from services.routing.graphql.context import Context as RoutingContext
from services.routing.graphql.schema import schema as routing_schema
from services.routing.handlers.organisation.organisation import load_organisation
from services.routing.model.organisation.organisation import Organisation

_QUIET_SECONDS = 120.0
_CLAIMED_AT_ONCE = 256


class Stage:
    """Intake, routing and mediation, ready to be played on. Made by `open_stage`."""

    def __init__(self, settings: ServiceSettings, start: datetime) -> None:
        self.now = start
        self.intake, self.routing, self.mediation = (
            module.create_app(dataclasses.replace(settings, mongo_database=f"simulated_{name}"), clock=self.clock)[0]
            for name, module in (("intake", intake), ("routing", routing), ("mediation", mediation))
        )
        self.services: tuple[Service, ...] = (self.intake, self.routing, self.mediation)
        self.directory = LiveDirectory(self.routing.store)
        self.reference = Reference(self.intake.mongo)

    def clock(self) -> datetime:
        """What every service takes for now."""
        return self.now

    async def ask_intake(self, document: str, caller: Caller, **variables: Any) -> Any:
        """Execute a document on intake's schema; its data. Raises DevError for a GraphQL error."""
        context = IntakeContext(caller, "zh", self.intake.store, self.intake.live, self.reference)
        return await _execute(intake_schema, document, context, variables)

    async def ask_routing(self, document: str, caller: Caller, **variables: Any) -> Any:
        """The same for routing."""
        context = RoutingContext(caller, "zh", self.routing.store, self.directory, self.routing.live)
        return await _execute(routing_schema, document, context, variables)

    async def refresh(self) -> None:
        """Read the organisation and the categories that the stage itself looks things up in."""
        await self.directory.refresh()
        await self.reference.refresh()

    async def settle(self, broker: JetStreamContext) -> None:
        """Return when every event has had its effect everywhere. Raises DevError when that does not end."""
        deadline = asyncio.get_running_loop().time() + _QUIET_SECONDS
        while not await self._quiet(broker):
            if asyncio.get_running_loop().time() > deadline:
                raise DevError(f"events are still under way after {_QUIET_SECONDS:.0f} s")
            await asyncio.sleep(0.005)

    async def do_what_is_due(self) -> int:
        """One round of everything that is due at the present moment, in every service. Returns how many steps were done."""
        rounds = (self._do(service, collection, step) for service in self.services for collection, step in service.due)
        return sum(await asyncio.gather(*rounds))

    async def _do(self, service: Service, collection: str, step: Step) -> int:
        claimed = await claim_due(service.store, collection, _CLAIMED_AT_ONCE)
        await asyncio.gather(*(step(document["_id"]) for document in claimed))
        return len(claimed)

    async def _quiet(self, broker: JetStreamContext) -> bool:
        for service in self.services:
            if await service.mongo[OUTBOX.name].find_one({"pending": True}, {"_id": 1}):
                return False
        for service in self.services:
            for consumer in service.consumers:
                if consumer.busy.locked():
                    return False
                info = await broker.consumer_info(consumer.stream, consumer.durable)
                if info.num_pending or info.num_ack_pending:
                    return False
        return True


@contextlib.asynccontextmanager
async def open_stage(start: datetime, data: Path | None = None) -> AsyncIterator[tuple[Stage, JetStreamContext]]:
    """Servers, services and the demonstration district; gone afterwards, but for `data` when it is given."""
    with contextlib.ExitStack() as servers:
        folder = data or Path(servers.enter_context(tempfile.TemporaryDirectory(prefix="huying-simulation-")))
        mongo = servers.enter_context(MongoServer(folder / "mongo", free_port()))
        broker = servers.enter_context(NatsServer(folder / "nats", free_port(), free_port()))
        settings = ServiceSettings(
            listen="127.0.0.1:0",
            mongo_url=Secret(mongo.url),
            nats_url=broker.url,
            mongo_driver="pymongo",  # half the overhead of the default, and a month asks a lot
        )
        stage = Stage(settings, start)
        async with contextlib.AsyncExitStack() as running:
            for service in stage.services:
                await running.enter_async_context(service.running(steps=False))
            client = await nats.connect(broker.url)
            running.push_async_callback(client.close)
            organisation, catalogue = build()
            await load_organisation(stage.routing.store, msgspec.convert(organisation, Organisation))
            await publish_categories(stage.intake.store, msgspec.convert(catalogue["categories"], list[CategoryData]))
            jetstream = client.jetstream()
            await stage.settle(jetstream)
            await stage.refresh()
            yield stage, jetstream


async def _execute(schema: Schema, document: str, context: RequestContext, variables: dict[str, Any]) -> Any:
    result = await schema.execute(document, variable_values=variables, context_value=context)
    if result.errors:
        raise DevError(f"{document.split('(')[0]}: {formatted(result.errors, 'en')}")
    return result.data


def keyed(values: dict[str, Any]) -> dict[str, Any]:
    """The input of a command, with a key of its own."""
    return {"idempotencyKey": new_id("key"), **values}
