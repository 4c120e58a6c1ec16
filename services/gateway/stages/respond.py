"""Respond: GraphQL responses to bytes, with the status the negotiated media type asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import orjson

from services.gateway.errors import RequestRefused
from services.gateway.stages.receive import EVENTS, GRAPHQL, JSON

StatusProfile = Literal["2025", "2026"]
"""Which draft of GraphQL over HTTP the statuses follow; they differ for `application/graphql-response+json` only."""

PARTIAL_SUCCESS = 294


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    media_type: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


def encode(response: Mapping[str, Any]) -> bytes:
    try:
        return orjson.dumps(response)
    except orjson.JSONEncodeError:
        # A scalar of a subgraph's own nests deeper than JSON can be written.
        error = {"message": "The answer nests too deeply.", "extensions": {"code": "SUBGRAPH_REQUEST_FAILED"}}
        return orjson.dumps({"data": None, "errors": [error]})


def with_trace(errors: list[dict[str, Any]], trace_id: str | None) -> list[dict[str, Any]]:
    """The errors with the trace's id, for the reader to quote."""
    if trace_id is None:
        return errors
    return [{**error, "extensions": {**error.get("extensions", {}), "traceId": trace_id}} for error in errors]


def answer(response: dict[str, Any], media_type: str, trace_id: str | None, profile: StatusProfile = "2025") -> Answer:
    """An executed operation's answer: data decides that it is a success, whatever else it carries."""
    status = 200
    if "errors" in response:
        response = {**response, "errors": with_trace(response["errors"], trace_id)}
        if profile == "2026" and media_type == GRAPHQL:
            status = PARTIAL_SUCCESS
    return Answer(status, media_type, encode(response))


def refusal(err: RequestRefused, media_type: str, trace_id: str | None, profile: StatusProfile = "2025") -> Answer:
    """A refused request: legacy JSON answers well-formed requests with 200 (GraphQL over HTTP §6.4.1)."""
    media = JSON if media_type == EVENTS else media_type
    status = err.status
    if status == 400 and media != GRAPHQL and err.well_formed:
        status = 200
    elif status == 400 and media == GRAPHQL and profile == "2026" and _is_understood(err):
        status = 422
    body = encode({"errors": with_trace(err.as_graphql(), trace_id)})
    return Answer(status, media, body, err.headers)


def _is_understood(err: RequestRefused) -> bool:
    """Whether what came was JSON, and its document GraphQL, so that only what they ask is wrong (draft of 2026)."""
    return err.unprocessable or (err.well_formed and err.code != "GRAPHQL_PARSE_FAILED")
