"""One trace shows a request from the client through the gateway to every subgraph."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from services.chassis import telemetry
from tests.gateway.federation import Ref, World
from tests.gateway.servers import suite


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    # The global provider can be set once in a process only; a test must leave it as it was.
    monkeypatch.setattr(telemetry, "_TRACER", provider.get_tracer("huying"))
    monkeypatch.setattr(telemetry, "_traced", True)
    yield exporter
    provider.shutdown()


async def test_subgraphs_are_children_of_the_request_in_the_client_s_trace(
    tmp_path: Path, spans: InMemorySpanExporter
) -> None:
    world = World({"me": Ref("User", "1")})
    world.add("User", "1", name="Wang", age="3")
    parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    async with suite(
        tmp_path,
        world,
        {},
        in_process=True,
        people='type Query { me: User } type User @key(fields: "id") { id: ID! name: String }',
        ages='type User @key(fields: "id") { id: ID! age: String }',
    ) as running:
        async with (
            aiohttp.ClientSession() as session,
            session.post(
                running.url, json={"query": "query Me { me { name age } }"}, headers={"traceparent": parent}
            ) as response,
        ):
            assert (await response.json())["data"] == {"me": {"name": "Wang", "age": "3"}}
        received = [running.subgraphs[name].headers[0]["traceparent"] for name in ("people", "ages")]

    finished = {span.name: span for span in spans.get_finished_spans()}
    requests = [span for span in spans.get_finished_spans() if span.name == "graphql.subgraph.operation"]
    server = finished["graphql"].context
    assert server is not None
    assert f"{server.trace_id:032x}" == parent.split("-")[1]
    assert [item.split("-")[1] for item in received] == [parent.split("-")[1]] * 2
    assert [item.split("-")[2] for item in received] == [
        f"{span.context.span_id:016x}" for span in requests if span.context
    ]
    assert all(span.parent and span.parent.span_id == server.span_id for span in requests)
