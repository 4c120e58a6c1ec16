"""A small trace receiver: takes OTLP over HTTP, keeps spans in SQLite, shows a trace as a tree or a waterfall."""

import argparse
import contextlib
import dataclasses
import gzip
import html
import itertools
import json
import re
import sqlite3
import sys
import time
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import uvicorn
from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Status
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from dev.places import DATA, Ports
from dev.processes import HOST, DevError, require_free

_KEEP_DAYS = 7
_RECENT = 50
_TRACE_ID = re.compile(r"[0-9a-f]{32}")
# `huying.report.id`, `huying.order.id`: what a trace is looked up by.
_SUBJECT = re.compile(r"huying\.[a-z_]+\.id")
_SCHEMA = """
CREATE TABLE IF NOT EXISTS spans (
    trace TEXT, id TEXT, parent TEXT, service TEXT, name TEXT, start INTEGER, finish INTEGER,
    failed INTEGER, message TEXT, attributes TEXT,
    PRIMARY KEY (trace, id)
);
CREATE INDEX IF NOT EXISTS spans_by_start ON spans (start);
CREATE TABLE IF NOT EXISTS subjects (subject TEXT, trace TEXT, PRIMARY KEY (subject, trace));
"""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Span:
    """One step of a trace. Times are nanoseconds since 1970."""

    trace: str
    id: str
    parent: str
    service: str
    name: str
    start: int
    finish: int
    failed: bool
    message: str
    attributes: dict[str, object]

    @property
    def milliseconds(self) -> float:
        return (self.finish - self.start) / 1e6


