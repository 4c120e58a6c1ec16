"""Receive: an HTTP request to a GraphQL request; negotiation, limits and cross-site checks come first."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import orjson

from services.gateway.errors import RequestRefused
from services.gateway.registry.persisted_documents import PersistedDocuments

GRAPHQL = "application/graphql-response+json"
JSON = "application/json"
EVENTS = "text/event-stream"
MAX_VARIABLE_DEPTH = 100
"""Coercing recurses over variables, and writers of JSON give up at some depth."""
PREFLIGHT_HEADERS = (
    "x-graphql-csrf",
    "apollo-require-preflight",
    "graphql-require-preflight",
    "x-apollo-operation-name",
)
_SIMPLE_TYPES = frozenset({"", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"})


NO_DOCUMENTS = PersistedDocuments()
"""For callers without persisted documents."""


@dataclass(frozen=True, slots=True)
class GraphQLRequest:
    """What a client asks, whatever the protocol."""

    query: str
    operation_name: str | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)
    extensions: Mapping[str, Any] = field(default_factory=dict)


@functools.lru_cache(maxsize=256)
def negotiate(accept: str | None) -> str:
    """The media type of the answer (RFC 9110 §12.5.1). Legacy JSON unless another is preferred; streams only by name.

    Raises:
        RequestRefused: 406, when nothing we can write is acceptable.
    """
    if not accept or accept == "*/*":
        return JSON
    wanted: dict[str, tuple[float, int]] = {}
    for position, part in enumerate(accept.split(",")):
        media, *parameters = part.lower().split(";")
        wanted.setdefault(media.strip(), (_quality(parameters), -position))
    best: tuple[tuple[float, int], str] | None = None
    for offered, ranges in _RANGES.items():
        # The most specific range decides, whatever wider ones say.
        found = next((wanted[item] for item in ranges if item in wanted), None)
        if found is not None and found[0] > 0 and (best is None or found > best[0]):
            best = found, offered
    if best is None:
        raise RequestRefused("NOT_ACCEPTABLE", f"Supported response types: {GRAPHQL}, {JSON}, {EVENTS}.", status=406)
    return best[1]


_RANGES = {JSON: (JSON, "application/*", "*/*"), GRAPHQL: (GRAPHQL, "application/*", "*/*"), EVENTS: (EVENTS,)}


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0


def check_cross_site(method: str, headers: Mapping[str, str]) -> None:
    """Refuse what a foreign page can make a browser send without a preflight.

    Raises:
        RequestRefused: 403, CSRF_PREVENTION_FAILED.
    """
    content_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    if method == "POST" and content_type not in _SIMPLE_TYPES:
        return
    if any(name in headers for name in PREFLIGHT_HEADERS):
        return
    site = headers.get("sec-fetch-site")
    from_page = site not in ("same-origin", "none") if site else "origin" in headers
    if from_page or (method == "POST" and content_type):
        raise RequestRefused(
            "CSRF_PREVENTION_FAILED",
            f"Send a JSON content type or one of the headers {', '.join(PREFLIGHT_HEADERS)}.",
            status=403,
        )


def read_post(headers: Mapping[str, str], body: bytes, documents: PersistedDocuments = NO_DOCUMENTS) -> GraphQLRequest:
    """The request in a POST body. Raises RequestRefused 415 or 400."""
    content_type = headers.get("content-type", "")
    media, _, parameters = content_type.partition(";")
    if media.strip().lower() != JSON:
        raise RequestRefused(
            "UNSUPPORTED_CONTENT_TYPE" if content_type else "MISSING_CONTENT_TYPE_HEADER",
            f"Send the request as {JSON}.",
            status=415,
            headers={"accept-post": JSON},
        )
    charset = parameters.lower().replace('"', "").replace(" ", "")
    if "charset=" in charset and "charset=utf-8" not in charset:
        raise RequestRefused("UNSUPPORTED_CONTENT_TYPE", "Send the request in UTF-8.", status=415)
    try:
        payload = orjson.loads(body)
    except orjson.JSONDecodeError as err:
        raise RequestRefused("BAD_REQUEST", "The body is not valid JSON.") from err
    return read_payload(payload, documents)


def read_payload(payload: Any, documents: PersistedDocuments = NO_DOCUMENTS) -> GraphQLRequest:
    """The request in decoded JSON. Raises RequestRefused 400."""
    if isinstance(payload, list):
        raise RequestRefused(
            "BATCHING_NOT_SUPPORTED", "Send one operation in a request: lists are not accepted.", unprocessable=True
        )
    if not isinstance(payload, dict):
        raise _ill_formed("The body must be a JSON object.")
    name = payload.get("operationName")
    variables = payload.get("variables")
    extensions = payload.get("extensions")
    if name is not None and not isinstance(name, str):
        raise _ill_formed("The parameter 'operationName' must be a string.")
    if variables is not None and not isinstance(variables, dict):
        raise _ill_formed("The parameter 'variables' must be an object.")
    if extensions is not None and not isinstance(extensions, dict):
        raise _ill_formed("The parameter 'extensions' must be an object.")
    if variables and _nests_deeper(variables, MAX_VARIABLE_DEPTH):
        raise _ill_formed(f"The parameter 'variables' nests more than {MAX_VARIABLE_DEPTH} levels.")
    query = documents.query(payload)
    if not isinstance(query, str):
        raise _ill_formed("The parameter 'query' must be a string.")
    return GraphQLRequest(query, name or None, variables or {}, extensions or {})


def _ill_formed(message: str) -> RequestRefused:
    return RequestRefused("BAD_REQUEST", message, unprocessable=True)


def _nests_deeper(value: Any, limit: int) -> bool:
    level = [value]
    for _ in range(limit):
        level = [
            item
            for each in level
            if isinstance(each, dict | list)
            for item in (each.values() if isinstance(each, dict) else each)
        ]
        if not level:
            return False
    return True


def read_get(query_string: bytes, documents: PersistedDocuments = NO_DOCUMENTS) -> GraphQLRequest:
    """The request in a URL. Raises RequestRefused 400."""
    try:
        parameters: dict[str, Any] = dict(parse_qsl(query_string.decode(), keep_blank_values=True))
    except ValueError as err:
        raise RequestRefused("BAD_REQUEST", "The URL's query is malformed.") from err
    for name in ("variables", "extensions"):
        if parameters.get(name):
            try:
                parameters[name] = orjson.loads(parameters[name])
            except orjson.JSONDecodeError as err:
                raise RequestRefused("BAD_REQUEST", f"The parameter '{name}' is not valid JSON.") from err
        else:
            parameters.pop(name, None)
    return read_payload(parameters, documents)
