"""The whole service between a real broker and a real store: an event comes in, an order is announced, a screen sees it change."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from starlette.applications import Starlette
from strawberry.types.execution import PreExecutionError

from services.chassis.bus import Bus
from services.chassis.events import Actor
from services.chassis.unit_of_work import OUTBOX
from services.routing.app import create_app
from services.routing.graphql.context import Context
from services.routing.graphql.schema import schema
from services.routing.handlers.organisation.organisation import load_organisation
from services.routing.store.work_order import WORK_ORDERS
from tests.routing import district
from tests.routing.district import GRID_3, SECTION
from tests.routing.world import (
    OTHER_RESIDENT,
    RESIDENT,
    SECTION_HEAD,
    START,
    STREET_2_CENTRE,
    Intake,
    World,
    routing_settings,
)

DEADLINE_SECONDS = 20.0
WATCH = "subscription($id: ID) { workOrderChanged(id: $id) { state leadPost { id } report { id } } }"


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(DEADLINE_SECONDS):
        while not await condition():
            await asyncio.sleep(0.02)


@pytest.fixture
async def intake_bus(mongo_url: str, nats_url: str, mongo_database: str) -> AsyncIterator[Bus]:
    bus = Bus(routing_settings(mongo_url, nats_url, f"{mongo_database}_intake"), "intake")
    await bus.start()
    await bus.ready()
    yield bus
    await bus.close()


async def test_a_triaged_report_is_dispatched_announced_and_accepted_by_silence(
    intake_bus: Bus, mongo_url: str, nats_url: str, mongo_database: str, world: World
) -> None:
    """The service starts before its organisation is loaded, and catches up when it is there."""
    now = START
    settings = routing_settings(mongo_url, nats_url, f"{mongo_database}_live")
    service, _ = create_app(settings, clock=lambda: now)
    async with service.running():
        event = Intake().envelope(world.triaged(), "report_1", Actor(), START)
        await intake_bus.publish(event)
        await load_organisation(service.store, district.organisation())

        orders = service.mongo[WORK_ORDERS.collection.name]

        async def is_(state: str) -> bool:
            return await orders.count_documents({"state": state}) == 1

        async def sent() -> bool:
            return await service.mongo[OUTBOX.name].count_documents({"pending": True}) == 0

        await until(lambda: is_("dispatched"))
        await intake_bus.publish(event)
        now = START + timedelta(minutes=31)
        await until(lambda: is_("accepted"))
        await until(sent)

        counts = await service.bus.stream_counts("ROUTING")
        assert counts["huying.routing.order.dispatched.v1"] == 1
        assert counts["huying.routing.order.accepted.v1"] == 1
        assert counts["huying.routing.area.defined.v1"] == len(district.raw()["areas"])
        order = await orders.find_one({})
        assert order
        assert order["dispatches"][0]["by_silence"] is True


async def _watch(world: World, caller: Any, order_id: str | None) -> AsyncIterator[Any]:
    context = Context(caller, "en", world.store, world.directory, world.service.live)
    result = await schema.subscribe(WATCH, variable_values={"id": order_id}, context_value=context)
    assert not isinstance(result, PreExecutionError)
    async for item in result:
        assert item.data, item.errors
        yield item.data["workOrderChanged"]


async def opened(world: World, *watchers: AsyncIterator[Any]) -> list["asyncio.Task[Any]"]:
    """The first result of each, asked for once the change stream is open."""
    waiting = [asyncio.ensure_future(anext(watcher)) for watcher in watchers]
    async with asyncio.timeout(DEADLINE_SECONDS):
        while len(world.service.live._watchers) < len(watchers):
            await asyncio.sleep(0.01)
        await world.service.live._open.wait()
    return waiting


async def test_a_screen_sees_the_changes_of_the_orders_its_viewer_may_see(world: World) -> None:
    other = await world.dispatched("report_0", area_id=GRID_3[-1], area_path=list(GRID_3))
    order = await world.dispatched()
    lead, all_of_lead = _watch(world, SECTION_HEAD, order.id), _watch(world, SECTION_HEAD, None)
    caller, stranger = _watch(world, RESIDENT, order.id), _watch(world, OTHER_RESIDENT, order.id)
    elsewhere = _watch(world, STREET_2_CENTRE, None)
    waiting = await opened(world, lead, all_of_lead, caller, stranger, elsewhere)

    await world.done("acceptOrder", SECTION_HEAD, workOrderId=order.id)
    await world.done("recallOrder", STREET_2_CENTRE, workOrderId=other.id, reason="重复")

    accepted = {"state": "ACCEPTED", "leadPost": {"id": SECTION}, "report": {"id": "report_1"}}
    async with asyncio.timeout(DEADLINE_SECONDS):
        assert await waiting[0] == accepted
        assert await waiting[1] == accepted
        assert await waiting[2] == {**accepted, "leadPost": None}
        # The centre of the other street is told of its own order, which changed later, and of no other.
        assert (await waiting[4])["report"] == {"id": "report_0"}
    assert not waiting[3].done()
    waiting[3].cancel()


async def _post(app: Starlette, query: str) -> Any:
    body = json.dumps({"query": query}).encode()
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/graphql", "headers": [], "query_string": b""}
    await app(scope, receive, send)
    return json.loads(sent[1]["body"])


async def test_the_subgraph_tells_its_schema_and_asks_for_a_token(world: World) -> None:
    answer = await _post(world.app, "{ _service { sdl } }")
    refused = await _post(world.app, "{ workOrders { nodes { id } } }")

    assert 'type WorkOrder @key(fields: "id")' in answer["data"]["_service"]["sdl"]
    assert refused["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
