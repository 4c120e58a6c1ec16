"""Persisted documents: a client sends an id in place of a query, from a manifest its build wrote.

GraphQL over HTTP, appendix on persisted documents (`documentId`); Apollo's automatic persisted queries
(`extensions.persistedQuery.sha256Hash`), which clients also register themselves.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

from services.gateway.cache import Cache
from services.gateway.errors import ConfigurationInvalid, RequestRefused

Mode = Literal["off", "allow", "require"]
"""Nobody may send ids; everybody may; nobody may send anything else."""

MAX_REGISTERED = 1_000
MAX_REGISTERED_CHARACTERS = 4_000_000
_PREFIX = "sha256:"


class PersistedDocuments:
    """Query texts by id."""

    def __init__(
        self,
        mode: Mode = "off",
        manifest: Mapping[str, str] | None = None,
        observe: Callable[[str], None] = lambda _: None,
    ) -> None:
        """`observe` hears the outcome of each look-up: found, not_found or registered."""
        self.mode = mode
        self._manifest = dict(manifest or {})
        self._observe = observe
        # What clients registered. Never in `require`, where only the manifest counts.
        self._registered: Cache[str] = Cache(MAX_REGISTERED, weight=MAX_REGISTERED_CHARACTERS)

    def query(self, payload: Mapping[str, Any]) -> Any:
        """The query of a request: what its id stands for, or what it says itself.

        Raises:
            RequestRefused: nothing is known by the id, or an id is needed.
        """
        extensions = payload.get("extensions")
        if "documentId" in payload:
            return self._by_document_id(payload["documentId"])
        if isinstance(extensions, dict) and "persistedQuery" in extensions:
            return self._by_apollo_hash(extensions["persistedQuery"], payload.get("query"))
        if self.mode == "require":
            raise RequestRefused(
                "PERSISTED_DOCUMENT_ID_REQUIRED",
                "Only persisted documents are served: send a documentId.",
                well_formed=True,
            )
        return payload.get("query")

    def _by_document_id(self, document_id: Any) -> str:
        if not isinstance(document_id, str) or not document_id:
            raise RequestRefused("BAD_REQUEST", "The parameter 'documentId' must be a string.", unprocessable=True)
        text = None
        if self.mode != "off":
            text = self._manifest.get(document_id) or self._known(document_id.removeprefix(_PREFIX))
        if text is None:
            self._observe("not_found")
            raise RequestRefused("PERSISTED_DOCUMENT_NOT_FOUND", "There is no such document.", well_formed=True)
        self._observe("found")
        return text

    def _by_apollo_hash(self, extension: Any, query: Any) -> Any:
        digest = extension.get("sha256Hash") if isinstance(extension, dict) else None
        if not isinstance(digest, str) or not digest:
            raise RequestRefused(
                "BAD_REQUEST", "The extension 'persistedQuery' must have a 'sha256Hash'.", unprocessable=True
            )
        if self.mode == "off":
            if query is not None:
                return query
            # The words and codes by which Apollo's clients know to send the query itself.
            raise RequestRefused("PERSISTED_QUERY_NOT_SUPPORTED", "PersistedQueryNotSupported", well_formed=True)
        text = self._known(digest)
        if text is not None:
            self._observe("found")
            return text
        if isinstance(query, str) and self.mode == "allow":
            if hashlib.sha256(query.encode()).hexdigest() != digest:
                raise RequestRefused("BAD_REQUEST", "The query is not what 'sha256Hash' says.", unprocessable=True)
            self._registered.put(digest, query, len(query))
            self._observe("registered")
            return query
        self._observe("not_found")
        if self.mode == "require":
            raise RequestRefused("PERSISTED_DOCUMENT_NOT_FOUND", "There is no such document.", well_formed=True)
        raise RequestRefused("PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound", well_formed=True)

    def _known(self, digest: str) -> str | None:
        return self._manifest.get(digest) or self._manifest.get(_PREFIX + digest) or self._registered.get(digest)


def read_manifest(file: Path) -> dict[str, str]:
    """Query texts by id: Apollo's `apollo-persisted-query-manifest`, or a plain map as Relay's compiler and others write.

    Raises:
        ConfigurationInvalid: the file cannot be read, or holds neither.
    """
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as err:
        raise ConfigurationInvalid(f"{file}: {err}") from err
    if isinstance(content, dict) and content.get("format") == "apollo-persisted-query-manifest":
        operations = content.get("operations")
        if not isinstance(operations, list) or not all(isinstance(item, dict) for item in operations):
            raise ConfigurationInvalid(f"{file}: 'operations' must be a list of objects")
        found = {str(item.get("id", "")): item.get("body") for item in operations}
    elif isinstance(content, dict):
        found = content
    else:
        raise ConfigurationInvalid(f"{file}: expected a map of ids to documents, or Apollo's manifest")
    bad = [key for key, text in found.items() if not key or not isinstance(text, str) or not text]
    if bad:
        raise ConfigurationInvalid(f"{file}: no document for {', '.join(map(repr, bad[:5]))}")
    return found