class TraceStore:
    """The spans that arrived, in one SQLite file."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        with self._open() as database:
            database.execute("PRAGMA journal_mode=WAL")
            database.executescript(_SCHEMA)
            horizon = time.time_ns() - _KEEP_DAYS * 86_400 * 1_000_000_000
            database.execute("DELETE FROM spans WHERE start < ?", (horizon,))
            database.execute("DELETE FROM subjects WHERE trace NOT IN (SELECT trace FROM spans)")

    def add(self, spans: Iterable[Span]) -> None:
        """Keep spans; one that comes twice is kept once."""
        with self._open() as database:
            for span in spans:
                row = dataclasses.astuple(dataclasses.replace(span, attributes={}))[:-1]
                database.execute(
                    "INSERT OR REPLACE INTO spans VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (*row, json.dumps(span.attributes, ensure_ascii=False)),
                )
                database.executemany(
                    "INSERT OR IGNORE INTO subjects VALUES (?, ?)",
                    [(str(value), span.trace) for key, value in span.attributes.items() if _SUBJECT.fullmatch(key)],
                )

    def traces_of(self, wanted: str) -> list[str]:
        """Trace ids for a trace id, or for the id of a report or anything else spans are marked with."""
        if _TRACE_ID.fullmatch(wanted):
            return [wanted]
        query = (
            "SELECT subjects.trace FROM subjects JOIN spans USING (trace) WHERE subject = ? "
            "GROUP BY subjects.trace ORDER BY min(spans.start)"
        )
        with self._open() as database:
            return [trace for (trace,) in database.execute(query, (wanted,))]

    def spans(self, trace: str) -> list[Span]:
        """The spans of one trace by start time."""
        query = "SELECT * FROM spans WHERE trace = ? ORDER BY start, id"
        with self._open() as database:
            return [_from_row(row) for row in database.execute(query, (trace,))]

    def recent(self) -> list[Span]:
        """The first span of each of the latest traces, newest first."""
        query = "SELECT *, min(start) FROM spans GROUP BY trace ORDER BY min(start) DESC LIMIT ?"
        with self._open() as database:
            return [_from_row(row[:-1]) for row in database.execute(query, (_RECENT,))]

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with contextlib.closing(sqlite3.connect(self._path, timeout=10)) as database, database:
            yield database


def _from_row(row: Sequence[object]) -> Span:
    *plain, attributes = row
    names = [field.name for field in dataclasses.fields(Span)]
    values = dict(zip(names, plain, strict=False))
    values["failed"] = bool(values["failed"])
    return Span(**values, attributes=json.loads(str(attributes)))  # type: ignore[arg-type]  # columns are in the order of the fields


def read_export(body: bytes) -> list[Span]:
    """The spans of an OTLP export request. Raises DecodeError."""
    return [
        Span(
            trace=span.trace_id.hex(),
            id=span.span_id.hex(),
            parent=span.parent_span_id.hex(),
            service=str(_plain(resource.resource.attributes).get("service.name", "?")),
            name=span.name,
            start=span.start_time_unix_nano,
            finish=span.end_time_unix_nano,
            failed=span.status.code == Status.STATUS_CODE_ERROR,
            message=span.status.message,
            attributes=_plain(span.attributes),
        )
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    ]


def _plain(attributes: Iterable[KeyValue]) -> dict[str, object]:
    return {attribute.key: _value(attribute.value) for attribute in attributes}


def _value(value: AnyValue) -> object:
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return [_value(item) for item in value.array_value.values]
    if kind in {"string_value", "bool_value", "int_value", "double_value"}:
        return getattr(value, kind)
    return str(value).strip()


def walk(spans: Sequence[Span]) -> Iterator[tuple[Span, str]]:
    """The spans of one trace from the roots down, each with the branches drawn before its name.

    A span whose parent did not arrive stands as a root of its own.
    """
    known = {span.id for span in spans}
    children: defaultdict[str, list[Span]] = defaultdict(list)
    for span in spans:
        children[span.parent if span.parent in known else ""].append(span)

    def below(parent: str, indent: str) -> Iterator[tuple[Span, str]]:
        for child in children[parent]:
            last = child is children[parent][-1]
            yield child, indent + ("└─ " if last else "├─ ")
            yield from below(child.id, indent + ("   " if last else "│  "))

    for root in children[""]:
        yield root, ""
        yield from below(root.id, "")


def tree(spans: Sequence[Span]) -> str:
    """One trace as text: offset and duration in milliseconds, service, span, errors."""
    begin = min(span.start for span in spans)
    end = max(span.finish for span in spans)
    services = {span.service for span in spans}
    failed = sum(span.failed for span in spans)
    lines = [
        f"trace {spans[0].trace}  {_moment(begin)}  {(end - begin) / 1e6:.1f} ms, {len(spans)} spans, "
        f"{len(services)} services, {failed} failed"
    ]
    known = {span.id for span in spans}
    for span, branches in walk(spans):
        marks = ""
        if span.parent and span.parent not in known:
            marks += "  (its parent did not arrive)"
        if span.failed:
            marks += f"  ✗ {span.message or 'error'}"
        offset = (span.start - begin) / 1e6
        lines.append(f"{offset:9.1f} {span.milliseconds:9.1f}  {branches}{span.service}  {span.name}{marks}")
    return "\n".join(lines)


def _moment(nanoseconds: int) -> str:
    return datetime.fromtimestamp(nanoseconds / 1e9, UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def app(store: TraceStore) -> Starlette:
    """`POST /v1/traces` as OTLP says; `/` shows the latest traces, `/?id=…` a waterfall."""

    async def receive(request: Request) -> Response:
        if not request.headers.get("content-type", "").startswith("application/x-protobuf"):
            return PlainTextResponse("OTLP in protobuf only", 415)
        body = await request.body()
        try:
            if request.headers.get("content-encoding") == "gzip":
                body = gzip.decompress(body)
            spans = read_export(body)
        except (DecodeError, OSError, EOFError, zlib.error) as error:
            return PlainTextResponse(f"not an export request: {error}", 400)
        await run_in_threadpool(store.add, spans)
        answer = ExportTraceServiceResponse().SerializeToString()
        return Response(answer, media_type="application/x-protobuf")

    def page(request: Request) -> Response:
        wanted = request.query_params.get("id", "").strip()
        return HTMLResponse(_page(store, wanted))

    return Starlette(
        routes=[Route("/v1/traces", receive, methods=["POST"]), Route("/", page)],
    )


_STYLE = """
body { font: 14px/1.5 system-ui, sans-serif; margin: 2rem; color: #222 }
input { font: inherit; width: 26rem }
.row { display: grid; grid-template-columns: 30rem 6rem 1fr; align-items: center }
.row:hover { background: #f3f5f7 }
.name { white-space: pre; overflow: hidden; text-overflow: ellipsis }
.ms { text-align: right; padding-right: 1rem; font-variant-numeric: tabular-nums }
.bar { position: relative; height: .8rem }
.bar i { position: absolute; height: 100%; min-width: 2px; border-radius: 2px }
.failed { color: #b00020 }
"""
_COLOURS = ["#3b6ea5", "#4f8a5b", "#a5713b", "#7b5aa6", "#5f6b76"]


def _page(store: TraceStore, wanted: str) -> str:
    parts = [
        "<!doctype html><meta charset=utf-8><title>Traces</title>",
        f"<style>{_STYLE}</style><h1><a href=/>Traces</a></h1>",
        f"<form><input name=id value='{html.escape(wanted)}' placeholder='report or trace id'></form>",
    ]
    if not wanted:
        for span in store.recent():
            parts.append(
                f"<div>{_moment(span.start)} <a href='/?id={span.trace}'>{html.escape(span.service)} "
                f"{html.escape(span.name)}</a></div>"
            )
        return "\n".join(parts)
    found = [spans for trace in store.traces_of(wanted) if (spans := store.spans(trace))]
    if not found:
        parts.append(f"<p>No trace of {html.escape(wanted)} arrived.</p>")
    for spans in found:
        parts += _waterfall(spans)
    return "\n".join(parts)


def _waterfall(spans: Sequence[Span]) -> Iterator[str]:
    begin = min(span.start for span in spans)
    whole = max(max(span.finish for span in spans) - begin, 1)
    colours = itertools.cycle(_COLOURS)
    colour_of: dict[str, str] = {}
    yield f"<h2>{_moment(begin)} {spans[0].trace}</h2>"
    for span, branches in walk(spans):
        if span.service not in colour_of:
            colour_of[span.service] = next(colours)
        left = 100 * (span.start - begin) / whole
        width = 100 * (span.finish - span.start) / whole
        details = html.escape(json.dumps(span.attributes, ensure_ascii=False, indent=1))
        failed = " failed" if span.failed else ""
        label = html.escape(f"{branches}{span.service}  {span.name}  {span.message}")
        yield (
            f"<div class=row title='{details}'><span class='name{failed}'>{label}</span>"
            f"<span class=ms>{span.milliseconds:.1f} ms</span>"
            f"<span class=bar><i style='left:{left:.2f}%;width:{width:.2f}%;background:{colour_of[span.service]}'></i></span></div>"
        )


def show(store: TraceStore, wanted: str) -> str:
    """Every trace of a report (or one trace) as text. Raises DevError when none arrived."""
    found = [spans for trace in store.traces_of(wanted) if (spans := store.spans(trace))]
    if not found:
        raise DevError(f"No trace of {wanted} arrived; spans come a second or so after the request.")
    return "\n\n".join(tree(spans) for spans in found)


def main() -> int:
    """The command line. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m dev.traces", description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA, help="folder of traces.sqlite")
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve", help="receive spans")
    serve.add_argument("--port", type=int, default=Ports().traces)
    shows = commands.add_parser("show", help="print a trace as a tree")
    shows.add_argument("id", help="a report's id or a trace id")
    options = parser.parse_args()
    store = TraceStore(options.data / "traces.sqlite")
    try:
        if options.command == "show":
            print(show(store, options.id))
        else:
            require_free(options.port, "the trace receiver")
            uvicorn.run(app(store), host=HOST, port=options.port, access_log=False)
    except DevError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
