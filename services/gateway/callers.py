"""Who asks, and what subgraphs hear of them."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import TYPE_CHECKING

from opentelemetry.propagate import inject

from services.chassis import telemetry
from services.chassis.errors import Unauthenticated
from services.gateway.errors import RequestRefused
from services.gateway.executor.traffic import Traffic
from services.gateway.header_rules import FORWARDED
from services.gateway.settings import Settings
from services.gateway.stages.receive import GRAPHQL, JSON

if TYPE_CHECKING:
    from services.chassis.identity import Caller, Verifier

ACCEPT = f"{GRAPHQL}, {JSON};q=0.9"


class Callers:
    """Checks tokens, and chooses the headers that go to every subgraph."""

    def __init__(self, settings: Settings, traffic: Traffic) -> None:
        self._verifier = _verifier(settings) if settings.jwks_url else None
        self._pick = traffic.pick

    async def identify(self, headers: Mapping[str, str]) -> Caller | None:
        """Who is calling; without a verifier nobody is known.

        Raises:
            RequestRefused: 401, the token is not good.
        """
        authorization = headers.get("authorization")
        if self._verifier is None or authorization is None:
            return None
        try:
            return await self._verifier.caller({"authorization": authorization})
        except Unauthenticated as err:
            raise RequestRefused(
                "UNAUTHENTICATED", str(err), status=401, headers={"www-authenticate": "Bearer"}
            ) from err

    def forwarded(self, headers: Mapping[str, str]) -> dict[str, str]:
        """The headers every subgraph receives; a span of our own becomes the parent of theirs."""
        forwarded = {name: headers[name] for name in FORWARDED if name in headers}
        if self._pick is not None:
            forwarded |= self._pick(headers)
        forwarded["content-type"] = JSON
        forwarded["accept"] = ACCEPT
        if telemetry.traced():
            inject(forwarded)
        return forwarded


def _verifier(settings: Settings) -> Verifier:
    # Imported where it is needed: cryptography is a sixth of an idle gateway's memory.
    from services.chassis.identity import Verifier

    return Verifier(
        jwks_url=settings.jwks_url,
        issuer=settings.jwt_issuer,
        audience=settings.jwt_audience,
        policies_claim=settings.jwt_policies_claim,
    )


def trace_id(headers: Mapping[str, str]) -> str:
    """The trace of this request: ours, or the one the caller is in (W3C Trace Context), or at least a name for it."""
    own = telemetry.trace_id()
    if own is not None:
        return own
    parts = headers.get("traceparent", "").split("-")
    if len(parts) >= 4 and len(parts[1]) == 32 and parts[1].isalnum():
        return parts[1]
    return f"{random.getrandbits(128):032x}"
