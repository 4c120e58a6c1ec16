"""GraphQL for one subgraph: over HTTP (POST with JSON, subscriptions as server-sent events), or whatever else carries JSON.

A bare ASGI callable: the gateway is the only client and sends well-formed requests by the thousand.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import msgspec
import orjson
from starlette.types import Receive, Scope, Send
from strawberry.types.execution import PreExecutionError

from services.chassis import telemetry
from services.chassis.errors import Unauthenticated
from services.chassis.graphql.context import RequestContext, language
from services.chassis.graphql.errors import formatted
from services.chassis.graphql.schema import Schema
from services.chassis.identity import Caller, Verifier

MakeContext = Callable[[Caller | None, str], RequestContext]

_KEEP_ALIVE_SECONDS = 10.0
_JSON = b"application/json"


class _Request(msgspec.Struct):
    query: str
    variables: dict[str, Any] | None = None
    operationName: str | None = None  # noqa: N815 - the name GraphQL over HTTP gives it


class _BadRequest(Exception):
    def __init__(self, status: int, code: str, message: str) -> None:
        self.status, self.code = status, code
        super().__init__(message)


def _too_large() -> _BadRequest:
    return _BadRequest(413, "PAYLOAD_TOO_LARGE", "the body is too large")


class GraphQLEndpoint:
    """Executes operations on `schema` for verified callers."""

    def __init__(self, schema: Schema, make_context: MakeContext, verifier: Verifier, max_body_bytes: int) -> None:
        self._schema = schema
        self._make_context = make_context
        self._verifier = verifier
        self._max_body_bytes = max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        with telemetry.server_span("POST /graphql", headers):
            try:
                if scope["method"] != "POST":
                    raise _BadRequest(405, "METHOD_NOT_ALLOWED", "use POST")
                request, context = await self._begin(headers, await self._body(receive))
            except _BadRequest as error:
                await _answer(send, error.status, _JSON, _refusal(error.code, str(error)))
                return
            except Unauthenticated as error:
                await _answer(send, 401, _JSON, _refusal("UNAUTHENTICATED", str(error)))
                return
            if "text/event-stream" in headers.get("accept", ""):
                await self._stream(request, context, receive, send)
            else:
                await _answer(send, 200, _JSON, orjson.dumps(await self._execute(request, context)))

    async def answer(self, headers: Mapping[str, str], body: bytes) -> bytes:
        """The response, as JSON, to a query or mutation that did not come over HTTP; header names are in lower case."""
        with telemetry.server_span("graphql", headers):
            try:
                if len(body) > self._max_body_bytes:
                    raise _too_large()
                request, context = await self._begin(headers, body)
            except _BadRequest as error:
                return _refusal(error.code, str(error))
            except Unauthenticated as error:
                return _refusal("UNAUTHENTICATED", str(error))
            return orjson.dumps(await self._execute(request, context))

    async def _begin(self, headers: Mapping[str, str], body: bytes) -> tuple[_Request, RequestContext]:
        """Raises _BadRequest or Unauthenticated."""
        request = self._decode(body)
        caller = await self._verifier.caller(headers)
        return request, self._make_context(caller, language(headers.get("accept-language")))

    async def _body(self, receive: Receive) -> bytes:
        chunks: list[bytes] = []
        size = 0
        while True:
            message = await receive()
            chunk = message.get("body", b"")
            size += len(chunk)
            if size > self._max_body_bytes:
                raise _too_large()
            chunks.append(chunk)
            if not message.get("more_body"):
                return b"".join(chunks)

    def _decode(self, body: bytes) -> _Request:
        try:
            return msgspec.json.decode(body, type=_Request)
        except msgspec.DecodeError as error:
            raise _BadRequest(400, "BAD_REQUEST", str(error)) from None

    async def _execute(self, request: _Request, context: RequestContext) -> dict[str, Any]:
        with telemetry.tracer().start_as_current_span("graphql.execute") as span:
            if request.operationName:
                span.set_attribute("graphql.operation.name", request.operationName)
            result = await self._schema.execute(
                request.query,
                variable_values=request.variables,
                context_value=context,
                operation_name=request.operationName,
            )
        return self._payload(result.data, result.errors, context)

    def _payload(self, data: Any, errors: Any, context: RequestContext) -> dict[str, Any]:
        answer: dict[str, Any] = {"data": data}
        if errors:
            answer["errors"] = formatted(errors, context.language)
        return answer

    async def _stream(self, request: _Request, context: RequestContext, receive: Receive, send: Send) -> None:
        await send(
            {
                "type": "http.response.start",
                "status": 200,
                "headers": [
                    (b"content-type", b"text/event-stream"),
                    (b"cache-control", b"no-store"),
                ],
            }
        )
        sending = asyncio.create_task(self._send_events(self._events(request, context), send))
        leaving = asyncio.create_task(_disconnected(receive))
        try:
            await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            # Cancelling the sender closes the generator below it, which ends the watch.
            for task in (sending, leaving):
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError, OSError):
                    await task

    async def _events(self, request: _Request, context: RequestContext) -> AsyncIterator[dict[str, Any]]:
        result = await self._schema.subscribe(
            request.query,
            variable_values=request.variables,
            context_value=context,
            operation_name=request.operationName,
        )
        if isinstance(result, PreExecutionError):
            yield self._payload(None, result.errors, context)
            return
        async with contextlib.aclosing(result) as results:
            async for item in results:
                yield self._payload(item.data, item.errors, context)

    async def _send_events(self, events: AsyncIterator[dict[str, Any]], send: Send) -> None:
        await _chunk(send, b":\n\n")
        iterator = aiter(events)
        pending = asyncio.ensure_future(anext(iterator))
        try:
            while True:
                done, _ = await asyncio.wait({pending}, timeout=_KEEP_ALIVE_SECONDS)
                if not done:
                    await _chunk(send, b":\n\n")
                    continue
                try:
                    payload = pending.result()
                except StopAsyncIteration:
                    break
                await _chunk(send, b"event: next\ndata: " + orjson.dumps(payload) + b"\n\n")
                pending = asyncio.ensure_future(anext(iterator))
            await _chunk(send, b"event: complete\ndata:\n\n", more=False)
        finally:
            pending.cancel()
            with contextlib.suppress(asyncio.CancelledError, StopAsyncIteration):
                await pending
            await iterator.aclose()  # type: ignore[attr-defined]  # an async generator


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _chunk(send: Send, body: bytes, *, more: bool = True) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": more})


async def _answer(send: Send, status: int, content_type: bytes, body: bytes) -> None:
    headers = [(b"content-type", content_type), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _refusal(code: str, message: str) -> bytes:
    return orjson.dumps({"errors": [{"message": message, "extensions": {"code": code}}]})
