"""What one WebSocket client may do, with the headers of its handshake and the token of its first message."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import AsyncGenerator, Mapping
from typing import Any

from services.gateway.callers import Callers, trace_id
from services.gateway.errors import RequestRefused
from services.gateway.executor.fetch import MASKED_MESSAGE
from services.gateway.pipeline import Pipeline, ReadyOperation
from services.gateway.registry.persisted_documents import PersistedDocuments
from services.gateway.stages.receive import GraphQLRequest
from services.gateway.subscriptions.streams import Streams

log = logging.getLogger(__name__)


class WebSocketSession:
    """The operations of one connection."""

    def __init__(
        self,
        headers: Mapping[str, str],
        pipeline: Pipeline,
        callers: Callers,
        streams: Streams,
        documents: PersistedDocuments,
    ) -> None:
        self._headers = dict(headers)
        self._pipeline = pipeline
        self._callers = callers
        self._streams = streams
        self.documents = documents

    async def open(self, payload: Mapping[str, Any]) -> None:
        """Take the connection parameters. Raises RequestRefused."""
        for name, value in payload.items():
            # Browsers cannot set headers on a handshake; clients send them as connection parameters.
            if name.lower() in ("authorization", "accept-language") and isinstance(value, str):
                if not (value.isascii() and value.isprintable()):
                    raise RequestRefused("BAD_REQUEST", f"The value of {name.lower()} is not one of a header.")
                self._headers[name.lower()] = value
        await self._callers.identify(self._headers)

    async def run(self, request: GraphQLRequest) -> AsyncGenerator[dict[str, Any], None]:
        """The responses of one operation. Raises RequestRefused."""
        with self._streams.place():
            ready = await self._prepared(request)
            forwarded = self._callers.forwarded(self._headers)
            responses = self._streams.responses(ready, forwarded, trace_id(self._headers))
            async with contextlib.aclosing(responses):
                async for response in responses:
                    yield response

    async def _prepared(self, request: GraphQLRequest) -> ReadyOperation:
        try:
            caller = await self._callers.identify(self._headers)
            return await self._pipeline.prepare(request, caller)
        except RequestRefused:
            raise
        except Exception as err:
            log.exception("request failed")
            raise RequestRefused("INTERNAL", MASKED_MESSAGE, status=500) from err
