"""Which pages of other origins browsers let call (Fetch, CORS protocol)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from services.gateway.header_rules import FORWARDED
from services.gateway.stages.receive import PREFLIGHT_HEADERS
from services.gateway.stages.respond import Answer

METHODS = "GET, POST, OPTIONS"
SIMPLE_HEADERS = ("accept", "content-type")
_VARY = (b"vary", b"origin")
_EXPOSED = (b"access-control-expose-headers", b"retry-after")


class Cors:
    """The origins allowed, and the headers that tell browsers so."""

    def __init__(self, origins: str, pick: Callable[[Mapping[str, str]], Mapping[str, str]] | None) -> None:
        """
        Args:
            origins: separated by commas; `*` for any.
            pick: chooses, of headers, those that rules pass on.
        """
        self._origins = frozenset(origin.strip() for origin in origins.split(",") if origin.strip())
        self._pick = pick

    def allows(self, origin: str | None) -> bool:
        return origin is not None and ("*" in self._origins or origin in self._origins)

    def headers(self, headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
        """What every answer to a request with these headers carries."""
        if not self._origins:
            return []
        origin = headers.get("origin")
        if origin is None or not self.allows(origin):
            return [_VARY]  # or a cache would give this answer, without permission, to an origin that has it
        return [(b"access-control-allow-origin", origin.encode("latin-1")), _EXPOSED, _VARY]

    def preflight(self, headers: Mapping[str, str]) -> Answer:
        """What browsers ask before a request from another origin."""
        allowed = [*SIMPLE_HEADERS, *FORWARDED, *PREFLIGHT_HEADERS]
        if self._pick is not None:
            asked = headers.get("access-control-request-headers", "").lower().split(",")
            allowed += self._pick({name.strip(): "" for name in asked})
        answered = {
            "access-control-allow-methods": METHODS,
            "access-control-allow-headers": ", ".join(dict.fromkeys(allowed)),
            "access-control-max-age": "86400",
            "allow": METHODS,
        }
        return Answer(204, "text/plain", b"", answered)
