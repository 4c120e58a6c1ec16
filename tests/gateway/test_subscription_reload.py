"""A newer supergraph under running subscriptions: those it allows go on over the same source, the others end."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from services.gateway.compose import Subgraph, compose
from services.gateway.errors import RequestRefused
from services.gateway.stages.receive import GraphQLRequest
from tests.gateway.clients import COMPLETE, EventStream, event_stream, until, websocket
from tests.gateway.federation import LINK, LocalSubgraph, World, federate
from tests.gateway.servers import Suite, suite

ROUTING = """
type Query { unused: Int }
type Subscription { orderChanged: Order }
type Order @key(fields: "id") { id: ID! state: String }
"""
INTAKE = 'type Order @key(fields: "id") { id: ID! title: String }'
PLACES = 'type Order @key(fields: "id") { id: ID! place: String }'
SUBSCRIPTION = "subscription Watch { orderChanged { state title } }"
LABEL = ', label: "percent(50)"'
EVENT = {"data": {"orderChanged": {"id": "1", "state": "OPEN"}}}
RESPONSE = {"data": {"orderChanged": {"state": "OPEN", "title": "Lamp"}}}


@pytest.fixture
async def orders(tmp_path: Path) -> AsyncIterator[Suite]:
    world = World({})
    world.add("Order", "1", title="Lamp", place="Street 7")
    settings = {"supergraph_poll_seconds": 0.02}
    async with suite(tmp_path, world, settings, routing=ROUTING, intake=INTAKE, places=PLACES) as running:
        yield running


async def publish(orders: Suite, *, link: str = LINK, **changed: str) -> None:
    """Write a supergraph with changed subgraphs and wait until it is served and running subscriptions are decided on."""
    sdls = {"routing": ROUTING, "intake": INTAKE, "places": PLACES} | changed
    for name, sdl in changed.items():
        orders.subgraphs[name].subgraph = LocalSubgraph(
            name, sdl.replace(LABEL, ""), orders.subgraphs[name].subgraph.world
        )
    composition = compose([Subgraph(name, "http://unused", link + sdl) for name, sdl in sdls.items()])
    assert composition.supergraph_sdl is not None, composition.errors
    pipeline = orders.gateway.pipeline
    assert pipeline is not None
    before = pipeline.generation
    Path(orders.gateway.settings.supergraph).write_text(composition.supergraph_sdl)  # noqa: ASYNC240  # a test's file
    await until(lambda: pipeline.generation is not before)
    await until(lambda: pipeline._moving is None or pipeline._moving.done())


async def expect_event(orders: Suite, events: EventStream, response: Any = RESPONSE) -> None:
    await until(lambda: orders.subgraphs["routing"].listeners == 1)
    orders.subgraphs["routing"].push(EVENT)
    assert await events.next() == response


def opened(orders: Suite) -> int:
    return sum(headers["accept"] == "text/event-stream" for headers in orders.subgraphs["routing"].headers)


async def test_a_subscription_the_new_schema_allows_goes_on_over_the_same_source(orders: Suite) -> None:
    async with event_stream(orders.url, SUBSCRIPTION) as events:
        await expect_event(orders, events)
        await publish(orders, routing=ROUTING.replace("state: String", "state: String priority: Int"))
        await expect_event(orders, events)
    assert opened(orders) == 1


async def test_later_events_are_completed_by_the_new_plan(orders: Suite) -> None:
    async with event_stream(orders.url, SUBSCRIPTION) as events:
        await expect_event(orders, events)
        asked = len(orders.subgraphs["intake"].headers)

        moved = INTAKE.replace("title", "other")
        await publish(orders, intake=moved, places=PLACES.replace("place: String", "place: String title: String"))
        await expect_event(orders, events)

        assert len(orders.subgraphs["intake"].headers) == asked
        assert len(orders.subgraphs["places"].headers) == 1
    assert opened(orders) == 1


async def test_a_subscription_the_new_schema_does_not_allow_ends_and_says_why(orders: Suite) -> None:
    invalid = {"intake": INTAKE.replace("title", "headline")}
    async with websocket(orders.url) as client, event_stream(orders.url, SUBSCRIPTION) as events:
        await client.subscribe(SUBSCRIPTION)
        await client.subscribe("subscription { orderChanged { state } }", "b")
        await until(lambda: orders.subgraphs["routing"].listeners == 3)
        await publish(orders, **invalid)

        # Nothing has to happen at the source for it.
        response = await events.next()
        assert [error["extensions"]["code"] for error in response["errors"]] == ["SUBSCRIPTION_SCHEMA_RELOAD"]
        assert await events.next() == COMPLETE
        message = await client.next()
        assert (message["id"], message["type"]) == ("a", "next")
        assert message["payload"]["errors"][0]["extensions"]["code"] == "SUBSCRIPTION_SCHEMA_RELOAD"
        assert await client.next() == {"id": "a", "type": "complete"}

        await until(lambda: orders.subgraphs["routing"].listeners == 1)
        orders.subgraphs["routing"].push(EVENT)
        assert await client.next() == {
            "id": "b",
            "type": "next",
            "payload": {"data": {"orderChanged": {"state": "OPEN"}}},
        }


async def test_a_subscription_whose_source_is_asked_otherwise_ends(orders: Suite) -> None:
    """Events between two sources would be lost unseen; a client that subscribes again knows to read anew."""
    routing = ROUTING.replace("state: String", "other: String")
    async with event_stream(orders.url, SUBSCRIPTION) as events:
        await expect_event(orders, events)
        await publish(orders, routing=routing, places=PLACES.replace("place: String", "place: String state: String"))

        response = await events.next()
        assert response["errors"][0]["extensions"]["code"] == "SUBSCRIPTION_SCHEMA_RELOAD"
        assert await events.next() == COMPLETE
    await until(lambda: orders.subgraphs["routing"].listeners == 0)


async def test_several_reloads_in_a_row_leave_a_subscription_on_the_last(orders: Suite) -> None:
    async with event_stream(orders.url, SUBSCRIPTION) as events:
        for number in range(5):
            await expect_event(orders, events)
            await publish(orders, routing=ROUTING.replace("state: String", f"state: String extra{number}: Int"))
        await expect_event(orders, events)
    assert opened(orders) == 1


async def test_a_drawn_override_stays_with_its_subscription(orders: Suite, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reload must not draw again: the source would be asked otherwise, by chance."""
    share = {
        "link": LINK.replace("v2.5", "v2.7"),
        "routing": ROUTING,
    }
    places = PLACES.replace("place: String", f'place: String state: String @override(from: "routing"{LABEL})')
    monkeypatch.setattr("random.random", lambda: 0.9)
    await publish(orders, **share, places=places)
    async with event_stream(orders.url, SUBSCRIPTION) as events:
        await expect_event(orders, events)
        monkeypatch.setattr("random.random", lambda: 0.1)
        await publish(orders, **share, places=places.replace("place: String", "place: String extra: Int"))
        await expect_event(orders, events)
    assert opened(orders) == 1


async def test_a_reload_between_planning_and_listening_counts() -> None:
    world = World({})
    world.add("Order", "1", title="Lamp")
    before = federate(world, routing=ROUTING, intake=INTAKE)
    before.transport.chunks = (orjson.dumps(EVENT),)
    invalid = federate(world, routing=ROUTING, intake=INTAKE.replace("title", "headline")).supergraph
    ready = await before.pipeline.prepare(GraphQLRequest(SUBSCRIPTION))

    assert [response async for response in before.pipeline.subscribe(ready, {})] == [RESPONSE]
    before.pipeline.load(invalid)
    with pytest.raises(RequestRefused):
        await anext(before.pipeline.subscribe(ready, {}))
