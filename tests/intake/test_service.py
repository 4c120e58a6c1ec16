"""The whole service: over HTTP, with a broker, events in and events out."""

import asyncio
from collections.abc import Callable

import msgspec
import pytest

from services.chassis.bus import Bus
from services.chassis.events import Actor, Envelope, EventData
from services.chassis.ids import new_id
from services.chassis.settings import ServiceSettings
from services.intake.consumers import OrderAccepted, OrderDispatched
from services.intake.model.values import State
from tests.intake.world import ATTENDANT, START, World, areas, settings_for


@pytest.fixture
def settings(mongo_url: str, mongo_database: str, nats_url: str) -> ServiceSettings:
    return settings_for(mongo_url, mongo_database, nats_url)


class Routing:
    """What routing would publish."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._sequences: dict[str, int] = {}
        self._previous: dict[str, dict[str, int]] = {}

    async def say(self, data: EventData, aggregate_id: str) -> Envelope:
        number = self._sequences[aggregate_id] = self._sequences.get(aggregate_id, 0) + 1
        previous = self._previous.setdefault(aggregate_id, {})
        event = Envelope(
            id=new_id("event"),
            type=data.type,
            source="huying/routing",
            aggregate=data.type.split(".")[2],
            aggregate_id=aggregate_id,
            sequence=number,
            previous=dict(previous),
            time=START,
            actor=Actor(post="post_h", unit="unit_h"),
            data=msgspec.json.encode(data).decode(),
        )
        previous[data.type.split(".")[3]] = number
        await self._bus.publish(event)
        return event


async def test_areas_and_orders_come_in_and_reports_go_out(world: World, settings: ServiceSettings) -> None:
    routing_bus = Bus(settings, "routing")
    await routing_bus.start()
    await routing_bus.ready()
    routing = Routing(routing_bus)
    async with asyncio.timeout(30), world.service.running():
        for area in areas():
            await routing.say(area, area.area_id)
        report_id = await world.submitted()
        order = OrderDispatched(report_id=report_id, order_id="order_1", lead_post="post_h", lead_unit="unit_h")
        sent = await routing.say(order, "order_1")
        await routing.say(OrderAccepted(report_id=report_id, order_id="order_1"), "order_1")
        await until(world, report_id, lambda state: state is State.IN_PROGRESS)
        await routing_bus.publish(sent)  # once more, as a broker may
        while "huying.intake.report.progressed.v1" not in await world.service.bus.stream_counts("INTAKE"):
            await asyncio.sleep(0.05)
        assert await world.event_names(report_id) == ["received", "triaged", "routed", "progressed"]
        assert await world.mongo["timeline"].count_documents({}) == 6
    await routing_bus.close()


async def test_silence_is_noticed_by_the_running_service(world: World) -> None:
    report_id = await world.submitted(category=None)
    async with asyncio.timeout(30), world.service.running():
        await world.mutate("answerReport", ATTENDANT, reportId=report_id, reply="x")
        world.pass_time(days=8)
        await until(world, report_id, lambda state: state is State.CLOSED)


async def until(world: World, report_id: str, holds: Callable[[State], bool]) -> None:
    while not holds((await world.report(report_id)).state):
        await asyncio.sleep(0.05)
