"""The receiver takes what the OpenTelemetry exporter sends and shows it as one tree."""

from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

from dev.background import Background
from dev.processes import HOST, DevError, free_port
from dev.traces import TraceStore, app, show

REPORT = "report_01h455vb4pex5vsknk084sn02q"


@pytest.fixture
def store(tmp_path: Path) -> TraceStore:
    return TraceStore(tmp_path / "traces.sqlite")


@pytest.fixture
def url(store: TraceStore) -> Iterator[str]:
    port = free_port()
    with Background(app(store), port, "the trace receiver"):
        yield f"http://{HOST}:{port}"


def tracer(url: str, service: str) -> trace.Tracer:
    provider = TracerProvider(resource=Resource.create({"service.name": service}))
    exporter = OTLPSpanExporter(f"{url}/v1/traces", compression=Compression.Gzip)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    return provider.get_tracer("test")


def send_a_report(url: str) -> str:
    with tracer(url, "gateway").start_as_current_span("POST /graphql") as root:
        with tracer(url, "intake").start_as_current_span("mutation submitReport") as span:
            span.set_attribute("huying.report.id", REPORT)
        with tracer(url, "routing").start_as_current_span("process received") as span:
            span.set_status(trace.StatusCode.ERROR, "no post <b>covers</b> the place")
    return f"{root.get_span_context().trace_id:032x}"


async def test_trace_of_a_report_is_shown_as_a_tree(url: str, store: TraceStore) -> None:
    trace_id = send_a_report(url)

    heading, root, first, second = show(store, REPORT).splitlines()

    assert trace_id in heading
    assert "3 spans, 3 services, 1 failed" in heading
    assert root.endswith("  gateway  POST /graphql")
    assert first.endswith("├─ intake  mutation submitReport")
    assert second.endswith("└─ routing  process received  ✗ no post <b>covers</b> the place")


async def test_trace_is_found_by_its_own_id(url: str, store: TraceStore) -> None:
    assert "submitReport" in show(store, send_a_report(url))


async def test_span_whose_parent_is_missing_is_shown(url: str, store: TraceStore) -> None:
    parent = trace.SpanContext(1, 2, is_remote=True, trace_flags=trace.TraceFlags(1))
    context = trace.set_span_in_context(trace.NonRecordingSpan(parent))
    tracer(url, "intake").start_span("alone", context).end()
    assert "alone  (its parent did not arrive)" in show(store, f"{1:032x}")


async def test_unknown_id_is_said_plainly(store: TraceStore) -> None:
    with pytest.raises(DevError, match="No trace of report_x arrived"):
        show(store, "report_x")


async def test_page_shows_a_waterfall_and_escapes_what_spans_say(url: str) -> None:
    send_a_report(url)
    async with aiohttp.ClientSession() as http:
        async with http.get(f"{url}/?id={REPORT}") as answer:
            page = await answer.text()
        async with http.get(url) as answer:
            latest = await answer.text()
    assert "mutation submitReport" in page
    assert "&lt;b&gt;covers&lt;/b&gt;" in page
    assert "POST /graphql" in latest


async def test_rubbish_is_refused_without_a_crash(url: str) -> None:
    async with aiohttp.ClientSession() as http:
        for headers, status in (
            ({"content-type": "application/json"}, 415),
            ({"content-type": "application/x-protobuf"}, 400),
            ({"content-type": "application/x-protobuf", "content-encoding": "gzip"}, 400),
        ):
            async with http.post(f"{url}/v1/traces", data=b"rubbish", headers=headers) as answer:
                assert answer.status == status
