"""Traces, logs and metrics: OpenTelemetry by its standard environment variables, JSON logs with trace ids, Prometheus counters.

Nothing personal goes in: spans and logs carry ids, types, outcomes and durations, never texts, names or variables.
"""

import contextlib
import logging
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from opentelemetry import context, propagate, trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, SpanKind, Tracer
from pythonjsonlogger.core import RESERVED_ATTRS
from pythonjsonlogger.json import JsonFormatter

if TYPE_CHECKING:
    from services.chassis.events import Envelope

_PROPAGATED = ("traceparent", "tracestate")


def setup(service: str, log_level: str) -> None:
    """Logs to standard error as JSON lines; spans to the OTLP endpoint, if the environment names one."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        JsonFormatter(
            "%(message)s",
            timestamp=True,
            static_fields={"service": service},
            reserved_attrs=[*RESERVED_ATTRS, "color_message"],  # uvicorn says everything twice
            rename_fields={"levelname": "level", "name": "logger"},
        )
    )
    handler.addFilter(_TraceIds())
    logging.basicConfig(level=log_level, handlers=[handler], force=True)
    logging.getLogger("nats").setLevel("CRITICAL")  # our callbacks report what matters
    global _traced
    _traced = _wants_traces()
    if _traced:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.instrumentation.pymongo import PymongoInstrumentor

        resource = Resource.create({"service.name": f"huying-{service}"})
        provider = TracerProvider(resource=resource)
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        trace.set_tracer_provider(provider)
        # Statements stay out of spans: they hold what residents wrote.
        PymongoInstrumentor().instrument(capture_statement=False)


def _wants_traces() -> bool:
    names = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
    disabled = os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true"
    return not disabled and any(os.environ.get(name) for name in names)


def shutdown() -> None:
    """Send what is buffered."""
    provider = trace.get_tracer_provider()
    if isinstance(provider, TracerProvider):
        provider.shutdown()


# Made once: looking one up reads the environment each time while no provider is set.
_TRACER = trace.get_tracer("huying")
_NO_SPAN = contextlib.nullcontext(trace.INVALID_SPAN)
_traced = False  # without an exporter a span costs nothing at all: `setup` decides once


def tracer() -> Tracer:
    """The suite's tracer; does nothing when no exporter is configured."""
    return _TRACER


def traced() -> bool:
    """Whether spans go anywhere; without an exporter nothing needs to be made for them."""
    return _traced


def server_span(name: str, headers: Mapping[str, str]) -> AbstractContextManager[Span]:
    """A span for one incoming HTTP request, below the caller's if its headers carry a trace."""
    if not _traced:
        return _NO_SPAN
    return _span(name, SpanKind.SERVER, {key: headers[key] for key in _PROPAGATED if key in headers}, {})


def consumer_span(event: "Envelope", durable: str) -> AbstractContextManager[Span]:
    """A span for one consumed event, in the trace of the command that caused it."""
    if not _traced:
        return _NO_SPAN
    attributes = {
        "messaging.operation.type": "process",
        "messaging.consumer.group.name": durable,
        f"huying.{event.aggregate}.id": event.aggregate_id,
    }
    return _span(f"process {event.type}", SpanKind.CONSUMER, _carrier(event), _messaging(event) | attributes)


def producer_span(event: "Envelope") -> AbstractContextManager[Span]:
    """A span for one published event, in the trace of the command that caused it."""
    if not _traced:
        return _NO_SPAN
    return _span(f"publish {event.type}", SpanKind.PRODUCER, _carrier(event), _messaging(event))


def _carrier(event: "Envelope") -> dict[str, str]:
    return {"traceparent": event.traceparent} if event.traceparent else {}


def _messaging(event: "Envelope") -> dict[str, str]:
    return {
        "messaging.system": "nats",
        "messaging.destination.name": event.type,
        "messaging.message.id": event.id,
    }


@contextlib.contextmanager
def _span(name: str, kind: SpanKind, carrier: dict[str, str], attributes: dict[str, str]) -> Iterator[Span]:
    token = context.attach(propagate.extract(carrier))
    try:
        with _TRACER.start_as_current_span(name, kind=kind, attributes=attributes) as span:
            yield span
    finally:
        context.detach(token)


def trace_id() -> str | None:
    """The current trace's id in hex, to show to a caller beside a masked error."""
    if not _traced:
        return None
    span_context = trace.get_current_span().get_span_context()
    return f"{span_context.trace_id:032x}" if span_context.is_valid else None


class _TraceIds(logging.Filter):
    """Puts the current trace and span id on each record."""

    def filter(self, record: logging.LogRecord) -> bool:
        span_context = trace.get_current_span().get_span_context()
        if span_context.is_valid:
            record.trace_id = f"{span_context.trace_id:032x}"
            record.span_id = f"{span_context.span_id:016x}"
        return True
